"""`surveil export`: a topic's reports for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from surveillance.errors import UnreadableInput


def register(main: typer.Typer) -> None:
    """Put the command beside the others."""
    main.command()(export)


def export(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="The topic's folder name.")],
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", help="ris, csv, xlsx, nbib or eppi-json: as --out ends, else ris."
        ),
    ] = None,
    stage: Annotated[
        str | None,
        typer.Option("--stage", metavar="abstract|full-text", help="The reports at this stage."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write here (standard output).")
    ] = None,
) -> None:
    """Write a topic's reports with decisions and where each field comes from, for other programs.

    `surveil import` reads every format back without loss.

    Example: surveil export targeted_muscle_reinnervation --out reports.xlsx
    """
    from surveillance.cli import show
    from surveillance.cli.decide import stage_named
    from surveillance.cli.topics import topic_named
    from surveillance.documents.exports.formats import FORMATS, format_named
    from surveillance.documents.writing import write_whole
    from surveillance.pipeline.exporting import exported
    from surveillance.settings import read_settings

    if (wanted := format_named(format_, out)) == "xlsx" and out is None:
        raise UnreadableInput("an xlsx is no text for a terminal; name its file with --out.")
    found = exported(topic_named(topic), read_settings(), stage_named(stage) if stage else None)
    content = FORMATS[wanted](found)
    if out is None:
        sys.stdout.flush()
        typer.echo(content, nl=False)
    else:
        write_whole(out, content)
        show.err.print(f"Written: {out}, {len(found.reports):,} reports", markup=False)
