"""`Filters: Humans, English, from 2000 - 2020` behind a query, as PubMed's history prints them.

`Limits:` is what PubMed called them until 2012.

Filters of one kind are alternatives, kinds are ANDed (NLM, PubMed User Guide, "Filters"). They are
limits in the tree; what each means stands in `limits`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from surveillance.strategy.nodes import And, DateRange, Limit, Limitation, Node, Or, Span

_FILTERS = re.compile(
    r"\s*\b(?:Filters|Limits)(?:\s+(?:applied|activated))?:\s*(?P<names>[^\[\]()\"]{1,1000})$"
)
_DATES = re.compile(r"from (\d{4}(?:/\d{1,2}){0,2}) ?- ?(\d{4}(?:/\d{1,2}){0,2})", re.IGNORECASE)

_AGE = re.compile(r"\b(?:birth|months?|years?|adult|aged|child|infant|newborn)\b")
_KINDS: Mapping[str, frozenset[str]] = {
    "species": frozenset({"humans", "other animals"}),
    "sex": frozenset({"female", "male"}),
    "text": frozenset({"abstract", "full text", "free full text"}),
    "language": frozenset(
        {
            *("english", "chinese", "danish", "dutch", "finnish", "french", "german", "italian"),
            *("japanese", "korean", "norwegian", "polish", "portuguese", "russian", "spanish"),
            *("swedish", "turkish"),
        }
    ),
}


def split_filters(text: str) -> tuple[int, tuple[str, ...]]:
    """Where the filters behind a query begin (else its length), and their names."""
    match = _FILTERS.search(text)
    if match is None:
        return len(text), ()
    names = tuple(" ".join(name.split()) for name in re.split("[,;]", match["names"]))
    return match.start(), tuple(name for name in names if name)


def limited(operand: Node, names: Iterable[str], span: Span) -> Node:
    """The operand as far as the filters let it through."""
    kinds: dict[str, list[Node]] = {}
    for name in names:
        kinds.setdefault(_kind(name.casefold()), []).append(_condition(name.casefold(), span))
    alternatives = [found[0] if len(found) == 1 else Or(tuple(found)) for found in kinds.values()]
    if not alternatives:
        return operand
    condition = alternatives[0] if len(alternatives) == 1 else And(tuple(alternatives))
    return Limit(operand, condition, span=operand.span.to(span))


def _kind(name: str) -> str:
    """The kind of filter by its name; what is no other kind is a type of article."""
    if _DATES.fullmatch(name):
        return "date"
    if _AGE.search(name):
        return "age"
    return next((kind for kind, names in _KINDS.items() if name in names), "type of article")


def _condition(name: str, span: Span) -> Node:
    dates = _DATES.fullmatch(name)
    if dates is None:
        return Limitation(name, span=span)
    first, last = (_day(day) for day in dates.groups())
    return DateRange("dp", first, last, span=span)


def _day(text: str) -> str:
    return "-".join(part.zfill(2) for part in text.split("/"))
