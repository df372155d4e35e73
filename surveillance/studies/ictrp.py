"""An entry of WHO's ICTRP as its search portal or its full export prints it → `Registration`.

An entry is flat: some sixty named fields of text. The portal's XML (“Export results to XML”) has
one `<Trial>` an entry below `<Trials_downloaded_from_ICTRP>`; its CSV and the full export
(without a header) have the same fields under names that differ in case, blanks and number. Layout
after exports described in public repositories: one of 3,030 entries and one of 292, both of 2026
(Date_registration3 is YYYYMMDD, texts hold `<br>` and CR), WHO's list of the full export's fields
(`ICTRP_export_datafields.txt`, 22 May 2020, in worcjamessmith/COVID-trial-characteristics) and
its table of each registry's dates. WHO's Trial Registration Data Set 1.3.1 says what a field
means. docs/registries.md says what could not be verified.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveillance.errors import UnreadableInput
from surveillance.studies import vocabulary
from surveillance.studies.entries import fields_of
from surveillance.studies.registrations import ICTRP, Outcome, Registration, RegistryDate
from surveillance.studies.registry_text import count_of, distinct, iso_date, items_of, plain
from surveillance.studies.tables import column_key

MEDIA_TYPE = "application/vnd.surveil.ictrp+json"
ROOT, ENTRY = "Trials_downloaded_from_ICTRP", "Trial"

_FULL_EXPORT = """
TrialID SecondaryIDs public_title Scientific_title url Public_Contact_Firstname
Public_Contact_Lastname Public_Contact_Address Public_Contact_Email Public_Contact_Tel
Public_Contact_Affiliation Scientific_Contact_Firstname Scientific_Contact_Lastname
Scientific_Contact_Address Scientific_Contact_Email Scientific_Contact_Tel
Scientific_Contact_Affiliation study_type study_design phase Date_registration
Date_enrollement Target_size Recruitment_status Primary_sponsor Secondary_sponsors
Source_Support Countries Conditions Interventions Agemin Agemax Gender Inclusion_Criteria
Exclusion_Criteria Primary_Outcome Secondary_Outcomes Bridging_flag Bridged_type Childs
type_enrolment Retrospective_flag results_actual_enrollment results_url_link results_summary
results_date_posted results_date_first_publication results_baseline_char
results_participant_flow results_adverse_events results_outcome_measures results_url_protocol
results_IPD_plan results_IPD_description results_date_completed results_yes_no Ethics_Status
Ethics_Approval_Date Ethics_Contact_Name Ethics_Contact_Address Ethics_Contact_Phone
Ethics_Contact_Email
"""
#: The columns of the full export, which prints no header, in their order.
FULL_EXPORT = tuple(_FULL_EXPORT.split())
#: The portal's XML names of the fields that are read; other names of them beside.
_NAMES = {
    "TrialID": ("mainid",),
    "Secondary_ID": ("secondaryids",),
    "Public_title": (),
    "Scientific_title": (),
    "Acronym": (),
    "Primary_sponsor": (),
    "Date_registration3": (),
    "Date_registration": (),
    "Last_Refreshed_on": (),
    "Export_date": (),
    "Internal_Number": (),
    "Recruitment_Status": (),
    "Date_enrollement": ("dateenrolment", "dateenrollment"),
    "type_enrolment": (),
    "Target_size": (),
    "Study_type": (),
    "Study_design": (),
    "Phase": (),
    "Countries": (),
    "Condition": ("conditions",),
    "Intervention": ("interventions",),
    "Primary_outcome": ("primaryoutcomes",),
    "Secondary_outcome": ("secondaryoutcomes",),
    "Scientific_Contact_Firstname": (),
    "Scientific_Contact_Lastname": (),
    "results_yes_no": (),
    "results_date_posted": (),
    "results_date_completed": (),
    "results_actual_enrollment": (),
    "results_url_link": (),
}
_BY_KEY = {key: name for name, more in _NAMES.items() for key in (column_key(name), *more)}
#: The portal's stamps, which every export or refresh changes.
_STAMPS = frozenset({"Export_date", "Last_Refreshed_on", "Internal_Number"})
_EXPECTED = {"anticipated": "ESTIMATED", "actual": "ACTUAL"}


def named_alike(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of an entry by the portal's names, so that XML and CSV give the same entry."""
    alike: dict[str, str] = {}
    for name, text in fields.items():
        known = _BY_KEY.get(column_key(name), "_".join(name.split()))
        alike[known] = alike.get(known) or text.strip()
    return alike


def substance(content: bytes) -> object:
    """What two payloads must share to be one version: all but the portal's stamps."""
    return {name: text for name, text in fields_of(content).items() if name not in _STAMPS}


def read_ictrp(content: bytes) -> Registration:
    """The registration in an entry as it was kept; fields that are missing stay empty.

    Raises `UnreadableInput` where the entry has no number.
    """
    fields = fields_of(content)
    number = plain(fields.get("TrialID", ""))
    if not number or not any(sign.isdigit() for sign in number) or len(number) > 60:
        raise UnreadableInput("this entry has no number of a registry (TrialID).")
    return Registration(
        registry=ICTRP,
        number=number.upper() if number.upper().startswith("NCT") else number,
        title=_text(fields, "Public_title"),
        official_title=_text(fields, "Scientific_title"),
        acronym=_text(fields, "Acronym"),
        sponsor=_text(fields, "Primary_sponsor"),
        investigators=_investigators(fields),
        secondary_ids=_items(fields, "Secondary_ID"),
        **_status(fields),
        **_design(fields),
        **_plan(fields),
    )


def _status(fields: Mapping[str, str]) -> dict[str, Any]:
    printed = _text(fields, "Recruitment_Status")
    registered = (iso_date(fields.get(n, "")) for n in ("Date_registration3", "Date_registration"))
    posted = iso_date(fields.get("results_date_posted", ""))
    told = _text(fields, "results_yes_no").casefold() == "yes"
    return {
        "status": vocabulary.ICTRP_STATUS.get(printed.casefold(), printed),
        "start": _date(fields, "Date_enrollement", "type_enrolment"),
        "completion": _date(fields, "results_date_completed"),
        "first_posted": next(filter(None, registered), ""),
        "last_update_posted": iso_date(fields.get("Last_Refreshed_on", "")),
        "results_first_posted": posted,
        "has_results": told or bool(posted or _text(fields, "results_url_link")),
    }


def _design(fields: Mapping[str, str]) -> dict[str, Any]:
    enrolled = count_of(fields.get("results_actual_enrollment", ""))
    planned = count_of(fields.get("Target_size", ""))
    size, kind = (enrolled, "ACTUAL") if enrolled else (planned, "")
    return {
        "study_type": vocabulary.study_type(_text(fields, "Study_type")),
        "allocation": vocabulary.allocation(_text(fields, "Study_design")),
        "phases": vocabulary.phases(fields.get("Phase", "")),
        "enrolment": size,
        "enrolment_type": kind,
    }


def _plan(fields: Mapping[str, str]) -> dict[str, Any]:
    countries = map(vocabulary.country, _items(fields, "Countries"))
    return {
        "conditions": _items(fields, "Condition"),
        "interventions": _items(fields, "Intervention"),
        "countries": tuple(sorted(distinct(countries))),
        "primary_outcomes": tuple(map(Outcome, _items(fields, "Primary_outcome"))),
        "secondary_outcomes": tuple(map(Outcome, _items(fields, "Secondary_outcome"))),
    }


def _investigators(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Whom WHO's data set asks for scientific queries (item 8): the principal investigator.

    The portal mixes them with those for the public, so that it names none for certain.
    """
    names = (_text(fields, f"Scientific_Contact_{part}name") for part in ("First", "Last"))
    name = " ".join(filter(None, names))
    return (name,) if name and ";" not in name else ()


def _date(fields: Mapping[str, str], name: str, kind: str = "") -> RegistryDate | None:
    """A date in ISO's form where it is understood, else as printed."""
    printed = _text(fields, name)
    if not printed:
        return None
    told = _EXPECTED.get(_text(fields, kind).casefold(), "") if kind else ""
    return RegistryDate(iso_date(printed) or printed, told)


def _text(fields: Mapping[str, str], name: str) -> str:
    return plain(fields.get(name, ""))


def _items(fields: Mapping[str, str], name: str) -> tuple[str, ...]:
    return items_of(fields.get(name, ""))
