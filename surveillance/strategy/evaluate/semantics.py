"""The switches: rules of Ovid that no text of the vendor states (marked U in ovid-semantics)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ConjunctionInAdjacency(StrEnum):
    """What `(a and b) adj4 c` asks for."""

    EACH_OPERAND = "each operand"
    """`a` within the window of `c`, and `b` within the window of `c`."""
    ANY_OPERAND = "any operand"
    """`a` and `b` anywhere in the field, and one of them within the window of `c`."""


class ChainAnchor(StrEnum):
    """From where the second window of `a adj b adj4 c` counts."""

    NEAREST_EDGE = "nearest edge"
    """From the nearest edge of what `a adj b` covers; `c` may also stand in a gap inside it."""
    LAST_OPERAND = "last operand"
    """From `b` alone."""


@dataclass(frozen=True, slots=True)
class Semantics:
    """One reading of the unverified rules; the defaults are those that ovid-semantics proposes.

    A reading is part of a verdict's meaning: two verdicts compare only under the same one.
    """

    stop_words_counted: bool = True
    """ovid-semantics 3: a stop word keeps its position in phrases and windows (`quality of life`
    is *quality*, any one word, *life*). False: stop words stand in neither record nor strategy."""

    fold_accents: bool = True
    """ovid-semantics 3: `neuropathie` finds *neuropathié*."""

    sentences_are_barriers: bool = False
    """ovid-semantics 2: adjacency goes across the end of a sentence. True: it doesn't."""

    conjunction: ConjunctionInAdjacency = ConjunctionInAdjacency.EACH_OPERAND
    """ovid-semantics 2: AND between the words of an adjacency (line 27 of the TMR strategy)."""

    chain: ChainAnchor = ChainAnchor.NEAREST_EDGE
    """ovid-semantics 2: chained adjacency (line 19 of the TMR strategy)."""

    subheadings_explode: bool = False
    """ovid-semantics 6: `Peripheral Nerves/su` finds that subheading alone. True: also those
    below it in MeSH's hierarchy of subheadings (*transplantation*)."""
