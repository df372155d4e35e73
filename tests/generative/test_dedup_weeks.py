"""The clusters do not depend on the order or the weeks in which records come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from db import candidates, comparing
from db import records as record_rows
from db import reports as report_rows
from db.session import Store
from surveillance.dedup.blocks import CROWD
from surveillance.dedup.candidates import Entry
from surveillance.dedup.clusters import cluster
from surveillance.dedup.decide import PairDecision, Verdict
from surveillance.dedup.deduplicate import NO_KEY, deduplicate
from surveillance.pipeline.comparing import compare, save_compared
from surveillance.records import Author, Captured, Payload, Record
from tests.world import fresh_store

Clusters = frozenset[frozenset[int]]
DAY = date(2024, 8, 2)
NUMBERS = count(1)

TITLE = "Nerve transfer after loss of a leg: what forty {} told us of their pain"
BASE = Record(
    source="file",
    source_id="-",
    title=TITLE.format("people"),
    authors=(Author(last="Kettering"), Author(last="Müller")),
    journal="Demonstration Journal of Limb Surgery",
    year=2023,
    volume="9",
    pages="101-108",
)
#: Fields that a pair may share or not, so that links, conflicts and chains of both come often.
RECORDS = st.builds(
    replace,
    st.just(BASE),
    title=st.sampled_from([TITLE.format(who) for who in ("people", "people", "men", "women")]),
    abstract=st.none() | st.just("Pain fell in forty people who had lost a leg, and stayed low."),
    authors=st.sampled_from([BASE.authors, BASE.authors, BASE.authors[1:], ()]),
    year=st.sampled_from([2023, 2023, 2024, None]),
    volume=st.sampled_from(["9", "9", "10", ""]),
    pages=st.sampled_from(["101-108", "101-8", "301-9", ""]),
    doi=st.sampled_from(["", "", "10.5555/a", "10.5555/b"]),
    pmid=st.sampled_from(["", "", "90000001", "90000002"]),
)
ELSEWHERE = Record(source="file", source_id="-", title="Quite something else entirely", year=1990)


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says of two records."""

    a: int
    b: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Week:
    """The records that come, by their labels, and what people say then."""

    came: tuple[tuple[int, Record], ...]
    said: tuple[Word, ...] = ()


@st.composite
def histories(draw: st.DrawFn) -> list[Week]:
    """Weeks in which records come, some of them twice with another content, and people speak."""
    final = draw(st.lists(RECORDS, min_size=2, max_size=7))
    first = draw(st.lists(st.none() | RECORDS, min_size=len(final), max_size=len(final)))
    events = [(label, record) for label, record in enumerate(first) if record is not None]
    later = draw(st.permutations(list(enumerate(final))))
    weeks: list[Week] = []
    arrived: set[int] = set()
    order = [*draw(st.permutations(events)), *later]
    while order:
        size = draw(st.integers(1, 4))
        # A record comes once in a week.
        came = dict(order[:size])
        order = order[size:]
        arrived |= came.keys()
        weeks.append(Week(tuple(came.items()), tuple(draw(words(arrived)))))
    return [*weeks, *(Week((), tuple(draw(words(arrived)))) for _ in range(2))]


@st.composite
def words(draw: st.DrawFn, arrived: set[int]) -> list[Word]:
    if len(arrived) < 2 or draw(st.integers(0, 3)):
        return []
    a, b = sorted(draw(st.permutations(sorted(arrived)))[:2])
    return [Word(a, b, draw(st.sampled_from(Verdict)))]


@pytest.fixture(scope="module")
def store(
    backend: object,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Store]:
    with fresh_store(tmp_path_factory.mktemp("weeks")) as opened:
        yield opened


def at_once(weeks: Sequence[Week]) -> Clusters:
    """What all records make together, as they are at the end."""
    final = {label: record for week in weeks for label, record in week.came}
    entries = [
        Entry(label, replace(record, source_id=f"{label:04}")) for label, record in final.items()
    ]
    said = [
        PairDecision(one.a, one.b, one.verdict, "said", 0.5, by_person=True)
        for week in weeks
        for one in week.said
    ]
    return frozenset(map(frozenset, deduplicate(entries, earlier=said).clustering.clusters))


class Topic:
    """A topic of its own in a store, and the labels of its records."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.name = f"topic-{next(NUMBERS):06}"
        self.numbers: dict[int, int] = {}
        self.day = DAY

    def spend(self, week: Week) -> int:
        """Take in a week; how many records were loaded for it."""
        self.day += timedelta(days=7)
        with self.store.transaction() as session:
            for label, record in week.came:
                named = replace(record, source_id=f"{self.name} {label:04}")
                item = Captured(named, Payload(repr(named).encode(), "text/plain"))
                saved = record_rows.save_captured(
                    session, [item], topic=self.name, route="import", seen_on=self.day
                )
                self.numbers[label] = saved.ids[0]
            report_rows.save_decisions(
                session,
                self.name,
                [self._said(word) for word in week.said],
                made_by="reviewer",
                rule_version="",
                today=self.day,
            )
            held = set(self.numbers.values())
            compared = compare(session, self.name, held)
            save_compared(session, self.name, compared, dict.fromkeys(held, self.day), self.day)
            return len(compared.loaded)

    def _said(self, word: Word) -> PairDecision:
        a, b = sorted((self.numbers[word.a], self.numbers[word.b]))
        return PairDecision(a, b, word.verdict, f"said on {self.day}", 0.5, by_person=True)

    def clusters(self) -> Clusters:
        """The labels of the records that are one report."""
        with self.store.transaction() as session:
            places = comparing.reports_by_record(session, self.name)
        reports: dict[int, set[int]] = {}
        for label, number in self.numbers.items():
            reports.setdefault(places[number], set()).add(label)
        return frozenset(map(frozenset, reports.values()))

    def clusters_of_the_log(self) -> Clusters:
        """The same, from the stored decisions alone."""
        labels = {number: label for label, number in self.numbers.items()}
        with self.store.transaction() as session:
            log = report_rows.decisions_of(session, self.name)
        found = cluster(labels, log).clusters
        return frozenset(frozenset(labels[number] for number in one) for one in found)


def spent(store: Store, weeks: Sequence[Week]) -> Topic:
    topic = Topic(store)
    for week in weeks:
        topic.spend(week)
    return topic


def together(*records: Record) -> Week:
    return Week(tuple(enumerate(records)))


def each_alone(*records: Record) -> list[Week]:
    return [Week((one,)) for one in enumerate(records)]


TWIN_LEAVES = [
    *each_alone(BASE, BASE, BASE, replace(BASE, pages="")),
    Week(((0, ELSEWHERE),)),
    Week(((4, replace(BASE, volume="")),)),
]
#: One record between two that PubMed tells apart: it can join either as well as the other.
FIRST, BETWEEN, SECOND = (
    replace(BASE, pmid="90000001"),
    replace(BASE, abstract="Pain fell."),
    replace(BASE, pmid="90000002"),
)
CONTESTED = [Week(((2, SECOND),)), Week(((1, BETWEEN),)), Week(((0, FIRST),))]
RIVAL_LEAVES = [together(FIRST, BETWEEN, SECOND), Week(((0, ELSEWHERE),))]
SAID_ALONE = [together(BASE, BETWEEN), Week((), (Word(0, 1, Verdict.DIFFERENT),)), Week(())]
SAID_OF_TWINS = [
    together(BASE, BASE, BASE),
    Week((), (Word(0, 1, Verdict.DIFFERENT),)),
    Week((), (Word(0, 1, Verdict.SAME),)),
    Week((), (Word(0, 2, Verdict.DIFFERENT),)),
]


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(histories())
@example(TWIN_LEAVES)
@example(CONTESTED)
@example(RIVAL_LEAVES)
@example(SAID_ALONE)
@example(SAID_OF_TWINS)
def test_weeks_in_any_order_end_with_what_all_records_make_at_once(
    store: Store, weeks: list[Week]
) -> None:
    assert spent(store, weeks).clusters() == at_once(weeks)


#: One title over many works, which have nothing else in common.
SERIES = [
    replace(
        BASE,
        authors=(Author(last=f"Author{number * 7919}"),),
        journal=f"Journal {number * 104729}",
        year=1900 + number,
        volume=str(number * 31),
        pages=f"{number * 17}-{number * 17 + 5}",
    )
    for number in range(1, CROWD + 30)
]
#: Two records of one work, which meet under its title alone.
PRINTED = replace(BASE, authors=(), abstract="Pain fell in forty people who had lost a leg.")
ONLINE = replace(PRINTED, year=None)


def series(start: int, end: int) -> tuple[tuple[int, Record], ...]:
    return tuple(enumerate(SERIES))[start:end]


PAIR = ((998, PRINTED), (999, ONLINE))
CROWDS = {
    "all in one week": [Week((*series(0, CROWD + 20), *PAIR))],
    "the pair before the crowd": [Week((*series(0, 10), *PAIR)), Week(series(10, CROWD + 20))],
    "the pair after the crowd": [Week(series(10, CROWD + 20)), Week(series(0, 10)), Week(PAIR)],
    "the pair makes the crowd": [Week(series(0, CROWD - 1)), *(Week((one,)) for one in PAIR)],
    "the crowd disperses": [
        Week((*series(0, CROWD + 10), *PAIR)),
        Week(tuple((label, ELSEWHERE) for label in range(10, 60))),
    ],
    "just no crowd": [Week(series(0, CROWD - 2)), Week(PAIR)],
    "a twin in a crowd": [Week((*series(0, CROWD + 20), (998, ONLINE))), Week(((999, ONLINE),))],
    "a twin in a crowd that leaves": [
        Week((*series(0, CROWD + 20), (998, ONLINE), (999, ONLINE))),
        Week(((998, ELSEWHERE),)),
        Week(((997, ONLINE),)),
    ],
    "what led from one to the other leaves": [
        Week((*series(0, CROWD + 20), (997, replace(ONLINE, doi="10.5555/a")))),
        Week(((998, replace(PRINTED, doi="10.5555/a")), (999, PRINTED))),
        Week(((998, ELSEWHERE),)),
    ],
    "equal rows are one form": [
        Week(tuple((label, PRINTED) for label in range(CROWD + 30))),
        Week(((998, ONLINE),)),
        Week(((997, ONLINE), (0, ELSEWHERE))),
    ],
}


@pytest.mark.parametrize("weeks", CROWDS.values(), ids=CROWDS.keys())
def test_a_crowd_under_a_key_makes_no_difference_to_that(store: Store, weeks: list[Week]) -> None:
    assert spent(store, weeks).clusters() == at_once(weeks)


def test_what_a_crowd_parts_waits_for_a_person(store: Store) -> None:
    """Nothing that was found is lost: the pair was merged while few shared its title."""
    topic = spent(store, [Week(PAIR)])
    assert topic.clusters() == {frozenset({998, 999})}
    topic.spend(Week(series(0, CROWD + 20)))
    assert {frozenset({998}), frozenset({999})} < topic.clusters()
    topic.spend(Week(()))
    with topic.store.transaction() as session:
        log = report_rows.decisions_of(session, topic.name)
    pair = (topic.numbers[998], topic.numbers[999])
    said = [one for one in log if (one.record_a, one.record_b) == pair]
    assert [one.verdict for one in said] == [Verdict.SAME, Verdict.DOUBTFUL]
    assert said[-1].rule.endswith(NO_KEY)


def test_a_week_loads_only_what_it_touches(store: Store) -> None:
    topic = Topic(store)
    elsewhere = [
        replace(
            ELSEWHERE,
            title=f"A study numbered {number * 7919} of {number * 104729} things",
            year=1900 + number,
        )
        for number in range(200)
    ]
    assert topic.spend(Week(tuple(enumerate(elsewhere)))) == 200
    assert topic.spend(Week(((900, BASE), (901, BASE)))) == 2
    assert topic.spend(Week(((902, replace(BASE, pages="")),))) <= 3
    assert topic.spend(Week(())) == 0


def test_another_version_of_the_rules_compares_everything_again(store: Store) -> None:
    topic = spent(store, [together(BASE, BASE, ELSEWHERE)])
    with store.transaction() as session:
        candidates.begin_index(session, topic.name, "dedup-0")
    before = topic.clusters()
    assert topic.spend(Week(())) == 3
    assert topic.clusters() == before


def test_the_index_follows_from_the_records_as_they_are(store: Store) -> None:
    weeks = [*each_alone(BASE, replace(BASE, doi="10.5555/a")), Week(((0, ELSEWHERE),))]
    slowly, quickly = spent(store, weeks), spent(store, [together(ELSEWHERE, weeks[1].came[0][1])])
    assert filed_under(slowly) == filed_under(quickly)


def filed_under(topic: Topic) -> dict[int, frozenset[int]]:
    with topic.store.transaction() as session:
        filed = candidates.filed(session, topic.name, topic.numbers.values())
    return {label: filed[number].keys for label, number in sorted(topic.numbers.items())}


def test_the_log_alone_gives_the_same_reports(store: Store) -> None:
    """So that whoever reads the decisions, or takes one back, sees what the run saw."""
    for weeks in (TWIN_LEAVES, RIVAL_LEAVES, SAID_OF_TWINS):
        topic = spent(store, weeks)
        assert topic.clusters_of_the_log() == topic.clusters()


def test_a_conflict_that_comes_later_parts_what_was_merged_and_says_so(store: Store) -> None:
    a, b = replace(BASE, pmid="90000001"), replace(BASE, abstract="Pain fell.")
    topic = spent(store, [together(a, b)])
    assert topic.clusters() == {frozenset({0, 1})}
    topic.spend(Week(((1, replace(b, pmid="90000002")),)))
    assert topic.clusters() == {frozenset({0}), frozenset({1})}
    with store.transaction() as session:
        log = report_rows.decisions_of(session, topic.name)
    assert [one.verdict for one in log] == [Verdict.SAME, Verdict.DIFFERENT]
    assert "PMID" in log[-1].rule


def test_a_third_record_that_conflicts_leaves_a_word_in_the_log(store: Store) -> None:
    between = replace(BASE, abstract="Pain fell.")
    weeks = each_alone(
        replace(BASE, pmid="90000001"), between, replace(BASE, pmid="90000002", pages="101-8")
    )
    topic = spent(store, weeks)
    assert topic.clusters() == at_once(weeks)
    with store.transaction() as session:
        log = report_rows.decisions_of(session, topic.name)
    assert any(
        one.verdict is Verdict.DOUBTFUL and "join records that are different" in one.rule
        for one in log
    )
