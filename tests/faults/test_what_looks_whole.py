"""What is guaranteed where nothing shows: an answer that looks whole, a clock that is wrong.

Such an attempt may succeed. Nothing is lost for good: the next run, of the same week or of the
next, asks without a window too and keeps what the lie left out. Days and routes then say how it
really came; everything else is as in the healthy store.
"""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from surveillance.simulator import Fault
from tests.faults.cases import LARGE
from tests.faults.facts import Facts
from tests.faults.holdings import WEEKS
from tests.faults.weather import shorter
from tests.faults.workshop import Healthy, Workshop
from tests.faults.workspaces import Workspace

#: What a table's row is about, apart from days, routes and how often it was judged.
_ABOUT = {
    "topic_record": ("record_id",),
    "record_version": ("record_id", "payload_sha256"),
    "registration_version": ("nct", "payload_sha256"),
    "topic_registration": ("nct",),
    "registration_alias": ("old_nct", "nct"),
    "watermark": ("strategy", "source", "covered_until"),
    "report_record": ("record_id", "report_id"),
    "known_item": ("key", "record_id"),
    "link": ("record_id", "nct"),
}
#: Requests of the second week: a strategy's window and its everything, trials by query and by
#: strategy, Europe PMC's search, who cites.
BOTH_OF_A_STRATEGY, WINDOW, TRIALS, BY_STRATEGY, SEARCH, CITATIONS = (1, 2), 3, 7, 8, 9, 11


@pytest.fixture
def work(shop: Workshop, tmp_path: Path) -> Workspace:
    """The second week has come; the first went well."""
    made = shop.workspace(tmp_path / "workspace")
    shutil.copytree(shop.healthy(LARGE)[0].folder, made.folder, dirs_exist_ok=True)
    shop.simulator.as_of = WEEKS[1]
    shop.simulator.requests.clear()
    return made


@pytest.mark.parametrize(
    ("numbers", "same_week"),
    [
        *((BOTH_OF_A_STRATEGY, True), (BOTH_OF_A_STRATEGY, False), ((WINDOW,), True)),
        *(((TRIALS,), False), ((BY_STRATEGY,), True), ((SEARCH,), False), ((CITATIONS,), True)),
    ],
)
def test_a_list_that_is_short_and_counted_short_is_caught_by_the_next_run(
    shop: Workshop, work: Workspace, numbers: tuple[int, ...], same_week: bool
) -> None:
    befall(shop, numbers, shorter())
    work.run(WEEKS[1])
    if numbers == BOTH_OF_A_STRATEGY:
        assert about(work.facts()) < about(shop.healthy(LARGE)[1].facts)
    hold_after_the_next_run(shop, work, same_week=same_week)


@pytest.mark.parametrize(
    ("number", "same_week"), [(WINDOW, False), (TRIALS, True), (BY_STRATEGY, False)]
)
def test_the_answer_to_another_question_is_caught_by_the_next_run(
    shop: Workshop, work: Workspace, number: int, same_week: bool
) -> None:
    befall(shop, (number,), Fault.page_again())
    work.run(WEEKS[1])
    hold_after_the_next_run(shop, work, same_week=same_week)


@pytest.mark.parametrize("wrong", [timedelta(days=3), timedelta(days=-5), timedelta(days=-7)])
def test_a_run_under_a_wrong_clock_loses_nothing_and_overwrites_nothing(
    shop: Workshop, work: Workspace, wrong: timedelta
) -> None:
    work.run(WEEKS[1] + wrong)
    work.run(WEEKS[1])
    hold(work, shop.healthy(LARGE)[1], at_least=max(WEEKS[1], WEEKS[1] + wrong))
    shop.simulator.as_of = WEEKS[2]
    work.run(WEEKS[2])
    hold(work, shop.healthy(LARGE)[2], at_least=WEEKS[2])


def befall(shop: Workshop, numbers: tuple[int, ...], fault: Fault) -> None:
    reached = 1
    for number in numbers:
        if number > reached:
            shop.simulator.faults.append(Fault(times=number - reached))
        shop.simulator.faults.append(fault)
        reached = number + 1


def hold_after_the_next_run(shop: Workshop, work: Workspace, *, same_week: bool) -> None:
    shop.simulator.faults.clear()
    week = 1 if same_week else 2
    shop.simulator.as_of = WEEKS[week]
    work.run(WEEKS[week])
    hold(work, shop.healthy(LARGE)[week], at_least=WEEKS[week])


def hold(work: Workspace, healthy: Healthy, *, at_least: date) -> None:
    """All that the healthy store is about is there, once; watermarks reach as far or further."""
    found, expected = about(work.facts()), about(healthy.facts)
    marks = {one for one in found if one[0] == "watermark"}
    assert {one for one in expected if one[0] != "watermark"} <= found
    assert found - marks <= expected
    assert all(one[1][2] == str(at_least) for one in marks)


def about(facts: Facts) -> set[tuple[str, tuple[str, ...]]]:
    return {
        (table, tuple(_plain(json.loads(row)[name]) for name in names))
        for table, names in _ABOUT.items()
        for row in facts[table]
    }


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
