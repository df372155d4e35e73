"""One strategy put to PubMed: what its window brings, and whether anything slipped past windows."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from surveillance.errors import SourceFailed
from surveillance.pipeline.strategies import ReadyStrategy
from surveillance.records import Record
from surveillance.runs import LineCount, Watermark, Window
from surveillance.sources.esearch import QueryRefused
from surveillance.sources.pubmed import ANY_CHANGE, MAX_PMIDS, DateField, PubMed, PubMedAnswer

#: How a record came: created in the window, indexed in it, revised in it, or by the count alone.
CREATED, INDEXED, REVISED, CAUGHT_UP = "created", "indexed", "revised", "caught up"
#: From so many records on, losing half of them at once is not believed.
MANY = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for one strategy, and what the store knows of it.

    `held` are the PMIDs that the topic has; `last_total` is what this version of the strategy
    counted from the beginning when it was last asked.
    """

    ready: ReadyStrategy
    window: Window
    watermark: Watermark | None
    held: frozenset[str]
    last_total: int | None

    @property
    def covers(self) -> bool:
        """Whether the watermark may move."""
        return covers_on(self.watermark, self.window)

    @property
    def dates(self) -> tuple[DateField, ...]:
        """The dates that the window asks; from the beginning, creation covers every record."""
        return ANY_CHANGE if self.window.since else (DateField.CREATED,)


@dataclass(frozen=True, slots=True)
class Asked:
    """One strategy's answers inside a run.

    `whole` is what it finds from the beginning to the window's end, `unseen` those of them that
    neither the window nor an earlier run brought. Both are empty where the window itself begins
    at the beginning. `covered_until` is how far the answer reaches, where that is not the window's
    end: files of NLM's reach as far as their last day.
    """

    plan: Plan
    answer: PubMedAnswer
    whole: PubMedAnswer | None
    unseen: tuple[str, ...]
    line_counts: tuple[LineCount, ...]
    seconds: float
    covered_until: date | None = None

    @property
    def covered(self) -> date:
        """The day that the strategy is covered until, once this is kept."""
        return self.covered_until or self.plan.window.until

    @property
    def pmids(self) -> tuple[str, ...]:
        """Every PMID that was named and is to be fetched."""
        return (*self.answer.pmids, *self.unseen)


def covers_on(watermark: Watermark | None, window: Window) -> bool:
    """Whether success on `window` leaves no gap behind it, so that the watermark may move."""
    if window.since is None:
        return True
    return watermark is not None and window.since <= watermark.covered_until


def ask(pubmed: PubMed, plan: Plan) -> Asked:
    """Ask for the window, then for everything, whose count must hold against what is known.

    Windows rest on dates that PubMed sets; that nothing is missing is seen only by asking without
    one. Raises `SourceFailed` where an answer is not whole or not credible.
    """
    began = time.monotonic()
    parts = plan.ready.translation.parts
    answer = united([pubmed.search(part, plan.window, by=plan.dates) for part in parts])
    if plan.window.since is None:
        hold_against_last_time("PubMed", plan.ready.name, plan.last_total, answer.count)
        counts = line_counts(pubmed, plan)
        return Asked(plan, answer, None, (), counts, time.monotonic() - began)
    new = len(set(answer.pmids) - plan.held)
    whole = united([_everything(pubmed, part, plan, new) for part in parts])
    hold_against_last_time("PubMed", plan.ready.name, plan.last_total, whole.count)
    unseen = tuple(sorted(set(whole.pmids).difference(plan.held, answer.pmids)))
    return Asked(plan, answer, whole, unseen, (), time.monotonic() - began)


def _everything(pubmed: PubMed, query: str, plan: Plan, new: int) -> PubMedAnswer:
    """All that the query finds, in one request where one can name them all.

    More are sliced, unless there are just as many as last time and those that came new.
    """
    window = Window(None, plan.window.until)
    counted = pubmed.count(query, window, most=MAX_PMIDS)
    if counted.count > MAX_PMIDS and counted.count != (plan.last_total or 0) + new:
        return pubmed.search(query, window)
    named = counted.pmids if counted.count <= MAX_PMIDS else ()
    return PubMedAnswer(named, counted.count, counted.translation, counted.warnings, query)


def hold_against_last_time(source: str, what: str, before: int | None, now: int) -> None:
    """An outage can look like an answer: zero of everything was once taken for the truth.

    Raises `SourceFailed` where a source finds nothing, or less than half, of what it found.
    """
    if before and (now == 0 or (before >= MANY and now * 2 < before)):
        raise SourceFailed(
            f"{source} now finds {now:,} for {what} where it found {before:,}; that looks like an "
            "outage, and nothing was recorded as done.",
            hint="Run again later; what you edited yourself is not held to this.",
        )


def line_counts(pubmed: PubMed, plan: Plan) -> tuple[LineCount, ...]:
    """What PubMed counts for each line, up to the window's end: the published history's column."""
    window = Window(None, plan.window.until)
    return tuple(
        _line_count(pubmed, line.number, line.query, window)
        for line in plan.ready.translation.lines
    )


def _line_count(pubmed: PubMed, number: int, query: str, window: Window) -> LineCount:
    if not query:
        return LineCount(number, "", None, ("PubMed cannot be asked for this line alone.",))
    try:
        counted = pubmed.count(query, window)
    except QueryRefused as refused:
        return LineCount(number, query, None, (refused.message,))
    return LineCount(number, query, counted.count, counted.warnings)


def united(answers: Sequence[PubMedAnswer]) -> PubMedAnswer:
    """The union of several answers, each PMID once; what was sent stands one on a line.

    The count of several is that of the PMIDs named, or the largest where not all are named.
    """
    if len(answers) == 1:
        return answers[0]
    pmids = tuple(dict.fromkeys(pmid for answer in answers for pmid in answer.pmids))
    return PubMedAnswer(
        pmids,
        max(len(pmids), *(answer.count for answer in answers)),
        "\n".join(answer.translation for answer in answers),
        tuple(dict.fromkeys(warning for answer in answers for warning in answer.warnings)),
        "\n".join(answer.query_sent for answer in answers),
    )


def route_of(record: Record, window: Window, unseen: Collection[str] = ()) -> str:
    """What brought a record into the window: its creation, its MeSH, or another revision."""
    if record.source_id in unseen:
        return CAUGHT_UP
    if window.since is None or _within(record.dates.created, window):
        return CREATED
    return INDEXED if _within(record.dates.indexed, window) else REVISED


def _within(day: date | None, window: Window) -> bool:
    return day is not None and window.since is not None and window.since <= day <= window.until
