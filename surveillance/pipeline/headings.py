"""A new MeSH for the workspace: fetched or read, compared with the old one, stored whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from surveillance.errors import Place, UnreadableInput
from surveillance.settings import Settings
from surveillance.sources.http import RetryPolicy
from surveillance.sources.mesh import fetch_descriptors, file_name, is_address, of_year
from surveillance.strategy.mapping import EMBASE, WRITTEN_IN
from surveillance.strategy.mesh import FEWEST_OF_WHOLE_MESH, MeshUnreadable, read_edition
from surveillance.strategy.mesh_descriptors import EditionChanges, MeshEdition, changes_between
from surveillance.strategy.mesh_tsv import write_tsv
from surveillance.strategy.nodes import Heading, Mapped, Node
from surveillance.strategy_files import read_mapped_strategy_file
from surveillance.topics import Topic, list_topics, read_topic


@dataclass(frozen=True, slots=True)
class GoneHeading:
    """A line of a topic's strategy that uses a heading which is none any more."""

    topic: str
    strategy: str
    line: int
    heading: str


@dataclass(frozen=True, slots=True)
class MeshUpdate:
    """What was stored where; `changes` is None where there was no MeSH before."""

    file: Path
    year: int | None
    descriptors: int
    entry_terms: int
    changes: EditionChanges | None
    concerned: tuple[GoneHeading, ...] = ()

    @property
    def is_whole(self) -> bool:
        """False for a part of MeSH, with which the lint asks less."""
        return self.descriptors >= FEWEST_OF_WHOLE_MESH


def update_mesh(
    settings: Settings,
    origin: str | None,
    today: date,
    *,
    thesaurus: Path | None = None,
    retry: RetryPolicy | None = None,
) -> MeshUpdate:
    """Store the MeSH in a file or at an address (None: NLM's of this year) for the workspace.

    Raises `UnreadableInput` for a file that is no MeSH, `SourceFailed` for a server that does not
    answer; then the old one stays.
    """
    source = origin or of_year(settings.mesh_url, today)
    if is_address(source):
        new = _fetched(source, thesaurus, retry)
    else:
        new = _read(Path(source), thesaurus)
    old = _read(settings.mesh_file, None) if settings.mesh_file.is_file() else None
    _store(new, settings.mesh_file)
    changes = changes_between(old, new) if old else None
    return MeshUpdate(
        settings.mesh_file,
        new.year,
        len(new.descriptors),
        sum(len(descriptor.entry_terms) for descriptor in new.descriptors),
        changes,
        tuple(_concerned(settings, changes)) if changes else (),
    )


def _fetched(url: str, thesaurus: Path | None, retry: RetryPolicy | None) -> MeshEdition:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / file_name(url)
        file.write_bytes(fetch_descriptors(url, retry))
        return _read(file, thesaurus)


def _read(file: Path, thesaurus: Path | None) -> MeshEdition:
    try:
        return read_edition(file, thesaurus)
    except MeshUnreadable as fault:
        raise UnreadableInput(str(fault)) from None


def _store(edition: MeshEdition, file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_tsv(edition, file)
    except OSError as fault:
        raise UnreadableInput(
            f"MeSH cannot be stored here: {fault.strerror}.", place=Place(file)
        ) from None


def _concerned(settings: Settings, changes: EditionChanges) -> Iterator[GoneHeading]:
    """Where the workspace's strategies use a heading that was retired or renamed."""
    for slug in list_topics(settings.topics_folder):
        topic = read_topic(settings.topics_folder / slug)
        yield from _in_topic(topic, changes.gone)


def _in_topic(topic: Topic, gone: frozenset[str]) -> Iterator[GoneHeading]:
    for described in topic.strategies:
        file = topic.strategy_file(described)
        strategy = read_mapped_strategy_file(file, described.dialect)
        for line in strategy.lines:
            for name in _mesh_headings(line.tree, strategy.dialect) if line.tree else ():
                if name.casefold() in gone:
                    yield GoneHeading(topic.slug, described.name, line.number, name)


def _mesh_headings(tree: Node, dialect: str) -> Iterator[str]:
    """The headings of MeSH in a line; of Embase those that the mapping table puts into it."""
    if dialect != EMBASE:
        yield from (node.name for node in tree.walk() if isinstance(node, Heading))
        return
    for place in tree.walk():
        if isinstance(place, Mapped):
            yield from _mesh_headings(place.to, WRITTEN_IN) if place.to else ()
