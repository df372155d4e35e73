"""The switches: rules that no text of a vendor states (marked U in ovid-semantics)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self


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


class NearCount(StrEnum):
    """What the number of Cochrane's `NEAR/n` counts."""

    BETWEEN = "between"
    """The words between: `NEAR/4` has at most four of them."""
    STEPS = "steps"
    """The steps from one word to the other: `NEAR/4` has at most three words between."""


class EntryDate(StrEnum):
    """Which date of a PubMed record Ovid's `.ed.` and `limit to ed=` ask for."""

    INDEXED = "indexed"
    """The day when the record got its headings (MHDA)."""
    ENTERED = "entered"
    """The day when the record came to PubMed (EDAT)."""
    CREATED = "created"
    """The day when the record was created (CRDT)."""


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

    cochrane_near: NearCount = NearCount.BETWEEN
    """ovid-semantics 8: the wider reading of "within n words"; NICE's own pairs of strategies
    (`adj4` beside `near/4`) take the other."""

    cochrane_mark_may_be_empty: bool = True
    """ovid-semantics 8: `?` stands for no or one character (UCL). False: for exactly one
    (Ulster)."""

    cochrane_star_may_be_empty: bool = True
    """ovid-semantics 8: `*` stands for any number of characters. False: for one or more."""

    ovid_entry_date: EntryDate = EntryDate.INDEXED
    """Ovid's `ed`: its field guide says the date on which indexing was finished; PubMed's own
    name for an entry date is another date."""

    def in_dialect(self, dialect: str) -> Self:
        """The switches as a dialect takes them: stop words that are left out are Ovid's."""
        if self.stop_words_counted or dialect.startswith("ovid"):
            return self
        return replace(self, stop_words_counted=True)
