"""One pace for all processes of a machine, against a server that notes when requests arrive."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from surveillance.errors import SourceFailed
from surveillance.sources import pacing
from surveillance.sources.http import RateLimiter, shared_limiter
from surveillance.sources.pacing import MachinePace, pace_file

INTERVAL, LIMIT = 0.11, 10

ASKS = """
import sys, threading
from surveillance.sources.http import Client, Request, shared_limiter

url, threads, requests = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

def ask():
    client = Client("PubMed", shared_limiter(url, 0.11))
    for _ in range(requests):
        client.ask(Request("GET", url))

asking = [threading.Thread(target=ask) for _ in range(threads)]
for thread in asking: thread.start()
for thread in asking: thread.join()
"""


class Arrivals:
    """A server, and when each request reached it."""

    def __init__(self) -> None:
        self.times: list[float] = []
        arrivals = self.times

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                arrivals.append(time.monotonic())
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def most_in_a_second(self) -> int:
        times = sorted(self.times)
        return max(sum(begin <= one < begin + 1 for one in times) for begin in times)


@pytest.fixture
def arrivals() -> Iterator[Arrivals]:
    made = Arrivals()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, for this test alone."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def asking(url: str, threads: int, requests: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", ASKS, url, str(threads), str(requests)])


@pytest.mark.slow
def test_processes_and_threads_together_keep_to_the_limit(arrivals: Arrivals, folder: Path) -> None:
    processes = [asking(arrivals.url, threads=2, requests=4) for _ in range(4)]
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0, 0]
    assert len(arrivals.times) == 32
    assert arrivals.most_in_a_second() <= LIMIT
    # Nor is the pace much slower than it must be.
    assert max(arrivals.times) - min(arrivals.times) < 3 * 31 * INTERVAL


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_waits_holds_nobody_up(
    arrivals: Arrivals, folder: Path
) -> None:
    killed = asking(arrivals.url, threads=2, requests=10_000)
    while len(arrivals.times) < 3:
        time.sleep(0.05)
    killed.kill()
    killed.wait()
    before = len(arrivals.times)
    assert asking(arrivals.url, threads=1, requests=3).wait(timeout=60) == 0
    assert len(arrivals.times) >= before + 3


def seconds_of(pace: MachinePace) -> float:
    began = time.monotonic()
    pace.wait()
    return time.monotonic() - began


def test_the_second_request_waits_and_one_after_a_pause_does_not(tmp_path: Path) -> None:
    pace = MachinePace(tmp_path / "pace", 1.0)
    assert seconds_of(pace) < 0.7
    assert seconds_of(pace) >= 0.99
    time.sleep(1.05)
    assert seconds_of(pace) < 0.7


def far(seconds: float) -> bytes:
    return f"{time.monotonic() + seconds}\n".encode()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 5_000_000, b"soon", b"nan", b"inf", b"-inf", b"1e400", far(1e9), far(1e4)],
    ids=["empty", "zeros", "words", "nan", "inf", "-inf", "huge", "years ahead", "hours ahead"],
)
def test_a_damaged_moment_or_one_from_before_a_restart_does_not_count(
    content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "pace"
    file.write_bytes(content)
    assert seconds_of(MachinePace(file, 30.0)) < 1.0
    assert 0 < float(file.read_text()) <= time.monotonic()


def test_two_paces_of_one_service_count_each_others_requests(tmp_path: Path) -> None:
    """One process has a key and the other none; NCBI sees one address."""
    MachinePace(tmp_path / "pace", 0.35).wait()
    assert seconds_of(MachinePace(tmp_path / "pace", 0.11)) >= 0.05


def test_somebody_who_hangs_with_the_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "PATIENCE", 0.2)
    hanging = threading.Thread(target=MachinePace(tmp_path / "pace", 1.0).wait)
    MachinePace(tmp_path / "pace", 1.0).wait()
    hanging.start()
    time.sleep(0.1)
    with pytest.raises(SourceFailed, match="kept every request waiting"):
        MachinePace(tmp_path / "pace", 1.0).wait()
    hanging.join()


def test_without_an_interval_no_file_is_touched(folder: Path) -> None:
    assert isinstance(shared_limiter("http://127.0.0.1:1/", 0.0), RateLimiter)
    assert list(folder.iterdir()) == []


def test_the_file_belongs_to_the_host_and_names_no_password(folder: Path) -> None:
    base = "https://user:s3cr3t@eutils.ncbi.nlm.nih.gov/entrez/eutils/"
    file = pace_file(base)
    assert file is not None
    assert "s3cr3t" not in file.name
    assert file == pace_file("https://eutils.ncbi.nlm.nih.gov/entrez/other/")
    assert file != pace_file("http://127.0.0.1:8001/")
    assert file.parent.stat().st_mode & 0o077 == 0


def test_a_strangers_folder_is_not_used(folder: Path, tmp_path: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / f"surveil-{os.getuid()}").symlink_to(folder / "elsewhere")
    assert pace_file("http://127.0.0.1:1/") is None
    assert isinstance(shared_limiter("http://127.0.0.1:2/", 0.5), RateLimiter)
