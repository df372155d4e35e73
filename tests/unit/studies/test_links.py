"""Which trial numbers a record names, and which tokens only look like one."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.links import judged, linked
from surveillance.records import Record
from surveillance.records.pubmed_xml import latest_versions, read_pubmed_xml
from surveillance.studies.links import LISTED, Link, find_links, registration_numbers
from surveillance.studies.one_trial import Trials

WATCHED = "NCT05009394"


def record(**fields: object) -> Record:
    return Record(source="pubmed", source_id="1", **fields)  # type: ignore[arg-type]


def links(named: Record, numbers: Iterable[str]) -> tuple[Link, ...]:
    return find_links(named, Trials.numbered(numbers))


@pytest.mark.parametrize(
    "text",
    [
        "NCT05009394",
        "(NCT05009394).",
        "nct05009394",
        "Nct05009394",
        "NCT 05009394",
        "NCT\u00a005009394",
        "NCT\n05009394",
        "NCT: 05009394",
        "NCT-05009394",
        "NCT–05009394",
        "NCT#05009394",
        "term=NCT+05009394",
        "NCT No. 05009394",
        "ClinicalTrials.gov:NCT05009394",
        "https://clinicaltrials.gov/study/NCT05009394?a=1",
        "NCT05009394/NCT00000001",
        "“NCT05009394”",
        "试验编号NCT05009394。",
        "登録番号NCT05009394で登録",
    ],
)
def test_a_number_is_found_as_people_write_it(text: str) -> None:
    found = links(record(abstract=f"Registered {text}"), [WATCHED])
    assert [link.number for link in found] == [WATCHED]


@pytest.mark.parametrize(
    "text",
    [
        "NCT050093941",
        "NCT0500939",
        "XNCT05009394",
        "1NCT05009394",
        "NCT05009394A",
        "NCT05009394_1",
        "_NCT05009394",
        "05009394",
        "NCTT05009394",
        "NCT and 05009394",
        "NCT05 009394",
        "NCT٠٥٠٠٩٣٩٤",
        "",
    ],
)
def test_a_number_inside_a_longer_token_is_not_one(text: str) -> None:
    assert registration_numbers(record(title=text, abstract=text, registrations=(text,))) == ()


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        (
            {"registrations": (WATCHED,), "title": WATCHED, "abstract": WATCHED},
            "list of registrations",
        ),
        ({"title": WATCHED, "abstract": WATCHED}, "title"),
        ({"original_title": WATCHED}, "title"),
        ({"abstract": WATCHED}, "abstract"),
        ({"other_abstracts": (WATCHED,)}, "abstract"),
    ],
    ids=str,
)
def test_a_number_is_linked_once_where_it_is_surest(fields: dict[str, object], where: str) -> None:
    (link,) = links(record(**fields), [WATCHED])
    assert (link.number, link.where, link.words) == (WATCHED, where, WATCHED)
    assert link.certain


def test_only_the_numbers_that_are_asked_for_are_linked() -> None:
    named = record(abstract="NCT00000002, NCT05009394 and NCT00000001")
    assert registration_numbers(named) == ("NCT00000001", "NCT00000002", WATCHED)
    assert [link.number for link in links(named, [WATCHED, "NCT00000003"])] == [WATCHED]
    assert links(named, []) == ()


def test_the_words_around_are_few_and_whole() -> None:
    text = "word " * 100 + "trial NCT05009394 was registered " + "again " * 100
    (link,) = links(record(abstract=text), [WATCHED])
    assert link.words.startswith("…word") and link.words.endswith("again…")
    assert "trial NCT05009394 was registered" in link.words
    assert len(link.words) < 110


@given(st.text(alphabet="NCTnct0123456789 :-_aé"), st.text(alphabet="NCTnct0123456789 :-_aé"))
def test_links_are_the_watched_numbers_that_are_named(title: str, abstract: str) -> None:
    named = record(title=title, abstract=f"{abstract} NCT05009394")
    assert {link.number for link in links(named, registration_numbers(named))} == set(
        registration_numbers(named)
    )
    assert WATCHED in registration_numbers(named)
    assert links(named, registration_numbers(named)) == links(
        named, reversed(registration_numbers(named))
    )


@pytest.mark.shared
def test_numbers_in_real_titles_and_abstracts_are_found_without_the_list(shared: Path) -> None:
    """In NLM's update file 170 records list a number, and 152 of them print it as well."""
    listed = [record for record in _records_with_a_list(shared) if _lists_a_number(record)]
    found = [registration_numbers(replace(record, registrations=())) for record in listed]
    assert len(listed) == 170
    assert sum(bool(numbers) for numbers in found) >= 152
    for record in listed:
        places = {link.where for link in links(record, record.registrations)}
        assert places == {LISTED}


@pytest.mark.shared
def test_every_certain_link_of_real_records_was_judged(shared: Path) -> None:
    """`python -m benchmarks.links` reads the whole file; here are the records with a list."""
    verdicts = judged()
    for record in _records_with_a_list(shared):
        for read in (record, replace(record, registrations=())):
            certain = {(record.pmid, link.number) for link in linked(read) if link.certain}
            assert certain <= verdicts.keys()
            assert not any(verdicts[pair] == "no" for pair in certain)


def _records_with_a_list(shared: Path) -> list[Record]:
    """The articles that have a DataBankList, cut out of the file: the rest takes a minute."""
    with gzip.open(shared / "data/pubmed/pubmed21n1298.xml.gz") as file:
        articles = re.findall(rb"<PubmedArticle>.*?</PubmedArticle>", file.read(), re.DOTALL)
    chosen = b"".join(article for article in articles if b"<DataBankList" in article)
    stream = BytesIO(b"<PubmedArticleSet>" + chosen + b"</PubmedArticleSet>")
    return [entry.record for entry in latest_versions(read_pubmed_xml(stream))]


def _lists_a_number(record: Record) -> bool:
    return any(number.startswith("NCT") for number in record.registrations)
