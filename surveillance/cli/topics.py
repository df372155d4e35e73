"""`surveil init` and `surveil topics`: workspaces, and whether a topic's folder is sound."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
