"""One holder of a name, one transaction at a time, held against real processes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from db.session import Store
from surveillance.errors import Busy, StoreFailed
from tests.world import Backend, PostgreSQL, contents, fresh_store, store_url

TOPIC = "amputation/pain 1"

HOLDS = """
import sys, time
from db.session import Store

with Store(sys.argv[1]).exclusive(sys.argv[2]):
    print("held", flush=True)
    time.sleep(60)
"""

SAVES = """
import sys
from datetime import date
from db import records as record_rows
from db import runs as run_rows
from db.session import Store
from surveillance.records import Captured, Payload, Record

store = Store(sys.argv[1])
topic = sys.argv[2]
for number in range(20):
    title = f"{topic} {number % 3}"
    record = Record(source="pubmed", source_id=str(number % 5), title=title)
    item = Captured(record, Payload(title.encode(), "text/plain"))
    with store.transaction() as session:
        record_rows.save_captured(
            session, [item], topic=topic, route="created", seen_on=date(2025, 1, 1)
        )
        day, version = date(2025, 1, 1), ("a", "m")
        run_rows.move_watermark(session, "both", "medline", "pubmed", day, version=version)
store.close()
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with fresh_store(tmp_path) as opened:
        yield opened


def process(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def holder(store: Store) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the topic."""
    holding = process(HOLDS, store.url, TOPIC)
    assert holding.stdout is not None
    assert holding.stdout.readline() == "held\n"
    yield holding
    holding.kill()
    holding.communicate()


def test_a_second_holder_is_told_who_the_first_is(
    store: Store, holder: subprocess.Popen[str]
) -> None:
    with pytest.raises(Busy) as busy, store.exclusive(TOPIC):
        pass
    assert re.search(
        rf"another run of {TOPIC} is under way \(process {holder.pid} on \S+ "
        r"since \d{4}-\d\d-\d\d \d\d:\d\d UTC\)",
        str(busy.value),
    )


def test_other_names_and_other_work_go_on(store: Store, holder: subprocess.Popen[str]) -> None:
    with store.exclusive("another topic"), store.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM run")).scalar() == 0


def test_what_was_killed_holds_nothing(store: Store, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with store.exclusive(TOPIC, wait_seconds=10):
        pass


def test_who_waits_gets_its_turn(store: Store, holder: subprocess.Popen[str]) -> None:
    threading.Timer(0.5, holder.kill).start()
    began = time.monotonic()
    with store.exclusive(TOPIC, wait_seconds=30):
        assert time.monotonic() - began >= 0.4


def test_who_waits_too_long_is_told(store: Store, holder: subprocess.Popen[str]) -> None:
    began = time.monotonic()
    with pytest.raises(Busy), store.exclusive(TOPIC, wait_seconds=0.5):
        pass
    assert 0.4 < time.monotonic() - began < 10


def test_one_process_excludes_itself_and_lets_go_at_the_end(store: Store) -> None:
    other = Store(store.url)
    with store.exclusive(TOPIC):
        with pytest.raises(Busy, match=f"process {os.getpid()} on"), other.exclusive(TOPIC):
            pass
        with store.transaction() as session:
            session.execute(text("SELECT 1"))
    with pytest.raises(RuntimeError), other.exclusive(TOPIC):
        raise RuntimeError("a stage fails")
    with store.exclusive(TOPIC):
        pass
    other.close()


@pytest.mark.postgresql
def test_a_lock_that_was_lost_stops_the_run_before_it_writes(
    store: Store, backend: Backend
) -> None:
    """Somebody else may hold it by now. The operating system does not lose a file's lock."""
    assert isinstance(backend, PostgreSQL)
    ends = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    with store.exclusive(TOPIC):
        backend.cluster.execute(ends)
        with pytest.raises(StoreFailed, match="server is not there"), store.transaction():
            pytest.fail("the transaction began")


def test_two_writers_at_once_leave_what_one_after_the_other_would(
    store: Store, tmp_path: Path
) -> None:
    writers = [process(SAVES, store.url, topic) for topic in ("a", "b", "c")]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    for writer in writers:
        writer.communicate()
    rows = contents(store.url)
    assert len(rows["record"]) == 5
    assert len(rows["topic_record"]) == 15
    assert len(rows["watermark"]) == 1
    versions: dict[int, list[int]] = {}
    for row in rows["record_version"]:
        versions.setdefault(row["record_id"], []).append(row["sequence"])
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in versions.values())
    hashes = {row["payload_sha256"] for row in rows["record_version"]}
    assert hashes == {row["sha256"] for row in rows["payload"]}


UPGRADES = """
import sys
from db.session import Store

sys.stdin.readline()
store = Store(sys.argv[1])
store.upgrade()
print(store.check())
"""


def test_two_processes_may_bring_a_store_up_to_date_at_once(tmp_path: Path) -> None:
    url = store_url(tmp_path, empty=True)
    upgrading = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADES, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [one.communicate("go\n", timeout=60)[0] for one in upgrading]
    assert [json.loads(line) for line in said] == [[], [], []]
    assert [one.returncode for one in upgrading] == [0, 0, 0]
