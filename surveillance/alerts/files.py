"""The channel “file”: a digest written into a folder, wholly or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from surveillance.alerts.delivery import NotTaken, Outcome, Taken
from surveillance.alerts.digest import Digest
from surveillance.alerts.message import Message
from surveillance.errors import DeliveryFailed, Place

# One part of a path on any system, so that no topic's name leads out of the folder.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")


@dataclass(frozen=True, slots=True)
class Folder:
    """Writes each message into a folder. A repeat leaves the same files, so it is not marked."""

    folder: Path

    def deliver(self, message: Message) -> Outcome:
        """Write the message; a folder that cannot be written to is an answer, not an error."""
        digest = Digest(message.subject, message.content.html, message.content.text)
        try:
            files = deliver(digest, self.folder, message.name)
        except DeliveryFailed as fault:
            return NotTaken(str(fault))
        return Taken(tuple(map(str, files)))


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
    write_all(folder, {page: digest.html.encode(), note: digest.text.encode()})
    return page, note


def write_all(folder: Path, contents: dict[Path, bytes]) -> None:
    """Write files into a folder, which is made if needed; each beside its place, then moved there.

    Raises `DeliveryFailed` where the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in contents.items():
            _write(path, content)
    except OSError as fault:
        raise DeliveryFailed(
            f"what is sent out cannot be written: {fault.strerror}.",
            place=Place(folder),
            hint="It stays in the outbox; mend the folder and send it again.",
        ) from None


def _write(path: Path, content: bytes) -> None:
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
