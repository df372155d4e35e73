"""Cases carried out: the healthy weeks once, then each case from a copy of them."""

from __future__ import annotations

import gc
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, event

from surveillance.errors import SurveillanceError
from surveillance.simulator import Fault, Simulator
from surveillance.strategy_files import read_mesh_file
from tests.faults.cases import AFTER, Attempt, Case, Kind, Sizes
from tests.faults.deaths import Death, Died, forgotten
from tests.faults.facts import Facts, lost_and_doubled
from tests.faults.holdings import TOPIC_NAME, WEEKS, write_holdings, write_topic
from tests.faults.killing import FAILED, KILLED, run_and_kill
from tests.faults.sizes import answers_of
from tests.faults.weather import VISIBLE
from tests.faults.workspaces import Sources, Workspace, leaks

SUCCEEDED, DIED, FAILED_IN_A_SENTENCE = "succeeded", "died", "failed"
_FUTURE = date(2100, 1, 1)
_EDIT = "4 , neuroma*.tw. , 9\n5 , 3 or 4 , 9\n"

StoreUrl = Callable[[Path], str]


def sqlite_url(folder: Path) -> str:
    """A file in the workspace."""
    return f"sqlite:///{folder / 'surveil.db'}"


@cache
def death() -> Death:
    """The one of this process: its hooks stay."""
    return Death()


@dataclass(frozen=True)
class Healthy:
    """A store after a week in which nothing went wrong, and what that week's run took."""

    folder: Path
    facts: Facts
    told: list[tuple[str, str]]
    requests: int
    moments: int


@dataclass
class Outcome:
    """What became of a case."""

    ends: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.doubled or self.leaks or self.wrong)

    def __str__(self) -> str:
        said = [("lost", self.lost), ("doubled", self.doubled)]
        said += [("leaked", self.leaks), ("wrong", self.wrong)]
        return "\n".join(f"{what}: {text}" for what, texts in said for text in texts)


class Workshop:
    """Topic, sources and the healthy weeks of one process."""

    def __init__(self, folder: Path, simulator: Simulator, store_url: StoreUrl) -> None:
        self._folder = folder
        self.simulator = simulator
        self._store_url = store_url
        self._healthy: dict[Sizes, list[Healthy]] = {}

    def healthy(self, sizes: Sizes) -> list[Healthy]:
        """The weeks without faults and deaths, each after the one before."""
        if sizes not in self._healthy:
            work = self.workspace(self._folder / f"healthy-{sizes.name}")
            with answers_of(sizes):
                self._healthy[sizes] = [self._week(work, week) for week in range(len(WEEKS))]
            gc.freeze()  # what is loaded by now stays; deaths have the garbage collected
        return self._healthy[sizes]

    def _week(self, work: Workspace, week: int) -> Healthy:
        self.simulator.as_of = WEEKS[week]
        self.simulator.requests.clear()
        with death().coming(0):
            work.run(WEEKS[week])
        kept = self._folder / f"{work.folder.name}-{week}"
        shutil.copytree(work.folder, kept)
        requests = len(self.simulator.requests)
        return Healthy(kept, work.facts(), work.told(), requests, death().moments)

    def workspace(self, folder: Path) -> Workspace:
        """A workspace in a folder, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        sources, topics = Sources.of(self.simulator), self._folder / "topics"
        return Workspace(folder, topics, sources, self._store_url(folder))

    def carry_out(self, case: Case) -> Outcome:
        """Every week's attempts and its healthy run; what differs from the healthy history."""
        outcome = Outcome()
        with TemporaryDirectory(dir=self._folder) as folder, answers_of(case.sizes):
            work = self._begun(case, Path(folder))
            for week, attempts in enumerate(case.weeks, case.begins):
                self._one_week(work, case.sizes, week, attempts, outcome)
            outcome.leaks += work.leaks()
        return outcome

    def _begun(self, case: Case, folder: Path) -> Workspace:
        """A copy of the weeks before; where the store is no file they are gone through."""
        healthy = self.healthy(case.sizes)
        work = self.workspace(folder / "workspace")
        if case.begins and work.store_url == sqlite_url(work.folder):
            shutil.copytree(healthy[case.begins - 1].folder, work.folder, dirs_exist_ok=True)
            return work
        for day in WEEKS[: case.begins]:
            self.simulator.as_of = day
            work.run(day)
        return work

    def _one_week(
        self, work: Workspace, sizes: Sizes, week: int, attempts: tuple[Attempt, ...], out: Outcome
    ) -> None:
        self.simulator.as_of = WEEKS[week]
        expected = self.healthy(sizes)[week]
        before = [attempt for attempt in attempts if attempt.kind not in AFTER]
        for attempt in before:
            if self._attempt(work, sizes, week, attempt, out) == SUCCEEDED:
                _compare(work, expected, out, str(attempt))
        work.run(WEEKS[week])
        _compare(work, expected, out, f"the healthy run of {WEEKS[week]}")
        for attempt in attempts[len(before) :]:
            earlier = attempt.kind is Kind.AGAIN
            work.run(WEEKS[week - 1] if earlier else WEEKS[week])
            _compare(work, expected, out, str(attempt))

    def _attempt(
        self, work: Workspace, sizes: Sizes, week: int, attempt: Attempt, out: Outcome
    ) -> str:
        self.simulator.requests.clear()
        self.simulator.faults.extend(_queue(attempt))
        end = self._end(work, sizes, week, attempt, out)
        if end == DIED:
            forgotten()
        self.simulator.faults.clear()
        out.faults.update(_befallen(attempt, len(self.simulator.requests)))
        out.ends[end] += 1
        if attempt.kind in _REFUSED and end != FAILED_IN_A_SENTENCE:
            out.wrong.append(f"{attempt}: it {end}")
        return end

    def _end(self, work: Workspace, sizes: Sizes, week: int, attempt: Attempt, out: Outcome) -> str:
        until = _FUTURE if attempt.kind is Kind.FUTURE else WEEKS[week]
        if attempt.kind is Kind.KILLED:
            return _ends_of_processes[run_and_kill(work, until, sizes, attempt.dies_at)]
        try:
            with _circumstances(work, attempt), death().coming(attempt.dies_at):
                work.run(until)
        except Died:
            out.faults["death at a write"] += 1
            return DIED
        except SurveillanceError as failed:
            out.leaks += leaks({f"the error “{failed}”": f"{failed}{failed!r}".encode()})
            return FAILED_IN_A_SENTENCE
        return SUCCEEDED


_REFUSED = frozenset({Kind.FUTURE, Kind.HELD, Kind.EDITED})
_ends_of_processes = {0: SUCCEEDED, FAILED: FAILED_IN_A_SENTENCE, KILLED: DIED}


def _queue(attempt: Attempt) -> Iterator[Fault]:
    if attempt.kind is Kind.EDITED:
        yield VISIBLE["403"]()
    reached = 1
    for number, name in attempt.faults:
        if number > reached:
            yield Fault(times=number - reached)
        yield VISIBLE[name]()
        reached = number + 1


def _befallen(attempt: Attempt, requests: int) -> Iterator[str]:
    """The faults that befell a request: an attempt may end before."""
    if attempt.kind is not Kind.FOUL:
        yield str(attempt.kind)
    later = 0
    for number, name in attempt.faults:
        if number + later <= requests:
            yield name
        later += VISIBLE[name]().times - 1


def _compare(work: Workspace, expected: Healthy, out: Outcome, after: str) -> None:
    """Hold the store and the digests against the healthy ones."""
    lost, doubled = lost_and_doubled(expected.facts, work.facts())
    told = Counter(work.told())
    lost += [f"a digest of {name}" for name, _ in Counter(expected.told) - told]
    doubled += [f"a digest of {name}" for name, _ in told - Counter(expected.told)]
    out.lost += [f"after {after}: {what}" for what in lost]
    out.doubled += [f"after {after}: {what}" for what in doubled]


@contextmanager
def _circumstances(work: Workspace, attempt: Attempt) -> Iterator[None]:
    """What the attempt meets on its own machine."""
    with ExitStack() as stack:
        match attempt.kind:
            case Kind.FULL:
                stack.enter_context(_little_room(attempt.room))
            case Kind.HELD:
                store = stack.enter_context(work.opened())
                stack.enter_context(store.exclusive(TOPIC_NAME))
            case Kind.EDITED:
                stack.enter_context(_edited(work.topics / TOPIC_NAME / "phantom.ovid.txt"))
        yield


@contextmanager
def _little_room(pages: int) -> Iterator[None]:
    """SQLite's own limit for a file: beyond it, it says that the disk is full."""

    def limit(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        (there,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count={max(1, there + pages)}")
        cursor.close()

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


@contextmanager
def _edited(file: Path) -> Iterator[None]:
    text = file.read_text(encoding="utf-8")
    file.write_text(text + _EDIT, encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(text, encoding="utf-8")


@contextmanager
def workshop(folder: Path, store_url: StoreUrl = sqlite_url) -> Iterator[Workshop]:
    """Topic and sources in a folder, served until the block ends."""
    topic = write_topic(folder / "topics")
    write_holdings(folder / "holdings")
    mesh = read_mesh_file(topic / "mesh.tsv")
    with Simulator.open(
        folder / "holdings", WEEKS[0], rate_limit=False, phrase_index=False, mesh=mesh
    ) as simulator:
        yield Workshop(folder, simulator, store_url)
