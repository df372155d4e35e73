"""The formats of exports by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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


def writer(named: str) -> Written:
    """What writes the format of this name; raises `UnreadableInput` naming those there are."""
    found = FORMATS.get(named.casefold())
    if found is None:
        raise UnreadableInput(
            f"reports cannot be written as “{named}”; the formats are {', '.join(FORMATS)}."
        )
    return found
