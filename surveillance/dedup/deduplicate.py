"""The whole stage as one function: new entries in, decisions and clusters out.

The clusters follow from the records, what people said and the version of the rules alone: a
rule's decision counts where it would be made today, and every other is made again or left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from surveillance.dedup.at_sight import worth_comparing
from surveillance.dedup.blocks import Blocks, content_name
from surveillance.dedup.candidates import Entry
from surveillance.dedup.clusters import (
    Clustering,
    Decided,
    Pair,
    cluster,
    linked,
    pair_of,
    undecided_within,
)
from surveillance.dedup.decide import PairDecision, Verdict, decide_pair

#: What is added to the reasons of a pair that the rules call the same and do not merge.
REFUSED = "but merging would join records that are different"
NO_KEY = "but no key is theirs that only few records share"


@dataclass(frozen=True, slots=True)
class Deduplication:
    """What this walk decided, to be stored after what stood before, and the clusters now.

    `refused` are the decisions on pairs alike enough to merge, which a third record forbids: they
    wait for a person, and are stored in place of what was decided on the pair alone.
    """

    decisions: tuple[PairDecision, ...]
    clustering: Clustering
    refused: tuple[PairDecision, ...] = ()


def deduplicate(
    new: Sequence[Entry],
    known: Sequence[Entry] = (),
    earlier: Sequence[Decided] = (),
    *,
    crowded: Collection[int] | None = None,
) -> Deduplication:
    """Compares `new` entries with each other and with `known` ones, and clusters them all.

    `earlier` are the stored decisions, oldest first; a person's among them outranks what the
    rules now say, a rule's is superseded where its pair is compared again (a record changed).
    `known` may be a part of all that are known, if it has what shares a key with a new entry, and
    with an entry all that is linked to it; `crowded` are then the numbers of the keys of theirs
    that a crowd shares (`blocks`).
    """
    entries = {entry.id: entry for entry in chain(known, new)}
    fresh = {entry.id for entry in new}
    said = [one for one in earlier if one.by_person]
    named = {number for one in said for number in pair_of(one)}
    blocks = Blocks(list(entries.values()), named=named, crowded=crowded)
    decided = _decide(entries, _compared(blocks, fresh))
    before = _by_rule(earlier, entries.keys(), decided)
    kept = [one for pair, one in before.items() if _holds(one, pair, fresh, blocks)]
    again, loose = _to_look_at(before, fresh, blocks)
    decided |= _decide(entries, again)
    links = [*said, *kept, *decided.values()]
    inside = _decide(entries, _inside(links, entries.keys(), blocks))
    links += inside.values()
    clustering = _clustered(entries, links)
    left = _decide(entries, [pair for pair in loose if pair not in inside])
    return Deduplication(
        (*decided.values(), *inside.values(), *map(_without_key, left.values())),
        clustering,
        _refused(entries, clustering, links),
    )


def _compared(blocks: Blocks, fresh: Collection[int]) -> Iterator[Pair]:
    """The pairs that are new to the rules and not different at sight."""
    numbers = [entry.id for entry in blocks.entries]
    for a, b in worth_comparing(blocks.entries, blocks.pairs(fresh)).tolist():
        yield numbers[a], numbers[b]


def _decide(entries: Mapping[int, Entry], pairs: Iterable[Pair]) -> dict[Pair, PairDecision]:
    return {(a, b): decide_pair(entries[a], entries[b]) for a, b in pairs}


def _by_rule(
    earlier: Iterable[Decided], here: Collection[int], decided: Collection[Pair]
) -> dict[Pair, Decided]:
    """The rules' last word on each pair of what is here that is not decided now."""
    last = {pair_of(one): one for one in earlier if not one.by_person}
    return {
        pair: one
        for pair, one in last.items()
        if pair[0] in here and pair[1] in here and pair not in decided
    }


def _holds(one: Decided, pair: Pair, fresh: Collection[int], blocks: Blocks) -> bool:
    """Whether an earlier decision of the rules is what they would decide today.

    What is doubtful may be so because of a third record: that is looked at anew.
    """
    unchanged = pair[0] not in fresh and pair[1] not in fresh
    return unchanged and one.verdict is not Verdict.DOUBTFUL and blocks.meet(*pair)


def _to_look_at(
    before: Mapping[Pair, Decided], fresh: Collection[int], blocks: Blocks
) -> tuple[list[Pair], list[Pair]]:
    """The pairs to decide again, and those that nothing brings together any more.

    A record changed, the one between them left, or a crowd has come to share their key.
    """
    again: list[Pair] = []
    loose: list[Pair] = []
    for pair, one in before.items():
        changed = pair[0] in fresh or pair[1] in fresh
        if not blocks.meet(*pair):
            loose += [pair] if changed or one.verdict is Verdict.SAME else []
        elif changed or one.verdict is Verdict.DOUBTFUL:
            again.append(pair)
    return again, loose


def _inside(links: Iterable[Decided], here: Collection[int], blocks: Blocks) -> Iterator[Pair]:
    """Pairs that a chain brings together undecided; of twins the one that stands for all."""
    standing = [
        one
        for one in links
        if all(n not in here or blocks.stands_for_itself(n) for n in pair_of(one))
    ]
    return (pair for pair in undecided_within(standing) if pair[0] in here and pair[1] in here)


def _clustered(entries: Mapping[int, Entry], links: Sequence[Decided]) -> Clustering:
    """The clusters; links of one strength that exclude each other are told apart by content.

    Numbers, which follow the order in which records came, must not decide between them.
    """
    found = cluster(entries, links)
    if not found.refused:
        return found
    contested = {number for pair in found.refused for number in pair}
    names = {
        number: content_name(entries[number])
        for one in linked(links)
        if not contested.isdisjoint(one)
        for number in one
        if number in entries
    }
    return cluster(entries, links, names)


def _refused(
    entries: Mapping[int, Entry], clustering: Clustering, links: Iterable[Decided]
) -> tuple[PairDecision, ...]:
    by_person = {pair_of(one) for one in links if one.by_person}
    pairs = [pair for pair in clustering.refused if pair not in by_person]
    return tuple(_opened(one, REFUSED) for one in _decide(entries, pairs).values())


def _without_key(one: PairDecision) -> PairDecision:
    return _opened(one, NO_KEY) if one.verdict is Verdict.SAME else one


def _opened(one: PairDecision, reason: str) -> PairDecision:
    return replace(one, verdict=Verdict.DOUBTFUL, rule=f"{one.rule}, {reason}")
