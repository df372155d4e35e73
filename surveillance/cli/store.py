"""`surveil db …` and `surveil doctor`: the store, and what works on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surveillance.errors import SurveillanceError

if TYPE_CHECKING:
    from db.session import Store

app = typer.Typer(help="The store: bring it up to date, check it, copy it.", no_args_is_help=True)


def register(main: typer.Typer) -> None:
    """Put `doctor` beside the other commands."""
    main.command()(doctor)


@app.command()
def upgrade() -> None:
    """Make the store, or bring it up to date.

    Example: surveil db upgrade
    """
    from surveillance.cli import show
    from surveillance.settings import read_settings

    read_settings().workspace.mkdir(parents=True, exist_ok=True)
    with the_store() as store:
        before = store.revision()
        store.upgrade()
        after = store.revision()
    moved = "was up to date" if before == after else f"was brought from {before or 'nothing'}"
    show.out.print(f"The store {moved}; it is at revision {after}.")


@app.command()
def check() -> None:
    """Say whether the store is sound; exit code 1 where it is not.

    Example: surveil db check
    """
    from surveillance.cli import show

    with the_store() as store:
        faults = store.check()
    for fault in faults:
        show.out.print(fault, markup=False)
    if faults:
        raise typer.Exit(1)
    show.out.print("The store is sound.")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where the copy is to lie.")]) -> None:
    """Copy a SQLite store while it is in use.

    Example: surveil db backup surveil-2025-01-31.db
    """
    from surveillance.cli import show

    with the_store() as store:
        store.backup(file)
    show.out.print(f"The store was copied to {file}.", markup=False)


@app.command()
def replay(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Do every run again from what is stored, and compare; exit code 1 where the two differ.

    Nobody is asked and nothing is changed. Example: surveil db replay
    """
    from dataclasses import asdict

    from surveillance.cli import show
    from surveillance.pipeline.replaying import replay as replay_all
    from surveillance.settings import read_settings

    found = replay_all(read_settings(), show.Bars())
    if as_json:
        show.document(asdict(found))
    else:
        for difference in found.differences:
            show.out.print(difference, markup=False)
        told = f"{len(found.differences):,} differences" if found.differences else "the same store"
        show.out.print(f"{found.runs:,} runs done again from what is stored: {told}.")
    if found.differences:
        raise typer.Exit(1)


def doctor(
    live: Annotated[bool, typer.Option("--live", help="Ask the sources, too.")] = False,
) -> None:
    """Say what works and what doesn't: versions, store, topics and, with --live, sources.

    Example: surveil doctor --live
    """
    from surveillance.cli import show

    examinations: dict[str, Callable[[], str]] = {
        "store": _store,
        "topics": _topics,
        "alerts": _alerts,
    }
    if live:
        examinations |= {
            "PubMed": _pubmed,
            "ClinicalTrials.gov": _clinicaltrials,
            "Europe PMC": _europe_pmc,
        }
    rows = [(name, "works", version(name)) for name in ("prefect", "sqlalchemy", "spacy")]
    rows += [_examine(name, look) for name, look in examinations.items()]
    show.out.print(show.table("surveil doctor", ("what", "state", "details"), rows))
    if any(state != "works" for _, state, _ in rows):
        raise typer.Exit(1)


@contextmanager
def the_store() -> Iterator[Store]:
    """The workspace's store, closed at the end; it is not made by looking at it."""
    from db.session import Store
    from surveillance.settings import read_settings

    store = Store(read_settings().store_url)
    try:
        yield store
    finally:
        store.close()


def _examine(name: str, look: Callable[[], str]) -> tuple[str, str, str]:
    try:
        return name, "works", look()
    except SurveillanceError as fault:
        return name, "does not", str(fault)


def _store() -> str:
    with the_store() as store:
        if store.revision() is None:
            return "not made yet; the first run makes it"
        faults = store.check()
    if faults:
        raise SurveillanceError(" ".join(faults))
    return "sound"


def _topics() -> str:
    from surveillance.cli.topics import all_topics

    topics = all_topics()
    with_mesh = sum(topic.mesh_file is not None for topic in topics)
    return f"{len(topics)} sound, {with_mesh} with their part of MeSH"


def _alerts() -> str:
    from surveillance.cli.topics import all_topics
    from surveillance.pipeline.outbox import examined
    from surveillance.settings import read_settings

    said, faults = examined(all_topics(), read_settings())
    if faults:
        raise SurveillanceError(" ".join(faults))
    return said


def _pubmed() -> str:
    from surveillance.pipeline.opening import open_sources
    from surveillance.settings import read_settings

    answer = open_sources(read_settings()).pubmed.count("asthma[mh]", None)
    return f"answers ({answer.count:,} records on asthma)"


def _clinicaltrials() -> str:
    from surveillance.pipeline.opening import open_sources
    from surveillance.settings import read_settings

    answer = open_sources(read_settings()).trials.studies(["NCT05009394"])
    return f"answers ({len(answer.documents)} of 1 study)"


def _europe_pmc() -> str:
    from surveillance.pipeline.opening import open_sources
    from surveillance.settings import read_settings

    answer = open_sources(read_settings()).europe_pmc.search('EXT_ID:"31688209" AND SRC:MED', None)
    return f"answers ({answer.count:,} of 1 record)"
