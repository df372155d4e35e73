"""What Europe PMC would answer: a query read and evaluated on a record.

Written from Europe PMC's search syntax reference; it shares no code with the translation. The
fields are those that a surveillance query needs; others are refused by name. Not modelled, so that
what is found here is the least that the service finds: synonyms, stemming, full texts.
`MESH` is a heading's whole name; headings are not exploded (docs/decisions/0011).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from surveillance.strategy.evaluate.boolean_query import (
    BooleanParser,
    Conjunction,
    Disjunction,
    Negation,
    NotReadable,
    Token,
    words_of,
)
from surveillance.strategy.searchable import Searchable

LONGEST_QUERY = 1_000_000

_PARTS: Mapping[str, tuple[str, ...]] = {
    "TITLE": ("title", "collection_title"),
    "ABSTRACT": ("abstract", "other_abstract"),
    "TITLE_ABS": ("title", "collection_title", "abstract", "other_abstract"),
    "KW": ("keyword",),
    "CHEM": ("substance",),
    "AUTH": ("author",),
    "JOURNAL": ("journal",),
    "": (
        *("title", "collection_title", "abstract", "other_abstract", "keyword", "substance"),
        *("publication_type", "journal", "author"),
    ),
}
# Fields of whole names, and those that also hold the headings.
_NAMES: Mapping[str, str] = {"PUB_TYPE": "publication_type", "LANG": "language"}
_WITH_HEADINGS = frozenset({"KW", ""})
# Which of a record's dates a field asks for; of Europe PMC's own records `created` is the day of
# first indexing and `entered` that of entry into its database (records/europe_pmc.py).
_DATES: Mapping[str, str] = {
    "FIRST_PDATE": "published",
    "PUB_YEAR": "published",
    "FIRST_IDATE": "created",
    "CREATION_DATE": "entered",
}
_OTHERS = frozenset({"MESH", "SRC", "EXT_ID"})


class NotEuropePmc(NotReadable):
    """A query that can't be read; `column` counts from 1."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words next to each other in one text of a field; the last may be the beginning of one."""

    field: str
    words: tuple[str, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """`FIELD:[first TO last]`, both included."""

    field: str
    first: str
    last: str


Clause = Term | Between | Negation["Clause"] | Conjunction["Clause"] | Disjunction["Clause"]


def parse_query(text: str) -> Clause:
    """Read a query as the `query` parameter of the search takes it.

    Raises `NotEuropePmc` for a query that is not balanced, lacks an operand, or names a field that
    is not known here.
    """
    if len(text) > LONGEST_QUERY:
        raise NotEuropePmc(f"more than {LONGEST_QUERY:,} characters", 1)
    return _Parser(_tokens(text), len(text)).whole()


def matches(query: Clause, record: Searchable) -> bool:
    """Does a record answer the query? A record without dates meets none."""
    match query:
        case Disjunction():
            return any(matches(one, record) for one in query.operands)
        case Conjunction():
            return all(matches(one, record) for one in query.operands)
        case Negation():
            return not matches(query.inside, record)
        case Between():
            return _lies_between(query, record)
    if query.field in ("SRC", "EXT_ID"):
        source, identifier = _source_and_number(record.identifier)
        return query.words == words_of(source if query.field == "SRC" else identifier)
    if query.field == "MESH":
        return any(words_of(heading.name) == query.words for heading in record.headings() or ())
    if query.field in _NAMES:
        names = record.passages(_NAMES[query.field]) or ()
        return any(words_of(name) == query.words for name in names)
    return any(_has_words(query, words_of(text)) for text in _texts(query.field, record))


def _source_and_number(identifier: str) -> tuple[str, str]:
    """`PPR:PPR1` apart; without source, preprints begin with PPR and PubMed's are digits."""
    source, colon, number = identifier.partition(":")
    if colon:
        return source, number
    source = "PPR" if identifier.startswith("PPR") else "MED" if identifier.isdigit() else "other"
    return source, identifier


def _texts(field: str, record: Searchable) -> Iterator[str]:
    for part in _PARTS[field]:
        yield from record.passages(part) or ()
    if field in _WITH_HEADINGS:
        yield from (heading.name for heading in record.headings() or ())


def _has_words(term: Term, text: tuple[str, ...]) -> bool:
    *before, last = term.words
    for at in range(len(before), len(text)):
        is_last = text[at].startswith(last) if term.truncated else text[at] == last
        if is_last and list(text[at - len(before) : at]) == before:
            return True
    return False


def _lies_between(wanted: Between, record: Searchable) -> bool:
    day: date | None = getattr(getattr(record, "dates", None), _DATES[wanted.field], None)
    if day is None:
        return False
    written = day.isoformat()
    first, last = wanted.first, wanted.last
    return first <= written[: len(first)] and written[: len(last)] <= last


_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")
          | (?P<open>\() | (?P<close>\))
          | (?P<field>[A-Z][A-Z_]{1,30}:)
          | (?P<range>\[\s*(?P<first>[0-9*-]{1,10})\s+TO\s+(?P<last>[0-9*-]{1,10})\s*\])
          | (?P<word>[^\s()":\[\]~^{}!]+))""",
    re.VERBOSE,
)
_OPERATORS = frozenset({"AND", "OR", "NOT"})


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise NotEuropePmc("this is not understood", at + 1)
        kind = next(name for name in _KINDS if found[name] is not None)
        piece = found[kind]
        at = found.end()
        is_operator = kind == "word" and piece in _OPERATORS
        ends = (found["first"], found["last"]) if kind == "range" else ("", "")
        yield Token(piece if is_operator else kind, piece, at - len(piece) + 1, ends)


_KINDS = ("quoted", "open", "close", "field", "range", "word")


class _Parser(BooleanParser[Clause]):
    """Terms and ranges, each in the field that stands before it or before the group around it."""

    fault = NotEuropePmc
    _field = ""

    def joined(
        self, how: type[Conjunction[Clause]] | type[Disjunction[Clause]], operands: list[Clause]
    ) -> Clause:
        return how(tuple(operands))

    def negated(self, clause: Clause) -> Clause:
        return Negation(clause)

    def simple_clause(self) -> Clause:
        if token := self.take("field"):
            return self._inside(_known_field(token))
        if token := self.take("range"):
            return self._between(self._field, token)
        return self._term(self._field)

    def _inside(self, field: str) -> Clause:
        around, self._field = self._field, field
        clause = self.clause()
        self._field = around
        return clause

    def _between(self, field: str, token: Token) -> Clause:
        if field not in _DATES:
            raise NotEuropePmc(f"{field or 'no field'} has no range", token.column)
        return Between(field, *token.ends)

    def _term(self, field: str) -> Clause:
        token = self.take("quoted") or self.take("word")
        words = words_of(token.text) if token else ()
        if token is None or not words:
            raise NotEuropePmc("an operand is missing", self.next.column)
        if "*" in token.text[:-1] or (token.kind == "quoted" and "*" in token.text):
            raise NotEuropePmc("a wildcard stands at the end of a word", token.column)
        if field == "PUB_YEAR":
            return Between(field, token.text, token.text)
        return Term(field, words, truncated=token.text.endswith("*"))


def _known_field(token: Token) -> str:
    field = token.text.removesuffix(":")
    if not any(field in known for known in (_PARTS, _NAMES, _DATES, _OTHERS)):
        raise NotEuropePmc(f"{field} is not a field known here", token.column)
    return field
