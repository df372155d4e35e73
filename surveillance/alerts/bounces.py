"""A mail that came back: what its delivery status notification says (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message as Part
from email.policy import compat32

from surveillance.alerts.wording import one_line
from surveillance.errors import UnreadableInput

#: A notification quotes at most the mail, and ours have at most a tenth of this.
MAX_BYTES = 1_000_000

_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class Bounce:
    """An address that did not get a mail, and the status that says why (5.1.1: no such address)."""

    address: str
    status: str


@dataclass(frozen=True, slots=True)
class Notification:
    """The Message-IDs that a notification names, and who did not get the mail.

    Nobody is in `bounces` where the mail is only late, or arrived.
    """

    identities: tuple[str, ...]
    bounces: tuple[Bounce, ...]


def read_notification(content: bytes) -> Notification:
    """The notification in a mail; raises `UnreadableInput` where it is none."""
    if len(content) > MAX_BYTES:
        raise UnreadableInput(f"this mail is larger than {MAX_BYTES:,} bytes.")
    parts = list(message_from_bytes(content, policy=compat32).walk())
    reports = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    if not reports:
        raise UnreadableInput(
            "this is no delivery status notification (RFC 3464).",
            hint="Save the whole mail that came back, with its headers, as it is.",
        )
    bounces = tuple(bounce for report in reports for bounce in _bounces(report))
    return Notification(tuple(dict.fromkeys(_identities(parts))), bounces)


def _bounces(report: Part) -> Iterator[Bounce]:
    """One block of fields a recipient; of those that failed for good."""
    for block in _blocks(report):
        if str(block.get("Action", "")).strip().lower() == "failed":
            status = _STATUS.search(str(block.get("Status", "")))
            named = block.get("Original-Recipient") or block.get("Final-Recipient") or ""
            yield Bounce(_address(str(named)), status[0] if status else "5.0.0")


def _blocks(report: Part) -> list[Part]:
    payload = report.get_payload()
    return [part for part in payload if isinstance(part, Part)] if isinstance(payload, list) else []


def _address(field: str) -> str:
    """`rfc822; somebody@example.org` without its kind."""
    return one_line(field.rpartition(";")[2]).strip("<>").lower()


def _identities(parts: list[Part]) -> Iterator[str]:
    """The Message-IDs of the mails that are quoted, whole or by their headers."""
    for part in parts[1:]:
        if part.get_content_type() == "text/rfc822-headers":
            yield from _MESSAGE_ID.findall(_header_text(part))
        else:
            yield from _MESSAGE_ID.findall(str(part.get("Message-ID", "")))


def _header_text(part: Part) -> str:
    payload = part.get_payload(decode=True)
    text = payload.decode("utf-8", errors="replace") if isinstance(payload, bytes) else ""
    found = re.search(r"^message-id:(.*(?:\n[ \t].*)*)", text, re.IGNORECASE | re.MULTILINE)
    return found[1] if found else ""
