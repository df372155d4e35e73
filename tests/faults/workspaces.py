"""A workspace with the tiny topic: its store, its digests, and what must be nowhere in it."""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from db.models import ExchangeRow, PayloadRow
from db.session import Store
from surveillance.pipeline.running import run_topic
from surveillance.settings import Settings
from surveillance.simulator import Simulator
from surveillance.topics import Topic, read_topic
from tests.faults.facts import Facts, natural_facts
from tests.faults.holdings import TOPIC_NAME

#: NCBI's key and the address for NCBI: they may be in a request's body, and nowhere else.
KEY, CONTACT = "k3y-that-nobody-may-see", "somebody@contact-that-nobody-may.see"
SECRETS = (KEY, CONTACT)
_TOLD = re.compile(r"^WHAT YOU SHOULD KNOW$.*?(?=^THE WEEK IN NUMBERS$)", re.DOTALL | re.MULTILINE)
_NUMBER = re.compile(r"surveil signals show \d+")


@dataclass(frozen=True)
class Sources:
    """Where the sources are asked; plain text, so that another process can be told."""

    pubmed: str
    trials: str
    europe_pmc: str

    @classmethod
    def of(cls, simulator: Simulator) -> Sources:
        return cls(simulator.pubmed_url, simulator.clinicaltrials_url, simulator.europepmc_url)


@dataclass(frozen=True)
class Workspace:
    """A folder with the topic in `topics`, and its store."""

    folder: Path
    topics: Path
    sources: Sources
    store_url: str

    @property
    def topic(self) -> Topic:
        return read_topic(self.topics / TOPIC_NAME)

    @property
    def settings(self) -> Settings:
        given: dict[str, Any] = {
            "workspace": self.folder,
            "database_url": self.store_url,
            "pubmed_url": self.sources.pubmed,
            "clinicaltrials_url": self.sources.trials,
            "europepmc_url": self.sources.europe_pmc,
            **dict.fromkeys(("pubmed_pause", "clinicaltrials_pause", "europepmc_pause"), 0),
            "retry_wait": 0,
            "contact_email": CONTACT,
            "NCBI_API_KEY": KEY,
        }
        return Settings(_env_file=None, **given)

    def run(self, until: date) -> None:
        """A run up to the end of a day, as the sources are now."""
        run_topic(self.topic, self.settings, until=until)

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """The store, for who looks into it."""
        store = Store(self.store_url)
        try:
            yield store
        finally:
            store.close()

    def facts(self) -> Facts:
        """What the store says."""
        with self.opened() as store:
            return natural_facts(store)

    def told(self) -> list[tuple[str, str]]:
        """What each digest tells its readers, by the digest's day."""
        files = (self.folder / "alerts").glob("[!.]*.txt")
        return sorted((path.name.partition("-run-")[0], _told(path)) for path in files)

    def leaks(self) -> list[str]:
        """Where a secret stands in the workspace: the store's bytes, what it packs, the digests."""
        places: dict[str, bytes] = {
            path.name: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()
        }
        return leaks({**places, **self._packed()})

    def _packed(self) -> dict[str, bytes]:
        with self.opened() as store, store.transaction() as session:
            exchanges = session.execute(select(ExchangeRow.id, ExchangeRow.content))
            payloads = session.execute(select(PayloadRow.sha256, PayloadRow.content))
            return {
                **{f"exchange {row[0]}": zlib.decompress(row[1]) for row in exchanges if row[1]},
                **{f"payload {row[0]}": zlib.decompress(row[1]) for row in payloads},
            }


def _told(digest: Path) -> str:
    found = _TOLD.search(digest.read_text(encoding="utf-8"))
    # Its number only tells a signal from others.
    return _NUMBER.sub("surveil signals show", found[0]) if found else ""


def leaks(places: Mapping[str, bytes]) -> list[str]:
    """The places in which a secret stands."""
    return [
        f"{secret} in {name}"
        for name, content in places.items()
        for secret in SECRETS
        if secret.encode() in content
    ]


class Listening(logging.Handler):
    """Reads every log at every level for secrets."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.read = 0
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.read += 1
        self.leaks += leaks({f"log of {record.name}": self.format(record).encode()})


@contextmanager
def listening() -> Iterator[Listening]:
    """Everything that is logged in the block, read for secrets."""
    handler, root = Listening(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield handler
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
