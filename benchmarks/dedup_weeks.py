"""A week's 500 records against a large store: seconds, on SQLite and PostgreSQL.

    python -m benchmarks.dedup_weeks [N] [--times K] [--database URL] [--filled]

The store holds N records of the generator `benchmarks.dedup_generated`, a fifth of them copies;
the week's records are of the same, so that about a fifth repeats what is there. Timed are the
steps of the pipeline's stage, in one transaction as there. The store is made by the program
itself, which compares all records once; with `--filled` it has the index, but nothing was decided
among the records that it begins with, which is quicker to make. With `--times K` all its rows are
there K times, each time under other numbers and other keys: tables and indexes of K × N records,
of which the week's records find those of the first N.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.dedup_generated import parts_of, write_records
from db import candidates, comparing, pair_log
from db import records as record_rows
from db import reports as report_rows
from db.models import Base
from db.session import Store
from surveillance.dedup.decide import RULES_VERSION
from surveillance.pipeline.comparing import compare, filed_under, save_compared
from surveillance.records import Captured
from surveillance.records.reading import read_records

RECORDS = Path(".bench/data/pubmed21n1298.xml.gz")
WEEK, TOPIC = 500, "benchmark"
FIRST_DAY, LATER = date(2024, 8, 2), date(2024, 8, 9)
#: Records saved in one transaction, so that a million needs little memory.
_BATCH = 20_000

#: By step the seconds that passed, and those of our own processor.
Seconds = dict[str, tuple[float, float]]


class Watch:
    """The seconds between one step and the next."""

    def __init__(self) -> None:
        self.seconds: Seconds = {}
        self._last = (time.perf_counter(), time.process_time())

    def took(self, what: str) -> None:
        """Note the time since the step before."""
        now = (time.perf_counter(), time.process_time())
        self.seconds[what] = (now[0] - self._last[0], now[1] - self._last[1])
        self._last = now


def made(folder: Path, count: int) -> Sequence[Captured]:
    """So many records of the generator."""
    file = folder / "records.csv"
    write_records(file, folder / "truth.txt", parts_of(RECORDS), count)
    return list(read_records(file).captured)


def in_batches(items: Sequence[Captured]) -> Iterator[list[Captured]]:
    """The records in parts of one transaction each."""
    rest = iter(items)
    while some := list(islice(rest, _BATCH)):
        yield some


def save(session: Session, items: Sequence[Captured], day: date) -> tuple[int, ...]:
    """Keep the records as an import does."""
    return record_rows.save_captured(session, items, topic=TOPIC, route="import", seen_on=day).ids


def fill(store: Store, items: Sequence[Captured]) -> None:
    """Put records and index into the store, each record a report of its own."""
    with store.transaction() as session:
        candidates.begin_index(session, TOPIC, RULES_VERSION)
    for some in in_batches(items):
        with store.transaction() as session:
            ids = save(session, some, FIRST_DAY)
            stored = record_rows.records_of(session, TOPIC, ids)
            filed = {one.id: filed_under(one.record, named=False) for one in stored}
            candidates.file_records(session, TOPIC, filed)
            alone = [(number,) for number in ids]
            report_rows.save_clusters(session, TOPIC, alone, dict.fromkeys(ids, FIRST_DAY))
            report_rows.mark_compared(session, TOPIC, dict.fromkeys(ids, 1))


def compare_all(store: Store, items: Sequence[Captured]) -> None:
    """Put records into the store and have the program compare them all."""
    for some in in_batches(items):
        with store.transaction() as session:
            save(session, some, FIRST_DAY)
    with store.transaction() as session:
        stage(session, Watch(), FIRST_DAY)


def stage(session: Session, watch: Watch, day: date) -> int:
    """What the pipeline's stage does; how many records were loaded."""
    held = {number for number, _, _ in comparing.came(session, TOPIC)}
    before = comparing.reports_by_record(session, TOPIC)
    watch.took("look what there is")
    compared = compare(session, TOPIC, held)
    watch.took("find, load, compare")
    entered = dict.fromkeys(held - before.keys(), day)
    save_compared(session, TOPIC, compared, entered, day)
    watch.took("save")
    comparing.reports_by_record(session, TOPIC, compared.loaded.keys())
    watch.took("look where they are")
    pair_log.doubtful_pairs(session, TOPIC)
    watch.took("count what is doubtful")
    return len(compared.loaded)


#: The rows of a store of which there are more copies, with what is other in the copy `:k`.
_COPIES = {
    "record": "id + :far, source, source_id || ' ' || :k, deleted_on, merged_into",
    "record_version": "id + :far, record_id + :far, sequence, payload_sha256, content, seen_on",
    "topic_record": "topic, record_id + :far, route, first_seen_on, first_search_id",
    "report": "id + :far, topic, first_seen_on, merged_into + :far",
    "report_record": (
        "topic, record_id + :far, report_id + :far, own_report_id + :far, compared_sequence"
    ),
    "candidate_key": "topic, record_id + :far, key_hash / 2 + :k, form / 2 + :k",
}
#: Further apart than a store here has rows.
_FAR = 10_000_000


def multiply(store: Store, times: int) -> None:
    """Have all rows so many times."""
    for k in range(1, times):
        with store.transaction() as session:
            for table, columns in _COPIES.items():
                names = ", ".join(Base.metadata.tables[table].columns.keys())
                first = "id" if table in ("record", "record_version", "report") else "record_id"
                copied = f"INSERT INTO {table} ({names}) SELECT {_plain(columns, k)} FROM {table}"
                session.execute(text(f"{copied} WHERE {first} < {_FAR}"))
    if store.engine.dialect.name == "postgresql":
        with store.transaction() as session:
            session.execute(text("ANALYZE"))


def _plain(columns: str, k: int) -> str:
    told = columns.replace(":far", str(k * _FAR)).replace("' ' || :k", f"' {k}'")
    return told.replace(":k", str(k))


def measured(
    url: str, items: Sequence[Captured], *, filled: bool, times: int
) -> tuple[Seconds, int]:
    """The seconds of a week by its steps, and how many records it loaded."""
    store = Store(url)
    store.upgrade()
    watch = Watch()
    (fill if filled else compare_all)(store, items[:-WEEK])
    multiply(store, times)
    watch.took("(make the store)")
    with store.transaction() as session:
        save(session, items[-WEEK:], LATER)
    watch.took("(import the week)")
    with store.transaction() as session:
        loaded = stage(session, watch, LATER)
    watch.took("commit")
    store.close()
    return watch.seconds, loaded


def main() -> None:
    """Print the seconds of a week's stage."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=int, nargs="?", default=100_000)
    parser.add_argument("--database", help="an empty database (default: a SQLite file)")
    parser.add_argument("--filled", action="store_true", help="nothing decided at the beginning")
    parser.add_argument("--times", type=int, default=1, help="how often each row is there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dedup-weeks-") as folder:
        url = arguments.database or f"sqlite:///{folder}/store.db"
        items = made(Path(folder), arguments.records + WEEK)
        seconds, loaded = measured(url, items, filled=arguments.filled, times=arguments.times)
    there = arguments.records * arguments.times
    title = f"{WEEK} records against {there:,}: {loaded:,} loaded"
    table = Table("step", "seconds", "of the processor", title=title)
    for what, (passed, own) in seconds.items():
        table.add_row(what, f"{passed:.2f}", f"{own:.2f}")
    week = [took for what, took in seconds.items() if not what.startswith("(")]
    table.add_row("the week's stage", *(f"{sum(column):.2f}" for column in zip(*week, strict=True)))
    Console().print(table)


if __name__ == "__main__":
    main()
