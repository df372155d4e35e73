"""`surveil bulk`: many topics run from NLM's files instead of one query a topic."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from surveillance.cli.running import Until, chosen_topics, show_overview

if TYPE_CHECKING:
    from surveillance.settings import Settings
    from surveillance.topics import Topic


def register(main: typer.Typer) -> None:
    """Put this command beside the others."""
    main.command()(bulk)


def bulk(
    topics: Annotated[list[str] | None, typer.Argument(metavar="TOPIC")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every topic of the workspace.")] = False,
    files: Annotated[
        str,
        typer.Option(
            metavar="FOLDER_OR_URL", help="Where NLM's files are (SURVEIL_PUBMED_FILES_URL)."
        ),
    ] = "",
    until: Until = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which files would be read, and read none.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run topics with PubMed searched in NLM's baseline and update files, all in one pass.

    Example: surveil bulk --all --files pubmed/
    """
    from surveillance.cli import show
    from surveillance.pipeline.bulk import run_bulk
    from surveillance.pipeline.overview import as_document
    from surveillance.settings import read_settings

    chosen, settings = chosen_topics(topics or [], all_), read_settings()
    if dry_run:
        _show_steps(chosen, settings, files, as_json=as_json)
        return
    end = until or datetime.now(UTC).date()
    overviews = run_bulk(chosen, settings, place=files, until=end, progress=show.Bars())
    if as_json:
        show.document([as_document(overview) for overview in overviews])
        return
    for overview in overviews:
        show_overview(overview)


def _show_steps(topics: list[Topic], settings: Settings, files: str, *, as_json: bool) -> None:
    from surveillance.cli import show
    from surveillance.pipeline.bulk import plan_bulk

    steps = plan_bulk(topics, settings, place=files)
    if as_json:
        show.document(
            [
                asdict(step) | {"covered_until": step.covered_until and str(step.covered_until)}
                for step in steps
            ]
        )
        return
    for step in steps:
        covered = step.covered_until or "nothing yet"
        show.out.print(f"{step.topic}, covered until {covered}:", style="bold")
        show.out.print("\n".join(step.files) or "no new file", markup=False)
        for remark in step.remarks:
            show.out.print(f"  {remark}", markup=False)
    show.err.print("Nothing was read and nothing was stored.")
