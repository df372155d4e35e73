"""The scope of a word: in which parts of a record it is searched, and whether as a whole name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Self

from surveillance.strategy.fields import parts_of, unqualified
from surveillance.strategy.nodes import Fielded

# `.fs.` wants a subheading of any heading, by name or by code: `drug therapy.fs.`, `dt.fs.`.
FLOATING_SUBHEADING = "floating_subheading"

# PubMed's [sh] and [pt] also find what is narrower: on the record stand the broader names of the
# subheadings and publication types that it has.
BROADER_SUBHEADING = "broader_subheading"
BROADER_TYPE = "broader_publication_type"

# The part of a field that our records don't carry (`.in.`, `[filter]`): what stands there can't
# be told (decision 0010).
NOT_CARRIED = "not_carried"

# Fields that are indexed by name, not by word. Ovid: `review.pt.` is not *Systematic Review*
# (ovid-semantics 5: exact phrase, publication type phrase, heading exact). PubMed: User Guide,
# "PubMed data field descriptions". Cochrane and INAHTA search words everywhere, but for the
# qualifier of `[mh /SU]`.
_OVID_NAMES = frozenset({"au", "fs", "jn", "kw", "la", "pm", "pt", "sh", "ui"})
_PUBMED_NAMES = frozenset({"au", "la", "mh", "nm", "pmid", "pt", "sh", "ta"})
_WHOLE_NAMES: Mapping[str, frozenset[str]] = {
    "ovid-medline": _OVID_NAMES,
    "ovid-embase": _OVID_NAMES,
    "pubmed": _PUBMED_NAMES,
    "cochrane": frozenset({"sh"}),
}

_PARTS_OF_THEIR_OWN: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("ovid-medline", "fs"): (FLOATING_SUBHEADING,),
    ("ovid-embase", "fs"): (FLOATING_SUBHEADING,),
    ("cochrane", "sh"): (FLOATING_SUBHEADING,),
    ("pubmed", "sh"): (FLOATING_SUBHEADING, BROADER_SUBHEADING),
    ("pubmed", "sh:noexp"): (FLOATING_SUBHEADING,),
    ("pubmed", "pt"): ("publication_type", BROADER_TYPE),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the unfielded words of a group are searched: the codes that the group has."""

    dialect: str
    codes: tuple[str, ...]

    @classmethod
    def of(cls, dialect: str) -> Self:
        """The scope of a word without any field. Raises `KeyError` for an unknown dialect."""
        return cls(dialect, unqualified(dialect))

    def inside(self, group: Fielded) -> Self:
        """The scope inside a fielded group: the inner suffix wins (ovid-semantics 5)."""
        return type(self)(self.dialect, group.codes)

    @property
    def ovid(self) -> bool:
        """True for a dialect of Ovid's, with its stop words."""
        return self.dialect.startswith("ovid")

    @property
    def pubmed(self) -> bool:
        """True for the dialect of PubMed."""
        return self.dialect == "pubmed"

    @property
    def unfielded(self) -> bool:
        """True where words are searched as those without a field are."""
        return self.codes == unqualified(self.dialect)

    @property
    def parts(self) -> Mapping[str, bool]:
        """The parts searched, each with True where no code searches it by word.

        A code that our records don't carry is the part `NOT_CARRIED`.
        """
        return _parts(self.codes, self.dialect)

    @property
    def by_word(self) -> bool:
        """True where some part is searched by word, not by name."""
        return not all(self.parts.values())

    def whole(self, part: str) -> bool:
        """True where a match has to be the whole text of the part."""
        return self.parts[part]

    def truncates_initials(self, part: str) -> bool:
        """True for PubMed's authors: unquoted, `smith j` is also *Smith JA*, `smith` any Smith
        (User Guide, "Author [au]")."""
        return self.pubmed and part == "author" and self.whole(part)


@cache
def _parts(codes: tuple[str, ...], dialect: str) -> Mapping[str, bool]:
    names = _WHOLE_NAMES.get(dialect, frozenset())
    whole: dict[str, bool] = {}
    for code in codes:
        own = _PARTS_OF_THEIR_OWN.get((dialect, code))
        for part in own or parts_of(code, dialect) or (NOT_CARRIED,):
            whole[part] = whole.get(part, True) and code.removesuffix(":noexp") in names
    return whole
