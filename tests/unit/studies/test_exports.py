"""Registries' exports read entry by entry: whole, in every layout, poor and hostile."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.errors import UnreadableInput
from surveillance.records.payload import Payload
from surveillance.studies import ictrp as ictrp_entries
from surveillance.studies.entries import RegistryExport
from surveillance.studies.exports import read_registry_export, registry_named
from surveillance.studies.reading import read_registration, same_substance
from surveillance.studies.registrations import (
    ICTRP,
    ISRCTN,
    Outcome,
    Reference,
    Registration,
    RegistryDate,
)
from surveillance.studies.versions import read_versions
from tests.registry_files import ictrp, ictrp_trial, isrctn, isrctn_entry, table

ROW = {
    "ISRCTN": "ISRCTN99000001",
    "Title": "Nerve surgery",
    "Scientific title": "A randomised trial",
    "Overall trial status": "Ongoing",
    "Recruitment status": "No longer recruiting",
    "Date assigned": "20/08/2024",
    "Last edited": "01/09/2024",
    "EudraCT/CTIS number": "2019-000123-45",
    "ClinicalTrials.gov number": "NCT99000009",
    "Protocol/serial number": "HTA 13/143; CPMS 4711",
    "Primary study design": "Interventional",
    "Secondary study design": "Randomised controlled trial",
    "Overall trial end date": "31/12/2027",
    "Condition": "Neuroma",
    "Target number of participants": "110",
    "Countries of recruitment": "England, Ireland",
    "Primary outcome measure": "Phantom limb pain",
    "A column of 2030": "kept",
}


def read(folder: Path, content: str | bytes, registry: str) -> RegistryExport:
    file = folder / "export"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_registry_export(file, registry)


def only(found: RegistryExport) -> Registration:
    (entry,) = found.entries
    assert read_registration(entry.payload) == entry.registration
    return entry.registration


def test_every_field_of_isrctns_xml_is_read(tmp_path: Path) -> None:
    outputs = (
        '<output outputType="resultsarticle" dateUploaded="2026-01-01T00:00:00Z">'
        '<externalLink url="https://pubmed.ncbi.nlm.nih.gov/31688209/" /></output>'
        '<output outputType="protocolarticle">'
        '<externalLink url="https://pubmed.ncbi.nlm.nih.gov/31688210/" /></output>'
    )
    entry = isrctn_entry("99000001", listed="NCT99000009", status="Stopped", outputs=outputs)
    assert only(read(tmp_path, isrctn(entry), ISRCTN)) == Registration(
        registry=ISRCTN,
        number="ISRCTN99000001",
        title="Nerve surgery after amputation",
        official_title="A randomised trial of nerve surgery",
        summary="Surgery prevents neuroma & pain.",
        status="TERMINATED",
        study_type="INTERVENTIONAL",
        allocation="RANDOMIZED",
        phases=("NA",),
        enrolment=110,
        enrolment_type="ESTIMATED",
        start=RegistryDate("2024-10-01"),
        completion=RegistryDate("2027-12-31"),
        first_posted="2024-08-20",
        last_update_posted="2024-09-01",
        has_results=True,
        conditions=("Neuroma",),
        interventions=("TMR or burying",),
        countries=("Ireland", "United Kingdom"),
        primary_outcomes=(Outcome("Phantom limb pain", "12 months"),),
        secondary_outcomes=(Outcome("Quality of life"),),
        references=(Reference("31688209", "RESULT"), Reference("31688210", "BACKGROUND")),
        secondary_ids=("HTA 13/143", "CPMS 4711", "NCT99000009"),
        investigators=("Ada Nerve",),
        sponsor="A university",
    )


def test_the_publications_that_older_entries_list_are_references(tmp_path: Path) -> None:
    details = (
        "2011 Results article in http://www.ncbi.nlm.nih.gov/pubmed/21334061 results\n"
        "2007 Protocol in http://www.ncbi.nlm.nih.gov/pubmed/17397525"
    )
    entry = isrctn_entry("99000001").replace(
        "<publicationStage />",
        f"<publicationStage>Results</publicationStage><publicationDetails>{details}"
        "</publicationDetails>",
    )
    found = only(read(tmp_path, isrctn(entry), ISRCTN))
    assert found.references == (
        Reference("21334061", "RESULT"),
        Reference("17397525", "BACKGROUND"),
    )
    assert found.has_results


def test_every_column_of_isrctns_table_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, table(ROW), ISRCTN)
    assert only(found) == Registration(
        registry=ISRCTN,
        number="ISRCTN99000001",
        title="Nerve surgery",
        official_title="A randomised trial",
        status="ACTIVE_NOT_RECRUITING",
        study_type="INTERVENTIONAL",
        allocation="RANDOMIZED",
        enrolment=110,
        enrolment_type="ESTIMATED",
        completion=RegistryDate("2027-12-31"),
        first_posted="2024-08-20",
        last_update_posted="2024-09-01",
        conditions=("Neuroma",),
        countries=("Ireland", "United Kingdom"),
        primary_outcomes=(Outcome("Phantom limb pain"),),
        secondary_ids=("HTA 13/143", "CPMS 4711", "NCT99000009", "2019-000123-45"),
    )
    assert b"A column of 2030" in found.entries[0].payload.content


@pytest.mark.parametrize(
    ("status", "recruitment", "read_as"),
    [
        ("Completed", "No longer recruiting", "COMPLETED"),
        ("Stopped", "Stopped", "TERMINATED"),
        ("Suspended", "", "SUSPENDED"),
        ("Ongoing", "Recruiting", "RECRUITING"),
        ("Ongoing", "Not yet recruiting", "NOT_YET_RECRUITING"),
        ("Ongoing", "Who knows", "Ongoing"),
        ("", "Recruiting", ""),
    ],
)
def test_isrctns_two_statuses_are_one(
    tmp_path: Path, status: str, recruitment: str, read_as: str
) -> None:
    row = {**ROW, "Overall trial status": status, "Recruitment status": recruitment}
    assert only(read(tmp_path, table(row), ISRCTN)).status == read_as


def expected_of_ictrp() -> Registration:
    return Registration(
        registry=ICTRP,
        number="DRKS99000002",
        title="Nerve surgery after amputation",
        official_title="A trial of nerve surgery",
        status="Not Recruiting",
        study_type="INTERVENTIONAL",
        allocation="RANDOMIZED",
        phases=("NA",),
        enrolment=110,
        start=RegistryDate("2024-10-01"),
        first_posted="2024-08-20",
        last_update_posted="2024-12-30",
        conditions=("Neuroma", "Phantom limb"),
        interventions=("Procedure: TMR", "Procedure: burying"),
        countries=("Austria", "Germany"),
        primary_outcomes=(Outcome("Phantom limb pain (0 < NRS < 10)"),),
        secondary_ids=("U1111-1234-5678", "NCT99000009"),
        sponsor="A hospital",
    )


def test_every_field_of_ictrps_xml_is_read(tmp_path: Path) -> None:
    assert only(read(tmp_path, ictrp(ictrp_trial("DRKS99000002")), ICTRP)) == expected_of_ictrp()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_ictrps_table_gives_the_same_entry_as_its_xml(tmp_path: Path, delimiter: str) -> None:
    trial = ictrp_trial("DRKS99000002")
    spaced = {name.replace("_", " "): text for name, text in trial.items()}
    of_table = read(tmp_path, table(spaced, delimiter=delimiter), ICTRP)
    of_xml = read(tmp_path, ictrp(trial), ICTRP)
    assert only(of_table) == expected_of_ictrp()
    assert same_substance(of_xml.entries[0].payload, of_table.entries[0].payload)


def test_the_full_export_is_read_without_a_header(tmp_path: Path) -> None:
    fields = dict.fromkeys(ictrp_entries.FULL_EXPORT, "")
    fields |= {
        "TrialID": "EUCTR2019-000123-45-DE",
        "public_title": "Nerve surgery",
        "Scientific_Contact_Firstname": "Ada",
        "Scientific_Contact_Lastname": "Nerve",
        "Date_registration": "20/08/2024",
        "Recruitment_status": "Authorised-recruitment may be ongoing or finished",
        "type_enrolment": "actual",
        "Date_enrollement": "01/10/2024",
        "results_actual_enrollment": "108",
        "Target_size": "110",
        "results_date_completed": "2026-12-31",
        "results_yes_no": "Yes",
        "results_date_posted": "01/02/2027",
    }
    content = "\n".join(table(fields).split("\r\n")[1:])
    found = only(read(tmp_path, content, ICTRP))
    assert (found.number, found.title) == ("EUCTR2019-000123-45-DE", "Nerve surgery")
    assert found.investigators == ("Ada Nerve",)
    assert found.first_posted == "2024-08-20"
    assert found.status == "Authorised-recruitment may be ongoing or finished"
    assert (found.start, found.completion) == (
        RegistryDate("2024-10-01", "ACTUAL"),
        RegistryDate("2026-12-31"),
    )
    assert (found.enrolment, found.enrolment_type) == (108, "ACTUAL")
    assert (found.has_results, found.results_first_posted) == (True, "2027-02-01")


def test_a_date_that_is_not_understood_stays_as_printed(tmp_path: Path) -> None:
    trial = ictrp_trial("DRKS99000002", Date_enrollement="in spring", Date_registration3="soon")
    found = only(read(tmp_path, ictrp(trial), ICTRP))
    assert found.start == RegistryDate("in spring")
    assert found.first_posted == "2024-08-20"


# Versions


def test_the_registrys_own_stamps_make_no_version(tmp_path: Path) -> None:
    (first,) = read(tmp_path, isrctn(isrctn_entry("99000001")), ISRCTN).entries
    again = isrctn(isrctn_entry("99000001", updated="2025-01-01", version=4)).replace("\n", "\n  ")
    (second,) = read(tmp_path, again, ISRCTN).entries
    assert same_substance(first.payload, second.payload)
    stamps = {"Export_date": "01/07/2025", "Last_Refreshed_on": "6 January 2025"}
    trials = [ictrp_trial("DRKS99000002"), ictrp_trial("DRKS99000002", **stamps)]
    one, other = (read(tmp_path, ictrp(trial), ICTRP).entries[0].payload for trial in trials)
    assert same_substance(one, other)
    changed = isrctn(isrctn_entry("99000001", end="2029-01-31"))
    (third,) = read(tmp_path, changed, ISRCTN).entries
    assert not same_substance(first.payload, third.payload)


def test_the_order_of_fields_and_layout_make_no_other_payload(tmp_path: Path) -> None:
    trial = ictrp_trial("DRKS99000002")
    turned = dict(reversed(trial.items()))
    one, other = (read(tmp_path, ictrp(each), ICTRP).entries[0] for each in (trial, turned))
    assert one.payload == other.payload


def test_a_poorer_export_blanks_nothing(tmp_path: Path) -> None:
    rich = read(tmp_path, isrctn(isrctn_entry("99000001")), ISRCTN).entries[0].payload
    poor = read(tmp_path, table({"ISRCTN": "99000001", "Title": "New"}), ISRCTN).entries[0].payload
    before, after, again = read_versions([rich, poor, poor])
    assert (after.title, after.enrolment, after.countries) == (
        "New",
        before.enrolment,
        before.countries,
    )
    assert again == after


def test_what_an_export_has_a_field_for_may_be_taken_out(tmp_path: Path) -> None:
    payloads = [
        read(tmp_path, ictrp(ictrp_trial("DRKS99000002", Target_size=size)), ICTRP)
        .entries[0]
        .payload
        for size in ("110", "")
    ]
    assert [version.enrolment for version in read_versions(payloads)] == [110, None]


@given(
    st.dictionaries(
        st.sampled_from(sorted(ictrp_trial("X1"))), st.text(max_size=30), min_size=1, max_size=8
    )
)
def test_a_version_of_fewer_fields_leaves_the_others(fields: dict[str, str]) -> None:
    whole = ictrp_entries.named_alike(ictrp_trial("DRKS99000002"))
    few = {**fields, "TrialID": "DRKS99000002"}
    payloads = [
        Payload(json.dumps(each).encode("utf-8", "replace"), ictrp_entries.MEDIA_TYPE)
        for each in (whole, few)
    ]
    before, after = read_versions(payloads)
    for name in ("sponsor", "enrolment", "conditions", "countries", "title", "secondary_ids"):
        assert not getattr(before, name) or getattr(after, name)


# What is no entry, and hostile files


def test_entries_that_are_none_are_named_and_the_others_taken(tmp_path: Path) -> None:
    entries = [
        isrctn_entry("99000001"),
        "<fullTrial/>",
        isrctn_entry("99000003").replace("99", "x"),
    ]
    found = read(tmp_path, isrctn(*entries), ISRCTN)
    assert [entry.registration.number for entry in found.entries] == ["ISRCTN99000001"]
    assert [line.reason for line in found.unread] == [
        "this entry has no <trial>",
        "this entry has no ISRCTN number",
    ]


def test_of_a_number_that_stands_twice_the_first_entry_counts(tmp_path: Path) -> None:
    trials = [ictrp_trial("DRKS99000002"), ictrp_trial("DRKS99000002", Public_title="Other")]
    found = read(tmp_path, ictrp(*trials, trials[0]), ICTRP)
    assert only(found).title == "Nerve surgery after amputation"
    assert [line.reason for line in found.unread] == [
        "DRKS99000002 stands in the file twice; the first entry counts"
    ]


def test_rows_that_do_not_fit_are_named(tmp_path: Path) -> None:
    content = "TrialID,Public title\nDRKS99000002,A\nDRKS99000003\nno number,B\n"
    found = read(tmp_path, content, ICTRP)
    assert only(found).number == "DRKS99000002"
    assert [(line.line, line.reason) for line in found.unread] == [
        (3, "a row of 1 cells where the header has 2"),
        (4, "this entry has no number of a registry (TrialID)"),
    ]


def test_a_gzipped_file_and_another_encoding_are_read(tmp_path: Path) -> None:
    trial = ictrp_trial("DRKS99000002", Public_title="Zürich")
    xml = ictrp(trial).replace("UTF-8", "ISO-8859-1").encode("iso-8859-1")
    assert only(read(tmp_path, gzip.compress(xml), ICTRP)).title == "Zürich"
    xml = ictrp(trial).replace("UTF-8", "UTF-16").encode("utf-16")
    assert only(read(tmp_path, xml, ICTRP)).title == "Zürich"
    assert only(read(tmp_path, table(trial).encode("cp1252"), ICTRP)).title == "Zürich"
    assert only(read(tmp_path, table(trial).encode("utf-16"), ICTRP)).title == "Zürich"


ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
DEEP = "<a>" * 300 + "</a>" * 300


@pytest.mark.parametrize(
    ("content", "registry", "sentence"),
    [
        (ENTITY + isrctn(isrctn_entry("99000001", title="&e;")), ISRCTN, "declares XML entities"),
        (isrctn(isrctn_entry("99000001", title=DEEP)), ISRCTN, "not whole XML of ISRCTN"),
        (isrctn(isrctn_entry("99000001"))[:-30], ISRCTN, "not whole XML of ISRCTN"),
        (ictrp(ictrp_trial("DRKS99000002")), ISRCTN, "not an export of ISRCTN: it begins with <Tr"),
        (isrctn(isrctn_entry("99000001")), ICTRP, "not an export of WHO ICTRP: it begins with <al"),
        ("<html><body>Error</body></html>", ICTRP, "begins with <html>, not <Trials_downloaded"),
        ("<Trials_downloaded_from_ICTRP/>", ICTRP, "holds no entry of WHO ICTRP"),
        ("", ISRCTN, "the table has no row"),
        ("Title,Year\nA,2020\n", ISRCTN, "no column of the table is the ISRCTN number"),
        ("Title,Year\nA,2020\n", ICTRP, "no column of the table is the TrialID"),
        ("ISRCTN,Title\n", ISRCTN, "holds no entry of ISRCTN"),
        ('TrialID,Title\n"NCT1', ICTRP, "holds no entry|cannot be read"),
        (b"PK\x03\x04rest", ISRCTN, "a ZIP file"),
        (b"TrialID,Title\nNCT1,\x00\n", ICTRP, "binary data"),
        (b"<?xml version='1.0' encoding='UTF-8'?><allTrials>\xff</allTrials>", ISRCTN, "not whole"),
    ],
)
def test_what_is_no_export_is_refused_in_a_sentence(
    tmp_path: Path, content: str | bytes, registry: str, sentence: str
) -> None:
    with pytest.raises(UnreadableInput, match=sentence) as refused:
        read(tmp_path, content, registry)
    assert str(tmp_path / "export") in str(refused.value)


def test_an_endless_field_is_no_entry(tmp_path: Path) -> None:
    trials = [ictrp_trial("DRKS99000002"), ictrp_trial("DRKS99000003", Condition="x" * 1_100_000)]
    found = read(tmp_path, ictrp(*trials), ICTRP)
    assert only(found).number == "DRKS99000002"
    assert [line.reason for line in found.unread] == [
        "the field “Condition” has more than 1,048,576 characters"
    ]


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(b"<allTrials>" + (b"<x>" + b" " * 4_000_000 + b"</x>") * 5)
    with pytest.raises(UnreadableInput, match="is not read"):
        read(tmp_path, bomb, ISRCTN)


@pytest.mark.parametrize(
    ("name", "registry"),
    [
        ("ISRCTN", ISRCTN),
        ("isrctn", ISRCTN),
        ("ICTRP", ICTRP),
        ("Who  ictrp", ICTRP),
        ("DRKS", None),
    ],
)
def test_a_registry_is_known_by_its_names(name: str, registry: str | None) -> None:
    assert registry_named(name) == registry


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_a_registration_or_a_sentence(content: bytes) -> None:
    for media_type in ("isrctn+xml", "isrctn+json", "ictrp+json"):
        try:
            read_registration(Payload(content, f"application/vnd.surveil.{media_type}"))
        except UnreadableInput as fault:
            assert str(fault)
