"""The boxes of the PRISMA 2020 flow in the template's words, each with its numbers or without."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from surveillance.alerts.wording import shortened
from surveillance.documents.flow import Counted, FullTexts, PrismaFlow, Stream
from surveillance.documents.page import NOT_RECORDED

#: A name from outside is cut here, so that a box stays a box.
LONGEST = 90


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a box: its words, and its number in PRISMA's form or nothing."""

    words: str
    value: int | str = ""
    depth: int = 0

    @property
    def shown(self) -> str:
        """The number in brackets, as PRISMA prints it; nothing where the box has none."""
        if isinstance(self.value, int):
            return f"(n = {self.value:,})"
        return f"({self.value})" if self.value else ""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: the column that it stands in, and its lines."""

    column: str
    entries: tuple[Entry, ...]


Boxes = Mapping[str, Box]

PREVIOUS, SEARCH, OTHER = (
    "Previous studies",
    "Identification of new studies via databases and registers",
    "Identification of new studies via other methods",
)
INCLUDED = "Included"
#: The boxes of a stream from top to bottom, each with the one beside it.
PAIRS = (
    ("identified", "removed"),
    ("screened", "excluded"),
    ("sought", "not-retrieved"),
    ("assessed", "ineligible"),
)


#: What the numbers mean where the template leaves it open.
FOOTNOTES = (
    "* Records are counted once for each source, however often it was searched. Registrations "
    "are watched as registrations and are not screened as reports.",
    "** People and automation tools apart: what a rule excludes without a person's confirmation "
    "stands under “marked as ineligible by automation tools”, not here. Screening is by report: "
    "records that are duplicates are one report.",
    f"“{NOT_RECORDED}”: the store keeps no such fact; no number was made up. Which reports "
    "belong to one study is not recorded either.",
    "Template: Page MJ, McKenzie JE, Bossuyt PM, et al. The PRISMA 2020 statement: an updated "
    "guideline for reporting systematic reviews. BMJ 2021;372:n71. doi: 10.1136/bmj.n71.",
)


def boxes_of(flow: PrismaFlow) -> Boxes:
    """Every box of the diagram by name, in reading order."""
    return {
        "previous": _previous(flow),
        **_stream(flow.by_search, SEARCH, "search"),
        **_stream(flow.by_other_methods, OTHER, "other"),
        "new": Box(
            INCLUDED,
            (
                Entry("New studies included in review", NOT_RECORDED),
                Entry("Reports of new included studies", _told(flow.new_reports)),
            ),
        ),
        "total": Box(
            INCLUDED,
            (
                Entry("Total studies included in review", NOT_RECORDED),
                Entry("Reports of total included studies", _told(flow.total_reports)),
            ),
        ),
    }


def state(flow: PrismaFlow) -> str:
    """Which run the numbers stand after."""
    if flow.last_run is None:
        return "No run has finished yet."
    return f"State after run {flow.last_run}, {flow.as_of}. {flow.about.program}."


def _told(number: int | None) -> int | str:
    return NOT_RECORDED if number is None else number


def _previous(flow: PrismaFlow) -> Box:
    reports = Entry(
        "Reports of studies included in previous version of review", flow.previous_reports
    )
    studies = Entry("Studies included in previous version of review", NOT_RECORDED)
    return Box(PREVIOUS, (studies, reports, *_each(flow.previous)))


def _stream(stream: Stream, column: str, prefix: str) -> dict[str, Box]:
    screened = stream.screened
    boxes = {
        "identified": _identified(stream, column),
        "removed": _removed(stream, column),
        "screened": (
            Entry("Records screened", screened.total),
            Entry("included by people", screened.included, depth=1),
            Entry("already in the guidance", screened.previous, depth=2),
            Entry("unsure by people", screened.unsure, depth=1),
            Entry("wait for a person", screened.waiting, depth=1),
        ),
        "excluded": (
            Entry("Records excluded**"),
            Entry("by people", screened.excluded, depth=1),
            Entry("by automation tools", 0, depth=1),
        ),
        "sought": (Entry("Reports sought for retrieval", NOT_RECORDED),),
        "not-retrieved": (Entry("Reports not retrieved", NOT_RECORDED),),
        "assessed": _assessed(stream.full_texts),
        "ineligible": _ineligible(stream.full_texts),
    }
    return {f"{prefix}-{name}": Box(column, entries) for name, entries in boxes.items()}


def _identified(stream: Stream, column: str) -> tuple[Entry, ...]:
    if column == OTHER:
        return (
            Entry("Records identified from:"),
            *_each(stream.others),
            Entry("Websites, organisations", NOT_RECORDED, depth=1),
        )
    return (
        Entry("Records identified from*:"),
        Entry("Databases", _sum(stream.databases)),
        *_each(stream.databases),
        Entry("Registers", _sum(stream.registers)),
        *_each(stream.registers),
    )


def _removed(stream: Stream, column: str) -> tuple[Entry, ...]:
    removed = stream.removed
    by_tool = removed.no_match + removed.unjudged + removed.excluded_by_rule
    entries = [
        Entry("Records removed before screening:"),
        Entry("Duplicate records removed", removed.duplicates),
    ]
    if column == OTHER:
        entries.append(Entry("Already found via databases", removed.elsewhere))
    entries += [
        Entry("Records marked as ineligible by automation tools", by_tool),
        Entry("do not match the exact strategy", removed.no_match, depth=1),
        Entry(
            "excluded by a rule, no person confirmed",
            removed.excluded_by_rule,
            depth=1,
        ),
    ]
    if stream.drawn:
        entries.append(Entry("of these drawn for a person to look at", stream.drawn, depth=2))
    if removed.unjudged:
        words = "not held against the strategy yet"
        entries.append(Entry(words, removed.unjudged, depth=1))
    others = Entry("Records removed for other reasons", _sum(removed.other_reasons))
    return (*entries, others, *_each(removed.other_reasons))


def _assessed(full_texts: FullTexts | None) -> tuple[Entry, ...]:
    words = "Reports assessed for eligibility"
    if full_texts is None:
        return (Entry(words, NOT_RECORDED),)
    return (
        Entry(words, full_texts.total),
        Entry("included, new", full_texts.included, depth=1),
        Entry("in the guidance already", full_texts.previous, depth=1),
        Entry("unsure", full_texts.unsure, depth=1),
    )


def _ineligible(full_texts: FullTexts | None) -> tuple[Entry, ...]:
    if full_texts is None:
        return (Entry("Reports excluded", NOT_RECORDED),)
    return (
        Entry("Reports excluded:", _sum(full_texts.excluded)),
        *_each(full_texts.excluded),
    )


def _each(counts: Iterable[Counted]) -> tuple[Entry, ...]:
    return tuple(Entry(shortened(one.words, LONGEST), one.number, depth=1) for one in counts)


def _sum(counts: Iterable[Counted]) -> int:
    return sum(one.number for one in counts)
