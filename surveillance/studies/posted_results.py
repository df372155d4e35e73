"""The results that ClinicalTrials.gov shows of a trial: the numbers of each outcome, and harms.

What is read is what a guidance team uses: participants analysed, values with their spread, the
statistical analyses, and how many people died or had a serious adverse event. Descriptions, who
took part, and single adverse events are not read (data structure: “Results Data Element
Definitions”, ClinicalTrials.gov).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from surveillance.studies.document_parts import (
    Module,
    count_of,
    part_of,
    parts_of,
    text_of,
    texts_of,
)

_ANALYSED = ("pValue", "paramValue", "ciLowerLimit", "ciUpperLimit", "dispersionValue")
_MEASURED = ("value", "spread", "lowerLimit", "upperLimit")
_HARMS = (("deathsNumAffected", "died"), ("seriousNumAffected", "had a serious adverse event"))
#: Order and name of a group that the table does not list.
_NO_GROUP = (-1, "")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a table, as printed, and where it stands.

    `named` is its place by the names of row and column, `counted` by their order: of two versions
    the names may have been reworded, or the columns exchanged, and the number is the same.
    """

    named: str
    counted: str
    printed: str


@dataclass(frozen=True, slots=True)
class PostedOutcome:
    """An outcome with all its numbers; without any, its results are still to come."""

    measure: str
    time_frame: str
    primary: bool
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """What is posted. `harmed`: how many died, or had a serious adverse event, in each group."""

    outcomes: tuple[PostedOutcome, ...] = ()
    harmed: tuple[Number, ...] = ()


@dataclass(frozen=True, eq=False)
class PostedResults:
    """The results in a study document, read when somebody asks for them.

    They are most of a document, and only a version that changed is held against another: of
    10,000 trials that are listed they are read for a few.
    """

    content: bytes = field(repr=False)

    @cached_property
    def tables(self) -> Tables:
        """The results; empty where the document shows none."""
        section = part_of(json.loads(self.content), "resultsSection")
        outcomes = parts_of(part_of(section, "outcomeMeasuresModule"), "outcomeMeasures")
        return Tables(
            tuple(map(_outcome, outcomes)),
            tuple(_harmed(parts_of(part_of(section, "adverseEventsModule"), "eventGroups"))),
        )

    def __eq__(self, other: object) -> bool:
        """Whether both say the same, whatever else their documents say."""
        if not isinstance(other, PostedResults):
            return NotImplemented
        return self.content == other.content or self.tables == other.tables

    def __hash__(self) -> int:
        """One for all: documents that differ may show the same results."""
        return 0


def _outcome(measure: Module) -> PostedOutcome:
    groups = {
        text_of(group, "id"): (place, text_of(group, "title"))
        for place, group in enumerate(parts_of(measure, "groups"))
    }
    numbers = (*_analysed(measure, groups), *_measured(measure, groups), *_tested(measure, groups))
    return PostedOutcome(
        measure=text_of(measure, "title"),
        time_frame=text_of(measure, "timeFrame"),
        primary=text_of(measure, "type") == "PRIMARY",
        numbers=numbers,
    )


_Groups = Mapping[str, tuple[int, str]]


def _analysed(measure: Module, groups: _Groups) -> Iterator[Number]:
    for place, units in enumerate(parts_of(measure, "denoms")):
        for count in parts_of(units, "counts"):
            where = [(place, text_of(units, "units")), _group(count, groups)]
            yield from _numbers(count, ("value",), [*where, (0, "analysed")])


def _measured(measure: Module, groups: _Groups) -> Iterator[Number]:
    for row, each in enumerate(parts_of(measure, "classes")):
        for column, category in enumerate(parts_of(each, "categories")):
            for found in parts_of(category, "measurements"):
                rows = [(row, text_of(each, "title")), (column, text_of(category, "title"))]
                yield from _numbers(found, _MEASURED, [*rows, _group(found, groups)])


def _tested(measure: Module, groups: _Groups) -> Iterator[Number]:
    for place, test in enumerate(parts_of(measure, "analyses")):
        compared = [groups.get(one, _NO_GROUP) for one in texts_of(test, "groupIds")]
        method = f"{text_of(test, 'statisticalMethod')} {text_of(test, 'paramType')}"
        yield from _numbers(test, _ANALYSED, [*compared, (place, method)])


def _harmed(groups: list[Module]) -> Iterator[Number]:
    for place, group in enumerate(groups):
        for name, what in _HARMS:
            count = count_of(group, name)
            if count is not None:
                named = f"{what} in “{text_of(group, 'title')}”"
                yield Number(named, f"{place} {what}", str(count))


def _group(found: Module, groups: _Groups) -> tuple[int, str]:
    return groups.get(text_of(found, "groupId"), _NO_GROUP)


def _numbers(
    found: Module, fields: tuple[str, ...], where: list[tuple[int, str]]
) -> Iterator[Number]:
    named = " / ".join(title for _, title in where)
    counted = " ".join(str(place) for place, _ in where)
    for name in fields:
        if printed := text_of(found, name):
            yield Number(f"{named} / {name}", f"{counted} {name}", printed)
