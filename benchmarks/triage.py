"""The triage page under load: 20 people in a topic of 50,000 reports, on loopback.

    python -m benchmarks.triage [--reports N] [--people N] [--seconds N]

People arrive within ten seconds, sign in, and go on from page to page, about one a second; half of
them decide. Meanwhile the order of reading is learnt, and the load comes from the same cores.
Printed are the times of each page and the machine's figures; the server is a process of its own,
as `surveil triage` starts it.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.triage_topic import PASSWORD, SIGNALS, fill, name_of
from surveillance.cli.topics import EXAMPLE

#: What the issue asks for: seconds within which 95 of 100 pages are there.
WANTED = 0.3
#: Seconds in which people arrive.
_ARRIVE = 10.0


@dataclass
class Times:
    """Seconds of each answer by page, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, page: str, seconds: float, status: int) -> None:
        with self.lock:
            self.seconds[page].append(seconds)
            if status >= 400 and status != 409:
                self.faults.append(f"{page}: {status}")


def main() -> None:
    """Make the topic, serve it, and let people at it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--reports", type=int, default=50_000)
    asked.add_argument("--people", type=int, default=20)
    asked.add_argument("--seconds", type=int, default=120)
    wanted = asked.parse_args()
    console = Console()
    with TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        fill(folder, wanted.reports, wanted.people)
        console.print(f"{wanted.reports:,} reports made in {time.perf_counter() - began:.0f} s")
        with served(folder) as (address, ready):
            console.print(f"the page was there {ready:.1f} s after its start")
            times = load(address, wanted.people, wanted.seconds)
    show(console, times, wanted.people)


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, float]]:
    """`surveil triage` on a free port: its address, and the seconds until its first page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    began = time.perf_counter()
    command = [str(Path(sys.executable).with_name("surveil")), "triage", "--port", str(port)]
    with subprocess.Popen(
        command, env={**os.environ, "SURVEIL_WORKSPACE": str(folder)}, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait_for(address)
            ready = time.perf_counter() - began
            with _signed_in(address, 0) as client:
                client.get(f"/topics/{EXAMPLE}/screen", timeout=600)
            yield address, ready
        finally:
            server.terminate()


def _wait_for(address: str) -> None:
    for _ in range(600):
        try:
            httpx.get(f"{address}/sign-in")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the page did not start.")


@contextmanager
def _signed_in(address: str, number: int) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers={"Accept": "text/html"}, timeout=120) as client:
        client.post("/sign-in", data={"name": name_of(number), "password": PASSWORD})
        yield client


def load(address: str, people: int, seconds: int) -> Times:
    """Everybody at once, for so many seconds."""
    times = Times()
    threads = [
        threading.Thread(target=_person, args=(address, number, seconds, times))
        for number in range(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _person(address: str, number: int, seconds: int, times: Times) -> None:
    chance = Random(number)
    topic = f"/topics/{EXAMPLE}"
    until = time.perf_counter() + seconds
    # People don't all arrive in one second.
    time.sleep(chance.uniform(0, _ARRIVE))
    with _signed_in(address, number) as client:
        while time.perf_counter() < until:
            page = _ask(client, times, "screen", f"{topic}/screen")
            report = int(_first(r'data-report="(\d+)"', page) or 0)
            if number % 2 and report:
                word = _first(r'name="csrf" content="([^"]+)"', page)
                told = {"verdict": "unsure", "csrf": word, "told": 0}
                address_of = f"{topic}/screen/{report}"
                _ask(client, times, "a decision", address_of, told)
            if number % 4 == 0:
                _compare(client, times, f"{topic}/duplicates")
                _link(client, times, f"{topic}/links")
            pages = _pages(topic, report, chance)
            chance.shuffle(pages)
            for name, path in pages:
                time.sleep(chance.uniform(0.5, 1.5))
                _ask(client, times, name, path)


def _pages(topic: str, report: int, chance: Random) -> list[tuple[str, str]]:
    return [
        ("first page", "/"),
        ("week", topic),
        ("cards", f"{topic}/screen/cards?most=20&behind={report}"),
        ("reports", f"{topic}/reports?pile=waiting&start={chance.randrange(300) * 50}"),
        ("reports searched", f"{topic}/reports?find=neuroma+{chance.randrange(99)}"),
        ("one report", f"{topic}/reports/{chance.randrange(1, 5_000)}"),
        ("duplicates", f"{topic}/duplicates"),
        ("links", f"{topic}/links"),
        ("merged", f"{topic}/duplicates/merged?page={chance.randrange(1, 40)}"),
        ("signals", f"/signals?topic={EXAMPLE}"),
        ("one signal", f"/signals/{chance.randrange(1, SIGNALS)}"),
        ("guidance", f"{topic}/guidance"),
        ("strategies", f"{topic}/strategies"),
        ("one strategy", f"{topic}/strategies/medline"),
    ]


def _compare(client: httpx.Client, times: Times, path: str) -> None:
    """Answer the doubtful pair that is shown."""
    page = _ask(client, times, "duplicates", path)
    pair = _first(r'name="pair" value="([0-9-]+)"', page)
    if pair:
        word = _first(r'name="csrf" content="([^"]+)"', page)
        told: dict[str, object] = {"pair": pair, "verdict": "different", "csrf": word}
        _ask(client, times, "a pair answered", path, told)


def _link(client: httpx.Client, times: Times, path: str) -> None:
    """Answer the doubtful link that is shown."""
    page = _ask(client, times, "links", path)
    link = _first(r'name="link" value="([^"]+)"', page)
    if link:
        word = _first(r'name="csrf" content="([^"]+)"', page)
        told: dict[str, object] = {"link": link, "verdict": "different", "csrf": word}
        _ask(client, times, "a link answered", path, told)


def _first(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    return found.group(1) if found else ""


def _ask(
    client: httpx.Client, times: Times, name: str, path: str, form: dict[str, object] | None = None
) -> str:
    began = time.perf_counter()
    answer = client.post(path, data=form) if form else client.get(path)
    times.add(name, time.perf_counter() - began, answer.status_code)
    return answer.text


def show(console: Console, times: Times, people: int) -> None:
    """The table, and whether each page was within what is wanted."""
    table = Table(title=f"{people} people at once", title_justify="left")
    for header in ("page", "answers", "median ms", "95 % ms", "slowest ms", f"≤ {WANTED:g} s"):
        table.add_column(header, justify="left" if header == "page" else "right")
    for name, seconds in sorted(times.seconds.items()):
        ordered = sorted(seconds)
        at_95 = ordered[int(len(ordered) * 0.95)] if len(ordered) > 1 else ordered[0]
        numbers = (ordered[len(ordered) // 2], at_95, ordered[-1])
        cells = [f"{1000 * one:,.0f}" for one in numbers]
        table.add_row(name, f"{len(ordered):,}", *cells, "yes" if at_95 <= WANTED else "no")
    console.print(table)
    console.print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    console.print(f"answers that were errors: {len(times.faults)} {sorted(set(times.faults))[:5]}")


if __name__ == "__main__":
    main()
