"""Field codes: which parts of a record each one searches (ovid-semantics 5)."""

from __future__ import annotations

from collections.abc import Mapping

# Parts of a `Searchable`, and two that are read from its headings: `heading` (descriptor names)
# and `subheading` (qualifier names).
_TEXT = ("title", "abstract")
_MULTI_PURPOSE = (
    *("title", "collection_title", "abstract", "original_title"),
    *("substance", "heading", "subheading", "keyword"),
)

_OVID: Mapping[str, tuple[str, ...]] = {
    "ab": ("abstract",),
    "af": (
        *_MULTI_PURPOSE,
        *("other_abstract", "publication_type", "journal", "author", "language", "identifier"),
    ),
    "au": ("author",),
    "hw": ("heading",),
    "jn": ("journal",),
    "jw": ("journal",),
    "kf": ("keyword",),
    "kw": ("keyword",),
    "la": ("language",),
    "mp": _MULTI_PURPOSE,
    "nm": ("substance",),
    "ot": ("original_title",),
    "pm": ("identifier",),
    "pt": ("publication_type",),
    "sh": ("heading",),
    "ti": ("title",),
    "tw": _TEXT,
    "ui": ("identifier",),
}

_BY_DIALECT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ovid-medline": _OVID,
    "ovid-embase": _OVID,
}


def parts_of(code: str, dialect: str) -> tuple[str, ...]:
    """The parts that a field code searches in a dialect; none: our records don't carry it."""
    return _BY_DIALECT.get(dialect, {}).get(code, ())
