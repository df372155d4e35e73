"""Between the runs the schedule sends what waits, and nothing that is not due yet."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from flows.deployments import outbox_deployment
from flows.digest import waiting_alerts
from tests.outbox_desk import MAIL, Desk, post_of, server
from tests.post_office import Received, mail_server
from tests.world import fresh_store


def test_it_is_served_every_hour() -> None:
    made = outbox_deployment()
    (schedule,) = made.schedules or []
    assert getattr(schedule.schedule, "cron", "") == "17 * * * *"


def test_what_waits_goes_out_and_what_is_not_due_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = Received()
    with ExitStack() as stack:
        store = stack.enter_context(fresh_store(tmp_path))
        port = stack.enter_context(mail_server(received))
        for name, value in {
            "WORKSPACE": str(tmp_path),
            "DATABASE_URL": store.url,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(port),
            "SMTP_TLS": "none",
            "SMTP_FROM": "surveil@example.org",
        }.items():
            monkeypatch.setenv(f"SURVEIL_{name}", value)
        post = post_of(tmp_path / "alerts", server(port), "")
        desk = Desk(store, post, received, recipients=(MAIL,), now=datetime.now(UTC))
        received.plans.append("451 rcpt")
        desk.tell(desk.week())
        desk.queue(desk.week())
        with disable_run_logger():
            assert waiting_alerts.fn() == 1
            assert waiting_alerts.fn() == 0
        states = {entry.created_on == desk.day: entry.state for entry in desk.entries()}
        assert states == {True: "sent", False: "failed"}
