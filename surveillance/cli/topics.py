"""`surveil init` and `surveil topics`: workspaces, and whether a topic's folder is sound."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from surveillance.errors import Place, UnreadableInput

if TYPE_CHECKING:
    from surveillance.topics import Topic

EXAMPLE = "targeted_muscle_reinnervation"

app = typer.Typer(help="What is watched, and is the folder sound?", invoke_without_command=True)


def register(main: typer.Typer) -> None:
    """Put `init` beside the other commands."""
    main.command()(init)


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")]) -> None:
    """Make a new workspace with the example topic.

    Example: surveil init my-surveillance
    """
    from surveillance.cli import show

    make_workspace(folder)
    show.out.print(
        f"{folder} holds the example topic {EXAMPLE}.\n"
        f"Next: cd {folder}, copy its folder in search_strategies to a name of your own, edit\n"
        "topic.toml, criteria.toml and the strategies, then: surveil topics check YOUR_TOPIC",
        markup=False,
    )


def make_workspace(folder: Path) -> None:
    """A folder with the example topic in it; raises `UnreadableInput` where one is there."""
    topic = folder / "search_strategies" / EXAMPLE
    if topic.exists():
        raise UnreadableInput("this workspace has the example topic already.", place=Place(folder))
    try:
        shutil.copytree(example_topic(), topic)
    except OSError as fault:
        raise UnreadableInput(
            f"the workspace cannot be made: {fault.strerror or fault}.", place=Place(folder)
        ) from None


def example_topic() -> Path:
    """The folder of the example topic, which lies beside the package."""
    return Path(__file__).resolve().parents[2] / "search_strategies" / EXAMPLE


@app.callback()
def topics(context: typer.Context) -> None:
    """List the topics (the same as `surveil topics list`)."""
    if context.invoked_subcommand is None:
        list_()


@app.command("list")
def list_() -> None:
    """List the topics of this workspace.

    Example: surveil topics list
    """
    from surveillance.cli import show

    rows = [
        (
            topic.slug,
            topic.title,
            topic.schedule.cron,
            len(topic.strategies),
            len(topic.watched_trials),
            len(topic.known_items),
        )
        for topic in all_topics()
    ]
    headers = ("topic", "title", "schedule", "strategies", "trials", "items")
    show.out.print(show.table("Topics", headers, rows))


@app.command()
def check(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="Its folder's name.")],
) -> None:
    """Read everything in a topic's folder and say whether it is sound.

    Example: surveil topics check targeted_muscle_reinnervation
    """
    from surveillance.cli import show
    from surveillance.cli.strategy import show_diagnostics
    from surveillance.pipeline.strategies import ready_strategies
    from surveillance.screening.criteria import read_criteria

    described = topic_named(topic)
    read_criteria(described.criteria_file)
    ready_ones = ready_strategies(described)
    rows = [
        (
            ready.name,
            len(ready.strategy.lines),
            len(ready.translation.losses),
            len(ready.strategy.diagnostics),
        )
        for ready in ready_ones
    ]
    headers = ("strategy run on PubMed", "lines", "losses", "remarks")
    show.out.print(show.table(described.title, headers, rows))
    for ready in ready_ones:
        show_diagnostics(ready.strategy.diagnostics)
    show.out.print(
        f"{topic} is sound: {len(described.strategies)} strategies, "
        f"{len(described.known_items)} known items, "
        f"{len(described.watched_trials)} watched trials."
    )


@app.command("sign-off")
def sign_off(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="Its folder's name.")],
    strategy: Annotated[str, typer.Argument(help="The strategy's name in topic.toml.")],
    by: Annotated[str, typer.Option(help="Who approves it.")],
    note: Annotated[str, typer.Option(help="What was looked at.")] = "",
) -> None:
    """Approve the version of a strategy that lies in the topic's folder now.

    Example: surveil topics sign-off targeted_muscle_reinnervation medline --by "A. Librarian"
    """
    from surveillance.cli import show
    from surveillance.pipeline.opening import opened
    from surveillance.pipeline.versions import SHORT
    from surveillance.pipeline.versions import sign_off as approve
    from surveillance.settings import read_settings

    described = topic_named(topic)
    with opened(read_settings()) as store:
        approval = approve(store, described, strategy, by=by, note=note)
    show.out.print(
        f"{strategy}, version {approval.version[:SHORT]}, is signed off by {approval.signed_by}.",
        markup=False,
    )


@app.command()
def versions(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="Its folder's name.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show every version of a topic's strategies, who approved it, and what each change found.

    Example: surveil topics versions targeted_muscle_reinnervation
    """
    from surveillance.cli import show
    from surveillance.pipeline.opening import opened
    from surveillance.pipeline.versions import history
    from surveillance.settings import read_settings

    described = topic_named(topic)
    with opened(read_settings()) as store:
        found = history(store, described)
    if as_json:
        show.document(found)
        return
    _show_versions(topic, found["versions"])
    if found["changes"]:
        _show_changes(found["changes"])


def _show_versions(topic: str, found: list[dict[str, Any]]) -> None:
    from surveillance.cli import show
    from surveillance.pipeline.versions import SHORT

    rows = [
        (
            version["strategy"],
            version["version"][:SHORT] + " (now)" * version["current"],
            version["first_used_on"] or None,
            "; ".join(
                f"{one['signed_by']}, {one['signed_at'][:10]}" for one in version["sign_offs"]
            )
            or None,
        )
        for version in found
    ]
    headers = ("strategy", "version", "kept since", "signed off by")
    show.out.print(show.table(f"Versions in {topic}", headers, rows))


def _show_changes(found: list[dict[str, Any]]) -> None:
    from surveillance.cli import show

    rows = [
        (
            change["changed_on"],
            change["strategy"],
            ", ".join(change["because"]),
            ", ".join(change["gained"]) or "none",
            ", ".join(change["lost"]) or "none",
        )
        for change in found
    ]
    headers = ("on", "strategy", "what changed", "found anew", "no longer found")
    show.out.print(show.table("What the changes made", headers, rows))


def topic_named(slug: str) -> Topic:
    """The topic of this name in the workspace; raises `UnreadableInput` naming those there are."""
    from surveillance.settings import read_settings
    from surveillance.topics import list_topics, read_topic

    folder = read_settings().topics_folder
    names = list_topics(folder)
    if slug not in names:
        there = f"it holds {', '.join(names)}." if names else "it holds none: try `surveil init`."
        raise UnreadableInput(f"there is no topic “{slug}”;", place=Place(folder), hint=there)
    return read_topic(folder / slug)


def all_topics() -> list[Topic]:
    """Every topic of the workspace."""
    from surveillance.settings import read_settings
    from surveillance.topics import list_topics

    return [topic_named(slug) for slug in list_topics(read_settings().topics_folder)]
