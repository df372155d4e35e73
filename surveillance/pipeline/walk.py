"""One walk of a topic through the house: what every stage is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

from db.session import Store
from surveillance.pipeline.post import Post
from surveillance.runs import Run
from surveillance.sources.clinicaltrials import ClinicalTrials
from surveillance.sources.europe_pmc import EuropePmc
from surveillance.sources.exchanges import Exchange
from surveillance.sources.pubmed import PubMed
from surveillance.topics import Topic

Item = TypeVar("Item")


class Progress(Protocol):
    """Somebody who watches: told of every item of a stage."""

    def follow(self, items: Iterable[Item], what: str, total: int) -> Iterator[Item]:
        """The same items, while somebody is shown how many of `total` are done."""


class Unwatched:
    """Progress that nobody looks at."""

    def follow(self, items: Iterable[Item], what: str, total: int) -> Iterator[Item]:  # noqa: ARG002
        return iter(items)


class Exchanges:
    """What the sources answered since it was last taken: a stage keeps it with its results."""

    def __init__(self) -> None:
        self._noted: list[Exchange] = []

    def note(self, exchange: Exchange) -> None:
        """Told by a source of every answer."""
        self._noted.append(exchange)

    def taken(self) -> list[Exchange]:
        """What was noted, which is then forgotten."""
        noted, self._noted = self._noted, []
        return noted


@dataclass(frozen=True, slots=True)
class Sources:
    """The places that a run asks."""

    pubmed: PubMed
    trials: ClinicalTrials
    europe_pmc: EuropePmc


@dataclass(frozen=True, slots=True)
class Walk:
    """A run of a topic, with the store it reads and writes and the sources it may ask."""

    topic: Topic
    run: Run
    store: Store
    sources: Sources
    exchanges: Exchanges
    alerts_folder: Path
    banner: str
    post: Post
    progress: Progress

    @property
    def today(self) -> date:
        """The day of the run's clock; nothing here looks at the machine's."""
        return self.run.today
