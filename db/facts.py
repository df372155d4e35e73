"""What a store says, apart from how it came to say it: the same however a run got there.

Numbers that only tell rows apart are replaced by what they stand for, so that two stores can be
compared whose rows were written in another order or after an attempt that was taken back.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Set
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, UniqueConstraint, select
from sqlalchemy.orm import Session

from db.models import Base

#: The log of attempts: it grows with each, and everything else must end the same.
ATTEMPTS = frozenset(
    ("run", "stage", "search", "search_result", "line_count", "exchange", "known_item_check")
)
#: Who may sign in to the page: it says nothing of the evidence.
ACCOUNTS = frozenset(("account", "web_session", "access_token", "audit_event"))
#: Moments of the machine's clock, which attempt it was, and how many of them sending took.
VOLATILE = frozenset(
    (
        *("sent_at", "composed_at", "next_try_at", "run_id", "first_search_id", "digest"),
        *("identity", "attempts", "possible_repeat"),
    )
)
#: What became of messages: that is between us and those who take them.
DELIVERIES = frozenset(("message", "subscription", "unsubscription", "bounce"))
_OF_DELIVERY = {"alert": frozenset(("state", "queued_on"))}

Fact = tuple[tuple[str, Hashable], ...]
_Rows = Mapping[str, Mapping[Any, Mapping[str, Any]]]


def facts(session: Session, *, deliveries: bool = True) -> dict[str, list[Fact]]:
    """Every row of every table but the log of attempts and the accounts, sorted, by table.

    Without `deliveries` nothing is said of what became of messages, only who was due what.
    """
    left_out = ATTEMPTS | ACCOUNTS | (frozenset() if deliveries else DELIVERIES)
    tables = [table for table in Base.metadata.sorted_tables if table.name not in left_out]
    told = {table.name: _rows(session, table) for table in tables}
    if not deliveries:
        for name, columns in _OF_DELIVERY.items():
            told[name] = {key: _without(row, columns) for key, row in told[name].items()}
    named = _Named(told)
    return {
        table.name: sorted(
            (named.fact(table, row) for row in named.rows[table.name].values()), key=repr
        )
        for table in tables
    }


def differences(ours: Mapping[str, list[Fact]], theirs: Mapping[str, list[Fact]]) -> list[str]:
    """What one store says and the other does not, a sentence each."""
    found = []
    for name, facts_here in ours.items():
        here, there = set(facts_here), set(theirs.get(name, ()))
        found += [f"{name}: only here: {_shown(fact)}" for fact in sorted(here - there, key=repr)]
        found += [
            f"{name}: missing here: {_shown(fact)}" for fact in sorted(there - here, key=repr)
        ]
        if len(facts_here) != len(here):
            found.append(f"{name}: {len(facts_here) - len(here)} rows say the same twice")
    return found


def _shown(fact: Fact) -> str:
    text = ", ".join(f"{name}={value}" for name, value in fact)
    return text if len(text) <= 300 else f"{text[:300]}…"


def _without(row: Mapping[str, Any], columns: Set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in columns}


def _rows(session: Session, table: Table) -> dict[Any, dict[str, Any]]:
    columns = [column for column in table.columns if not isinstance(column.type, LargeBinary)]
    found = session.execute(select(*columns)).mappings()
    return {_identity(table, row): dict(row) for row in found}


def _identity(table: Table, row: Mapping[Any, Any]) -> Any:
    return tuple(row[column.name] for column in table.primary_key)


class _Named:
    """The rows of a store, each by what it stands for."""

    def __init__(self, rows: _Rows) -> None:
        self.rows = rows
        self._names: dict[tuple[str, Any], Hashable] = {}
        places = rows["report_record"].values()
        self._own = {place["own_report_id"]: place["record_id"] for place in places}

    def fact(self, table: Table, row: Mapping[str, Any]) -> Fact:
        """A row without its number, its references named; a report by the record it is of."""
        told: Fact = (("of", self._name(table, row["id"])),) if table.name == "report" else ()
        return told + tuple(
            (column.name, self._value(column, row[column.name]))
            for column in table.columns
            if column.name in row and column.name not in VOLATILE and column.name != "id"
        )

    def _value(self, column: Column[Any], value: Any) -> Hashable:
        for key in column.foreign_keys:
            if key.column.name == "id" and value is not None:
                return self._name(key.column.table, value)
        return _plain(value)

    def _name(self, table: Table, number: int) -> Hashable:
        key = (table.name, number)
        if key not in self._names:
            self._names[key] = self._told(table, number)
        return self._names[key]

    def _told(self, table: Table, number: int) -> Hashable:
        """A report is that of the record whose own it is; other rows are told by what is unique."""
        if table.name == "report":
            return ("report of", self._name(Base.metadata.tables["record"], self._own[number]))
        row = self.rows[table.name][(number,)]
        unique = next((c for c in table.constraints if isinstance(c, UniqueConstraint)), None)
        if unique is None or any(row[column.name] is None for column in unique.columns):
            return self.fact(table, row)
        return tuple(self._value(column, row[column.name]) for column in unique.columns)


def _plain(value: Any) -> Hashable:
    if isinstance(value, dict | list):
        return repr(value)
    return value if isinstance(value, Hashable) else repr(value)
