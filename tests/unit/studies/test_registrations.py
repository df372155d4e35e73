"""A study document read as a registration, whole, partial and hostile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from surveillance.errors import UnreadableInput
from surveillance.studies import registrations
from surveillance.studies.registrations import Outcome, Reference, RegistryDate, read_study


def document(**modules: Any) -> dict[str, Any]:
    identification = {"nctId": "NCT99000001", **modules.pop("identificationModule", {})}
    return {"protocolSection": {"identificationModule": identification, **modules}}


def read(content: dict[str, Any]) -> registrations.Registration:
    return read_study(json.dumps(content).encode())


def test_every_field_of_a_whole_document_is_read() -> None:
    content = document(
        identificationModule={
            "nctIdAliases": ["NCT98000001"],
            "briefTitle": "A  trial\nof nerves",
            "officialTitle": "A randomised trial of nerves",
        },
        statusModule={
            "overallStatus": "TERMINATED",
            "whyStopped": "Slow accrual",
            "startDateStruct": {"date": "2021-03"},
            "primaryCompletionDateStruct": {"date": "2027-04-30", "type": "ESTIMATED"},
            "completionDateStruct": {"date": "2028", "type": "ESTIMATED"},
            "studyFirstPostDateStruct": {"date": "2021-01-05", "type": "ACTUAL"},
            "lastUpdatePostDateStruct": {"date": "2025-01-10", "type": "ACTUAL"},
            "resultsFirstPostDateStruct": {"date": "2025-01-09", "type": "ACTUAL"},
        },
        designModule={
            "studyType": "INTERVENTIONAL",
            "phases": ["NA"],
            "designInfo": {"allocation": "RANDOMIZED"},
            "enrollmentInfo": {"count": 110, "type": "ESTIMATED"},
        },
        conditionsModule={"conditions": ["Phantom Limb", "Neuroma"]},
        armsInterventionsModule={"interventions": [{"name": "Surgery"}, {"name": "Surgery"}]},
        outcomesModule={"primaryOutcomes": [{"measure": "Pain", "timeFrame": "1 year"}]},
        contactsLocationsModule={
            "locations": [{"country": "United Kingdom"}, {"country": "Ireland"}, {"city": "Bath"}]
        },
        descriptionModule={"briefSummary": "Two operations are compared."},
        referencesModule={
            "references": [{"pmid": "1", "type": "RESULT", "citation": "A. B."}, {"citation": "C"}]
        },
    )
    content["hasResults"] = True

    assert read(content) == registrations.Registration(
        number="NCT99000001",
        aliases=("NCT98000001",),
        title="A trial of nerves",
        official_title="A randomised trial of nerves",
        status="TERMINATED",
        why_stopped="Slow accrual",
        study_type="INTERVENTIONAL",
        allocation="RANDOMIZED",
        phases=("NA",),
        enrolment=110,
        enrolment_type="ESTIMATED",
        start=RegistryDate("2021-03", ""),
        primary_completion=RegistryDate("2027-04-30", "ESTIMATED"),
        completion=RegistryDate("2028", "ESTIMATED"),
        first_posted="2021-01-05",
        last_update_posted="2025-01-10",
        results_first_posted="2025-01-09",
        has_results=True,
        conditions=("Phantom Limb", "Neuroma"),
        interventions=("Surgery",),
        countries=("Ireland", "United Kingdom"),
        summary="Two operations are compared.",
        primary_outcomes=(Outcome("Pain", "1 year"),),
        references=(Reference("1", "RESULT", "A. B."), Reference("", "", "C")),
    )


def test_a_document_with_nothing_but_its_number_is_a_registration() -> None:
    assert read(document()) == registrations.Registration(number="NCT99000001")


def test_results_count_where_only_their_section_is_there() -> None:
    assert read(document() | {"resultsSection": {}}).has_results


@pytest.mark.parametrize(
    "module",
    [
        {"statusModule": None},
        {"statusModule": "RECRUITING"},
        {"statusModule": {"overallStatus": 7, "startDateStruct": "2021"}},
        {"designModule": {"enrollmentInfo": {"count": "many"}, "phases": "PHASE2"}},
        {"designModule": {"enrollmentInfo": {"count": True}}},
        {"conditionsModule": {"conditions": [None, 3, {}]}},
        {"contactsLocationsModule": {"locations": [None, "Bath"]}},
        {"outcomesModule": {"primaryOutcomes": {}}},
        {"referencesModule": []},
    ],
    ids=str,
)
def test_a_module_of_another_shape_is_left_empty(module: dict[str, Any]) -> None:
    assert read(document(**module)) == registrations.Registration(number="NCT99000001")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not JSON"),
        (b"<html>503</html>", "not JSON"),
        (b'{"protocolSection": ', "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "no ClinicalTrials.gov number"),
        (b'{"protocolSection": {"identificationModule": {"nctId": "NCT12"}}}', "number"),
        (b'{"protocolSection": {"identificationModule": {"nctId": "NCT123456789"}}}', "number"),
    ],
    ids=["empty", "html", "cut", "bytes", "deep", "long", "list", "bare", "short", "nine digits"],
)
def test_what_is_no_study_is_refused_in_one_sentence(content: bytes, told: str) -> None:
    with pytest.raises(UnreadableInput, match=told) as refused:
        read_study(content)
    assert "\n" not in str(refused.value)


def test_a_document_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registrations, "MAX_BYTES", 10)
    with pytest.raises(UnreadableInput, match="larger than 10 bytes"):
        read_study(b'{"a": 1234567890}')


def test_half_a_surrogate_pair_can_be_stored() -> None:
    title = read(document(identificationModule={"briefTitle": "nerve \ud83d"})).title
    assert title.encode("utf-8").decode("utf-8") == "nerve \ufffd"


@pytest.mark.shared
def test_all_real_documents_are_read_and_hold_what_they_say(shared: Path) -> None:
    whole = 0
    for path in sorted((shared / "data/clinicaltrials").glob("*/*NCT*.json")) + sorted(
        (shared / "data/clinicaltrials").glob("captured-2026/get_*.json")
    ):
        content = json.loads(path.read_bytes())
        protocol = content.get("protocolSection")
        if protocol is None:
            continue
        registration = read_study(path.read_bytes())
        status = protocol.get("statusModule", {})
        design = protocol.get("designModule", {})
        assert registration.number == protocol["identificationModule"]["nctId"]
        assert registration.status == status.get("overallStatus", "")
        assert registration.enrolment == design.get("enrollmentInfo", {}).get("count")
        assert bool(registration.start) == ("startDateStruct" in status)
        assert len(registration.primary_outcomes) == len(
            protocol.get("outcomesModule", {}).get("primaryOutcomes", [])
        )
        assert len(registration.references) == len(
            protocol.get("referencesModule", {}).get("references", [])
        )
        whole += 1
    assert whole == 14


@pytest.mark.shared
def test_a_part_of_a_document_without_its_number_is_no_study(shared: Path) -> None:
    parts = sorted((shared / "data/clinicaltrials/studies").glob("[a-z]*.json"))
    assert parts
    for path in parts:
        number = (
            json.loads(path.read_bytes())["protocolSection"]
            .get("identificationModule", {})
            .get("nctId", "")
        )
        if len(number) != len("NCT00000000"):
            with pytest.raises(UnreadableInput, match="number"):
                read_study(path.read_bytes())
