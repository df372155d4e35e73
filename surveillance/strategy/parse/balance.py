"""Unbalanced parentheses repaired, and reported (ovid-semantics 1; 6 % of published strategies)."""

from __future__ import annotations

from collections.abc import Sequence

from surveillance.strategy.parse.faults import DEEPEST_NESTING, Findings, TooDeep
from surveillance.strategy.parse.source import SourceText
from surveillance.strategy.parse.tokens import Kind, Token


def balanced(found: Sequence[Token], source: SourceText, findings: Findings) -> list[Token]:
    """The tokens with parentheses added where they lack.

    A closing parenthesis that lacks is set before the field suffix that ends the line, so that the
    suffix stays on the whole group; else at the end. An opening one is set at the beginning.
    Raises `TooDeep`.
    """
    surplus, unclosed = _unmatched(found)
    for token in surplus:
        findings.warning(
            "unbalanced-parenthesis",
            source.span(token.start, token.end),
            "A closing parenthesis has no opening one; the line is read as if it began with “(”.",
            "Add “(” where the group begins.",
        )
    for token in unclosed:
        findings.warning(
            "unbalanced-parenthesis",
            source.span(token.start, token.end),
            "An opening parenthesis is never closed; the line is read as if “)” stood before its "
            "last field suffix, or at its end where there is none.",
            "Add “)” where the group ends.",
        )
    at = _end_of_group(found)
    return [
        *(Token(Kind.OPEN, "(", 0, 0) for _ in surplus),
        *found[:at],
        *(Token(Kind.CLOSE, ")", found[at - 1].end, found[at - 1].end) for _ in unclosed),
        *found[at:],
    ]


def _unmatched(found: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """Closing parentheses without opening one, and the other way round."""
    surplus: list[Token] = []
    unclosed: list[Token] = []
    for token in found:
        if token.kind is Kind.OPEN:
            unclosed.append(token)
        elif token.kind is Kind.CLOSE and unclosed:
            unclosed.pop()
        elif token.kind is Kind.CLOSE:
            surplus.append(token)
        if max(len(unclosed), len(surplus)) > DEEPEST_NESTING:
            raise TooDeep(token.start, token.end)
    return surplus, unclosed


def _end_of_group(found: Sequence[Token]) -> int:
    """Where the last group of the line ends: before the field suffix at the end of the line."""
    end = len(found)
    while end > 1 and found[end - 1].kind is Kind.OTHER:
        end -= 1
    return end - 1 if end > 1 and found[end - 1].kind is Kind.FIELD else len(found)
