"""A row of the CSV that ISRCTN's website exports → `Registration`.

No such file could be seen. Its columns are taken to be the labels of the registry's record page,
old and new, as ECRIN's MDR reads that page (“Overall trial status”, “Reason abandoned (if study
stopped)”); a column of another name is kept and not read. docs/registries.md says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from surveillance.studies import vocabulary
from surveillance.studies.entries import fields_of
from surveillance.studies.isrctn import registry_number
from surveillance.studies.registrations import ISRCTN, Outcome, Registration, RegistryDate
from surveillance.studies.registry_text import count_of, distinct, iso_date, items_of, plain
from surveillance.studies.tables import column_key

MEDIA_TYPE = "application/vnd.surveil.isrctn+json"

#: What a column says → its names, letters and digits alone.
_COLUMNS = {
    "number": ("isrctn", "isrctnid", "isrctnnumber"),
    "title": ("title", "publictitle", "trialtitle", "studytitle"),
    "scientific title": ("scientifictitle",),
    "acronym": ("acronym", "trialacronym", "studyacronym"),
    "status": ("overalltrialstatus", "overallstudystatus", "overallstatus"),
    "recruitment": ("recruitmentstatus",),
    "why stopped": ("reasonabandonedifstudystopped", "reasonabandoned"),
    "assigned": ("dateassigned", "registrationdate", "dateofregistration"),
    "edited": ("lastedited", "lastupdated"),
    "summary": ("plainenglishsummary", "plainenglishsummaryofprotocol"),
    "hypothesis": ("studyhypothesis", "studyobjectives"),
    "eudract": ("eudractnumber", "eudractctisnumber", "clinicaltrialsinformationsystemctis"),
    "iras": ("irasnumber", "integratedresearchapplicationsystemiras"),
    "nct": ("clinicaltrialsgovnumber", "clinicaltrialsgovnct"),
    "serial": ("protocolserialnumber", "secondaryidentifyingnumbers"),
    "primary design": ("primarystudydesign",),
    "secondary design": ("secondarystudydesign",),
    "allocation": ("allocation",),
    "design": ("studydesign",),
    "start": ("recruitmentstartdate", "recruitmentstart", "dateoffirstenrolment"),
    "trial start": ("overalltrialstartdate", "overallstudystartdate"),
    "end": ("overalltrialenddate", "overallstudyenddate"),
    "conditions": ("healthconditionsorproblemsstudied", "conditions", "condition"),
    "intervention": ("intervention", "interventions"),
    "drugs": ("drugnames", "drugdevicebiologicalvaccinenames"),
    "phase": ("phase",),
    "primary outcome": ("primaryoutcomemeasure", "primaryoutcomemeasures"),
    "secondary outcome": ("secondaryoutcomemeasure", "secondaryoutcomemeasures"),
    "target": ("targetnumberofparticipants", "targetenrolment", "targetsamplesize"),
    "enrolled": ("totalfinalenrolment",),
    "countries": ("countriesofrecruitment", "recruitmentcountries"),
    "sponsor": ("sponsor", "sponsororganisation"),
    "investigator": ("principalinvestigator",),
    "stage": ("publicationstage",),
}
_BY_KEY = {key: name for name, keys in _COLUMNS.items() for key in keys}


def names_a_number(columns: Mapping[str, str]) -> bool:
    """Whether a row has the column without which nothing is an entry."""
    return any(_BY_KEY.get(column_key(name)) == "number" for name in columns)


def substance(content: bytes) -> object:
    """What two payloads must share to be one version: all but the day of the last edit."""
    cells = fields_of(content).items()
    return {name: text for name, text in cells if _BY_KEY.get(column_key(name)) != "edited"}


def read_isrctn_row(content: bytes) -> Registration:
    """The registration in a row as it was kept; columns that are missing stay empty.

    Raises `UnreadableInput` where the row has no number of the registry.
    """
    cells = _cells(content)
    return Registration(
        registry=ISRCTN,
        number=registry_number(cells.get("number", "")),
        title=_text(cells, "title"),
        official_title=_text(cells, "scientific title"),
        acronym=_text(cells, "acronym"),
        summary=_text(cells, "summary") or _text(cells, "hypothesis"),
        sponsor=_text(cells, "sponsor"),
        investigators=items_of(cells.get("investigator", "")),
        secondary_ids=_secondary_ids(cells),
        has_results=_text(cells, "stage").casefold() == "results",
        **_status(cells),
        **_design(cells),
        **_plan(cells),
    )


def _cells(content: bytes) -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, text in fields_of(content).items():
        if known := _BY_KEY.get(column_key(name)):
            cells[known] = cells.get(known) or text
    return cells


def _status(cells: Mapping[str, str]) -> dict[str, Any]:
    printed, recruitment = _text(cells, "status"), _text(cells, "recruitment")
    mapped = vocabulary.ISRCTN_STATUS.get(printed.casefold())
    if mapped is None and printed.casefold() == "ongoing":
        mapped = vocabulary.ISRCTN_RECRUITMENT.get(recruitment.casefold())
    return {
        "status": mapped or printed,
        "why_stopped": _text(cells, "why stopped"),
        "start": _date(cells, "start") or _date(cells, "trial start"),
        "completion": _date(cells, "end"),
        "first_posted": iso_date(cells.get("assigned", "")),
        "last_update_posted": iso_date(cells.get("edited", "")),
    }


def _design(cells: Mapping[str, str]) -> dict[str, Any]:
    enrolled, planned = (count_of(cells.get(name, "")) for name in ("enrolled", "target"))
    size, kind = (enrolled, "ACTUAL") if enrolled else (planned, "ESTIMATED" if planned else "")
    designs = (_text(cells, name) for name in ("allocation", "secondary design", "design"))
    return {
        "study_type": vocabulary.study_type(_text(cells, "primary design")),
        "allocation": vocabulary.allocation(*designs),
        "phases": vocabulary.phases(cells.get("phase", "")),
        "enrolment": size,
        "enrolment_type": kind,
    }


def _plan(cells: Mapping[str, str]) -> dict[str, Any]:
    countries = (
        vocabulary.country(part.strip())
        for item in items_of(cells.get("countries", ""))
        for part in item.split(",")
    )
    outcomes = {
        f"{which}_outcomes": (Outcome(told),) if told else ()
        for which in ("primary", "secondary")
        for told in [_text(cells, f"{which} outcome")]
    }
    return {
        "conditions": items_of(cells.get("conditions", "")),
        "interventions": distinct(
            [*items_of(cells.get("drugs", "")), _text(cells, "intervention")]
        ),
        "countries": tuple(sorted(distinct(countries))),
        **outcomes,
    }


def _secondary_ids(cells: Mapping[str, str]) -> tuple[str, ...]:
    printed = (cells.get(name, "") for name in ("serial", "nct", "eudract", "iras"))
    parts = (part for text in printed for part in re.split(r"[;,\n]", text))
    return distinct(map(plain, parts))


def _date(cells: Mapping[str, str], name: str) -> RegistryDate | None:
    printed = _text(cells, name)
    return RegistryDate(iso_date(printed) or printed) if printed else None


def _text(cells: Mapping[str, str], name: str) -> str:
    return plain(cells.get(name, ""))
