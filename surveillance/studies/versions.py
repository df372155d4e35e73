"""The versions of one registration read from their payloads, in the order they were seen.

One registry's exports differ in what they hold: its CSV has fewer fields than its XML. What an
export has no field for was not taken out of the entry, and stays as it was said before.
"""

from __future__ import annotations

from collections.abc import Iterable

from surveillance.records.payload import Payload
from surveillance.studies import ictrp, isrctn_rows
from surveillance.studies.entries import fields_of
from surveillance.studies.merged import filled
from surveillance.studies.reading import read_registration
from surveillance.studies.registrations import Registration

_FLAT = (ictrp.MEDIA_TYPE, isrctn_rows.MEDIA_TYPE)


def read_versions(payloads: Iterable[Payload]) -> tuple[Registration, ...]:
    """Each version of a registration; raises `UnreadableInput` for what is none."""
    versions: list[Registration] = []
    known: set[str] = set()
    for payload in payloads:
        version, fields = read_registration(payload), _fields(payload)
        if versions and known - fields:
            version = filled(version, versions[-1])
        known |= fields
        versions.append(version)
    return tuple(versions)


def _fields(payload: Payload) -> set[str]:
    """The names of the fields that a payload has, empty or not; a whole document is one field."""
    if payload.media_type in _FLAT:
        return set(fields_of(payload.content))
    return {payload.media_type}
