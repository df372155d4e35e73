"""Errors that a user sees: one sentence that says what happened, where, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file, and in it a line and a column (both count from 1)."""

    file: Path | str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [str(self.file)]
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)


class SurveillanceError(Exception):
    """Something that a user must know; `str()` is one clear sentence without a traceback."""

    def __init__(self, message: str, *, place: Place | None = None, hint: str = "") -> None:
        self.message = message
        self.place = place
        self.hint = hint
        super().__init__(message)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.message}{' ' + self.hint if self.hint else ''}"


class UnreadableInput(SurveillanceError):
    """A file or an argument that cannot be read as what it should be (exit code 2)."""


class SourceFailed(SurveillanceError):
    """A source did not answer, or not wholly; nothing was recorded as done (exit code 3)."""


class StoreFailed(SurveillanceError):
    """The store could not be read or written; what was finished before is kept (exit code 3)."""


class Busy(SurveillanceError):
    """Somebody else holds what only one may hold at a time; nothing was begun (exit code 3)."""


class Changed(SurveillanceError):
    """What somebody speaks of is another by now; nothing of what they said was kept."""


class DeliveryFailed(SurveillanceError):
    """A message did not reach its recipient; it is kept and tried again (exit code 3)."""


class Stopped(SurveillanceError):
    """A person stopped the program (Ctrl-C); what was finished is kept (exit code 130)."""
