"""The channel “email”: one mail to one address, over a connection that nobody can read."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from surveillance.alerts.delivery import NotTaken, Outcome, Taken, Trouble
from surveillance.alerts.mail import as_mail, name_and_address
from surveillance.alerts.message import Message
from surveillance.alerts.wording import shortened

Tls = Literal["starttls", "implicit", "none"]

_PORTS: dict[Tls, int] = {"starttls": 587, "implicit": 465, "none": 25}
_LONGEST_REPLY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mails are handed in, and as whom. Without `host` none is sent.

    `plain_anywhere`: a connection without TLS may leave this machine.
    """

    host: str = ""
    port: int | None = None
    tls: Tls = "starttls"
    plain_anywhere: bool = False
    ca_file: Path | None = None
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    sender: str = ""
    timeout: float = 30.0

    @property
    def fault(self) -> str:
        """Why no mail can be handed in, in words; empty where nothing speaks against it."""
        if not self.host:
            return "no mail server is set (SURVEIL_SMTP_HOST)"
        if not name_and_address(self.sender)[1]:
            return "no sender is set (SURVEIL_SMTP_FROM), or it is no address"
        if self.tls == "none" and not (self.plain_anywhere or _is_this_machine(self.host)):
            return (
                f"mail to {self.host} would go unencrypted; set SURVEIL_SMTP_TLS to starttls or "
                "implicit, or allow it by SURVEIL_SMTP_ALLOW_PLAIN"
            )
        return ""


@dataclass(frozen=True, slots=True)
class Mail:
    """Hands mails to a server, each over a connection of its own."""

    server: MailServer

    def deliver(self, message: Message) -> Outcome:
        """Hand the mail in; every way in which that fails is an answer, not an error."""
        if self.server.fault:
            return NotTaken(self.server.fault)
        try:
            content = as_mail(message, self.server.sender)
        except ValueError:
            return NotTaken("the mail cannot be written", Trouble.PERMANENT)
        try:
            connection = self._connected()
        except ssl.SSLCertVerificationError as fault:
            return NotTaken(f"{self._name}'s certificate is not trusted: {fault.verify_message}")
        except smtplib.SMTPAuthenticationError as fault:
            return NotTaken(f"{self._name} refused user or password ({fault.smtp_code})")
        except smtplib.SMTPNotSupportedError:
            return NotTaken(f"{self._name} does not offer what is set: TLS, or a login")
        except (smtplib.SMTPException, OSError) as fault:
            return NotTaken(f"{self._name} did not answer as a mail server ({_kind(fault)})")
        try:
            return self._handed_in(connection, message.place, content)
        finally:
            # The mail is in, or it is not: how the connection ends changes neither.
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    @property
    def _name(self) -> str:
        return f"the mail server {self.server.host}"

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        port = server.port or _PORTS[server.tls]
        if server.tls == "implicit":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, port, timeout=server.timeout, context=self._trust()
            )
        else:
            connection = smtplib.SMTP(server.host, port, timeout=server.timeout)
        try:
            if server.tls == "starttls":
                connection.starttls(context=self._trust())
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _trust(self) -> ssl.SSLContext:
        """Certificates are verified, and are for the server's name."""
        context = ssl.create_default_context()
        if self.server.ca_file:
            context.load_verify_locations(self.server.ca_file)
        return context

    def _handed_in(self, connection: smtplib.SMTP, address: str, content: bytes) -> Outcome:
        """MAIL, RCPT and DATA; after the last dot a silence may be a yes that was not heard."""
        _, sender = name_and_address(self.server.sender)
        steps: tuple[tuple[str, Callable[[], tuple[int, bytes]]], ...] = (
            ("the sender", lambda: connection.mail(sender)),
            ("the recipient", lambda: connection.rcpt(address)),
        )
        try:
            connection.ehlo_or_helo_if_needed()
            for whom, ask in steps:
                code, reply = ask()
                if not _is_yes(code):
                    return self._refused(whom, code, reply)
        except (smtplib.SMTPException, OSError) as fault:
            return NotTaken(f"{self._name} broke off ({_kind(fault)})")
        try:
            code, reply = connection.data(content)
        except smtplib.SMTPDataError as fault:
            return self._refused("the mail", fault.smtp_code, _bytes(fault.smtp_error))
        except (smtplib.SMTPException, OSError) as fault:
            return NotTaken(
                f"{self._name} broke off before it said whether it has the mail ({_kind(fault)})",
                may_have_arrived=True,
            )
        return Taken((address,)) if _is_yes(code) else self._refused("the mail", code, reply)

    def _refused(self, what: str, code: int, reply: bytes) -> NotTaken:
        """RFC 5321, 4.2.1: what begins with 4 may be asked again, what begins with 5 may not.

        A refused sender is our own setting: mended, the mail can go.
        """
        said = self._without_secrets(reply.decode("utf-8", errors="replace"))
        why = f"{self._name} refused {what}: {code} {shortened(said, _LONGEST_REPLY)}".rstrip()
        if code < 500 or what == "the sender":
            return NotTaken(why)
        return NotTaken(why, Trouble.PERMANENT, bounce=str(code) if what == "the recipient" else "")

    def _without_secrets(self, text: str) -> str:
        for secret in filter(None, (self.server.user, self.server.password)):
            text = text.replace(secret, "…")
        return text


def _is_yes(code: int) -> bool:
    return 200 <= code < 300


def _bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode()


def _kind(fault: Exception) -> str:
    """What kind of failure it was: its text may hold what the other side wrote."""
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror
    if isinstance(fault, smtplib.SMTPResponseException):
        return str(fault.smtp_code)
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    return {
        "SMTPServerDisconnected": "the connection was closed",
        "ConnectionResetError": "the connection was closed",
    }.get(type(fault).__name__, type(fault).__name__)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
