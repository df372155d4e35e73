"""What the API answers and takes; the keys are those of the command line's `--json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from surveillance.pipeline.versions import LONGEST_NOTE
from surveillance.signals.history import DECISIONS
from surveillance.triage.api.door import MOST
from surveillance.triage.looking import LONGEST

#: Words on one line; neither database takes a NUL.
Words = Annotated[str, Field(max_length=LONGEST_NOTE, pattern=r"^[^\x00-\x1f\x7f]*$")]
Reason = Annotated[Words, Field(min_length=1)]
Verdict = Literal["include", "exclude", "unsure"]
Stage = Literal["abstract", "full text"]
Same = Literal["same", "different", "related"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong, in a sentence; `kind` tells faults apart for programs."""

    error: str
    kind: str


@dataclass(frozen=True, slots=True)
class TopicEntry:
    """A topic; `published_search` is the day of the guidance's own search."""

    topic: str
    title: str
    guidance: str
    body: str
    url: str
    published_search: str
    reviewers: int


@dataclass(frozen=True, slots=True)
class Topics:
    """Every topic whose folder can be read."""

    topics: list[TopicEntry]


@dataclass(frozen=True, slots=True)
class WeekNumbers:
    """What the last finished run brought: `rows` are what and how many; without a run, nothing."""

    topic: str
    title: str
    run_id: int | None
    until: str | None
    rows: dict[str, int]
    remarks: list[str]
    failed: str | None


@dataclass(frozen=True, slots=True)
class Word:
    """What a person said of a report, as far as the caller may see it."""

    by: str
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class WaitingReport:
    """A report with the record that speaks for it and what the rules propose."""

    report: int
    place: int | None
    records: list[str]
    title: str
    year: int | None
    doi: str
    pmid: str
    proposal: str | None
    criterion: str
    reason: str
    drawn: bool
    state: str
    words: list[Word]


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for the caller at a stage, in the order of reading.

    `left` are all that wait; `next` is what `behind` says for the next page, null at the end.
    """

    topic: str
    stage: str
    waiting: list[WaitingReport]
    left: int
    next: str | None


@dataclass(frozen=True, slots=True)
class CriterionCheck:
    """What one criterion says of a report, and the words that it rests on."""

    criterion: str
    outcome: str
    reason: str
    words: list[str]


@dataclass(frozen=True, slots=True)
class WholeReport:
    """One report; `told` is what a decision that rests on it says it has seen."""

    topic: str
    stage: str
    report: WaitingReport
    pile: str | None
    citation: str
    abstract: str
    trials: list[str]
    retracted: bool
    checks: list[CriterionCheck]
    told: int


class Sent(BaseModel):
    """What is sent: nothing beside what is asked for."""

    model_config = ConfigDict(extra="forbid", strict=True)


class DecisionSent(Sent):
    """A decision; `told` as the report said it, so that nobody is overruled unseen."""

    verdict: Verdict
    stage: Stage = "abstract"
    reason: Words = ""
    told: Annotated[int, Field(ge=0, le=MOST)] | None = None


@dataclass(frozen=True, slots=True)
class DecisionTaken:
    """A decision as it was taken; `verdict` is “taken back” where it was."""

    topic: str
    report: int
    stage: str
    verdict: str
    criterion: str
    reason: str
    by: str
    new: bool
    state: str


@dataclass(frozen=True, slots=True)
class ComparedField:
    """A field of two records, and how its values agree."""

    field: str
    relation: str
    agreement: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class DoubtfulPair:
    """Two records that may be the same publication."""

    topic: str
    record_a: str
    record_b: str
    report_a: int
    report_b: int
    score: float
    reasons: str
    rule_version: str
    fields: list[ComparedField]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs that wait, most valuable first; `next` is what `skip` says for the next page."""

    topic: str
    pairs: list[DoubtfulPair]
    waiting: int
    next: int | None


class PairSent(Sent):
    """An answer on a pair that waits, by the names of its records.

    “related” is different, and reports of one study.
    """

    record_a: Annotated[str, Field(max_length=500)]
    record_b: Annotated[str, Field(max_length=500)]
    verdict: Same


@dataclass(frozen=True, slots=True)
class PairAnswered:
    """What became of an answer: `report` holds both records, null where they are apart.

    `taken` is false where the pair waited no longer: somebody else was faster. `verdict` is “taken
    back” where the answer was.
    """

    topic: str
    record_a: str
    record_b: str
    verdict: str
    report: int | None
    taken: bool


@dataclass(frozen=True, slots=True)
class LinkPlace:
    """Where a number stands, or that there is none but a likeness, and the words around it."""

    number: str
    place: str
    words: str


@dataclass(frozen=True, slots=True)
class WaitingLink:
    """A report that may be of a trial; `report` is null for a record that no strategy finds."""

    topic: str
    report: int | None
    record: str
    title: str
    year: int | None
    doi: str
    pmid: str
    registration: str
    registration_title: str
    links: list[LinkPlace]
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class KeptApart:
    """Two registrations that may be one trial, by a number that not both list."""

    registrations: list[str]
    listed: str


@dataclass(frozen=True, slots=True)
class Links:
    """The links that wait, numbers first; `next` is what `skip` says for the next page."""

    topic: str
    links: list[WaitingLink]
    kept_apart: list[KeptApart]
    waiting: int
    next: int | None


class LinkSent(Sent):
    """Whether a report, by the name of one of its records, is of a trial, by its number."""

    record: Annotated[str, Field(max_length=500)]
    registration: Annotated[str, Field(max_length=100)]
    verdict: Annotated[str, Field(pattern="^(same|different)$")]
    reason: Annotated[str, Field(max_length=5_000)] = ""


@dataclass(frozen=True, slots=True)
class LinkAnswered:
    """A word as it was taken, or “taken back”; `new` is false where it stood before."""

    topic: str
    record: str
    registration: str
    verdict: str
    by: str
    new: bool


@dataclass(frozen=True, slots=True)
class SignalEvidence:
    """What a signal rests on."""

    kind: str
    identifier: str
    words: str
    version: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a signal; `by` is empty where a run did it."""

    what: str
    on: str
    version: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class OneSignal:
    """A signal with its history."""

    id: int
    raised_on: str
    version: int
    status: str
    topic: str
    kind: str
    subject: str
    key: str
    weight: str
    headline: str
    sentence: str
    recommendations: list[str]
    words: list[str]
    evidence: list[SignalEvidence]
    design: str
    triggers: list[str]
    outcomes: list[str]
    comparators: list[str]
    history: list[Happened]


@dataclass(frozen=True, slots=True)
class Signals:
    """Signals in the order they were raised; `next` is what `after` says for the next page."""

    signals: list[OneSignal]
    next: int | None


class ReasonSent(Sent):
    """Why."""

    reason: Reason


class GuidanceSent(Sent):
    """A decision on the guidance.

    Without `signals` those count that were acted on since the last; an empty list is none.
    """

    decision: Literal[DECISIONS]  # type: ignore[valid-type]  # the words that the log takes
    reason: Reason
    signals: Annotated[list[Annotated[int, Field(ge=1, le=MOST)]] | None, Field(max_length=200)] = (
        None
    )


@dataclass(frozen=True, slots=True)
class LedSignal:
    """A signal that led to a decision."""

    id: int
    headline: str


@dataclass(frozen=True, slots=True)
class GuidanceEntry:
    """A decision on the guidance, with the signals that led to it."""

    id: int
    decision: str
    reason: str
    by: str
    decided_on: str
    signals: list[LedSignal]


@dataclass(frozen=True, slots=True)
class GuidanceLog:
    """Decisions on the guidance, oldest first; `next` is what `skip` says for the next page."""

    topic: str
    decisions: list[GuidanceEntry]
    next: int | None


@dataclass(frozen=True, slots=True)
class StrategyEntry:
    """A strategy of a topic with its version, its sign-offs and its last searches."""

    name: str
    database: str
    dialect: str
    route: str
    version: str
    signed: list[str]
    published_on: str
    published_count: int | None
    last_count: int | None
    last_searched: str | None


@dataclass(frozen=True, slots=True)
class Strategies:
    """The strategies of a topic."""

    topic: str
    strategies: list[StrategyEntry]


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of the lint, with its place in the text."""

    code: str
    severity: str
    line: int
    column: int
    end_column: int
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Lint:
    """What a peer reviewer would ask about a strategy, and its query for PubMed.

    `more` findings are counted and not listed.
    """

    dialect: str
    lines: int
    diagnostics: list[Found]
    more: int
    query: str


class StrategySent(Sent):
    """A strategy in any dialect; without one it is detected."""

    text: Annotated[str, Field(max_length=LONGEST)]
    dialect: Literal["", "ovid-medline", "ovid-embase", "cochrane", "inahta", "pubmed"] = ""
