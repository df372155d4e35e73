"""Each topic's reading queue, kept up with the store, and its order, learnt in another process."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from db.report_lines import LogPosition
from db.session import Store
from surveillance.pipeline.ranking import Places, places_of
from surveillance.pipeline.reading_queue import ReadingQueue, catch_up, read_queue
from surveillance.pipeline.week import Figures, figures_of
from surveillance.screening.rank import Terms
from surveillance.settings import Settings
from surveillance.topics import Topic
from surveillance.triage.processes import beside

#: So many reports in front are shown with the words that put them there.
EXPLAINED = 500
#: Seconds that somebody waits for a queue that is read again; then the last one is shown.
_PATIENCE = 1.0
#: Seconds after a topic's order began to be learnt in which people wait for it.
_FIRST_ORDER = 3.0
#: Seconds that somebody waits for figures, and how many times as long as counting took it rests.
_FIGURES_PATIENCE, _RESTS = 3.0, 9
#: So many decisions later the order is learnt anew, and a hundredth of what was read in all.
_ENOUGH_DECISIONS, _SHARE = 10, 100


@dataclass(frozen=True, slots=True)
class Placed:
    """A report's place from 1, and the words that put it there.

    No place where it is not in the order; no words far behind, and before the order is learnt.
    """

    place: int | None
    terms: Terms | None


@dataclass(slots=True)
class _Desk:
    """One topic's queue; the lock is held while it is read or changed, never while one waits."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    queue: ReadingQueue | None = None
    terms: dict[int, Terms] = field(default_factory=dict)
    topic: Topic | None = None
    reading: Future[None] | None = None
    ranking: Future[Places] | None = None
    ranked_at: int = -1
    ranking_since: float = 0.0
    figures: Figures | None = None
    figures_at: LogPosition | None = None
    figures_rest_until: float = 0.0
    counting: Future[Figures] | None = None


def give_way() -> None:
    """Have a process that learns or counts work when nobody waits for a page."""
    if hasattr(os, "nice"):
        os.nice(10)


def _set_aside() -> None:
    """Spare the garbage collector what stays until the next run.

    Nobody's page is answered while it goes through fifty thousand lines, which it would do again
    and again.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class Desks:
    """The queues of all topics. `close` ends the process that learns."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._desks: dict[str, _Desk] = {}
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="reading")
        self._learner = ProcessPoolExecutor(1, beside(), give_way)

    @contextmanager
    def queue(self, topic: Topic) -> Iterator[ReadingQueue]:
        """The queue of a topic as the store has it, for as long as nobody else changes it.

        Where a run or a merge changed it, it is read again beside: whoever asks waits a second for
        that, and otherwise sees it as it was.
        """
        desk = self._desk(topic.slug)
        while True:
            with desk.lock:
                if self._is_current(desk, topic):
                    break
                reading = desk.reading = desk.reading or self._readers.submit(
                    self._read, desk, topic
                )
            try:
                reading.result(None if desk.queue is None else _PATIENCE)
            except TimeoutError:
                break
        with desk.lock:
            assert desk.queue is not None  # noqa: S101 — read above
            self._learn(desk, topic, desk.queue)
            yield desk.queue

    def places(self, topic: Topic, reports: Sequence[int]) -> tuple[list[Placed], int]:
        """Where each of these reports stands, and why; and how many stand in the order."""
        desk = self._desk(topic.slug)
        with desk.lock:
            places = desk.queue.places if desk.queue else {}
            return [Placed(places.get(one), desk.terms.get(one)) for one in reports], len(places)

    def settle(self, topic: Topic) -> None:
        """Wait for a topic's first order, if that has just begun to be learnt."""
        desk = self._desk(topic.slug)
        if desk.queue is None:
            with self.queue(topic):
                pass
        with desk.lock:
            learning = None if desk.queue and desk.queue.places else desk.ranking
            left = _FIRST_ORDER - (time.monotonic() - desk.ranking_since)
        if learning is not None and left > 0:
            wait([learning], left)

    def figures(self, topic: Topic, settings: Settings) -> Figures | None:
        """A topic's figures: as they are, or as they were where counting anew takes long.

        They are counted again where something was said since, but never more of the time than a
        tenth; None: they are being counted for the first time.
        """
        with self.queue(topic) as queue:
            position = queue.position
        desk = self._desk(topic.slug)
        with desk.lock:
            kept, old = desk.figures, desk.figures_at
            rests = time.monotonic() < desk.figures_rest_until
            if kept is not None and (old == position or rests):
                return kept
            if desk.counting is None:
                desk.figures_at = position
                desk.counting = self._learner.submit(figures_of, settings, topic.folder)
                desk.counting.add_done_callback(
                    partial(self._counted, desk, began=time.monotonic())
                )
            counting = desk.counting
        wait([counting], _FIGURES_PATIENCE)
        return desk.figures

    def _counted(self, desk: _Desk, done: Future[Figures], *, began: float) -> None:
        with desk.lock:
            desk.counting = None
            if not done.cancelled() and not done.exception():
                took = time.monotonic() - began
                desk.figures = done.result()
                desk.figures_rest_until = time.monotonic() + took * _RESTS

    def beside(self, work: Callable[[], None]) -> None:
        """Do something in the background, which `close` waits for."""
        self._readers.submit(work)

    def close(self) -> None:
        """End what works in the background."""
        self._readers.shutdown(cancel_futures=True)
        self._learner.shutdown(cancel_futures=True)

    def _desk(self, slug: str) -> _Desk:
        with self._lock:
            return self._desks.setdefault(slug, _Desk())

    def _is_current(self, desk: _Desk, topic: Topic) -> bool:
        if desk.queue is None or desk.topic is not topic:
            return False
        with self._store.snapshot() as session:
            return catch_up(session, topic, desk.queue)

    def _read(self, desk: _Desk, topic: Topic) -> None:
        try:
            with self._store.snapshot() as session:
                queue = read_queue(session, topic)
            with desk.lock:
                if desk.queue is not None:
                    queue.go_on_from(desk.queue)
                desk.queue, desk.topic, desk.ranked_at = queue, topic, -1
            _set_aside()
        finally:
            with desk.lock:
                desk.reading = None

    def _learn(self, desk: _Desk, topic: Topic, queue: ReadingQueue) -> None:
        """Have the order learnt anew where enough was decided since; under the desk's lock."""
        words = queue.position.words
        wanted = desk.ranked_at < 0 or words - desk.ranked_at >= _ENOUGH_DECISIONS + words // _SHARE
        if not wanted or desk.ranking is not None:
            return
        desk.ranked_at, desk.ranking_since = words, time.monotonic()
        desk.ranking = self._learner.submit(places_of, self._store.url, topic.folder, EXPLAINED)
        desk.ranking.add_done_callback(lambda done: self._learnt(desk, done))

    def _learnt(self, desk: _Desk, done: Future[Places]) -> None:
        with desk.lock:
            desk.ranking = None
            if done.cancelled() or done.exception() or desk.queue is None:
                return
            desk.queue.rank(done.result().places)
            desk.terms = done.result().terms
