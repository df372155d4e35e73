"""Registrations → study documents as ClinicalTrials.gov's API returns them (version 2)."""

from __future__ import annotations

import json
from typing import Any

from surveillance.simulator.snapshot_builder.source import BANNER, Study


def study_json(study: Study) -> bytes:
    """One study document; for want of comments its brief summary says that it is constructed."""
    document = {"protocolSection": _protocol(study), "hasResults": False}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _protocol(study: Study) -> dict[str, Any]:
    return {
        "identificationModule": {
            "nctId": study.nct,
            "organization": {"fullName": "Constructed sponsor", "class": "OTHER"},
            "briefTitle": study.title,
        },
        "statusModule": _status(study),
        "sponsorCollaboratorsModule": {
            "leadSponsor": {"name": "Constructed sponsor", "class": "OTHER"}
        },
        "descriptionModule": {"briefSummary": f"{BANNER}. {study.summary}"},
        "conditionsModule": {"conditions": list(study.conditions)},
        "designModule": _design(study),
        "armsInterventionsModule": {
            "interventions": [{"type": "PROCEDURE", "name": name} for name in study.interventions]
        },
        "outcomesModule": {
            "primaryOutcomes": [{"measure": measure} for measure in study.primary_outcomes]
        },
        "eligibilityModule": {"sex": "ALL", "minimumAge": "18 Years"},
        "contactsLocationsModule": {
            "locations": [{"country": country} for country in study.countries]
        },
    }


def _status(study: Study) -> dict[str, Any]:
    return {
        "overallStatus": study.status,
        "startDateStruct": {"date": study.start},
        "primaryCompletionDateStruct": {
            "date": study.primary_completion,
            "type": study.primary_completion_type,
        },
        "completionDateStruct": {"date": study.completion, "type": study.completion_type},
        "studyFirstPostDateStruct": {"date": study.first_posted, "type": "ACTUAL"},
        "lastUpdatePostDateStruct": {"date": study.updated, "type": "ACTUAL"},
    }


def _design(study: Study) -> dict[str, Any]:
    design: dict[str, Any] = {"studyType": study.study_type}
    if study.study_type == "INTERVENTIONAL":
        design["phases"] = ["NA"]
        design["designInfo"] = {
            "allocation": study.allocation,
            "primaryPurpose": "TREATMENT",
            "maskingInfo": {"masking": study.masking},
        }
    design["enrollmentInfo"] = {"count": study.enrollment, "type": study.enrollment_type}
    return design
