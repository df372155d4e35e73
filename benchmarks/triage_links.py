"""Links of a large topic: many that are certain, some that wait for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from db import links as link_rows
from db import studies as study_rows
from surveillance.records import Payload
from surveillance.studies.links import Certainty, Link, Place
from surveillance.studies.reading import CLINICALTRIALS_JSON

TRIALS, LINKED = 300, 5_000
#: Of so many links one waits.
_WAITING = 10


def link(session: Session, topic: str, records: Sequence[int], day: date) -> None:
    """Registrations of the topic, and a link from some records to one of them each."""
    documents = [(_number(one), _document(one)) for one in range(TRIALS)]
    study_rows.save_registrations(
        session, documents, topic=topic, route=study_rows.WATCHED, search_id=None, seen_on=day
    )
    link_rows.save_links(session, topic, _links(records, Random(3)), day)


def _links(records: Sequence[int], chance: Random) -> Iterator[tuple[int, tuple[Link, ...]]]:
    for place, record in enumerate(sorted(chance.sample(records, min(LINKED, len(records))))):
        number = _number(chance.randrange(TRIALS))
        words = f"… was registered at ClinicalTrials.gov ({number})."
        if place % _WAITING:
            yield record, (Link(number, Place.ABSTRACT, words),)
        else:
            why = ("named without a word that says which study it is",)
            yield record, (Link(number, Place.ABSTRACT, words, Certainty.DOUBTFUL, why),)


def _number(place: int) -> str:
    return f"NCT{90_000_000 + place}"


def _document(place: int) -> Payload:
    protocol: dict[str, Any] = {
        "identificationModule": {
            "nctId": _number(place),
            "briefTitle": f"Targeted muscle reinnervation for pain after amputation, trial {place}",
        },
        "statusModule": {"overallStatus": "RECRUITING", "startDateStruct": {"date": "2023-01"}},
        "descriptionModule": {
            "briefSummary": "Nerves are transferred, and pain is asked for. " * 9
        },
        "conditionsModule": {"conditions": ["Phantom limb pain", "Neuroma"]},
    }
    return Payload(json.dumps({"protocolSection": protocol}).encode(), CLINICALTRIALS_JSON)
