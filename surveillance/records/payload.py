"""The bytes that a source returned, kept as they came, and the record read from them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from surveillance.records.model import Record


@dataclass(frozen=True, slots=True)
class Payload:
    """What a source said about one thing, unread; `media_type` says how to read it."""

    content: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        """The content hash that the payload is kept by."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Captured:
    """A record together with the payload it was read from."""

    record: Record
    payload: Payload


@dataclass(frozen=True, slots=True)
class Deleted:
    """PMIDs that NLM took out of PubMed (DeleteCitation, DeleteDocument)."""

    pmids: tuple[str, ...]
