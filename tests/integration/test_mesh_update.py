"""`surveil mesh update`: a file from disk, from a server on loopback, and files gone wrong."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from surveillance.errors import SourceFailed
from surveillance.pipeline.headings import update_mesh
from surveillance.settings import Settings
from surveillance.sources.http import RetryPolicy
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy_files import mesh_beside
from surveillance.topics import read_topic
from tests.command_line import Surveil, caller

TODAY = date(2026, 1, 5)
QUICK = RetryPolicy(retries=1, first_wait=0.01, longest=1.0)
DONE, UNREADABLE, SOURCE_FAILED = 0, 2, 3


def record(ui: str, name: str, places: tuple[str, ...], terms: tuple[str, ...] = ()) -> str:
    numbers = "".join(f"<TreeNumber>{place}</TreeNumber>" for place in places)
    listed = "".join(f"<Term><String>{term}</String></Term>" for term in (name, *terms))
    return (
        f'<DescriptorRecord DescriptorClass="1"><DescriptorUI>{ui}</DescriptorUI>'
        f"<DescriptorName><String>{name}</String></DescriptorName>"
        f"<TreeNumberList>{numbers}</TreeNumberList>"
        # What another descriptor is called here is not this one's name.
        "<SeeRelatedList><SeeRelatedDescriptor><DescriptorReferredTo>"
        "<DescriptorUI>D000</DescriptorUI><DescriptorName><String>Other</String></DescriptorName>"
        "</DescriptorReferredTo></SeeRelatedDescriptor></SeeRelatedList>"
        f"<ConceptList><Concept><TermList>{listed}</TermList></Concept></ConceptList>"
        "</DescriptorRecord>\n"
    )


def document(*records: str, year: int = 2026) -> bytes:
    dtd = f"https://www.nlm.nih.gov/databases/dtd/nlmdescriptorrecordset_{year}0101.dtd"
    return (
        f'<?xml version="1.0"?>\n<!DOCTYPE DescriptorRecordSet SYSTEM "{dtd}">\n'
        f'<DescriptorRecordSet LanguageCode="eng">\n{"".join(records)}</DescriptorRecordSet>\n'
    ).encode()


OLD = document(
    record("D1", "Nerves", ("A08.800",)),
    record("D2", "Optic Nerve", ("A08.800.120", "A09.371"), ("Nervus Opticus", "Nerve, Optic")),
    record("D3", "Amputation Stumps", ("C23.100",)),
    record("D4", "Ether, Old", ("D02.100",)),
    year=2025,
)
NEW = document(
    record("D1", "Nerves", ("A08.800",)),
    record("D2", "Optic Nerve", ("A08.800.120",), ("Nervus Opticus",)),
    record("D3", "Residual Limb", ("C23.100",), ("Amputation Stumps",)),
    record("D5", "Neuropil", ("A08.801",)),
)
#: Without the moment of packing, so that a test that is named by it has one name.
PACKED = gzip.compress(NEW, mtime=0)


@contextmanager
def serving(body: bytes, *, status: int = 200, length: int | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/desc2026.gz"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SURVEIL_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "workspace"


@pytest.fixture
def surveil(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Surveil:
    return caller(monkeypatch, capsys)


def written(folder: Path, content: bytes, name: str = "desc.xml") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_the_xml_of_a_file_is_stored_and_read_again(
    surveil: Surveil, workspace: Path, tmp_path: Path
) -> None:
    code, out, _ = surveil("mesh", "update", "--from", written(tmp_path, OLD))
    assert code == DONE
    assert "MeSH 2025: 4 headings with 2 entry terms" in out.replace("\n", " ")
    tree = MeshTree.load(workspace / "mesh.tsv")
    assert tree.year == 2025
    assert tree.explosion("Nerves") == frozenset({"Nerves", "Optic Nerve"})
    assert tree.heading_for("nervus opticus") == "Optic Nerve"
    assert tree == MeshTree.load(tmp_path / "desc.xml")


def test_an_address_is_fetched_and_what_changed_is_said(
    surveil: Surveil, workspace: Path, tmp_path: Path
) -> None:
    surveil("mesh", "update", "--from", written(tmp_path, OLD))
    topic = workspace / "search_strategies" / "stumps"
    topic.mkdir(parents=True)
    source = Path(__file__).parents[2] / "search_strategies" / "targeted_muscle_reinnervation"
    for file in source.iterdir():
        if file.is_file() and file.name != "mesh.tsv":
            (topic / file.name).write_bytes(file.read_bytes())
    with serving(PACKED) as url:
        code, out, _ = surveil("mesh", "update", "--from", url, "--json")
    assert code == DONE
    said = json.loads(out)
    assert (said["year"], said["descriptors"], said["whole"]) == (2026, 4, False)
    assert said["changes"] == {
        "new": ["Neuropil"],
        "retired": ["Ether, Old"],
        "renamed": [["Amputation Stumps", "Residual Limb"]],
    }
    medline = [place for place in said["concerned"] if place["heading"] == "Amputation Stumps"]
    assert medline
    assert {place["topic"] for place in medline} == {"stumps"}
    # Embase has it by its mapping table, which says Amputation Stumps for Emtree's heading.
    assert {place["strategy"] for place in medline} >= {"medline", "embase"}


def test_the_address_is_that_of_the_settings_with_this_year(tmp_path: Path) -> None:
    with serving(gzip.compress(OLD)) as url:
        settings = Settings(
            workspace=tmp_path / "w", mesh_url=url.replace("2026", "{year}"), _env_file=None
        )
        done = update_mesh(settings, None, TODAY, retry=QUICK)
    assert (done.year, done.descriptors, done.changes) == (2025, 4, None)


def test_a_table_and_its_terms_are_stored_together(
    surveil: Surveil, workspace: Path, tmp_path: Path
) -> None:
    tree = written(
        tmp_path,
        b"DescriptorUI\tDescriptorName\ttree_location\nD2\tOptic Nerve\tA08.800.120\n",
        "tree_2024.tsv",
    )
    terms = written(
        tmp_path,
        b"DescriptorUI\tDescriptorName\tTermName\nD2\tOptic Nerve\tNervus Opticus\n"
        b"D2\tOptic Nerve\tOptic Nerve\nD9\tFemale\tFemales\n",
        "terms.tsv",
    )
    code, _, _ = surveil("mesh", "update", "--from", tree, "--terms", terms)
    assert code == DONE
    stored = MeshTree.load(workspace / "mesh.tsv")
    assert stored.year == 2024
    assert stored.heading_for("Nervus Opticus") == "Optic Nerve"
    assert stored.heading_for("Females") == "Female"


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE DescriptorRecordSet [<!ENTITY a "aaaaaaaaaa">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><DescriptorRecordSet>'
    b"<DescriptorRecord><DescriptorUI>&b;</DescriptorUI></DescriptorRecord></DescriptorRecordSet>"
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the columns"),
        (b"\x1f\x8bnonsense", "damaged"),
        (PACKED[:-40], "damaged or cut short"),
        (NEW[:-60], "not sound XML"),
        (b"<PubmedArticleSet/>", "not a DescriptorRecordSet"),
        (b"<DescriptorRecordSet/>", "no descriptor"),
        (document(record("D1", "", ("A08",))), "line 4: a descriptor has no name"),
        (document(record("D1", "Nerves", ("8",))), "line 4: '8' is not a tree number"),
        (BOMB, "declares XML entities"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "not"),
        (b"DescriptorUI\tDescriptorName\ttree_location\nD1\tNerves\n", "line 2: 2 columns"),
    ],
)
def test_a_file_that_is_no_mesh_is_refused_and_the_old_one_stays(
    surveil: Surveil, workspace: Path, tmp_path: Path, content: bytes, said: str
) -> None:
    surveil("mesh", "update", "--from", written(tmp_path, OLD))
    before = (workspace / "mesh.tsv").read_bytes()
    code, out, err = surveil("mesh", "update", "--from", written(tmp_path, content, "bad.xml"))
    assert (code, out) == (UNREADABLE, "")
    assert "bad.xml" in err
    if content:
        assert said in " ".join(err.split())
    assert "Traceback" not in err
    assert (workspace / "mesh.tsv").read_bytes() == before
    assert [file.name for file in workspace.iterdir()] == ["mesh.tsv"]


def test_no_external_entity_is_read(surveil: Surveil, workspace: Path, tmp_path: Path) -> None:
    secret = written(tmp_path, b"secret", "secret.txt")
    content = (
        '<?xml version="1.0"?><!DOCTYPE DescriptorRecordSet '
        f'[<!ENTITY x SYSTEM "{secret.as_uri()}">]><DescriptorRecordSet><DescriptorRecord>'
        "<DescriptorUI>D1</DescriptorUI><DescriptorName><String>&x;</String></DescriptorName>"
        "</DescriptorRecord></DescriptorRecordSet>"
    )
    code, _, err = surveil("mesh", "update", "--from", written(tmp_path, content.encode()))
    assert code == UNREADABLE
    assert "secret" not in err.replace("secret.txt", "")


def test_a_file_that_is_not_there_is_named(surveil: Surveil, workspace: Path) -> None:
    code, _, err = surveil("mesh", "update", "--from", "nowhere.xml")
    assert code == UNREADABLE
    assert "nowhere.xml" in err


@pytest.mark.parametrize(
    ("body", "status", "length", "said"),
    [
        (b"gone", 404, None, "refused the request"),
        (b"<!DOCTYPE html><html>Please wait</html>", 200, None, "no file of descriptors"),
        (b"Service moved", 200, None, "no file of descriptors"),
        (PACKED[:100], 200, 5_000, "broke off"),
    ],
)
def test_a_server_that_fails_leaves_the_old_one(
    tmp_path: Path, body: bytes, status: int, length: int | None, said: str
) -> None:
    settings = Settings(workspace=tmp_path / "w", _env_file=None)
    update_mesh(settings, str(written(tmp_path, OLD)), TODAY)
    before = settings.mesh_file.read_bytes()
    with (
        serving(body, status=status, length=length) as url,
        pytest.raises(SourceFailed, match=said),
    ):
        update_mesh(settings, url, TODAY, retry=QUICK)
    assert settings.mesh_file.read_bytes() == before


def test_a_server_that_refuses_ends_with_the_exit_code_of_sources(
    surveil: Surveil, workspace: Path
) -> None:
    with serving(b"gone", status=410) as url:
        code, out, err = surveil("mesh", "update", "--from", url)
    assert (code, out) == (SOURCE_FAILED, "")
    assert "410" in err


@pytest.mark.shared
def test_the_tree_of_2024_with_its_terms_loads_fast(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "mesh"
    settings = Settings(workspace=tmp_path / "w", _env_file=None)
    done = update_mesh(
        settings,
        str(folder / "mesh_trees_2024.tsv.gz"),
        TODAY,
        thesaurus=folder / "mesh_thesaurus_2024.tsv.gz",
    )
    assert done.is_whole
    assert done.year == 2024
    assert done.entry_terms > 200_000
    tree = MeshTree.load(settings.mesh_file)
    assert tree.heading_for("Phantom Pains") == "Phantom Limb"
    assert tree.knows("Neoplasms")


def test_what_is_stored_is_found_by_topics_without_a_tree_of_their_own(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "search_strategies" / "targeted_muscle_reinnervation"
    settings = Settings(workspace=tmp_path / "w", _env_file=None)
    folder = settings.topics_folder / source.name
    shutil.copytree(source, folder)
    update_mesh(settings, str(written(tmp_path, OLD)), TODAY)
    assert read_topic(folder).mesh_file == folder / "mesh.tsv"
    (folder / "mesh.tsv").unlink()
    assert read_topic(folder).mesh_file == settings.mesh_file
    found = mesh_beside(folder / "medline.ovid.txt")
    assert found is not None
    assert found.knows("Optic Nerve")
