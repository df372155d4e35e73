"""A topic's folder read and checked; `criteria.toml` is handed on unparsed.

The folder holds plain files that an information specialist edits; docs/topics.md describes
every key. A topic read here is sound in itself: each file that it names is there, each watched
trial has a well-formed number, each recommendation that something refers to exists.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic.dataclasses import dataclass

from surveillance.errors import Place, UnreadableInput
from surveillance.toml_files import STRICT, read_text, read_toml

Dialect = Literal["ovid-medline", "ovid-embase", "cochrane", "inahta", "pubmed"]
NctId = Annotated[str, Field(pattern=r"^NCT\d{8}$")]


@dataclass(frozen=True, config=STRICT)
class Guidance:
    """The guidance product whose evidence is watched."""

    body: str
    title: str
    url: str
    published_search: date


@dataclass(frozen=True, config=STRICT)
class Schedule:
    """When the topic runs by itself."""

    cron: str
    timezone: str


@dataclass(frozen=True, config=STRICT)
class TopicStrategy:
    """One strategy: its file, its dialect, and how its database is reached.

    `route` "pubmed" is rerun by us; "file" means that somebody exports the database and
    imports the file. `searched_on` and `published_count` are what the guidance printed.
    """

    name: str
    file: str
    dialect: Dialect
    route: Literal["pubmed", "file"]
    database: str
    searched_on: date
    published_count: int | None = None
    result_line: int | None = None


@dataclass(frozen=True, config=STRICT)
class Trials:
    """How ClinicalTrials.gov is asked: a query in its own language, written by the author."""

    query: str


@dataclass(frozen=True, config=STRICT)
class Recommendation:
    """One recommendation, paraphrased; a signal touches it where one of `words` occurs."""

    id: str
    text: str
    words: tuple[str, ...] = ()
    always: bool = False


@dataclass(frozen=True, config=STRICT)
class WatchedTrial:
    """A registered trial that the guidance lists as ongoing."""

    nct: NctId
    title: str
    recommendations: tuple[str, ...]


@dataclass(frozen=True, config=STRICT)
class Recipient:
    """Who is told, and how. The only channel so far writes files into the outbox folder."""

    name: str
    channel: Literal["file"] = "file"


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
    strategies: tuple[TopicStrategy, ...]
    trials: Trials
    recommendations: tuple[Recommendation, ...]
    watched_trials: tuple[WatchedTrial, ...]
    recipients: tuple[Recipient, ...]


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

    @property
    def criteria_file(self) -> Path:
        """What the screening stage reads."""
        return self.folder / "criteria.toml"

    @property
    def mesh_file(self) -> Path | None:
        """The part of the MeSH tree that the topic brings along, if it does."""
        path = self.folder / "mesh.tsv"
        return path if path.exists() else None

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

    def hashes(self) -> tuple[tuple[str, str], ...]:
        """SHA-256 of every file that decides what a run does, by file name."""
        files = sorted(path for path in self.folder.iterdir() if path.is_file())
        return tuple((path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files)


def read_topic(folder: Path) -> Topic:
    """The topic in `folder`; raises `UnreadableInput` with file, line and column."""
    file = folder / "topic.toml"
    described = read_toml(file, _TopicFile)
    topic = Topic(
        slug=folder.name,
        folder=folder,
        known_items=read_known_items(folder / "known_items.csv"),
        **{name: getattr(described, name) for name in _TopicFile.__dataclass_fields__},
    )
    _check_files(topic)
    _check_references(topic, file)
    return topic


def list_topics(folder: Path) -> tuple[str, ...]:
    """The names of the topics below `folder`, sorted."""
    return tuple(sorted(path.parent.name for path in folder.glob("*/topic.toml")))


def read_known_items(file: Path) -> tuple[KnownItem, ...]:
    """The known items, a row each; raises `UnreadableInput` with file and line."""
    rows = csv.DictReader(read_text(file).splitlines())
    return tuple(_known_item(row, file, rows.line_num) for row in rows)


def _known_item(row: dict[str, str], file: Path, line: int) -> KnownItem:
    try:
        return KnownItem(**row)  # type: ignore[arg-type]  # pydantic converts the text of a cell
    except (TypeError, ValueError) as fault:
        reason = re.sub(r"\s+", " ", str(fault))
        raise UnreadableInput(
            f"this is not a known item: {reason}", place=Place(file, line)
        ) from None


def _check_files(topic: Topic) -> None:
    needed = [topic.criteria_file, *(topic.strategy_file(s) for s in topic.strategies)]
    for file in needed:
        if not file.is_file():
            raise UnreadableInput(
                "the topic names this file, but it is not there.", place=Place(file)
            )


def _check_references(topic: Topic, file: Path) -> None:
    known = {recommendation.id for recommendation in topic.recommendations}
    _check_unique((strategy.name for strategy in topic.strategies), "strategy", file)
    _check_unique((trial.nct for trial in topic.watched_trials), "watched trial", file)
    used = [(trial.nct, trial.recommendations) for trial in topic.watched_trials]
    used += [(item.key, item.recommendations) for item in topic.known_items]
    for name, recommendations in used:
        for missing in sorted(set(recommendations) - known):
            raise UnreadableInput(
                f"{name} refers to recommendation {missing}, which the topic does not have.",
                place=Place(file),
            )


def _check_unique(names: Iterable[str], what: str, file: Path) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise UnreadableInput(f"the {what} “{name}” stands here twice.", place=Place(file))
        seen.add(name)
