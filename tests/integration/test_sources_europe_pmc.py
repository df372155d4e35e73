"""The Europe PMC client against the simulator on loopback, in fair weather and in foul."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveillance.errors import SourceFailed, UnreadableInput
from surveillance.runs import Window
from surveillance.simulator import Fault, Simulator
from surveillance.sources import europe_pmc as client_module
from surveillance.sources.europe_pmc import EuropePmc, beyond_pubmed
from surveillance.sources.exchanges import Exchange, Replayed
from surveillance.sources.http import RetryPolicy

QUICK = RetryPolicy(retries=2, first_wait=0.01, longest=5.0)
COUNT = 12
CITED = "MED:90000001"


def number(of: int) -> str:
    return f"PPR900{of:05}"


def result(of: int, **fields: Any) -> dict[str, Any]:
    day = f"2025-01-{of + 1:02}"
    told = {"title": "A stump report", "firstIndexDate": day, "dateOfCreation": day}
    return {"id": number(of), "source": "PPR", **told, **fields}


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    folder = tmp_path / "europepmc"
    folder.mkdir()
    for of in range(COUNT):
        document = {"result": result(of), "cites": [CITED] if of < 7 else []}
        (folder / f"{number(of)}.json").write_text(json.dumps(document))
    cited = {"id": "90000001", "source": "MED", "title": "A known item"}
    (folder / "MED.json").write_text(json.dumps({"result": cited}))
    with Simulator.open(tmp_path, date(2025, 1, 31), rate_limit=False) as opened:
        yield opened


@pytest.fixture
def europe_pmc(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> EuropePmc:
    monkeypatch.setattr(client_module, "PAGE", 5)
    monkeypatch.setattr(client_module, "CITATIONS_PAGE", 3)
    return EuropePmc(simulator.europepmc_url, email="team@example.org", pause=0.0, retry=QUICK)


def found(
    europe_pmc: EuropePmc, query: str = "TITLE:stump", window: Window | None = None
) -> set[str]:
    answer = europe_pmc.search(query, window)
    assert answer.count == len(answer.captured)
    return {one.record.source_id for one in answer.captured}


def ids(*of: int) -> set[str]:
    return {f"PPR:{number(one)}" for one in of}


def page(*of: int, count: int, mark: str = "", **more: Any) -> Fault:
    document = {"hitCount": count, "resultList": {"result": [result(one) for one in of]}, **more}
    if mark:
        document["nextCursorMark"] = mark
    return Fault.status(200, json.dumps(document), media_type="application/json")


def test_every_page_is_read_with_as_few_requests_as_pages(
    europe_pmc: EuropePmc, simulator: Simulator
) -> None:
    answer = europe_pmc.search("TITLE:stump", None)
    assert (answer.count, answer.query_sent, answer.warnings) == (COUNT, "TITLE:stump", ())
    assert {one.record.source_id for one in answer.captured} == ids(*range(COUNT))
    assert len(simulator.requests) == 3
    assert {asked.parameters["synonym"] for asked in simulator.requests} == {"false"}


def test_the_address_of_the_contact_stands_in_no_address(
    europe_pmc: EuropePmc, simulator: Simulator
) -> None:
    europe_pmc.search("TITLE:stump", None)
    europe_pmc.citations("MED", "90000001")
    for asked in simulator.requests:
        assert (asked.method == "POST") is (asked.parameters.get("email") == "team@example.org")


def test_a_search_without_hits_is_an_answer(europe_pmc: EuropePmc, simulator: Simulator) -> None:
    assert found(europe_pmc, "TITLE:nothing") == set()
    assert len(simulator.requests) == 1


def test_an_empty_query_is_refused(europe_pmc: EuropePmc, simulator: Simulator) -> None:
    with pytest.raises(UnreadableInput, match="empty query"):
        europe_pmc.search(" ", None)
    assert simulator.requests == []


def test_a_window_asks_for_the_days_on_which_a_record_came_in(europe_pmc: EuropePmc) -> None:
    window = Window(date(2025, 1, 2), date(2025, 1, 3))
    assert found(europe_pmc, window=window) == ids(1, 2)
    assert found(europe_pmc, "TITLE:stump OR TITLE:known", window) == ids(1, 2)


def test_a_window_without_a_beginning_keeps_what_has_no_day(europe_pmc: EuropePmc) -> None:
    window = Window(None, date(2025, 1, 3))
    assert found(europe_pmc, "TITLE:stump OR TITLE:known", window) == {CITED, *ids(0, 1, 2)}


def test_what_pubmed_holds_can_be_left_out(europe_pmc: EuropePmc) -> None:
    assert found(europe_pmc, "TITLE:stump OR TITLE:known") == {CITED, *ids(*range(COUNT))}
    assert found(europe_pmc, beyond_pubmed("TITLE:stump OR TITLE:known")) == ids(*range(COUNT))


def test_who_cites_a_record_comes_with_all_that_a_search_gives(europe_pmc: EuropePmc) -> None:
    answer = europe_pmc.citations("MED", "90000001")
    assert {one.record.source_id for one in answer.captured} == ids(*range(7))
    assert (answer.count, answer.warnings) == (7, ())
    searched = {one.payload.sha256 for one in europe_pmc.search("TITLE:stump", None).captured}
    assert {one.payload.sha256 for one in answer.captured} <= searched


def test_a_record_that_nobody_cites_and_one_that_is_unknown(europe_pmc: EuropePmc) -> None:
    assert europe_pmc.citations("PPR", number(9)).captured == ()
    unknown = europe_pmc.citations("MED", "90000099")
    assert (unknown.count, unknown.warnings) == (0, ("Europe PMC does not know MED:90000099.",))


def test_a_citing_record_that_no_search_finds_is_kept_and_named(
    europe_pmc: EuropePmc, simulator: Simulator
) -> None:
    listed = [
        {"id": "C1", "source": "CTX", "title": "A letter"},
        {"id": number(1), "source": "PPR"},
    ]
    body = {"hitCount": 2, "citationList": {"citation": listed}}
    simulator.faults.append(Fault.status(200, json.dumps(body), path="citations"))
    answer = europe_pmc.citations("MED", "90000001")
    assert [one.record.title for one in answer.captured] == ["A letter", "A stump report"]
    [warning] = answer.warnings
    assert warning == "1 citing records are known by their citation alone: CTX:C1."


@pytest.mark.parametrize(
    ("source", "identifier"), [("med", "1"), ("MED", ""), ("MED", "1/../2"), ("", "1")]
)
def test_what_is_no_identifier_is_refused_before_anything_is_asked(
    europe_pmc: EuropePmc, simulator: Simulator, source: str, identifier: str
) -> None:
    with pytest.raises(UnreadableInput, match="no record of Europe PMC"):
        europe_pmc.citations(source, identifier)
    assert simulator.requests == []


def test_what_was_recorded_gives_the_same_answers_without_a_network(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAGE", 5)
    recorded: list[Exchange] = []
    live = EuropePmc(
        simulator.europepmc_url, email="team@example.org", pause=0.0, recorder=recorded.append
    )
    window = Window(date(2025, 1, 1), date(2025, 1, 31))
    before = (live.search("TITLE:stump", window), live.citations("MED", "90000001"))
    assert "team@example.org" not in str([exchange.question for exchange in recorded])
    answers = [(one.question, one.answer(lambda _: b"")) for one in recorded]
    nobody = "http://nobody.invalid/europepmc/webservices/rest/"
    replayed = EuropePmc(nobody, client=Replayed("Europe PMC", answers))
    assert (replayed.search("TITLE:stump", window), replayed.citations("MED", "90000001")) == before


# How pages end


def test_a_mark_on_the_last_page_asks_for_nothing_more(
    europe_pmc: EuropePmc, simulator: Simulator
) -> None:
    simulator.faults.append(page(1, 2, count=2, mark="more"))
    assert found(europe_pmc) == ids(1, 2)
    assert len(simulator.requests) == 1


def test_a_full_page_with_a_mark_is_not_taken_for_the_last(
    europe_pmc: EuropePmc, simulator: Simulator
) -> None:
    """A count that is one too low would end the search a page too early."""
    low = [page(*range(5), count=5, mark="a"), page(5, count=5)]
    simulator.faults.extend(low)
    assert found(europe_pmc) == ids(*range(COUNT))


def test_an_empty_last_page_ends_a_search_that_is_whole(
    europe_pmc: EuropePmc, simulator: Simulator
) -> None:
    simulator.faults.extend([page(*range(5), count=5, mark="a"), page(count=5, mark="b")])
    assert found(europe_pmc) == ids(*range(5))


def test_a_short_page_on_the_way_ends_nothing(europe_pmc: EuropePmc, simulator: Simulator) -> None:
    simulator.faults.extend([page(1, count=3, mark="a"), page(2, 3, count=3)])
    assert found(europe_pmc) == ids(1, 2, 3)


def test_a_mark_that_repeats_is_the_end(europe_pmc: EuropePmc, simulator: Simulator) -> None:
    simulator.faults.extend([page(1, count=2, mark="a"), page(2, count=2, mark="a")])
    assert found(europe_pmc) == ids(1, 2)


# Faults that pass: asked again, or once more from the first page

PASSING = [
    Fault.limited(times=2),
    Fault.limited(status=200),
    Fault.status(503, "down"),
    Fault.reset(),
    Fault.reset_midway(),
    Fault.truncated(),
    Fault.gzip_cut(),
    Fault.web_page(),
    Fault.slow(0.05),
    Fault.drip(0.2),
    Fault.raw_newline(),
    Fault.invalid_json(),
    Fault.cut_inside_entry(),
    Fault.binary(),
    Fault.wrong_total(+1),
    Fault.wrong_total(-1),
    Fault.zero_total(),
    Fault.id_missing(),
    Fault.page_skipped(),
    Fault.empty_page(),
    Fault.page_missing(),
]


QUICK_FAULTS = [
    *(fault for fault in PASSING if not fault.seconds),
    Fault.page_again(),
    Fault.token_expired(),
]


@pytest.mark.parametrize("later", [0, 1, 2])
@pytest.mark.parametrize("fault", [*PASSING, Fault.page_again()])
def test_a_fault_that_passes_costs_nothing_on_any_page(
    europe_pmc: EuropePmc, simulator: Simulator, fault: Fault, later: int
) -> None:
    simulator.faults.extend([*[Fault()] * later, fault])
    assert found(europe_pmc) == ids(*range(COUNT))
    assert not simulator.faults


@pytest.mark.parametrize("later", [1, 2])
def test_a_mark_that_expired_starts_the_search_once_more(
    europe_pmc: EuropePmc, simulator: Simulator, later: int
) -> None:
    simulator.faults.extend([*[Fault()] * later, Fault.token_expired()])
    assert found(europe_pmc) == ids(*range(COUNT))


@pytest.mark.parametrize("later", [0, 1, 2])
@pytest.mark.parametrize("fault", [*PASSING, Fault.page_again()])
def test_a_fault_that_passes_costs_nothing_among_citations(
    europe_pmc: EuropePmc, simulator: Simulator, fault: Fault, later: int
) -> None:
    simulator.faults.extend([*[Fault()] * later, fault])
    answer = europe_pmc.citations("MED", "90000001")
    assert {one.record.source_id for one in answer.captured} == ids(*range(7))
    assert answer.warnings == ()


# Faults that stay: an error that says what was counted and what came

WRONG = {
    "counted 13 records, then 12": [Fault.wrong_total(+1), Fault()],
    "sent 5": [Fault(), Fault.empty_page()],
    "a page was empty: it counted 12 records and sent 5": [Fault(), Fault.page_missing()],
    "a page came twice: it counted 12 records and sent 5": [Fault(), Fault.page_again()],
    "did not answer in JSON": [Fault.binary()],
    "a later page was refused": [Fault(), Fault.token_expired()],
    "no list of records": [Fault.status(200, '{"hitCount": 2}')],
    "no count of its records": [Fault.status(200, '{"resultList": {"result": []}}')],
    "no count of its records: Busy": [Fault.status(200, '{"errCode": 500, "errMsg": "Busy"}')],
    "has no identifier": [Fault.status(200, '{"hitCount": 1, "resultList": {"result": [{}]}}')],
}


@pytest.mark.parametrize(("says", "faults"), WRONG.items())
def test_what_stays_wrong_is_an_error_that_says_what_came(
    europe_pmc: EuropePmc, simulator: Simulator, says: str, faults: list[Fault]
) -> None:
    simulator.faults.extend(faults * 2)
    with pytest.raises(SourceFailed, match="not whole, twice") as caught:
        europe_pmc.search("TITLE:stump", None)
    assert says in str(caught.value)
    assert "team@example.org" not in str(caught.value)


@pytest.mark.slow
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(faults=st.lists(st.sampled_from([Fault(), *QUICK_FAULTS]), max_size=12))
def test_whatever_goes_wrong_an_answer_is_whole_or_none(
    europe_pmc: EuropePmc, simulator: Simulator, faults: list[Fault]
) -> None:
    simulator.faults.clear()
    simulator.faults.extend(faults)
    try:
        assert found(europe_pmc) == ids(*range(COUNT))
    except SourceFailed as failure:
        assert str(failure)
    simulator.faults.clear()
    assert found(europe_pmc) == ids(*range(COUNT))


def test_ever_new_marks_without_records_end(europe_pmc: EuropePmc, simulator: Simulator) -> None:
    simulator.faults.extend(page(count=9, mark=str(n)) for n in range(99))
    with pytest.raises(SourceFailed, match="a page was empty"):
        europe_pmc.search("TITLE:stump", None)
    assert len(simulator.requests) == 2


def test_ever_new_records_beyond_the_count_end(europe_pmc: EuropePmc, simulator: Simulator) -> None:
    simulator.faults.extend(page(*range(n, n + 5), count=5, mark=str(n)) for n in range(0, 500, 5))
    with pytest.raises(SourceFailed, match="counted 5 records and sent 10"):
        europe_pmc.search("TITLE:stump", None)
    assert len(simulator.requests) == 4


def test_a_query_that_is_not_understood_is_named(europe_pmc: EuropePmc) -> None:
    with pytest.raises(SourceFailed, match=r"does not understand what was asked.*never closed"):
        europe_pmc.search("(TITLE:stump", None)


def test_more_than_a_surveillance_search_can_mean_is_refused(
    europe_pmc: EuropePmc, simulator: Simulator
) -> None:
    simulator.faults.append(page(1, count=60_000, mark="a"))
    with pytest.raises(SourceFailed, match="counted 60,000 records, more than 50,000"):
        europe_pmc.search("TITLE:stump", None)
    assert len(simulator.requests) == 1


def test_a_body_without_end_is_refused(europe_pmc: EuropePmc, simulator: Simulator) -> None:
    simulator.faults.append(Fault.huge(100))
    with pytest.raises(SourceFailed, match="more than 67,108,864 bytes"):
        europe_pmc.search("TITLE:stump", None)


def test_what_europe_pmc_searched_instead_is_a_warning(
    europe_pmc: EuropePmc, simulator: Simulator
) -> None:
    echo = {"queryString": "TITLE:stumps", "synonym": True}
    simulator.faults.append(page(1, count=1, request=echo))
    assert europe_pmc.search("TITLE:stump", None).warnings == (
        "Europe PMC searched for: TITLE:stumps",
        "Europe PMC searched for synonyms too: it may find more.",
    )
