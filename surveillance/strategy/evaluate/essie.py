"""What ClinicalTrials.gov would answer: Essie expressions read and evaluated on a registration.

Written from the registry's pages "Search Expressions and Syntax" and "Search Areas"; it shares no
code with the translation. The simulator of the registry answers with it. Words are found as they
are typed. The registry also finds synonyms and inflections (`EXPANSION`), which are not modelled:
what is found here is the least that it finds. `SEARCH`, `TILT` and `DISTANCE` are refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveillance.strategy.evaluate.boolean_query import (
    BooleanParser,
    Conjunction,
    Disjunction,
    Negation,
    NotReadable,
    Token,
    words_of,
)

LONGEST_EXPRESSION = 1_000_000
LONGEST_NUMBER = 20

Pieces = Mapping[str, Sequence[str]]
"""A registration: the texts of each data piece by its name (`BriefTitle`, `Condition`)."""

_TITLES = ("Acronym", "BriefTitle", "OfficialTitle")
_CONDITIONS = ("Condition", "ConditionMeshTerm", "ConditionAncestorTerm", "Keyword")
_INTERVENTIONS = (
    *("InterventionName", "InterventionOtherName", "InterventionDescription"),
    *("InterventionMeshTerm", "InterventionAncestorTerm", "ArmGroupLabel", "ArmGroupDescription"),
)
_OUTCOMES = (
    *("PrimaryOutcomeMeasure", "PrimaryOutcomeDescription"),
    *("SecondaryOutcomeMeasure", "SecondaryOutcomeDescription"),
    *("OtherOutcomeMeasure", "OtherOutcomeDescription"),
)
_NUMBERS = ("NCTId", "NCTIdAlias", "OrgStudyId", "SecondaryId")
_SPONSORS = ("LeadSponsorName", "CollaboratorName")
AREAS: Mapping[str, tuple[str, ...]] = {
    "BasicSearch": (
        *(*_TITLES, *_CONDITIONS, *_INTERVENTIONS, *_OUTCOMES, *_NUMBERS, *_SPONSORS),
        *("BriefSummary", "LocationFacility", "LocationCountry"),
    ),
    "ConditionSearch": (*_CONDITIONS, "BriefTitle", "OfficialTitle", "NCTId"),
    "InterventionSearch": (*_INTERVENTIONS, "BriefTitle", "OfficialTitle", "Keyword"),
    "TitleSearch": _TITLES,
    "OutcomeSearch": _OUTCOMES,
    "SponsorSearch": _SPONSORS,
    "IdSearch": _NUMBERS,
}
"""Search areas of several pieces; any piece is an area of its own."""

_EXPANSIONS = frozenset({"None", "Term", "Concept", "Relaxation", "Lossy"})
_COVERAGES = frozenset({"Contains", "StartsWith", "EndsWith", "FullMatch"})


class NotEssie(NotReadable):
    """An expression that can't be read; `column` counts from 1."""


class NotUnderstood(NotEssie):
    """An operator or an area that is not known, in an expression that may be balanced."""


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase in quotation marks, or words without: found apart by the default expansion."""

    words: tuple[str, ...]
    is_phrase: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """`MISSING`: nothing stands in the area."""


@dataclass(frozen=True, slots=True)
class Everything:
    """`ALL`: every registration."""


@dataclass(frozen=True, slots=True)
class Range:
    """`RANGE[low, high]`, both included; `MIN` and `MAX` are open."""

    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Within:
    """`AREA[name]` before an expression."""

    area: str
    inside: Expression


@dataclass(frozen=True, slots=True)
class Covering:
    """`COVERAGE[kind]` before an expression: which part of a text a term has to be."""

    kind: str
    inside: Expression


Expression = (
    Term
    | Missing
    | Everything
    | Range
    | Within
    | Covering
    | Negation["Expression"]
    | Conjunction["Expression"]
    | Disjunction["Expression"]
)


def parse_query(text: str, pieces: Collection[str] | None = None) -> Expression:
    """Read an expression as `query.term` takes it.

    Operators are in capitals; in small letters they are words. Raises `NotEssie` for an expression
    that is not balanced, lacks an operand, or has an operator that is not known here; with
    `pieces`, the data pieces that registrations have, also for an area that is none of them.
    """
    if len(text) > LONGEST_EXPRESSION:
        raise NotUnderstood(f"more than {LONGEST_EXPRESSION:,} characters", 1)
    return _Parser(_tokens(text), len(text), pieces).whole()


def matches(query: Expression, registration: Pieces, area: str = "BasicSearch") -> bool:
    """Does a registration answer the expression in an area?"""
    return _holds(query, registration, area, "Contains")


def _holds(query: Expression, registration: Pieces, area: str, coverage: str) -> bool:
    match query:
        case Disjunction():
            return any(_holds(one, registration, area, coverage) for one in query.operands)
        case Conjunction():
            return all(_holds(one, registration, area, coverage) for one in query.operands)
        case Negation():
            return not _holds(query.inside, registration, area, coverage)
        case Within():
            return _holds(query.inside, registration, query.area, coverage)
        case Covering():
            return _holds(query.inside, registration, area, query.kind)
        case Term():
            texts = [words_of(text) for text in _texts(registration, area)]
            return _has_term(query, texts, coverage)
        case Range():
            return any(_lies_in(text, query) for text in _texts(registration, area))
        case Missing():
            return not any(_texts(registration, area))
    return True


def _texts(registration: Pieces, area: str) -> Iterator[str]:
    for piece in AREAS.get(area, (area,)):
        yield from registration.get(piece, ())


def _has_term(term: Term, texts: Sequence[tuple[str, ...]], coverage: str) -> bool:
    if coverage == "Contains" and not term.is_phrase:
        return {word for text in texts for word in text}.issuperset(term.words)
    return any(_covers(term.words, text, coverage) for text in texts)


def _covers(words: tuple[str, ...], text: tuple[str, ...], coverage: str) -> bool:
    match coverage:
        case "FullMatch":
            return text == words
        case "StartsWith":
            return text[: len(words)] == words
        case "EndsWith":
            return text[-len(words) :] == words
    places = range(len(text) - len(words) + 1)
    return any(text[start : start + len(words)] == words for start in places)


def _lies_in(value: str, wanted: Range) -> bool:
    """Numbers compare as numbers, dates as they are written (`2024-05-17`).

    A month or a year counts from its first day.
    """
    ends_are_numbers = _is_number(wanted.low) and _is_number(wanted.high)
    if ends_are_numbers and value.isdecimal() and len(value) < LONGEST_NUMBER:
        low, high = wanted.low, wanted.high
        return (low == "MIN" or int(low) <= int(value)) and (
            high == "MAX" or int(value) <= int(high)
        )
    day = _first_day(value)
    return (wanted.low == "MIN" or _first_day(wanted.low) <= day) and (
        wanted.high == "MAX" or day <= _first_day(wanted.high)
    )


def _is_number(end: str) -> bool:
    return end in ("MIN", "MAX") or (end.isdecimal() and len(end) < LONGEST_NUMBER)


def _first_day(text: str) -> str:
    is_date = re.fullmatch(r"\d{4}(-\d\d){0,2}", text)
    return text + "-01" * (2 - text.count("-")) if is_date else text


_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")
          | (?P<open>\() | (?P<close>\))
          | (?P<context>[A-Z]{2,20}\[[^\[\]"()]{0,200}\])
          | (?P<word>[^\s()"]+))""",
    re.VERBOSE,
)
_OPERATORS = frozenset({"AND", "OR", "NOT", "MISSING", "ALL"})


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise NotEssie("a quotation mark is never closed", at + 1)
        kind = found.lastgroup or ""
        piece = found[kind]
        at = found.end()
        is_operator = kind == "word" and piece in _OPERATORS
        yield Token(piece if is_operator else kind, piece, at - len(piece) + 1)


class _Parser(BooleanParser[Expression]):
    """Context operators and terms."""

    fault = NotEssie

    def __init__(
        self, tokens: Iterator[Token], length: int, pieces: Collection[str] | None
    ) -> None:
        super().__init__(tokens, length)
        self._pieces = pieces

    def joined(
        self,
        how: type[Conjunction[Expression]] | type[Disjunction[Expression]],
        operands: list[Expression],
    ) -> Expression:
        return how(tuple(operands))

    def negated(self, clause: Expression) -> Expression:
        return Negation(clause)

    def simple_clause(self) -> Expression:
        if token := self.take("context"):
            return self._in_context(token)
        if self.take("MISSING"):
            return Missing()
        if self.take("ALL"):
            return Everything()
        return self._term()

    def _in_context(self, token: Token) -> Expression:
        name, _, argument = token.text.rstrip("]").partition("[")
        match name:
            case "AREA":
                return Within(self._area(argument.strip(), token), self.clause())
            case "RANGE":
                low, comma, high = (part.strip() for part in argument.partition(","))
                if comma:
                    return Range(low, high)
                raise NotUnderstood(f"{token.text} is not understood: it has one end", token.column)
            case "EXPANSION" if argument in _EXPANSIONS:
                return self.clause()
            case "COVERAGE" if argument in _COVERAGES:
                return Covering(argument, self.clause())
        raise NotUnderstood(f"{token.text} is not understood", token.column)

    def _area(self, name: str, token: Token) -> str:
        if self._pieces is not None and name not in AREAS and name not in self._pieces:
            raise NotUnderstood(f"unknown area `{name}`", token.column)
        return name

    def _term(self) -> Expression:
        token = self.next
        if quoted := self.take("quoted"):
            words, is_phrase = words_of(quoted.text), True
        else:
            words, is_phrase = (), False
            while word := self.take("word"):
                words += words_of(word.text)
        if not words:
            raise NotEssie("an operand is missing", token.column)
        return Term(words, is_phrase)
