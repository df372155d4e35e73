"""What became of a trial's outcomes: added, dropped, reworded, measured at another time, switched.

A primary outcome that became secondary, or a secondary one that became primary, is a switch
(Goldacre et al., *Trials* 2019;20:118): the analysis that counts is no longer the planned one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from surveillance.studies.change import Change, Event, as_one, plain, short, together
from surveillance.studies.pairing import Lists
from surveillance.studies.registrations import Outcome, Registration
from surveillance.studies.weight import Weight

_PRIMARY, _SECONDARY = "primary outcome", "secondary outcome"

_Pairs = list[tuple[Outcome, Outcome]]
_Pairing = Callable[[Lists[Outcome]], _Pairs]


def changed_outcomes(before: Registration, after: Registration) -> Iterator[Change]:
    """The changes of the primary outcomes, then those of the secondary ones."""
    primary = Lists(before.primary_outcomes, after.primary_outcomes)
    secondary = Lists(before.secondary_outcomes, after.secondary_outcomes)
    kept, kept_secondary, demoted, promoted = _paired(primary, secondary)
    # What a registration says for the first time, or no longer says at all, is not switched.
    said_before_and_after = before.primary_outcomes and after.primary_outcomes
    event = Event.PRIMARY_OUTCOME_SWITCHED if said_before_and_after else Event.OTHER
    yield from _switched(demoted, _PRIMARY, _SECONDARY)
    yield from _switched(promoted, _SECONDARY, _PRIMARY)
    yield from together([_added(new, event) for new in primary.added], f"{_PRIMARY}s were added")
    dropped = [_dropped(old, event) for old in primary.dropped]
    yield from together(dropped, f"{_PRIMARY}s were dropped")
    yield from together(list(_reworded(kept)), f"{_PRIMARY}s were reworded")
    yield from together(list(_moved(kept)), f"{_PRIMARY}s are measured at another time")
    yield from _secondary(secondary, kept_secondary)


def _paired(
    primary: Lists[Outcome], secondary: Lists[Outcome]
) -> tuple[_Pairs, _Pairs, _Pairs, _Pairs]:
    """Pairs among the primary and the secondary outcomes, and across: demoted and promoted.

    What is printed the same goes before what is alike, so that two similar outcomes that changed
    places are not taken for two that were reworded.
    """
    kept: _Pairs = []
    kept_secondary: _Pairs = []
    demoted: _Pairs = []
    promoted: _Pairs = []
    for how in (_same_in_words_and_time, _same_in_words, _alike):
        kept += how(primary)
        kept_secondary += how(secondary)
        demoted += _across(primary, secondary, how)
        promoted += _across(secondary, primary, how)
    return kept, kept_secondary, demoted, promoted


def _same_in_words_and_time(lists: Lists[Outcome]) -> _Pairs:
    return lists.equal(lambda outcome: (plain(outcome.measure), plain(outcome.time_frame)))


def _same_in_words(lists: Lists[Outcome]) -> _Pairs:
    return lists.equal(lambda outcome: plain(outcome.measure))


def _alike(lists: Lists[Outcome]) -> _Pairs:
    return lists.alike(lambda outcome: outcome.measure)


def _across(source: Lists[Outcome], target: Lists[Outcome], how: _Pairing) -> _Pairs:
    """Pair what one list lost with what the other gained."""
    crossed: Lists[Outcome] = Lists(tuple(source.dropped), tuple(target.added))
    pairs = how(crossed)
    source.dropped, target.added = crossed.dropped, crossed.added
    return pairs


def _switched(pairs: _Pairs, was: str, now: str) -> Iterator[Change]:
    headline = f"A {was} became {now.removesuffix(' outcome')}"
    changes = [
        Change(
            _PRIMARY,
            old.measure if was == _PRIMARY else "",
            new.measure if now == _PRIMARY else "",
            Weight.HIGH,
            headline,
            f": {short(new.measure)}",
            Event.PRIMARY_OUTCOME_SWITCHED,
        )
        for old, new in pairs
    ]
    return together(changes, f"{was}s became {now.removesuffix(' outcome')}")


def _added(new: Outcome, event: Event) -> Change:
    headline, detail = "A primary outcome was added", f": {short(new.measure)}"
    return Change(_PRIMARY, "", new.measure, Weight.HIGH, headline, detail, event)


def _dropped(old: Outcome, event: Event) -> Change:
    headline, detail = "A primary outcome was dropped", f": {short(old.measure)}"
    return Change(_PRIMARY, old.measure, "", Weight.HIGH, headline, detail, event)


def _reworded(pairs: _Pairs) -> Iterator[Change]:
    for old, new in pairs:
        if plain(old.measure) != plain(new.measure):
            detail = f", from “{short(old.measure)}” to “{short(new.measure)}”"
            headline = "A primary outcome was reworded"
            yield Change(_PRIMARY, old.measure, new.measure, Weight.MEDIUM, headline, detail)


def _moved(pairs: _Pairs) -> Iterator[Change]:
    for old, new in pairs:
        if plain(old.time_frame) != plain(new.time_frame):
            times = f", from “{short(old.time_frame)}” to “{short(new.time_frame)}”"
            headline = "The time of a primary outcome changed"
            detail = f"{times}: {short(new.measure)}"
            yield Change(_PRIMARY, old.time_frame, new.time_frame, Weight.MEDIUM, headline, detail)


def _secondary(lists: Lists[Outcome], kept: _Pairs) -> Iterator[Change]:
    """Each kind of change as one: a trial may have a hundred secondary outcomes."""
    reworded = [(old, new) for old, new in kept if plain(old.measure) != plain(new.measure)]
    moved = [(old, new) for old, new in kept if plain(old.time_frame) != plain(new.time_frame)]
    yield from _low([("", new.measure, new.measure) for new in lists.added], "added")
    yield from _low([(old.measure, "", old.measure) for old in lists.dropped], "dropped")
    yield from _low([(old.measure, new.measure, new.measure) for old, new in reworded], "reworded")
    times = [(old.time_frame, new.time_frame, new.measure) for old, new in moved]
    yield from _low(times, "moved to another time")


def _low(changed: Sequence[tuple[str, str, str]], what: str) -> Iterator[Change]:
    """Secondary outcomes of which the same is to be told: before, after, and their names."""
    headline = f"A {_SECONDARY} was {what}"
    changes = [
        Change(_SECONDARY, before, after, Weight.LOW, headline, f": {short(name)}")
        for before, after, name in changed
    ]
    if changes:
        yield as_one(changes, f"{_SECONDARY}s were {what}")
