"""Which tests run on which database, and where ../shared is.

A test in a module that uses a store (it imports `tests.world` or `db.session`) runs twice:
on SQLite, and on a PostgreSQL cluster that the first such test starts. `@pytest.mark.sqlite` and
`@pytest.mark.postgresql` are for what is about one of them alone. A fixture with a
wider scope than one test that opens a store must ask for `backend`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from surveillance.pipeline.demonstration import PUBLISHED_SEARCH
from surveillance.triage.processes import LOADED
from tests import world
from tests.postgres import Cluster, binaries, running_cluster
from tests.statements import compiled_once

# Hypothesis takes the time of an example by the clock on the wall, and other tests run beside it.
settings.register_profile("beside others", deadline=5_000)
settings.load_profile("beside others")

# Processes are forked from one for each process of pytest, whoever asks first: it has it all.
LOADED += ["tests.faults.warm", "tests.faults.killing", "tests.outbox_desk"]

_SHARED = Path(__file__).resolve().parents[2] / "shared"
_USES_A_STORE = re.compile(r"^ *from (tests\.world|db\.session) import", re.MULTILINE)
_DATABASES = {"sqlite", "postgresql"}
_NO_POSTGRESQL = (
    "PostgreSQL's server is not here (Debian: apt-get install postgresql); "
    "this test ran on SQLite alone"
)


@pytest.fixture(scope="session", autouse=True)
def statements() -> Iterator[None]:
    """Statements are compiled once for all tests, not once for each store."""
    with compiled_once():
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder ../shared, which users don't have; a test that needs it is skipped there."""
    if not _SHARED.is_dir():
        pytest.skip("../shared is not here; this test compares with the real files in it")
    return _SHARED


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for this run of the tests."""
    programs = binaries()
    if programs is None:
        pytest.skip(_NO_POSTGRESQL)
    with running_cluster(programs) as running:
        yield running


@pytest.fixture(scope="session")
def searched_once(
    backend: world.Backend, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[world.World]:
    """A workspace in which the published search has run: to be copied, never changed."""
    from surveillance.pipeline.running import run_topic

    with world.world(tmp_path_factory.mktemp("searched") / "workspace") as made:
        run_topic(made.topic, made.settings, until=PUBLISHED_SEARCH)
        yield made


@pytest.fixture
def searched(searched_once: world.World, tmp_path: Path) -> Iterator[world.World]:
    """A workspace of the test's own in which the published search has run."""
    with world.copy_of(searched_once, tmp_path / "workspace") as made:
        yield made


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> Iterator[world.Backend]:
    """The database that stores are opened on, for every test that uses one."""
    with ExitStack() as stack:
        if request.param == "postgresql":
            chosen: world.Backend = world.PostgreSQL(request.getfixturevalue("cluster"))
        else:
            chosen = world.SQLite()
        stack.enter_context(world.on(chosen))
        yield chosen


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Let every test of a module that uses a store run on both databases."""
    if isinstance(collector, pytest.Module) and _USES_A_STORE.search(collector.path.read_text()):
        collector.add_marker(pytest.mark.usefixtures("backend"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the copy of a test on the database that it is not about."""
    needless = [item for item in items if _is_needless(item)]
    if needless:
        config.hook.pytest_deselected(items=needless)
        items[:] = [item for item in items if item not in needless]


def _is_needless(item: pytest.Item) -> bool:
    asked_for = _DATABASES & {mark.name for mark in item.iter_markers()}
    chosen = getattr(item, "callspec", None)
    return bool(asked_for) and chosen is not None and chosen.params["backend"] not in asked_for
