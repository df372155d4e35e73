"""A merge taken back: the report falls into what it was, and stays apart.

Nothing is deleted. The pairs between the parts become *different* by the person who undoes, whose
word outlives every later rule (docs/decisions/0020-undoing-a-merge.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from surveillance.dedup.clusters import Pair, cluster, standing
from surveillance.dedup.decide import Verdict
from surveillance.dedup.decision_log import Logged, among, connected, steps

Parts = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing a report's last merge means.

    `parts` are what it falls into, `merge` the decision that joined them, and `verdicts` what a
    person's row must say of each pair.
    """

    parts: Parts
    merge: Logged
    verdicts: Mapping[Pair, Verdict]


@dataclass(frozen=True, slots=True)
class _Word:
    """What a person is about to say."""

    record_a: int
    record_b: int
    verdict: Verdict
    score: float = 0.0
    by_person: bool = True


def undoing(members: Collection[int], log: Sequence[Logged]) -> Undoing | None:
    """How to take back the last step that brought `members` together; None: no step did."""
    records = connected(members, log)
    relevant = among(records, log)
    found: tuple[list[Logged], tuple[Logged, ...]] | None = None
    before: list[Logged] = []
    for step in steps(relevant):
        if len(_parts(members, records, before)) > 1:
            found = before.copy(), step
        before += step
    if found is None:
        return None
    then, step = found
    parts = _parts(members, records, then)
    return Undoing(parts, _joining(parts, step), _verdicts(parts, records, then, relevant))


def _parts(members: Collection[int], records: Iterable[int], log: Sequence[Logged]) -> Parts:
    chosen = set(members)
    clusters = cluster(records, log).clusters
    return tuple(part for one in clusters if (part := tuple(n for n in one if n in chosen)))


def _joining(parts: Parts, step: Sequence[Logged]) -> Logged:
    """The decision of the step that speaks for it: one that ties two of the parts."""
    part_of = _places(parts)
    ties = (
        one
        for one in step
        if one.verdict is Verdict.SAME
        and part_of.get(one.record_a, 0) != part_of.get(one.record_b, 0)
    )
    return next(ties, step[0])


def _verdicts(
    parts: Parts, records: Iterable[int], then: Sequence[Logged], log: Sequence[Logged]
) -> dict[Pair, Verdict]:
    """*Different* between the parts; *doubtful* what would merge for the first time by that.

    What the merge had pulled away from another report goes back there, as it was. A pair that was
    *same* already, and held apart by a third record, is let be where that holds it again: to undo
    what is before this merge, too, it is needed.
    """
    between = _between(parts)
    was_said = standing(then)
    held = [p for p in between if p in was_said and was_said[p].verdict is Verdict.SAME]
    said = dict.fromkeys((pair for pair in between if pair not in held), Verdict.DIFFERENT)
    _settle(said, records, then, log)
    now = _places(cluster(records, [*log, *_words(said)]).clusters)
    if any(now[a] == now[b] for a, b in held):
        said |= dict.fromkeys(held, Verdict.DIFFERENT)
        _settle(said, records, then, log)
    return said


def _settle(
    said: dict[Pair, Verdict],
    records: Iterable[int],
    then: Sequence[Logged],
    log: Sequence[Logged],
) -> None:
    """Make doubtful each pair that was never together and would be, after what is said."""
    was = _places(cluster(records, then).clusters)
    now = _places(cluster(records, log).clusters)
    same = [pair for pair, one in standing(log).items() if one.verdict is Verdict.SAME]
    apart = [(a, b) for a, b in same if was[a] != was[b] and now[a] != now[b]]
    while True:
        after = _places(cluster(records, [*log, *_words(said)]).clusters)
        first_time = [(a, b) for a, b in apart if (a, b) not in said and after[a] == after[b]]
        if not first_time:
            return
        said |= dict.fromkeys(first_time, Verdict.DOUBTFUL)


def _words(said: Mapping[Pair, Verdict]) -> list[_Word]:
    return [_Word(*pair, verdict) for pair, verdict in said.items()]


def _between(parts: Parts) -> list[Pair]:
    pairs = (pair for some in combinations(parts, 2) for pair in product(*some))
    return [(min(pair), max(pair)) for pair in pairs]


def _places(clusters: Parts) -> dict[int, int]:
    """The first record of the cluster that each record is in."""
    return {number: one[0] for one in clusters for number in one}
