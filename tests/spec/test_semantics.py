"""The meaning of a strategy, page by page: records, a query, and what it finds.

Each page is a table in `pages/`; together they are printed as `docs/semantics.md`:

    .venv/bin/python tests/spec/test_semantics.py > docs/semantics.md
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from surveillance.records.model import IndexedHeading, Qualifier, Record
from surveillance.strategy.evaluate.reference import evaluate
from surveillance.strategy.evaluate.semantics import (
    ChainAnchor,
    ConjunctionInAdjacency,
    Semantics,
)
from surveillance.strategy.evaluate.verdict import NotEvaluable, Verdict
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.strategy import Severity

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PAGE_FILES = sorted((HERE / "pages").glob("*.toml"))
MESH_FILE = ROOT / "search_strategies" / "targeted_muscle_reinnervation" / "mesh.tsv"

INTRODUCTION = """\
# What a strategy means

This page is printed from the tables that the tests run (`tests/spec/pages`): every row is checked
against the reference engine in each run of the tests. Each row gives a query in the dialect
ovid-medline and the records of its page that it finds; those for which the answer is open, because
an abstract or the headings are not there yet, stand under *cannot tell*. In headings a `*` marks
the focus, as in MEDLINE. Where Ovid's own texts are silent a rule is marked *unverified* and has a
switch (`Semantics`, last page).
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One query and what it finds; `refused` begins the error where it has no answer."""

    query: str
    finds: tuple[str, ...]
    cannot_tell: tuple[str, ...]
    refused: str
    why: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    text: str
    records: Mapping[str, Mapping[str, Any]]
    rows: tuple[Row, ...]


def read_page(path: Path) -> Page:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Page(
        table["title"],
        table["text"].strip(),
        table["records"],
        tuple(_row(row) for row in table["rows"]),
    )


def _row(row: Mapping[str, Any]) -> Row:
    assert row.keys() <= {"query", "finds", "cannot_tell", "refused", "why", "options"}
    assert ("finds" in row) is not ("refused" in row)
    return Row(
        row["query"].strip(),
        tuple(row.get("finds", ())),
        tuple(row.get("cannot_tell", ())),
        row.get("refused", ""),
        row.get("why", ""),
        row.get("options", {}),
    )


def record_of(name: str, described: Mapping[str, Any]) -> Record:
    fields: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in described.items()
        if key != "mesh"
    }
    mesh = described.get("mesh")
    headings = None if mesh is None else tuple(map(_heading, mesh))
    return Record(source="spec", source_id=name, mesh=headings, **fields)


def _heading(text: str) -> IndexedHeading:
    """`*Pain/surgery/*methods` as in MEDLINE: a star is a focus."""
    name, *qualifiers = text.split("/")
    return IndexedHeading(
        name.removeprefix("*"),
        major=name.startswith("*"),
        qualifiers=tuple(Qualifier(q.removeprefix("*"), q.startswith("*")) for q in qualifiers),
    )


def semantics_of(options: Mapping[str, Any]) -> Semantics:
    values = dict(options)
    if "conjunction" in values:
        values["conjunction"] = ConjunctionInAdjacency(values["conjunction"])
    if "chain" in values:
        values["chain"] = ChainAnchor(values["chain"])
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
    strategy = read_strategy(row.query, "ovid-medline")
    found: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    try:
        for name, described in page.records.items():
            record = record_of(name, described)
            verdict = evaluate(strategy, record, mesh=mesh, options=semantics_of(row.options))
            found[verdict].append(name)
    except NotEvaluable as refusal:
        assert row.refused, str(refusal)
        assert str(refusal).startswith(row.refused)
        return
    assert not row.refused
    assert sorted(found[Verdict.MATCH]) == sorted(row.finds)
    assert sorted(found[Verdict.CANNOT_TELL]) == sorted(row.cannot_tell)


@pytest.mark.parametrize(("page", "row"), EVERY_ROW)
def test_the_query_is_read_without_error_unless_a_line_is_missing(page: Page, row: Row) -> None:
    strategy = read_strategy(row.query, "ovid-medline")
    errors = [d.message for d in strategy.diagnostics if d.severity is Severity.ERROR]
    assert bool(errors) is ("is missing" in row.why or row.query.endswith("and/1-3")), errors


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
    rows = [columns, *(_cells(row, options=options) for row in page.rows)]
    return f"## {page.title}\n\n{page.text}\n\n{_table(records)}\n{_table(rows)}"


def _held(described: Mapping[str, Any]) -> str:
    return "; ".join(f"{key.replace('_', ' ')}: {_shown(v)}" for key, v in described.items())


def _shown(value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        return f"“{value}”" if value else "none"
    return ", ".join(f"`{item}`" for item in value) or "none"


def _cells(row: Row, *, options: bool) -> list[str]:
    query = "<br>".join(f"`{line}`" for line in row.query.splitlines())
    found = [", ".join(names) or "–" for names in (row.finds, row.cannot_tell)]
    if row.refused:
        found = [f"refused: “{row.refused} …”", "–"]
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
