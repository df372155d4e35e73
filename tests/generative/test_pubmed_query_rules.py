"""What every query for PubMed keeps to, whatever strategy it says (ovid-semantics 11).

Read off the bytes that are sent, without the translation's or the evaluator's own reading of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings

from benchmarks.published import published
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate import Translation, translate
from tests.generative.generation import strategies

QUOTED = re.compile(r'"[^"]*"')
WILDCARD_IN_PROXIMITY = re.compile(r'"[^"]*\*[^"]*"\[\w+:~\d+\]')
SHORT_ROOT = re.compile(r'(?<![\w"])\w{1,3}\*\[')
BARE_HYPHEN = re.compile(r"\w-\w+\*?\[")


def breaches(query: str) -> Iterator[str]:
    """The rules that a query breaks, by name."""
    bare = QUOTED.sub('""', query)
    if WILDCARD_IN_PROXIMITY.search(query):
        yield "a wildcard inside ~N"
    if SHORT_ROOT.search(bare):
        yield "a root of fewer than four characters with *"
    if BARE_HYPHEN.search(bare):
        yield "a bare hyphenated term"
    yield from grouping(bare)


def grouping(bare: str) -> Iterator[str]:
    """PubMed reads from left to right: no group may hold operators of two kinds."""
    groups: list[set[str]] = [set()]
    for token in re.findall(r"\(|\)|\bAND\b|\bOR\b|\bNOT\b", bare):
        if token == "(":
            groups.append(set())
        elif token != ")":
            groups[-1].add(token)
        elif len(groups) == 1:
            yield "a parenthesis that closes nothing"
        elif len(groups.pop()) > 1:
            yield "operators of two kinds side by side"
    if len(groups) > 1:
        yield "a parenthesis that is never closed"
    if any(len(group) > 1 for group in groups):
        yield "operators of two kinds side by side"


@pytest.mark.parametrize(
    "query",
    [
        "pain[ti] AND (limb[ti] OR stump[ti]",
        "pain[ti] AND limb[ti] OR stump[ti]",
        "cut*[tiab]",
        "re-rout*[tiab]",
        '"nerve* transfer"[tiab:~3]',
    ],
)
def test_a_breach_is_seen(query: str) -> None:
    assert list(breaches(query))


def check(strategy: Strategy) -> Translation:
    translation = translate(strategy, "pubmed")
    for query in (translation.query, *translation.parts):
        assert not list(breaches(query)), query
    return translation


@settings(max_examples=300, deadline=None)
@given(strategies())
def test_no_generated_strategy_breaks_a_rule(strategy: Strategy) -> None:
    assert check(strategy) == translate(strategy, "pubmed"), "same input, same bytes"


@pytest.mark.shared
def test_no_published_strategy_breaks_a_rule(shared: Path) -> None:
    asked = [check(read_strategy(one.text, one.dialect)).query for one in published(shared)]
    assert len(list(filter(None, asked))) > 250
