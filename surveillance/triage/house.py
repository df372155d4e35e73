"""What all requests share: the settings, the store, the topics as they are now, and who is idle."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path as Folder
from typing import Annotated, Any

from fastapi import Path

from db.session import Store
from surveillance.accounts import IDLE, MOST_FAILURES, Refused
from surveillance.errors import SurveillanceError, UnreadableInput
from surveillance.pipeline.link_queue import KeptLinks
from surveillance.pipeline.signal_lines import KeptSignals
from surveillance.pipeline.strategies import ReadyStrategy, ready_strategies
from surveillance.pipeline.week import KeptWeeks
from surveillance.screening.criteria import read_criteria
from surveillance.screening.language import unusable
from surveillance.settings import Settings
from surveillance.topics import Topic, read_topic
from surveillance.triage.aside import Aside
from surveillance.triage.desks import Desks
from surveillance.triage.openid import OpenId

#: Wrong passwords from one address in a quarter of an hour before it has to wait.
_MOST_FROM_ADDRESS, _ADDRESS_WINDOW = MOST_FAILURES * 6, 15 * 60.0
#: Addresses and sessions that are kept in mind.
_MOST_KEPT = 10_000
_Stamp = tuple[tuple[str, int, int], ...]


#: The number of a row in an address: neither database takes one of more than 18 digits.
RowNumber = Annotated[int, Path(ge=1, lt=10**18)]


class NotHere(UnreadableInput):
    """An address that leads to nothing."""


@dataclass(slots=True)
class House:
    """One for each running page. Requests come in several threads at once."""

    settings: Settings
    store: Store
    desks: Desks
    openid: OpenId | None = None
    aside: Aside = field(default_factory=Aside)
    signals: KeptSignals = field(default_factory=KeptSignals)
    links: KeptLinks = field(default_factory=KeptLinks)
    weeks: KeptWeeks = field(default_factory=KeptWeeks)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ready: dict[str, tuple[Topic, list[ReadyStrategy]]] = field(default_factory=dict)
    _reasons: dict[str, tuple[Topic, list[tuple[str, str]]]] = field(default_factory=dict)
    _topics: dict[str, tuple[_Stamp, Topic]] = field(default_factory=dict)
    _last_seen: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _failures: OrderedDict[str, list[float]] = field(default_factory=OrderedDict)

    def prepare(self) -> None:
        """Do once what the first person would wait for: read each topic, learn its order."""
        unusable(
            "A text of more than a dozen words, so that it is looked at as a whole abstract is."
        )
        for topic in self.topics():
            # A topic whose queue cannot be read says so to whoever opens it.
            with suppress(SurveillanceError), self.desks.queue(topic):
                pass
            with suppress(SurveillanceError), self.store.snapshot() as session:
                self.signals.of(session, topic.slug)
                self.links.of(session, topic)

    def topics(self) -> list[Topic]:
        """Every topic whose folder can be read, by name."""
        folder = self.settings.topics_folder
        found = []
        for one in sorted(folder.iterdir()) if folder.is_dir() else []:
            if (one / "topic.toml").is_file():
                try:
                    found.append(self._read(one))
                except UnreadableInput:
                    continue
        return found

    def topic(self, slug: str) -> Topic:
        """The topic of that name; raises `NotHere`, or `UnreadableInput` where it is unsound."""
        folder = self.settings.topics_folder
        known = {one.name for one in folder.iterdir()} if folder.is_dir() else set()
        if slug not in known:
            raise NotHere(f"there is no topic “{slug}” here.")
        return self._read(folder / slug)

    def ready(self, topic: Topic) -> list[ReadyStrategy]:
        """The topic's strategies that PubMed is asked with, read once for each state of its files.

        Raises `UnreadableInput` where one cannot be asked with.
        """
        kept = self._ready.get(topic.slug)
        if kept is None or kept[0] is not topic:
            kept = topic, ready_strategies(topic)
            self._ready[topic.slug] = kept
        return kept[1]

    def reasons(self, topic: Topic) -> list[tuple[str, str]]:
        """The names of a topic's criteria, and what is said where one is not met."""
        kept = self._reasons.get(topic.slug)
        if kept is None or kept[0] is not topic:
            criteria = read_criteria(topic.criteria_file).criteria
            kept = topic, [(one.name, one.reason) for one in criteria]
            self._reasons[topic.slug] = kept
        return kept[1]

    def _read(self, folder: Folder) -> Topic:
        """A topic's folder, read again where one of its files is another."""
        files = sorted(file for file in folder.iterdir() if file.is_file())
        stamp = tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files)
        kept = self._topics.get(folder.name)
        if kept is None or kept[0] != stamp:
            kept = stamp, read_topic(folder)
            self._topics[folder.name] = kept
        return kept[1]

    def is_idle(self, session: str) -> bool:
        """Whether a session's last request is too long ago; if not, this one counts as the last.

        It is kept here and not in the store, so that reading a page never waits for a run that
        writes; after a restart each session has its time anew, within its longest one.
        """
        now = time.monotonic()
        with self._lock:
            last = self._last_seen.get(session, now)
            idle = now - last > IDLE.total_seconds()
            if not idle:
                _remember(self._last_seen, session, now)
        return idle

    def refuse_where_too_many(self, address: str) -> None:
        """Raise `Refused` where too many wrong passwords came from an address lately."""
        with self._lock:
            recent = self._recent(address)
        if len(recent) >= _MOST_FROM_ADDRESS:
            raise Refused("too many tries from here.", hint="Wait a quarter of an hour.")

    def note_failure(self, address: str) -> None:
        """A wrong password came from this address. It is forgotten with the process."""
        with self._lock:
            recent = self._recent(address)
            _remember(self._failures, address, [*recent, time.monotonic()])

    def _recent(self, address: str) -> list[float]:
        since = time.monotonic() - _ADDRESS_WINDOW
        return [moment for moment in self._failures.get(address, ()) if moment > since]


def _remember(kept: OrderedDict[str, Any], key: str, value: object) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _MOST_KEPT:
        kept.popitem(last=False)
