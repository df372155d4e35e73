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
    from surveillance.cli.running import show_known_items
    from surveillance.cli.topics import EXAMPLE, make_workspace
    from surveillance.pipeline.demonstration import BANNER, demonstrate
    from surveillance.topics import read_topic

    workspace = keep or Path(tempfile.mkdtemp(prefix="surveil-demo-"))
    topic_folder = workspace / "search_strategies" / EXAMPLE
    if not topic_folder.exists():
        make_workspace(workspace)
    show.out.print(BANNER, style="bold")
    episodes = list(demonstrate(read_topic(topic_folder), workspace, show.Bars()))
    _show(episodes)
    show_known_items(episodes[-1].overview)
    _say_where(workspace)


def _show(episodes: list[Episode]) -> None:
    from surveillance.cli import show

    imports = [
        (episode.what, episode.imported.records, episode.imported.new, episode.imported.dropped)
        for episode in episodes
        if episode.imported is not None
    ]
    headers: tuple[str, ...] = ("exported by", "records", "new", "left out")
    show.out.print(show.table("Imported, 2024-08-02", headers, imports))
    runs = [episode for episode in episodes if episode.imported is None]
    columns = [dict(episode.overview.rows) for episode in runs]
    rows = [(name, *(numbers.get(name) for numbers in columns)) for name in columns[-1]]
    headers = ("", *(f"{episode.what}\n{episode.overview.until}" for episode in runs))
    show.out.print(show.table("What each run brought", headers, rows))
    for remark in runs[-1].overview.remarks:
        show.out.print(f"  {remark}", markup=False)


#: What lies in the folder of alerts beside the digests.
_SENT_OUT = {".atom": "the feed", ".ics": "the trials' dates"}


def _say_where(workspace: Path) -> None:
    from surveillance.cli import show
    from surveillance.pipeline.demonstration import DOCUMENTS

    rows = [("the store", workspace / "surveil.db")]
    sent_out = sorted((workspace / "alerts").glob("*"))
    rows += [(_SENT_OUT.get(path.suffix, "a digest"), path) for path in sent_out]
    rows += [("a document", path) for path in sorted((workspace / DOCUMENTS).glob("*"))]
    rows.append(("the topic's files", workspace / "search_strategies"))
    show.out.print(show.table("Where the results lie", ("what", "where"), rows))
    show.out.print(
        f"To screen the week in a browser, in the folder {workspace}:\n"
        '  surveil user add "Your Name" --role reviewer\n'
        "  surveil triage",
        markup=False,
        soft_wrap=True,
    )
