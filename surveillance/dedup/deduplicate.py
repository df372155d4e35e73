"""The whole stage as one function: new entries in, decisions and clusters out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from surveillance.dedup.candidates import Entry, candidate_pairs
from surveillance.dedup.clusters import Clustering, Decided, cluster, undecided_within
from surveillance.dedup.decide import PairDecision, decide_pair


@dataclass(frozen=True, slots=True)
class Deduplication:
    """What this walk decided, to be stored after what stood before, and the clusters now."""

    decisions: tuple[PairDecision, ...]
    clustering: Clustering


def deduplicate(
    new: Sequence[Entry], known: Sequence[Entry] = (), earlier: Sequence[Decided] = ()
) -> Deduplication:
    """Compares `new` entries with each other and with `known` ones, and clusters them all.

    `earlier` are the stored decisions, oldest first; a person's among them outranks what the
    rules now say, a rule's is superseded where its pair is compared again (a record changed).
    """
    entries = {entry.id: entry for entry in chain(known, new)}
    decided = [decide_pair(a, b) for a, b in candidate_pairs(new, known)]
    for a, b in undecided_within([*earlier, *decided]):
        if a in entries and b in entries:
            decided.append(decide_pair(entries[a], entries[b]))
    return Deduplication(tuple(decided), cluster(entries, [*earlier, *decided]))
