"""A run with recipients on every channel, the commands of the outbox, and runs done again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from lxml import etree

from surveillance.pipeline.overview import Overview
from surveillance.pipeline.replaying import replay
from surveillance.pipeline.running import run_topic
from surveillance.settings import Settings
from tests.command_line import Surveil, caller
from tests.post_office import Received, free_port, hook_server, mail_server, said_in, text_of
from tests.small_world import FIRST, SECOND, THIRD, Article, SmallWorld, small_world, study
from tests.unit.alerts.test_bounces import notification

RECIPIENTS = """\
[[recipients]]
name = "Ann"
channel = "email"
address = "ann@example.org"
[[recipients]]
name = "the channel"
channel = "webhook"
webhook = "TEAM"
format = "json"
"""


@pytest.fixture
def received() -> Received:
    return Received()


@pytest.fixture
def lived(
    tmp_path: Path, received: Received, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SmallWorld]:
    """A topic that tells everybody, and servers that take what they are told."""
    made = small_world(tmp_path)
    before = study("NCT90000001", "A trial on amputation and neuroma")
    made.layer(FIRST, [Article(90000001)], studies=[before])
    made.layer(
        SECOND,
        studies=[study("NCT90000001", "A trial on amputation and neuroma", status="COMPLETED")],
    )
    made.layer(
        THIRD,
        studies=[study("NCT90000001", "A trial on amputation and neuroma", status="WITHDRAWN")],
    )
    with mail_server(received) as port, hook_server(received) as hook:
        monkeypatch.setenv("SURVEIL_WEBHOOK_TEAM", hook)
        monkeypatch.setenv("SURVEIL_SMTP_PORT", str(port))
        for name, value in {
            "HOST": "127.0.0.1",
            "TLS": "none",
            "FROM": "surveil@example.org",
            "TIMEOUT": "3",
        }.items():
            monkeypatch.setenv(f"SURVEIL_SMTP_{name}", value)
        monkeypatch.setenv("SURVEIL_ADMIN_EMAIL", "admin@example.org")
        with made.serving():
            file = made.topic.folder / "topic.toml"
            file.write_text(file.read_text(encoding="utf-8") + RECIPIENTS, encoding="utf-8")
            yield made


@pytest.fixture
def surveil(
    lived: SmallWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Surveil:
    monkeypatch.setenv("SURVEIL_WORKSPACE", str(lived.settings.workspace))
    monkeypatch.setenv("SURVEIL_DATABASE_URL", lived.settings.database_url)
    return caller(monkeypatch, capsys)


def settings_of(lived: SmallWorld) -> Settings:
    """The world's settings, with the servers of the environment."""
    given: dict[str, Any] = lived.settings.model_dump(exclude_unset=True)
    given["NCBI_API_KEY"] = None
    return Settings(_env_file=None, **given)


def run(lived: SmallWorld, day: date, **changed: Any) -> Overview:
    """The run of a day, with the sources as they are then."""
    lived.simulator.as_of = day
    settings = settings_of(lived).model_copy(update=changed)
    return run_topic(lived.topic, settings, until=day)


def outbox(surveil: Surveil) -> list[dict[str, Any]]:
    code, out, _ = surveil("alerts", "list", "--json")
    assert code == 0
    found: list[dict[str, Any]] = json.loads(out)
    return found


def test_a_run_tells_everybody_and_writes_feed_and_calendar(
    lived: SmallWorld, received: Received
) -> None:
    settings = settings_of(lived)
    run(lived, FIRST)
    assert len(received.deliveries) == 2, "of a quiet week, too"
    overview = run(lived, SECOND)
    assert overview.stages["alert"]["sent"] == 3
    mail, hook = received.deliveries[2:]
    assert "status is now completed" in text_of(mail)
    assert said_in(hook)["signals"][0]["weight"] == "high"
    slug = lived.topic.slug
    feed: Any = etree.parse(str(settings.alerts_folder / f"{slug}.atom"))
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 1
    raw = (settings.alerts_folder / f"{slug}.ics").read_bytes()
    assert str(Calendar.from_ical(raw)["x-wr-calname"]) == f"Trial dates: {lived.topic.title}"
    run(lived, SECOND)
    assert len(received.deliveries) == 4, "the same day again tells nobody anything"


def test_a_delivery_that_fails_fails_no_run_and_the_next_run_brings_it(
    lived: SmallWorld, received: Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(lived)
    received.plans.append("500")
    overview = run(lived, SECOND, smtp_port=free_port())
    assert overview.stages["alert"]["not sent"] == 2
    said = [remark for remark in overview.remarks if remark.startswith("Not delivered to")]
    assert len(said) == 2
    assert "(failed): the mail server 127.0.0.1 did not answer" in " ".join(said)
    assert list(settings.alerts_folder.glob("*.txt")), "the file was written all the same"
    later = run(lived, THIRD)
    assert not [remark for remark in later.remarks if "Not delivered" in remark]
    assert len(received.deliveries) == 4


def test_sending_by_hand_brings_what_failed_and_says_what_does_not(
    lived: SmallWorld, received: Received, surveil: Surveil
) -> None:
    received.plans.extend(["451 rcpt", "500"])
    run(lived, SECOND)
    assert received.deliveries == []
    assert {one["state"] for one in outbox(surveil)} == {"failed", "sent"}
    received.plans.append("451 rcpt")
    code, out, err = surveil("digest", "--send")
    assert code == 3
    assert "the webhook TEAM" in out
    assert "Ann: the mail server 127.0.0.1 refused the recipient: 451" in err
    assert "Traceback" not in err
    code, out, _ = surveil("digest", "--send")
    assert (code, "ann@example.org" in out) == (0, True)
    code, out, _ = surveil("digest", "--send")
    assert "nothing waits; nothing was sent" in out
    assert len(received.deliveries) == 2


def test_what_was_given_up_is_told_listed_and_sent_when_somebody_says_so(
    lived: SmallWorld, received: Received, surveil: Surveil
) -> None:
    received.plans.append("554 data")
    run(lived, SECOND)
    (given_up,) = [one for one in outbox(surveil) if one["state"] == "given up"]
    code, out, _ = surveil("alerts", "list", lived.topic.slug)
    assert (code, "given up" in out) == (0, True)
    code, out, _ = surveil("doctor")
    assert code == 1
    assert "surveil alerts list" in out
    assert surveil("alerts", "retry", given_up["number"])[0] == 0
    surveil("digest", "--send")
    (now,) = [one for one in outbox(surveil) if one["number"] == given_up["number"]]
    assert (now["state"], now["identity"]) == ("sent", given_up["identity"])
    code, _, err = surveil("alerts", "retry", given_up["number"])
    assert code == 2
    assert "would reach Ann twice" in err
    assert surveil("alerts", "retry", 999)[0] == 2


def test_a_mail_that_comes_back_is_found_by_its_message_id(
    lived: SmallWorld, surveil: Surveil, tmp_path: Path
) -> None:
    run(lived, SECOND)
    (mail,) = [one for one in outbox(surveil) if one["channel"] == "email"]
    file = tmp_path / "returned.eml"
    file.write_bytes(notification(identity=mail["identity"]))
    for _ in range(4):  # the same notification again is the same bounce
        code, out, _ = surveil("alerts", "bounced", file)
        assert code == 0
        assert "came back from ann@example.org (5.1.1)." in out
    (now,) = [one for one in outbox(surveil) if one["number"] == mail["number"]]
    assert now["state"] == "bounced"
    file.write_bytes(notification(identity=mail["identity"], action="delayed"))
    assert "nothing was noted" in surveil("alerts", "bounced", file)[1]
    file.write_bytes(notification(identity="<of.somebody.else@example.org>"))
    code, _, err = surveil("alerts", "bounced", file)
    assert (code, "names no mail that was sent from here" in err) == (2, True)
    assert surveil("alerts", "bounced", tmp_path / "nothing.eml")[0] == 2


def test_leaving_and_coming_back_by_command(
    lived: SmallWorld, received: Received, surveil: Surveil
) -> None:
    slug = lived.topic.slug
    code, out, _ = surveil("alerts", "unsubscribe", "Ann@example.org", "--topic", slug)
    assert (code, "No more mail" in out) == (0, True)
    run(lived, SECOND)
    assert [one["recipient"] for one in outbox(surveil)] == ["the channel", "the team"]
    assert "gets mail again" in surveil("alerts", "resubscribe", "ann@example.org", "--all")[1]
    assert "nothing changed" in surveil("alerts", "resubscribe", "ann@example.org", "--all")[1]
    for wrong in (("ann",), ("ann@example.org",), ("ann@example.org", "--topic", slug, "--all")):
        code, _, err = surveil("alerts", "unsubscribe", *wrong)
        assert code == 2
        assert "Traceback" not in err


def test_runs_done_again_send_nothing(lived: SmallWorld, received: Received) -> None:
    settings = settings_of(lived)
    for day in (FIRST, SECOND, THIRD):
        received.plans.append("451 rcpt")
        run(lived, day)
    run(lived, THIRD + timedelta(7))
    before = (received.requests, len(received.deliveries))
    assert before[1] > 4
    found = replay(settings)
    assert found.differences == ()
    assert (received.requests, len(received.deliveries)) == before
