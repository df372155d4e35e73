"""EPPI-Reviewer's JSON report → records.

`{"CodeSets": […], "References": […]}`, the keys of a reference as EPPI-Reviewer writes them: read
from its own source (EPPI-Centre/ER4, `ItemCoding.service.ts`, classes …4ER4Json) and from a real
report of 385 references (infoqualitylab/Empirical-Retraction-Lit). A person's names stand there as
“Last First Middle”, divided by semicolons, so that a family name of several words loses them to
the given names: not told apart by EPPI-Reviewer itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from surveillance.errors import UnreadableInput
from surveillance.records.carried import taken_back
from surveillance.records.payload import Captured, Payload
from surveillance.records.ris_fields import read_fields
from surveillance.records.text import (
    MAX_FIELD,
    NumberedLine,
    UnreadLine,
    UnreadLines,
    line_place,
    on_one_line,
    too_long,
)

MEDIA_TYPE = "application/vnd.eppi-reviewer+json"
#: The key of a reference in which an export of this program carries its report.
CARRIED = "Surveil"
#: Objects, lists and their members: in memory each takes up to a hundred times its text. A report
#: of 385 references has 80,000 of them.
MAX_MEMBERS = 8_000_000

#: EPPI-Reviewer's types of item, by the RIS type that is read in the same way.
_TYPES = {"journal, article": "JOUR", "conference proceedings": "CONF", "book, chapter": "CHAP"}
_FIELDS = {
    "TI": "Title", "JF": "ParentTitle", "PY": "Year", "SN": "StandardNumber", "VL": "Volume",
    "IS": "Issue", "SP": "Pages", "UR": "URL", "U2": "OldItemId", "ID": "ItemId",
    "AB": "Abstract", "DO": "DOI", "N1": "Comments",
}  # fmt: skip
_LINES = re.compile(r"[\r\n;]+")


def read_eppi_json(
    text: str, *, source: str
) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    """The references of a JSON report under the name of `source`, and those that are none."""
    unread = UnreadLines()
    captured: list[Captured] = []
    for number, reference in enumerate(_references(text), 1):
        line = NumberedLine(1, f"reference {number}: {reference.get('Title', '')!s:.80}")
        if carried := taken_back(_pieces(reference), line, unread):
            captured += carried
            continue
        content = json.dumps(reference, separators=(",", ":"))
        if record := read_fields(_values(reference), source, content):
            captured.append(Captured(record, Payload(content.encode(), MEDIA_TYPE)))
        else:
            unread.leave(line, f"reference {number} has neither title nor number")
    return tuple(captured), unread.in_order()


def _references(text: str) -> Iterator[Mapping[str, Any]]:
    if sum(map(text.count, "{[,")) > MAX_MEMBERS:
        raise UnreadableInput(
            f"the report has more than {MAX_MEMBERS:,} members and is not read.",
            place=line_place(1),
        )
    try:
        document = json.loads(text)
    except json.JSONDecodeError as fault:
        raise UnreadableInput(
            f"the JSON is damaged: {fault.msg}.", place=line_place(fault.lineno)
        ) from None
    except (RecursionError, ValueError) as fault:
        raise UnreadableInput(f"the JSON cannot be read: {fault}.", place=line_place(1)) from None
    references = document.get("References")
    if not isinstance(references, list):
        raise UnreadableInput(
            "the report has no list “References”.",
            place=line_place(1),
            hint="Make it in EPPI-Reviewer as a coding report in JSON.",
        )
    for number, reference in enumerate(references, 1):
        if not isinstance(reference, dict):
            raise UnreadableInput(f"reference {number} is no object.", place=line_place(1))
        yield reference


def _pieces(reference: Mapping[str, Any]) -> Sequence[str]:
    carried = reference.get(CARRIED)
    held = carried.get("carried") if isinstance(carried, dict) else None
    return [one for one in held if isinstance(one, str)] if isinstance(held, list) else []


def _values(reference: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    kind = _said(reference, "TypeName").casefold()
    values = {"TY": (_TYPES.get(kind, "JOUR" if not kind else "GEN"),)}
    for tag, key in _FIELDS.items():
        if text := _said(reference, key):
            values[tag] = (text,)
    # A name of initials alone would be a group's; after the first word stands what is given.
    names = (on_one_line(name) for name in str(reference.get("Authors") or "").split(";"))
    authors = tuple(name.replace(" ", ", ", 1) for name in names if name)
    keywords = tuple(
        filter(None, map(str.strip, _LINES.split(str(reference.get("Keywords") or ""))))
    )
    return {
        **values,
        **({"AU": authors} if authors else {}),
        **({"KW": keywords} if keywords else {}),
    }


def _said(reference: Mapping[str, Any], key: str) -> str:
    value = reference.get(key)
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    text = on_one_line(str(value))
    if len(text) > MAX_FIELD:
        raise too_long(1, text[:40])
    return text
