"""One workshop for the tests of faults: the healthy weeks are lived once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.workshop import Workshop, workshop


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Topic, sources and healthy weeks, on SQLite."""
    with workshop(tmp_path_factory.mktemp("faults")) as opened:
        yield opened
