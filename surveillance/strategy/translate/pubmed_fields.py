"""Which of PubMed's fields hold what a field of another dialect holds (ovid-semantics 5 and 11.8).

A code is asked by the parts of a record that it searches, so that every dialect goes one way;
PubMed's own codes are asked as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from surveillance.strategy.fields import HEADING, SUBHEADING, parts_of

PUBMED = "pubmed"

# For each part a tag that finds at least its words. `[tw]` also holds headings, subheadings,
# publication types and substances; journals, authors, languages and numbers are found word by
# word in all fields alone.
_TAG_OF_PART: Mapping[str, str] = {
    "title": "ti",
    "collection_title": "ti",
    "abstract": "tiab",
    "other_abstract": "tiab",
    "keyword": "ot",
    "original_title": "tt",
    "substance": "tw",
    HEADING: "tw",
    SUBHEADING: "tw",
    "publication_type": "tw",
    "journal": "all",
    "author": "all",
    "language": "all",
    "identifier": "all",
}
# `[tw]` beside `[tiab]`: that the one holds all of the other is not to be relied on
# (ovid-semantics 5, on .mp).
_ABSORBED: Mapping[str, frozenset[str]] = {
    "all": frozenset({"ti", "tiab", "tw", "ot"}),
    "tiab": frozenset({"ti", "ot"}),
}
_ORDER = ("all", "tw", "tiab", "ti", "ot", "tt")
PROXIMITY_TAGS = frozenset({"ti", "tiab"})

# Ovid's codes whose words make one whole name: with them a tag never says the same.
_WHOLE_NAMES = frozenset({"au", "fs", "jn", "kw", "la", "pm", "pt", "sh", "ui"})


def tags_of(codes: tuple[str, ...], dialect: str) -> tuple[str, ...] | None:
    """The tags that together find at least what the codes find; None where PubMed has none."""
    if not is_carried(codes, dialect):
        return None
    if dialect == PUBMED:
        return codes
    tags = {_TAG_OF_PART[part] for code in codes for part in parts_of(code, dialect)}
    absorbed = frozenset[str]().union(*(_ABSORBED.get(tag, frozenset()) for tag in tags))
    return tuple(tag for tag in _ORDER if tag in tags - absorbed)


def is_carried(codes: Iterable[str], dialect: str) -> bool:
    """True where the exact evaluation has the fields of all codes."""
    return all(parts_of(code, dialect) for code in codes)


def says_the_same(codes: tuple[str, ...], dialect: str) -> bool:
    """True where the tags of the codes hold the same parts, no more: a word is said exactly."""
    if dialect == PUBMED:
        return True
    if dialect.startswith("ovid") and not _WHOLE_NAMES.isdisjoint(codes):
        return False
    tags = tags_of(codes, dialect)
    return tags is not None and _parts(tags, PUBMED) == _parts(codes, dialect)


def _parts(codes: Iterable[str], dialect: str) -> frozenset[str]:
    return frozenset(part for code in codes for part in parts_of(code, dialect))
