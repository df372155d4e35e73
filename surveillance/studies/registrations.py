"""A study document of ClinicalTrials.gov (API version 2) → `Registration`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from surveillance.errors import UnreadableInput
from surveillance.records.model import IndexedHeading
from surveillance.studies.document_parts import (
    Module,
    count_of,
    flag_of,
    part_of,
    parts_of,
    text_of,
    texts_of,
)
from surveillance.studies.posted_results import PostedResults
from surveillance.studies.registry_text import distinct

# The largest documents hold results of some megabytes (NCT02513394: 1.5 MB).
MAX_BYTES = 20_000_000

#: Where a registration is read: at its own registry, or in the copy that WHO's ICTRP has of it.
CLINICALTRIALS, ISRCTN, ICTRP = "ClinicalTrials.gov", "ISRCTN", "WHO ICTRP"

_NCT = re.compile(r"NCT[0-9]{8}")


@dataclass(frozen=True, slots=True)
class RegistryDate:
    """A date as printed, to the day, month or year, and whether it is ACTUAL or ESTIMATED."""

    text: str
    type: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial measures, and when."""

    measure: str
    time_frame: str = ""


@dataclass(frozen=True, slots=True)
class Arm:
    """A group of participants as the registry names it, and what kind of arm it is."""

    label: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A publication that the registration lists: RESULT, DERIVED (linked by NLM) or BACKGROUND."""

    pmid: str
    type: str
    citation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One dated content of a registry entry, in ClinicalTrials.gov's values.

    An empty text, an empty tuple or None: the document does not say. `aliases` are numbers that
    the trial had before in the same registry (ClinicalTrials.gov: nctIdAliases); `secondary_ids`
    those that others gave it, the sponsor's first: EudraCT, ISRCTN, WHO's universal number,
    grants. `under_review`: results were submitted, not taken back, and are not posted yet.
    `delay_certified` is the day on which the sponsor certified that results may come later.
    `posted` are the results that the registry shows.
    `registry` is where it was read, which for WHO's ICTRP is not the registry that gave the number.
    """

    number: str
    aliases: tuple[str, ...] = ()
    title: str = ""
    official_title: str = ""
    status: str = ""
    why_stopped: str = ""
    study_type: str = ""
    allocation: str = ""
    phases: tuple[str, ...] = ()
    enrolment: int | None = None
    enrolment_type: str = ""
    start: RegistryDate | None = None
    primary_completion: RegistryDate | None = None
    completion: RegistryDate | None = None
    first_posted: str = ""
    last_update_posted: str = ""
    results_first_posted: str = ""
    has_results: bool = False
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    summary: str = ""
    primary_outcomes: tuple[Outcome, ...] = ()
    references: tuple[Reference, ...] = ()
    acronym: str = ""
    keywords: tuple[str, ...] = ()
    mesh_terms: tuple[str, ...] = ()
    secondary_ids: tuple[str, ...] = ()
    investigators: tuple[str, ...] = ()
    sponsor: str = ""
    first_submitted: str = ""
    results_first_submitted: str = ""
    under_review: bool = False
    delay_certified: str = ""
    primary_purpose: str = ""
    intervention_types: tuple[str, ...] = ()
    arms: tuple[Arm, ...] = ()
    secondary_outcomes: tuple[Outcome, ...] = ()
    fda_regulated_drug: bool | None = None
    fda_regulated_device: bool | None = None
    registry: str = CLINICALTRIALS
    posted: PostedResults | None = None

    @property
    def identifier(self) -> str:
        """What a strategy's evaluation calls it."""
        return self.number

    def headings(self) -> tuple[IndexedHeading, ...]:
        """The MeSH terms that the registry derives from conditions and interventions."""
        return tuple(map(IndexedHeading, self.mesh_terms))

    def passages(self, part: str) -> tuple[str, ...]:
        """The texts that a strategy searches as a record's: its words, or none that it lacks."""
        match part:
            case "title":
                return tuple(filter(None, (self.title, self.official_title, self.acronym)))
            case "abstract":
                return (self.summary,) if self.summary else ()
            case "keyword":
                return (*self.keywords, *self.conditions, *self.interventions)
            case "identifier":
                return (self.number, *self.aliases)
        return ()

    @property
    def randomised(self) -> bool:
        """True where participants are allocated at random."""
        return self.allocation == "RANDOMIZED"

    @property
    def kept_under(self) -> str:
        """What its versions are kept under: its number, or for ICTRP's copy a name of its own.

        A copy is never a version of the entry that it was copied from.
        """
        return f"ICTRP:{self.number}" if self.registry == ICTRP else self.number

    @property
    def texts(self) -> tuple[str, ...]:
        """What the registration says of itself in words."""
        outcomes = (outcome.measure for outcome in self.primary_outcomes)
        named = (*self.conditions, *self.interventions, *outcomes)
        return tuple(filter(None, (self.title, self.official_title, self.summary, *named)))


def read_study(content: bytes) -> Registration:
    """The registration in a study document; modules that are missing stay empty.

    Raises `UnreadableInput` where the content is not JSON, is larger than `MAX_BYTES`, or is not
    a study: it has no protocol section with a ClinicalTrials.gov number.
    """
    document = _document(content)
    protocol = part_of(document, "protocolSection")
    identification = part_of(protocol, "identificationModule")
    return Registration(
        number=_number(identification),
        aliases=texts_of(identification, "nctIdAliases"),
        title=text_of(identification, "briefTitle"),
        official_title=text_of(identification, "officialTitle"),
        acronym=text_of(identification, "acronym"),
        secondary_ids=_secondary_ids(identification),
        mesh_terms=tuple(_mesh_terms(part_of(document, "derivedSection"))),
        has_results=document.get("hasResults") is True or "resultsSection" in document,
        under_review=_under_review(document),
        posted=PostedResults(content) if part_of(document, "resultsSection") else None,
        **_status(part_of(protocol, "statusModule")),
        **_design(part_of(protocol, "designModule")),
        **_plan(protocol),
        **_people(protocol),
    )


def _document(content: bytes) -> Module:
    if len(content) > MAX_BYTES:
        raise UnreadableInput(f"this study document is larger than {MAX_BYTES:,} bytes.")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise UnreadableInput(f"this study document is not JSON: {fault}.") from None
    if not isinstance(document, dict):
        raise UnreadableInput("this study document is not a JSON object.")
    return document


def _number(identification: Module) -> str:
    nct = text_of(identification, "nctId").upper()
    if not _NCT.fullmatch(nct):
        raise UnreadableInput(
            "this study document has no ClinicalTrials.gov number (NCT and eight digits).",
            hint="Fetch the study again, as JSON of the API version 2.",
        )
    return nct


def _status(module: Module) -> dict[str, Any]:
    return {
        "status": text_of(module, "overallStatus"),
        "why_stopped": text_of(module, "whyStopped"),
        "start": _date(module, "startDateStruct"),
        "primary_completion": _date(module, "primaryCompletionDateStruct"),
        "completion": _date(module, "completionDateStruct"),
        "first_posted": _day(module, "studyFirstPostDateStruct"),
        "last_update_posted": _day(module, "lastUpdatePostDateStruct"),
        "results_first_posted": _day(module, "resultsFirstPostDateStruct"),
        "first_submitted": text_of(module, "studyFirstSubmitDate"),
        "results_first_submitted": text_of(module, "resultsFirstSubmitDate"),
        "delay_certified": text_of(module, "dispFirstSubmitDate"),
    }


def _design(module: Module) -> dict[str, Any]:
    size, plan = part_of(module, "enrollmentInfo"), part_of(module, "designInfo")
    return {
        "study_type": text_of(module, "studyType"),
        "allocation": text_of(plan, "allocation"),
        "primary_purpose": text_of(plan, "primaryPurpose"),
        "phases": texts_of(module, "phases"),
        "enrolment": count_of(size, "count"),
        "enrolment_type": text_of(size, "type"),
    }


def _plan(protocol: Module) -> dict[str, Any]:
    locations = parts_of(part_of(protocol, "contactsLocationsModule"), "locations")
    arms = part_of(protocol, "armsInterventionsModule")
    interventions = parts_of(arms, "interventions")
    outcomes = part_of(protocol, "outcomesModule")
    references = parts_of(part_of(protocol, "referencesModule"), "references")
    return {
        "conditions": texts_of(part_of(protocol, "conditionsModule"), "conditions"),
        "keywords": texts_of(part_of(protocol, "conditionsModule"), "keywords"),
        "interventions": distinct(text_of(item, "name") for item in interventions),
        "countries": tuple(sorted(distinct(text_of(place, "country") for place in locations))),
        "summary": text_of(part_of(protocol, "descriptionModule"), "briefSummary"),
        "intervention_types": distinct(text_of(item, "type") for item in interventions),
        "arms": tuple(
            Arm(text_of(item, "label"), text_of(item, "type"))
            for item in parts_of(arms, "armGroups")
        ),
        "primary_outcomes": _outcomes(outcomes, "primaryOutcomes"),
        "secondary_outcomes": _outcomes(outcomes, "secondaryOutcomes"),
        "references": tuple(
            Reference(text_of(item, "pmid"), text_of(item, "type"), text_of(item, "citation"))
            for item in references
        ),
    }


def _people(protocol: Module) -> dict[str, Any]:
    """Who answers for the trial, and whether the FDA regulates what it studies."""
    responsible = part_of(protocol, "sponsorCollaboratorsModule")
    officials = parts_of(part_of(protocol, "contactsLocationsModule"), "overallOfficials")
    named = text_of(part_of(responsible, "responsibleParty"), "investigatorFullName")
    oversight = part_of(protocol, "oversightModule")
    return {
        "sponsor": text_of(part_of(responsible, "leadSponsor"), "name"),
        "investigators": distinct((*(text_of(item, "name") for item in officials), named)),
        "fda_regulated_drug": flag_of(oversight, "isFdaRegulatedDrug"),
        "fda_regulated_device": flag_of(oversight, "isFdaRegulatedDevice"),
    }


def _outcomes(module: Module, name: str) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(text_of(item, "measure"), text_of(item, "timeFrame"))
        for item in parts_of(module, name)
    )


def _secondary_ids(identification: Module) -> tuple[str, ...]:
    others = parts_of(identification, "secondaryIdInfos")
    sponsors = text_of(part_of(identification, "orgStudyIdInfo"), "id")
    return distinct((sponsors, *(text_of(item, "id") for item in others)))


def _under_review(document: Module) -> bool:
    """True where the last that happened to submitted results is not that they were taken back.

    The registry lists submissions (RELEASE), their return with comments (RESET) and those that
    the sponsor took back (UNRELEASE) until the results are posted; results that were returned
    count as submitted, as for TrialsTracker.
    """
    annotation = part_of(part_of(document, "annotationSection"), "unpostedAnnotation")
    events = [
        (text_of(item, "date"), place, text_of(item, "type"))
        for place, item in enumerate(parts_of(annotation, "unpostedEvents"))
    ]
    if events:
        return max(events)[2] in {"RELEASE", "RESET"}
    tracking = part_of(part_of(document, "derivedSection"), "miscInfoModule")
    submitted = parts_of(part_of(tracking, "submissionTracking"), "submissionInfos")
    last = submitted[-1] if submitted else {}
    taken_back = text_of(last, "unreleaseDate") or last.get("unreleaseDateUnknown") is True
    return bool(text_of(last, "releaseDate")) and not taken_back


def _mesh_terms(derived: Module) -> Iterator[str]:
    for browse in ("conditionBrowseModule", "interventionBrowseModule"):
        for mesh in parts_of(part_of(derived, browse), "meshes"):
            if term := text_of(mesh, "term"):
                yield term


def _date(module: Module, name: str) -> RegistryDate | None:
    struct = part_of(module, name)
    text = text_of(struct, "date")
    return RegistryDate(text, text_of(struct, "type")) if text else None


def _day(module: Module, name: str) -> str:
    return text_of(part_of(module, name), "date")
