"""The formats of exports by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from surveillance.documents.exports.eppi import as_eppi_json
from surveillance.documents.exports.exported import Exported
from surveillance.documents.exports.tables import as_csv, as_xlsx
from surveillance.documents.exports.tagged import as_nbib, as_ris
from surveillance.errors import UnreadableInput

Written = Callable[[Exported], bytes]

FORMATS: Mapping[str, Written] = {
    "ris": as_ris,
    "csv": as_csv,
    "xlsx": as_xlsx,
    "nbib": as_nbib,
    "eppi-json": as_eppi_json,
}


#: What files of a format end with, where that is not its name.
_ENDINGS = {"json": "eppi-json"}


def format_named(named: str | None, out: Path | None = None) -> str:
    """The format of that name in `FORMATS`, else that of the file's ending, else RIS.

    Raises `UnreadableInput` naming those there are, and where name and ending disagree.
    """
    ending = out.suffix.casefold().removeprefix(".") if out else ""
    by_ending = _ENDINGS.get(ending, ending)
    wanted = named.casefold() if named else by_ending if by_ending in FORMATS else "ris"
    if wanted not in FORMATS:
        raise UnreadableInput(
            f"reports cannot be written as “{named}”; the formats are {', '.join(FORMATS)}."
        )
    if out and by_ending in FORMATS and by_ending != wanted:
        raise UnreadableInput(
            f"“{out.name}” would hold {wanted}, which its ending does not say.",
            hint="Leave --format out, or give the file another ending.",
        )
    return wanted
