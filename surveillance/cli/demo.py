"""`surveil demo`: the whole main job on the bundled snapshot, against a simulator on loopback."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from surveillance.pipeline.demonstration import Episode


def register(main: typer.Typer) -> None:
    """Put `demo` beside the other commands."""
    main.command()(demo)


def demo(
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Put the workspace here, or use it again.")
    ] = None,
) -> None:
    """Run the published search and a later week on constructed data; show what came of it.

    Example: surveil demo --keep demo
    """
    from surveillance.cli import show
    from surveillance.cli.topics import EXAMPLE, make_workspace
    from surveillance.pipeline.demonstration import BANNER, demonstrate
    from surveillance.topics import read_topic

    workspace = keep or Path(tempfile.mkdtemp(prefix="surveil-demo-"))
    topic_folder = workspace / "search_strategies" / EXAMPLE
    if not topic_folder.exists():
        make_workspace(workspace)
    show.out.print(BANNER, style="bold")
    episodes = list(demonstrate(read_topic(topic_folder), workspace, show.Bars()))
    for episode in episodes:
        _show(episode)
    _say_where(workspace)


def _show(episode: Episode) -> None:
    from surveillance.cli.running import show_overview

    show_overview(episode.overview, heading=episode.what)


def _say_where(workspace: Path) -> None:
    from surveillance.cli import show

    digests = sorted((workspace / "alerts").glob("*"))
    rows = [("the store", workspace / "surveil.db")]
    rows += [("digest", path) for path in digests]
    rows.append(("the topic's files", workspace / "search_strategies"))
    show.out.print(show.table("Where the results lie", ("what", "where"), rows))
