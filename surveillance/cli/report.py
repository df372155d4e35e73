"""`surveil report …`: documents for the guidance's appendix."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from surveillance.errors import UnreadableInput

app = typer.Typer(
    help="Documents: search report (PRISMA-S), search history, PRISMA flow, what changed.",
    no_args_is_help=True,
)

#: What `--since` may say instead of a day; it is what it means where it is left out.
LAST_REPORT = "last report"

TopicName = Annotated[str, typer.Argument(metavar="TOPIC", help="The topic's folder name.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write here (standard output).")
]
InWords = Annotated[
    str | None, typer.Option("--format", help="md, html or docx: as --out ends, else md.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the numbers as one JSON document.")]


@app.command()
def history(
    topic: TopicName,
    run: Annotated[int | None, typer.Option("--run", min=1, help="The page of this run.")] = None,
    format_: InWords = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Write the line-by-line search history beside the published counts, or one run's page.

    Example: surveil report history targeted_muscle_reinnervation --out history.html
    """
    from surveillance.cli.topics import topic_named
    from surveillance.documents import formats
    from surveillance.documents.history_page import history_page, run_page
    from surveillance.pipeline.reporting import run_history, topic_history
    from surveillance.settings import read_settings

    wanted = formats.chosen(format_, "the search history", formats.HISTORY, out)
    _check(wanted, out, as_json)
    described, settings = topic_named(topic), read_settings()
    if run is not None:
        of_run = run_history(described, run, settings)
        _give(of_run if as_json else formats.written(run_page(of_run), wanted), out)
        return
    found = topic_history(described, settings)
    _give(found if as_json else formats.written(history_page(found), wanted), out)


@app.command("prisma-flow")
def prisma_flow(
    topic: TopicName,
    format_: Annotated[
        str | None, typer.Option("--format", help="svg, md, html or docx: as --out ends, else svg.")
    ] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Draw the PRISMA 2020 flow diagram for updated reviews.

    Example: surveil report prisma-flow targeted_muscle_reinnervation --out flow.svg
    """
    from surveillance.cli.topics import topic_named
    from surveillance.documents import formats
    from surveillance.documents.diagram import flow_svg
    from surveillance.documents.flow_page import flow_page
    from surveillance.pipeline import reporting
    from surveillance.settings import read_settings

    wanted = formats.chosen(format_, "the PRISMA flow", formats.PRISMA_FLOW, out)
    _check(wanted, out, as_json)
    flow = reporting.prisma_flow(topic_named(topic), read_settings())
    if as_json:
        _give(flow, out)
    elif wanted is formats.Format.SVG:
        _give(flow_svg(flow).encode(), out)
    else:
        _give(formats.written(flow_page(flow), wanted), out)


@app.command("prisma-s")
def prisma_s(
    topic: TopicName,
    format_: InWords = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Write the PRISMA-S search report, with the items of PRISMA-LSR on search and surveillance.

    Example: surveil report prisma-s targeted_muscle_reinnervation --out search.docx
    """
    from surveillance.cli.topics import topic_named
    from surveillance.documents import formats
    from surveillance.documents.search_report_page import search_report_page
    from surveillance.pipeline.search_reporting import search_report
    from surveillance.settings import read_settings

    wanted = formats.chosen(format_, "the search report", formats.PRISMA_S, out)
    _check(wanted, out, as_json)
    found = search_report(topic_named(topic), read_settings())
    _give(found if as_json else formats.written(search_report_page(found), wanted), out)


@app.command()
def changes(
    topic: TopicName,
    since: Annotated[
        str,
        typer.Option("--since", metavar="DATE", help="This day or later (the last report)."),
    ] = LAST_REPORT,
    format_: InWords = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Write what changed since the last report: the last decision on the guidance, else its search.

    Example: surveil report changes targeted_muscle_reinnervation --since 2025-01-01
    """
    from surveillance.cli.running import day
    from surveillance.cli.topics import topic_named
    from surveillance.documents import formats
    from surveillance.documents.changes_page import changes_page
    from surveillance.pipeline.change_reporting import topic_changes
    from surveillance.settings import read_settings

    wanted = formats.chosen(format_, "what changed", formats.CHANGES, out)
    _check(wanted, out, as_json)
    given = None if since.casefold() == LAST_REPORT else day(since)
    found = topic_changes(topic_named(topic), read_settings(), given)
    _give(found if as_json else formats.written(changes_page(found), wanted), out)


def _check(wanted: str, out: Path | None, as_json: bool) -> None:
    if wanted == "docx" and out is None and not as_json:
        raise UnreadableInput("a docx is no text for a terminal; name its file with --out.")


def _give(content: object, out: Path | None) -> None:
    """Bytes as they are, anything else as one JSON document; into the file where one is named."""
    import json

    from surveillance.cli import show
    from surveillance.documents.as_json import document_of
    from surveillance.documents.writing import write_whole

    if not isinstance(content, bytes):
        document = document_of(content)
        if out is None:
            show.document(document)
            return
        content = f"{json.dumps(document, ensure_ascii=False, indent=2)}\n".encode()
    if out is None:
        sys.stdout.flush()
        typer.echo(content, nl=False)
        return
    write_whole(out, content)
    show.err.print(f"Written: {out}", markup=False)
