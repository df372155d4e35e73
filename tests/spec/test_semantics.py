"""The meaning of a strategy, page by page: records, a query, and what it finds.

Each page is a table in `pages/`; together they are printed as `docs/semantics.md`:

    .venv/bin/python tests/spec/test_semantics.py > docs/semantics.md
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from surveillance.records.model import Author, IndexedHeading, Qualifier, Record, RecordDates
from surveillance.strategy.evaluate.reference import evaluate
from surveillance.strategy.evaluate.semantics import (
    ChainAnchor,
    ConjunctionInAdjacency,
    EntryDate,
    NearCount,
    Semantics,
)
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.mapping import Entry, mapped, words_of
from surveillance.strategy.mapping import Mapping as Table
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.strategy import Severity, Strategy

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PAGE_FILES = sorted((HERE / "pages").glob("*.toml"))
MESH_FILE = ROOT / "search_strategies" / "targeted_muscle_reinnervation" / "mesh.tsv"

INTRODUCTION = """\
# What a strategy means

This page is printed from the tables that the tests run (`tests/spec/pages`): every row is checked
against the reference engine in each run of the tests. Each row gives a query in the dialect of its
page (where none is named, ovid-medline) and the records of the page that it finds; those for which
the answer is open, because an abstract or the headings are not there yet or a rule is not known,
stand under *cannot tell*. In headings a `*` marks the focus, as in MEDLINE. Where the vendors' own
texts are silent a rule is marked *unverified* and has a switch (`Semantics`).
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One query and what it finds."""

    query: str
    dialect: str
    finds: tuple[str, ...]
    cannot_tell: tuple[str, ...]
    why: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Records and queries; `mapping` stands for the topic's table of Emtree headings."""

    title: str
    text: str
    dialect: str
    records: Mapping[str, Mapping[str, Any]]
    rows: tuple[Row, ...]
    mapping: Mapping[str, Mapping[str, Any]]


def read_page(path: Path) -> Page:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    dialect = table.get("dialect", "ovid-medline")
    return Page(
        table["title"],
        table["text"].strip(),
        dialect,
        table["records"],
        tuple(_row(row, dialect, table["records"]) for row in table["rows"]),
        table.get("mapping", {}),
    )


def _row(row: Mapping[str, Any], dialect: str, records: Iterable[str]) -> Row:
    assert row.keys() <= {"query", "dialect", "finds", "cannot_tell", "why", "options"}
    open_ = row.get("cannot_tell", ())
    if open_ in ("all", "rest"):
        open_ = [name for name in records if name not in row["finds"]]
    return Row(
        row["query"].strip(),
        row.get("dialect", dialect),
        tuple(row["finds"]),
        tuple(open_),
        row.get("why", ""),
        row.get("options", {}),
    )


def strategy_of(page: Page, row: Row) -> Strategy:
    strategy = read_strategy(row.query, row.dialect)
    entries = {
        name: Entry(
            entry["reason"],
            tuple(entry.get("mesh", ())),
            tuple(words_of(words) for words in entry.get("words", ())),
        )
        for name, entry in page.mapping.items()
    }
    return mapped(strategy, Table(entries)) if entries else strategy


def record_of(name: str, described: Mapping[str, Any]) -> Record:
    others: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in described.items()
        if key not in ("mesh", "dates", "authors")
    }
    mesh = described.get("mesh")
    headings = None if mesh is None else tuple(map(_heading, mesh))
    days = {key: date.fromisoformat(day) for key, day in described.get("dates", {}).items()}
    authors = tuple(map(_author, described.get("authors", ())))
    return Record(
        source="spec",
        source_id=name,
        mesh=headings,
        dates=RecordDates(**days),
        authors=authors,
        **others,
    )


def _author(text: str) -> Author:
    last, initials = text.split()
    return Author(last, initials=initials)


def _heading(text: str) -> IndexedHeading:
    """`*Pain/surgery/*methods` as in MEDLINE: a star is a focus."""
    name, *qualifiers = text.split("/")
    return IndexedHeading(
        name.removeprefix("*"),
        major=name.startswith("*"),
        qualifiers=tuple(Qualifier(q.removeprefix("*"), q.startswith("*")) for q in qualifiers),
    )


_READINGS: Mapping[str, type[StrEnum]] = {
    "conjunction": ConjunctionInAdjacency,
    "chain": ChainAnchor,
    "cochrane_near": NearCount,
    "ovid_entry_date": EntryDate,
}


def semantics_of(options: Mapping[str, Any]) -> Semantics:
    values: dict[str, Any] = {
        name: _READINGS[name](value) if name in _READINGS else value
        for name, value in options.items()
    }
    return Semantics(**values)


PAGES = tuple(map(read_page, PAGE_FILES))
EVERY_ROW = [
    pytest.param(page, row, id=f"{page.title}: {row.query}") for page in PAGES for row in page.rows
]


@pytest.fixture(scope="module")
def mesh() -> MeshTree:
    return MeshTree.load(MESH_FILE)


@pytest.mark.parametrize(("page", "row"), EVERY_ROW)
def test_the_query_finds_exactly_these_records(page: Page, row: Row, mesh: MeshTree) -> None:
    found: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    for name, described in page.records.items():
        verdict = evaluate(
            strategy_of(page, row),
            record_of(name, described),
            mesh=mesh,
            options=semantics_of(row.options),
        )
        found[verdict].append(name)
    assert sorted(found[Verdict.MATCH]) == sorted(row.finds)
    assert sorted(found[Verdict.CANNOT_TELL]) == sorted(row.cannot_tell)


@pytest.mark.parametrize(("page", "row"), EVERY_ROW)
def test_the_query_is_read_without_error_unless_a_line_is_missing(page: Page, row: Row) -> None:
    strategy = strategy_of(page, row)
    errors = [d.message for d in strategy.diagnostics if d.severity is Severity.ERROR]
    assert bool(errors) is ("is missing" in row.why or row.query.endswith("and/1-3")), errors


def test_every_switch_is_shown_under_another_value_than_its_default() -> None:
    default = Semantics()
    changed = {
        name
        for page in PAGES
        for row in page.rows
        for name in row.options
        if getattr(semantics_of(row.options), name) != getattr(default, name)
    }
    assert changed == {field.name for field in fields(Semantics)}


def test_every_dialect_has_a_row() -> None:
    assert {row.dialect for page in PAGES for row in page.rows} == {
        *("ovid-medline", "ovid-embase", "cochrane", "inahta", "pubmed")
    }


def test_every_record_of_a_page_is_found_or_left_out_by_some_row() -> None:
    for page in PAGES:
        named = {name for row in page.rows for name in (*row.finds, *row.cannot_tell)}
        assert named <= page.records.keys(), page.title


def test_the_printed_page_is_what_the_tables_say() -> None:
    printed = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
    assert printed == markdown(), (
        "docs/semantics.md is stale: "
        "print it with .venv/bin/python tests/spec/test_semantics.py > docs/semantics.md"
    )


def markdown() -> str:
    """All pages as Markdown."""
    return "\n".join([INTRODUCTION, *map(_markdown_page, PAGES)])


def _markdown_page(page: Page) -> str:
    records = [["record", "holds"], *([f"*{name}*", _held(d)] for name, d in page.records.items())]
    options = any(row.options for row in page.rows)
    columns = ["query", "finds", "cannot tell", "why", *(["switch"] if options else [])]
    rows = [columns, *(_cells(row, page, options=options) for row in page.rows)]
    named = "" if page.dialect == "ovid-medline" else f"\n\nDialect: {page.dialect}."
    tables = [_table(records), *([_table(_mapping(page))] if page.mapping else []), _table(rows)]
    return f"## {page.title}\n\n{page.text}{named}\n\n" + "\n".join(tables)


def _mapping(page: Page) -> list[list[str]]:
    return [
        ["Emtree heading", "in its place", "reason"],
        *(
            [name, _shown([*entry.get("mesh", []), *entry.get("words", [])]), entry["reason"]]
            for name, entry in page.mapping.items()
        ),
    ]


def _held(described: Mapping[str, Any]) -> str:
    return "; ".join(f"{key.replace('_', ' ')}: {_shown(v)}" for key, v in described.items())


def _shown(value: str | Sequence[str] | Mapping[str, str]) -> str:
    if isinstance(value, str):
        return f"“{value}”" if value else "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {day}" for key, day in value.items())
    return ", ".join(f"`{item}`" for item in value) or "none"


def _cells(row: Row, page: Page, *, options: bool) -> list[str]:
    query = "<br>".join(f"`{line}`" for line in row.query.splitlines())
    found = [", ".join(names) or "–" for names in (row.finds, row.cannot_tell)]
    if row.dialect != page.dialect:
        query += f" ({row.dialect})"
    switch = ", ".join(f"`{key}={value}`" for key, value in row.options.items())
    return [query, *found, row.why, *([switch] if options else [])]


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "".join(
        f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines
    )


if __name__ == "__main__":
    print(markdown(), end="")
