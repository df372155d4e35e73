"""Descriptors of MeSH as a file of them says: number, heading, places in the tree, entry terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

READABLE_FORMS = (
    "Give NLM's descriptor XML (desc2024.xml or .gz), or a tab-separated file with the columns "
    "DescriptorUI, DescriptorName, tree_location."
)


class MeshUnreadable(ValueError):
    """A MeSH file that cannot be read as one; `str()` names the file, the line and what to do."""

    def __init__(self, path: Path, line: int | None, message: str) -> None:
        self.path = path
        self.line = line
        place = f"{path}, line {line}" if line else str(path)
        super().__init__(f"{place}: {message} {READABLE_FORMS}")


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A heading. `ui` stays when the name changes; without a tree number it is outside the tree.

    `entry_terms` are the other names that lead to it, permuted ones included; `previously` the
    headings that its subject was indexed with in earlier years, as printed (`Pain (1966-1985)`).
    """

    ui: str
    name: str
    tree_numbers: tuple[str, ...] = ()
    entry_terms: tuple[str, ...] = ()
    previously: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeshEdition:
    """The descriptors of one MeSH year, or a part of them, in the order of the file."""

    year: int | None
    descriptors: tuple[Descriptor, ...]


@dataclass(frozen=True, slots=True)
class EditionChanges:
    """What a newer edition changes: headings by name, renamed ones as (old, new)."""

    new: tuple[str, ...]
    retired: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]

    @property
    def gone(self) -> frozenset[str]:
        """The names, in lower case, that are no heading any more."""
        return frozenset(
            name.casefold() for name in (*self.retired, *(old for old, _ in self.renamed))
        )


def changes_between(old: MeshEdition, new: MeshEdition) -> EditionChanges:
    """New, retired and renamed headings; the descriptor's number tells a renamed one."""
    before = {descriptor.ui: descriptor.name for descriptor in old.descriptors}
    after = {descriptor.ui: descriptor.name for descriptor in new.descriptors}
    return EditionChanges(
        new=tuple(sorted(after[ui] for ui in after.keys() - before.keys())),
        retired=tuple(sorted(before[ui] for ui in before.keys() - after.keys())),
        renamed=tuple(
            sorted(
                (name, after[ui])
                for ui, name in before.items()
                if ui in after and after[ui] != name
            )
        ),
    )


_SEPARATORS = re.compile(r"[\W_]+")


@lru_cache(maxsize=65_536)
def name_key(name: str) -> str:
    """What two spellings of a heading have in common: `double blind method`, *Double-Blind Method*.

    Hosts compare headings without regard to case and punctuation: published strategies type
    `double blind method/` and get results, and PubMed separates words alike (ovid-semantics 3).
    """
    return _SEPARATORS.sub(" ", name.casefold()).strip()
