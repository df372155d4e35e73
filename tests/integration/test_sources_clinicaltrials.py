"""The ClinicalTrials.gov client against the simulator on loopback, in fair weather and in foul."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from surveillance.errors import SourceFailed, UnreadableInput
from surveillance.simulator import Fault, Simulator
from surveillance.sources import clinicaltrials as trials_module
from surveillance.sources.clinicaltrials import ClinicalTrials
from surveillance.sources.http import RetryPolicy

QUICK = RetryPolicy(retries=2, first_wait=0.01, longest=5.0)


def number(of: int) -> str:
    return f"NCT9{of:07}"


def study(of: int, *, title: str = "A stump trial", aliases: tuple[str, ...] = ()) -> str:
    identification = {"nctId": number(of), "briefTitle": title, "nctIdAliases": list(aliases)}
    return json.dumps({"protocolSection": {"identificationModule": identification}})


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    folder = tmp_path / "studies"
    folder.mkdir()
    for of in range(12):
        (folder / f"{number(of)}.json").write_text(study(of))
    renumbered = study(50, title="Another trial", aliases=(number(49),))
    (folder / f"{number(50)}.json").write_text(renumbered)
    with Simulator.open(tmp_path, date(2025, 1, 31), rate_limit=False) as opened:
        yield opened


@pytest.fixture
def trials(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> ClinicalTrials:
    monkeypatch.setattr(trials_module, "PAGE", 5)
    return ClinicalTrials(simulator.clinicaltrials_url, pause=0.0, retry=QUICK)


def numbers(*of: int) -> list[str]:
    return [number(one) for one in of]


def page(*of: int, total: int | None = None, token: str = "") -> Fault:
    document: dict[str, object] = {"studies": [json.loads(study(one)) for one in of]}
    if total is not None:
        document["totalCount"] = total
    if token:
        document["nextPageToken"] = token
    return Fault.status(200, json.dumps(document), media_type="application/json")


def test_every_page_of_a_search_is_read(trials: ClinicalTrials, simulator: Simulator) -> None:
    answer = trials.search("stump")
    assert sorted(document.nct for document in answer.documents) == numbers(*range(12))
    assert (answer.total, answer.query_sent) == (12, "stump")
    assert len(simulator.requests) == 3
    assert all(asked.parameters["query.term"] == "stump" for asked in simulator.requests)


def test_a_search_without_hits_is_an_answer(trials: ClinicalTrials) -> None:
    answer = trials.search("nothing")
    assert (answer.total, answer.documents) == (0, ())


def test_an_empty_query_is_refused(trials: ClinicalTrials, simulator: Simulator) -> None:
    with pytest.raises(UnreadableInput, match="empty query"):
        trials.search(" ")
    assert simulator.requests == []


def test_a_study_has_the_same_payload_by_search_and_by_number(trials: ClinicalTrials) -> None:
    by_search = {d.nct: d.payload.sha256 for d in trials.search("stump").documents}
    [by_number] = trials.studies(numbers(3)).documents
    assert by_search[number(3)] == by_number.payload.sha256
    assert json.loads(by_number.payload.content) == json.loads(study(3))


def test_keys_in_another_order_are_the_same_content(
    trials: ClinicalTrials, simulator: Simulator
) -> None:
    [before] = trials.studies(numbers(3)).documents
    identification = {"nctIdAliases": [], "briefTitle": "A stump trial", "nctId": number(3)}
    turned = {"protocolSection": {"identificationModule": identification}}
    answer = {"studies": [turned], "totalCount": 1}
    simulator.faults.append(Fault.status(200, json.dumps(answer)))
    [after] = trials.studies(numbers(3)).documents
    assert after.payload.sha256 == before.payload.sha256


def test_an_empty_page_on_the_way_ends_nothing(
    trials: ClinicalTrials, simulator: Simulator
) -> None:
    simulator.faults.extend([page(1, total=2, token="a"), page(token="b"), page(2)])
    assert [d.nct for d in trials.search("stump").documents] == numbers(1, 2)


def test_a_page_token_that_expired_starts_the_search_once_more(
    trials: ClinicalTrials, simulator: Simulator
) -> None:
    expired = Fault.status(400, "`pageToken` has incorrect format")
    simulator.faults.extend([page(1, total=9, token="a"), expired])
    assert trials.search("stump").total == 12
    simulator.faults.extend([page(1, total=9, token="a"), expired] * 2)
    with pytest.raises(SourceFailed, match="not whole, twice: a page token expired"):
        trials.search("stump")


def test_pages_that_do_not_add_up_are_asked_for_once_more_and_then_fail(
    trials: ClinicalTrials, simulator: Simulator
) -> None:
    simulator.faults.append(page(1, total=3))
    assert trials.search("stump").total == 12
    simulator.faults.extend([page(1, total=3)] * 2)
    with pytest.raises(SourceFailed, match="counted 3 studies and its pages add up to 1"):
        trials.search("stump")


@pytest.mark.parametrize("again", ["a", "b", ""])
def test_a_page_that_comes_twice_starts_the_search_once_more_and_then_fails(
    trials: ClinicalTrials, simulator: Simulator, again: str
) -> None:
    pages = [page(1, total=3, token="a"), page(1, token=again)]
    simulator.faults.extend(pages)
    assert trials.search("stump").total == 12
    simulator.faults.extend(pages * 2)
    with pytest.raises(SourceFailed, match="a page came twice"):
        trials.search("stump")


def test_a_list_of_numbers_that_is_short_once_loses_nothing(
    trials: ClinicalTrials, simulator: Simulator
) -> None:
    simulator.faults.append(page(3, total=2))
    assert len(trials.studies(numbers(3, 4)).documents) == 2
    assert len(simulator.requests) == 2


def test_a_number_that_is_denied_once_is_asked_for_again(
    trials: ClinicalTrials, simulator: Simulator
) -> None:
    simulator.faults.extend([page(total=0), Fault.status(404, path=number(3))])
    answer = trials.studies(numbers(3))
    assert ([document.nct for document in answer.documents], answer.missing) == (numbers(3), ())


def test_a_query_that_the_registry_does_not_understand_is_named(trials: ClinicalTrials) -> None:
    with pytest.raises(SourceFailed, match="does not understand the query"):
        trials.search("(stump")


def test_studies_come_in_the_order_asked_and_unknown_numbers_are_named(
    trials: ClinicalTrials,
) -> None:
    answer = trials.studies([*numbers(7, 2), "NCT00000000", number(7).lower()])
    assert [document.nct for document in answer.documents] == numbers(7, 2)
    assert answer.missing == ("NCT00000000",)
    assert answer.total == 3


def test_more_numbers_than_fit_a_page_are_all_asked_for(trials: ClinicalTrials) -> None:
    assert len(trials.studies(numbers(*range(12))).documents) == 12


def test_an_old_number_leads_to_the_study_and_is_noted(trials: ClinicalTrials) -> None:
    answer = trials.studies(numbers(49))
    assert [document.nct for document in answer.documents] == numbers(50)
    assert answer.warnings == (f"{number(49)} is now {number(50)}.",)
    assert answer.missing == ()


def test_a_redirect_to_the_new_number_is_followed_by_number(
    trials: ClinicalTrials, simulator: Simulator
) -> None:
    simulator.faults.append(page(total=0))
    moved = {"Location": f"https://elsewhere.example/api/v2/studies/{number(50)}"}
    simulator.faults.append(Fault.status(301, "", headers=moved, path=number(3)))
    assert [document.nct for document in trials.studies(numbers(3)).documents] == numbers(50)
    assert simulator.requests[-1].path.endswith(number(50))


def test_no_numbers_ask_nothing(trials: ClinicalTrials, simulator: Simulator) -> None:
    assert trials.studies([]).documents == ()
    assert simulator.requests == []


def test_what_is_no_number_is_refused_before_anything_is_asked(
    trials: ClinicalTrials, simulator: Simulator
) -> None:
    with pytest.raises(UnreadableInput, match="“NCT12” is not a number"):
        trials.studies([number(1), "NCT12"])
    assert simulator.requests == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(429, "slow down", headers={"Retry-After": "0"}),
        Fault.status(503, "down"),
        Fault.status(200, "<html>Sorry</html>", media_type="text/html"),
        Fault.limited(status=200),
        Fault.reset(),
        Fault.reset_midway(),
        Fault.truncated(),
        Fault.gzip_cut(),
        Fault.raw_newline(),
        Fault.invalid_json(),
        Fault.binary(),
        Fault.wrong_total(1),
        Fault.zero_total(),
        Fault.id_missing(),
        Fault.page_missing(),
        Fault.page_skipped(),
    ],
)
def test_a_fault_that_passes_changes_nothing(
    trials: ClinicalTrials, simulator: Simulator, fault: Fault
) -> None:
    simulator.faults.append(fault)
    assert trials.search("stump").total == 12


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "did not answer in JSON"),
        ("[]", "did not answer in JSON"),
        ('{"studies": []}', "no count"),
        ('{"totalCount": 1}', "without a list"),
        ('{"totalCount": 1, "studies": [{}]}', "without its number"),
        ('{"totalCount": 1, "studies": [3]}', "without its number"),
        ("[" * 100_000, "did not answer in JSON"),
    ],
)
def test_an_answer_of_another_shape_fails_in_one_sentence(
    trials: ClinicalTrials, simulator: Simulator, body: str, says: str
) -> None:
    simulator.faults.extend([Fault.status(200, body)] * 2)
    with pytest.raises(SourceFailed, match=says):
        trials.search("stump")


@pytest.mark.shared
def test_captured_answers_of_the_live_registry_are_read(
    trials: ClinicalTrials, simulator: Simulator, shared: Path
) -> None:
    folder = shared / "data/clinicaltrials/captured-2026"
    capture = json.loads((folder / "search_phelan_limit5_20260811.json").read_text())
    capture["totalCount"] = len(capture["studies"])
    del capture["nextPageToken"]
    simulator.faults.append(Fault.status(200, json.dumps(capture)))
    assert len(trials.search("Phelan").documents) == 5
