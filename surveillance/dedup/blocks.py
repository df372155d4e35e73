"""Which records are compared: those that share a key, unless a crowd shares it.

Whether two records are compared follows from all the records that there are, never from the order
or the weeks in which they came (docs/decisions/0019-incremental-dedup.md).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from surveillance.dedup.candidates import Entry, keys_of
from surveillance.dedup.clusters import Pair
from surveillance.dedup.decide import Verdict, decide_pair
from surveillance.records.model import Record

#: A key that more forms than these share tells nothing, and no pair is compared for it. Equal
#: records are one form: a file that repeats a row a thousand times crowds nobody out.
CROWD = 100


class Blocks:
    """Entries under the keys that they share.

    Equal entries that are certainly one publication are *twins*: the lowest of them is compared
    with others in the place of all, and they with it alone. `named` are entries that a person
    spoke of; each stands for itself. `crowded` are the numbers of the keys that a crowd shares,
    where these entries are not all that there are.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        *,
        named: Collection[int] = (),
        crowded: Collection[int] | None = None,
    ) -> None:
        self._keys = {entry.id: keys_of(entry.form) for entry in entries}
        self._stands_for = _twins(entries, self._keys, named)
        blocks: dict[str, list[int]] = defaultdict(list)
        for number, stands_for in self._stands_for.items():
            if number == stands_for:
                for key in self._keys[number]:
                    blocks[key].append(number)
        self._blocks = {key: block for key, block in blocks.items() if len(block) > 1}
        self._crowded = _crowded(self._blocks, crowded)

    def pairs(self, fresh: Collection[int]) -> list[Pair]:
        """The pairs to be compared that have one of `fresh` in them, sorted."""
        found: set[Pair] = set()
        for key, block in self._blocks.items():
            if key not in self._crowded:
                found.update(_with(fresh, sorted(block)))
        for number, twin in self._stands_for.items():
            if number != twin and (number in fresh or twin in fresh):
                found.add((twin, number))
        return sorted(found)

    def meet(self, a: int, b: int) -> bool:
        """Whether the two are compared with each other, or twins of such."""
        if self._stands_for[a] == self._stands_for[b]:
            return True
        return not self._crowded.issuperset(self._keys[a] & self._keys[b])

    def stands_for_itself(self, number: int) -> bool:
        """Whether an entry is compared with others, and not a twin in its place."""
        return self._stands_for[number] == number


def key_number(key: str) -> int:
    """A key as a signed number of 64 bits, the same on every machine."""
    return _number(key.encode())


def form_number(record: Record, *, named: bool) -> int:
    """A number that twins share; that of a record which can have none is its own."""
    one, other = Entry(1, record), Entry(2, record)
    alone = named or decide_pair(one, other).verdict is not Verdict.SAME
    return _number(repr(record if alone else _content(record)).encode())


def content_name(entry: Entry) -> str:
    """A name that follows from what an entry says, the same whenever it came; equal for twins."""
    content = hashlib.blake2b(repr(_content(entry.record)).encode(), digest_size=8).hexdigest()
    return f"{entry.record.pmid} {content} {entry.record.source_id}"


def _number(text: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)


def _content(record: Record) -> Record:
    """What a record says, apart from what its source calls it."""
    return replace(record, source_id="-")


def _twins(
    entries: Iterable[Entry], keys_of: Mapping[int, frozenset[str]], named: Collection[int]
) -> dict[int, int]:
    """For each entry the one that is compared in its place: its lowest twin, or itself."""
    stands_for: dict[int, int] = {}
    alike: dict[frozenset[str], list[Entry]] = defaultdict(list)
    for entry in entries:
        stands_for[entry.id] = entry.id
        # Equal records have equal keys, which are cheaper to look at.
        if keys_of[entry.id] and entry.id not in named:
            alike[keys_of[entry.id]].append(entry)
    for group in alike.values():
        for twins in _equal(group) if len(group) > 1 else ():
            stands_for.update(dict.fromkeys(twins, twins[0]))
    return stands_for


def _equal(group: Sequence[Entry]) -> Iterator[list[int]]:
    equal: dict[Record, list[Entry]] = defaultdict(list)
    for entry in sorted(group, key=lambda entry: entry.id):
        equal[_content(entry.record)].append(entry)
    for some in equal.values():
        if len(some) > 1 and decide_pair(some[0], some[1]).verdict is Verdict.SAME:
            yield [entry.id for entry in some]


def _crowded(
    blocks: Mapping[str, Sequence[int]], crowded: Collection[int] | None
) -> frozenset[str]:
    if crowded is None:
        return frozenset(key for key, block in blocks.items() if len(block) > CROWD)
    # Most weeks meet no crowd: then no key needs its number.
    return frozenset(key for key in blocks if crowded and key_number(key) in crowded)


def _with(fresh: Collection[int], block: Sequence[int]) -> Iterator[Pair]:
    """The pairs of a sorted block that have one of `fresh` in them."""
    new = [number for number in block if number in fresh]
    if len(new) == len(block):
        yield from combinations(block, 2)
        return
    for number in new:
        yield from ((min(number, one), max(number, one)) for one in block if one != number)
