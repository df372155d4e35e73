"""A registry's own export taken into a topic: its entries kept as registrations."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import runs as run_rows
from db import studies as study_rows
from surveillance.pipeline.importing import (
    STAGE,
    Imported,
    ImportRequest,
    exchange_of,
    remarks_on_unread,
)
from surveillance.pipeline.walk import Walk
from surveillance.runs import Search, Window
from surveillance.strategy.strategy import content_hash
from surveillance.studies.entries import RegistryExport
from surveillance.studies.exports import read_registry_export
from surveillance.studies.registrations import ICTRP, ISRCTN
from surveillance.toml_files import read_text

#: The registries that are read from files, in the order in which the digest names them.
REGISTRIES = (ISRCTN, ICTRP)
#: What such a search is kept with as its source; an import of records has another.
SOURCE = "registry file"


@dataclass(frozen=True, slots=True)
class BroughtRegistrations:
    """A registry's export that was read and found sound, before anything is stored."""

    request: ImportRequest
    registry: str
    strategy_hash: str
    export: RegistryExport

    @property
    def sha256(self) -> str:
        """The file's hash."""
        return self.export.sha256


def read_registrations(request: ImportRequest, registry: str) -> BroughtRegistrations:
    """What somebody brought from a registry; raises `UnreadableInput`."""
    asked = read_text(request.strategy_file) if request.strategy_file else registry
    export = read_registry_export(request.file, registry)
    return BroughtRegistrations(request, registry, content_hash(asked), export)


def import_registrations(walk: Walk, brought: BroughtRegistrations) -> Imported:
    """Keep an export as a search of its registry, with the file itself, unless the run has."""
    search = _search(brought)
    with walk.store.transaction() as session:
        numbers = run_rows.stage_numbers(session, walk.run.id).get(STAGE)
        if numbers is None:
            numbers = _keep(session, walk, search, brought)
    return Imported(
        records=numbers["registrations"],
        new=numbers["new registrations"],
        dropped=len(brought.export.unread),
        remarks=search.warnings,
        what="registrations",
    )


def _keep(
    session: Session, walk: Walk, search: Search, brought: BroughtRegistrations
) -> run_rows.Numbers:
    search_id = run_rows.save_search(
        session,
        search,
        topic=walk.topic.slug,
        run=walk.run,
        searched_on=walk.today,
        strategy_hash=brought.strategy_hash,
    )
    new = study_rows.save_registrations(
        session,
        ((entry.kept_under, entry.payload) for entry in brought.export.entries),
        topic=walk.topic.slug,
        route=study_rows.EXPORTED,
        search_id=search_id,
        seen_on=walk.today,
    )
    version = (brought.strategy_hash, None)
    run_rows.move_watermark(
        session, walk.topic.slug, brought.registry, SOURCE, walk.today, version=version
    )
    numbers = {"registrations": len(brought.export.entries), "new registrations": new}
    run_rows.save_exchanges(session, walk.run, [exchange_of(brought.request)])
    run_rows.finish_stage(session, walk.run, STAGE, numbers)
    return numbers


def _search(brought: BroughtRegistrations) -> Search:
    request, held = brought.request, len(brought.export.entries)
    return Search(
        strategy=brought.registry,
        source=SOURCE,
        database=brought.registry,
        window=Window(None, request.searched_on),
        query=f"{request.file_name} (sha256 {brought.sha256})",
        count=held if request.expected is None else request.expected,
        received=held,
        warnings=tuple(_remarks(brought)),
    )


def _remarks(brought: BroughtRegistrations) -> list[str]:
    remarks = remarks_on_unread(brought.export.unread)
    expected, held = brought.request.expected, len(brought.export.entries)
    if expected is not None and expected != held:
        remarks.append(f"the file holds {held:,} registrations, but {expected:,} were expected")
    return remarks
