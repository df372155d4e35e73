"""Lines and what combines them: PRESS asks whether every line is right, and used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from surveillance.strategy.lint.containment import Containment
from surveillance.strategy.lint.rule import Context, Finding, Press, rule, within
from surveillance.strategy.lint.scope import lines_meant
from surveillance.strategy.nodes import (
    And,
    LineRange,
    LineReference,
    Missing,
    Node,
    Not,
    Operator,
    Or,
    Span,
)
from surveillance.strategy.parse.tokens import plain
from surveillance.strategy.strategy import Line, Severity, Strategy, references

_OPERATOR = re.compile(
    r"""(?P<quoted>"[^"]{0,1000}") | (?P<heading>[^()"]{0,200}/) | (?P<tag>\[[^\[\]]{0,200}\])
      | (?P<open>\() | (?P<close>\)) | (?<![\w/-])(?P<word>and|or|not)(?![\w/-])""",
    re.VERBOSE | re.IGNORECASE,
)


@rule(
    "mixed-operators",
    Severity.WARNING,
    Press.OPERATORS,
    hint="Put parentheses around what belongs together.",
    example="""
    1 stump*.tw.
    2 neuroma*.tw.
    3 pain*.tw.
    4 1 or 2 and 3
    """,
    instead="""
    1 stump*.tw.
    2 neuroma*.tw.
    3 pain*.tw.
    4 (1 or 2) and 3
    """,
)
def mixed_operators(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """Operators of different kinds side by side, without parentheses.

    Ovid takes AND before NOT before OR (a secondary source says so, Ovid's own help does not);
    PubMed reads from left to right. The same line then finds different records on the two, and
    few authors mean what either makes of it. `a and b not c` is left alone: every order of reading
    finds the same.
    """
    for line in strategy.lines:
        found = _first_mixture(line.text)
        if found and line.tree is not None:
            (start, end), kinds = found
            yield Finding(
                within(line, start, end),
                f"{kinds} stand side by side without parentheses; which is taken first "
                "differs between hosts.",
            )


def _first_mixture(text: str) -> tuple[tuple[int, int], str] | None:
    """The operator at which a group becomes a mixture that can be read in two ways."""
    groups: list[list[str]] = [[]]
    for token in _OPERATOR.finditer(plain(text)):
        if token["open"]:
            groups.append([])
        elif token["close"] and len(groups) > 1:
            groups.pop()
        elif token["word"]:
            groups[-1].append(token["word"].upper())
            if _is_ambiguous(groups[-1]):
                kinds = " and ".join(dict.fromkeys(groups[-1]))
                return token.span("word"), kinds
    return None


def _is_ambiguous(operators: Sequence[str]) -> bool:
    """OR beside another, or AND after NOT: `a not b and c` is `a not (b and c)` on Ovid."""
    if "OR" in operators:
        return len(set(operators)) > 1
    return "NOT" in operators and operators[-1] == "AND"


@rule(
    "unused-line",
    Severity.WARNING,
    Press.SPELLING,
    hint="Combine it with the others, or take it out.",
    example="""
    1 neuroma*.tw.
    2 stump*.tw.
    3 pain*.tw.
    4 1 and 3
    """,
    instead="""
    1 neuroma*.tw.
    2 stump*.tw.
    3 pain*.tw.
    4 (1 or 2) and 3
    """,
)
def unused_line(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """A line that no later line uses.

    Its records are not in the result: often the line was added after the lines that combine were
    written, and their numbers were not raised. The last line is the result and needs no use.
    """
    used = _used(strategy)
    skipped = {number for _, number in _skipped_by_ranges(strategy)}
    for line in strategy.lines[:-1]:
        if not used or line.number in used or line.number in skipped or line.tree is None:
            continue
        if not _may_be_meant(strategy, line.number):
            yield Finding(line.span, f"No line uses line {line.number}.")


def _used(strategy: Strategy) -> frozenset[int]:
    return frozenset(
        number for line in strategy.lines if line.tree for number in references(line.tree)
    )


def _may_be_meant(strategy: Strategy, number: int) -> bool:
    """True where a line that was not understood wholly names the number."""
    return any(
        re.search(rf"(?<!\d){number}(?!\d)", line.text)
        for line in strategy.lines
        if line.number > number
        and (line.tree is None or any(isinstance(n, Missing) for n in line.tree.walk()))
    )


@rule(
    "result-combines-nothing",
    Severity.WARNING,
    Press.SPELLING,
    hint="Add the line that combines the others, or name the result line with --line.",
    example="""
    1 neuroma*.tw.
    2 pain*.tw.
    3 1 and 2
    4 stump*.tw.
    """,
    instead="""
    1 neuroma*.tw.
    2 pain*.tw.
    3 stump*.tw.
    4 (1 or 3) and 2
    """,
)
def result_combines_nothing(
    strategy: Strategy,
    context: Context,  # noqa: ARG001
) -> Iterator[Finding]:
    """A last line that uses no other line, in a strategy of several.

    The last line is the result (ovid-semantics 1). Where it stands alone, the records of all
    other lines are lost: the end of the strategy is missing, or a subtotal was printed behind it.
    """
    last = strategy.lines[-1] if strategy.lines else None
    if last is None or last.tree is None or len(strategy.lines) < 2:
        return
    if not any(True for _ in references(last.tree)) and not _has_missing(last.tree):
        yield Finding(
            last.span,
            f"The last line, {last.number}, is the result, and it uses none of the others.",
        )


def _has_missing(tree: Node) -> bool:
    return any(isinstance(node, Missing) for node in tree.walk())


@rule(
    "range-skips-line",
    Severity.WARNING,
    Press.SPELLING,
    hint="Check the numbers in the line that combines.",
    example="""
    1 neuroma*.tw.
    2 stump*.tw.
    3 residual limb*.tw.
    4 pain*.tw.
    5 1 or 3
    6 4 and 5
    """,
    instead="""
    1 neuroma*.tw.
    2 stump*.tw.
    3 residual limb*.tw.
    4 pain*.tw.
    5 or/1-3
    6 4 and 5
    """,
)
def range_skips_line(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """A line that combines the lines around another one but not that one, which nothing else uses.

    `or/1-5,7-9` with a line 6 that occurs nowhere: its synonyms were meant to be there.
    """
    for combined, number in _skipped_by_ranges(strategy):
        yield Finding(
            combined.span,
            f"Line {number} is left out here, and no other line uses it.",
            f"Add {number}, or take line {number} out of the strategy.",
        )


def _skipped_by_ranges(strategy: Strategy) -> list[tuple[Node, int]]:
    """(what combines, line left out) where lines are combined by one operator."""
    used = _used(strategy)
    unused = [line.number for line in strategy.lines if line.tree and line.number not in used]
    found: dict[int, Node] = {}
    for line in strategy.lines if unused else ():
        for node in line.tree.walk() if line.tree else ():
            numbers = _combined(node)
            if len(numbers) > 1:
                first, last = min(numbers), min(max(numbers), line.number)
                for number in unused:
                    if first < number < last:
                        found.setdefault(number, node)
    return [(node, number) for number, node in found.items() if not _may_be_meant(strategy, number)]


def _combined(node: Node) -> tuple[int, ...]:
    """The lines that a node joins by OR."""
    match node:
        case LineRange(operator=Operator.OR):
            return node.numbers
        case Or(operands=operands) if all(
            isinstance(operand, LineReference | LineRange) for operand in operands
        ):
            return tuple(number for operand in operands for number in lines_meant(operand))
    return ()


@rule(
    "duplicate-line",
    Severity.WARNING,
    Press.SPELLING,
    hint="Take one of the two out, or write what was meant.",
    example="""
    1 neuroma*.tw.
    2 stump*.tw.
    3 neuroma*.tw.
    4 or/1-3
    """,
    instead="""
    1 neuroma*.tw.
    2 stump*.tw.
    3 or/1-2
    """,
)
def duplicate_line(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """A line that says the same as an earlier one.

    It adds nothing; where the second was to hold something else, that is missing.
    """
    first: dict[Node, int] = {}
    for line in strategy.lines:
        if line.tree is None or _has_missing(line.tree):
            continue
        earlier = first.setdefault(line.tree, line.number)
        if earlier != line.number:
            yield Finding(line.span, f"Line {line.number} says the same as line {earlier}.")


@rule(
    "redundant-line",
    Severity.WARNING,
    Press.TEXT_WORDS,
    hint="It can be taken out; or check whether something narrower or wider was meant.",
    example="""
    1 (nerve* adj3 transfer*).tw.
    2 (nerve* adj4 transfer*).tw.
    3 1 or 2
    """,
    instead="""
    1 (nerve* adj3 transfer*).tw.
    2 (nerve* adj4 transposition*).tw.
    3 1 or 2
    """,
)
def redundant_line(strategy: Strategy, context: Context) -> Iterator[Finding]:
    """A line whose records are all found by another line that it is combined with by OR.

    A word beside the same word truncated, a narrow window beside a wide one, title beside
    title and abstract, a heading beside the same heading exploded. It adds no record; sometimes it
    is a sign that one of the two was mistyped.
    """
    containment = Containment(strategy, context.mesh)
    told: set[int] = set()
    whole = {
        line.number: line
        for line in strategy.lines
        if line.tree is not None and not _has_missing(line.tree)
    }
    for numbers in _groups(strategy):
        if containment.gave_up:
            return
        trees = [whole[number] for number in dict.fromkeys(numbers) if number in whole]
        for narrower in trees:
            wider = _first_wider(containment, narrower, trees)
            if wider is not None and narrower.number not in told:
                told.add(narrower.number)
                yield Finding(
                    narrower.span,
                    f"Everything that line {narrower.number} finds is found by line "
                    f"{wider.number}, too, and the two are combined by OR.",
                )


def _groups(strategy: Strategy) -> Iterator[tuple[int, ...]]:
    """The lines that are combined by OR somewhere."""
    for line in strategy.lines:
        for node in line.tree.walk() if line.tree else ():
            match node:
                case LineRange(operator=Operator.OR):
                    yield node.numbers
                case Or(operands=operands):
                    yield tuple(n for operand in operands for n in lines_meant(operand))


def _first_wider(containment: Containment, narrower: Line, lines: Sequence[Line]) -> Line | None:
    """The first line that finds all that `narrower` finds; of two that say the same neither."""
    assert narrower.tree is not None  # noqa: S101 — only such lines are compared
    for line in lines:
        if line is narrower or line.tree is None or line.tree == narrower.tree:
            continue
        if containment.contains(line.tree, narrower.tree):
            # Of two that hold each other the later one is named.
            both = line.number > narrower.number and containment.contains(narrower.tree, line.tree)
            if not both:
                return line
    return None


@rule(
    "redundant-term",
    Severity.INFO,
    Press.TEXT_WORDS,
    hint="It can be taken out.",
    example="1 (nerve* or nerves or neuroma*).tw.",
    instead="1 (nerve* or neuroma*).tw.",
)
def redundant_term(strategy: Strategy, context: Context) -> Iterator[Finding]:
    """A term in a group of alternatives whose records another term of the group finds, too.

    `(nerve* or nerves)`: harmless, but it makes a strategy longer to check, and it can hide a
    typing error in the wider term.
    """
    containment = Containment(strategy, context.mesh)
    for line in strategy.lines:
        for node in line.tree.walk() if line.tree else ():
            if isinstance(node, Or):
                yield from _redundant_operands(containment, node)


def _redundant_operands(containment: Containment, group: Or) -> Iterator[Finding]:
    terms = [term for term in group.operands if not lines_meant(term) and not _has_missing(term)]
    for place, narrower in enumerate(terms):
        if containment.gave_up:
            return
        for other, wider in enumerate(terms):
            if wider == narrower or not containment.contains(wider, narrower):
                continue
            if other > place and containment.contains(narrower, wider):
                continue
            yield Finding(
                narrower.span,
                "Another term of this group finds all that this one finds"
                f"{_where(wider.span, narrower.span)}.",
            )
            break


def _where(span: Span, other: Span) -> str:
    """Where the wider term stands, for a person who looks for it."""
    if span.line == other.line:
        return f" (column {span.column})"
    return f" (line {span.line}, column {span.column} of the file)"


@rule(
    "count-contradicts",
    Severity.WARNING,
    Press.SPELLING,
    hint="Look for a wrong line number, or a count that belongs to another line.",
    example="""
    1 neuroma*.tw. (812)
    2 stump*.tw. (4011)
    3 1 or 2 (3950)
    """,
    instead="""
    1 neuroma*.tw. (812)
    2 stump*.tw. (4011)
    3 1 or 2 (4700)
    """,
)
def count_contradicts(strategy: Strategy, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """A printed count that the counts of the combined lines do not allow.

    OR finds at least as much as its largest line and at most the sum, AND at most its smallest,
    NOT at most what stands before it. Where the printed counts say otherwise, a line number or a
    count in the published strategy is wrong.
    """
    counts = {line.number: line.count for line in strategy.lines if line.count is not None}
    for line in strategy.lines:
        if line.tree is None or line.count is None:
            continue
        least, most = _bounds(line.tree, counts)
        if least is not None and line.count < least:
            said = f"at least {least:,}"
        elif most is not None and line.count > most:
            said = f"at most {most:,}"
        else:
            continue
        yield Finding(
            line.span,
            f"Line {line.number} is printed with {line.count:,} records; the counts of the lines "
            f"that it combines allow {said}.",
        )


_Bounds = tuple[int | None, int | None]


def _bounds(node: Node, counts: dict[int, int]) -> _Bounds:
    """How many records a combination of lines finds at least and at most, where that is known."""
    match node:
        case LineReference(number=number):
            return counts.get(number), counts.get(number)
        case LineRange(operator=operator):
            return _joined(operator, [(counts.get(n), counts.get(n)) for n in node.numbers])
        case Or(operands=operands):
            return _joined(Operator.OR, [_bounds(operand, counts) for operand in operands])
        case And(operands=operands):
            return _joined(Operator.AND, [_bounds(operand, counts) for operand in operands])
        case Not(left=left, right=right):
            most = _bounds(left, counts)[1]
            least, taken = _bounds(left, counts)[0], _bounds(right, counts)[1]
            known = least is not None and taken is not None
            return (max(0, (least or 0) - (taken or 0)) if known else None), most
    return None, None


def _joined(operator: Operator, bounds: Sequence[_Bounds]) -> _Bounds:
    least = [low for low, _ in bounds if low is not None]
    most = [high for _, high in bounds if high is not None]
    if operator is Operator.AND:
        return None, min(most, default=None)
    return max(least, default=None), (sum(most) if len(most) == len(bounds) else None)
