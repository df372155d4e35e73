"""An entry of the ISRCTN registry in its API's XML → `Registration`.

The API (`/api/query/format/default`) answers `<allTrials><fullTrial>`; below an entry stand
`<trial>` and, beside it, its contacts, sponsors and funders. Layout after answers captured in
public repositories in 2026 and after the classes that read it in ctrdata (rfhb/ctrdata), ECRIN's
MDR downloader and ToolUniverse. It prints no status but what the registry set by hand: what the
website shows follows from the dates and the day, and stays empty here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml.etree import _Element

from surveillance.errors import UnreadableInput
from surveillance.records.payload import Payload
from surveillance.studies import vocabulary
from surveillance.studies.registrations import (
    ISRCTN,
    Outcome,
    Reference,
    Registration,
    RegistryDate,
)
from surveillance.studies.registry_text import count_of, distinct, iso_date, items_of, plain

MEDIA_TYPE = "application/vnd.surveil.isrctn+xml"
ROOT, ENTRY = "allTrials", "fullTrial"

#: Attributes that count the registry's own saving of an entry.
_STAMPS = ("lastUpdated", "version")
_NUMBER = re.compile(r"(?:ISRCTN)?([0-9]{1,8})", re.IGNORECASE)
_PUBMED = re.compile(r"(?:ncbi\.nlm\.nih\.gov/(?:m/)?pubmed|pubmed\.ncbi\.nlm\.nih\.gov)/(\d{1,8})")
#: What stands in `<externalRefs>` beside the registry's own DOI.
_NUMBERS = (
    "protocolSerialNumber",
    "clinicalTrialsGovNumber",
    "eudraCTNumber",
    "ctisNumber",
    "irasNumber",
)


def kept(element: _Element) -> Payload:
    """An entry as it is kept: canonical XML without the white space that only lays it out."""
    for node in element.iter(etree.Element):
        node.text = node.text if (node.text or "").strip() else None
        node.tail = node.tail if (node.tail or "").strip() else None
    element.tail = None
    content: bytes = etree.tostring(element, method="c14n", with_comments=False)
    return Payload(content, MEDIA_TYPE)


def substance(content: bytes) -> object:
    """What two payloads must share to be one version: all but the registry's own counters."""
    entry = _parsed(content)
    trial = entry.find("{*}trial")
    for name in _STAMPS if trial is not None else ():
        if trial is not None and name in trial.attrib:
            del trial.attrib[name]
    canonical: bytes = etree.tostring(entry, method="c14n")
    return canonical


def read_isrctn(content: bytes) -> Registration:
    """The registration in an entry as it was kept; elements that are missing stay empty.

    Raises `UnreadableInput` where the entry is not XML or has no number of the registry.
    """
    entry = _parsed(content)
    trial = entry.find("{*}trial")
    if trial is None:
        raise UnreadableInput("this entry has no <trial>.")
    return Registration(
        registry=ISRCTN,
        number=_number(trial),
        title=_text(trial, "trialDescription/title"),
        official_title=_text(trial, "trialDescription/scientificTitle"),
        acronym=_text(trial, "trialDescription/acronym"),
        summary=_text(trial, "trialDescription/plainEnglishSummary")
        or _text(trial, "trialDescription/studyHypothesis"),
        sponsor=_text(entry, "sponsor/organisation"),
        investigators=tuple(_investigators(entry)),
        secondary_ids=_secondary_ids(trial),
        **_status(trial),
        **_results(trial),
        **_design(trial),
        **_plan(trial),
    )


def registry_number(printed: str) -> str:
    """ISRCTN and eight digits; raises `UnreadableInput` for anything else."""
    found = _NUMBER.fullmatch(printed.strip())
    if not found:
        raise UnreadableInput("this entry has no ISRCTN number.")
    return f"ISRCTN{found[1].zfill(8)}"


def _parsed(content: bytes) -> _Element:
    parser = etree.XMLParser(
        load_dtd=False, no_network=True, resolve_entities=False, huge_tree=False, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as fault:
        raise UnreadableInput(f"this entry of ISRCTN is not XML: {fault.msg}.") from None


def _number(trial: _Element) -> str:
    canonical = trial.get("publicIdentifierCanonical", "")
    return registry_number(canonical or _text(trial, "isrctn"))


def _status(trial: _Element) -> dict[str, Any]:
    set_by_hand = (
        _text(trial, "trialDesign/overallStatusOverride"),
        _text(trial, "participants/recruitmentStatusOverride"),
    )
    status = next(filter(None, set_by_hand), "")
    assigned = trial.find("{*}isrctn")
    days = [trial.get("publicIdentifierDateAssigned", "")]
    days += [] if assigned is None else [assigned.get("dateAssigned", "")]
    return {
        "status": vocabulary.ISRCTN_STATUS.get(status.casefold(), status),
        "why_stopped": _text(trial, "trialDesign/reasonAbandoned"),
        "start": _date(trial, "participants/recruitmentStart", "trialDesign/overallStartDate"),
        "completion": _date(trial, "trialDesign/overallEndDate"),
        "first_posted": next(filter(None, map(iso_date, days)), ""),
        "last_update_posted": iso_date(trial.get("lastUpdated", "")),
    }


def _results(trial: _Element) -> dict[str, Any]:
    """Results are mostly publications that the registry lists, and count as posted."""
    outputs = list(_outputs(trial))
    told = _text(trial, "results/publicationStage").casefold() == "results"
    reported = told or bool(_text(trial, "results/basicReport"))
    reported = reported or any("results" in kind for kind, _ in outputs)
    listed = (_PUBMED.findall(line) for line in _lines(trial, "results/publicationDetails"))
    references = [
        Reference(pmid, "RESULT" if "results" in kind else "BACKGROUND")
        for kind, address in outputs
        for pmid in _PUBMED.findall(address)
    ]
    references += [
        Reference(pmid, "RESULT" if "result" in line.casefold() else "BACKGROUND")
        for line, pmids in zip(_lines(trial, "results/publicationDetails"), listed, strict=True)
        for pmid in pmids
    ]
    return {"has_results": reported, "references": tuple(dict.fromkeys(references))}


def _outputs(trial: _Element) -> Iterator[tuple[str, str]]:
    """The kind and the address of each output: “resultsarticle”, “protocolarticle”, …"""
    for output in trial.findall("{*}outputs/{*}output"):
        kind = output.get("outputType", "") or _text(output, "outputType")
        link = output.find("{*}externalLink")
        address = "" if link is None else link.get("url", "") or _text(output, "externalLink")
        yield kind.casefold().replace(" ", ""), address


def _design(trial: _Element) -> dict[str, Any]:
    enrolled = count_of(_text(trial, "participants/totalFinalEnrolment"))
    planned = count_of(_text(trial, "participants/targetEnrolment"))
    size, kind = (enrolled, "ACTUAL") if enrolled else (planned, "ESTIMATED" if planned else "")
    design = "trialDesign/"
    return {
        "study_type": vocabulary.study_type(_text(trial, f"{design}primaryStudyDesign")),
        "allocation": vocabulary.allocation(
            _text(trial, f"{design}interventionalTrialDesign/allocation"),
            _text(trial, f"{design}secondaryStudyDesign"),
            _text(trial, f"{design}studyDesign"),
        ),
        # “Not Applicable” is an answer here.
        "phases": vocabulary.phases(
            trial.findtext(_anywhere("interventions/intervention/phase"), "")
        ),
        "enrolment": size,
        "enrolment_type": kind,
    }


def _plan(trial: _Element) -> dict[str, Any]:
    named = _texts(trial, "conditions/condition/description")
    classes = _texts(trial, "conditions/condition/diseaseClass1")
    drugs = (items_of(text) for text in _texts(trial, "interventions/intervention/drugNames"))
    described = _texts(trial, "interventions/intervention/description")
    places = map(vocabulary.country, _texts(trial, "participants/recruitmentCountries/country"))
    return {
        "conditions": named or classes,
        "interventions": distinct([*(drug for some in drugs for drug in some), *described]),
        "countries": tuple(sorted(distinct(places))),
        "primary_outcomes": _outcomes(trial, "primary"),
        "secondary_outcomes": _outcomes(trial, "secondary"),
    }


def _outcomes(trial: _Element, which: str) -> tuple[Outcome, ...]:
    """Each measure where the entry has them apart, else the one text of older entries."""
    apart = trial.findall(f"{{*}}trialDescription/{{*}}{which}Outcomes/{{*}}outcomeMeasure")
    found = [Outcome(_text(one, "variable"), _text(one, "timepoints")) for one in apart]
    if measured := tuple(one for one in found if one.measure):
        return measured
    told = _text(trial, f"trialDescription/{which}Outcome")
    return (Outcome(told),) if told else ()


def _investigators(entry: _Element) -> Iterator[str]:
    for contact in entry.findall("{*}contact"):
        kinds = _texts(contact, "contactTypes/contactType")
        name = " ".join(filter(None, (_text(contact, "forename"), _text(contact, "surname"))))
        if name and any("investigator" in kind.casefold() for kind in kinds):
            yield name


def _secondary_ids(trial: _Element) -> tuple[str, ...]:
    printed = [_text(trial, f"externalRefs/{name}") for name in _NUMBERS]
    printed += _texts(trial, "externalRefs/secondaryNumbers/secondaryNumber")
    parts = (part.strip() for text in printed for part in re.split(r"[;,]", text))
    return distinct(map(plain, parts))


def _date(trial: _Element, *paths: str) -> RegistryDate | None:
    printed = next(filter(None, (_text(trial, path) for path in paths)), "")
    return RegistryDate(iso_date(printed) or printed) if printed else None


def _lines(element: _Element, path: str) -> list[str]:
    found = element.find(_anywhere(path))
    return (found.text or "").splitlines() if found is not None else []


def _text(element: _Element, path: str) -> str:
    found = element.find(_anywhere(path))
    return "" if found is None else plain("".join(map(str, found.itertext())))


def _texts(element: _Element, path: str) -> tuple[str, ...]:
    found = (plain("".join(map(str, node.itertext()))) for node in element.findall(_anywhere(path)))
    return distinct(found)


def _anywhere(path: str) -> str:
    """A path whose elements may be of any namespace: it has one, and older copies have none."""
    return "/".join(f"{{*}}{name}" for name in path.split("/"))
