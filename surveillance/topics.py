"""A topic's folder read and checked; `criteria.toml` is handed on unparsed.

The folder holds plain files that an information specialist edits; docs/topics.md describes
every key. A topic read here is sound in itself: each file that it names is there, each watched
trial has a well-formed number, each recommendation that something refers to exists.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Set
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic.dataclasses import dataclass

from surveillance.errors import Place, UnreadableInput
from surveillance.records.trial_numbers import CLINICALTRIALS, UNIVERSAL, trial_number
from surveillance.toml_files import STRICT, locate, read_text, read_toml
from surveillance.triggers import Heed, Trigger

Dialect = Literal["ovid-medline", "ovid-embase", "cochrane", "inahta", "pubmed"]
NctId = Annotated[str, Field(pattern=r"^NCT\d{8}$")]
#: What is asked by the program itself, as people call it.
ASKED = ("PubMed", "Europe PMC")
#: A name in one line that says something.
Name = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")]
#: An address without a name, in ASCII (RFC 5321's dot-string), or none. No quoted local parts: who
#: has one has another.
MAIL_ADDRESS = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$"
)
MailAddress = Annotated[str, Field(pattern=rf"^$|{MAIL_ADDRESS}", max_length=254)]
WebhookName = Annotated[str, Field(pattern=r"^$|^[A-Z][A-Z0-9_]*$", max_length=60)]
#: What a recipient must say beside its channel; nothing else of these may be said.
SAYS_WHERE = {"file": (), "email": ("address",), "webhook": ("webhook", "format")}
#: A file of the topic's own folder: no path leads out of it.
FileName = Annotated[str, Field(pattern=r"^[^/\\\x00]*[^/\\\x00.][^/\\\x00]*$")]


@dataclass(frozen=True, config=STRICT)
class Guidance:
    """The guidance product whose evidence is watched."""

    body: str
    title: str
    url: str
    published_search: date


@dataclass(frozen=True, config=STRICT)
class Schedule:
    """When the topic runs by itself: a cron line of five fields, read in that time zone."""

    cron: Annotated[str, Field(pattern=r"^\S+( \S+){4}$")]
    timezone: str

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("there is no such time zone, name one like Europe/London") from None
        return name


@dataclass(frozen=True, config=STRICT)
class TopicStrategy:
    """One strategy: its file, its dialect, and how its database is reached.

    `route` "pubmed" is rerun by us; "file" means that somebody exports the database and
    imports the file. `searched_on` and `published_count` are what the guidance printed, as are
    `platform`, `segment` (of the database, or its version) and `note` (beside the strategy).
    `every_weeks` is the rhythm in which somebody has agreed to export; None: none is agreed.
    """

    name: str
    file: FileName
    dialect: Dialect
    route: Literal["pubmed", "file"]
    database: str
    searched_on: date
    published_count: int | None = None
    result_line: int | None = None
    every_weeks: Annotated[int, Field(ge=1, le=520)] | None = None
    platform: str = ""
    segment: str = ""
    note: str = ""


@dataclass(frozen=True, config=STRICT)
class SearchMethods:
    """What a search report says that no store can know, in people's own words; empty: not said.

    One key an item of PRISMA-S (Rethlefsen ML et al., Systematic Reviews 2021;10:39), and what
    a living review says of itself: why it is kept up, and when that ends.
    """

    design: str = ""
    peer_review: str = ""
    review_management: str = ""
    limits: str = ""
    filters: str = ""
    online_resources: str = ""
    citation_searching: str = ""
    contacts: str = ""
    other_methods: str = ""
    prior_work: str = ""
    living_mode: str = ""
    retirement: str = ""


@dataclass(frozen=True, config=STRICT)
class Trials:
    """How ClinicalTrials.gov is asked: by a query in its own language, written by the author, and
    by `strategies` of the topic, translated. Either may be left out.

    `registries` are those whose exports somebody brings.
    """

    query: str = ""
    strategies: tuple[str, ...] = ()
    registries: tuple[Literal["ISRCTN", "WHO ICTRP"], ...] = ()


@dataclass(frozen=True, config=STRICT)
class EuropePmcPlan:
    """What Europe PMC is asked: `strategies`, translated, for what PubMed lacks (preprints), and,
    with `citations`, who cites the known items."""

    strategies: tuple[str, ...] = ()
    citations: bool = False


@dataclass(frozen=True, config=STRICT)
class DedupPlan:
    """Whose values a merged report shows first: databases, as the topic names them.

    Empty: PubMed, then the databases in the order of the strategies, then Europe PMC.
    """

    priority: tuple[str, ...] = ()


@dataclass(frozen=True, config=STRICT)
class ScreeningPlan:
    """How many people read each report: of 2, neither sees the other's word before both are in.

    `weekly_sample` of what only a rule excludes go to a person each week; 0: none.
    """

    reviewers: Literal[1, 2] = 1
    weekly_sample: Annotated[int, Field(ge=0, le=10_000)] = 5


@dataclass(frozen=True, config=STRICT)
class Recommendation:
    """One recommendation, paraphrased; a signal touches it where one of `words` occurs.

    `short` is what a digest calls it, in a few words; `question` what the guidance asked.
    """

    id: str
    text: str
    short: str = ""
    question: str = ""
    words: tuple[str, ...] = ()
    always: bool = False


@dataclass(frozen=True, config=STRICT)
class Named:
    """A key outcome or a comparator of the guidance, and the words by which it is recognised."""

    name: str
    words: Annotated[tuple[str, ...], Field(min_length=1)]


@dataclass(frozen=True, config=STRICT)
class WatchedTrial:
    """A registered trial that the guidance lists as ongoing, by the number of any registry."""

    number: str
    title: str
    recommendations: tuple[str, ...]

    @property
    def at_clinicaltrials(self) -> bool:
        """Whether ClinicalTrials.gov gave the number, and can be asked for it."""
        found = trial_number(self.number)
        return found is not None and found.registry == CLINICALTRIALS


@dataclass(frozen=True, config=STRICT)
class _WatchedTrialInFile:
    """A watched trial as the file names it: `nct`, or the `number` of any registry."""

    title: str
    recommendations: tuple[str, ...]
    nct: NctId | None = None
    number: str | None = None

    @field_validator("number")
    @classmethod
    def _known(cls, number: str | None) -> str | None:
        found = trial_number(number) if number is not None else None
        if number is not None and (found is None or found.registry == UNIVERSAL):
            raise ValueError(f"“{number}” is no number of a trial registry that is known here")
        return number

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        if (self.nct is None) == (self.number is None):
            raise ValueError("a watched trial has either `nct` or `number`, one of the two")
        return self

    def watched(self) -> WatchedTrial:
        return WatchedTrial(self.nct or self.number or "", self.title, self.recommendations)


@dataclass(frozen=True, config=STRICT)
class Recipient:
    """Who is told, over which channel, of what weight at least, and how often.

    `webhook` is a name: the address is a secret, which the environment keeps
    (`SURVEIL_WEBHOOK_<name>`). Without `quiet_weeks` nothing is sent where there is no news.
    """

    name: Name
    channel: Literal["file", "email", "webhook"] = "file"
    address: MailAddress = ""
    webhook: WebhookName = ""
    format: Literal["", "slack", "teams", "json"] = ""
    weight: Literal["high", "medium", "low"] = "low"
    rhythm: Literal["at once", "weekly", "monthly"] = "at once"
    quiet_weeks: bool = True

    @property
    def place(self) -> str:
        """Where a message goes: an address, the name of a webhook, nothing for a file."""
        return self.address or self.webhook


@dataclass(frozen=True, config=STRICT)
class KnownItem:
    """A study that the guidance used: a person included it, and no rule overrides that."""

    key: str
    table: Literal["table 2", "appendix B"]
    citation: str
    title: str
    first_author: str
    year: int
    journal: str
    volume: str
    pages: str
    design: str
    doi: str
    pmid: str
    expected_in: tuple[str, ...]
    recommendations: tuple[str, ...]

    @field_validator("expected_in", "recommendations", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(filter(None, value.split("|"))) if isinstance(value, str) else value


@dataclass(frozen=True, config=STRICT)
class _TopicFile:
    title: str
    guidance: Guidance
    schedule: Schedule
    strategies: Annotated[tuple[TopicStrategy, ...], Field(min_length=1)]
    trials: Trials
    recommendations: tuple[Recommendation, ...]
    watched_trials: tuple[_WatchedTrialInFile, ...]
    recipients: tuple[Recipient, ...]
    europe_pmc: EuropePmcPlan = EuropePmcPlan()
    dedup: DedupPlan = DedupPlan()
    screening: ScreeningPlan = ScreeningPlan()
    methods: SearchMethods = SearchMethods()
    outcomes: tuple[Named, ...] = ()
    comparators: tuple[Named, ...] = ()
    triggers: dict[Trigger, Heed] = Field(default_factory=dict)


@dataclass(frozen=True)
class Topic:
    """One guidance product under surveillance, read from `folder`."""

    slug: str
    folder: Path
    title: str
    guidance: Guidance
    schedule: Schedule
    strategies: tuple[TopicStrategy, ...]
    trials: Trials
    recommendations: tuple[Recommendation, ...]
    watched_trials: tuple[WatchedTrial, ...]
    recipients: tuple[Recipient, ...]
    known_items: tuple[KnownItem, ...]
    europe_pmc: EuropePmcPlan = EuropePmcPlan()
    dedup: DedupPlan = DedupPlan()
    screening: ScreeningPlan = ScreeningPlan()
    methods: SearchMethods = SearchMethods()
    outcomes: tuple[Named, ...] = ()
    comparators: tuple[Named, ...] = ()
    triggers: dict[Trigger, Heed] = Field(default_factory=dict)

    @property
    def criteria_file(self) -> Path:
        """What the screening stage reads."""
        return self.folder / "criteria.toml"

    @property
    def mesh_file(self) -> Path | None:
        """The topic's own part of the MeSH tree, else the workspace's tree, if there is one."""
        places = (self.folder / "mesh.tsv", self.folder.parent.parent / "mesh.tsv")
        return next((path for path in places if path.exists()), None)

    @property
    def mapping_file(self) -> Path | None:
        """What stands for the headings of Embase, if the topic says it."""
        path = self.folder / "emtree.toml"
        return path if path.exists() else None

    @cached_property
    def _watched(self) -> dict[str, WatchedTrial]:
        return {str(trial_number(one.number) or one.number): one for one in self.watched_trials}

    def watched_trial(self, number: str) -> WatchedTrial | None:
        """The watched trial of this number, however its registry prints it; None: it is not."""
        return self._watched.get(str(trial_number(number) or number))

    def strategy_file(self, strategy: TopicStrategy) -> Path:
        """Where the text of `strategy` lies."""
        return self.folder / strategy.file

    def strategy(self, name: str) -> TopicStrategy:
        """The strategy of that name; raises `UnreadableInput` with the names there are."""
        for strategy in self.strategies:
            if strategy.name == name:
                return strategy
        known = ", ".join(strategy.name for strategy in self.strategies)
        raise UnreadableInput(f"{self.slug} has no strategy “{name}”; it has {known}.")

    def inputs(self) -> dict[str, bytes]:
        """The content of every file that decides what a run does, by file name.

        The workspace's MeSH counts as the topic's where the topic has none of its own.
        """
        files = {path.name: path for path in sorted(self.folder.iterdir()) if path.is_file()}
        if self.mesh_file:
            files.setdefault(self.mesh_file.name, self.mesh_file)
        return {name: path.read_bytes() for name, path in sorted(files.items())}

    def hashes(self) -> tuple[tuple[str, str], ...]:
        """SHA-256 of every file that decides what a run does, by file name."""
        return tuple(
            (name, hashlib.sha256(content).hexdigest()) for name, content in self.inputs().items()
        )


def read_topic(folder: Path) -> Topic:
    """The topic in `folder`; raises `UnreadableInput` with file, line and column."""
    file = folder / "topic.toml"
    described = read_toml(file, _TopicFile)
    values = {name: getattr(described, name) for name in _TopicFile.__dataclass_fields__}
    values["watched_trials"] = tuple(trial.watched() for trial in described.watched_trials)
    topic = Topic(
        slug=folder.name,
        folder=folder,
        known_items=read_known_items(folder / "known_items.csv"),
        **values,
    )
    _check_files(topic)
    _check_references(topic, file)
    _check_priority(topic, file)
    _check_recipients(topic, file)
    return topic


def list_topics(folder: Path) -> tuple[str, ...]:
    """The names of the topics below `folder`, sorted."""
    return tuple(sorted(path.parent.name for path in folder.glob("*/topic.toml")))


def read_known_items(file: Path) -> tuple[KnownItem, ...]:
    """The known items, a row each; raises `UnreadableInput` with file and line."""
    rows = csv.DictReader(read_text(file).splitlines(keepends=True), strict=True)
    try:
        _check_columns(rows.fieldnames or (), file)
        return tuple(_known_item(row, file, rows.line_num) for row in rows)
    except csv.Error as fault:
        raise UnreadableInput(
            f"this is not a row of CSV: {fault}.", place=Place(file, rows.reader.line_num)
        ) from None


def _check_columns(given: Iterable[str], file: Path) -> None:
    columns, known = set(given), set(KnownItem.__dataclass_fields__)
    for name in sorted(known - columns):
        raise UnreadableInput(f"the column “{name}” is missing.", place=Place(file, 1))
    for name in sorted(columns - known):
        raise UnreadableInput(
            f"unknown column “{name}”; remove it or mend its spelling.", place=Place(file, 1)
        )


def _known_item(row: dict[str, str], file: Path, line: int) -> KnownItem:
    if None in row or None in row.values():
        raise UnreadableInput(
            "the row has more or fewer cells than there are columns.", place=Place(file, line)
        )
    try:
        return KnownItem(**row)  # type: ignore[arg-type]  # pydantic converts the text of a cell
    except ValidationError as fault:
        first = fault.errors()[0]
        raise UnreadableInput(
            f"“{first['loc'][0]}”: {first['msg']}.", place=Place(file, line)
        ) from None


def _check_files(topic: Topic) -> None:
    needed = [topic.criteria_file, *(topic.strategy_file(s) for s in topic.strategies)]
    for file in needed:
        if not file.is_file():
            raise UnreadableInput(
                "the topic names this file, but it is not there.", place=Place(file)
            )


def _check_references(topic: Topic, file: Path) -> None:
    strategies = [strategy.name for strategy in topic.strategies]
    recommendations = [recommendation.id for recommendation in topic.recommendations]
    _check_unique(strategies, "strategy", file)
    _check_unique(recommendations, "recommendation", file)
    _check_unique((outcome.name for outcome in topic.outcomes), "outcome", file)
    _check_unique((one.name for one in topic.comparators), "comparator", file)
    _check_unique((trial.number for trial in topic.watched_trials), "watched trial", file)
    rerun = [strategy.name for strategy in topic.strategies if strategy.route == "pubmed"]
    for who, named in (
        ("the trials query", topic.trials.strategies),
        ("europe_pmc", topic.europe_pmc.strategies),
    ):
        _check_known(who, named, rerun, "strategy rerun on PubMed", file)
    items = topic.folder / "known_items.csv"
    _check_unique((item.key for item in topic.known_items), "known item", items)
    for trial in topic.watched_trials:
        _check_known(trial.number, trial.recommendations, recommendations, "recommendation", file)
    for item in topic.known_items:
        _check_known(item.key, item.recommendations, recommendations, "recommendation", items)
        _check_known(item.key, item.expected_in, strategies, "strategy", items)


def _check_priority(topic: Topic, file: Path) -> None:
    known = [*ASKED, *dict.fromkeys(strategy.database for strategy in topic.strategies)]
    names = {name.casefold() for name in (*known, *(one.name for one in topic.strategies))}
    for name in topic.dedup.priority:
        if name.casefold() not in names:
            line, column = locate(read_text(file), ("dedup", "priority"))
            raise UnreadableInput(
                f"“dedup.priority” names the database “{name}”, which the topic does not have.",
                place=Place(file, line, column),
                hint=f"It has {', '.join(known)}.",
            )


def _check_recipients(topic: Topic, file: Path) -> None:
    """Each says where it is reached, and nothing that its channel does not know."""
    text = read_text(file)
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(topic.recipients):
        if fault := _recipient_fault(one, seen):
            key, said = fault
            line, column = locate(text, ("recipients", key), number)
            raise UnreadableInput(f"“recipients.{key}”: {said}", place=Place(file, line, column))
        seen.add((one.name, one.channel))


def _recipient_fault(one: Recipient, seen: Set[tuple[str, str]]) -> tuple[str, str] | None:
    """The key at fault and what is wrong; None where all is well."""
    needed = SAYS_WHERE[one.channel]
    for key in ("address", "webhook", "format"):
        if key in needed and not getattr(one, key):
            return "channel", f"the channel “{one.channel}” needs “{key}”, too."
        if key not in needed and getattr(one, key):
            return key, f"the channel “{one.channel}” has no “{key}”; remove it."
    if (one.name, one.channel) in seen:
        return "name", f"“{one.name}” is told over the channel “{one.channel}” twice."
    return None


def _check_known(
    who: str, used: Iterable[str], known: Iterable[str], what: str, file: Path
) -> None:
    for missing in sorted(set(used) - set(known)):
        raise UnreadableInput(
            f"{who} refers to {what} {missing}, which the topic does not have.",
            place=Place(file, _line_of(who, file)),
        )


def _check_unique(names: Iterable[str], what: str, file: Path) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise UnreadableInput(
                f"the {what} “{name}” stands here twice.",
                place=Place(file, _line_of(name, file, last=True)),
            )
        seen.add(name)


def _line_of(text: str, file: Path, *, last: bool = False) -> int | None:
    """The line where `text` stands as a whole value, counting from 1."""
    found = list(_lines_with(text, file))
    if not found:
        return None
    return found[-1] if last else found[0]


def _lines_with(text: str, file: Path) -> Iterator[int]:
    whole = re.compile(rf"(?<![\w.-]){re.escape(text)}(?![\w.-])")
    for number, line in enumerate(read_text(file).splitlines(), start=1):
        if whole.search(line):
            yield number
