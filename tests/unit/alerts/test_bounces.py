"""What a mail that came back says: RFC 3464's own forms, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.alerts.bounces import MAX_BYTES, Bounce, read_notification
from surveillance.errors import UnreadableInput

IDENTITY = "<0123.surveil@example.org>"


def notification(
    *,
    action: str = "failed",
    status: str = "5.1.1 (no such user)",
    recipient: str = "Final-Recipient: rfc822; Ann@Example.org",
    quoted: str = "message/rfc822",
    identity: str = IDENTITY,
) -> bytes:
    """A notification as mail servers write it."""
    text = f"""From: MAILER-DAEMON@mail.example.org
To: surveil@example.org
Message-ID: <of.the.notification@mail.example.org>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Fri, 31 Jan 2025 09:00:00 +0000

{recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 No such user

--b
Content-Type: {quoted}

From: surveil@example.org
Subject: Nerves: 1 signal
Message-ID:
 {identity}

A digest.

--b--
"""
    return text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("quoted", ["message/rfc822", "text/rfc822-headers"])
def test_it_names_the_mail_and_who_did_not_get_it(quoted: str) -> None:
    found = read_notification(notification(quoted=quoted))
    assert found.identities == (IDENTITY,)
    assert found.bounces == (Bounce("ann@example.org", "5.1.1"),)


def test_the_address_that_was_written_to_comes_before_where_it_was_forwarded() -> None:
    both = "Original-Recipient: rfc822;ann@example.org\nFinal-Recipient: rfc822;a2@example.net"
    found = read_notification(notification(recipient=both))
    assert found.bounces[0].address == "ann@example.org"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_is_late_or_arrived_is_no_bounce(action: str) -> None:
    assert read_notification(notification(action=action, status="4.4.1")).bounces == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Subject: Out of office\r\n\r\nI am away.\r\n",
        b"\x00\xff" * 50,
        b"x" * (MAX_BYTES + 1),
    ],
    ids=["empty", "an ordinary mail", "binary", "too large"],
)
def test_what_is_no_notification_is_said(content: bytes) -> None:
    with pytest.raises(UnreadableInput):
        read_notification(content)


@given(st.integers(0, 900), st.binary(max_size=30))
def test_a_damaged_notification_is_read_or_refused(at: int, damage: bytes) -> None:
    whole = notification()
    try:
        found = read_notification(whole[:at] + damage + whole[at + len(damage) :])
    except UnreadableInput:
        return
    assert len(found.bounces) <= 1
