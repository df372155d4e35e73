"""Which fields of Europe PMC hold what a field of a strategy holds.

Source: Europe PMC, search syntax reference and Web Service Reference Guide: TITLE, ABSTRACT,
TITLE_ABS, KW (MeSH headings and authors' keywords), CHEM (MeSH substances), PUB_TYPE.
Without a field it searches full texts too, which is why every word gets one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveillance.strategy.fields import HEADING, parts_of

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "title": ("TITLE",),
    "collection_title": ("TITLE",),
    "abstract": ("ABSTRACT",),
    "other_abstract": ("ABSTRACT",),
    "keyword": ("KW",),
    HEADING: ("KW",),
    "substance": ("CHEM", "KW"),
}
# A type by its whole name: whether PUB_TYPE finds single words of it is not documented.
_TYPES = frozenset({"publication_type"})
_WHOLE_TYPES = frozenset({"ovid-medline", "ovid-embase"})


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields asked for some codes, and the parts of a record that none of them holds."""

    fields: tuple[str, ...]
    not_held: tuple[str, ...] = ()

    @property
    def by_name(self) -> bool:
        """True where whole names alone are asked for."""
        return self.fields == ("PUB_TYPE",)


def fields_of(codes: tuple[str, ...], dialect: str) -> Asked | None:
    """The fields that find what these codes find; None where a code has no field at all.

    Publication types are asked for Ovid alone, whose `.pt.` is a whole name (ovid-semantics 5):
    PubMed's [pt] finds narrower types, too, and the Cochrane Library's `:pt` words of a name.
    """
    parts: dict[str, None] = {}
    for code in codes:
        parts.update(dict.fromkeys(parts_of(code, dialect)))
        if not any(part in _FIELDS or part in _TYPES for part in parts_of(code, dialect)):
            return None
    if parts.keys() <= _TYPES:
        return Asked(("PUB_TYPE",)) if dialect in _WHOLE_TYPES else None
    fields = dict.fromkeys(field for part in parts for field in _FIELDS.get(part, ()))
    return Asked(_together(fields), tuple(part for part in parts if part not in _FIELDS))


def _together(fields: Mapping[str, None]) -> tuple[str, ...]:
    if not {"TITLE", "ABSTRACT"} <= set(fields):
        return tuple(fields)
    return ("TITLE_ABS", *(field for field in fields if field not in ("TITLE", "ABSTRACT")))
