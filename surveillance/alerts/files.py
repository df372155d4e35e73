"""The channel “file”: a digest written into a folder, wholly or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from surveillance.alerts.digest import Digest
from surveillance.errors import Place, SurveillanceError

# One part of a path on any system, so that no topic's name leads out of the folder.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")


class DeliveryFailed(SurveillanceError):
    """A channel did not take a digest; it stays in the outbox and can be sent again."""


def deliver(digest: Digest, folder: Path, name: str) -> tuple[Path, Path]:
    """Write `name`.html and `name`.txt into `folder`, which is made if needed; the two paths.

    Each file is written beside its place and then moved there, so that nobody reads half of it;
    delivering the same digest again leaves the same two files. Raises `DeliveryFailed` where the
    name is not a plain file name or the folder cannot be written to.
    """
    if not _NAME.fullmatch(name):
        raise DeliveryFailed(
            f"“{name}” cannot be the name of a digest.",
            hint="Use letters, digits, dots, hyphens and underscores.",
        )
    page, note = folder / f"{name}.html", folder / f"{name}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(page, digest.html)
        _write(note, digest.text)
    except OSError as fault:
        raise DeliveryFailed(
            f"the digest cannot be written: {fault.strerror}.",
            place=Place(folder),
            hint="It stays in the outbox; mend the folder and send it again.",
        ) from None
    return page, note


def _write(path: Path, text: str) -> None:
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
