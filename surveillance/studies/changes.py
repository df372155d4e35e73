"""What changed between two versions of a registration, and how much it matters.

docs/signals.md is the same rules in a table. Contacts, sites, sponsors and wording outside the
fields below are not compared: they are noise to a guidance team, as is a change of format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from surveillance.studies.dates import moved
from surveillance.studies.registrations import Outcome, Reference, Registration, RegistryDate
from surveillance.studies.weight import Weight

#: Statuses in which nobody is recruited or treated any more.
ENDED = frozenset({"COMPLETED", "TERMINATED", "WITHDRAWN"})
_TELLING = ENDED | {"SUSPENDED"}
_OPEN = frozenset({"RECRUITING", "ENROLLING_BY_INVITATION"})

#: Months that a date must have moved to weigh as much; a shorter move is low.
_MONTHS = {
    "primary completion": ((6, Weight.HIGH), (2, Weight.MEDIUM)),
    "completion": ((12, Weight.HIGH), (6, Weight.MEDIUM)),
    "start": ((6, Weight.MEDIUM),),
}
#: Share of the former size that a change must reach to weigh as much; a smaller one is low.
_SIZES = ((0.5, Weight.HIGH), (0.2, Weight.MEDIUM))

# Two wordings of one outcome share most of their words (rapidfuzz token_sort_ratio, 0 to 100).
_SAME_OUTCOME = 70
# Above this many pairs of wordings they count as dropped and added: the comparison stays quick.
_MOST_PAIRS = 40_000


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changed: its values as the registry prints them, and what to tell people.

    `headline` is the change in a few words; `detail` goes on from there.
    """

    field: str
    before: str
    after: str
    weight: Weight
    headline: str
    detail: str = ""

    @property
    def sentence(self) -> str:
        """The whole change in one sentence."""
        return f"{self.headline}{self.detail}."


def compare(before: Registration, after: Registration) -> tuple[Change, ...]:
    """What changed from one version to the next, heaviest first; noise is left out.

    Raises `ValueError` where the two are not versions of one trial (a trial may change its
    number; the old one is then an alias).
    """
    if before.number != after.number and before.number not in after.aliases:
        raise ValueError(f"{before.number} and {after.number} are not versions of one trial")
    changes = (change for change in _changes(before, after) if change.weight is not Weight.NOISE)
    return tuple(sorted(changes, key=lambda change: change.weight.rank))


def _changes(before: Registration, after: Registration) -> Iterator[Change]:
    yield from _status(before, after)
    yield from _results(before, after)
    yield from _reports(before.references, after.references)
    yield from _date("primary completion", before.primary_completion, after.primary_completion)
    yield from _outcomes(before.primary_outcomes, after.primary_outcomes)
    yield from _size(before.enrolment, after.enrolment)
    yield from _allocation(before.allocation, after.allocation)
    yield from _date("completion", before.completion, after.completion)
    yield from _date("start", before.start, after.start)
    yield from _wording("title", before.title, after.title)
    yield from _wording("official title", before.official_title, after.official_title)


def _status(before: Registration, after: Registration) -> Iterator[Change]:
    old, new = before.status, after.status
    if not old or not new:
        yield from _given_or_gone("status", _said(old), _said(new))
    elif old != new:
        detail = f"; it was {_said(old)}"
        if new in _TELLING and after.why_stopped:
            detail += f". Reason given: {after.why_stopped.rstrip('.')}"
        weight = _status_weight(old, new)
        yield Change("status", old, new, weight, f"Status is now {_said(new)}", detail)


def _status_weight(before: str, after: str) -> Weight:
    if after in _TELLING or before in ENDED:
        return Weight.HIGH
    return Weight.LOW if {before, after} == _OPEN else Weight.MEDIUM


def _results(before: Registration, after: Registration) -> Iterator[Change]:
    if before.has_results == after.has_results:
        return
    if after.has_results:
        when = f" on {after.results_first_posted}" if after.results_first_posted else ""
        yield Change("results", "", "posted", Weight.HIGH, "Results were posted", when)
    else:
        yield Change("results", "posted", "", Weight.HIGH, "Posted results are no longer there")


def _reports(before: tuple[Reference, ...], after: tuple[Reference, ...]) -> Iterator[Change]:
    """RESULT is named by the sponsor, DERIVED found by NLM; BACKGROUND reports nothing."""
    weights = {"RESULT": Weight.HIGH, "DERIVED": Weight.MEDIUM}
    known = {(reference.pmid, reference.type) for reference in before}
    listed = dict.fromkeys((reference.pmid, reference.type) for reference in after)
    for pmid, kind in listed:
        if pmid and kind in weights and (pmid, kind) not in known:
            headline = "The registration now lists a publication of the trial"
            yield Change("publications", "", pmid, weights[kind], headline, f": PMID {pmid}")


def _date(field: str, before: RegistryDate | None, after: RegistryDate | None) -> Iterator[Change]:
    if before is None or after is None:
        yield from _given_or_gone(field, str(before or ""), str(after or ""))
        return
    move = moved(before.text, after.text)
    reached = (before.type, after.type) == ("ESTIMATED", "ACTUAL")
    if before.text != after.text and (move != 0 or not reached):
        headline = f"{field.capitalize()} {_how_moved(move)}"
        detail = f", from {before} to {after}{', reached' * reached}"
        yield Change(field, before.text, after.text, _move_weight(field, move), headline, detail)
    elif reached:
        headline = f"{field.capitalize()} was reached as planned"
        yield Change(field, before.text, after.text, Weight.LOW, headline, f": {after}")


def _how_moved(move: int | None) -> str:
    if not move:
        return "changed" if move is None else "moved within a month"
    unit = "month" if abs(move) == 1 else "months"
    how = "moved by" if move > 0 else "was brought forward by"
    return f"{how} {abs(move)} {unit}"


def _move_weight(field: str, move: int | None) -> Weight:
    if move == 0:
        return Weight.NOISE
    far_enough = (weight for least, weight in _MONTHS[field] if abs(move or 0) >= least)
    return next(far_enough, Weight.LOW)


def _given_or_gone(field: str, before: str, after: str) -> Iterator[Change]:
    if after and not before:
        headline, detail = f"{field.capitalize()} is now given", f": {after}"
    else:
        headline, detail = f"{field.capitalize()} is no longer given", f"; it was {before}"
    if before != after:
        yield Change(field, before, after, Weight.LOW, headline, detail)


def _size(before: int | None, after: int | None) -> Iterator[Change]:
    if before is None or after is None:
        yield from _given_or_gone("size", _number(before), _number(after))
    elif before != after:
        share = abs(after - before) / max(before, 1)
        weight = next((weight for least, weight in _SIZES if share >= least), Weight.LOW)
        how = "grew" if after > before else "fell"
        headline = f"Size {how} from {before:,} to {after:,} participants"
        detail = f" (by {share:.0%})" if before else ""
        yield Change("size", str(before), str(after), weight, headline, detail)


def _number(count: int | None) -> str:
    return "" if count is None else str(count)


def _allocation(before: str, after: str) -> Iterator[Change]:
    if before and after and before != after:
        headline, detail = f"Allocation is now {_said(after)}", f"; it was {_said(before)}"
        yield Change("allocation", before, after, Weight.HIGH, headline, detail)


def _outcomes(before: tuple[Outcome, ...], after: tuple[Outcome, ...]) -> Iterator[Change]:
    dropped, added = list(before), list(after)
    for old, new in _paired(before, after):
        dropped.remove(old)
        added.remove(new)
        yield from _reworded(old, new)
    for new in added:
        headline, detail = "A primary outcome was added", f": {new.measure}"
        yield Change("primary outcome", "", new.measure, Weight.HIGH, headline, detail)
    for old in dropped:
        headline, detail = "A primary outcome was dropped", f": {old.measure}"
        yield Change("primary outcome", old.measure, "", Weight.HIGH, headline, detail)


def _paired(
    before: tuple[Outcome, ...], after: tuple[Outcome, ...]
) -> Iterator[tuple[Outcome, Outcome]]:
    """Outcomes that are the same in two versions, the likest first."""
    if len(before) * len(after) > _MOST_PAIRS:
        yield from ((outcome, outcome) for outcome in sorted(set(before) & set(after), key=str))
        return
    likeness = sorted(
        (-_alike(old, new), old.time_frame != new.time_frame, i, j)
        for i, old in enumerate(before)
        for j, new in enumerate(after)
    )
    left, right = set(range(len(before))), set(range(len(after)))
    for score, _, i, j in likeness:
        if -score >= _SAME_OUTCOME and i in left and j in right:
            left.remove(i)
            right.remove(j)
            yield before[i], after[j]


def _alike(old: Outcome, new: Outcome) -> float:
    return fuzz.token_sort_ratio(_plain(old.measure), _plain(new.measure))


def _reworded(old: Outcome, new: Outcome) -> Iterator[Change]:
    if _plain(old.measure) != _plain(new.measure):
        detail = f", from “{old.measure}” to “{new.measure}”"
        yield Change(
            "primary outcome",
            old.measure,
            new.measure,
            Weight.MEDIUM,
            "A primary outcome was reworded",
            detail,
        )
    if _plain(old.time_frame) != _plain(new.time_frame):
        times = f", from “{old.time_frame}” to “{new.time_frame}”"
        yield Change(
            "primary outcome",
            old.time_frame,
            new.time_frame,
            Weight.MEDIUM,
            "The time of a primary outcome changed",
            f"{times}: {new.measure}",
        )


def _wording(field: str, before: str, after: str) -> Iterator[Change]:
    if before and after and _plain(before) != _plain(after):
        detail = f", from “{before}” to “{after}”"
        headline = f"{field.capitalize()} changed"
        yield Change(field, before, after, Weight.LOW, headline, detail)


def _plain(text: str) -> str:
    """The words alone: case, punctuation and spacing are format."""
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _said(value: str) -> str:
    """A registry's value as people say it: ACTIVE_NOT_RECRUITING → active not recruiting."""
    return value.replace("_", " ").lower()
