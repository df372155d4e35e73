"""The main job on the bundled snapshot: the published search, then a week half a year later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from db import runs as run_rows
from surveillance.pipeline.importing import Imported, ImportRequest
from surveillance.pipeline.opening import opened
from surveillance.pipeline.overview import Overview
from surveillance.pipeline.reporting import write_documents
from surveillance.pipeline.running import import_file, run_topic
from surveillance.pipeline.walk import Progress
from surveillance.settings import Settings
from surveillance.simulator import Simulator
from surveillance.strategy_files import read_mesh_file
from surveillance.topics import Topic

SNAPSHOT = Path(__file__).resolve().parent.parent / "simulator" / "snapshot"
BANNER = "CONSTRUCTED DEMONSTRATION DATA"
PUBLISHED_SEARCH, LATER_WEEK = date(2024, 8, 2), date(2025, 1, 31)
#: Where the search history and the PRISMA flow are put, beside the digests' folder.
DOCUMENTS = "documents"
#: What the databases that we cannot ask exported on the day of the published search.
EXPORTS = ("Embase", "CENTRAL", "CDSR", "INAHTA")


@dataclass(frozen=True, slots=True)
class Episode:
    """One step of the demonstration, and what it brought."""

    what: str
    overview: Overview
    imported: Imported | None = None


def demonstrate(topic: Topic, workspace: Path, progress: Progress) -> Iterator[Episode]:
    """Run the published search with its imports, the later week, and the later week again.

    At the end the documents are written. `topic` lies in `workspace`. On a workspace that has
    seen the demonstration nothing is added to the store.
    """
    mark(workspace)
    mesh = read_mesh_file(topic.mesh_file) if topic.mesh_file else None
    # The snapshot is too small to say which words PubMed knows, and nobody waits for its sake.
    with Simulator.open(
        SNAPSHOT, PUBLISHED_SEARCH, mesh=mesh, phrase_index=False, rate_limit=False
    ) as simulator:
        settings = _settings(workspace, simulator)
        for database in EXPORTS:
            file = SNAPSHOT / PUBLISHED_SEARCH.isoformat() / "exports" / f"{database.lower()}.ris"
            request = ImportRequest(file, database, PUBLISHED_SEARCH)
            imported, overview = import_file(topic, request, settings, progress=progress)
            yield Episode(database, overview, imported)
        for what, day in (
            ("the published search", PUBLISHED_SEARCH),
            ("a later week", LATER_WEEK),
            ("that week again", LATER_WEEK),
        ):
            # Time does not run back for a workspace that has seen the later week.
            simulator.as_of = max(day, _last_day(topic, settings) or day)
            yield Episode(what, run_topic(topic, settings, until=day, progress=progress))
        write_documents(topic, settings, workspace / DOCUMENTS)


def _last_day(topic: Topic, settings: Settings) -> date | None:
    """The day of the last run that finished in the workspace."""
    with opened(settings) as store, store.transaction() as session:
        run = run_rows.last_finished(session, topic.slug)
    return run.today if run else None


def mark(workspace: Path) -> None:
    """Make every command that is given in this workspace say what it holds, and ask nobody.

    A real run would mix what the live services answer with what was constructed: nothing
    listens on port 9 (discard) of the loopback.
    """
    nobody = "http://127.0.0.1:9/"
    lines = [
        "# Written by `surveil demo`; read by every command that is given in this folder.",
        f'SURVEIL_BANNER="{BANNER}"',
        f"SURVEIL_PUBMED_URL={nobody}",
        f"SURVEIL_CLINICALTRIALS_URL={nobody}",
        f"SURVEIL_EUROPEPMC_URL={nobody}",
    ]
    (workspace / ".env").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _settings(workspace: Path, simulator: Simulator) -> Settings:
    """Settings that ask nobody but the simulator, whatever the environment says."""
    return Settings(
        _env_file=None,
        workspace=workspace,
        database_url=f"sqlite:///{(workspace / 'surveil.db').resolve()}",
        pubmed_url=simulator.pubmed_url,
        clinicaltrials_url=simulator.clinicaltrials_url,
        europepmc_url=simulator.europepmc_url,
        pubmed_pause=0,
        clinicaltrials_pause=0,
        europepmc_pause=0,
        contact_email="demonstration@example.org",
        NCBI_API_KEY=None,
        banner=BANNER,
        smtp_host="",
        admin_email="",
        page_url="",
    )
