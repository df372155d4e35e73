"""What several registries say of one trial, in one view, with who says what.

The order in which they are asked is written down: ClinicalTrials.gov, ISRCTN, then ICTRP's copies
(a registry's own entry before the copy of it); of equal rank the one that was updated last. The
first that says something counts; one that says nothing blanks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from surveillance.studies.registrations import CLINICALTRIALS, ICTRP, ISRCTN, Registration
from surveillance.studies.registry_text import distinct

#: Whom a field is taken from: the first of these that says something.
RANKS = (CLINICALTRIALS, ISRCTN, ICTRP)
#: Fields that mean nothing apart: all are taken from the one who fills the first.
_TOGETHER = (
    ("status", "why_stopped"),
    ("enrolment", "enrolment_type"),
    ("has_results", "results_first_posted", "posted"),
)
#: What is gathered from all.
_GATHERED = ("aliases", "secondary_ids", "references")
_OWN = frozenset({"number", "registry", *_GATHERED})


@dataclass(frozen=True, slots=True)
class Source:
    """Whose value counts for a field: the registry where it was read, and the entry's number."""

    registry: str
    number: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A trial as all its registrations together describe it, and whose value each field is.

    `sources` names no field that nobody fills; what is gathered from all has the first of them.
    """

    registration: Registration
    sources: Mapping[str, Source]


def merge(registrations: Iterable[Registration]) -> Merged:
    """The view of one trial over its registrations, the richest first, in whatever order given."""
    ordered = in_rank(registrations)
    lead = ordered[0]
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for fields in _bundles(lead):
        speaker = next((one for one in ordered if _says(getattr(one, fields[0]))), None)
        for field in fields if speaker else ():
            values[field] = getattr(speaker, field)
            if speaker and _says(values[field]):
                sources[field] = _source(speaker)
    for field in _GATHERED:
        values[field] = _gathered(ordered, field)
        if values[field]:
            sources[field] = _source(lead)
    return Merged(replace(lead, **values), sources)


def filled(later: Registration, earlier: Registration) -> Registration:
    """A registration with what it leaves out as an earlier version of it says."""
    values = {
        field: getattr(earlier, field)
        for fields in _bundles(later)
        if not _says(getattr(later, fields[0]))
        for field in fields
    }
    more = {f: getattr(earlier, f) for f in _GATHERED if not _says(getattr(later, f))}
    return replace(later, **values, **more)


def in_rank(registrations: Iterable[Registration]) -> list[Registration]:
    """The registrations of a trial, the one that is asked first at the head."""
    ordered = sorted(registrations, key=lambda one: (one.number, repr(one)))
    # Sorting is stable: what was updated last comes first among those of one rank.
    ordered.sort(key=lambda one: one.last_update_posted, reverse=True)
    return sorted(ordered, key=lambda one: RANKS.index(one.registry))


def _bundles(one: Registration) -> list[tuple[str, ...]]:
    together = {field for fields in _TOGETHER for field in fields}
    single = [
        (name,) for name in one.__dataclass_fields__ if name not in together and name not in _OWN
    ]
    return [*_TOGETHER, *single]


def _says(value: object) -> bool:
    """Whether a field says something: a size of 0 does, and “no results” does not."""
    return value is not None and value is not False and value not in ("", ())


def _source(one: Registration) -> Source:
    return Source(one.registry, one.number)


def _gathered(ordered: Sequence[Registration], field: str) -> tuple[Any, ...]:
    found = dict.fromkeys(item for one in ordered for item in getattr(one, field))
    if field != "secondary_ids":
        return tuple(found)
    others = (one.number for one in ordered if one.number != ordered[0].number)
    return distinct([*found, *others])
