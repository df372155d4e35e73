"""How somebody leaves: signed links for a page, and a mail where there is no page."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from urllib.parse import quote

#: Keeps these signatures apart from any other that the same key may give.
_PURPOSE = b"surveil unsubscribe\x00"
_LONGEST_TOKEN = 2_000


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody who wants no more mail on a topic, or on any (an empty topic)."""

    address: str
    topic: str = ""


@dataclass(frozen=True, slots=True)
class WayOut:
    """How mails say that one can leave: by pages, signed with `key`, or by a mail to `mail_to`."""

    page: str = ""
    key: bytes = b""
    mail_to: str = ""

    def link(self, leaving: Leaving) -> str:
        """The page that takes the address off; empty where there is none."""
        if not (self.page and self.key):
            return ""
        return f"{self.page}/unsubscribe/{signed(leaving, self.key)}"

    def mail(self, leaving: Leaving) -> str:
        """A mail to the administrators that asks for it; empty where they have no address."""
        if not self.mail_to:
            return ""
        subject = quote(f"unsubscribe {leaving.topic or 'all topics'}")
        body = quote(f"Please take {leaving.address} off the list.")
        return f"mailto:{self.mail_to}?subject={subject}&body={body}"


def signed(leaving: Leaving, key: bytes) -> str:
    """A token that only who holds the key can make; it says in plain what it is for."""
    said = json.dumps([leaving.address, leaving.topic], ensure_ascii=True).encode()
    return f"{_encoded(said)}.{_encoded(_signature(said, key))}"


def verified(token: str, key: bytes) -> Leaving | None:
    """Whom a token takes off; None where it was not made with this key, or is none."""
    said, _, signature = token[:_LONGEST_TOKEN].partition(".")
    try:
        content = _decoded(said)
        genuine = bool(key) and hmac.compare_digest(_decoded(signature), _signature(content, key))
        address, topic = json.loads(content) if genuine else ("", "")
    except (ValueError, binascii.Error):
        return None
    return Leaving(address, topic) if address else None


def _signature(said: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + said, hashlib.sha256)


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    """Raises `ValueError` where it is not what `_encoded` gives, to the letter."""
    content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _encoded(content) != text:
        raise ValueError("another spelling of the same bytes")
    return content
