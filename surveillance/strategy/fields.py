"""Ovid's field codes: which parts of a record each one searches.

Source: ovid-semantics 5 (UniSA guide and Ovid's field guides for `.tw` and `.mp`). A part is a name
that `Searchable.passages` knows, or one of `HEADING` and `SUBHEADING`, which stand for the words of
`Searchable.headings`.
"""

from __future__ import annotations

from collections.abc import Mapping

HEADING = "heading"
SUBHEADING = "subheading"

_MULTI_PURPOSE = (
    "title",
    "abstract",
    "original_title",
    "substance",
    HEADING,
    SUBHEADING,
    "keyword",
)

_SHARED: Mapping[str, tuple[str, ...]] = {
    "ti": ("title",),
    "ab": ("abstract",),
    "tw": ("title", "abstract"),
    "ot": ("original_title",),
    "kf": ("keyword",),
    "kw": ("keyword",),
    "hw": (HEADING,),
    "sh": (HEADING,),
    "fs": (SUBHEADING,),
    "pt": ("publication_type",),
    "jn": ("journal",),
    "jw": ("journal",),
    "au": ("author",),
    "la": ("language",),
    "ui": ("identifier",),
    "mp": _MULTI_PURPOSE,
    "af": (*_MULTI_PURPOSE, "publication_type", "journal", "author", "language", "identifier"),
}

_BY_DIALECT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ovid-medline": {**_SHARED, "nm": ("substance",), "pm": ("identifier",)},
    # Embase's .tw also has the drug trade name, which no export carries as a field of its own.
    "ovid-embase": {**_SHARED, "tn": ("substance",)},
}

# Codes that Ovid has and our records don't carry: they parse, and are reported where they matter.
_NOT_CARRIED = frozenset(
    {
        *("ax", "cm", "cn", "ci", "db", "dm", "dp", "dq", "dt", "du", "dv", "ed", "em", "ez"),
        *("in", "ip", "is", "ja", "my", "nt", "ox", "pd", "pg", "ps", "px", "py", "rn", "rs"),
        *("rx", "sa", "sb", "so", "su", "tx", "ty", "up", "vo", "xs", "yr"),
    }
)

KNOWN_CODES = frozenset(code for codes in _BY_DIALECT.values() for code in codes) | _NOT_CARRIED
"""Every code read without its final dot, where any two letters after a dot could be a word."""


def parts_of(code: str, dialect: str) -> tuple[str, ...]:
    """The parts that a field code (`tw`) searches in a dialect; empty: no part that records carry.

    Raises `KeyError` for a dialect that isn't Ovid's.
    """
    return _BY_DIALECT[dialect].get(code, ())
