"""Entries of several registries that are one trial, joined by the numbers that they name.

What joins (docs/registries.md has examples of each):

1. Entries of one number are one trial: a registry's own entry, ICTRP's copy of it, the entries
   of several states under one EudraCT number, an entry under a number that it had before.
2. Entries of two registries are one trial where one lists the other's number, or both list the
   same number of a third registry, a European number or WHO's universal trial number.
3. A number that only one side lists is doubted where somebody else claims the same place: two
   entries of one registry list it (an extension lists its parent's number), or one entry lists
   two numbers of one registry. A number listed by both sides holds.
4. Two entries of one registry are one trial only where each lists the other.
5. Where that would still put two trials of one registry together, what only one side lists is
   given up in the whole group, and then the group.

What is doubted is not joined, and named. A sponsor's own study number is no number of a registry:
it joins nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, groupby

from surveillance.records.trial_numbers import TrialNumber, trial_number, trial_numbers
from surveillance.studies.registrations import Registration

#: Two entries by their places in what was given, the lower first.
_Pair = tuple[int, int]
#: A number that more entries list than this is a placeholder or a programme's: it tells nothing.
_MOST_CLAIMS = 50


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two registrations that may be one trial by a number that at most one of them lists."""

    numbers: tuple[str, str]
    listed: str

    @property
    def sentence(self) -> str:
        """What people are told of it."""
        one, other = self.numbers
        return f"{one} and {other} may be one trial by {self.listed}; they are kept apart."


@dataclass(frozen=True, slots=True)
class Joined:
    """The trials as groups of registrations, and what was doubted; sorted by their numbers."""

    trials: tuple[tuple[Registration, ...], ...]
    doubts: tuple[Doubt, ...]


def join(registrations: Iterable[Registration]) -> Joined:
    """The registrations grouped into trials; in whatever order they come, the groups are equal."""
    entries = [_Entry.of(group) for group in _of_one_number(_sorted(registrations))]
    certain, doubted = _links(entries)
    groups = _Groups(range(len(entries)))
    for pairs in _components(certain):
        sound = _sound(entries, {pair: certain[pair] for pair in pairs})
        for pair in sound:
            groups.unite(*pair)
        for a, b in set(pairs) - sound:
            doubted.setdefault((a, b), min(_between(entries[a], entries[b])))
    trials = [
        tuple(sorted((one for place in places for one in entries[place].members), key=_order))
        for places in groups.all()
    ]
    doubts = {
        Doubt((entries[a].name, entries[b].name), str(number))
        for (a, b), number in doubted.items()
        if groups.root(a) != groups.root(b)
    }
    return Joined(
        tuple(sorted(trials, key=lambda trial: _order(trial[0]))),
        tuple(sorted(doubts, key=lambda doubt: (doubt.numbers, doubt.listed))),
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """The registrations of one number: the numbers that are its own, and those that it lists."""

    members: tuple[Registration, ...]
    own: frozenset[TrialNumber]
    listed: frozenset[TrialNumber]

    @classmethod
    def of(cls, members: tuple[Registration, ...]) -> _Entry:
        own = frozenset(number for one in members for number in _own(one))
        named = trial_numbers(text for one in members for text in one.secondary_ids)
        return cls(members, own, frozenset(named) - own)

    @property
    def name(self) -> str:
        return self.members[0].number

    @property
    def registries(self) -> frozenset[str]:
        return frozenset(number.registry for number in self.own)


def _sorted(registrations: Iterable[Registration]) -> list[Registration]:
    """By number and registry; the few that share both, by all that they say."""
    same = groupby(sorted(registrations, key=_order), key=_order)
    groups = (list(group) for _, group in same)
    return [one for group in groups for one in (sorted(group, key=repr) if group[1:] else group)]


def _order(one: Registration) -> tuple[str, str]:
    return one.number, one.registry


def _own(one: Registration) -> Iterator[TrialNumber]:
    """The numbers of an entry; one of an unknown form stands for itself."""
    for text in (one.number, *one.aliases):
        yield trial_number(text) or TrialNumber("", text.casefold())


def _of_one_number(given: list[Registration]) -> list[tuple[Registration, ...]]:
    groups = _Groups(range(len(given)))
    first: dict[TrialNumber, int] = {}
    for place, one in enumerate(given):
        for number in _own(one):
            groups.unite(first.setdefault(number, place), place)
    return [tuple(given[place] for place in places) for places in groups.all()]


def _links(entries: list[_Entry]) -> tuple[dict[_Pair, bool], dict[_Pair, TrialNumber]]:
    """Pairs that are one trial (True where both sides say so), and pairs that are doubted."""
    owner = {number: place for place, entry in enumerate(entries) for number in entry.own}
    listing: dict[TrialNumber, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        for number in entry.listed:
            listing[number].append(place)
    certain: dict[_Pair, bool] = {}
    doubted: dict[_Pair, TrialNumber] = {}
    for number in sorted(listing):
        claims = listing[number]
        if len(claims) > _MOST_CLAIMS:
            continue
        there = [owner[number]] if number in owner else []
        for a, b in combinations(sorted({*claims, *there}), 2):
            # With its owner there, a number joins each that lists it to the owner alone.
            if there and there[0] not in (a, b):
                continue
            if _each_lists_the_other(entries[a], entries[b]):
                certain[a, b] = True
            elif _shares_a_registry(entries[a], entries[b]) or _crowded(
                entries, number, (a, b), claims
            ):
                doubted.setdefault((a, b), number)
            else:
                certain.setdefault((a, b), False)
    return certain, doubted


def _each_lists_the_other(one: _Entry, other: _Entry) -> bool:
    return bool(one.listed & other.own) and bool(other.listed & one.own)


def _shares_a_registry(one: _Entry, other: _Entry) -> bool:
    return bool(one.registries & other.registries)


def _crowded(
    entries: list[_Entry], number: TrialNumber, pair: _Pair, claims: Collection[int]
) -> bool:
    """Whether somebody else claims the place that a listed number gives to one of a pair."""
    for claim in set(pair) & set(claims):
        entry = entries[claim]
        rivals = (entries[other] for other in claims if other != claim)
        if any(
            _shares_a_registry(entry, rival) and not _each_lists_the_other(entry, rival)
            for rival in rivals
        ):
            return True
        if sum(listed.registry == number.registry for listed in entry.listed) > 1:
            return True
    return False


def _components(pairs: Iterable[_Pair]) -> list[list[_Pair]]:
    """Pairs that hang together, directly or by others."""
    every = list(pairs)
    groups = _Groups({place for pair in every for place in pair})
    for pair in every:
        groups.unite(*pair)
    found: dict[int, list[_Pair]] = defaultdict(list)
    for pair in every:
        found[groups.root(pair[0])].append(pair)
    return list(found.values())


def _sound(entries: list[_Entry], pairs: Mapping[_Pair, bool]) -> set[_Pair]:
    """Of pairs that hang together those that put no two trials of one registry together."""
    if not _contradicts(entries, pairs):
        return set(pairs)
    mutual = _components(pair for pair, both in pairs.items() if both)
    some = (dict.fromkeys(together, True) for together in mutual)
    return {pair for part in some if not _contradicts(entries, part) for pair in part}


def _between(one: _Entry, other: _Entry) -> frozenset[TrialNumber]:
    """The numbers by which two entries are linked."""
    return (one.listed | one.own) & (other.listed | other.own)


def _contradicts(entries: list[_Entry], pairs: Mapping[_Pair, bool]) -> bool:
    """Whether two entries of one registry are among them that do not name each other."""
    places = sorted({place for pair in pairs for place in pair})
    return any(
        _shares_a_registry(entries[a], entries[b]) and not pairs.get((a, b), False)
        for a, b in combinations(places, 2)
    )


class _Groups:
    """Places that are united into groups."""

    def __init__(self, places: Iterable[int]) -> None:
        self._parents = {place: place for place in places}

    def root(self, place: int) -> int:
        while self._parents[place] != place:
            self._parents[place] = self._parents[self._parents[place]]
            place = self._parents[place]
        return place

    def unite(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parents[high] = low

    def all(self) -> list[list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for place in self._parents:
            found[self.root(place)].append(place)
        return list(found.values())
