"""What PubMed would answer: does a query as PubMed reads it retrieve this record?

Source: NLM, PubMed User Guide, "PubMed data field descriptions"; ovid-semantics 11. The simulator
answers with it and every translation is held against it; it never imports the translation or the
parsers of strategies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from surveillance.strategy.evaluate.pubmed_syntax import (
    Chain,
    DateRange,
    Indexed,
    NotCarried,
    NothingFound,
    Operator,
    PhraseIndex,
    Proximity,
    PubMedQuery,
    PubMedQueryRefused,
    Term,
    Tree,
    parse_query,
    words_of,
)
from surveillance.strategy.evaluate.pubmed_vocabulary import Field, subheading_family
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.searchable import (
    DatedSearchable,
    IndexedDescriptor,
    IndexedQualifier,
    RecordDateSet,
)
from surveillance.strategy.subheadings import SUBHEADINGS

__all__ = [
    "PhraseIndex",
    "PubMedQuery",
    "PubMedQueryRefused",
    "matches",
    "parse_query",
    "require_carried",
]

Words = tuple[str, ...]

_TITLE = ("title", "collection_title")
_TITLE_ABSTRACT = (*_TITLE, "abstract", "other_abstract", "keyword")
_TEXT_WORD = (*_TITLE_ABSTRACT, "publication_type", "substance")

# The parts of a record that a field is made of (User Guide, "PubMed data field descriptions").
_PARTS: Mapping[Field, tuple[str, ...]] = {
    Field.ALL: (*_TEXT_WORD, "original_title", "journal", "author", "language", "identifier"),
    Field.TITLE: _TITLE,
    Field.ABSTRACT: ("abstract", "other_abstract"),
    Field.TITLE_ABSTRACT: _TITLE_ABSTRACT,
    Field.TEXT_WORD: _TEXT_WORD,
    Field.OTHER_TERM: ("keyword",),
    Field.TRANSLITERATED_TITLE: ("original_title",),
    Field.PUBLICATION_TYPE: ("publication_type",),
    Field.LANGUAGE: ("language",),
    Field.AUTHOR: ("author",),
    Field.JOURNAL: ("journal",),
    Field.SUBSTANCE: ("substance",),
    Field.ARTICLE_IDENTIFIER: ("identifier",),
    Field.SECONDARY_SOURCE: ("identifier",),
}
_WITH_HEADINGS = frozenset({Field.ALL, Field.TEXT_WORD})

_DATES: Mapping[Field, Callable[[RecordDateSet], date | None]] = {
    Field.PUBLISHED: lambda dates: dates.published,
    Field.ENTERED: lambda dates: dates.entered,
    Field.CREATED: lambda dates: dates.created,
    Field.INDEXED: lambda dates: dates.indexed,
    Field.REVISED: lambda dates: dates.revised,
}


def require_carried(query: PubMedQuery) -> None:
    """Raise `PubMedQueryRefused` for a query that asks a field which our records don't carry."""
    if query.fields_not_carried:
        raise PubMedQueryRefused(
            f"The field {query.fields_not_carried[0]} is not kept here; leave out what it is for."
        )


def matches(query: PubMedQuery, record: DatedSearchable, mesh: MeshTree | None) -> bool:
    """True where PubMed would retrieve the record as it stands.

    What is not there yet (no abstract, headings None) doesn't match, as in PubMed. Without `mesh`,
    or for a heading that the tree doesn't know, explosion finds the heading itself alone.
    """
    return query.tree is not None and _Reading(record, mesh).holds(query.tree)


class _Reading:
    """One record, read once for all terms of a query."""

    def __init__(self, record: DatedSearchable, mesh: MeshTree | None) -> None:
        self._record = record
        self._mesh = mesh
        self._passages: dict[Field, tuple[Words, ...]] = {}

    def holds(self, tree: Tree) -> bool:
        match tree:
            case Chain():
                return self._chain(tree)
            case Term():
                return self._term(tree)
            case Proximity():
                return any(_near(passage, tree) for passage in self.passages(tree.field))
            case Indexed():
                return self._indexed(tree)
            case DateRange():
                day = _DATES[tree.field](self._record.dates)
                return day is not None and tree.first <= day <= tree.last
            case NothingFound():
                return False
            case NotCarried():
                raise PubMedQueryRefused(f"The field {tree.tag} is not kept here.")

    def _chain(self, chain: Chain) -> bool:
        """Left to right, without precedence (User Guide, "Combining search terms")."""
        result = self.holds(chain.first)
        for operator, operand in chain.steps:
            if operator is Operator.OR:
                result = result or self.holds(operand)
            else:
                result = result and self.holds(operand) is (operator is Operator.AND)
        return result

    def passages(self, field: Field) -> tuple[Words, ...]:
        """The words of every passage of a field; phrases and proximity don't cross passages."""
        if field not in self._passages:
            self._passages[field] = tuple(map(words_of, self._texts(field)))
        return self._passages[field]

    def _texts(self, field: Field) -> Iterable[str]:
        for part in _PARTS[field]:
            yield from self._record.passages(part) or ()
        if field in _WITH_HEADINGS:
            for heading in self._record.headings() or ():
                yield heading.name
                yield from (qualifier.name for qualifier in heading.qualifiers)

    def _term(self, term: Term) -> bool:
        if term.field is Field.PMID:
            return words_of(self._record.identifier) == term.words
        passage_matches = _COMPARISONS.get(term.field, _contains)
        return any(passage_matches(passage, term) for passage in self.passages(term.field))

    def _indexed(self, wanted: Indexed) -> bool:
        if wanted.field is Field.PUBLICATION_TYPE:
            return any(self._is_named(words, wanted) for words in self.passages(wanted.field))
        headings = self._record.headings() or ()
        if wanted.field is Field.SUBHEADING:
            return any(
                _is_subheading(qualifier.name, wanted.name, explode=wanted.explode)
                for heading in headings
                for qualifier in heading.qualifiers
            )
        return any(
            self._is_named(words_of(heading.name), wanted) and _is_qualified(heading, wanted)
            for heading in headings
        )

    def _is_named(self, words: Words, wanted: Indexed) -> bool:
        name = words_of(wanted.name)
        if wanted.truncated:
            return _begins(words, name, truncated=True)
        return words == name or (wanted.explode and words in self._narrower(wanted.name))

    def _narrower(self, name: str) -> frozenset[Words]:
        explosion = self._mesh.explosion(name) if self._mesh else None
        return _all_words(explosion or frozenset())


@lru_cache(maxsize=1024)
def _all_words(names: frozenset[str]) -> frozenset[Words]:
    return frozenset(map(words_of, names))


def _is_qualified(heading: IndexedDescriptor, wanted: Indexed) -> bool:
    """The subheading is attached to this very heading; a major topic is starred there.

    A star sits on the descriptor or on any of its qualifiers (source-facts); with a subheading,
    on that combination (User Guide, "MeSH Major Topic").
    """
    attached: Sequence[IndexedQualifier] = [
        qualifier
        for qualifier in heading.qualifiers
        if not wanted.subheading
        or _is_subheading(qualifier.name, wanted.subheading, explode=wanted.explode)
    ]
    if wanted.subheading and not attached:
        return False
    if wanted.field is not Field.MAJOR_TOPIC:
        return True
    return heading.major or any(qualifier.major for qualifier in attached)


def _is_subheading(name: str, wanted: str, *, explode: bool) -> bool:
    """The same subheading, by name or two-letter code, or with `explode` one of its family."""
    full = _subheading_name(wanted)
    return _subheading_name(name) in (subheading_family(full) if explode else {full})


@lru_cache(maxsize=1024)
def _subheading_name(text: str) -> str:
    """The MeSH name of a subheading given by name ("drug therapy") or by code ("dt")."""
    name = text.strip().casefold().replace(" and ", " & ")
    return SUBHEADINGS.get(name, name)


def _begins(passage: Words, words: Words, *, truncated: bool, start: int = 0) -> bool:
    found = passage[start : start + len(words)]
    if not truncated:
        return found == words
    return len(found) == len(words) and found[:-1] == words[:-1] and found[-1].startswith(words[-1])


def _contains(passage: Words, term: Term) -> bool:
    """The words next to each other, in order, anywhere in the passage."""
    first, *rest = term.words
    if not rest and term.truncated:
        return any(word.startswith(first) for word in passage)
    if not rest or first not in passage:
        return first in passage
    return any(
        word == first and _begins(passage, term.words, truncated=term.truncated, start=start)
        for start, word in enumerate(passage)
    )


def _is_whole(passage: Words, term: Term) -> bool:
    """The whole name: journals and substances are indexed by name, not by word."""
    if term.truncated:
        return _begins(passage, term.words, truncated=True)
    return passage == term.words


def _is_author(passage: Words, term: Term) -> bool:
    """Last name and initials; unquoted, the initials are truncated (User Guide, "Author")."""
    if term.whole and not term.truncated:
        return passage == term.words
    initials = len(term.words) > 1 or term.truncated
    return _begins(passage, term.words, truncated=initials)


def _is_language(passage: Words, term: Term) -> bool:
    """Name or code; the code is the name's first three letters.

    Source: User Guide, "Language", which names Japanese (jpn) as the exception.
    """
    return bool(passage) and _language_code(passage[0]) == _language_code(term.words[0])


def _language_code(word: str) -> str:
    return "jpn" if word == "japanese" else word[:3]


_COMPARISONS: Mapping[Field, Callable[[Words, Term], bool]] = {
    Field.AUTHOR: _is_author,
    Field.JOURNAL: _is_whole,
    Field.LANGUAGE: _is_language,
    Field.SUBSTANCE: _is_whole,
}


def _near(passage: Words, near: Proximity) -> bool:
    """All words within one stretch with at most `between` others in it (ovid-semantics 11.2, 4)."""
    needed = Counter(near.words)
    length = len(near.words) + near.between
    return any(
        needed <= Counter(passage[start : start + length])
        for start, word in enumerate(passage)
        if word in needed
    )
