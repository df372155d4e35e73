"""What goes over the wire: a request as asked, and an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

JSON = "application/json; charset=UTF-8"
XML = "text/xml; charset=UTF-8"
PLAIN = "text/plain; charset=UTF-8"
HTML = "text/html; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its method, its path, and its parameters from the address or the form."""

    method: str
    path: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, document: Any, *, status: int = 200) -> Self:
        """A JSON document."""
        return cls(status, JSON, json.dumps(document, ensure_ascii=False).encode())

    @classmethod
    def text(cls, body: str, *, status: int = 200, media_type: str = PLAIN) -> Self:
        """Any text."""
        return cls(status, media_type, body.encode())
