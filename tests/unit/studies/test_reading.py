"""A payload read by its media type, and what makes two payloads one version."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surveillance.errors import UnreadableInput
from surveillance.records import Payload
from surveillance.studies.reading import (
    CLINICALTRIALS_JSON,
    READERS,
    read_registration,
    same_substance,
)

STUDY = {"protocolSection": {"identificationModule": {"nctId": "NCT99000001"}}}


def payload(document: Any, media_type: str = CLINICALTRIALS_JSON, **layout: Any) -> Payload:
    return Payload(json.dumps(document, **layout).encode(), media_type)


def stamped(day: str, **more: Any) -> dict[str, Any]:
    return STUDY | {"derivedSection": {"miscInfoModule": {"versionHolder": day, **more}}}


def test_a_study_document_is_read() -> None:
    assert read_registration(payload(STUDY)).number == "NCT99000001"


@pytest.mark.parametrize("media_type", ["", "text/html", "application/JSON", "application/xml2"])
def test_what_no_reader_knows_is_refused_in_a_sentence(media_type: str) -> None:
    assert media_type not in READERS
    with pytest.raises(UnreadableInput, match="cannot be read") as refused:
        read_registration(payload(STUDY, media_type))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (STUDY, STUDY, True),
        (STUDY, stamped("2025-01-31"), True),
        (stamped("2025-01-24"), stamped("2025-01-31"), True),
        (stamped("2025-01-24", submissionTracking={}), stamped("2025-01-31"), False),
        (STUDY, STUDY | {"hasResults": True}, False),
        (stamped("2025-01-24"), stamped("2025-01-31") | {"hasResults": True}, False),
        (STUDY | {"derivedSection": "x"}, STUDY | {"derivedSection": "y"}, False),
        ({"versionHolder": "a"}, {"versionHolder": "b"}, False),
    ],
)
def test_the_registrys_stamp_makes_no_version(before: Any, after: Any, same: bool) -> None:
    assert same_substance(payload(before), payload(after)) is same
    assert same_substance(payload(after), payload(before)) is same


def test_another_layout_makes_no_version() -> None:
    assert same_substance(payload(STUDY), payload(STUDY, indent=2))


def test_a_payload_of_another_kind_is_another_version() -> None:
    assert not same_substance(payload(STUDY), payload(STUDY, "text/plain"))
