"""The Cochrane Library's syntax (Search Manager) → tree; a fault becomes a diagnostic.

Rules: ovid-semantics 8 and the library's help to its Search Manager. A field stands on the word,
phrase or group right before it; a word before that is searched in all text, which finds more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from surveillance.strategy.nodes import Limit, Node
from surveillance.strategy.parse.cochrane_headings import heading
from surveillance.strategy.parse.cochrane_limits import Limited, cut_limits
from surveillance.strategy.parse.cochrane_tokens import KNOWN, codes_of, tokens
from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.hash_expressions import SIDE_BY_SIDE, Expression, Run, suffixed
from surveillance.strategy.parse.hash_lines import read_entries
from surveillance.strategy.parse.hash_references import Lines
from surveillance.strategy.parse.lines import Entry
from surveillance.strategy.parse.tokens import Token, plain
from surveillance.strategy.strategy import Line


def read_lines(text: str, findings: Findings) -> tuple[Line, ...]:
    """The lines of a strategy; faults go to `findings`."""
    entries = read_entries(text, findings)
    numbers = frozenset(entry.number for entry in entries)
    return tuple(_line(entry, numbers, findings) for entry in entries)


def _line(entry: Entry, numbers: Collection[int], findings: Findings) -> Line:
    limited = cut_limits(plain(entry.source.text), entry.source, findings)
    search = entry.source.until(limited.end)
    lines = Lines(entry.number, numbers, findings)
    tree = _Search(entry, search, lines, findings).tree()
    return Line(
        entry.number,
        entry.source.text,
        entry.span,
        _with_limit(tree, limited, entry),
        entry.count_raw,
        entry.count,
    )


def _with_limit(tree: Node | None, limited: Limited, entry: Entry) -> Node | None:
    if tree is None or limited.condition is None:
        return tree
    return Limit(tree, limited.condition, span=entry.span)


class _Search(Expression):
    """What a line searches, without its limits."""

    def tokens(self) -> Iterable[Token]:
        return tokens(self.text)

    def heading(self, token: Token) -> Node:
        return heading(token.text, self.span(token), self.findings)

    def fielded(self, run: Run, token: Token) -> list[Node]:
        """`:ti` is for the term before it, a box of the search form for all in the box."""
        codes = codes_of(token.text)
        unknown = [code for code in codes if code not in KNOWN]
        if unknown:
            self.findings.warning(
                "unknown-field",
                self.span(token),
                f"“{', '.join(unknown)}” is no field of the Cochrane Library that is known here; "
                "whether it matches can't be told.",
                "The fields are ti, ab, kw, au, so, pt and doi, as in :ti,ab,kw.",
            )
        if token.text.startswith("in"):
            boxed = self.beside(run.terms, [SIDE_BY_SIDE] * (len(run.terms) - 1))
            return [suffixed(boxed, codes, self.span(token))]
        return [*run.terms[:-1], suffixed(run.terms[-1], codes, self.span(token))]
