"""The loss reports of ClinicalTrials.gov and Europe PMC are complete: every leaf has its entry."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from surveillance.strategy.nodes import LineRange, LineReference, Node
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.printing import to_text
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate import clinicaltrials, europe_pmc
from surveillance.strategy.translate.walk import Translation

Translate = Callable[[Strategy], Translation]
TARGETS = [clinicaltrials.translate, europe_pmc.translate]
SEARCHES = (
    "exp Pain/ and (nerve* adj4 transfer*).tw. and quality of life.mp.",
    "(limb or pain).ti. not (Animals/ not Humans/)",
    "1 and randomized controlled trial.pt. and smith.au. and english.la.",
    'limit 3 to (english language and yr="2000 -Current")',
    "(pain.ab. /freq=2 or missing operand or) and dt.fs.",
)


def paths(node: Node, above: tuple[Node, ...] = ()) -> Iterator[tuple[Node, ...]]:
    """Each leaf that is no line number, with what it stands in."""
    below = (*above, node)
    if not node.children and not isinstance(node, LineReference | LineRange):
        yield below
    for child in node.children:
        yield from paths(child, below)


def unaccounted(strategy: Strategy, translation: Translation) -> list[str]:
    """The leaves without a loss of their own or of a node around them; neither says any exactly."""
    reported = {(loss.line, loss.column, loss.source) for loss in translation.losses}
    return [
        to_text(path[-1], strategy.dialect)
        for line in strategy.lines
        if line.tree is not None
        for path in paths(line.tree)
        if not any(
            (node.span.line, node.span.column, to_text(node, strategy.dialect)) in reported
            for node in path
        )
    ]


@pytest.mark.parametrize("translate", TARGETS, ids=["clinicaltrials", "europe_pmc"])
def test_every_leaf_has_a_loss(translate: Translate) -> None:
    strategy = read_strategy("\n".join(SEARCHES), "ovid-medline")
    assert unaccounted(strategy, translate(strategy)) == []


@pytest.mark.shared
@pytest.mark.parametrize("translate", TARGETS, ids=["clinicaltrials", "europe_pmc"])
def test_every_leaf_of_every_published_strategy_has_a_loss(
    translate: Translate, shared: Path
) -> None:
    for file in sorted((shared / "data" / "strategies").rglob("*.ovid.txt")):
        strategy = read_strategy(file.read_text(encoding="utf-8", errors="replace"))
        assert unaccounted(strategy, translate(strategy)) == [], file.name
