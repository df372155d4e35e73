"""Field codes of every dialect: which parts of a record each one searches.

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

# Cochrane Library: no suffix searches all text, which here is `all`; `:kw` holds the headings and
# the keywords of the sources (ovid-semantics 8).
_EVERYTHING = (
    *_MULTI_PURPOSE,
    "other_abstract",
    "collection_title",
    *("publication_type", "journal", "author", "language", "identifier"),
)
_COCHRANE: Mapping[str, tuple[str, ...]] = {
    "all": _EVERYTHING,
    "ti": ("title",),
    "ab": ("abstract",),
    "kw": ("keyword", HEADING, SUBHEADING),
    "au": ("author",),
    "so": ("journal",),
    "pt": ("publication_type",),
    "ky": ("keyword", HEADING, SUBHEADING),
    "doi": ("identifier",),
    # How `[mh /SU]` and `[mh nerv*]` are kept: a qualifier by its name, words of headings.
    "sh": (SUBHEADING,),
    "mh": (HEADING,),
}

_INAHTA: Mapping[str, tuple[str, ...]] = {
    "all": _EVERYTHING,
    "title": ("title",),
    "abs": ("abstract",),
    "kw": ("keyword",),
    "au": ("author",),
    "la": ("language",),
    # How a truncated heading, `nerv*[mh]`, is kept.
    "mhw": (HEADING,),
}

# NLM, PubMed User Guide, "Search field tags", each by its shortest name.
_TITLE_ABSTRACT = ("title", "collection_title", "abstract", "other_abstract", "keyword")
_PUBMED: Mapping[str, tuple[str, ...]] = {
    "all": _EVERYTHING,
    "ti": ("title", "collection_title"),
    "ab": ("abstract", "other_abstract"),
    "tiab": _TITLE_ABSTRACT,
    "tw": (*_TITLE_ABSTRACT, HEADING, SUBHEADING, "publication_type", "substance"),
    "ot": ("keyword",),
    "tt": ("original_title",),
    "mh": (HEADING,),
    "sh": (SUBHEADING,),
    "pt": ("publication_type",),
    "la": ("language",),
    "au": ("author",),
    "ta": ("journal",),
    "nm": ("substance",),
    "pmid": ("identifier",),
    "aid": ("identifier",),
    "si": ("identifier",),
}

_BY_DIALECT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ovid-medline": {**_SHARED, "nm": ("substance",), "pm": ("identifier",)},
    # Embase's .tw also has the drug trade name, which no export carries as a field of its own.
    "ovid-embase": {**_SHARED, "tn": ("substance",)},
    "cochrane": _COCHRANE,
    "inahta": _INAHTA,
    "pubmed": _PUBMED,
}

_UNQUALIFIED: Mapping[str, tuple[str, ...]] = {
    "ovid-medline": ("mp",),
    "ovid-embase": ("mp",),
    "cochrane": ("all",),
    "inahta": ("all",),
    "pubmed": ("all",),
}

# Codes that Ovid has and our records don't carry: they parse, and are reported where they matter.
_NOT_CARRIED = frozenset(
    {
        *("ax", "cm", "cn", "ci", "db", "dm", "dp", "dq", "dt", "du", "dv", "ed", "em", "ez"),
        *("in", "ip", "is", "ja", "my", "nt", "ox", "pd", "pg", "ps", "px", "py", "rn", "rs"),
        *("rx", "sa", "sb", "so", "su", "tx", "ty", "up", "vo", "xs", "yr"),
    }
)

KNOWN_CODES = _NOT_CARRIED.union(_BY_DIALECT["ovid-medline"], _BY_DIALECT["ovid-embase"])
"""Every code of Ovid that is read without its final dot: other letters there may be a word."""


def parts_of(code: str, dialect: str) -> tuple[str, ...]:
    """The parts that a field code (`tw`) searches in a dialect; empty: no part that records carry.

    `:noexp` behind a PubMed tag changes what is found in a part, not the part. Raises `KeyError`
    for an unknown dialect.
    """
    return _BY_DIALECT[dialect].get(code.removesuffix(":noexp"), ())


def unqualified(dialect: str) -> tuple[str, ...]:
    """The codes that a word without a field is searched by. Raises `KeyError`."""
    return _UNQUALIFIED[dialect]
