"""The stand-in for ClinicalTrials.gov v2 over HTTP: search, pages, single studies, errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from surveillance.simulator import Simulator
from surveillance.simulator.clinicaltrials import BadRequest, read_expression
from surveillance.simulator.study import Study
from surveillance.strategy.evaluate.essie import matches


def document(
    nct: str, title: str, *, status: str = "RECRUITING", completion: str = "2025-06", n: int = 40
) -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": nct, "briefTitle": title},
            "statusModule": {
                "overallStatus": status,
                "completionDateStruct": {"date": completion, "type": "ESTIMATED"},
            },
            "conditionsModule": {"conditions": ["Amputation", "Phantom Limb Pain"]},
            "designModule": {"enrollmentInfo": {"count": n, "type": "ESTIMATED"}},
            "armsInterventionsModule": {
                "interventions": [
                    {"type": "PROCEDURE", "name": "Nerve surgery", "otherNames": ["TMR"]},
                    {"type": "OTHER", "name": "Usual care"},
                ]
            },
            "referencesModule": {"references": [{"pmid": "90000001", "citation": "neuroma"}]},
        },
        "hasResults": False,
    }


TMR = document("NCT99999901", "Targeted muscle reinnervation", n=72)
OLD = document("NCT99999902", "Neuroma and surgery", status="COMPLETED", completion="2024-03-15")
MIRROR = document("NCT99999903", "Mirror therapy for targeted muscle", completion="2026")
MIRROR["protocolSection"]["identificationModule"]["nctIdAliases"] = ["NCT99999000"]
MIRROR["protocolSection"]["armsInterventionsModule"] = {}
MIRROR["protocolSection"]["statusModule"]["resultsFirstPostDateStruct"] = {"date": "2024-12-01"}


def write(folder: Path, *documents: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for study in documents:
        nct = study["protocolSection"]["identificationModule"]["nctId"]
        (folder / f"{nct}.json").write_text(json.dumps(study))


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    write(tmp_path / "2024-08-02" / "studies", TMR, OLD, MIRROR)
    changed = document("NCT99999901", "Targeted muscle reinnervation", status="COMPLETED")
    write(tmp_path / "2025-01-31" / "studies", changed)
    with Simulator.open(tmp_path, date(2024, 8, 2)) as opened:
        yield opened


def ask(simulator: Simulator, path: str = "studies", **parameters: str) -> requests.Response:
    url = simulator.clinicaltrials_url + path
    return requests.get(
        url, params={k.replace("_", "."): v for k, v in parameters.items()}, timeout=5
    )


def numbers(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [
        study["protocolSection"]["identificationModule"]["nctId"][-2:]
        for study in answer.json()["studies"]
    ]


ESSIE = [
    ("targeted muscle", "01 03"),
    ('"muscle reinnervation"', "01"),
    ("tmr", "01 02"),
    ("reinnervation OR mirror", "01 03"),
    # Capitals alone are operators (source-facts).
    ("reinnervation or mirror", ""),
    ("mirror and therapy", ""),
    # OR binds loosest; AND may be left out.
    ("mirror OR reinnervation AND surgery", "01 03"),
    ("(mirror OR reinnervation) AND surgery", "01"),
    ("(mirror OR reinnervation) surgery", "01"),
    ("surgery NOT reinnervation", "02"),
    ("NOT surgery", "03"),
    ("surgery AND NOT neuroma", "01"),
    # Areas.
    ("AREA[BriefTitle]surgery", "02"),
    ("AREA[InterventionSearch]targeted", "01 03"),
    ("AREA[InterventionName]surgery AND targeted", "01"),
    ('AREA[BriefTitle](mirror OR "muscle reinnervation")', "01 03"),
    ("AREA[NCTId]NCT99999902", "02"),
    ("AREA[OverallStatus]COMPLETED", "02"),
    ("AREA[HasResults]false", "01 02 03"),
    ("AREA[ResultsFirstPostDate]MISSING", "01 02"),
    ("AREA[CompletionDate]RANGE[2025-06-01,2026-01-01]", "01 03"),
    ("AREA[CompletionDate]RANGE[MIN,2024-12-31]", "02"),
    ("AREA[CompletionDate]RANGE[2025-06-02,MAX]", "03"),
    ("AREA[EnrollmentCount]RANGE[41,MAX]", "01"),
    ("EXPANSION[None]tmr", "01 02"),
    # What only the references say is in no search area.
    ("neuroma", "02"),
]


@pytest.mark.parametrize(("expression", "expected"), ESSIE)
def test_an_expression_finds(expression: str, expected: str) -> None:
    read = read_expression(expression)
    studies = [Study(TMR), Study(OLD), Study(MIRROR)]
    assert " ".join(s.nct[-2:] for s in studies if matches(read, s.pieces)) == expected


@pytest.mark.parametrize(
    "expression",
    *(
        [
            "(targeted",
            "targeted)",
            "()",
            "AND",
            "targeted AND",
            "NOT",
            "OR pain",
            "AREA[NCTId]",
            '"',
        ],
    ),
)
def test_an_unbalanced_expression_has_no_clause(expression: str) -> None:
    with pytest.raises(BadRequest, match="inner bool query clause cannot be null"):
        read_expression(expression)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("AREA[NoSuchPiece]x", "unknown area `NoSuchPiece`"),
        ("COVERAGE[Half]x", "is not understood"),
        ("SEARCH[Location](x)", "is not understood"),
        ("AREA[StartDate]RANGE[2024]", "has one end"),
        ("(" * 200 + "x" + ")" * 200, "nested too deeply"),
        ("x" * 100_001, "too long"),
    ],
)
def test_what_is_not_understood_is_refused(expression: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        read_expression(expression)


def test_the_total_comes_on_the_first_page_alone_and_pages_follow_by_token(
    simulator: Simulator,
) -> None:
    first = ask(simulator, query_term="targeted OR neuroma", pageSize="2", countTotal="true")
    assert list(first.json()) == ["totalCount", "studies", "nextPageToken"]
    assert first.json()["totalCount"] == 3
    token = first.json()["nextPageToken"]
    last = ask(*(simulator,), query_term="targeted OR neuroma", countTotal="true", pageToken=token)
    assert list(last.json()) == ["studies"]
    assert numbers(first) + numbers(last) == ["01", "02", "03"]


def test_a_token_needs_the_same_parameters_and_the_same_day(simulator: Simulator) -> None:
    token = ask(simulator, query_term="targeted", pageSize="1").json()["nextPageToken"]
    assert ask(simulator, query_term="neuroma", pageToken=token).status_code == 400
    assert ask(simulator, query_term="targeted", pageToken="?").status_code == 400
    simulator.as_of = date(2025, 1, 31)
    expired = ask(simulator, query_term="targeted", pageToken=token)
    assert (expired.status_code, expired.text) == (400, "`pageToken` is incorrect or has expired")


def test_without_query_or_filter_all_studies_come_and_page_size_zero_means_the_default(
    simulator: Simulator,
) -> None:
    assert numbers(ask(simulator)) == ["01", "02", "03"]
    assert numbers(ask(simulator, pageSize="0")) == ["01", "02", "03"]
    assert numbers(ask(simulator, pageSize="100000")) == ["01", "02", "03"]


def test_filters_and_boxes_narrow_together(simulator: Simulator) -> None:
    assert numbers(ask(simulator, filter_ids="NCT99999901|nct99999902,NCT99999999")) == ["01", "02"]
    assert numbers(ask(simulator, filter_overallStatus="COMPLETED")) == ["02"]
    assert numbers(
        ask(simulator, query_term="targeted", filter_overallStatus="RECRUITING|COMPLETED")
    ) == ["01", "03"]
    assert numbers(ask(simulator, query_cond="phantom", query_intr="tmr")) == ["01", "02"]
    assert numbers(ask(simulator, filter_advanced="AREA[CompletionDate]RANGE[2026,MAX]")) == ["03"]


def test_a_box_with_numbers_alone_ignores_the_filters(simulator: Simulator) -> None:
    found = ask(simulator, query_term="NCT99999901 NCT99999000", filter_overallStatus="COMPLETED")
    assert numbers(found) == ["01", "03"]


def test_studies_sort_by_dates_newest_first_and_by_numbers_smallest_first(
    simulator: Simulator,
) -> None:
    assert numbers(ask(simulator, sort="CompletionDate")) == ["03", "01", "02"]
    assert numbers(ask(simulator, sort="CompletionDate:asc")) == ["02", "01", "03"]
    assert numbers(ask(simulator, sort="EnrollmentCount")) == ["02", "03", "01"]
    # Studies without the value come last.
    assert numbers(ask(simulator, sort="ResultsFirstPostDate:asc")) == ["03", "01", "02"]


@pytest.mark.parametrize(
    ("parameters", "body"),
    [
        ({"query.badfield": "x"}, "`query.badfield` is unknown parameter"),
        ({"filter.phase": "x"}, "`filter.phase` is unknown parameter"),
        (
            {"query.term": "(targeted"},
            "Error parsing query in Other terms: inner bool query clause cannot be null",
        ),
        ({"pageSize": "many"}, "`pageSize` must be a number, 0 or more"),
        ({"filter.ids": "90000001"}, "`filter.ids` has incorrect format: 90000001"),
        ({"filter.overallStatus": "DONE"}, "`filter.overallStatus` has unknown value `DONE`"),
        ({"sort": "BriefTitle:up"}, "`sort` has incorrect format: BriefTitle:up"),
        ({"fields": "NoSuchPiece"}, "`fields` has unknown value `NoSuchPiece`"),
        ({"format": "csv"}, "`format` must be json: this stand-in has no other"),
    ],
)
def test_a_bad_request_is_answered_in_plain_text(
    simulator: Simulator, parameters: dict[str, str], body: str
) -> None:
    answer = requests.get(simulator.clinicaltrials_url + "studies", params=parameters, timeout=5)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.text == body


def test_fields_select_pieces_modules_and_paths(simulator: Simulator) -> None:
    answer = ask(
        simulator,
        filter_ids="NCT99999901",
        fields="NCTId,InterventionName|HasResults,ConditionsModule,"
        "protocolSection.designModule.enrollmentInfo.count",
    )
    assert answer.json()["studies"] == [
        {
            "protocolSection": {
                "identificationModule": {"nctId": "NCT99999901"},
                "armsInterventionsModule": {
                    "interventions": [{"name": "Nerve surgery"}, {"name": "Usual care"}]
                },
                "conditionsModule": {"conditions": ["Amputation", "Phantom Limb Pain"]},
                "designModule": {"enrollmentInfo": {"count": 72}},
            },
            "hasResults": False,
        }
    ]


def test_a_single_study_comes_whole_and_as_it_stood_on_the_day(simulator: Simulator) -> None:
    assert ask(simulator, "studies/nct99999901").json() == TMR
    simulator.as_of = date(2025, 1, 31)
    changed = ask(simulator, "studies/NCT99999901").json()
    assert changed["protocolSection"]["statusModule"]["overallStatus"] == "COMPLETED"


def test_a_former_number_leads_to_the_study(simulator: Simulator) -> None:
    assert ask(simulator, "studies/NCT99999000").json() == MIRROR


def test_an_unknown_study_is_not_found_and_a_malformed_number_is_refused(
    simulator: Simulator,
) -> None:
    assert ask(simulator, "studies/NCT00000000").status_code == 404
    assert ask(simulator, "studies/12345").status_code == 400


def test_no_rate_limit_is_published_for_this_source(simulator: Simulator) -> None:
    assert {ask(simulator).status_code for _ in range(8)} == {200}
