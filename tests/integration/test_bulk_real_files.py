"""NLM's own files by both routes: what the files bring is what E-utilities bring."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from surveillance.records.bounded import open_records
from surveillance.records.payload import Deleted
from surveillance.records.pubmed_xml import read_pubmed_xml
from surveillance.simulator import Simulator
from surveillance.strategy.mesh import MeshTree
from tests.nlm import Article, Both, article_set, facts, put_file, put_md5

pytestmark = [pytest.mark.shared, pytest.mark.slow]

TOPICS = {
    "stroke_after_covid": """1. exp Stroke/
2. (stroke* or cerebrovascular*).tw.
3. 1 or 2
4. exp Coronavirus Infections/
5. ((covid* or coronavirus) adj5 (patient* or infect* or pandemic)).tw.
6. 4 or 5
7. 3 and 6
""",
    "insulin_resistance": """1. exp Diabetes Mellitus, Type 2/
2. ((type 2 or type ii) adj3 diabet*).tw.
3. 1 or 2
4. Insulin Resistance/
5. (insulin adj3 (resistan* or sensitiv*)).tw.
6. 4 or 5
7. 3 and 6
8. exp Animals/ not Humans/
9. 7 not 8
""",
    "neuropathic_pain": "1. exp Neuralgia/\n2. (neuropath* adj3 pain*).ti,ab,kf.\n3. 1 or 2\n",
    "reviews_of_nursing": """1. nurs*.ti.
2. (systematic adj2 review*).tw.
3. review.pt.
4. 1 and (2 or 3)
""",
}


@pytest.fixture(scope="session")
def mesh(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    packed = shared / "data" / "mesh" / "mesh_trees_2024.tsv.gz"
    file = tmp_path_factory.mktemp("mesh") / "mesh.tsv"
    file.write_bytes(gzip.decompress(packed.read_bytes()))
    return file


@contextmanager
def served(folder: Path, mesh: Path) -> Iterator[Simulator]:
    """What lies in `holdings` (by day) and in `files`; phrases count as indexed."""
    with Simulator.open(
        folder / "holdings",
        date(2000, 1, 1),
        rate_limit=False,
        phrase_index=False,
        mesh=MeshTree.load(mesh),
        files=folder / "files",
    ) as simulator:
        yield simulator


def hold(folder: Path, day: date, *files: Path) -> None:
    """Have PubMed hold what is in some files from a day on."""
    place = folder / "holdings" / day.isoformat()
    place.mkdir(parents=True)
    for file in files:
        shutil.copy(file, place)


def counted(both: Both, table: str) -> int:
    return len(facts(both.read)[table])


def test_an_update_file_of_20_788_records(shared: Path, mesh: Path, tmp_path: Path) -> None:
    data = shared / "data" / "pubmed"
    before, after = date(2021, 6, 5), date(2021, 6, 7)
    updates = tmp_path / "files" / "updatefiles"
    the_day_before = article_set([Article(1, "Nothing of interest", date(2021, 6, 4))])
    first = put_file(updates, "pubmed21n1297.xml.gz", the_day_before)
    second = updates / "pubmed21n1298.xml.gz"
    shutil.copy(data / second.name, second)
    put_md5(second)
    hold(tmp_path, before, first, *(data / "2021-samples").glob("pubmed21n*.gz"))
    hold(tmp_path, after, second)
    with served(tmp_path, mesh) as simulator:
        both = Both.searched(tmp_path, simulator, TOPICS, mesh, until=before)
        held = counted(both, "record")
        both.ask(both.asked, after)
        both.bulk(after)
    assert facts(both.read) == facts(both.asked)
    assert counted(both, "record") > held + 50


def test_the_files_of_2026_with_their_own_md5(shared: Path, mesh: Path, tmp_path: Path) -> None:
    samples = shared / "data" / "pubmed" / "2026-samples"
    files = [samples / f"pubmed26n{number}.xml.gz" for number in (1334, 1335)]
    (tmp_path / "files" / "updatefiles").mkdir(parents=True)
    for file in samples.iterdir():
        shutil.copy(file, tmp_path / "files" / "updatefiles")
    before, after = date(2026, 1, 29), date(2026, 1, 31)
    hold(tmp_path, before, files[0])
    hold(tmp_path, after, files[1])
    topics = {"patients": "1. patient*.tw.\n", "studies": "1. (stud* or trial* or cell*).mp.\n"}
    with served(tmp_path, mesh) as simulator:
        both = Both.searched(tmp_path, simulator, topics, mesh, until=before)
        held = counted(both, "record_version")
        both.ask(both.asked, after)
        both.bulk(after)
    assert facts(both.read) == facts(both.asked)
    assert counted(both, "record_version") > held + 10


def test_what_a_real_file_deletes_is_gone(shared: Path, mesh: Path, tmp_path: Path) -> None:
    real = shared / "data" / "pubmed" / "2021-samples" / "pubmed20n1016.xml.gz"
    with open_records(real) as stream:
        entries = list(read_pubmed_xml(stream))
    deleted = [pmid for entry in entries if isinstance(entry, Deleted) for pmid in entry.pmids]
    assert len(deleted) == 262
    updates = tmp_path / "files" / "updatefiles"
    # Three at most: E-utilities take more for an outage.
    pmids = [*map(int, deleted[:3]), 1, 2]
    articles = [Article(pmid, "Stroke", date(2019, 12, 10)) for pmid in pmids]
    first = put_file(updates, "pubmed20n1015.xml.gz", article_set(articles))
    shutil.copy(real, updates)
    put_md5(updates / real.name)
    before, after = date(2019, 12, 15), date(2019, 12, 17)
    hold(tmp_path, before, first)
    hold(tmp_path, after, real)
    with served(tmp_path, mesh) as simulator:
        topics = {"stroke": "1. stroke.tw.\n2. patient*.tw.\n3. 1 or 2\n"}
        both = Both.searched(tmp_path, simulator, topics, mesh, until=before)
        both.ask(both.asked, after)
        both.bulk(after)
    assert facts(both.read) == facts(both.asked)
    gone = {r["source_id"] for r in facts(both.read)["record"] if r["deleted_on"] == str(after)}
    assert gone == set(deleted[:3])
