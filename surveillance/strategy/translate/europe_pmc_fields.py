"""Which fields of Europe PMC hold what a field of a strategy holds.

Source: Europe PMC, search syntax reference and Web Service Reference Guide: TITLE, ABSTRACT,
TITLE_ABS, KW (MeSH headings and authors' keywords), CHEM (MeSH substances), PUB_TYPE, JOURNAL.
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
    "publication_type": ("PUB_TYPE",),
    "journal": ("JOURNAL",),
}
# Names of journals and publication types: whether words of them are found is not documented.
NAME_FIELDS = frozenset({"PUB_TYPE", "JOURNAL"})


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields asked for some codes, and the parts of a record that none of them holds."""

    fields: tuple[str, ...]
    not_held: tuple[str, ...] = ()


def fields_of(codes: tuple[str, ...], dialect: str) -> Asked | None:
    """The fields that find what these codes find; None where a code has no field at all."""
    parts: dict[str, None] = {}
    for code in codes:
        found = parts_of(code, dialect)
        if not any(part in _FIELDS for part in found):
            return None
        parts.update(dict.fromkeys(found))
    fields = dict.fromkeys(field for part in parts for field in _FIELDS.get(part, ()))
    return Asked(_together(fields), tuple(part for part in parts if part not in _FIELDS))


def _together(fields: Mapping[str, None]) -> tuple[str, ...]:
    if not {"TITLE", "ABSTRACT"} <= set(fields):
        return tuple(fields)
    return ("TITLE_ABS", *(field for field in fields if field not in ("TITLE", "ABSTRACT")))
