"""A database's own export taken into a topic, as the search that somebody made there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from db import records as record_rows
from db import runs as run_rows
from surveillance.errors import Place, UnreadableInput
from surveillance.pipeline.in_play import IMPORTED
from surveillance.pipeline.in_play import SEARCHED_SOURCE as PUBMED
from surveillance.pipeline.walk import Walk
from surveillance.records.carried import CarriedReport, is_carried, reports_in
from surveillance.records.payload import Captured
from surveillance.records.text import UnreadLine
from surveillance.runs import Search, Window
from surveillance.sources.exchanges import Exchange
from surveillance.sources.files import Export, read_export
from surveillance.strategy.strategy import content_hash
from surveillance.toml_files import read_text
from surveillance.topics import Topic, TopicStrategy

#: Stands between how many entries were left out and why.
_LEFT_OUT = " left out: "
#: What stands for the database where a file is an export of this program, and for the strategy.
OURS, OUR_EXPORT = "surveil", "surveil export"
#: What an import does first, as a stage of its run.
STAGE = "import"
#: So many lines that were not read are named in the store and to people; the rest are counted.
MOST_NAMED = 200


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, in numbers and in words that a person should read.

    `records` are registrations where `what` says so.
    """

    records: int
    new: int
    dropped: int
    remarks: tuple[str, ...]
    what: str = "records"


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What somebody says of the file: which database, searched when, with how many results."""

    file: Path
    database: str
    searched_on: date
    strategy_file: Path | None = None
    expected: int | None = None

    @property
    def file_name(self) -> str:
        """The file's name as text; bytes in it that are no UTF-8, which no store takes, escaped."""
        return os.fsencode(self.file.name).decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that was read and found sound, before anything is stored.

    `strategy` is the name of the topic's strategy whose results it holds, `database` where that
    was run; for an export of this program neither is one of the topic's.
    """

    request: ImportRequest
    strategy: str
    database: str
    strategy_hash: str
    export: Export

    @property
    def sha256(self) -> str:
        """The file's hash."""
        return self.export.sha256

    @property
    def carried(self) -> tuple[CarriedReport, ...]:
        """The reports that the file carries with what people said of them."""
        return reports_in(self.export.captured)


def read_import(topic: Topic, request: ImportRequest) -> Brought:
    """What somebody brought to a topic; raises `UnreadableInput`.

    An export of this program is no search of the database that is named: its records say
    themselves where they come from. Its database may be named `surveil`.
    """
    if request.database.casefold() == OURS:
        export = read_export(request.file, OURS)
        if not export.ours:
            raise UnreadableInput(
                "not all of the file's records were written by `surveil export`.",
                place=Place(request.file),
                hint="Name the database that the file comes from.",
            )
        return Brought(request, OUR_EXPORT, OURS, "", export)
    described = strategy_for(topic, request.database)
    text = read_text(request.strategy_file or topic.strategy_file(described))
    export = read_export(request.file, described.database)
    if export.ours:
        return Brought(request, OUR_EXPORT, OURS, "", export)
    return Brought(request, described.name, described.database, content_hash(text), export)


def import_export(walk: Walk, brought: Brought) -> Imported:
    """Keep an export as a search of its database, with the file itself, unless the run has."""
    search = _search(brought)
    with walk.store.transaction() as session:
        numbers = run_rows.stage_numbers(session, walk.run.id).get(STAGE)
        if numbers is None:
            numbers = _keep(session, walk, search, brought)
    return Imported(numbers["records"], numbers["new"], numbers["left out"], search.warnings)


def _keep(session: Session, walk: Walk, search: Search, brought: Brought) -> run_rows.Numbers:
    numbers = {
        "records": len(brought.export.captured),
        "new": _save(session, walk, search, brought),
        "left out": sum(item.count for item in brought.export.dropped),
    }
    run_rows.save_exchanges(session, walk.run, [exchange_of(brought.request)])
    run_rows.finish_stage(session, walk.run, STAGE, numbers)
    return numbers


def strategy_for(topic: Topic, database: str) -> TopicStrategy:
    """The topic's strategy whose results come from this database, by its name or its own."""
    wanted = database.casefold()
    for strategy in topic.strategies:
        if strategy.route == "file" and wanted in (
            strategy.name.casefold(),
            strategy.database.casefold(),
        ):
            return strategy
    named = [s.database for s in topic.strategies if s.route == "file"]
    known = ", ".join([*named, *topic.trials.registries])
    raise UnreadableInput(
        f"the topic {topic.slug} expects no file from “{database}”; it expects files from {known}."
    )


def _search(brought: Brought) -> Search:
    request, export = brought.request, brought.export
    return Search(
        strategy=brought.strategy,
        source=IMPORTED,
        database=brought.database,
        window=Window(None, request.searched_on),
        query=f"{request.file_name} (sha256 {export.sha256})",
        count=request.expected if request.expected is not None else _held(export),
        received=_held(export),
        warnings=tuple(_remarks(export, request)),
    )


def exchange_of(request: ImportRequest) -> Exchange:
    """The file as it was brought, so that the import can be replayed."""
    question = {
        "file": request.file_name,
        "database": request.database,
        "expected": "" if request.expected is None else str(request.expected),
        "strategy": read_text(request.strategy_file) if request.strategy_file else "",
    }
    return Exchange(IMPORTED, question, 0, request.file.read_bytes())


def requested(exchange: Exchange, folder: Path, searched_on: date) -> ImportRequest:
    """The request that an import's exchange was kept of, its files written below `folder`."""
    asked = exchange.question
    file = folder / Path(asked["file"]).name
    file.write_bytes(exchange.content or b"")
    strategy = folder / "strategy.txt" if asked["strategy"] else None
    if strategy:
        strategy.write_text(asked["strategy"], encoding="utf-8")
    expected = int(asked["expected"]) if asked["expected"] else None
    return ImportRequest(file, asked["database"], searched_on, strategy, expected)


def _save(session: Session, walk: Walk, search: Search, brought: Brought) -> int:
    topic, searched_on = walk.topic.slug, walk.today
    search_id = run_rows.save_search(
        session,
        search,
        topic=topic,
        run=walk.run,
        searched_on=searched_on,
        strategy_hash=brought.strategy_hash,
    )
    new = 0
    for elsewhere in (False, True):
        items = [i for i in brought.export.captured if _said_elsewhere(i) is elsewhere]
        saved = record_rows.save_captured(
            session,
            items,
            topic=topic,
            route=IMPORTED,
            seen_on=walk.today,
            # PubMed itself says what its records are now, and a database's own export what that
            # database holds; another file says what they were.
            content_of=date.min if elsewhere else None,
        )
        record_rows.save_results(session, topic, search_id, saved)
        new += len(saved.new)
    if not brought.export.ours:
        version = (brought.strategy_hash, None)
        run_rows.move_watermark(
            session, topic, search.strategy, IMPORTED, searched_on, version=version
        )
    return new


def _said_elsewhere(item: Captured) -> bool:
    """Whether the file is not the one that says what this record is now."""
    return item.record.source == PUBMED or is_carried(item)


def _held(export: Export) -> int:
    return len(export.captured) + sum(item.count for item in export.dropped)


def left_out_of(remarks: Iterable[str]) -> dict[str, int]:
    """How many entries of an export were left out for each reason, by what was remarked of it."""
    parts = (remark.partition(_LEFT_OUT) for remark in remarks)
    return {reason: int(number.replace(",", "")) for number, told, reason in parts if told}


def remarks_on_unread(unread: Sequence[UnreadLine]) -> list[str]:
    """The lines that were not read, the first of them each by itself."""
    named = unread[:MOST_NAMED]
    remarks = [f"line {line.line} was not read: {line.reason}" for line in named]
    if more := len(unread) - len(named):
        remarks.append(f"{more:,} more lines were not read, up to line {unread[-1].line}")
    return remarks


def _remarks(export: Export, request: ImportRequest) -> list[str]:
    remarks = [f"{item.count:,}{_LEFT_OUT}{item.reason}" for item in export.dropped]
    remarks += remarks_on_unread(export.unread)
    if carried := reports_in(export.captured):
        told = "1 report" if len(carried) == 1 else f"{len(carried):,} reports"
        remarks.append(
            f"{told} written by `surveil export`: their records keep their own sources, and no "
            "database counts as searched for them"
        )
    fresh = [item.record for item in export.captured if not is_carried(item)]
    if of_pubmed := sum(record.source == PUBMED for record in fresh):
        remarks.append(
            f"{of_pubmed:,} of its records are PubMed's own; what PubMed delivers counts for them"
        )
    if request.expected is not None and request.expected != _held(export):
        remarks.append(
            f"the file holds {_held(export):,} records, but {request.expected:,} were expected"
        )
    return remarks
