"""What goes over the wire: a request as asked, an answer, and a fault put in its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

JSON = "application/json; charset=UTF-8"
XML = "text/xml; charset=UTF-8"
PLAIN = "text/plain; charset=UTF-8"


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


class FaultKind(StrEnum):
    """What goes wrong: another answer, a reset connection, half a body, a late answer."""

    ANSWER = "answer"
    RESET = "reset"
    TRUNCATED = "truncated"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with the next request whose path ends in `path` ("" = any)."""

    kind: FaultKind
    answer: Answer | None = None
    seconds: float = 0.0
    path: str = ""

    @classmethod
    def status(
        cls,
        status: int,
        body: str = "",
        *,
        media_type: str = PLAIN,
        headers: Mapping[str, str] | None = None,
        path: str = "",
    ) -> Self:
        """This answer instead of the genuine one."""
        answer = Answer(status, media_type, body.encode(), headers or {})
        return cls(FaultKind.ANSWER, answer=answer, path=path)

    @classmethod
    def reset(cls, *, path: str = "") -> Self:
        """The connection is reset before anything is answered."""
        return cls(FaultKind.RESET, path=path)

    @classmethod
    def truncated(cls, *, path: str = "") -> Self:
        """The genuine answer, announced at its full length and cut off in the middle."""
        return cls(FaultKind.TRUNCATED, path=path)

    @classmethod
    def slow(cls, seconds: float, *, path: str = "") -> Self:
        """The genuine answer, `seconds` late."""
        return cls(FaultKind.SLOW, seconds=seconds, path=path)
