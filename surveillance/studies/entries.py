"""The entries of a registry's export: what each says, and the bytes that it is kept as."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from surveillance.errors import UnreadableInput
from surveillance.records.payload import Payload
from surveillance.records.text import MAX_FIELD, UnreadLine
from surveillance.studies.registrations import Registration


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an export with its own payload, and the line that it begins on."""

    registration: Registration
    payload: Payload
    line: int = 1

    @property
    def kept_under(self) -> str:
        """What its versions are kept under."""
        return self.registration.kept_under


@dataclass(frozen=True, slots=True)
class RegistryExport:
    """A registry's export as read: its entries, what is none with the reason, the file's hash."""

    entries: tuple[Entry, ...]
    unread: tuple[UnreadLine, ...]
    sha256: str


def written(fields: Mapping[str, str], media_type: str) -> Payload:
    """A flat entry as it is kept: the same fields give the same bytes, in whatever order.

    Raises `UnreadableInput` for a field that none can be.
    """
    for name, text in fields.items():
        if len(text) > MAX_FIELD:
            raise UnreadableInput(f"the field “{name}” has more than {MAX_FIELD:,} characters.")
    content = json.dumps(fields, ensure_ascii=False, sort_keys=True, indent=0)
    return Payload(content.encode(), media_type)


def fields_of(content: bytes) -> dict[str, str]:
    """The fields of a flat entry as it was kept; raises `UnreadableInput` for anything else."""
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise UnreadableInput(f"this entry of a registry is not JSON: {fault}.") from None
    if not isinstance(fields, dict):
        raise UnreadableInput("this entry of a registry is not a JSON object.")
    return {name: text for name, text in fields.items() if isinstance(text, str)}
