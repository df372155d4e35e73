"""The client against a real server on loopback that answers what each test tells it to."""

from __future__ import annotations

import gzip
import logging
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from surveillance.errors import SourceFailed
from surveillance.sources import http as http_module
from surveillance.sources.http import Client, RateLimiter, Request, RetryPolicy, excerpt

QUICK = RetryPolicy(retries=3, first_wait=0.01, longest=2.0)
RATE_LIMITED = (
    b'{"error":"API rate limit exceeded","api-key":"203.0.113.7","count":"4","limit":"3"}'
)


#: Status, headers, and a body: whole, or piece by piece.
Scene = tuple[int, dict[str, str], "bytes | Callable[[], Iterator[bytes]]"]


@dataclass
class Scripted:
    """A server that gives one answer after the other, the last for ever."""

    answers: list[Scene]
    url: str = ""
    asked: list[str] = field(default_factory=list)

    def next(self) -> Scene:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving(*answers: Scene) -> Iterator[Scripted]:
    scripted = Scripted(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            scripted.asked.append(self.path)
            status, headers, body = scripted.next()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for piece in [body] if isinstance(body, bytes) else body():
                    self.wfile.write(piece)
            except ConnectionError:
                return

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    scripted.url = f"http://127.0.0.1:{server.server_address[1]}/x"
    try:
        yield scripted
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def client(**options: object) -> Client:
    return Client("PubMed", RateLimiter(0.0), retry=QUICK, **options)  # type: ignore[arg-type]


def test_a_busy_service_is_asked_again_until_it_answers() -> None:
    with serving((429, {}, RATE_LIMITED), (503, {}, b""), (200, {}, b"yes")) as server:
        assert client().ask(Request("GET", server.url)).content == b"yes"
        assert len(server.asked) == 3


def test_retry_after_is_waited_for() -> None:
    with serving((429, {"Retry-After": "1"}, b""), (200, {}, b"yes")) as server:
        began = time.monotonic()
        client().ask(Request("GET", server.url))
        assert time.monotonic() - began >= 1.0


def test_an_unreadable_retry_after_does_not_stop_the_retries() -> None:
    with serving((429, {"Retry-After": "soon"}, b""), (200, {}, b"yes")) as server:
        assert client().ask(Request("GET", server.url)).content == b"yes"


def test_a_service_that_wants_to_be_left_alone_for_long_fails_at_once() -> None:
    with (
        serving((429, {"Retry-After": "3600"}, b"")) as server,
        pytest.raises(SourceFailed, match="come back in 3,600 s"),
    ):
        client().ask(Request("GET", server.url))


def test_a_storm_of_429_fails_in_one_sentence_after_the_last_retry() -> None:
    with serving((429, {}, RATE_LIMITED)) as server:
        with pytest.raises(SourceFailed, match=r"PubMed is busy or limits us .* after 4 attempts"):
            client().ask(Request("GET", server.url))
        assert len(server.asked) == 4


def test_a_refusal_is_not_tried_again() -> None:
    with serving((400, {}, b"<ERROR>ID list is empty!</ERROR>")) as server:
        with pytest.raises(SourceFailed, match=r"refused the request .400: ID list is empty!"):
            client().ask(Request("GET", server.url))
        assert len(server.asked) == 1


def test_an_expected_status_is_an_answer() -> None:
    with serving((404, {}, b"")) as server:
        assert client().ask(Request("GET", server.url, expected=frozenset({404}))).status == 404


def test_a_body_that_asks_to_come_again_is_tried_again_although_its_status_is_200() -> None:
    with serving((200, {}, RATE_LIMITED), (200, {}, b"yes")) as server:
        request = Request("GET", server.url, transient=lambda a: b"rate limit" in a.content)
        assert client().ask(request).content == b"yes"


def test_an_answer_that_breaks_off_is_tried_again() -> None:
    with serving((200, {"Content-Length": "99"}, b"half"), (200, {}, b"whole")) as server:
        assert client().ask(Request("GET", server.url)).content == b"whole"


def test_nobody_there_is_said_without_the_address() -> None:
    with serving((200, {}, b"")) as server:
        closed = server.url
    with pytest.raises(SourceFailed, match="cannot be reached") as failed:
        client().ask(Request("GET", closed, params={"api_key": "k3y"}))
    assert "127.0.0.1" not in str(failed.value)
    assert "k3y" not in str(failed.value)


def test_redirects_are_not_followed() -> None:
    with (
        serving((302, {"Location": "http://127.0.0.1:1/"}, b"")) as server,
        pytest.raises(SourceFailed, match="302"),
    ):
        client().ask(Request("GET", server.url))


def test_an_answer_without_end_is_cut_off() -> None:
    with (
        serving((200, {}, b"x" * 100_000)) as server,
        pytest.raises(SourceFailed, match="more than 50,000 bytes"),
    ):
        client(max_bytes=50_000).ask(Request("GET", server.url))


def test_a_compressed_answer_is_limited_by_what_it_unpacks_to() -> None:
    with (
        serving((200, {"Content-Encoding": "gzip"}, PACKED)) as server,
        pytest.raises(SourceFailed, match="more than 50,000 bytes"),
    ):
        client(max_bytes=50_000).ask(Request("GET", server.url))


PACKED = gzip.compress(b"x" * 5_000_000)


def drip(content: bytes) -> Callable[[], Iterator[bytes]]:
    """A byte every twentieth of a second, for ten seconds."""

    def pieces() -> Iterator[bytes]:
        for place in range(200):
            yield content[place : place + 1] or b"x"
            time.sleep(0.05)

    return pieces


@pytest.mark.parametrize(
    "headers",
    [{}, {"Content-Length": "60000"}, {"Content-Encoding": "gzip"}],
    ids=["open end", "announced", "packed"],
)
def test_an_answer_that_trickles_for_ever_is_given_up(
    headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A packed one yields nothing for long: its header carries a name of any length."""
    monkeypatch.setattr(http_module, "MAX_SECONDS", 0.5)
    named = b"\x1f\x8b\x08\x08" + b"\x00" * 6 + b"n" * 200
    with serving((200, headers, drip(named))) as server:
        began = time.monotonic()
        with pytest.raises(SourceFailed, match=r"PubMed took more than .* s to answer"):
            client().ask(Request("GET", server.url))
        assert time.monotonic() - began < 3


def test_an_answer_that_announces_too_much_is_not_begun() -> None:
    with serving((200, {"Content-Length": str(100 * 1024**2)}, drip(b""))) as server:
        began = time.monotonic()
        with pytest.raises(SourceFailed, match="announced more than 67,108,864 bytes"):
            client().ask(Request("GET", server.url))
        assert time.monotonic() - began < 2


def test_a_bomb_takes_no_more_memory_than_the_limit() -> None:
    """A gigabyte of zeros in a megabyte, in gzip members that are read one after the other."""
    member = gzip.compress(bytes(64 * 1024**2))
    with serving((200, {"Content-Encoding": "gzip"}, member * 16)) as server:
        tracemalloc.start()
        with pytest.raises(SourceFailed, match="sent more than 1,000,000 bytes"):
            client(max_bytes=1_000_000).ask(Request("GET", server.url))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    # The server's own megabyte counts, too: it is a thread of this process.
    assert peak < 8_000_000


def test_many_empty_members_are_limited_by_what_was_sent() -> None:
    with (
        serving((200, {"Content-Encoding": "gzip"}, gzip.compress(b"") * 100_000)) as server,
        pytest.raises(SourceFailed, match="sent more than 1,000,000 bytes"),
    ):
        client(max_bytes=1_000_000).ask(Request("GET", server.url))


@pytest.mark.parametrize("members", [1, 3])
def test_a_packed_answer_is_unpacked(members: int) -> None:
    body = gzip.compress(b"yes") * members
    with serving((200, {"Content-Encoding": "gzip"}, body)) as server:
        assert client().ask(Request("GET", server.url)).content == b"yes" * members


@pytest.mark.parametrize(
    "body",
    [PACKED[:-200], PACKED[:1_000] + b"!!!!" + PACKED[1_004:], b"no gzip at all"],
    ids=["cut short", "bytes changed", "not packed"],
)
def test_damaged_packing_is_tried_again_and_then_said(body: bytes) -> None:
    packed = {"Content-Encoding": "gzip"}
    with serving((200, packed, body)) as server:
        with pytest.raises(SourceFailed, match="packing is damaged, after 4 attempts"):
            client().ask(Request("GET", server.url))
        assert len(server.asked) == 4
    with serving((200, packed, body), (200, packed, gzip.compress(b"yes"))) as server:
        assert client().ask(Request("GET", server.url)).content == b"yes"


def test_a_packing_that_was_not_asked_for_is_refused() -> None:
    with (
        serving((200, {"Content-Encoding": "br"}, b"...")) as server,
        pytest.raises(SourceFailed, match="as “br”, which was not asked for"),
    ):
        client().ask(Request("GET", server.url))


def test_a_body_in_chunks_that_breaks_off_is_tried_again() -> None:
    chunked = {"Transfer-Encoding": "chunked"}
    with serving((200, chunked, b"5\r\nhal"), (200, chunked, b"3\r\nyes\r\n0\r\n\r\n")) as server:
        assert client().ask(Request("GET", server.url)).content == b"yes"
        assert len(server.asked) == 2


def test_neither_key_nor_caller_stands_in_a_message_or_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    body = b'{"error":"API rate limit exceeded","api-key":"203.0.113.7"} k3y me@example.org'
    with (
        caplog.at_level(logging.DEBUG, logger="surveillance"),
        serving((429, {}, body)) as server,
        pytest.raises(SourceFailed) as failed,
    ):
        client(secrets=("k3y", "me@example.org")).ask(Request("GET", server.url))
    for text in (str(failed.value), caplog.text):
        assert "rate limit exceeded" in text
        assert not any(secret in text for secret in ("k3y", "me@example.org", "203.0.113.7"))


def test_an_error_page_is_quoted_without_its_markup() -> None:
    assert excerpt("<html><h1>Server\n Error</h1></html>") == "Server Error"
    assert excerpt("x" * 500) == "x" * 200 + "…"


def test_the_limiter_spaces_requests_by_its_interval_for_all_who_share_it() -> None:
    now, waits = [100.0], list[float]()

    def sleep(seconds: float) -> None:
        waits.append(round(seconds, 3))
        now[0] += seconds

    limiter = RateLimiter(0.35, clock=lambda: now[0], sleep=sleep)
    for _ in range(3):
        limiter.wait()
    now[0] += 10
    limiter.wait()
    assert waits == [0.35, 0.35]


def test_waits_double_up_to_the_longest() -> None:
    policy = RetryPolicy(first_wait=1.0, longest=10.0)
    waits = [policy.seconds(attempt) for attempt in range(1, 7)]
    for wait, least in zip(waits, (1, 2, 4, 8, 10, 10), strict=True):
        assert least <= wait <= least + 0.5
