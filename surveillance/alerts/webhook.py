"""The channel “webhook”: a JSON document posted to an address that is itself the secret."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr
from urllib3.exceptions import ConnectTimeoutError, InvalidHeader, NewConnectionError
from urllib3.util.retry import Retry

from surveillance.alerts.delivery import NotTaken, Outcome, Taken, Trouble
from surveillance.alerts.mail import POSSIBLE_REPEAT
from surveillance.alerts.message import Message
from surveillance.alerts.webhook_formats import marked_as_repeat

#: Seconds to connect, and to wait for an answer.
TIMEOUT = (10.0, 30.0)
#: Nobody takes messages there: no such page, forbidden, gone; or it is not what it was.
_DEAD = frozenset({400, 401, 403, 404, 405, 410, 413, 415, 422})

Addresses = Callable[[str], SecretStr | None]


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts messages; `addresses` gives the address of a webhook by its name."""

    addresses: Addresses
    timeout: tuple[float, float] = TIMEOUT

    def deliver(self, message: Message) -> Outcome:
        """Post the message; every way in which that fails is an answer, not an error."""
        address = self.addresses(message.place)
        name = f"the webhook {message.place}"
        if address is None or fault_of(message.place, address):
            return NotTaken(fault_of(message.place, address))
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.identity}
        payload = message.content.payload
        if message.may_be_repeat:
            headers[POSSIBLE_REPEAT] = "yes"
            payload = marked_as_repeat(payload)
        try:
            # No redirect is followed: it would carry the message to where nobody asked for it.
            with (
                _unlogged(),
                requests.Session() as session,
                session.post(
                    address.get_secret_value(),
                    data=payload.encode(),
                    headers=headers,
                    timeout=self.timeout,
                    allow_redirects=False,
                    stream=True,
                ) as answer,
            ):
                return _outcome(name, answer.status_code, answer.headers.get("Retry-After"))
        except requests.RequestException as fault:
            return _broke_off(name, fault)


def fault_of(name: str, address: SecretStr | None) -> str:
    """Why nothing can be posted there, in words; empty where nothing speaks against it."""
    if address is None:
        return f"the webhook {name} has no address (SURVEIL_WEBHOOK_{name})"
    try:
        parts = urlsplit(address.get_secret_value())
        host = parts.hostname or ""
    except ValueError:
        return f"the address of the webhook {name} cannot be read"
    if not host or parts.scheme not in {"http", "https"}:
        return f"the address of the webhook {name} does not begin with https://"
    if parts.scheme == "http" and not _is_this_machine(host):
        return f"the address of the webhook {name} is not encrypted (https)"
    return ""


def _outcome(name: str, status: int, retry_after: str | None) -> Outcome:
    if 200 <= status < 300:
        return Taken((name,))
    if 300 <= status < 400:
        return NotTaken(f"{name} sends us elsewhere ({status})", Trouble.DEAD)
    if status in _DEAD:
        return NotTaken(f"{name} takes nothing ({status})", Trouble.DEAD)
    return NotTaken(f"{name} failed ({status})", wait=_seconds(retry_after))


def _seconds(retry_after: str | None) -> float:
    """Seconds or a date (RFC 9110, 10.2.3); 0 where it says neither."""
    try:
        return Retry().parse_retry_after(retry_after) if retry_after else 0.0
    except (InvalidHeader, ValueError, OverflowError):
        return 0.0


def _broke_off(name: str, fault: requests.RequestException) -> NotTaken:
    """The text of a fault holds the address, so its kind alone is told."""
    cause = getattr(fault.args[0] if fault.args else None, "reason", None)
    if isinstance(cause, NewConnectionError | ConnectTimeoutError):
        return NotTaken(f"{name}: nobody answers there", Trouble.DEAD)
    if isinstance(fault, requests.exceptions.SSLError):
        return NotTaken(f"{name}: its certificate is not trusted", Trouble.DEAD)
    if isinstance(fault, requests.Timeout):
        return NotTaken(f"{name} did not answer in time", may_have_arrived=True)
    return NotTaken(f"{name} broke off before it answered", may_have_arrived=True)


@contextmanager
def _unlogged() -> Iterator[None]:
    """urllib3 logs the path of every request, and the path is the secret."""
    log = logging.getLogger("urllib3.connectionpool")
    log.addFilter(_nothing)
    try:
        yield
    finally:
        log.removeFilter(_nothing)


def _nothing(_: logging.LogRecord) -> bool:
    return False


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
