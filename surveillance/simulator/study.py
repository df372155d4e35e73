"""One study document of ClinicalTrials.gov and its data pieces by name.

Source: ClinicalTrials.gov API v2, "Study Data Structure" and "Search Areas": the part of both
that queries for surveillance use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from surveillance.strategy.evaluate.pubmed_syntax import words_of

Path = tuple[str, ...]

_IDENTIFICATION = ("protocolSection", "identificationModule")
_STATUS = ("protocolSection", "statusModule")
_CONDITIONS = ("protocolSection", "conditionsModule")
_DESIGN = ("protocolSection", "designModule")
_ARMS = ("protocolSection", "armsInterventionsModule")
_OUTCOMES = ("protocolSection", "outcomesModule")
_SPONSORS = ("protocolSection", "sponsorCollaboratorsModule")

PIECES: Mapping[str, Path] = {
    "NCTId": (*_IDENTIFICATION, "nctId"),
    "NCTIdAlias": (*_IDENTIFICATION, "nctIdAliases"),
    "OrgStudyId": (*_IDENTIFICATION, "orgStudyIdInfo", "id"),
    "SecondaryId": (*_IDENTIFICATION, "secondaryIdInfos", "id"),
    "BriefTitle": (*_IDENTIFICATION, "briefTitle"),
    "OfficialTitle": (*_IDENTIFICATION, "officialTitle"),
    "Acronym": (*_IDENTIFICATION, "acronym"),
    "OverallStatus": (*_STATUS, "overallStatus"),
    "StartDate": (*_STATUS, "startDateStruct", "date"),
    "PrimaryCompletionDate": (*_STATUS, "primaryCompletionDateStruct", "date"),
    "CompletionDate": (*_STATUS, "completionDateStruct", "date"),
    "StudyFirstPostDate": (*_STATUS, "studyFirstPostDateStruct", "date"),
    "LastUpdatePostDate": (*_STATUS, "lastUpdatePostDateStruct", "date"),
    "ResultsFirstPostDate": (*_STATUS, "resultsFirstPostDateStruct", "date"),
    "LeadSponsorName": (*_SPONSORS, "leadSponsor", "name"),
    "CollaboratorName": (*_SPONSORS, "collaborators", "name"),
    "BriefSummary": ("protocolSection", "descriptionModule", "briefSummary"),
    "DetailedDescription": ("protocolSection", "descriptionModule", "detailedDescription"),
    "Condition": (*_CONDITIONS, "conditions"),
    "Keyword": (*_CONDITIONS, "keywords"),
    "StudyType": (*_DESIGN, "studyType"),
    "Phase": (*_DESIGN, "phases"),
    "EnrollmentCount": (*_DESIGN, "enrollmentInfo", "count"),
    "ArmGroupLabel": (*_ARMS, "armGroups", "label"),
    "ArmGroupDescription": (*_ARMS, "armGroups", "description"),
    "InterventionName": (*_ARMS, "interventions", "name"),
    "InterventionOtherName": (*_ARMS, "interventions", "otherNames"),
    "InterventionDescription": (*_ARMS, "interventions", "description"),
    "PrimaryOutcomeMeasure": (*_OUTCOMES, "primaryOutcomes", "measure"),
    "SecondaryOutcomeMeasure": (*_OUTCOMES, "secondaryOutcomes", "measure"),
    "ConditionMeshTerm": ("derivedSection", "conditionBrowseModule", "meshes", "term"),
    "InterventionMeshTerm": ("derivedSection", "interventionBrowseModule", "meshes", "term"),
    "ConditionAncestorTerm": ("derivedSection", "conditionBrowseModule", "ancestors", "term"),
    "InterventionAncestorTerm": (
        *("derivedSection", "interventionBrowseModule", "ancestors", "term"),
    ),
    "HasResults": ("hasResults",),
}

_TITLES = ("BriefTitle", "OfficialTitle", "Acronym")
_IDENTIFIERS = ("NCTId", "NCTIdAlias", "OrgStudyId", "SecondaryId")
_CONDITION_SEARCH = ("Condition", "Keyword", "ConditionMeshTerm", *_TITLES, "BriefSummary")
_INTERVENTION_SEARCH = (
    *("InterventionName", "InterventionOtherName", "InterventionDescription"),
    *("InterventionMeshTerm", "ArmGroupLabel", "ArmGroupDescription", "Keyword", *_TITLES),
)
_OUTCOME_SEARCH = ("PrimaryOutcomeMeasure", "SecondaryOutcomeMeasure")
_SPONSOR_SEARCH = ("LeadSponsorName", "CollaboratorName")

# A search area is a set of pieces; a piece can be searched as an area of its own.
AREAS: Mapping[str, tuple[str, ...]] = {
    **{piece: (piece,) for piece in PIECES},
    "BasicSearch": tuple(
        dict.fromkeys(
            _IDENTIFIERS
            + _CONDITION_SEARCH
            + _INTERVENTION_SEARCH
            + _OUTCOME_SEARCH
            + _SPONSOR_SEARCH
            + ("DetailedDescription",)
        )
    ),
    "ConditionSearch": _CONDITION_SEARCH,
    "InterventionSearch": _INTERVENTION_SEARCH,
    "TitleSearch": _TITLES,
    "OutcomeSearch": _OUTCOME_SEARCH,
    "SponsorSearch": _SPONSOR_SEARCH,
    "IdSearch": _IDENTIFIERS,
}


class Study:
    """A study document with the words of its areas, read once."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._passages: dict[str, tuple[tuple[str, ...], ...]] = {}

    @property
    def nct(self) -> str:
        """The study's number; "" where the document has none."""
        return next(self.values("NCTId"), "").upper()

    @property
    def aliases(self) -> tuple[str, ...]:
        """Numbers that this study had before."""
        return tuple(alias.upper() for alias in self.values("NCTIdAlias"))

    def values(self, piece: str) -> Iterator[str]:
        """The values of one piece as text, in the document's order."""
        yield from _values(self.document, PIECES[piece])

    def passages(self, area: str) -> tuple[tuple[str, ...], ...]:
        """The words of each value in an area."""
        if area not in self._passages:
            texts = (text for piece in AREAS[area] for text in self.values(piece))
            self._passages[area] = tuple(map(words_of, texts))
        return self._passages[area]


def _values(node: Any, path: Path) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _values(item, path)
    elif path:
        if isinstance(node, Mapping) and path[0] in node:
            yield from _values(node[path[0]], path[1:])
    elif node is not None:
        yield str(node).lower() if isinstance(node, bool) else str(node)
