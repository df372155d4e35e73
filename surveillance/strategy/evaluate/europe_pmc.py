"""What Europe PMC would answer: a query read and evaluated on a record.

Written from Europe PMC's search syntax reference; it shares no code with the translation. The
fields are those that a surveillance query needs; others are refused by name. Not modelled, so that
what is found here is the least that the service finds: synonyms, stemming, full texts.
`MESH` is a heading's whole name; headings are not exploded (docs/decisions/0011).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from surveillance.strategy.searchable import Searchable

LONGEST_QUERY = 1_000_000
DEEPEST_NESTING = 150

_PARTS: Mapping[str, tuple[str, ...]] = {
    "TITLE": ("title", "collection_title"),
    "ABSTRACT": ("abstract", "other_abstract"),
    "TITLE_ABS": ("title", "collection_title", "abstract", "other_abstract"),
    "KW": ("keyword",),
    "CHEM": ("substance",),
    "AUTH": ("author",),
    "JOURNAL": ("journal",),
    "EXT_ID": ("identifier",),
    "": (
        *("title", "collection_title", "abstract", "other_abstract", "keyword", "substance"),
        *("publication_type", "journal", "author"),
    ),
}
# Fields of whole names, and those that also hold the headings.
_NAMES: Mapping[str, str] = {"PUB_TYPE": "publication_type", "LANG": "language"}
_WITH_HEADINGS = frozenset({"KW", ""})
_DATES = frozenset({"FIRST_PDATE", "PUB_YEAR"})
_OTHERS = frozenset({"MESH", "SRC"})


class NotEuropePmc(ValueError):
    """A query that can't be read; `column` counts from 1."""

    def __init__(self, message: str, column: int) -> None:
        self.column = column
        super().__init__(f"column {column}: {message}")


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


@dataclass(frozen=True, slots=True)
class Negation:
    """`NOT` before a clause."""

    inside: Clause


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Clauses joined by AND, or by nothing."""

    operands: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """Clauses joined by OR."""

    operands: tuple[Clause, ...]


Clause = Term | Between | Negation | Conjunction | Disjunction


def parse_query(text: str) -> Clause:
    """Read a query as the `query` parameter of the search takes it.

    Raises `NotEuropePmc` for a query that is not balanced, lacks an operand, or names a field that
    is not known here.
    """
    if len(text) > LONGEST_QUERY:
        raise NotEuropePmc(f"more than {LONGEST_QUERY:,} characters", 1)
    return _Parser(text).whole()


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
    if query.field == "SRC":
        return query.words == (_source_of(record.identifier),)
    if query.field == "MESH":
        return any(words_of(heading.name) == query.words for heading in record.headings() or ())
    if query.field in _NAMES:
        names = record.passages(_NAMES[query.field]) or ()
        return any(words_of(name) == query.words for name in names)
    return any(_has_words(query, words_of(text)) for text in _texts(query.field, record))


def _source_of(identifier: str) -> str:
    """Preprints are numbered PPR1, PPR2, …; what PubMed has keeps its number (MED)."""
    return "ppr" if identifier.startswith("PPR") else "med" if identifier.isdigit() else "other"


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
    dates = getattr(record, "dates", None)
    published: date | None = dates.published if dates is not None else None
    if published is None:
        return False
    written = published.isoformat()
    first, last = wanted.first, wanted.last
    return first <= written[: len(first)] and written[: len(last)] <= last


def words_of(text: str) -> tuple[str, ...]:
    """Letters and digits, without case and accents; everything else separates."""
    letters = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in letters if not unicodedata.combining(c)).casefold()
    return tuple(re.findall(r"[^\W_]+", plain))


_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")
          | (?P<open>\() | (?P<close>\))
          | (?P<field>[A-Z][A-Z_]{1,30}:)
          | (?P<range>\[\s*(?P<first>[0-9*-]{1,10})\s+TO\s+(?P<last>[0-9*-]{1,10})\s*\])
          | (?P<word>[^\s()":\[\]~^{}!]+))""",
    re.VERBOSE,
)
_OPERATORS = frozenset({"AND", "OR", "NOT"})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int
    ends: tuple[str, str] = ("", "")


def _tokens(text: str) -> Iterator[_Token]:
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
        yield _Token(piece if is_operator else kind, piece, at - len(piece) + 1, ends)


_KINDS = ("quoted", "open", "close", "field", "range", "word")


class _Parser:
    """Recursive descent: OR, then AND with NOT, then one clause."""

    def __init__(self, text: str) -> None:
        self._tokens = [*_tokens(text), _Token("end", "", len(text) + 1)]
        self._at = 0
        self._depth = 0

    def whole(self) -> Clause:
        clause = self._disjunction("")
        if self._next.kind != "end":
            raise NotEuropePmc("a parenthesis is never opened", self._next.column)
        return clause

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, kind: str) -> _Token | None:
        token = self._next
        if token.kind != kind:
            return None
        self._at += 1
        return token

    def _disjunction(self, field: str) -> Clause:
        operands = [self._conjunction(field)]
        while self._take("OR"):
            operands.append(self._conjunction(field))
        return operands[0] if len(operands) == 1 else Disjunction(tuple(operands))

    def _conjunction(self, field: str) -> Clause:
        operands = [self._clause(field)]
        while self._next.kind not in ("OR", "close", "end"):
            self._take("AND")
            operands.append(self._clause(field))
        return operands[0] if len(operands) == 1 else Conjunction(tuple(operands))

    def _clause(self, field: str) -> Clause:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise NotEuropePmc("nested too deeply", self._next.column)
        clause = self._simple_clause(field)
        self._depth -= 1
        return clause

    def _simple_clause(self, field: str) -> Clause:
        if self._take("NOT"):
            return Negation(self._clause(field))
        if self._take("open"):
            inside = self._disjunction(field)
            if not self._take("close"):
                raise NotEuropePmc("a parenthesis is never closed", self._next.column)
            return inside
        if token := self._take("field"):
            return self._clause(_known_field(token))
        if token := self._take("range"):
            return self._between(field, token)
        return self._term(field)

    def _between(self, field: str, token: _Token) -> Clause:
        if field not in _DATES:
            raise NotEuropePmc(f"{field or 'no field'} has no range", token.column)
        return Between(field, *token.ends)

    def _term(self, field: str) -> Clause:
        token = self._take("quoted") or self._take("word")
        words = words_of(token.text) if token else ()
        if token is None or not words:
            raise NotEuropePmc("an operand is missing", self._next.column)
        if "*" in token.text[:-1] or (token.kind == "quoted" and "*" in token.text):
            raise NotEuropePmc("a wildcard stands at the end of a word", token.column)
        if field == "PUB_YEAR":
            return Between(field, token.text, token.text)
        return Term(field, words, truncated=token.text.endswith("*"))


def _known_field(token: _Token) -> str:
    field = token.text.removesuffix(":")
    if not any(field in known for known in (_PARTS, _NAMES, _DATES, _OTHERS)):
        raise NotEuropePmc(f"{field} is not a field known here", token.column)
    return field
