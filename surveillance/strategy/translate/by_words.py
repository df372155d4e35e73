"""What the two sources have in common that are asked for words, one by one."""

from __future__ import annotations

from surveillance.strategy.nodes import (
    Adjacency,
    And,
    Fielded,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Word,
)
from surveillance.strategy.translate.expression import Bound, Query, Side, Unbounded
from surveillance.strategy.translate.losses import Direction, Loss
from surveillance.strategy.translate.walk import Translator, at, sent

_TEXT = (Word, Phrase, Adjacency, Near, And, Or, Not, Fielded)


class WordTranslator(Translator):
    """A translator whose losses may have any direction."""

    def note(
        self,
        node: Node,
        side: Side,
        said: Bound | str,
        step: str,
        direction: Direction,
        *,
        verified: bool = True,
    ) -> None:
        """A loss of `direction`; `said` is what is sent for the node, or the field asked."""
        target = sent(said) if isinstance(said, Query | Unbounded) else said
        loss = Loss(*at(node), self.printed(node), target, step, direction, verified)
        self.record(node, side, loss)


def is_text(node: Node) -> bool:
    """True for words and what combines them, without headings, lines and limits."""
    return all(isinstance(part, _TEXT) for part in node.walk())
