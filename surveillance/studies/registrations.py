"""A study document of ClinicalTrials.gov (API version 2) → `Registration`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveillance.errors import UnreadableInput
from surveillance.records.model import IndexedHeading

# The largest documents hold results of some megabytes (NCT02513394: 1.5 MB).
MAX_BYTES = 20_000_000

#: Where a registration is read: at its own registry, or in the copy that WHO's ICTRP has of it.
CLINICALTRIALS, ISRCTN, ICTRP = "ClinicalTrials.gov", "ISRCTN", "WHO ICTRP"

_NCT = re.compile(r"NCT[0-9]{8}")
_SURROGATES = re.compile("[\ud800-\udfff]")

Module = Mapping[str, Any]


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
    protocol = _module(document, "protocolSection")
    identification = _module(protocol, "identificationModule")
    return Registration(
        number=_number(identification),
        aliases=_texts(identification.get("nctIdAliases")),
        title=_text(identification, "briefTitle"),
        official_title=_text(identification, "officialTitle"),
        acronym=_text(identification, "acronym"),
        secondary_ids=_secondary_ids(identification),
        mesh_terms=tuple(_mesh_terms(_module(document, "derivedSection"))),
        has_results=document.get("hasResults") is True or "resultsSection" in document,
        under_review=_under_review(document),
        **_status(_module(protocol, "statusModule")),
        **_design(_module(protocol, "designModule")),
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
    nct = _text(identification, "nctId").upper()
    if not _NCT.fullmatch(nct):
        raise UnreadableInput(
            "this study document has no ClinicalTrials.gov number (NCT and eight digits).",
            hint="Fetch the study again, as JSON of the API version 2.",
        )
    return nct


def _status(module: Module) -> dict[str, Any]:
    return {
        "status": _text(module, "overallStatus"),
        "why_stopped": _text(module, "whyStopped"),
        "start": _date(module, "startDateStruct"),
        "primary_completion": _date(module, "primaryCompletionDateStruct"),
        "completion": _date(module, "completionDateStruct"),
        "first_posted": _day(module, "studyFirstPostDateStruct"),
        "last_update_posted": _day(module, "lastUpdatePostDateStruct"),
        "results_first_posted": _day(module, "resultsFirstPostDateStruct"),
        "first_submitted": _text(module, "studyFirstSubmitDate"),
        "results_first_submitted": _text(module, "resultsFirstSubmitDate"),
        "delay_certified": _text(module, "dispFirstSubmitDate"),
    }


def _design(module: Module) -> dict[str, Any]:
    size, plan = _module(module, "enrollmentInfo"), _module(module, "designInfo")
    count = size.get("count")
    counted = isinstance(count, int) and not isinstance(count, bool)
    return {
        "study_type": _text(module, "studyType"),
        "allocation": _text(plan, "allocation"),
        "primary_purpose": _text(plan, "primaryPurpose"),
        "phases": _texts(module.get("phases")),
        "enrolment": count if counted else None,
        "enrolment_type": _text(size, "type"),
    }


def _plan(protocol: Module) -> dict[str, Any]:
    locations = _modules(_module(protocol, "contactsLocationsModule"), "locations")
    arms = _module(protocol, "armsInterventionsModule")
    interventions = _modules(arms, "interventions")
    outcomes = _module(protocol, "outcomesModule")
    references = _modules(_module(protocol, "referencesModule"), "references")
    return {
        "conditions": _texts(_module(protocol, "conditionsModule").get("conditions")),
        "keywords": _texts(_module(protocol, "conditionsModule").get("keywords")),
        "interventions": _distinct(_text(item, "name") for item in interventions),
        "countries": tuple(sorted(_distinct(_text(place, "country") for place in locations))),
        "summary": _text(_module(protocol, "descriptionModule"), "briefSummary"),
        "intervention_types": _distinct(_text(item, "type") for item in interventions),
        "arms": tuple(
            Arm(_text(item, "label"), _text(item, "type")) for item in _modules(arms, "armGroups")
        ),
        "primary_outcomes": _outcomes(outcomes, "primaryOutcomes"),
        "secondary_outcomes": _outcomes(outcomes, "secondaryOutcomes"),
        "references": tuple(
            Reference(_text(item, "pmid"), _text(item, "type"), _text(item, "citation"))
            for item in references
        ),
    }


def _people(protocol: Module) -> dict[str, Any]:
    """Who answers for the trial, and whether the FDA regulates what it studies."""
    responsible = _module(protocol, "sponsorCollaboratorsModule")
    officials = _modules(_module(protocol, "contactsLocationsModule"), "overallOfficials")
    named = _text(_module(responsible, "responsibleParty"), "investigatorFullName")
    oversight = _module(protocol, "oversightModule")
    return {
        "sponsor": _text(_module(responsible, "leadSponsor"), "name"),
        "investigators": _distinct((*(_text(item, "name") for item in officials), named)),
        "fda_regulated_drug": _flag(oversight, "isFdaRegulatedDrug"),
        "fda_regulated_device": _flag(oversight, "isFdaRegulatedDevice"),
    }


def _outcomes(module: Module, name: str) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(_text(item, "measure"), _text(item, "timeFrame")) for item in _modules(module, name)
    )


def _secondary_ids(identification: Module) -> tuple[str, ...]:
    others = _modules(identification, "secondaryIdInfos")
    sponsors = _text(_module(identification, "orgStudyIdInfo"), "id")
    return _distinct((sponsors, *(_text(item, "id") for item in others)))


def _under_review(document: Module) -> bool:
    """True where the last that happened to submitted results is not that they were taken back.

    The registry lists submissions (RELEASE), their return with comments (RESET) and those that
    the sponsor took back (UNRELEASE) until the results are posted; results that were returned
    count as submitted, as for TrialsTracker.
    """
    annotation = _module(_module(document, "annotationSection"), "unpostedAnnotation")
    events = [
        (_text(item, "date"), place, _text(item, "type"))
        for place, item in enumerate(_modules(annotation, "unpostedEvents"))
    ]
    if events:
        return max(events)[2] in {"RELEASE", "RESET"}
    tracking = _module(_module(document, "derivedSection"), "miscInfoModule")
    submitted = _modules(_module(tracking, "submissionTracking"), "submissionInfos")
    last = submitted[-1] if submitted else {}
    taken_back = _text(last, "unreleaseDate") or last.get("unreleaseDateUnknown") is True
    return bool(_text(last, "releaseDate")) and not taken_back


def _mesh_terms(derived: Module) -> Iterator[str]:
    for browse in ("conditionBrowseModule", "interventionBrowseModule"):
        for mesh in _modules(_module(derived, browse), "meshes"):
            if term := _text(mesh, "term"):
                yield term


def _date(module: Module, name: str) -> RegistryDate | None:
    struct = _module(module, name)
    text = _text(struct, "date")
    return RegistryDate(text, _text(struct, "type")) if text else None


def _day(module: Module, name: str) -> str:
    return _text(_module(module, name), "date")


def _module(parent: Module, name: str) -> Module:
    child = parent.get(name)
    return child if isinstance(child, dict) else {}


def _modules(parent: Module, name: str) -> list[Module]:
    children = parent.get(name)
    return (
        [item for item in children if isinstance(item, dict)] if isinstance(children, list) else []
    )


def _text(module: Module, name: str) -> str:
    value = module.get(name)
    return _clean(value) if isinstance(value, str) else ""


def _flag(module: Module, name: str) -> bool | None:
    value = module.get(name)
    return value if isinstance(value, bool) else None


def _texts(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else []
    return _distinct(_clean(item) for item in items if isinstance(item, str))


def _clean(text: str) -> str:
    """White space is layout; half a surrogate pair (valid in JSON) cannot be stored or shown."""
    return " ".join(_SURROGATES.sub("\ufffd", text).split())


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))
