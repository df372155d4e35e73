"""What a line is limited to: `english language`, `(english and humans)`, `yr="2000 -Current"`.

AND and OR between limits as in Ovid's `limit` (ovid-semantics 7); limits one after another, as the
old `..l/5 yr=2000-2020 lg=en` has them, are all to hold.
"""

from __future__ import annotations

import re

from surveillance.strategy.nodes import And, Limitation, Missing, Node, Or
from surveillance.strategy.parse.faults import LONGEST_CHAIN, TooDeep
from surveillance.strategy.parse.ovid_cursor import Cursor
from surveillance.strategy.parse.ovid_dates import DATE_CODES, range_of
from surveillance.strategy.parse.tokens import Kind

_ENDS_LIMIT = frozenset({Kind.OPERATOR, Kind.CLOSE})


def condition(cursor: Cursor) -> Node:
    """The limits from here to the end of the group. An error where one lacks or has no reading."""
    alternatives = [[_one(cursor)]]
    while cursor.position < len(cursor.tokens) and not cursor.next_is(Kind.CLOSE):
        if cursor.next_is(Kind.OPERATOR) and cursor.advance().text.lower() == "or":
            alternatives.append([_one(cursor)])
        else:
            alternatives[-1].append(_one(cursor))
        if sum(map(len, alternatives)) > LONGEST_CHAIN:
            raise TooDeep(cursor.here().start, cursor.here().end)
    parts = [_all(limits) for limits in alternatives]
    if len(parts) == 1:
        return parts[0]
    return Or(tuple(parts), span=parts[0].span.to(parts[-1].span))


def _all(limits: list[Node]) -> Node:
    if len(limits) == 1:
        return limits[0]
    return And(tuple(limits), span=limits[0].span.to(limits[-1].span))


def _one(cursor: Cursor) -> Node:
    if not cursor.next_is(Kind.OPEN):
        return _named(cursor)
    cursor.advance()
    inner = condition(cursor)
    cursor.advance()  # the closing one, there because parentheses are balanced
    return inner


def _named(cursor: Cursor) -> Node:
    """A date field with its dates, or the words of a limit, parentheses behind them included."""
    begin = cursor.position
    cursor.position = _end(cursor, begin)
    if begin == cursor.position:
        return cursor.missing_operand()
    typed = cursor.raw(begin, cursor.position).replace('"', " ")
    span = cursor.source.span(cursor.tokens[begin].start, cursor.tokens[cursor.position - 1].end)
    code, equals, value = typed.partition("=")
    if equals and code.strip().lower() in DATE_CODES:
        found = range_of(code.strip().lower(), value)
        return found.at(span) if found else _undated(cursor, typed, begin)
    name = _name(typed)
    return Limitation(name, span=span) if name else cursor.missing_operand()


def _end(cursor: Cursor, begin: int) -> int:
    """Where the limit from `begin` ends: before an operator, or before the next `code=`."""
    end = begin
    while cursor.kind_at(end) not in _ENDS_LIMIT | {None}:
        if end > begin and _assigns(cursor, end):
            break
        end = cursor.closing_of(end) + 1 if cursor.kind_at(end) is Kind.OPEN else end + 1
    return end


def _assigns(cursor: Cursor, position: int) -> bool:
    """True at the code of `yr=2000`."""
    following = position + 1
    return bool(
        re.fullmatch(r"[a-z]{2}", cursor.word_at(position))
        and cursor.kind_at(following) is Kind.OTHER
        and cursor.tokens[following].text == "="
    )


def _name(typed: str) -> str:
    """A limit's name in lower case, single-spaced."""
    return re.sub(r"\s*=\s*", "=", " ".join(typed.split())).casefold()


def _undated(cursor: Cursor, typed: str, begin: int) -> Missing:
    span = cursor.span(cursor.tokens[begin])
    cursor.findings.error(
        "date-unreadable",
        span,
        f"“{_name(typed)}” is no date or range of dates; what it leaves out is unknown.",
        'Write dates as yr="2000 -Current" or ed=20000101-20201231.',
    )
    return Missing(" ".join(typed.split()), span=span)
