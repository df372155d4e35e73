"""A query longer than a source takes, split into queries that find the same together.

`(a OR b) AND c` is `a AND c` beside `b AND c`; what stands behind NOT stays on each part, unless
it is an AND: `a NOT (b AND c)` is `a NOT b` beside `a NOT c`. Nothing is cut: a query that no
splitting brings under the limit has none.
"""

from __future__ import annotations

from surveillance.strategy.translate.expression import Query

MOST_PARTS = 200
"""More searches than one strategy is worth: each part is asked for by itself."""


class NotSplit(Exception):
    """A query that can't be brought under the limit; inside this module only."""


def split(query: Query, longest: int) -> tuple[str, ...] | None:
    """Queries of at most `longest` characters whose union is `query`; itself where it fits.

    None where there are none such, or more than `MOST_PARTS`. Two equal queries are split equally.
    """
    try:
        parts = _parts(query, longest)
    except NotSplit:
        return None
    return tuple(dict.fromkeys(part.text for part in parts))


def _parts(query: Query, longest: int) -> list[Query]:
    if len(query.text) <= longest:
        return [query]
    match query.operator:
        case "OR":
            return _packed(
                [part for one in query.operands for part in _parts(one, longest)], longest
            )
        case "AND":
            return _distributed(query, longest)
        case "NOT":
            return _kept_from(query, longest)
    raise NotSplit


def _packed(parts: list[Query], longest: int) -> list[Query]:
    """As many alternatives in each part as it has room for, in their order."""
    packed: list[list[Query]] = []
    room = 0
    for part in parts:
        needed = len(part.text) + len(" OR ")
        if not packed or needed > room:
            packed.append([])
            room = longest - len("()") + len(" OR ")
        packed[-1].append(part)
        room -= needed
    return _few([Query.of("OR", group) for group in packed])


def _distributed(query: Query, longest: int) -> list[Query]:
    """The parts of the long operands, each with each, and with all of the short ones."""
    operands = _flattened(query)
    whole = Query.of("AND", operands)
    if len(whole.text) <= longest:
        return [whole]
    short: list[Query] = []
    room = longest - len("()") + len(" AND ")
    for operand in sorted(operands, key=lambda one: len(one.text)):
        needed = len(operand.text) + len(" AND ")
        if needed <= room // 2:
            short.append(operand)
            room -= needed
    long = [operand for operand in operands if operand not in short]
    budget = room // max(len(long), 1) - len(" AND ")
    chosen = [short]
    for operand in long:
        parts = _parts(operand, budget)
        chosen = [[*others, part] for others in chosen for part in parts]
        if len(chosen) > MOST_PARTS:
            raise NotSplit
    return [Query.of("AND", operands) for operands in chosen]


def _flattened(query: Query) -> list[Query]:
    """The operands of AND within AND, each once."""
    found: dict[Query, None] = {}
    for operand in query.operands:
        inner = _flattened(operand) if operand.operator == "AND" else [operand]
        found |= dict.fromkeys(inner)
    return list(found)


def _kept_from(query: Query, longest: int) -> list[Query]:
    left, right = query.operands
    room = longest - len("( NOT )")
    if len(right.text) <= room // 2:
        parts = _parts(left, room - len(right.text))
        return _few([Query.of("NOT", [part, right]) for part in parts])
    if right.operator != "AND":
        raise NotSplit
    alternatives = [Query.of("NOT", [left, operand]) for operand in right.operands]
    return _few([part for one in alternatives for part in _parts(one, longest)])


def _few(parts: list[Query]) -> list[Query]:
    if len(parts) > MOST_PARTS:
        raise NotSplit
    return parts
