"""A document written into a file, wholly or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from surveillance.errors import Place, UnreadableInput


def write_whole(file: Path, content: bytes) -> None:
    """Write beside the file, then move there, so that nobody reads half of it.

    Raises `UnreadableInput` where the folder is missing or cannot be written to.
    """
    try:
        _write(file, content)
    except OSError as fault:
        raise UnreadableInput(
            f"the document cannot be written: {fault.strerror}.",
            place=Place(file),
            hint="Name a file in a folder that is there.",
        ) from None


def _write(file: Path, content: bytes) -> None:
    descriptor, beside = tempfile.mkstemp(dir=file.parent, prefix=".document.")
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(file)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
