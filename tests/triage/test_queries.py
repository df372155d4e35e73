"""No page asks the store more often because its list is longer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from surveillance.accounts import Role
from surveillance.cli.topics import EXAMPLE
from tests.decision_desk import RECORDS, desk
from tests.triage_desk import served
from tests.world import store_url

pytestmark = pytest.mark.sqlite

AT = f"/topics/{EXAMPLE}"
PAGES = (
    "/",
    AT,
    f"{AT}/screen",
    f"{AT}/screen/cards?most=60",
    f"{AT}/reports",
    f"{AT}/reports?find=stumps",
    f"{AT}/duplicates",
    f"{AT}/links",
    f"/signals?topic={EXAMPLE}",
    f"{AT}/strategies",
)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that any engine of this process runs meanwhile."""
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *more: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def queries(folder: Path, reports: int) -> dict[str, int]:
    """How many questions each page costs in a topic of so many reports."""
    many = [
        replace(
            RECORDS[2], source_id=str(92000000 + n), pmid=str(92000000 + n), doi=f"10.5555/q.{n}"
        )
        for n in range(reports)
    ]
    found = {}
    with (
        desk(folder, [*RECORDS, *many]),
        served(folder, store_url(folder)) as page,
        page.signed_in(Role.SPECIALIST) as client,
    ):
        for path in PAGES:
            client.get(path)
            with counted() as seen:
                assert client.get(path).status_code == 200, path
            found[path] = len(seen)
    return found


def test_questions_do_not_grow_with_the_list(tmp_path: Path) -> None:
    few, many = queries(tmp_path / "few", 3), queries(tmp_path / "many", 90)
    assert few == many
    assert max(many.values()) < 40
