"""A mail as its reader's program reads it: readable, in one piece, and with no header of others."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.alerts.digest import LARGEST, Leave, Places
from surveillance.alerts.mail import POSSIBLE_REPEAT, as_mail
from surveillance.alerts.message import REPEATED, Content, Message
from surveillance.alerts.unsubscribing import Leaving, WayOut, signed
from surveillance.signals.model import Evidence, Shown
from tests.unit.alerts.test_digest import a_signal, digest

SENDER = "Surveillance, “weekly” <surveil@example.org>"
IDENTITY = "<0123456789abcdef.surveil@example.org>"


def message(**values: Any) -> Message:
    return Message(
        **{
            "number": 1,
            "topic": "nerves",
            "recipient": "Ann",
            "channel": "email",
            "place": "ann@example.org",
            "name": "nerves-2025-01-31-run-1",
            "identity": IDENTITY,
            "subject": "Nerves: 1 signal",
            "content": Content(text="Pain — “new”\n", html="<main><p>Pain</p></main>\n"),
            "composed_at": datetime(2025, 1, 31, 9, 0, tzinfo=UTC),
            "attempts": 1,
            "may_be_repeat": False,
            **values,
        }
    )


def read(**values: Any) -> EmailMessage:
    mail = message_from_bytes(as_mail(message(**values), SENDER), policy=default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def words(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body([kind])
    assert isinstance(part, EmailMessage)
    return " ".join(str(part.get_content()).split())


def test_a_mail_is_text_and_page_of_the_same() -> None:
    mail = read()
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert words(mail, "plain") == "Pain — “new”"
    assert words(mail, "html") == "<main><p>Pain</p></main>"


def test_its_headers_say_who_what_when_and_that_a_program_wrote_it() -> None:
    mail = read()
    assert mail["From"] == '"Surveillance, “weekly”" <surveil@example.org>'
    assert mail["To"] == "ann@example.org"
    assert mail["Message-ID"] == IDENTITY
    assert mail["Date"].datetime == datetime(2025, 1, 31, 9, 0, tzinfo=UTC)
    assert (mail["Auto-Submitted"], mail["Precedence"]) == ("auto-generated", "bulk")
    assert mail["List-Unsubscribe"] is None
    assert mail[POSSIBLE_REPEAT] is None


def test_the_same_message_gives_the_same_bytes() -> None:
    assert as_mail(message(), SENDER) == as_mail(message(), SENDER)


def test_a_possible_repeat_says_so_in_header_text_and_page() -> None:
    mail = read(may_be_repeat=True)
    assert mail[POSSIBLE_REPEAT] == "yes"
    assert words(mail, "plain").endswith(REPEATED)
    assert words(mail, "html").endswith(f"<p>{REPEATED}</p> </main>")


def test_a_page_that_takes_a_post_and_a_mail_are_the_ways_out() -> None:
    leaving = Leaving("ann@example.org", "a_topic_with_a_long_name" * 4)
    key = b"k" * 32
    way = WayOut("https://surveil.example.org", key, "admin@example.org")
    content = Content(text="x\n", leave_page=way.link(leaving), leave_mail=way.mail(leaving))
    mail = read(content=content)
    page, by_mail = str(mail["List-Unsubscribe"]).split(", ")
    assert page == f"<https://surveil.example.org/unsubscribe/{signed(leaving, key)}>"
    assert by_mail.startswith("<mailto:admin@example.org?subject=unsubscribe%20a_topic")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # As they stand on the wire: an encoded word is no address.
    assert page.encode() in as_mail(message(content=content), SENDER)


def test_without_a_page_there_is_a_mail_to_the_administrators() -> None:
    way = WayOut(mail_to="admin@example.org")
    content = Content(text="x\n", leave_mail=way.mail(Leaving("ann@example.org")))
    mail = read(content=content)
    assert str(mail["List-Unsubscribe"]).startswith("<mailto:admin@example.org?")
    assert mail["List-Unsubscribe-Post"] is None


HOSTILE = [
    "line\r\nBcc: everybody@example.org",
    "line\nSubject: another",
    "nul\x00 and bell\x07",
    "right\u202eto left",
    "half \ud83d a pair",
    "ä" * 400,
    "=?utf-8?q?Bcc=3A?= x",
]


@pytest.mark.parametrize("title", HOSTILE, ids=lambda title: ascii(title[:20]))
def test_a_title_forges_no_header(title: str) -> None:
    composed = digest(a_signal(title, headline=title, sentence=title), banner=title)
    mail = read(subject=title, content=Content(text=composed.text, html=composed.html))
    assert mail["Bcc"] is None
    assert len(mail.get_all("Subject", [])) == 1
    assert set(mail.keys()) == set(read().keys())
    assert not set(str(mail["Subject"])) & set("\r\n\x00\x07\u202e")


@given(st.text(max_size=300))
def test_any_subject_makes_a_mail_that_can_be_read(subject: str) -> None:
    assert set(read(subject=subject).keys()) == set(read().keys())


@pytest.mark.parametrize("number", [500, 3570])
@pytest.mark.parametrize("letter", ["x", "ä", "痛"])
def test_a_flood_is_a_mail_of_bounded_size(number: int, letter: str) -> None:
    """Texts as long as a source can make them; what is not listed is counted and linked."""
    long = f"{letter * 9} " * 80
    evidence = tuple(Evidence(Shown.RECORD, f"{n} {long}", long) for n in range(12))
    signals = [
        a_signal(f"pubmed {n}", headline=long, sentence=long, words=(long,) * 9, evidence=evidence)
        for n in range(number)
    ]
    numbers = {signal.key: n for n, signal in enumerate(signals)}
    places = Places(page="https://surveil.example.org", numbers=numbers)
    leave = Leave(topic="https://surveil.example.org/unsubscribe/x")
    composed = digest(*signals, remarks=(long,) * 200, places=places, leave=leave)
    raw = as_mail(message(content=Content(text=composed.text, html=composed.html)), SENDER)
    assert len(raw) <= LARGEST
    listed = composed.text.count("/signals/")
    assert listed > 0
    assert f"And {number - listed:,} more signals" in " ".join(composed.text.split())
    assert "https://surveil.example.org/signals?topic=nerve_operations" in composed.text
    assert "more remarks in the run's overview" in " ".join(composed.text.split())


def test_a_flood_of_the_usual_lists_as_many_as_ever() -> None:
    composed = digest(*(a_signal(f"pubmed {n}") for n in range(3570)))
    raw = as_mail(message(content=Content(text=composed.text, html=composed.html)), SENDER)
    assert len(raw) <= LARGEST
    assert composed.text.count("First randomised trial") == 30


def test_each_signal_leads_to_its_page_or_names_its_command() -> None:
    signal = a_signal()
    page = Places(page="https://surveil.example.org", numbers={signal.key: 7})
    with_page = digest(signal, places=page)
    assert 'href="https://surveil.example.org/signals/7"' in with_page.html
    assert "https://surveil.example.org/signals/7\n" in with_page.text
    without = digest(signal, places=Places(numbers={signal.key: 7}))
    assert "surveil signals show 7\n" in without.text
    assert "<code>surveil signals show 7</code>" in without.html


def test_a_digest_says_how_one_gets_no_more() -> None:
    leave = Leave(topic="mailto:a@example.org?subject=x", all_topics="https://example.org/u/y")
    composed = digest(a_signal(), leave=leave)
    for address in (leave.topic, leave.all_topics):
        assert f"{address}\n" in composed.text
        assert f'href="{address}"' in composed.html


def test_a_quiet_month_and_what_was_too_light_are_said() -> None:
    composed = digest(period="month", weight="high", too_light=3)
    assert "A quiet month: the searches ran" in composed.text
    assert "3 signals below the weight that you asked for (high)" in composed.text
    assert "Month to 2025-01-31" in composed.text
    assert "month to 2025-01-31" in composed.subject
