"""What became of results that a registry shows: more of them, fewer, or other numbers.

Results are often posted in parts, the primary outcome first, and corrected later. A team that has
used a number must hear that it is another one now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from surveillance.studies.change import Change, Event, as_one, joined, plain, short, together
from surveillance.studies.pairing import Lists
from surveillance.studies.posted_results import Number, PostedOutcome, PostedResults, Tables
from surveillance.studies.weight import Weight

_FIELD = "results"


@dataclass(frozen=True, slots=True)
class _Renumbered:
    """How the numbers of one table differ: what was one number and is another, and the rest."""

    changed: tuple[tuple[Number, Number], ...]
    added: int
    dropped: int

    @property
    def size(self) -> int:
        return len(self.changed) + self.added + self.dropped


def changed_results(before: PostedResults | None, after: PostedResults | None) -> Iterator[Change]:
    """The changes of results that both versions show; that they came or went is told elsewhere."""
    if before is None or after is None or before.content == after.content:
        return
    lists = Lists(_with_numbers(before.tables), _with_numbers(after.tables))
    kept = [pair for how in _PAIRINGS for pair in how(lists)]
    for primary in (True, False):
        weight = Weight.HIGH if primary else Weight.LOW
        name = "primary outcome" if primary else "secondary outcome"
        added = [_added(one, name, weight) for one in lists.added if one.primary is primary]
        dropped = [_dropped(one, name, weight) for one in lists.dropped if one.primary is primary]
        pairs = [pair for pair in kept if pair[1].primary is primary]
        changed = list(_renumbered(pairs, name, Weight.HIGH if primary else Weight.MEDIUM))
        for changes, what in (
            (changed, f"posted results of {name}s were changed"),
            (added, f"results of {name}s were added"),
            (dropped, f"posted results of {name}s are no longer there"),
        ):
            yield from together(changes, what) if primary else _all_as_one(changes, what)
    yield from _harmed(before.tables.harmed, after.tables.harmed)


def _with_numbers(results: Tables) -> tuple[PostedOutcome, ...]:
    return tuple(outcome for outcome in results.outcomes if outcome.numbers)


_Pairs = list[tuple[PostedOutcome, PostedOutcome]]
_PAIRINGS: Sequence[Callable[[Lists[PostedOutcome]], _Pairs]] = (
    lambda lists: lists.equal(lambda one: (plain(one.measure), plain(one.time_frame))),
    lambda lists: lists.equal(lambda one: plain(one.measure)),
    lambda lists: lists.alike(lambda one: one.measure),
)


def _all_as_one(changes: Sequence[Change], what: str) -> Iterator[Change]:
    if changes:
        yield as_one(changes, what)


def _added(outcome: PostedOutcome, name: str, weight: Weight) -> Change:
    headline, detail = f"Results of a {name} were added", f": {short(outcome.measure)}"
    return Change(_FIELD, "", outcome.measure, weight, headline, detail, Event.RESULTS_POSTED)


def _dropped(outcome: PostedOutcome, name: str, weight: Weight) -> Change:
    headline = f"Posted results of a {name} are no longer there"
    return Change(_FIELD, outcome.measure, "", weight, headline, f": {short(outcome.measure)}")


def _renumbered(pairs: _Pairs, name: str, weight: Weight) -> Iterator[Change]:
    headline = f"Posted results of a {name} were changed"
    for old, new in pairs:
        found = _differing(old.numbers, new.numbers)
        if found.size:
            detail = f": {short(new.measure)} ({_said(found)})"
            was, now = (joined(pair[i].printed for pair in found.changed) for i in (0, 1))
            yield Change(_FIELD, was, now, weight, headline, detail)


def _said(found: _Renumbered) -> str:
    parts = []
    if found.changed:
        old, new = found.changed[0]
        number = "1 number" if len(found.changed) == 1 else f"{len(found.changed):,} numbers, first"
        parts.append(f"{number} from {short(old.printed)} to {short(new.printed)}")
    parts += [f"{found.added:,} added"] if found.added else []
    parts += [f"{found.dropped:,} taken out"] if found.dropped else []
    return "; ".join(parts)


def _harmed(before: Sequence[Number], after: Sequence[Number]) -> Iterator[Change]:
    changes = [
        Change(
            _FIELD,
            old.printed,
            new.printed,
            Weight.HIGH,
            f"The posted number of people who {new.named} was changed",
            f", from {old.printed} to {new.printed}",
        )
        for old, new in _differing(before, after).changed
    ]
    return together(changes, "posted numbers of people who died or were seriously harmed changed")


def _differing(before: Sequence[Number], after: Sequence[Number]) -> _Renumbered:
    """How two tables differ: by the names of rows and columns or by their order, if that is less.

    A relabelled column, and columns in another order, change no number.
    """
    if before == after:  # as most tables of a version that changed
        return _Renumbered((), 0, 0)
    by_name = _compared(before, after, lambda number: plain(number.named))
    if not by_name.size:
        return by_name
    by_order = _compared(before, after, lambda number: number.counted)
    return min(by_name, by_order, key=lambda found: found.size)


def _compared(
    before: Sequence[Number], after: Sequence[Number], place: Callable[[Number], str]
) -> _Renumbered:
    old, new = _placed(before, place), _placed(after, place)
    both = [(old[where], new[where]) for where in old if where in new]
    changed = [(was, now) for was, now in both if _value(was.printed) != _value(now.printed)]
    return _Renumbered(tuple(changed), len(new) - len(both), len(old) - len(both))


def _placed(
    numbers: Sequence[Number], place: Callable[[Number], str]
) -> dict[tuple[str, int], Number]:
    """The numbers by their places; a second one at the same place is the second there."""
    seen: Counter[str] = Counter()
    placed = {}
    for number in numbers:
        where = place(number)
        placed[where, seen[where]] = number
        seen[where] += 1
    return placed


def _value(printed: str) -> object:
    """A number whatever its form: 2.30 is 2.3, and 1,024 is 1024; NA and <0.001 as printed."""
    bare = "".join(printed.split()).casefold()
    try:
        number = Decimal(bare.replace(",", ""))
    except InvalidOperation:
        return bare
    return number if number.is_finite() else bare
