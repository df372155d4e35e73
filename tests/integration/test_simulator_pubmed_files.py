"""NLM's folders of files, as the simulator serves them: an index of links, files, their MD5."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import requests

from surveillance.simulator import Fault, Simulator

NAME = "pubmed25n0001.xml.gz"
CONTENT = b"\x1f\x8bpacked"


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    (tmp_path / "files" / "baseline").mkdir(parents=True)
    for name, content in {
        NAME: CONTENT,
        f"{NAME}.md5": f"MD5({NAME})= {hashlib.md5(CONTENT).hexdigest()}\n".encode(),
        "secret.txt": b"not for others",
    }.items():
        (tmp_path / "files" / "baseline" / name).write_bytes(content)
    (tmp_path / "files" / "pubmed25n0002.xml.gz").write_bytes(b"outside")
    (tmp_path / "NCT90000001.json").write_text(
        '{"protocolSection": {"identificationModule": {"nctId": "NCT90000001"}}}'
    )
    with Simulator.open(tmp_path, date(2025, 1, 31), files=tmp_path / "files") as opened:
        yield opened


def get(simulator: Simulator, path: str) -> requests.Response:
    return requests.get(simulator.pubmed_files_url + path, timeout=5)


def test_the_index_links_to_the_files(simulator: Simulator) -> None:
    index = get(simulator, "baseline/")
    assert index.headers["Content-Type"].startswith("text/html")
    links = re.findall(r'href="(pubmed[^"]+)"', index.text)
    assert links == [NAME, f"{NAME}.md5"]
    assert [get(simulator, f"baseline/{link}").status_code for link in links] == [200, 200]
    assert "secret" not in index.text


def test_a_file_comes_as_it_is_with_its_md5_beside(simulator: Simulator) -> None:
    file = get(simulator, f"baseline/{NAME}")
    assert file.content == CONTENT
    assert "Content-Encoding" not in file.headers
    assert hashlib.md5(CONTENT).hexdigest() in get(simulator, f"baseline/{NAME}.md5").text


def test_a_folder_without_files_has_an_index_without_links(simulator: Simulator) -> None:
    index = get(simulator, "updatefiles/")
    assert (index.status_code, 'href="pubmed' in index.text) == (200, False)


@pytest.mark.parametrize(
    "path",
    [
        *("", "secret/", "baseline/secret.txt", "baseline/pubmed25n0009.xml.gz"),
        *("baseline/..%2fpubmed25n0002.xml.gz", "pubmed25n0002.xml.gz", "updatefiles/x/y"),
    ],
)
def test_nothing_else_is_served(simulator: Simulator, path: str) -> None:
    assert get(simulator, path).status_code == 404


def test_faults_befall_files_too(simulator: Simulator) -> None:
    simulator.faults.append(Fault.truncated(path=NAME))
    assert get(simulator, "baseline/").status_code == 200
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get(simulator, f"baseline/{NAME}")
    assert get(simulator, f"baseline/{NAME}").content == CONTENT


def test_without_files_there_is_no_such_folder(tmp_path: Path, simulator: Simulator) -> None:
    with Simulator.open(tmp_path, date(2025, 1, 31)) as other:
        assert get(other, "baseline/").status_code == 404
