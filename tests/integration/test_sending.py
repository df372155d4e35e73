"""Nothing lost, nothing sent twice: killed and started again at every step of sending.

The servers are real (aiosmtpd, an HTTP receiver), the stores too. What may arrive twice is what
a server had taken when the program ended, or the connection, before that was noted: the repeat
then has the same Message-ID and says that it may be one.
"""

from __future__ import annotations

import gc
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.session import Store
from surveillance.alerts.message import REPEATED, State
from surveillance.triage.processes import beside
from tests.faults.deaths import Death, Died, forgotten
from tests.faults.workshop import death
from tests.outbox_desk import EVERYBODY, FILE, Desk, post_of, server
from tests.post_office import Received, hook_server, mail_of, mail_server, said_in, text_of, watched
from tests.world import Backend, fresh_store

#: What a server may do with a message, and whether it may have it then.
HAS_IT = ("take and drop", "take and stall")
HAS_IT_NOT = ("451 rcpt", "452 data", "drop early")


#: Whoever dies closes no connection; the tests' own process lives on and sees it.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)


@pytest.fixture(scope="module")
def desk(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One store for all tests of this module: each tells of a week of its own."""
    folder = tmp_path_factory.mktemp("office")
    received = Received()
    with ExitStack() as stack:
        store = stack.enter_context(fresh_store(folder))
        port = stack.enter_context(mail_server(received))
        hook = stack.enter_context(hook_server(received))
        gc.freeze()  # what is loaded by now stays; deaths have the garbage collected
        yield Desk(store, post_of(folder / "alerts", server(port), hook), received)


def files(desk: Desk) -> list[Path]:
    folder = desk.post.channels["file"].folder  # type: ignore[attr-defined]
    return sorted(folder.glob(f"*-{desk.day}-run-*"))


def started_again(desk: Desk) -> None:
    """Whoever died left no connection that is still good."""
    forgotten()
    desk.store.close()


def check(desk: Desk, most_repeats: int) -> None:
    """All of the last run's messages arrived, each once but for the marked repeats."""
    messages = desk.of_day()
    assert Counter(one.recipient for one in messages) == Counter(one.name for one in EVERYBODY)
    assert {one.state for one in messages} == {State.SENT}
    assert set(desk.alert_states()) == {State.SENT}
    assert [path.suffix for path in files(desk)] == [".html", ".txt"]
    repeats = 0
    for message in messages:
        if message.channel == FILE.channel:
            continue
        copies = desk.received.of(message.identity)
        assert copies, f"lost: to {message.recipient}"
        assert all(copy.is_marked for copy in copies[1:]), "a repeat that does not say so"
        repeats += len(copies) - 1
    assert repeats <= most_repeats


def test_killed_at_every_moment_and_started_again(desk: Desk) -> None:
    repeated = 0
    for at in count(1):
        desk.received.deliveries.clear()
        run = desk.week()
        with suppress(Died), watched(death().moment), death().coming(at):
            desk.tell(run)
            check(desk, 0)
            break
        started_again(desk)
        desk.tell(run)
        check(desk, 1)
        repeated += len(desk.received.deliveries) - (len(EVERYBODY) - 1)
    assert at > 80, "the steps on the wire and those of writing are watched"
    # Deaths between a server's yes and our commit are among them: else this shows nothing.
    assert repeated >= 3


plans = st.lists(st.sampled_from(("ok", "drop at quit", *HAS_IT, *HAS_IT_NOT)), max_size=5)
deaths = st.lists(st.integers(1, 110), max_size=2)


@given(plans, deaths)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_bad_servers_and_deaths_in_any_order(
    desk: Desk, planned: list[str], killed: list[int]
) -> None:
    desk.received.deliveries.clear()
    desk.received.plans.clear()
    run = desk.week()
    desk.received.plans.extend(planned)
    for at in killed:
        with suppress(Died), watched(death().moment), death().coming(at):
            desk.tell(run)
        # Not while the death is still being handled: its frames hold the cursors of whoever died.
        started_again(desk)
    desk.queue(run)
    desk.until(lambda: all(one.state == State.SENT for one in desk.of_day()))
    check(desk, len(killed) + sum(plan in HAS_IT for plan in planned))


@dataclass(frozen=True)
class Address:
    """Where everything is, in words that another process can be told."""

    store: str
    folder: Path
    port: int
    hook: str

    @classmethod
    def of(cls, desk: Desk) -> Address:
        channels: Any = desk.post.channels
        hook = channels["webhook"].addresses("TEAM").get_secret_value()
        port = channels["email"].server.port
        return cls(desk.store.url, channels["file"].folder, port, hook)

    def sends(self, at: int = 0) -> BaseProcess:
        """A process of its own that sends what waits, and is killed at its moment `at`."""
        process = beside().Process(target=_send, args=(self, at))
        process.start()
        return process


def _send(there: Address, at: int) -> None:
    post = post_of(there.folder, server(there.port), there.hook)
    desk = Desk(Store(there.store), post, Received())
    striking = Death()
    with watched(striking.moment), striking.coming(at, of_process=True):
        desk.send()


@pytest.mark.slow
def test_a_process_that_is_killed_leaves_nothing_lost(desk: Desk) -> None:
    killed = 0
    for at in range(3, 100, 9):
        desk.received.deliveries.clear()
        desk.queue(desk.week())
        process = Address.of(desk).sends(at)
        process.join(60)
        killed += process.exitcode == -signal.SIGKILL
        desk.send()
        check(desk, 1)
    assert killed >= 8


@pytest.mark.parametrize("plan", HAS_IT)
def test_a_repeat_has_the_same_message_id_and_says_so(desk: Desk, plan: str) -> None:
    desk.received.deliveries.clear()
    run = desk.week()
    desk.received.plans.extend([plan] * 3)
    assert len(desk.tell(run).failures) == 3
    desk.send(later=timedelta(days=1))
    check(desk, 3)
    for message in desk.of_day():
        if message.channel == "email":
            copies = desk.received.of(message.identity)
            first, second = map(mail_of, copies)
            assert (first["Date"], first["Subject"]) == (second["Date"], second["Subject"])
            before, after = map(text_of, copies)
            assert after == f"{before} {REPEATED}"
        elif message.channel == "webhook":
            plain, marked = map(said_in, desk.received.of(message.identity))
            assert marked == {**plain, "possible_repeat": True, "note": REPEATED}


def test_two_processes_at_once_send_each_message_once(desk: Desk) -> None:
    desk.received.deliveries.clear()
    run = desk.week()
    desk.queue(run)
    both = [Address.of(desk).sends() for _ in range(2)]
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    check(desk, 0)
