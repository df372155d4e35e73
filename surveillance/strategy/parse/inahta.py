"""INAHTA's syntax → tree; a fault becomes a diagnostic.

Rules: ovid-semantics 9 (user guide of the International HTA Database). `"X"[mh]` is a heading,
`"X"[mhe]` the same exploded; there is no proximity, so that `near` is a word. What stands side by
side is ANDed; of `muscle transfer[title]` the guide does not say whether the tag is for both
words: it is read as the last one's, which finds more. A heading's tag is for all words before it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from surveillance.strategy.nodes import (
    DateRange,
    Fielded,
    Heading,
    Limit,
    Missing,
    Node,
    Phrase,
    Word,
)
from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.hash_expressions import Expression, Run, suffixed
from surveillance.strategy.parse.hash_lines import read_entries
from surveillance.strategy.parse.hash_references import Lines
from surveillance.strategy.parse.lines import Entry
from surveillance.strategy.parse.tokens import Kind, Token
from surveillance.strategy.strategy import Line

_PIECE = r"[*?$]*[^\W_]+(?:[*?$]+[^\W_]*)*"
_JOINT = r"[-'/.&]"
_TOKEN = re.compile(
    rf"""
      (?P<lines>
          \{{\s?(?:and|or)\s[\s\#\d,-]{{1,2000}}\}} | \#\s?\d{{1,5}}\s?-\s?\#?\s?\d{{1,5}} )
    | (?P<quoted>"[^"]*")
    | (?P<field>\[\s{{0,3}}[a-z][a-z ,]{{0,40}}\])
    | (?P<operator>\b(?:and\s{{1,3}}not|and|or|not)\b(?![*?$]|{_JOINT}[*?$]*[^\W_]))
    | (?P<reference>\#\s?\d{{1,5}}\b)
    | (?P<open>[({{]) | (?P<close>[)}}])
    | (?P<word>{_PIECE}(?:{_JOINT}{_PIECE})*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# What the years of the search form add to a search.
_YEARS = re.compile(r"\s+from\s+(?P<first>\d{4})\s+to\s+(?P<last>\d{4})\s*$", re.IGNORECASE)
PUBLICATION_YEAR = "yr"
LONGEST_LIMIT = 60
_HEADING_TAGS = {"mh": False, "mesh": False, "mhe": True}
_CODES = {
    **dict.fromkeys(("title", "ti"), "title"),
    **dict.fromkeys(("abs", "ab", "abstract"), "abs"),
    **dict.fromkeys(("kw", "keyword", "keywords"), "kw"),
    **dict.fromkeys(("au", "author", "authors"), "au"),
    **dict.fromkeys(("la", "language"), "la"),
    **dict.fromkeys(("all", "all fields"), "all"),
    "mhw": "mhw",
}


def read_lines(text: str, findings: Findings) -> tuple[Line, ...]:
    """The lines of a strategy; faults go to `findings`."""
    entries = read_entries(text, findings)
    numbers = frozenset(entry.number for entry in entries)
    return tuple(_line(entry, numbers, findings) for entry in entries)


def _line(entry: Entry, numbers: Collection[int], findings: Findings) -> Line:
    source = entry.source
    lines = Lines(entry.number, numbers, findings)
    years = _YEARS.search(source.text, max(0, len(source.text) - LONGEST_LIMIT))
    search = source.until(years.start()) if years else source
    tree = _Search(entry, search, lines, findings).tree()
    if tree is not None and years:
        where = source.span(years.start(), years.end())
        published = DateRange(PUBLICATION_YEAR, years["first"], years["last"], span=where)
        tree = Limit(tree, published, span=entry.span)
    return Line(entry.number, entry.source.text, entry.span, tree, entry.count_raw, entry.count)


class _Search(Expression):
    """What a line searches."""

    def tokens(self) -> Iterator[Token]:
        position = 0
        while position < len(self.text):
            match = _TOKEN.match(self.text, position)
            assert match is not None  # noqa: S101 — `other` takes any character
            if not match[0].isspace():
                kind = Kind(match.lastgroup or Kind.OTHER)
                yield Token(kind, match[0], position, match.end())
            position = match.end()

    def fielded(self, run: Run, token: Token) -> list[Node]:
        tags = [tag.strip().lower() for tag in token.text.strip("[] ").split(",")]
        if tags[0] in _HEADING_TAGS:
            return self._headed(run, token, explode=_HEADING_TAGS[tags[0]])
        for tag in tags:
            self._check(tag, token)
        codes = (_CODES.get(tag, re.sub(r"\W", "", tag)[:12]) for tag in tags if tag)
        return [*run.terms[:-1], suffixed(run.terms[-1], codes, self.span(token))]

    def _check(self, tag: str, token: Token) -> None:
        if tag not in _CODES:
            self.findings.warning(
                "unknown-field",
                self.span(token),
                f"[{tag}] is no tag of INAHTA's database that is known here; whether it matches "
                "can't be told.",
                "The tags are [title], [abs], [kw], [au], [la], [mh] and [mhe].",
            )

    def _headed(self, run: Run, token: Token, *, explode: bool) -> list[Node]:
        """The heading that stands before its tag: in quotation marks, or all words there."""
        first = self._first_of_name(run)
        before, named = run.terms[:first], run.terms[first]
        raw = self.text[run.begins[first] : token.start].strip(" ()").replace('"', " ")
        name = " ".join(raw.split())
        span = named.span.to(self.span(token))
        if isinstance(named, Missing):
            return run.terms
        if isinstance(named, Word | Phrase) and not re.search(r"[*?]", name):
            return [*before, Heading(name, explode, span=span)]
        self.findings.warning(
            "truncated-heading",
            span,
            f"“{name[:60]}” is no heading; it is read as words in the names of headings.",
            "Write the heading out, in quotation marks.",
        )
        return [*run.terms[:-1], Fielded(run.terms[-1], ("mhw",), span=span)]

    def _first_of_name(self, run: Run) -> int:
        """Where the heading's name begins among the terms before its tag."""
        first = len(run.terms) - 1
        if self._is_unquoted(run, first):
            while first > 0 and self._is_unquoted(run, first - 1):
                first -= 1
        return first

    def _is_unquoted(self, run: Run, at: int) -> bool:
        begins = self.text[run.begins[at]]
        return isinstance(run.terms[at], Word | Phrase) and begins not in '"('
