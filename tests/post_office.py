"""Real servers on loopback that take mails and webhooks, well or badly, and remember what came."""

from __future__ import annotations

import asyncio
import json
import smtplib
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests
from aiosmtpd import smtp as protocol
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from surveillance.alerts.mail import POSSIBLE_REPEAT

USER, PASSWORD = "u5er-that-nobody-may-see", "pa55word-that-nobody-may-see"
HOOK = "/hook/t0ken-that-nobody-may-see"
SECRETS = (USER, PASSWORD, HOOK)
#: Seconds that a server is silent; who sends is less patient.
STALL, IMPATIENCE = 1.5, 0.4


@dataclass(frozen=True)
class Delivery:
    """What arrived: under which identity, for whom, whether it is said to be a possible repeat."""

    identity: str
    to: str
    is_marked: bool
    content: bytes


@dataclass
class Received:
    """What both servers got; `plans` are what they do with the next messages, in order."""

    deliveries: list[Delivery] = field(default_factory=list)
    plans: deque[str] = field(default_factory=deque)
    requests: int = 0

    def plan(self) -> str:
        return self.plans.popleft() if self.plans else "ok"

    def of(self, identity: str) -> list[Delivery]:
        return [one for one in self.deliveries if one.identity == identity]


def mail_of(delivery: Delivery) -> EmailMessage:
    """The mail as its reader's program reads it."""
    read = message_from_bytes(delivery.content, policy=default)
    assert isinstance(read, EmailMessage)
    return read


def _break_off(server: protocol.SMTP) -> None:
    transport = server.transport
    assert isinstance(transport, asyncio.Transport)
    transport.abort()


def text_of(delivery: Delivery) -> str:
    """The plain text of a mail, its lines as one."""
    part = mail_of(delivery).get_body(["plain"])
    assert isinstance(part, EmailMessage)
    return " ".join(str(part.get_content()).split())


class _Takes:
    """aiosmtpd's hooks: what becomes of a mail is planned when its recipient is named."""

    def __init__(self, received: Received) -> None:
        self._received = received
        self._plan = "ok"

    async def handle_RCPT(
        self, server: protocol.SMTP, session: Session, envelope: Envelope, address: str, _: Any
    ) -> str:
        self._received.requests += 1
        self._plan = self._received.plan()
        refusals = {
            "451 rcpt": "451 4.7.1 Greylisted, come again",
            "550 rcpt": f"550 5.1.1 No such user here; {USER} asked",
        }
        if self._plan in refusals:
            return refusals[self._plan]
        if self._plan == "drop early":
            _break_off(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: protocol.SMTP, _: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        if self._plan in {"452 data", "554 data"}:
            return {"452 data": "452 4.2.2 Full", "554 data": "554 5.6.0 Not this"}[self._plan]
        mail = message_from_bytes(content, policy=default)
        self._received.deliveries.append(
            Delivery(
                str(mail["Message-ID"]),
                envelope.rcpt_tos[0],
                mail[POSSIBLE_REPEAT] == "yes",
                content,
            )
        )
        if self._plan == "take and drop":
            _break_off(server)
        if self._plan == "take and stall":
            await asyncio.sleep(STALL)
        return "250 Taken"

    async def handle_QUIT(self, server: protocol.SMTP, *_: Any) -> str:
        if self._plan == "drop at quit":
            _break_off(server)
        return "221 Bye"


def _knows(_: Any, __: Any, ___: Any, mechanism: str, data: Any) -> AuthResult:
    known = (USER.encode(), PASSWORD.encode())
    genuine = isinstance(data, LoginPassword) and (data.login, data.password) == known
    return AuthResult(success=genuine, handled=genuine)


@contextmanager
def mail_server(
    received: Received,
    *,
    starttls: ssl.SSLContext | None = None,
    implicit: ssl.SSLContext | None = None,
    login: bool = False,
) -> Iterator[int]:
    """A mail server; its port."""
    options: dict[str, Any] = {"enable_SMTPUTF8": False}
    if starttls:
        options |= {"tls_context": starttls, "require_starttls": True}
    if login:
        options |= {"authenticator": _knows, "auth_required": True}
        options["auth_require_tls"] = bool(starttls)
    port = free_port()
    serving = Controller(
        _Takes(received), hostname="127.0.0.1", port=port, ssl_context=implicit, **options
    )
    serving.start()
    try:
        yield port
    finally:
        serving.stop()


class _Hook(BaseHTTPRequestHandler):
    """Takes webhooks as planned: a status, or something that no server should do."""

    received: Received

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.requests += 1
        plan = self.received.plan()
        if plan in {"ok", "take and drop", "take and stall", "drop at quit"}:
            marked = self.headers.get(POSSIBLE_REPEAT) == "yes"
            identity = str(self.headers["Idempotency-Key"])
            self.received.deliveries.append(Delivery(identity, self.path, marked, body))
        if plan == "take and stall":
            time.sleep(STALL)
        if plan in {"take and drop", "drop early"}:
            # A reset instead of an end: linger 0.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            return
        status = {"redirect": 302, "451 rcpt": 503, "452 data": 500}.get(plan, 200)
        status = int(plan[:3]) if plan in {"404", "410", "403", "429", "500"} else status
        if plan in {"550 rcpt", "554 data"}:
            status = 410
        with suppress(OSError):
            self.send_response(status)
            if plan == "429":
                self.send_header("Retry-After", "7200")
            if plan == "redirect":
                self.send_header("Location", f"http://{self.headers['Host']}/other")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing on standard error."""


@contextmanager
def hook_server(received: Received) -> Iterator[str]:
    """A receiver of webhooks; its address, which is a secret."""
    handler = type("Hook", (_Hook,), {"received": received})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{HOOK}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def said_in(delivery: Delivery) -> Any:
    """What a webhook was told."""
    return json.loads(delivery.content)


@contextmanager
def watched(moment: Callable[[], None]) -> Iterator[None]:
    """Call `moment` before and after each step on the wire: what is sent, and what is answered."""
    with ExitStack() as stack:
        for owner, name in (
            (smtplib.SMTP, "connect"),
            (smtplib.SMTP, "send"),
            (smtplib.SMTP, "getreply"),
            (requests.adapters.HTTPAdapter, "send"),
        ):
            stack.enter_context(_around(owner, name, moment))
        yield


@contextmanager
def _around(owner: Any, name: str, moment: Callable[[], None]) -> Iterator[None]:
    genuine = getattr(owner, name)

    def step(*arguments: Any, **named: Any) -> Any:
        moment()
        result = genuine(*arguments, **named)
        moment()
        return result

    setattr(owner, name, step)
    try:
        yield
    finally:
        setattr(owner, name, genuine)
