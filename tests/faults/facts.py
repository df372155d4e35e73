"""What a store says to people, told without the numbers that only tell its rows apart.

Left out are the tables that log attempts (`ATTEMPTS`: they grow with every attempt, and say so),
the texts of the topic's files that an attempt was made with, the moment at which a digest was
written, the Message-ID of a message and how often it was tried. Of the run that raised a signal and
of the search that brought a record first its day, strategy and source count, of a digest its day:
an attempt that failed has used up a number. Whether a known item was found is compared for the
newest run.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, select
from sqlalchemy.orm import Session

from db.models import Base, PayloadRow
from db.runs import INPUT
from db.session import Store

#: The log of attempts.
ATTEMPTS = frozenset({"run", "stage", "search", "search_result", "line_count", "exchange"})
#: The machine's clock, not the run's.
MOMENTS = frozenset({"sent_at", "started_at", "finished_at", "composed_at", "next_try_at"})
#: Of a message: drawn at random, and how many attempts its sending took.
OF_ATTEMPTS = frozenset({"identity", "attempts", "possible_repeat"})

Facts = dict[str, Counter[str]]
_Row = Mapping[str, Any]
_RUN_NUMBER = re.compile(r"-run-[0-9]+(?=-[0-9]+$|$)")
_TABLES = Base.metadata.tables


def natural_facts(store: Store) -> Facts:
    """Every row of every table that does not log attempts, as text, and how often it is there."""
    with store.transaction() as session:
        told = _Told({name: _rows(session, table) for name, table in _TABLES.items()})
        _check_payloads(session)
    return {name: Counter(told.rows_of(name)) for name in _TABLES if name not in ATTEMPTS}


def lost_and_doubled(expected: Facts, found: Facts) -> tuple[list[str], list[str]]:
    """What the healthy store says and this one does not, and what this one says beyond it."""
    lost = [f"{name}: {fact}" for name in expected for fact in expected[name] - found[name]]
    doubled = [f"{name}: {fact}" for name in found for fact in found[name] - expected[name]]
    return lost, doubled


def _rows(session: Session, table: Table) -> list[_Row]:
    columns = [column for column in table.columns if not isinstance(column.type, LargeBinary)]
    return [dict(row) for row in session.execute(select(*columns)).mappings()]


def _check_payloads(session: Session) -> None:
    for sha256, content in session.execute(select(PayloadRow.sha256, PayloadRow.content)):
        assert hashlib.sha256(zlib.decompress(content)).hexdigest() == sha256


class _Told:
    """The rows of a store with their references told by what they stand for."""

    def __init__(self, rows: dict[str, list[_Row]]) -> None:
        self._rows = rows
        self._by_number = {
            name: {row["id"]: row for row in found}
            for name, found in rows.items()
            if "id" in _TABLES[name].columns
        }
        self._owner = {row["own_report_id"]: row["record_id"] for row in rows["report_record"]}
        finished = (row for row in rows["run"] if row["state"] == "finished")
        newest = max(finished, key=lambda row: (row["clock"], row["id"]), default={"id": 0})
        self._newest_run = newest["id"]

    def rows_of(self, name: str) -> Iterator[str]:
        for row in self._rows[name]:
            if self._is_fact(name, row):
                yield json.dumps(self._plain(name, row), default=str, sort_keys=True)

    def _is_fact(self, name: str, row: _Row) -> bool:
        if name == "known_item_check":
            return bool(row["run_id"] == self._newest_run)
        return name != "payload" or row["media_type"] != INPUT

    def _plain(self, name: str, row: _Row) -> dict[str, Any]:
        columns = _TABLES[name].columns
        kept = (key for key in row if key not in {"id"} | MOMENTS | OF_ATTEMPTS)
        return {key: self._value(columns[key], row[key]) for key in kept}

    def _value(self, column: Column[Any], value: Any) -> Any:
        if column.name == "digest":
            return _RUN_NUMBER.sub("", value)
        for key in column.foreign_keys:
            if key.column.name == "id" and value is not None:
                return self._name(key.column.table.name, value)
        return value

    def _name(self, table: str, number: int) -> Any:
        row = self._by_number[table].get(number)
        if row is None:
            return ["nothing in", table]
        match table:
            case "record":
                return [row["source"], row["source_id"]]
            case "record_version":
                return [self._name("record", row["record_id"]), row["sequence"]]
            case "report":
                return ["the report of", self._name("record", self._owner[number])]
            case "registration_version":
                return [row["nct"], row["sequence"]]
            case "signal":
                return [row["topic"], row["key"]]
            case "run":
                return [row["topic"], row["kind"], row["clock"]]
            case "search":
                return [row["strategy"], row["source"], row["searched_on"]]
        return self._plain(table, row)
