"""`surveil run`, `schedule` and `import`: a topic's walk, started by hand or by the clock."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surveillance.errors import SourceFailed, SurveillanceError, UnreadableInput

if TYPE_CHECKING:
    from surveillance.pipeline.overview import Overview
    from surveillance.pipeline.planning import Span
    from surveillance.topics import Topic


def register(main: typer.Typer) -> None:
    """Put these commands beside the others."""
    main.command()(run)
    main.command()(schedule)
    main.command("import")(import_)


def day(text: str) -> date:
    """A date as people write it for a machine."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}” is not a date; write it as 2025-01-31.") from None


TopicName = Annotated[str, typer.Option("--topic", help="The topic's folder name.")]
Since = Annotated[
    date | None, typer.Option(parser=day, metavar="DATE", help="Begin the window here.")
]
Until = Annotated[
    date | None, typer.Option(parser=day, metavar="DATE", help="End the window here (today).")
]


def run(
    topics: Annotated[list[str] | None, typer.Argument(metavar="TOPIC")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every topic of the workspace.")] = False,
    since: Since = None,
    until: Until = None,
    full: Annotated[
        bool, typer.Option("--full", help="Ask for everything from the beginning.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked, and ask nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run the surveillance of topics; one that was interrupted goes on where it stopped.

    Example: surveil run targeted_muscle_reinnervation --until 2025-01-31
    """
    from surveillance.cli import show
    from surveillance.pipeline.overview import as_document
    from surveillance.pipeline.planning import Span

    names = chosen_names(topics or [], all_)
    end = until or datetime.now(UTC).date()
    if since is not None and since > end:
        raise UnreadableInput(f"a window cannot end ({end}) before it begins ({since}).")
    if since is not None and full:
        raise UnreadableInput("choose --since or --full, not both.")
    span = Span(end, since, full)
    if dry_run:
        _show_plans([_named(name) for name in names], span, as_json=as_json)
        return
    overviews, faults = _run_each(names, span)
    if as_json:
        show.document([as_document(overview) for overview in overviews])
    else:
        for overview in overviews:
            show_overview(overview)
    _end_with(faults)


def schedule() -> None:
    """Serve every topic's schedule (weekly by default) until stopped.

    Example: surveil schedule
    """
    from surveillance.cli import show
    from surveillance.cli.topics import all_topics
    from surveillance.settings import read_settings

    topics = all_topics()
    if not topics:
        raise UnreadableInput("there is no topic to schedule; try `surveil init`.")
    for topic in topics:
        show.err.print(f"{topic.slug}: {topic.schedule.cron} ({topic.schedule.timezone})")
    workspace = read_settings().workspace.resolve()
    # The runs are processes of their own and must find the same workspace.
    os.environ["SURVEIL_WORKSPACE"] = str(workspace)
    from flows.serving import prefect_server

    with prefect_server(workspace / ".prefect"):
        from flows.deployments import serve_topics

        serve_topics(topics)


def import_(
    file: Annotated[Path, typer.Argument(help="What the database exported (RIS, NBIB, …).")],
    topic: TopicName,
    database: Annotated[str, typer.Option(help="The database, as the topic names it.")],
    strategy: Annotated[
        Path | None, typer.Option(help="The strategy that was run (default: the topic's).")
    ] = None,
    searched_on: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="When it was searched (today).")
    ] = None,
    count: Annotated[
        int | None, typer.Option(min=0, help="How many results the database announced.")
    ] = None,
) -> None:
    """Take a database's own export into a topic.

    Example: surveil import embase.ris --topic targeted_muscle_reinnervation --database Embase
    """
    from surveillance.cli import show
    from surveillance.pipeline.importing import ImportRequest
    from surveillance.pipeline.running import import_file
    from surveillance.settings import read_settings

    today = searched_on or datetime.now(UTC).date()
    request = ImportRequest(file, database, today, strategy, count)
    imported, overview = import_file(_named(topic), request, read_settings(), progress=show.Bars())
    show.out.print(
        f"{imported.records:,} {imported.what} from {request.file_name}, "
        f"{imported.new:,} of them new; {imported.dropped:,} left out.",
        markup=False,
    )
    for remark in imported.remarks:
        show.out.print(f"  {remark}", markup=False)
    show_overview(overview)


def show_overview(overview: Overview) -> None:
    """The closing table of a run, and what a person should look at."""
    from surveillance.cli import show

    if overview.banner:
        show.out.print(overview.banner, style="bold")
    title = f"{overview.title}: run {overview.run_id}, {overview.until}"
    show.out.print(show.table(title, ("what", "number"), overview.rows))
    for remark in overview.remarks:
        show.out.print(f"  {remark}", markup=False)


def show_known_items(overview: Overview) -> None:
    """Each known item: whether PubMed holds it, and what the rules alone would have decided."""
    from surveillance.cli import show

    rows = [
        (
            state.key,
            state.table,
            "yes" if state.expected else "no",
            state.match or ("elsewhere" if state.recognised else "not found"),
            state.rule_verdict or "–",
        )
        for state in overview.known_items
    ]
    headers = ("known item", "from", "in MEDLINE?", "on PubMed", "rules alone")
    show.out.print(show.table(f"{len(rows)} known items", headers, rows))


def _run_each(names: list[str], span: Span) -> tuple[list[Overview], dict[str, SurveillanceError]]:
    """Every topic's run: what one topic fails at keeps no other from its week."""
    overviews: list[Overview] = []
    faults: dict[str, SurveillanceError] = {}
    for name in names:
        try:
            overviews.append(_run(_named(name), span))
        except SurveillanceError as fault:
            faults[name] = fault
    return overviews, faults


def _end_with(faults: dict[str, SurveillanceError]) -> None:
    """Raise what failed: of several topics each by name, with the code of a source that failed."""
    if len(faults) == 1:
        raise next(iter(faults.values()))
    if faults:
        told = " ".join(f"{name}: {fault}" for name, fault in faults.items())
        passing = [f for f in faults.values() if not isinstance(f, UnreadableInput)]
        raise SourceFailed(told) if passing else UnreadableInput(told)


def chosen_topics(names: list[str], all_: bool) -> list[Topic]:
    """The topics that were named, or with `all_` every one of the workspace."""
    return [_named(name) for name in chosen_names(names, all_)]


def chosen_names(names: list[str], all_: bool) -> list[str]:
    """The names of topics that were given, each once, or with `all_` of all in the workspace."""
    from surveillance.settings import read_settings
    from surveillance.topics import list_topics

    if all_ and names:
        raise UnreadableInput("name topics or give --all, not both.")
    if not all_ and not names:
        raise UnreadableInput("name a topic, or give --all for every one.")
    return list(list_topics(read_settings().topics_folder) if all_ else dict.fromkeys(names))


def _named(name: str) -> Topic:
    from surveillance.cli.topics import topic_named

    return topic_named(name)


def _run(topic: Topic, span: Span) -> Overview:
    from surveillance.cli.show import Bars
    from surveillance.pipeline.running import run_topic
    from surveillance.settings import read_settings

    return run_topic(
        topic,
        read_settings(),
        until=span.until,
        since=span.since,
        full=span.full,
        progress=Bars(),
    )


def _show_plans(topics: list[Topic], span: Span, *, as_json: bool) -> None:
    from surveillance.cli import show
    from surveillance.pipeline.planning import plan
    from surveillance.settings import read_settings

    plans = {topic.slug: plan(topic, read_settings(), span) for topic in topics}
    if as_json:
        show.document(
            [
                {
                    "topic": slug,
                    "source": question.source,
                    "strategy": question.strategy,
                    "since": str(question.window.since) if question.window else None,
                    "until": str(question.window.until) if question.window else None,
                    "query": question.query,
                }
                for slug, questions in plans.items()
                for question in questions
            ]
        )
        return
    for questions in plans.values():
        for question in questions:
            window = f": {question.window}" if question.window else ""
            show.out.print(
                f"{question.source}, {question.strategy}{window}", style="bold", markup=False
            )
            show.out.print(question.query, soft_wrap=True, markup=False)
    show.err.print("Nothing was asked and nothing was stored.")
