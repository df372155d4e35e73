"""Which records are compared: those that share a key, unless a crowd shares it.

Whether two records are compared follows from all the records that there are, never from the order
or the weeks in which they came (docs/decisions/0019-incremental-dedup.md).
"""

from __future__ import annotations

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from surveillance.dedup.candidates import Entry, keys_of
from surveillance.dedup.decide import Verdict, decide_pair
from surveillance.records.model import Record

#: A key that more forms than these share tells nothing, and no pair is compared for it. Equal
#: records are one form: a file that repeats a row a thousand times crowds nobody out.
CROWD = 100

#: Pairs of entries, a row each, by their places among the entries; the lower place first.
Places = NDArray[np.int64]


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
        self.entries = sorted(entries, key=lambda entry: entry.id)
        self._place = {entry.id: place for place, entry in enumerate(self.entries)}
        self._stands_for = _twins(self.entries, named)
        self._told = crowded
        self._blocks = _Sorted(*self._keys_and_places())
        self._crowds = self._blocks.crowds() if crowded is None else frozenset()

    def pairs(self, fresh: Collection[int]) -> Places:
        """The pairs to be compared that have one of `fresh` in them, sorted."""
        is_fresh = np.fromiter((entry.id in fresh for entry in self.entries), bool)
        twins = [
            (self._place[stands_for], self._place[number])
            for number, stands_for in self._stands_for.items()
            if number != stands_for
        ]
        found = _distinct([*self._blocks.pairs(), np.array(twins, np.int64).reshape(-1, 2)])
        return found[is_fresh[found].any(axis=1)]

    def meet(self, a: int, b: int) -> bool:
        """Whether the two are compared with each other, or twins of such."""
        if self._stands_for[a] == self._stands_for[b]:
            return True
        ours, theirs = (keys_of(self.entries[self._place[number]].form) for number in (a, b))
        return not all(map(self._is_crowded, ours & theirs))

    def stands_for_itself(self, number: int) -> bool:
        """Whether an entry is compared with others, and not a twin in its place."""
        return self._stands_for[number] == number

    def _keys_and_places(self) -> tuple[array[int], array[int]]:
        # Eight bytes a number: eight million of Python's own take a quarter of a gigabyte.
        keys, places = array("q"), array("q")
        for place, entry in enumerate(self.entries):
            if self._stands_for[entry.id] == entry.id:
                own = keys_of(entry.form)
                # Most weeks meet no crowd: then no key needs its number.
                if self._told:
                    own = frozenset(key for key in own if key_number(key) not in self._told)
                keys.extend(map(hash, own))
                places.extend(repeat(place, len(own)))
        return keys, places

    def _is_crowded(self, key: str) -> bool:
        if self._told is None:
            return hash(key) in self._crowds
        return key_number(key) in self._told


class _Sorted:
    """Places sorted by the hashes of their keys, so that those of one key stand together.

    Sixteen bytes a key: a million records have eight million keys. Two keys of one hash would
    bring together records that have nothing in common, which are then found different.
    """

    def __init__(self, keys: array[int], places: array[int]) -> None:
        hashes = np.frombuffer(keys, np.int64)
        order = np.argsort(hashes, kind="stable")
        self._places = np.frombuffer(places, np.int64)[order]
        self._hashes = hashes[order]
        begins = np.flatnonzero(np.diff(self._hashes, prepend=self._hashes[:1] - 1))
        self._begins, self._sizes = begins, np.diff(begins, append=len(order))

    def pairs(self) -> Iterator[Places]:
        """All pairs under each key that no crowd shares."""
        for size in range(2, CROWD + 1):
            begins = self._begins[self._sizes == size]
            blocks = self._places[begins[:, None] + np.arange(size)]
            yield blocks[:, np.column_stack(np.triu_indices(size, 1))].reshape(-1, 2)

    def crowds(self) -> frozenset[int]:
        """The hashes of the keys that a crowd shares."""
        return frozenset(self._hashes[self._begins[self._sizes > CROWD]].tolist())


def _distinct(pairs: Sequence[Places]) -> Places:
    """Each pair once, sorted: as one number of 64 bits, which is sorted fastest."""
    found = np.concatenate(pairs)
    # `np.unique` hashes them first, which takes a hundred times as long.
    numbers = np.sort(found[:, 0] << 32 | found[:, 1])
    numbers = numbers[np.diff(numbers, prepend=-1) != 0]
    return np.column_stack((numbers >> 32, numbers & 0xFFFFFFFF))


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


def _twins(entries: Iterable[Entry], named: Collection[int]) -> dict[int, int]:
    """For each entry the one that is compared in its place: its lowest twin, or itself."""
    stands_for: dict[int, int] = {}
    first: dict[tuple[object, ...], Entry] = {}
    alike: dict[int, list[Entry]] = {}
    for entry in entries:
        stands_for[entry.id] = entry.id
        if entry.id not in named:
            one = first.setdefault(_at_a_glance(entry.record), entry)
            if one is not entry:
                alike.setdefault(one.id, [one]).append(entry)
    for group in alike.values():
        for twins in _equal(group):
            stands_for.update(dict.fromkeys(twins, twins[0]))
    return stands_for


def _at_a_glance(record: Record) -> tuple[object, ...]:
    """What equal records have in common, cheaper to look at than all of them."""
    return record.title, record.year, record.volume, record.pages, record.doi, record.pmid


def _equal(group: Sequence[Entry]) -> Iterator[list[int]]:
    """The twins among entries that are in the order of their numbers."""
    equal: dict[Record, list[Entry]] = defaultdict(list)
    for entry in group:
        equal[_content(entry.record)].append(entry)
    for some in equal.values():
        if len(some) > 1 and _is_certain(some):
            yield [entry.id for entry in some]


def _is_certain(equal: Sequence[Entry]) -> bool:
    one, other = equal[:2]
    return bool(keys_of(one.form)) and decide_pair(one, other).verdict is Verdict.SAME
