from __future__ import annotations

from dataclasses import replace

from surveillance.dedup.candidates import Entry
from surveillance.dedup.decide import PairDecision, Verdict
from surveillance.dedup.deduplicate import deduplicate
from surveillance.records import Author, Record

ARTICLE = Record(
    source="pubmed",
    source_id="1",
    title="Nerve transfer after loss of a leg: what forty people told us of their pain",
    authors=(Author(last="Kettering"),),
    journal="Demonstration Journal of Limb Surgery",
    year=2023,
    volume="9",
    pages="101-108",
)
A = Entry(1, replace(ARTICLE, pmid="90000001"))
B = Entry(2, replace(ARTICLE, source="embase"))
C = Entry(3, replace(ARTICLE, pmid="90000002"))


def test_a_record_between_two_pmids_joins_one_and_waits_for_the_other() -> None:
    found = deduplicate([A, B, C]).clustering
    assert found.clusters == ((1, 2), (3,))
    assert found.refused == ((2, 3),)


def test_a_conflict_without_a_shared_key_is_found_through_the_record_between() -> None:
    alone = Entry(1, Record(source="file", source_id="1", title="A third thing", pmid="90000001"))
    between = Entry(
        2,
        Record(
            source="file",
            source_id="2",
            title="Something else entirely",
            authors=ARTICLE.authors,
            year=2023,
            pages=C.record.pages,
        ),
    )
    said = [
        PairDecision(1, 2, Verdict.SAME, "person", 0.0, by_person=True),
        PairDecision(2, 3, Verdict.SAME, "rule", 0.9),
    ]
    found = deduplicate([alone], [between, C], said)
    assert [(d.record_a, d.record_b, d.verdict) for d in found.decisions] == [
        (1, 3, Verdict.DIFFERENT)
    ]
    assert found.clustering.clusters == ((1, 2), (3,))


def test_two_weeks_give_what_one_gives() -> None:
    once = deduplicate([A, B, C])
    first = deduplicate([A, B])
    second = deduplicate([C], [A, B], first.decisions)
    assert second.clustering == once.clustering


def test_a_person_who_said_different_is_not_asked_again() -> None:
    said = PairDecision(1, 2, Verdict.DIFFERENT, "person", 0.0, by_person=True)
    found = deduplicate([A, B], [], [said])
    assert found.clustering.clusters == ((1,), (2,))
    assert found.clustering.refused == ()


def test_a_later_conflict_supersedes_a_rules_merge() -> None:
    before = deduplicate([Entry(1, ARTICLE), B])
    assert before.clustering.clusters == ((1, 2),)
    learned = Entry(2, replace(B.record, pmid="90000009"))
    after = deduplicate([A, learned], [], before.decisions)
    assert after.clustering.clusters == ((1,), (2,))
