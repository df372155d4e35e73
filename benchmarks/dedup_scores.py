"""How good a deduplication is, held against labels: the definitions that all are scored by.

Of each cluster the first record is kept, the others are removed. A removed record was *found*
where its work stands in the cluster already. A work is *wrongly removed* where no cluster keeps a
record of it: a lost study, and the figure to fear. The same definitions gave
`../shared/data/dedup/peers.csv`. Everything is counted work by work, so that the two halves of a
set add up to the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Pair = tuple[int, int]
#: Which work each record is, by the labels.
Works = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Link:
    """Two records that were merged, and why."""

    a: int
    b: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a deduplication says of a set: clusters (of more than one), links, pairs to review."""

    clusters: Sequence[Sequence[int]]
    links: Sequence[Link]
    review: Sequence[Pair]
    seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of an answer, over all works or one half of them."""

    records: int
    works: int
    found: int
    wrongly_removed: int
    misplaced: int
    impure_clusters: int
    review_pairs: int
    found_after_review: int

    @property
    def duplicates(self) -> int:
        """Records beyond the first of their work."""
        return self.records - self.works

    @property
    def sensitivity(self) -> float:
        """The share of duplicates that the automatic step finds."""
        return self.found / self.duplicates if self.duplicates else 1.0

    @property
    def specificity(self) -> float:
        """The share of works of which no record was put to another work."""
        return (self.works - self.misplaced) / self.works if self.works else 1.0

    @property
    def sensitivity_after_review(self) -> float:
        """The share found where a person then says the right word on every pair to review."""
        return self.found_after_review / self.duplicates if self.duplicates else 1.0


def score(
    works: Works, answer: Answer, counts: Callable[[str], bool] = lambda _work: True
) -> Score:
    """The figures of `answer`, over the works for which `counts` says so."""
    place = places(works, answer.clusters)
    kept = _kept(works, place)
    members = {work for work in works.values() if counts(work)}
    spread = _spread(works, place)
    records = sum(work in members for work in works.values())
    clusters = sum(len(spread[work]) for work in members)
    reviewed = _spread(works, _after_review(works, place, answer.review))
    strangers = [
        (cluster, work) for work in members for cluster in spread[work] if kept[cluster] != work
    ]
    return Score(
        records=records,
        works=len(members),
        found=records - clusters,
        wrongly_removed=len(members - set(kept.values())),
        misplaced=len(strangers),
        impure_clusters=_impure(works, place, kept, members),
        review_pairs=sum(kept[first] in members for first, _ in between(place, answer.review)),
        found_after_review=records - sum(len(reviewed[work]) for work in members),
    )


def wrong_links(works: Works, answer: Answer) -> Iterator[Link]:
    """The links that join two works."""
    return (link for link in answer.links if works[link.a] != works[link.b])


def between(place: Mapping[int, int], pairs: Iterable[Pair]) -> set[Pair]:
    """The pairs of clusters that pairs of records lie between: one cluster pair is one question."""
    return {
        (min(place[a], place[b]), max(place[a], place[b])) for a, b in pairs if place[a] != place[b]
    }


def places(works: Iterable[int], clusters: Iterable[Sequence[int]]) -> dict[int, int]:
    """The cluster of each record, named by its first record."""
    place = {record: record for record in works}
    for cluster in clusters:
        place.update(dict.fromkeys(cluster, min(cluster)))
    return place


def _kept(works: Works, place: Mapping[int, int]) -> dict[int, str]:
    """The work that each cluster keeps a record of."""
    return {cluster: works[cluster] for cluster in place.values()}


def _spread(works: Works, place: Mapping[int, int]) -> dict[str, set[int]]:
    """The clusters that each work's records lie in."""
    spread: dict[str, set[int]] = defaultdict(set)
    for record, work in works.items():
        spread[work].add(place[record])
    return spread


def _impure(
    works: Works, place: Mapping[int, int], kept: Mapping[int, str], members: set[str]
) -> int:
    """Clusters with more than one work, counted where the work that they keep counts."""
    impure = {place[record] for record, work in works.items() if kept[place[record]] != work}
    return sum(kept[cluster] in members for cluster in impure)


def _after_review(works: Works, place: Mapping[int, int], review: Iterable[Pair]) -> dict[int, int]:
    """The clusters once every pair to review whose records are one work is joined."""
    above = {cluster: cluster for cluster in place.values()}

    def top(cluster: int) -> int:
        while above[cluster] != cluster:
            above[cluster] = cluster = above[above[cluster]]
        return cluster

    for a, b in review:
        if works[a] == works[b]:
            above[top(place[a])] = top(place[b])
    return {record: top(cluster) for record, cluster in place.items()}
