"""A record that the tests of the lint call a known item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from surveillance.strategy.searchable import IndexedDescriptor


@dataclass(frozen=True)
class Item:
    """Some parts of a record; its headings are known to be none."""

    identifier: str
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def passages(self, part: str) -> Sequence[str] | None:
        return self.parts.get(part, ())

    def headings(self) -> Sequence[IndexedDescriptor]:
        return ()


NEUROMA_AND_STUMP = Item("1", {"title": ("Neuromas of the stump",), "abstract": ("Stumps.",)})
