"""Laws of deduplication: they hold for any records, any decisions, in any order."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveillance.dedup.at_sight import worth_comparing
from surveillance.dedup.candidates import Entry
from surveillance.dedup.clusters import cluster
from surveillance.dedup.decide import PairDecision, Verdict, decide_pair
from surveillance.dedup.deduplicate import deduplicate
from surveillance.dedup.normalise import fold
from surveillance.dedup.places import pages_form
from surveillance.dedup.titles import title_form
from surveillance.records import Author, Record

NUMBERS = st.integers(1, 8)
PAIRS = st.tuples(NUMBERS, NUMBERS).filter(lambda pair: pair[0] < pair[1])
DECISIONS = st.lists(
    st.builds(
        lambda pair, verdict, score, by_person: PairDecision(
            pair[0], pair[1], verdict, "made up", score, by_person=by_person
        ),
        PAIRS,
        st.sampled_from(Verdict),
        st.sampled_from([0.1, 0.5, 0.9]),
        st.booleans(),
    ),
    max_size=14,
)
RULED = DECISIONS.map(lambda made: [replace(one, by_person=False) for one in made])

WORDS = ["pain", "after", "loss", "of", "a", "leg", "in", "men", "women", "part", "I", "II"]
RECORDS = st.builds(
    Record,
    source=st.just("file"),
    source_id=st.just("1"),
    title=st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    abstract=st.none() | st.just("Pain fell in forty people who had lost a leg, and stayed low."),
    authors=st.lists(
        st.builds(Author, last=st.sampled_from(["Kettering", "Müller", ""])), max_size=2
    ).map(tuple),
    journal=st.sampled_from(["", "Pain", "Journal of Pain", "J Pain", "medRxiv"]),
    year=st.none() | st.integers(2020, 2022),
    volume=st.sampled_from(["", "9", "10"]),
    pages=st.sampled_from(["", "101-8", "101-108", "S5", "e101"]),
    doi=st.sampled_from(["", "10.5555/a", "10.5555/b"]),
    pmid=st.sampled_from(["", "", "90000001", "90000002"]),
)
ENTRIES = st.lists(RECORDS, min_size=2, max_size=6).map(
    lambda records: [Entry(number, record) for number, record in enumerate(records, start=1)]
)


@given(DECISIONS)
def test_every_entry_is_in_exactly_one_cluster(decisions: list[PairDecision]) -> None:
    clusters = cluster(range(1, 9), decisions).clusters
    assert sorted(number for members in clusters for number in members) == list(range(1, 9))


@given(RULED, st.randoms(use_true_random=False))
def test_the_order_of_entries_and_of_decisions_on_different_pairs_does_not_matter(
    decisions: list[PairDecision], random: object
) -> None:
    one_a_pair = list({(d.record_a, d.record_b): d for d in decisions}.values())
    shuffled = list(one_a_pair)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert cluster(range(1, 9), one_a_pair) == cluster(range(8, 0, -1), shuffled)


@given(RULED)
def test_no_cluster_of_the_rules_holds_a_pair_that_is_different(
    decisions: list[PairDecision],
) -> None:
    standing = {(d.record_a, d.record_b): d.verdict for d in decisions}
    for members in cluster(range(1, 9), decisions).clusters:
        for pair in combinations(members, 2):
            assert standing.get(pair) is not Verdict.DIFFERENT


@given(DECISIONS, PAIRS)
def test_a_persons_last_word_on_a_pair_keeps_it_apart(
    decisions: list[PairDecision], pair: tuple[int, int]
) -> None:
    said = PairDecision(pair[0], pair[1], Verdict.DIFFERENT, "said", 0.0, by_person=True)
    for members in cluster(range(1, 9), [*decisions, said]).clusters:
        assert not set(pair) <= set(members)


@given(DECISIONS, PAIRS)
def test_a_merge_superseded_leaves_no_trace(
    decisions: list[PairDecision], pair: tuple[int, int]
) -> None:
    without = [d for d in decisions if (d.record_a, d.record_b) != pair]
    doubtful = PairDecision(pair[0], pair[1], Verdict.DOUBTFUL, "undone", 0.0, by_person=True)
    assert cluster(range(1, 9), [*decisions, doubtful]) == cluster(range(1, 9), without)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(RECORDS, RECORDS)
def test_a_decision_is_the_same_from_both_sides(a: Record, b: Record) -> None:
    one, two = decide_pair(Entry(1, a), Entry(2, b)), decide_pair(Entry(1, b), Entry(2, a))
    assert (one.verdict, one.score) == (two.verdict, two.score)
    assert 0.0 <= one.score <= 1.0


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(RECORDS, RECORDS)
def test_two_pmids_never_merge(a: Record, b: Record) -> None:
    a, b = replace(a, pmid="90000001"), replace(b, pmid="90000002")
    assert decide_pair(Entry(1, a), Entry(2, b)).verdict is Verdict.DIFFERENT


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(ENTRIES)
def test_no_cluster_ever_holds_two_pmids(entries: list[Entry]) -> None:
    pmids = {entry.id: entry.record.pmid for entry in entries}
    for members in deduplicate(entries).clustering.clusters:
        assert len({pmids[number] for number in members} - {""}) <= 1


@given(st.text(max_size=200))
def test_any_text_folds_once_and_for_all(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert title_form(text) == title_form(text)
    pages_form(text)


TITLED_TWICE = st.builds(
    lambda record, title: replace(record, original_title=title),
    RECORDS,
    st.just("") | st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
)


@settings(max_examples=400)
@given(st.lists(TITLED_TWICE, min_size=2, max_size=8))
def test_what_is_different_at_sight_is_different(records: list[Record]) -> None:
    entries = [Entry(number, record) for number, record in enumerate(records)]
    pairs = np.array(list(combinations(range(len(entries)), 2)), np.int64)
    kept = {(a, b) for a, b in worth_comparing(entries, pairs).tolist()}
    for a, b in pairs.tolist():
        if (a, b) not in kept:
            assert decide_pair(entries[a], entries[b]).verdict is Verdict.DIFFERENT
