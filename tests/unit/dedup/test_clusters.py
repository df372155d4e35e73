from __future__ import annotations

from surveillance.dedup.clusters import cluster, undecided_within
from surveillance.dedup.decide import PairDecision, Verdict


def same(a: int, b: int, score: float = 0.9) -> PairDecision:
    return PairDecision(a, b, Verdict.SAME, "rule", score)


def different(a: int, b: int) -> PairDecision:
    return PairDecision(a, b, Verdict.DIFFERENT, "rule", 0.1)


def person(a: int, b: int, verdict: Verdict) -> PairDecision:
    return PairDecision(a, b, verdict, "person", 0.0, by_person=True)


def test_same_is_transitive() -> None:
    found = cluster([1, 2, 3, 4], [same(1, 2), same(2, 3)])
    assert found.clusters == ((1, 2, 3), (4,))
    assert found.refused == ()


def test_doubtful_joins_nothing() -> None:
    doubtful = PairDecision(1, 2, Verdict.DOUBTFUL, "rule", 0.99)
    assert cluster([1, 2], [doubtful]).clusters == ((1,), (2,))


def test_the_weakest_link_of_a_contradiction_stays_open() -> None:
    found = cluster([1, 2, 3], [same(1, 2, 0.91), same(2, 3, 0.97), different(1, 3)])
    assert found.clusters == ((1,), (2, 3))
    assert found.refused == ((1, 2),)


def test_a_person_outranks_an_earlier_and_a_later_rule() -> None:
    apart = person(1, 2, Verdict.DIFFERENT)
    assert cluster([1, 2], [same(1, 2), apart]).clusters == ((1,), (2,))
    assert cluster([1, 2], [apart, same(1, 2)]).clusters == ((1,), (2,))
    together = person(1, 2, Verdict.SAME)
    assert cluster([1, 2], [different(1, 2), together, different(1, 2)]).clusters == ((1, 2),)


def test_the_later_of_two_words_of_one_rank_holds() -> None:
    assert cluster([1, 2], [same(1, 2), different(1, 2)]).clusters == ((1,), (2,))
    words = [person(1, 2, Verdict.SAME), person(1, 2, Verdict.DIFFERENT)]
    assert cluster([1, 2], words).clusters == ((1,), (2,))
    assert cluster([1, 2], words[::-1]).clusters == ((1, 2),)


def test_what_a_person_joins_a_rule_does_not_keep_apart() -> None:
    words = [person(1, 2, Verdict.SAME), person(2, 3, Verdict.SAME), different(1, 3)]
    assert cluster([1, 2, 3], words).clusters == ((1, 2, 3),)


def test_two_people_who_contradict_each_other_leave_a_pair_open() -> None:
    words = [
        person(1, 2, Verdict.SAME),
        person(2, 3, Verdict.SAME),
        person(1, 3, Verdict.DIFFERENT),
    ]
    found = cluster([1, 2, 3], words)
    assert found.clusters == ((1, 2), (3,))
    assert found.refused == ((2, 3),)


def test_undoing_a_merge_gives_what_was_there_before() -> None:
    before = [same(1, 2), same(4, 5)]
    merged = [*before, same(2, 4)]
    undone = [*merged, person(2, 4, Verdict.DIFFERENT)]
    assert cluster(range(1, 6), merged).clusters == ((1, 2, 4, 5), (3,))
    assert cluster(range(1, 6), undone) == cluster(range(1, 6), before)


def test_decisions_on_entries_that_are_gone_are_passed_over() -> None:
    assert cluster([1, 2], [same(1, 2), same(2, 9)]).clusters == ((1, 2),)


def test_pairs_that_links_bring_together_are_asked_for() -> None:
    decisions = [same(1, 2), same(2, 3), same(5, 6), different(7, 8)]
    assert undecided_within(decisions) == ((1, 3),)
    assert undecided_within([*decisions, different(1, 3)]) == ()
