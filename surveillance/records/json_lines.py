"""Records as JSON, without loss: how the store keeps them, and a file format of our own."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from surveillance.errors import UnreadableInput
from surveillance.records.model import Record
from surveillance.records.payload import Captured, Payload
from surveillance.records.text import UnreadLine, UnreadLines, numbered_lines

MEDIA_TYPE = "application/json"

_RECORD = TypeAdapter(Record)
_KEYS = frozenset(field.name for field in fields(Record))


def to_json(record: Record) -> dict[str, Any]:
    """The record as JSON values; what has its default is left out (`mesh: []` is not: it says
    that the record is indexed, without headings)."""
    document: dict[str, Any] = _RECORD.dump_python(record, mode="json", exclude_defaults=True)
    return document


def from_json(document: object) -> Record:
    """The record of `to_json`; raises `UnreadableInput` for an unknown key or a wrong value."""
    if isinstance(document, dict) and (unknown := document.keys() - _KEYS):
        raise UnreadableInput(f"a record has no “{min(map(str, unknown))}”.")
    try:
        return _RECORD.validate_python(document)
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(map(str, first["loc"])) or "the record"
        raise UnreadableInput(f"“{key}”: {first['msg']}.") from None


def read_json_lines(text: str) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """One record a line, and the lines that are none."""
    captured: list[Captured] = []
    unread = UnreadLines()
    for line in numbered_lines(text):
        if not line.text.strip():
            continue
        try:
            record = from_json(json.loads(line.text))
        except (UnreadableInput, ValueError, RecursionError) as fault:
            unread.leave(line, str(fault))
        else:
            captured.append(Captured(record, Payload(line.text.encode(), MEDIA_TYPE)))
    return tuple(captured), unread.in_order()
