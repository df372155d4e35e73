"""What each channel does with a server that refuses, stalls, lies, or shows a false certificate."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme

from db import subscriptions
from surveillance.alerts.delivery import NotTaken, Taken, Trouble
from surveillance.alerts.message import Content, State
from surveillance.alerts.smtp import Mail
from surveillance.topics import Recipient
from tests.outbox_desk import ADMIN, HOOK, MAIL, OTHER_MAIL, Desk, post_of, server
from tests.post_office import (
    HOOK as HOOK_PATH,
)
from tests.post_office import (
    PASSWORD,
    SECRETS,
    USER,
    Received,
    free_port,
    hook_server,
    mail_of,
    mail_server,
    text_of,
)
from tests.unit.alerts.test_mail import message
from tests.world import fresh_store


@pytest.fixture
def received() -> Received:
    return Received()


@pytest.fixture
def desk(tmp_path: Path, received: Received) -> Iterator[Desk]:
    with ExitStack() as stack:
        store = stack.enter_context(fresh_store(tmp_path))
        port = stack.enter_context(mail_server(received))
        hook = stack.enter_context(hook_server(received))
        yield Desk(store, post_of(tmp_path / "alerts", server(port), hook), received)


def state_of(desk: Desk, recipient: Recipient) -> tuple[str, int, str]:
    (entry,) = [one for one in desk.of_day() if one.recipient == recipient.name]
    return entry.state, entry.attempts, entry.last_error


# Mail servers


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trusted(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


def certified(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


# The server of the tests takes implicit TLS for none.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_mail_goes_over_tls_with_a_login(
    received: Received, authority: trustme.CA, trusted: Path, tls: str
) -> None:
    given: dict[str, Any] = {tls: certified(authority)}
    with mail_server(received, **given, login=True) as port:
        mail = Mail(server(port, tls=tls, ca_file=trusted, user=USER, password=PASSWORD))
        assert mail.deliver(message()) == Taken(("ann@example.org",))
        wrong = Mail(server(port, tls=tls, ca_file=trusted, user=USER, password="x"))
        refused = wrong.deliver(message())
    assert len(received.deliveries) == 1
    assert isinstance(refused, NotTaken)
    assert (refused.trouble, refused.may_have_arrived) == (Trouble.PASSING, False)
    assert "refused user or password" in refused.why


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("fault", ["self-signed", "of another name"])
def test_a_certificate_that_is_not_trusted_gets_no_mail(
    received: Received, authority: trustme.CA, trusted: Path, tls: str, fault: str
) -> None:
    stranger = fault == "self-signed"
    shown = certified(trustme.CA()) if stranger else certified(authority, "mail.example.org")
    given: dict[str, Any] = {tls: shown}
    with mail_server(received, **given) as port:
        refused = Mail(server(port, tls=tls, ca_file=trusted)).deliver(message())
    assert isinstance(refused, NotTaken)
    assert "certificate is not trusted" in refused.why
    assert (received.requests, received.deliveries) == (0, [])


def test_a_server_without_tls_gets_no_mail_where_tls_is_set(received: Received) -> None:
    with mail_server(received) as port:
        refused = Mail(server(port, tls="starttls")).deliver(message())
    assert isinstance(refused, NotTaken)
    assert "does not offer" in refused.why
    assert received.requests == 0


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"host": ""}, "no mail server is set (SURVEIL_SMTP_HOST)"),
        ({"sender": "nobody"}, "no sender is set (SURVEIL_SMTP_FROM)"),
        ({"host": "mail.example.org"}, "would go unencrypted"),
        ({"host": "192.0.2.1"}, "would go unencrypted"),
    ],
)
def test_what_is_not_set_is_said_without_asking_anybody(values: dict[str, Any], why: str) -> None:
    refused = Mail(server(1, **values)).deliver(message())
    assert isinstance(refused, NotTaken)
    assert why in refused.why
    assert not server(1, host="192.0.2.1", plain_anywhere=True).fault


@pytest.mark.parametrize(
    ("plan", "trouble", "unclear", "why"),
    [
        ("451 rcpt", Trouble.PASSING, False, "refused the recipient: 451 4.7.1 Greylisted"),
        ("550 rcpt", Trouble.PERMANENT, False, "refused the recipient: 550 5.1.1"),
        ("452 data", Trouble.PASSING, False, "refused the mail: 452"),
        ("554 data", Trouble.PERMANENT, False, "refused the mail: 554"),
        ("drop early", Trouble.PASSING, False, "broke off"),
        ("take and drop", Trouble.PASSING, True, "before it said whether it has the mail"),
        ("take and stall", Trouble.PASSING, True, "before it said whether it has the mail"),
    ],
)
def test_what_a_mail_server_says_decides(
    received: Received, plan: str, trouble: Trouble, unclear: bool, why: str
) -> None:
    received.plans.append(plan)
    with mail_server(received) as port:
        refused = Mail(server(port, user="", password="")).deliver(message())
    assert isinstance(refused, NotTaken)
    assert (refused.trouble, refused.may_have_arrived) == (trouble, unclear)
    assert why in refused.why


def test_a_yes_counts_however_the_connection_ends(received: Received) -> None:
    received.plans.append("drop at quit")
    with mail_server(received) as port:
        assert isinstance(Mail(server(port)).deliver(message()), Taken)


def test_a_port_where_nobody_listens_and_a_server_that_says_nothing() -> None:
    refused = Mail(server(free_port())).deliver(message())
    assert isinstance(refused, NotTaken)
    assert (refused.trouble, refused.may_have_arrived) == (Trouble.PASSING, False)


# From failure to the end


def test_one_refused_recipient_keeps_no_other_back(desk: Desk, received: Received) -> None:
    desk.recipients = (MAIL, OTHER_MAIL)
    received.plans.append("550 rcpt")
    sent = desk.tell(desk.week())
    assert (len(sent.failures), sent.messages) == (1, 2)
    assert state_of(desk, MAIL)[:2] == (State.GIVEN_UP, 1)
    assert state_of(desk, OTHER_MAIL)[:2] == (State.SENT, 1)
    (notice,) = [one for one in received.deliveries if one.to == ADMIN]
    text = str(mail_of(notice).get_content())
    assert "given up after 1 try" in text
    assert "surveil alerts retry 1" in text


def test_a_dead_mail_server_is_tried_for_days_and_then_given_up(desk: Desk) -> None:
    desk.recipients = (MAIL,)
    desk.post = post_of(Path(), server(free_port()), "", admin="")
    desk.queue(desk.week())
    tries = 0
    for _ in range(24 * 8):
        if desk.send(patiently=True, later=timedelta(hours=1)).failures:
            tries += 1
    assert tries == 8
    state, attempts, error = state_of(desk, MAIL)
    assert (state, attempts) == (State.GIVEN_UP, 8)
    assert "did not answer as a mail server" in error
    assert desk.alert_states() == {State.GIVEN_UP: 1}


@pytest.mark.parametrize("status", ["404", "410", "403", "redirect", "nobody"])
def test_a_dead_webhook_is_tried_three_times(desk: Desk, received: Received, status: str) -> None:
    desk.recipients = (HOOK,)
    if status == "nobody":
        desk.post = post_of(Path(), server(free_port()), f"http://127.0.0.1:{free_port()}/x")
    received.plans.extend([status] * 20)
    desk.queue(desk.week())
    for _ in range(10):
        desk.send(patiently=True, later=timedelta(days=1))
    assert state_of(desk, HOOK)[:2] == (State.GIVEN_UP, 3)
    assert all(HOOK_PATH not in entry.last_error for entry in desk.entries())
    # The administrators are told once.
    assert sum(entry.place == ADMIN for entry in desk.entries()) == 1


def test_a_webhook_that_asks_for_time_gets_it(desk: Desk, received: Received) -> None:
    desk.recipients = (HOOK,)
    received.plans.append("429")
    desk.queue(desk.week())
    desk.send(patiently=True)
    for minutes, tried in ((60, 1), (59, 1), (2, 2)):
        desk.send(patiently=True, later=timedelta(minutes=minutes))
        assert received.requests == tried, minutes
    assert state_of(desk, HOOK)[0] == State.SENT


def test_what_failed_is_tried_by_the_next_run_and_patiently_only_when_due(
    desk: Desk, received: Received
) -> None:
    desk.recipients = (HOOK,)
    received.plans.append("500")
    desk.tell(desk.week())
    desk.send(patiently=True, later=timedelta(minutes=4))
    assert received.requests == 1
    desk.tell(desk.week())
    assert received.requests == 3
    assert {entry.state for entry in desk.entries()} == {State.SENT}


def test_an_address_whose_mail_comes_back_gets_no_more_until_somebody_says_so(
    desk: Desk, received: Received
) -> None:
    desk.recipients = (MAIL,)
    for _ in range(subscriptions.MOST_BOUNCES):
        received.plans.append("550 rcpt")
        desk.tell(desk.week())
    before = received.requests
    newest = next(entry for entry in desk.entries() if entry.place == ADMIN)
    assert newest.subject == "Mail to ann@example.org stopped"
    desk.tell(desk.run())
    assert desk.of_day() == [], "nothing to say, and nobody to say it to"
    desk.tell(desk.week())
    assert received.requests == before
    assert state_of(desk, MAIL)[0] == State.QUEUED
    with desk.store.transaction() as session:
        assert subscriptions.paused(session) == ["ann@example.org"]
        subscriptions.resubscribe(session, "Ann@Example.org", "")
    desk.send()
    assert state_of(desk, MAIL)[0] == State.SENT, "what waited is not lost"


def test_whoever_leaves_gets_no_more_of_it_and_nothing_of_then_when_they_come_back(
    desk: Desk, received: Received
) -> None:
    desk.recipients = (MAIL,)
    desk.queue(desk.week())
    with desk.store.transaction() as session:
        assert subscriptions.unsubscribe(session, "ANN@example.org", desk.topic.slug, desk.now) == 1
    desk.tell(desk.week())
    assert received.deliveries == []
    with desk.store.transaction() as session:
        assert subscriptions.resubscribe(session, MAIL.address, desk.topic.slug)
    desk.tell(desk.week())
    (one,) = received.deliveries
    assert "pubmed 2" in text_of(one)
    assert "pubmed 1" not in text_of(one)


@pytest.mark.parametrize(("topic", "gets"), [("another_topic", 1), ("", 0)])
def test_leaving_one_topic_or_all(desk: Desk, received: Received, topic: str, gets: int) -> None:
    desk.recipients = (MAIL,)
    with desk.store.transaction() as session:
        subscriptions.unsubscribe(session, MAIL.address, topic, desk.now)
    desk.tell(desk.week())
    assert len(received.deliveries) == gets


def test_a_channel_that_breaks_in_an_unforeseen_way_keeps_no_message_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, received: Received
) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError(PASSWORD)

    monkeypatch.setattr("surveillance.alerts.smtp.as_mail", broken)
    sent = desk.tell(desk.week())
    assert sent.messages == 2
    assert state_of(desk, HOOK)[0] == State.SENT
    assert state_of(desk, MAIL)[::2] == (
        State.FAILED,
        "this should not have happened: RuntimeError",
    )


def test_weekly_and_monthly_recipients_get_all_of_their_time_in_one_message(
    desk: Desk, received: Received
) -> None:
    weekly = Recipient(name="W", channel="email", address="w@example.org", rhythm="weekly")
    monthly = Recipient(name="M", channel="email", address="m@example.org", rhythm="monthly")
    desk.recipients = (weekly, monthly)
    desk.tell(desk.week(days=3))  # Monday, 3 February 2025
    assert desk.day.weekday() == 0
    for _ in range(6):
        desk.tell(desk.week(days=1))
    assert len(received.deliveries) == 2
    desk.tell(desk.week(days=1))
    desk.tell(desk.run(days=21))
    by = {
        to: [mail_of(one) for one in received.deliveries if one.to == to]
        for to in ("w@example.org", "m@example.org")
    }
    assert [str(mail["Subject"]).partition(": ")[2][:9] for mail in by["w@example.org"]] == [
        "1 signal,", "7 signals", "nothing n"
    ]  # fmt: skip
    assert "month to 2025-03-03" in str(by["m@example.org"][1]["Subject"])
    assert "7 signals" in str(by["m@example.org"][1]["Subject"])


def test_the_numbers_are_those_since_the_recipient_was_last_told(
    desk: Desk, received: Received
) -> None:
    monthly = Recipient(name="M", channel="email", address="m@example.org", rhythm="monthly")
    weekly = Recipient(name="W", channel="email", address="w@example.org", rhythm="weekly")
    desk.recipients = (monthly, weekly)

    def week(new: int, *, days: int = 7) -> None:
        numbers = {
            "search": {"identified": 10 + new, "new": new},
            "deduplicate": {"new duplicates": 1},
            "screen": {"proposed": new, "decided": 2},
        }
        desk.tell(desk.run(days=days, stages=numbers))

    week(5, days=3)  # Monday, 3 February 2025
    for new in (7, 0, 4, 2):
        week(new)
    assert desk.day == date(2025, 3, 3)
    by = {
        name: [said(mail_of(one)) for one in received.deliveries if one.to == f"{name}@example.org"]
        for name in ("m", "w")
    }
    first, month = by["m"]
    assert "15 records identified, 1 duplicate\n" in first
    assert "THE MONTH IN NUMBERS\n- 4 runs: 13 records identified for the first time," in month
    assert "4 duplicates\n" in month and "screened: 13 by rule, 8 by people\n" in month
    assert len(by["w"]) == 5
    assert "THE WEEK IN NUMBERS\n- 17 records identified, 1 duplicate\n" in by["w"][1]


def said(mail: EmailMessage) -> str:
    """The plain text of a mail, each item on one line."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").replace("\n  ", " ")


def test_no_secret_is_logged_stored_or_told(
    desk: Desk, received: Received, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    hook = desk.post.channels["webhook"].addresses("TEAM").get_secret_value()  # type: ignore[attr-defined]
    port = desk.post.channels["email"].server.port  # type: ignore[attr-defined]
    mail = server(port, user=USER, password=PASSWORD)
    desk.post = post_of(tmp_path / "alerts", mail, hook)
    told: list[str] = [repr(desk.post), repr(mail)]
    for plan in ("ok", "550 rcpt", "500", "404", "429", "redirect", "take and drop"):
        received.plans.extend([plan] * 3)
        told += desk.tell(desk.week()).failures
        received.plans.clear()
    gone = post_of(Path(), server(free_port()), f"http://127.0.0.1:{free_port()}{HOOK_PATH}")
    desk.post = gone
    told += desk.tell(desk.week()).failures
    told += [str(entry) for entry in desk.entries()]
    assert len(told) > 20
    for secret in SECRETS:
        assert not [text for text in told if secret in text]
        assert secret not in caplog.text


def test_the_secrets_are_really_sent_and_would_be_seen(
    received: Received, caplog: pytest.LogCaptureFixture
) -> None:
    with hook_server(received) as address:
        assert HOOK_PATH in address
        taken = (
            post_of(Path(), server(1), address)
            .channels["webhook"]
            .deliver(message(channel="webhook", place="TEAM", content=Content(payload="{}")))
        )
    assert isinstance(taken, Taken)
    assert received.deliveries[0].to == HOOK_PATH
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3.connectionpool").debug("POST %s", HOOK_PATH)
    assert HOOK_PATH in caplog.text, "others' requests are logged as ever"
