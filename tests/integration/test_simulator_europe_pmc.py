"""The stand-in for Europe PMC over HTTP: search, marks, citations, refusals, days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from surveillance.errors import UnreadableInput
from surveillance.records.europe_pmc import read_result
from surveillance.records.pubmed_xml import read_pubmed_xml
from surveillance.simulator import Simulator
from surveillance.simulator.europe_pmc_holdings import med_result
from surveillance.simulator.snapshot_builder import SNAPSHOT

CITATION = """<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE">
<PMID Version="1">90000001</PMID><Article><Journal><JournalIssue><PubDate><Year>2024</Year>
</PubDate></JournalIssue><Title>Constructed</Title></Journal>
<ArticleTitle>Nerve transfer</ArticleTitle></Article><MeshHeadingList><MeshHeading>
<DescriptorName>Pain</DescriptorName></MeshHeading></MeshHeadingList></MedlineCitation>
<PubmedData><History><PubMedPubDate PubStatus="entrez"><Year>2024</Year><Month>7</Month>
<Day>1</Day></PubMedPubDate></History></PubmedData></PubmedArticle></PubmedArticleSet>"""


def write(folder: Path, number: str, title: str, day: str, *, cites: tuple[str, ...] = ()) -> None:
    result = {"id": number, "source": "PPR", "title": title, "firstIndexDate": day}
    (folder / "europepmc").mkdir(parents=True, exist_ok=True)
    file = folder / "europepmc" / f"{number}.json"
    file.write_text(json.dumps({"result": result, "cites": cites}))


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    first = tmp_path / "2024-08-02"
    write(first, "PPR1", "Nerves and stumps", "2024-07-20")
    write(first, "PPR2", "Nerve grafts", "2024-07-10", cites=("MED:90000001",))
    (first / "pubmed.xml").write_text(CITATION)
    later = tmp_path / "2025-01-31"
    write(later, "PPR1", "Nerves and stumps, revised", "2024-07-20", cites=("MED:90000001",))
    write(later, "PPR3", "Nerve transfer in stumps", "2025-01-20")
    with Simulator.open(tmp_path, date(2024, 8, 2)) as opened:
        yield opened


def ask(simulator: Simulator, query: str, **parameters: str) -> requests.Response:
    given = {"query": query, "format": "json", "resultType": "core", **parameters}
    return requests.get(simulator.europepmc_url + "search", params=given, timeout=5)


def found(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["resultList"]["result"]]


def test_an_answer_has_the_keys_that_are_documented(simulator: Simulator) -> None:
    answer = ask(simulator, "TITLE:nerve*", pageSize="2").json()
    assert [*answer] == ["version", "hitCount", "nextCursorMark", "request", "resultList"]
    assert answer["hitCount"] == 3
    assert answer["request"]["queryString"] == "TITLE:nerve*"
    assert [one["source"] for one in answer["resultList"]["result"]] == ["PPR", "PPR"]


def test_the_same_is_answered_to_a_long_query_by_post(simulator: Simulator) -> None:
    form = {"query": "TITLE:nerve*", "format": "json", "resultType": "core"}
    posted = requests.post(simulator.europepmc_url + "searchPOST", data=form, timeout=5)
    assert posted.json() == ask(simulator, "TITLE:nerve*").json()


def test_every_citation_of_pubmed_is_held_with_its_headings(simulator: Simulator) -> None:
    answer = ask(simulator, 'MESH:"Pain" AND SRC:MED')
    assert found(answer) == ["90000001"]
    record = read_result(answer.json()["resultList"]["result"][0])
    assert (record.title, record.journal, record.year) == ("Nerve transfer", "Constructed", 2024)
    assert record.dates.created == date(2024, 7, 1)


def test_pages_follow_by_mark_and_the_last_has_none(simulator: Simulator) -> None:
    first = ask(simulator, "TITLE:nerve*", pageSize="2")
    last = ask(simulator, "TITLE:nerve*", cursorMark=first.json()["nextCursorMark"])
    assert "nextCursorMark" not in last.json()
    assert found(first) + found(last) == ["PPR1", "PPR2", "90000001"]


@pytest.mark.parametrize("mark", ["?", "AAAA", "é"])
def test_a_mark_belongs_to_its_query(simulator: Simulator, mark: str) -> None:
    of_another = ask(simulator, "TITLE:nerve*", pageSize="1").json()["nextCursorMark"]
    for wrong in (mark, of_another):
        refused = ask(simulator, "TITLE:stumps", cursorMark=wrong)
        assert (refused.status_code, refused.json()["errMsg"]) == (400, "cursorMark is invalid")


@pytest.mark.parametrize(
    "parameters",
    [
        *({"query": "(TITLE:nerve"}, {"query": ""}, {"query": "NOSUCH:nerve"}),
        *({"resultType": "lite"}, {"format": "xml"}, {"synonym": "true"}, {"pageSize": "many"}),
    ],
)
def test_what_the_stand_in_does_not_have_is_refused(
    simulator: Simulator, parameters: dict[str, str]
) -> None:
    refused = ask(simulator, **{"query": "TITLE:nerve", **parameters})
    assert refused.status_code == 400
    assert refused.json()["errMsg"]


def test_time_moves_on_and_later_folders_override(simulator: Simulator) -> None:
    assert found(ask(simulator, "TITLE:transfer")) == ["90000001"]
    simulator.as_of = date(2025, 1, 31)
    assert found(ask(simulator, "TITLE:transfer")) == ["PPR3", "90000001"]
    assert found(ask(simulator, "TITLE:revised")) == ["PPR1"]
    assert found(ask(simulator, "FIRST_IDATE:[2025-01-01 TO 2025-01-31]")) == ["PPR3"]


def citing(simulator: Simulator, path: str, **parameters: str) -> requests.Response:
    url = f"{simulator.europepmc_url}{path}/citations"
    return requests.get(url, params={"format": "json", **parameters}, timeout=5)


def test_who_cites_a_record_is_told_page_by_page(simulator: Simulator) -> None:
    assert citing(simulator, "MED/90000001").json()["hitCount"] == 1
    simulator.as_of = date(2025, 1, 31)
    pages = [citing(simulator, "MED/90000001", page=str(n), pageSize="1").json() for n in (1, 2, 3)]
    assert [page["hitCount"] for page in pages] == [2, 2, 2]
    named = [[one["id"] for one in page["citationList"]["citation"]] for page in pages]
    assert named == [["PPR1"], ["PPR2"], []]
    assert "abstractText" not in pages[0]["citationList"]["citation"][0]


def test_an_unknown_record_is_not_found_and_a_bad_page_refused(simulator: Simulator) -> None:
    assert citing(simulator, "MED/1").status_code == 404
    assert citing(simulator, "MED/90000001", page="one").status_code == 400
    assert citing(simulator, "PPR/PPR1").json()["citationList"] == {"citation": []}


def test_another_path_is_not_found(simulator: Simulator) -> None:
    for path in ("fields", "MED/90000001/references", "searchPOST"):
        assert requests.get(simulator.europepmc_url + path, timeout=5).status_code == 404


@pytest.mark.parametrize("text", ["{", "[]", '{"result": {}}', '{"result": 1}', '{"cites": []}'])
def test_a_file_that_is_no_result_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "europepmc").mkdir()
    (tmp_path / "europepmc" / "PPR1.json").write_text(text)
    with (
        pytest.raises(UnreadableInput, match=r"PPR1\.json"),
        Simulator.open(tmp_path, date(2024, 8, 2)),
    ):
        pass


def test_a_citation_comes_through_europe_pmc_as_pubmed_has_it() -> None:
    """All that both can say; Europe PMC has no registrations, no days of MeSH and no status."""
    for file in sorted(SNAPSHOT.glob("*/pubmed.xml")):
        with file.open("rb") as stream:
            entries = [*read_pubmed_xml(stream)]
        for entry in entries:
            ours: Any = entry
            through = read_result(med_result(ours.record))
            for name in (
                *("title", "abstract", "authors", "journal", "journal_abbreviation", "year"),
                *("volume", "issue", "pages", "doi", "pmid", "publication_types", "keywords"),
                "languages",
            ):
                assert getattr(through, name) == getattr(ours.record, name), (file, name)
            assert [c.kind for c in through.corrections] == [
                c.kind for c in ours.record.corrections
            ]
            assert names(through.mesh) == names(ours.record.mesh)


def names(mesh: Any) -> Any:
    return mesh and [(one.name, one.major, one.qualifiers) for one in mesh]
