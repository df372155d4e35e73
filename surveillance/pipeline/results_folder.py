"""Several files that take their places in a folder together: all of them, or none."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO

from surveillance.errors import Place, UnreadableInput


def check_folder(folder: Path, names: Sequence[str]) -> None:
    """Raise `UnreadableInput` where files of these names could not be written to `folder`.

    Asked before the work, so that nobody waits for results that have no place.
    """
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not nearest.is_dir():
        raise UnreadableInput("this is a file; name a folder.", place=Place(nearest))
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise UnreadableInput("you may not write into this folder.", place=Place(nearest))
    for name in names:
        if (folder / name).is_dir():
            raise UnreadableInput(
                "a folder stands where a file is to be written.",
                place=Place(folder / name),
                hint="Name another folder for the results.",
            )


def write_together(
    folder: Path, names: Sequence[str], write: Callable[[Path], None]
) -> tuple[Path, ...]:
    """What `write` puts into a folder beside, moved to `folder` when it is whole; the paths.

    `folder` is made if needed. What else lies in it stays, and so do older files of these names
    if anything fails. Raises `UnreadableInput` where it cannot be written.
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".results.", dir=folder) as beside:
            write(Path(beside))
            _take_places(Path(beside), folder, names)
    except BaseException as fault:
        _unmake(made)
        if isinstance(fault, OSError):
            raise UnreadableInput(
                f"the results cannot be written: {fault.strerror}.",
                place=Place(folder),
                hint="What lay there before is unchanged.",
            ) from None
        raise
    return tuple(folder / name for name in names)


def write_table(file: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table of CSV, on the disk when this returns; what UTF-8 cannot hold is escaped."""
    with file.open("w", encoding="utf-8", errors="backslashreplace", newline="") as opened:
        table = csv.writer(opened, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)
        keep(opened)


def keep(opened: IO[str]) -> None:
    """What was written to an open file put on the disk."""
    opened.flush()
    os.fsync(opened.fileno())


def _take_places(beside: Path, folder: Path, names: Sequence[str]) -> None:
    before = beside / "before"
    before.mkdir()
    placed: list[str] = []
    try:
        for name in names:
            if os.path.lexists(folder / name):
                (folder / name).replace(before / name)
            (beside / name).replace(folder / name)
            placed.append(name)
    except BaseException:
        for name in placed:
            (folder / name).unlink()
        for old in before.iterdir():
            old.replace(folder / old.name)
        raise


def _unmake(made: Sequence[Path]) -> None:
    """Take away the folders that were made for nothing, the innermost first."""
    for place in made:
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()
