"""An oracle that knows nothing of us: Lucene's intervals find the same records as our engines.

Optional: needs Java and Debian's `liblucene8-java`; and real records from ../shared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from benchmarks.generated import as_strategies, near_trees, shared_trees
from benchmarks.peers import lucene
from benchmarks.texts import Text, records_of, texts_of
from surveillance.strategy.evaluate.positional import Index, evaluate_all, numbers
from surveillance.strategy.evaluate.reference import evaluate
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.nodes import Node

pytestmark = [pytest.mark.shared, pytest.mark.slow]
SEED = 20_240_802
COUNT = 200

Draw = Callable[..., list[Node]]


@pytest.fixture(scope="module")
def texts(shared: Path) -> list[Text]:
    """Every tenth record of a real update file."""
    try:
        lucene.class_path()
    except lucene.LuceneAbsent as absent:
        pytest.skip(str(absent))
    return texts_of(records_of(shared / "data" / "pubmed" / "pubmed21n1298.xml.gz")[::10])


def found_by_us(texts: Sequence[Text], trees: Sequence[Node]) -> list[set[int]]:
    index = Index.of(texts)
    return [set(numbers(found[1].match)) for found in evaluate_all(as_strategies(trees), index)]


@pytest.mark.parametrize("draw", [near_trees, shared_trees], ids=["adjacency", "Booleans"])
def test_lucene_finds_the_same(texts: list[Text], tmp_path: Path, draw: Draw) -> None:
    trees = draw(texts, seed=SEED, count=COUNT)
    by_lucene = lucene.ask(texts, trees, tmp_path).found
    assert found_by_us(texts, trees) == by_lucene
    assert sum(map(len, by_lucene)) > COUNT


def test_the_reference_says_so_too(texts: list[Text], tmp_path: Path) -> None:
    sample = texts[::10]
    places = {int(text.identifier) for text in sample}
    trees = near_trees(texts, seed=SEED + 1, count=COUNT)
    by_lucene = lucene.ask(texts, trees, tmp_path).found
    for strategy, hits in zip(as_strategies(trees), by_lucene, strict=True):
        matching = {
            int(text.identifier) for text in sample if evaluate(strategy, text) is Verdict.MATCH
        }
        assert matching == hits & places
