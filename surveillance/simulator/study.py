"""One study document of ClinicalTrials.gov and its data pieces by name.

Source: ClinicalTrials.gov API v2, "Study Data Structure": the part that queries for surveillance
use. What a search area holds stands in `strategy.evaluate.essie`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]

_IDENTIFICATION = ("protocolSection", "identificationModule")
_STATUS = ("protocolSection", "statusModule")
_CONDITIONS = ("protocolSection", "conditionsModule")
_DESIGN = ("protocolSection", "designModule")
_ARMS = ("protocolSection", "armsInterventionsModule")
_OUTCOMES = ("protocolSection", "outcomesModule")
_SPONSORS = ("protocolSection", "sponsorCollaboratorsModule")
_LOCATIONS = ("protocolSection", "contactsLocationsModule", "locations")

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
    "PrimaryOutcomeDescription": (*_OUTCOMES, "primaryOutcomes", "description"),
    "SecondaryOutcomeMeasure": (*_OUTCOMES, "secondaryOutcomes", "measure"),
    "SecondaryOutcomeDescription": (*_OUTCOMES, "secondaryOutcomes", "description"),
    "OtherOutcomeMeasure": (*_OUTCOMES, "otherOutcomes", "measure"),
    "OtherOutcomeDescription": (*_OUTCOMES, "otherOutcomes", "description"),
    "LocationFacility": (*_LOCATIONS, "facility"),
    "LocationCountry": (*_LOCATIONS, "country"),
    "ConditionMeshTerm": ("derivedSection", "conditionBrowseModule", "meshes", "term"),
    "InterventionMeshTerm": ("derivedSection", "interventionBrowseModule", "meshes", "term"),
    "ConditionAncestorTerm": ("derivedSection", "conditionBrowseModule", "ancestors", "term"),
    "InterventionAncestorTerm": (
        *("derivedSection", "interventionBrowseModule", "ancestors", "term"),
    ),
    "HasResults": ("hasResults",),
}


class Study:
    """A study document with the texts of its data pieces, read once."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.pieces = {piece: tuple(_values(document, path)) for piece, path in PIECES.items()}

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
        yield from self.pieces[piece]


def _values(node: Any, path: Path) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _values(item, path)
    elif path:
        if isinstance(node, Mapping) and path[0] in node:
            yield from _values(node[path[0]], path[1:])
    elif node is not None:
        yield str(node).lower() if isinstance(node, bool) else str(node)
