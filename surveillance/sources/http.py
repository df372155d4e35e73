"""One way to ask a service over HTTP: paced, retried, limited, and failing in one sentence."""

from __future__ import annotations

import logging
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, InvalidHeader, ProtocolError, ReadTimeoutError
from urllib3.util.retry import Retry

from surveillance.errors import SourceFailed
from surveillance.sources.body import ACCEPTED, Damaged, Unusable, read_body, write_body
from surveillance.sources.pacing import MachinePace, pace_file

log = logging.getLogger(__name__)

#: Seconds to connect and between two bytes of an answer; EFetch of 200 records takes about 10.
TIMEOUT = (10.0, 60.0)
#: Seconds that one answer may take from its first to its last byte.
MAX_SECONDS = 300.0
#: 200 PubMed records are about 3 MB; the largest study documents are about 5 MB.
MAX_BYTES = 64 * 1024**2
#: A file that is downloaded: NLM's largest have some 100 MB packed; a slow line takes its time.
MAX_FILE_BYTES = 2 * 1024**3
MAX_FILE_SECONDS = 3600.0

_RETRIED = frozenset({429, 500, 502, 503, 504})
_HIDDEN = "…".encode()
# NCBI quotes the key that was sent, or the caller's address where none was.
_API_KEY = re.compile(rb'("api-key"\s*:\s*")[^"]*')
#: An error is short; records, which may say anything, are not searched for one.
_QUOTED_IN = 4_000


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a request is tried again and how long is waited (doubling, seconds).

    A `Retry-After` of the service counts instead, up to `longest`.
    """

    retries: int = 5
    first_wait: float = 1.0
    longest: float = 120.0

    def seconds(self, attempt: int, retry_after: str | None = None) -> float:
        """How long to wait after the attempt of that number (from 1), with some jitter."""
        jitter = random.uniform(0, self.first_wait / 2)  # noqa: S311 - spreads callers, no secret
        try:
            asked = Retry().parse_retry_after(retry_after) if retry_after else 0.0
        except InvalidHeader:
            asked = 0.0
        doubled: float = self.first_wait * 2 ** (attempt - 1)
        return asked + jitter if asked else min(doubled, self.longest) + jitter


class _Again(Exception):
    """An attempt that failed in a way that passes by itself."""

    def __init__(self, trouble: str, retry_after: str | None = None) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; names of headers in any case."""

    status: int
    content: bytes
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced, for use in messages and checks."""
        return self.content.decode("utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, and which answers count.

    `expected` are statuses beside 2xx that the caller handles; `transient` tells a body that
    asks to come again although its status says success.
    """

    method: str
    url: str
    params: Mapping[str, str] | None = None
    data: bytes | None = None
    headers: Mapping[str, str] | None = None
    expected: frozenset[int] = frozenset()
    transient: Callable[[Answer], bool] = lambda _: False


class Limiter(Protocol):
    """Who says when the next request may begin."""

    def wait(self) -> None:
        """Return when it may."""


class RateLimiter:
    """Lets a request begin at most every `interval` seconds, for all threads who share it."""

    def __init__(
        self,
        interval: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = interval
        self._clock = clock
        self._sleep = sleep
        self._free_at = float("-inf")
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next request may begin."""
        with self._lock:
            now = self._clock()
            begins = max(now, self._free_at)
            self._free_at = begins + self._interval
        if begins > now:
            self._sleep(begins - now)


class Client:
    """Asks one service. `name` is what messages call it; neither `secrets` nor what is
    `private` (the contact's address) appear in one."""

    def __init__(
        self,
        name: str,
        limiter: Limiter,
        *,
        secrets: tuple[str, ...] = (),
        private: tuple[str, ...] = (),
        retry: RetryPolicy | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.name = name
        self._limiter = limiter
        self._secrets = tuple(filter(None, secrets))
        self._private = tuple(filter(None, private))
        self._retry = retry or RetryPolicy()
        self._max_bytes = max_bytes
        self._session = _session()

    def ask(self, request: Request) -> Answer:
        """The answer, once it is 2xx or a status that the request expects.

        Raises `SourceFailed` where the service does not answer, refuses, or is still busy after
        the last retry.
        """
        return self._asked(request, None)

    def download(self, url: str, file: Path) -> None:
        """What is at an address, as it is, into a file; memory stays with one block of it.

        An attempt that breaks off begins anew. Raises `SourceFailed` as `ask` does.
        """
        headers = {"Accept-Encoding": "identity"}
        self._asked(Request("GET", url, headers=headers), file)

    def _asked(self, request: Request, file: Path | None) -> Answer:
        attempt = 1
        while True:
            try:
                return self._attempt(request, file)
            except _Again as again:
                self._wait(attempt, again)
                attempt += 1

    def _attempt(self, request: Request, file: Path | None) -> Answer:
        try:
            answer = self._once(request, file)
        except (requests.RequestException, HTTPError, Damaged) as fault:
            raise _Again(self._unreachable(fault)) from None
        except Unusable as fault:
            raise SourceFailed(f"{self.name} {fault}.") from None
        answer = self._without_secrets(answer)
        if answer.status in _RETRIED or request.transient(answer):
            trouble = f"{self.name} is busy or limits us ({self._quote(answer)})"
            raise _Again(trouble, answer.headers.get("Retry-After"))
        if not (200 <= answer.status < 300 or answer.status in request.expected):
            raise SourceFailed(f"{self.name} refused the request ({self._quote(answer)}).")
        return answer

    def _without_secrets(self, answer: Answer) -> Answer:
        """An answer in which the service quotes neither key nor contact: it is kept and shown.

        The contact is hidden in what is no list of records: it may be an author's address, too.
        """
        content = answer.content
        told = content.lstrip()[:1] == b"{" or len(content) < _QUOTED_IN
        for secret in (*self._secrets, *(self._private if told else ())):
            content = content.replace(secret.encode(), _HIDDEN)
        if b'"api-key"' in content[:_QUOTED_IN]:
            content = _API_KEY.sub(rb"\1" + _HIDDEN, content)
        return answer if content == answer.content else replace(answer, content=content)

    def _once(self, request: Request, file: Path | None) -> Answer:
        """Redirects are not followed: they could lead anywhere, with the key in the request.

        The body of a success goes into `file`, where there is one, and not into the answer.
        """
        self._limiter.wait()
        with self._session.request(
            request.method,
            request.url,
            params=request.params,
            data=request.data,
            headers=request.headers,
            timeout=TIMEOUT,
            stream=True,
            allow_redirects=False,
        ) as response:
            if file and response.status_code == requests.codes.ok:
                with file.open("wb") as to:
                    write_body(response.raw, to, max_bytes=MAX_FILE_BYTES, seconds=MAX_FILE_SECONDS)
                return Answer(response.status_code, b"", response.headers)
            body = read_body(response.raw, max_bytes=self._max_bytes, seconds=MAX_SECONDS)
            return Answer(response.status_code, body, response.headers)

    def _wait(self, attempt: int, again: _Again) -> None:
        if attempt > self._retry.retries:
            raise SourceFailed(
                f"{again.trouble}, after {attempt} attempts.", hint="Run again later."
            ) from None
        seconds = self._retry.seconds(attempt, again.retry_after)
        if seconds > self._retry.longest:
            raise SourceFailed(
                f"{again.trouble} and asks to come back in {seconds:,.0f} s.",
                hint="Run again then.",
            ) from None
        log.warning("%s; trying again in %.1f s", again.trouble, seconds)
        time.sleep(seconds)

    def _unreachable(self, fault: Exception) -> str:
        """What happened, without the address: it may hold the key and the e-mail."""
        if isinstance(fault, requests.Timeout | ReadTimeoutError):
            return f"{self.name} did not answer in time"
        if isinstance(fault, Damaged):
            return f"{self.name} sent an answer whose packing is damaged"
        if isinstance(fault, ProtocolError):
            return f"{self.name} broke off in the middle of an answer"
        if isinstance(fault, requests.ConnectionError):
            return f"{self.name} cannot be reached, or reset the connection"
        return f"{self.name} could not be asked ({type(fault).__name__})"

    def _quote(self, answer: Answer) -> str:
        """Status and first words."""
        return f"{answer.status}: {excerpt(answer.text)}"


def excerpt(text: str, length: int = 200) -> str:
    """The beginning of an answer on one line; of an error page in HTML only the words."""
    plain = " ".join(re.sub(r"<[^<>]{0,200}>", " ", text[:4_000]).split())
    return plain if len(plain) <= length else plain[:length] + "…"


@cache
def shared_limiter(service: str, interval: float) -> Limiter:
    """The one limiter of a service on this machine, however many processes and clients ask it."""
    file = pace_file(service) if interval > 0 else None
    return MachinePace(file, interval) if file else RateLimiter(interval)


def address(base_url: str, path: str) -> str:
    """`path` below `base_url`; raises `ValueError` where that is no web address."""
    if urlsplit(base_url).scheme not in {"http", "https"}:
        raise ValueError(f"{base_url!r} is no web address")
    return f"{base_url.rstrip('/')}/{path}"


def _session() -> requests.Session:
    """A session without retries of its own: `Client` sees every attempt and paces it."""
    session = requests.Session()
    session.headers["User-Agent"] = "guidance-surveillance"
    session.headers["Accept-Encoding"] = ACCEPTED
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=0))
    return session
