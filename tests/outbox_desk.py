"""A topic with recipients on every channel, runs that raise signals, and the sending of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select

from db import outbox as outbox_rows
from db import runs as run_rows
from db import signals as signal_rows
from db.outbox import Entry
from db.outbox_tables import AlertRow
from db.runs import Numbers
from db.session import Store
from surveillance.alerts.files import Folder
from surveillance.alerts.smtp import Mail, MailServer
from surveillance.alerts.unsubscribing import WayOut
from surveillance.alerts.webhook import Webhook
from surveillance.pipeline.post import Post
from surveillance.pipeline.queueing import queue_alerts
from surveillance.pipeline.running import clock_for
from surveillance.pipeline.sending import Sent, send_waiting
from surveillance.runs import Run, RunInputs
from surveillance.signals.model import Signal
from surveillance.topics import Recipient, Topic
from tests.post_office import IMPATIENCE, Received
from tests.unit.alerts.test_digest import a_signal
from tests.unit.signals.topics import TODAY, topic

FILE = Recipient(name="the team")
MAIL = Recipient(name="Ann", channel="email", address="ann@example.org")
OTHER_MAIL = Recipient(name="Bob", channel="email", address="bob@example.org")
HOOK = Recipient(name="the channel", channel="webhook", webhook="TEAM", format="json")
EVERYBODY = (FILE, MAIL, OTHER_MAIL, HOOK)
ADMIN = "admin@example.org"
KEY = b"k" * 32


def server(port: int, **values: Any) -> MailServer:
    """The settings of a mail server of the tests."""
    plain: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "sender": "Surveillance <surveil@example.org>",
        "timeout": IMPATIENCE,
    }
    return MailServer(**(plain | values))


def post_of(folder: Path, mail: MailServer, hook: str, admin: str = ADMIN) -> Post:
    """Ways to the servers of the tests."""
    return Post(
        channels={
            "file": Folder(folder),
            "email": Mail(mail),
            "webhook": Webhook(lambda _: SecretStr(hook) if hook else None, (1.0, IMPATIENCE)),
        },
        way_out=WayOut(mail_to=admin),
        domain="example.org",
        administrators=admin,
    )


@dataclass
class Desk:
    """A store with a topic, and what the servers got."""

    store: Store
    post: Post
    received: Received
    recipients: Sequence[Recipient] = EVERYBODY
    day: date = TODAY
    now: datetime = datetime(2025, 1, 31, 9, tzinfo=UTC)
    raised: int = field(default=0)

    @property
    def topic(self) -> Topic:
        return replace(topic(), recipients=tuple(self.recipients))

    def run(
        self, *signals: Signal, days: int = 7, stages: Mapping[str, Numbers] | None = None
    ) -> Run:
        """A run that raises signals and reports numbers, and is done but for its alerts."""
        self.day += timedelta(days)
        inputs = RunInputs(self.topic.slug, (), ())
        with self.store.transaction() as session:
            run = run_rows.begin(session, inputs, "surveillance", clock_for(self.day), None)
            raising = signal_rows.Raising(run.topic, run.today, run.id, whole=False)
            signal_rows.save_signals(session, raising, signals)
            for name, numbers in (stages or {}).items():
                run_rows.finish_stage(session, run, name, numbers)
            run_rows.finish(session, run)
        return run

    def week(self, number: int = 1, *, days: int = 7, **values: Any) -> Run:
        """A run with so many new signals, so many days after the one before."""
        first, self.raised = self.raised, self.raised + number
        signals = [a_signal(f"pubmed {one}", **values) for one in range(first, self.raised)]
        return self.run(*signals, days=days)

    def queue(self, run: Run) -> None:
        with self.store.transaction() as session:
            queue_alerts(session, self.topic, run, self.post, "")

    def send(self, *, patiently: bool = False, later: timedelta = timedelta()) -> Sent:
        """What waits is sent; the clock is a value."""
        self.now += later
        return send_waiting(self.store, self.post, patiently=patiently, clock=lambda: self.now)

    def tell(self, run: Run) -> Sent:
        """What a run's last stage does; doing it again does nothing anew."""
        self.queue(run)
        return self.send()

    def entries(self) -> list[Entry]:
        """The outbox, newest first."""
        with self.store.transaction() as session:
            return outbox_rows.entries(session)

    def of_day(self) -> list[Entry]:
        """The messages of the last run."""
        return [entry for entry in self.entries() if entry.created_on == self.day]

    def alert_states(self) -> dict[str, int]:
        """How many alerts are in which state."""
        with self.store.transaction() as session:
            states = list(session.scalars(select(AlertRow.state)))
        return {state: states.count(state) for state in set(states)}

    def until(self, is_good: Callable[[], bool], tries: int = 12) -> None:
        """Send day after day until all is well."""
        for _ in range(tries):
            if is_good():
                return
            self.send(later=timedelta(days=1))
        assert is_good()
