"""What changed between two versions of a registration, and how much it matters.

docs/registration-changes.md holds every rule with an example that is tested. Contacts, sites,
sponsors and wording outside the fields below are not compared: they are noise to a guidance team,
as is a change of format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from surveillance.studies.change import (
    Change,
    Event,
    given_or_gone,
    joined,
    plain,
    short,
    together,
)
from surveillance.studies.changed_outcomes import changed_outcomes
from surveillance.studies.changed_results import changed_results
from surveillance.studies.dates import moved
from surveillance.studies.pairing import Lists
from surveillance.studies.registrations import Arm, Reference, Registration, RegistryDate
from surveillance.studies.weight import Weight

__all__ = ["ENDED", "Change", "Event", "compare", "unweighed"]

#: Statuses in which nobody is recruited or treated any more.
ENDED = frozenset({"COMPLETED", "TERMINATED", "WITHDRAWN"})
_HALTED = frozenset({"TERMINATED", "WITHDRAWN", "SUSPENDED"})
_TELLING = ENDED | _HALTED
_OPEN = frozenset({"RECRUITING", "ENROLLING_BY_INVITATION"})

#: Months that a date must have moved to weigh as much; a shorter move is low.
_MONTHS = {
    "primary completion": ((6, Weight.HIGH), (2, Weight.MEDIUM)),
    "completion": ((12, Weight.HIGH), (6, Weight.MEDIUM)),
    "start": ((6, Weight.MEDIUM),),
}
#: Share of the former size that a change must reach to weigh as much; a smaller one is low.
_SIZES = ((0.5, Weight.HIGH), (0.2, Weight.MEDIUM))

#: Fields of a registration that are told under another name.
_TOLD_AS = {
    "enrolment": "size",
    "enrolment_type": "size",
    "why_stopped": "status",
    "has_results": "results",
    "results_first_posted": "results",
    "results_first_submitted": "results",
    "posted": "results",
    "under_review": "results",
    "delay_certified": "results",
    "references": "publications",
    "primary_outcomes": "primary outcome",
    "secondary_outcomes": "secondary outcome",
}

#: Countries that the registry has called by two names.
_RENAMED = {
    "czech republic": "czechia",
    "korea republic of": "south korea",
    "moldova republic of": "moldova",
    "russian federation": "russia",
    "turkey": "türkiye",
    "turkey türkiye": "türkiye",
}

# ClinicalTrials.gov's own definition (study record managers' glossary, "Unknown status").
_UNKNOWN = ". The date of completion has passed, and nobody confirmed the status for two years"


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
    yield from changed_results(before.posted, after.posted)
    yield from _reports(before.references, after.references)
    yield from _date("primary completion", before.primary_completion, after.primary_completion)
    yield from changed_outcomes(before, after)
    yield from _size(before.enrolment, after.enrolment)
    yield from _allocation(before.allocation, after.allocation)
    yield from _arms(before.arms, after.arms)
    yield from _countries(before.countries, after.countries)
    yield from _date("completion", before.completion, after.completion)
    yield from _date("start", before.start, after.start)
    yield from _wording("title", before.title, after.title)
    yield from _wording("official title", before.official_title, after.official_title)


def _status(before: Registration, after: Registration) -> Iterator[Change]:
    old, new = before.status, after.status
    # ISRCTN gives no status until somebody sets one; an end that is then given is an end.
    if not new or (not old and new not in _TELLING):
        yield from given_or_gone("status", _said(old), _said(new))
    elif old != new:
        detail = f"; it was {_said(old) or 'not given'}"
        if new in _TELLING and after.why_stopped:
            detail += f". Reason given: {short(after.why_stopped.rstrip('.'))}"
        elif new == "UNKNOWN":
            detail += _UNKNOWN
        headline = f"Status is now {_said(new)}"
        yield Change("status", old, new, _status_weight(old, new), headline, detail, _event(new))
    elif new in _HALTED and plain(before.why_stopped) != plain(after.why_stopped):
        yield from _reason(before.why_stopped, after.why_stopped)


def _reason(before: str, after: str) -> Iterator[Change]:
    if not before or not after:
        yield from given_or_gone("status", before, after, "reason for stopping")
    else:
        headline = "The reason for stopping was reworded"
        detail = f", from “{short(before)}” to “{short(after)}”"
        yield Change("status", before, after, Weight.LOW, headline, detail)


def _status_weight(before: str, after: str) -> Weight:
    if after in _TELLING or before in _TELLING:
        return Weight.HIGH
    return Weight.LOW if {before, after} == _OPEN else Weight.MEDIUM


def _event(status: str) -> Event:
    if status == "COMPLETED":
        return Event.COMPLETED
    return Event.STOPPED if status in _HALTED else Event.OTHER


def _results(before: Registration, after: Registration) -> Iterator[Change]:
    if after.has_results and not before.has_results:
        when = f" on {after.results_first_posted}" if after.results_first_posted else ""
        headline, event = "Results were posted", Event.RESULTS_POSTED
        yield Change("results", "", "posted", Weight.HIGH, headline, when, event)
    elif before.has_results and not after.has_results:
        yield Change("results", "posted", "", Weight.HIGH, "Posted results are no longer there")
    elif after.under_review and not before.under_review:
        headline = "Results were submitted and wait for the registry’s review"
        yield Change("results", "", "submitted", Weight.MEDIUM, headline)
    elif before.under_review and not (after.under_review or after.has_results):
        headline = "Submitted results were taken back"
        yield Change("results", "submitted", "", Weight.MEDIUM, headline)
    if after.delay_certified and not before.delay_certified:
        headline = "The sponsor certified that results may come later"
        certified = after.delay_certified
        yield Change("results", "", certified, Weight.LOW, headline, f", on {certified}")


def _reports(before: tuple[Reference, ...], after: tuple[Reference, ...]) -> Iterator[Change]:
    """RESULT is named by the sponsor, DERIVED found by NLM; BACKGROUND reports nothing."""
    known = {(reference.pmid, reference.type) for reference in before}
    listed = dict.fromkeys((reference.pmid, reference.type) for reference in after)
    new = [(pmid, kind) for pmid, kind in listed if pmid and (pmid, kind) not in known]
    named = [pmid for pmid, kind in new if kind == "RESULT"]
    linked = [pmid for pmid, kind in new if kind == "DERIVED" and pmid not in named]
    yield from _listed(named, Weight.HIGH, Event.REPORTED)
    yield from _listed(linked, Weight.MEDIUM, Event.OTHER)


def _listed(pmids: Iterable[str], weight: Weight, event: Event) -> Iterator[Change]:
    headline = "The registration now lists a publication of the trial"
    changes = [
        Change("publications", "", pmid, weight, headline, f": PMID {pmid}", event)
        for pmid in pmids
    ]
    return together(changes, "publications of the trial are now listed")


def _date(field: str, before: RegistryDate | None, after: RegistryDate | None) -> Iterator[Change]:
    if before is None or after is None:
        yield from given_or_gone(field, str(before or ""), str(after or ""))
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


def _size(before: int | None, after: int | None) -> Iterator[Change]:
    if before is None or after is None:
        yield from given_or_gone("size", _number(before), _number(after))
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


def _arms(before: tuple[Arm, ...], after: tuple[Arm, ...]) -> Iterator[Change]:
    """A trial that gains or loses an arm compares something else; a label alone changes little."""
    if not before or not after:
        yield from given_or_gone("arms", _labels(before), _labels(after), "list of arms")
        return
    lists = Lists(before, after)
    for old, new in [
        *lists.equal(lambda arm: (plain(arm.label), arm.type)),
        *lists.equal(lambda arm: plain(arm.label)),
        *lists.alike(lambda arm: arm.label),
    ]:
        yield from _arm(old, new)
    added = [
        Change("arms", "", arm.label, Weight.MEDIUM, "An arm was added", f": {short(arm.label)}")
        for arm in lists.added
    ]
    dropped = [
        Change("arms", arm.label, "", Weight.MEDIUM, "An arm was dropped", f": {short(arm.label)}")
        for arm in lists.dropped
    ]
    yield from together(added, "arms were added")
    yield from together(dropped, "arms were dropped")


def _arm(old: Arm, new: Arm) -> Iterator[Change]:
    if old.type and new.type and old.type != new.type:
        detail = f"; it was {_said(old.type)}"
        headline = f"The arm “{short(new.label)}” is now {_said(new.type)}"
        yield Change("arms", old.type, new.type, Weight.MEDIUM, headline, detail)
    if plain(old.label) != plain(new.label):
        detail = f", from “{short(old.label)}” to “{short(new.label)}”"
        yield Change("arms", old.label, new.label, Weight.LOW, "An arm was retitled", detail)


def _labels(arms: Iterable[Arm]) -> str:
    return joined(arm.label for arm in arms)


def _countries(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Change]:
    """Countries are read from sites; where one version lists none, nothing is known to differ."""
    if not before or not after:
        return
    known, now = set(map(_same_country, before)), set(map(_same_country, after))
    if added := [country for country in after if _same_country(country) not in known]:
        headline, detail = "Countries were added", f": {short(', '.join(added))}"
        yield Change("countries", "", joined(added), Weight.LOW, headline, detail)
    if dropped := [country for country in before if _same_country(country) not in now]:
        headline, detail = "Countries were dropped", f": {short(', '.join(dropped))}"
        yield Change("countries", joined(dropped), "", Weight.LOW, headline, detail)


def _same_country(name: str) -> str:
    return _RENAMED.get(plain(name), plain(name))


def _wording(field: str, before: str, after: str) -> Iterator[Change]:
    if before and after and plain(before) != plain(after):
        detail = f", from “{short(before)}” to “{short(after)}”"
        headline = f"{field.capitalize()} changed"
        yield Change(field, before, after, Weight.LOW, headline, detail)


def _said(value: str) -> str:
    """A registry's value as people say it: ACTIVE_NOT_RECRUITING → active not recruiting."""
    return value.replace("_", " ").lower()


def unweighed(before: Registration, after: Registration) -> tuple[str, ...]:
    """What differs between two versions and is noise: the names of the fields, as people say them.

    A field of which something is told is not named again.
    """
    told = {change.field for change in compare(before, after)}
    names = (
        name
        for name in Registration.__dataclass_fields__
        if getattr(before, name) != getattr(after, name)
    )
    said = (_TOLD_AS.get(name, name.replace("_", " ")) for name in names)
    return tuple(name for name in dict.fromkeys(said) if name not in told)
