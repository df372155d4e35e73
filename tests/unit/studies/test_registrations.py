"""A study document read as a registration, whole, partial and hostile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from surveillance.errors import UnreadableInput
from surveillance.studies import registrations
from surveillance.studies.registrations import Arm, Outcome, Reference, RegistryDate, read_study


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
            "orgStudyIdInfo": {"id": "20-0006"},
            "secondaryIdInfos": [
                {"id": "2015-001894-41", "type": "EUDRACT_NUMBER"},
                {"id": "ISRCTN00000001", "type": "REGISTRY", "domain": "ISRCTN"},
                {"id": "20-0006"},
                {"type": "OTHER"},
            ],
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
            "studyFirstSubmitDate": "2021-01-02",
            "resultsFirstSubmitDate": "2024-12-01",
            "dispFirstSubmitDate": "2024-05-06",
        },
        designModule={
            "studyType": "INTERVENTIONAL",
            "phases": ["NA"],
            "designInfo": {"allocation": "RANDOMIZED", "primaryPurpose": "TREATMENT"},
            "enrollmentInfo": {"count": 110, "type": "ESTIMATED"},
        },
        conditionsModule={"conditions": ["Phantom Limb", "Neuroma"]},
        armsInterventionsModule={
            "armGroups": [{"label": "Reinnervation", "type": "EXPERIMENTAL"}, {"label": "Care"}],
            "interventions": [
                {"name": "Surgery", "type": "PROCEDURE"},
                {"name": "Surgery", "type": "PROCEDURE"},
                {"name": "Electrode", "type": "DEVICE"},
            ],
        },
        outcomesModule={
            "primaryOutcomes": [{"measure": "Pain", "timeFrame": "1 year"}],
            "secondaryOutcomes": [{"measure": "Sleep"}],
        },
        sponsorCollaboratorsModule={
            "leadSponsor": {"name": "A hospital", "class": "OTHER"},
            "responsibleParty": {"investigatorFullName": "B. Surgeon"},
        },
        oversightModule={"isFdaRegulatedDrug": False, "isFdaRegulatedDevice": True},
        contactsLocationsModule={
            "overallOfficials": [{"name": "A. Surgeon"}, {"name": "B. Surgeon"}],
            "locations": [{"country": "United Kingdom"}, {"country": "Ireland"}, {"city": "Bath"}],
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
        interventions=("Surgery", "Electrode"),
        intervention_types=("PROCEDURE", "DEVICE"),
        arms=(Arm("Reinnervation", "EXPERIMENTAL"), Arm("Care")),
        secondary_outcomes=(Outcome("Sleep"),),
        secondary_ids=("20-0006", "2015-001894-41", "ISRCTN00000001"),
        investigators=("A. Surgeon", "B. Surgeon"),
        sponsor="A hospital",
        first_submitted="2021-01-02",
        results_first_submitted="2024-12-01",
        delay_certified="2024-05-06",
        primary_purpose="TREATMENT",
        fda_regulated_drug=False,
        fda_regulated_device=True,
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
    ("events", "under_review"),
    [
        ([("RELEASE", "2024-12-01")], True),
        ([("RELEASE", "2024-12-01"), ("RESET", "2024-12-20")], True),
        ([("RELEASE", "2024-12-01"), ("UNRELEASE", "2024-12-20")], False),
        ([("UNRELEASE", "2024-12-20"), ("RELEASE", "2024-12-01")], False),
        ([("RELEASE", "2024-12-01"), ("UNRELEASE", "2024-12-20"), ("RELEASE", "2025-02-01")], True),
        ([("RELEASE", "2024-12-01"), ("UNRELEASE", "2024-12-01")], False),
        ([("UNRELEASE", ""), ("RELEASE", "2018-06-01")], True),
        ([], False),
    ],
)
def test_submitted_results_are_under_review_until_they_are_taken_back(
    events: list[tuple[str, str]], under_review: bool
) -> None:
    unposted = [{"type": kind, "date": day} for kind, day in events]
    annotation = {"unpostedAnnotation": {"unpostedEvents": unposted}}
    assert read(document() | {"annotationSection": annotation}).under_review is under_review


@pytest.mark.parametrize(
    ("submissions", "under_review"),
    [
        ([{"releaseDate": "2024-12-01"}], True),
        ([{"releaseDate": "2024-12-01", "resetDate": "2024-12-20"}], True),
        ([{"releaseDate": "2024-12-01", "unreleaseDate": "2024-12-20"}], False),
        ([{"releaseDate": "2017-12-01", "unreleaseDateUnknown": True}], False),
        (
            [{"releaseDate": "2017-12-01", "unreleaseDateUnknown": True}, {"releaseDate": "2019"}],
            True,
        ),
        ([{}], False),
        ("2024-12-01", False),
    ],
)
def test_the_registrys_tracking_of_submissions_says_the_same(
    submissions: Any, under_review: bool
) -> None:
    misc = {"miscInfoModule": {"submissionTracking": {"submissionInfos": submissions}}}
    assert read(document() | {"derivedSection": misc}).under_review is under_review


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
        {"oversightModule": {"isFdaRegulatedDrug": "Yes", "isFdaRegulatedDevice": 1}},
        {"sponsorCollaboratorsModule": {"leadSponsor": "A hospital", "responsibleParty": []}},
        {"armsInterventionsModule": {"armGroups": {"label": "A"}, "interventions": 3}},
        {"identificationModule": {"secondaryIdInfos": ["2015-001894-41"], "orgStudyIdInfo": 5}},
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
