"""Stores of a test run share what SQLAlchemy compiles.

Each test opens stores of its own, and an engine compiles each statement when it first runs it: some
hundred of them for a week's run, again for each test.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import URL, Engine, event

from db import engines


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let every engine that is opened meanwhile take over what those before it compiled.

    A compiled statement is found by its dialect, so that is shared, too: the one of the first
    engine of its kind that was connected, which by then knows its server.
    """
    first: dict[str, Engine] = {}

    def open_engine(url: URL) -> Engine:
        engine = engines.open_engine(url)
        name = engine.dialect.name
        if name in first:
            engine.dialect = first[name].dialect
            engine._compiled_cache = first[name]._compiled_cache
        else:
            event.listen(engine, "engine_connect", lambda _: first.setdefault(name, engine))
        return engine

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("db.session.open_engine", open_engine)
        yield
