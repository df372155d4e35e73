"""The reading queue in memory says what the store says, however its log grew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveillance.dedup.decide import Verdict as Same
from surveillance.errors import Changed, SurveillanceError
from surveillance.pipeline.deciding import Opinion, decide, take_back
from surveillance.pipeline.decision_queue import waiting
from surveillance.pipeline.piles import Pile
from surveillance.pipeline.reading_queue import STAGES, ReadingQueue, catch_up, read_queue
from surveillance.screening.rules import Verdict
from tests.decision_desk import Desk, desk
from tests.world import store_url  # noqa: F401 — on both databases

ABSTRACT, FULL_TEXT = STAGES
ANN, BEN, CLEO = "Ann Marsh", "Ben Ito", "Cleo Obi"

Step = tuple[int, str, str, Verdict | None]
step = st.tuples(
    st.integers(1, 6),
    st.sampled_from(STAGES),
    st.sampled_from([ANN, BEN, CLEO]),
    st.sampled_from([*Verdict, None]),
)
steps = st.lists(step, max_size=12)
#: What a person says of two records.
Pair = tuple[int, int, Same]
pair = st.tuples(st.integers(0, 6), st.integers(0, 6), st.sampled_from([*Same, Same.SAME])).filter(
    lambda said: said[0] != said[1]
)


def read(made: Desk) -> ReadingQueue:
    with made.store.snapshot() as session:
        return read_queue(session, made.topic)


def caught_up(made: Desk, queue: ReadingQueue) -> bool:
    with made.store.snapshot() as session:
        return catch_up(session, made.topic, queue)


def take(made: Desk, step: Step | Pair, reports: Sequence[int]) -> None:
    """A step that may not be taken is none."""
    if len(step) == 3:
        made.says(*step)
        return
    place, stage, who, verdict = step
    named = f"report:{reports[place]}"
    try:
        if verdict is None:
            take_back(made.store, made.topic, named, stage=stage, by=who)
        else:
            opinion = Opinion(verdict=verdict, stage=stage, reason="a reason", by=who)
            decide(made.store, made.topic, named, opinion)
    except SurveillanceError:
        return


def told(queue: ReadingQueue) -> object:
    """All that a page can learn of a queue."""
    return [
        sorted(queue.lines.items()),
        queue.doubtful,
        [queue.words.holding(words) for words in ("part 2", "9100", "desk.1", "l0")],
        *_told_of_stages(queue),
    ]


def _told_of_stages(queue: ReadingQueue) -> list[object]:
    return [
        (
            stage,
            queue.numbers(stage),
            {pile: list(queue.on(stage, pile)) for pile in Pile},
            {who: list(queue.waiting_for(stage, who)) for who in (ANN, BEN, CLEO)},
            {who: queue.left_for(stage, who) for who in (ANN, BEN, CLEO)},
        )
        for stage in STAGES
    ]


@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    said=st.lists(st.lists(step | step | pair, max_size=12), min_size=1, max_size=4),
    reviewers=st.sampled_from([1, 2]),
)
def test_caught_up_is_as_read_anew(said: list[list[Step | Pair]], reviewers: int) -> None:
    with TemporaryDirectory() as folder, desk(Path(folder)) as made:
        if reviewers == 2:
            made.two_reviewers()
        queue, reports = read(made), made.reports()
        queue.rank({report: place for place, report in enumerate(reversed(reports))})
        for some in said:
            for step in some:
                take(made, step, reports)
            assert caught_up(made, queue)
            fresh = read(made)
            fresh.rank(queue.places)
            assert told(queue) == told(fresh)
            in_all = len(set(made.reports()))
            assert sum(queue.numbers(ABSTRACT).values()) == in_all


@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
@given(said=steps, reviewers=st.sampled_from([1, 2]))
def test_it_waits_for_whom_the_terminal_says_it_does(said: list[Step], reviewers: int) -> None:
    with TemporaryDirectory() as folder, desk(Path(folder)) as made:
        if reviewers == 2:
            made.two_reviewers()
        reports = made.reports()
        for step in said:
            take(made, step, reports)
        queue = read(made)
        for stage in STAGES:
            for who in (ANN, BEN):
                here = {*queue.waiting_for(stage, who)}
                here |= {*queue.waiting_for(stage, who, pile=Pile.CONFLICT)}
                by = who if reviewers == 2 else ""
                there = {one.report for one in waiting(made.store, made.topic, stage=stage, by=by)}
                assert here == there


def test_a_merge_changes_two_lines_and_its_undoing_brings_them_back(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        queue, first = read(made), read(made)
        made.says(2, 3, Same.SAME)
        assert caught_up(made, queue)
        assert len(queue.lines) == len(first.lines) - 1
        assert queue.lines[made.reports()[2]].records == 2
        made.says(2, 3, Same.DIFFERENT)
        assert caught_up(made, queue)
        assert queue.lines == first.lines


def test_a_line_shows_the_record_that_speaks_first_and_finds_all(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        first = read(made).lines[made.reports()[0]]
        assert (first.title, first.citation, first.records) == (
            "Nerve transfer for painful stumps, part 1",
            "Marsh, A Journal of Stumps, 2021",
            2,
        )
        for words in ("embase:l0", "91000001", "10.5555/desk.1", "painful stumps"):
            assert words in first.words


def test_what_comes_behind_a_report_goes_on_from_its_place(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        queue = read(made)
        every = list(queue.waiting_for(ABSTRACT, ANN))
        assert len(every) > 2
        for place, report in enumerate(every):
            behind = list(queue.waiting_for(ABSTRACT, ANN, behind=report))
            assert behind == every[place + 1 :]


def through(queue: ReadingQueue, orders: Sequence[dict[int, int]]) -> list[int]:
    """All that waits, a report at a time, with another order learnt before each."""
    seen: list[int] = []
    began = queue.order
    for places in orders:
        behind = seen[-1] if seen else None
        seen += list(queue.waiting_for(ABSTRACT, ANN, behind=behind, order=began))[:1]
        queue.rank(places)
    last = seen[-1] if seen else None
    return seen + list(queue.waiting_for(ABSTRACT, ANN, behind=last, order=began))


def test_a_list_that_was_begun_misses_nothing_where_the_order_is_learnt_anew(
    tmp_path: Path,
) -> None:
    with desk(tmp_path) as made:
        queue = read(made)
        every = list(queue.waiting_for(ABSTRACT, ANN))
        turned = {report: place for place, report in enumerate(reversed(every), 1)}
        some = {report: turned[report] for report in every[::2]}
        assert through(queue, [turned, some, turned]) == every
        # Those who begin now have the order of now, and so has the queue that a run makes anew.
        assert list(queue.waiting_for(ABSTRACT, ANN)) == every[::-1]
        again = read(made)
        again.go_on_from(queue)
        assert again.order == queue.order
        assert list(again.waiting_for(ABSTRACT, ANN)) == every[::-1]


def test_an_order_that_is_forgotten_is_said_to_be(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        queue = read(made)
        began = queue.order
        for turn in range(1, 6):
            queue.rank({1: turn})
        with pytest.raises(Changed, match="first page again"):
            queue.waiting_for(ABSTRACT, ANN, behind=1, order=began)


def test_the_same_order_learnt_again_is_no_other(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        queue = read(made)
        queue.rank({1: 2, 2: 1})
        name = queue.order
        queue.rank({2: 1, 1: 2})
        assert queue.order == name
