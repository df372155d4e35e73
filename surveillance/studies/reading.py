"""What a registry sent, read by its media type; one row a kind of document."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from surveillance.errors import UnreadableInput
from surveillance.records.payload import Payload
from surveillance.studies.registrations import Registration, read_study

CLINICALTRIALS_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Reader:
    """How a kind of document is read, and what of it is content.

    `substance` gives what two documents must share to be one version: all but the registry's own
    stamps, which change without anybody having changed the entry.
    """

    read: Callable[[bytes], Registration]
    substance: Callable[[bytes], object] = lambda content: content


def _study_substance(content: bytes) -> object:
    """A study document without the day of the registry's data, which every refresh changes."""
    document: dict[str, Any] = json.loads(content)
    misc = _inner(_inner(document, "derivedSection"), "miscInfoModule")
    misc.pop("versionHolder", None)
    return _without_empty(document)


def _inner(document: dict[str, Any], name: str) -> dict[str, Any]:
    inner = document.get(name)
    return inner if isinstance(inner, dict) else {}


def _without_empty(document: dict[str, Any]) -> dict[str, Any]:
    """The document without the sections that held nothing but the stamp."""
    derived = _inner(document, "derivedSection")
    if derived.get("miscInfoModule") == {}:
        del derived["miscInfoModule"]
    if document.get("derivedSection") == {}:
        del document["derivedSection"]
    return document


#: Media type of a payload → how it is read.
READERS: Mapping[str, Reader] = {CLINICALTRIALS_JSON: Reader(read_study, _study_substance)}


def read_registration(payload: Payload) -> Registration:
    """The registration in a payload; raises `UnreadableInput` for what is none."""
    return _reader(payload).read(payload.content)


def same_substance(before: Payload, after: Payload) -> bool:
    """Whether two payloads are one version: the same but for the registry's own stamps."""
    if before.media_type != after.media_type:
        return False
    if before.content == after.content:
        return True
    substance = _reader(after).substance
    return substance(before.content) == substance(after.content)


def _reader(payload: Payload) -> Reader:
    reader = READERS.get(payload.media_type)
    if reader is None:
        raise UnreadableInput(f"a registration cannot be read from {payload.media_type}.")
    return reader
