"""ClinicalTrials.gov's search language, the part that queries for surveillance use.

Source: source-facts, "ClinicalTrials.gov API v2": AND, OR and NOT in capitals only, OR binds
loosest, `AREA[]`, `RANGE[]`, `MISSING`, quoted phrases, parentheses. Simplified: unquoted words
must all stand in the searched area as they are typed; there is no synonym expansion, so
`EXPANSION[]` changes nothing, and `COVERAGE[]` and `SEARCH[]` are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from surveillance.simulator.study import AREAS, Study
from surveillance.strategy.evaluate.pubmed_syntax import words_of

DEEPEST_NESTING = 100
LONGEST_EXPRESSION = 100_000

Expression = Callable[[Study, str], bool]
"""Does a study, in this search area, answer the expression?"""


class NotEssie(ValueError):
    """An expression that cannot be read; the message is the body of the 400."""


_TOKENS = re.compile(
    r"""\s*(?:(?P<quoted>"[^"]*")
          | (?P<open>\() | (?P<close>\))
          | (?P<function>(?:AREA|RANGE|EXPANSION|COVERAGE|SEARCH)\[[^\[\]]*\])
          | (?P<operator>(?:AND|OR|NOT|MISSING)(?![^\s()"]))
          | (?P<word>[^\s()"]+)
          | (?P<stray>"))""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str

    @property
    def argument(self) -> str:
        """What stands in the brackets of a function."""
        return self.text.partition("[")[2].rstrip("]").strip()


_END = _Token("end", "")


def parse_expression(text: str, label: str = "Other terms") -> Expression:
    """Read an expression; `label` names the search box in the error, as the API does.

    Raises `NotEssie` for unbalanced parentheses, an operator without an operand, an unknown area
    and what this stand-in leaves out.
    """
    if len(text) > LONGEST_EXPRESSION:
        raise NotEssie(f"Error parsing query in {label}: the query is too long")
    return _Parser(text, label).expression()


class _Parser:
    """Recursive descent: OR, then AND and NOT, then one clause."""

    def __init__(self, text: str, label: str) -> None:
        self._tokens = [
            _Token(match.lastgroup or "", match.group(match.lastgroup or 0))
            for match in _TOKENS.finditer(text)
        ]
        self._label = label
        self._depth = 0

    def expression(self) -> Expression:
        result = self._any_of()
        if self._tokens:
            raise self._null_clause()
        return result

    def _peek(self) -> _Token:
        return self._tokens[0] if self._tokens else _END

    def _take(self, kind: str, text: str = "") -> _Token | None:
        token = self._peek()
        if token.kind != kind or (text and token.text != text):
            return None
        return self._tokens.pop(0)

    def _null_clause(self) -> NotEssie:
        # The sentence that the live service gives for unbalanced parentheses (captured 2026).
        return NotEssie(
            f"Error parsing query in {self._label}: inner bool query clause cannot be null"
        )

    def _any_of(self) -> Expression:
        alternatives = [self._all_of()]
        while self._take("operator", "OR"):
            alternatives.append(self._all_of())
        if len(alternatives) == 1:
            return alternatives[0]
        return lambda study, area: any(holds(study, area) for holds in alternatives)

    def _all_of(self) -> Expression:
        conditions = [self._clause()]
        while self._peek().kind not in ("end", "close") and self._peek() != _OR:
            self._take("operator", "AND")
            conditions.append(self._clause())
        if len(conditions) == 1:
            return conditions[0]
        return lambda study, area: all(holds(study, area) for holds in conditions)

    def _clause(self) -> Expression:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise NotEssie(f"Error parsing query in {self._label}: nested too deeply")
        clause = self._negated() or self._group() or self._function() or self._term()
        self._depth -= 1
        return clause

    def _negated(self) -> Expression | None:
        if not self._take("operator", "NOT"):
            return None
        holds = self._clause()
        return lambda study, area: not holds(study, area)

    def _group(self) -> Expression | None:
        if not self._take("open"):
            return None
        inside = self._any_of()
        if not self._take("close"):
            raise self._null_clause()
        return inside

    def _function(self) -> Expression | None:
        token = self._take("function")
        if token is None:
            return None
        if token.text.startswith("AREA"):
            return self._area(token.argument)
        if token.text.startswith("EXPANSION"):
            return self._clause()
        raise NotEssie(f"Error parsing query in {self._label}: {token.text} is not understood")

    def _area(self, name: str) -> Expression:
        if name not in AREAS:
            raise NotEssie(f"Error parsing query in {self._label}: unknown area `{name}`")
        token = self._peek()
        if token.kind == "function" and token.text.startswith("RANGE"):
            self._tokens.pop(0)
            return self._range(name, token.argument)
        if self._take("operator", "MISSING"):
            return lambda study, _: not study.passages(name)
        holds = self._clause()
        return lambda study, _: holds(study, name)

    def _range(self, area: str, argument: str) -> Expression:
        low, comma, high = (part.strip() for part in argument.partition(","))
        if not comma:
            raise NotEssie(f"Error parsing query in {self._label}: RANGE[{argument}] has one end")
        return lambda study, _: any(
            _in_range(value, low, high) for piece in AREAS[area] for value in study.values(piece)
        )

    def _term(self) -> Expression:
        quoted = self._take("quoted")
        if quoted is not None:
            phrase = words_of(quoted.text)
            return lambda study, area: _has_phrase(study, area, phrase)
        words: tuple[str, ...] = ()
        while token := self._take("word"):
            words += words_of(token.text)
        if not words:
            raise self._null_clause()
        return lambda study, area: _has_words(study, area, words)


_OR = _Token("operator", "OR")


def _has_phrase(study: Study, area: str, phrase: tuple[str, ...]) -> bool:
    return any(
        passage[start : start + len(phrase)] == phrase
        for passage in study.passages(area)
        for start in range(len(passage) - len(phrase) + 1)
    )


def _has_words(study: Study, area: str, words: tuple[str, ...]) -> bool:
    found = {word for passage in study.passages(area) for word in passage}
    return found.issuperset(words)


def _in_range(value: str, low: str, high: str) -> bool:
    """Both ends included; MIN and MAX are open; partial dates count from their first day."""
    if value.isdigit() and all(end.isdigit() or end in ("MIN", "MAX") for end in (low, high)):
        return (low == "MIN" or int(value) >= int(low)) and (
            high == "MAX" or int(value) <= int(high)
        )
    day = _first_day(value)
    return (low == "MIN" or day >= _first_day(low)) and (high == "MAX" or day <= _first_day(high))


def _first_day(text: str) -> str:
    is_date = re.fullmatch(r"\d{4}(-\d\d){0,2}", text)
    return text + "-01" * (2 - text.count("-")) if is_date else text
