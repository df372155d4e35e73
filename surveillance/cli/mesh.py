"""`surveil mesh update`: the MeSH that the workspace's strategies are exploded and checked with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from surveillance.pipeline.headings import MeshUpdate
    from surveillance.strategy.mesh_descriptors import EditionChanges

app = typer.Typer(help="MeSH: load the tree of headings.", no_args_is_help=True)

#: Headings of one kind that are printed; `--json` gives all.
SHOWN = 10


@app.callback()
def mesh() -> None:
    """MeSH: load the tree of headings."""


@app.command()
def update(
    origin: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="NLM's descriptor XML or a table of the tree, a file or an address; "
            "left out: this year's from NLM.",
        ),
    ] = None,
    terms: Annotated[
        Path | None,
        typer.Option(
            help="Entry terms as a table (DescriptorUI, TermName), where --from has none."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Load MeSH for the workspace, and say what changed and which strategies that concerns.

    Example: surveil mesh update --from desc2026.xml
    """
    from datetime import UTC, datetime

    from surveillance.cli import show
    from surveillance.pipeline.headings import update_mesh
    from surveillance.settings import read_settings

    done = update_mesh(read_settings(), origin, datetime.now(UTC).date(), thesaurus=terms)
    if as_json:
        show.document(_document(done))
        return
    _show(done)


def _document(done: MeshUpdate) -> dict[str, Any]:
    changes = asdict(done.changes) if done.changes else None
    return {
        "file": str(done.file),
        "year": done.year,
        "descriptors": done.descriptors,
        "entry_terms": done.entry_terms,
        "whole": done.is_whole,
        "changes": changes,
        "concerned": [asdict(place) for place in done.concerned],
    }


def _show(done: MeshUpdate) -> None:
    from surveillance.cli import show

    year = f"MeSH {done.year}" if done.year else "MeSH (no year said)"
    show.out.print(
        f"{year}: {done.descriptors:,} headings with {done.entry_terms:,} entry terms, "
        f"stored in {done.file}.",
        markup=False,
        soft_wrap=True,
    )
    if not done.is_whole:
        show.err.print(
            "This is a part of MeSH: the lint does not say which headings are unknown.",
            markup=False,
        )
    if done.changes:
        _show_changes(done.changes)
    if done.concerned:
        rows = [(p.topic, p.strategy, p.line, p.heading) for p in done.concerned]
        headers = ("topic", "strategy", "line", "heading that is none any more")
        show.out.print(show.table("Strategies to look at", headers, rows))


def _show_changes(changes: EditionChanges) -> None:
    from surveillance.cli import show

    renamed = [f"{old} → {new}" for old, new in changes.renamed]
    kinds: tuple[tuple[str, Sequence[str]], ...] = (
        ("new", changes.new),
        ("retired", changes.retired),
        ("renamed", renamed),
    )
    for kind, names in kinds:
        some = "; ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
        said = f": {some}" if names else ""
        show.out.print(f"{len(names):,} {kind}{said}", markup=False, soft_wrap=True)
