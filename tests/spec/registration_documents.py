"""A row's short words put into a study document of ClinicalTrials.gov."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Document = dict[str, Any]

NUMBER = "NCT99000001"
#: A study of which nothing is known but its number.
BARE: Document = {"protocolSection": {"identificationModule": {"nctId": NUMBER}}}


def with_values(document: Document, values: Mapping[str, Any], keys: Iterable[str]) -> bytes:
    """The document in which each of `keys` has its value of `values`, or is missing there."""
    changed = copy.deepcopy(document)
    for key in keys:
        put = _PUT.get(key)
        if put is None:
            _set(changed, key, values.get(key))
        else:
            put(changed, values.get(key))
    return json.dumps(changed).encode()


def _set(document: Document, path: str, value: Any) -> None:
    """Put a value at a dotted place; None: take out what is there."""
    *above, last = path.split(".")
    place = document
    for name in above:
        place = place.setdefault(name, {})
    if value is None:
        place.pop(last, None)
    else:
        place[last] = value


def _text(path: str) -> Callable[[Document, Any], None]:
    return lambda document, value: _set(document, path, value)


def _list(path: str, *names: str) -> Callable[[Document, Any], None]:
    """A list of objects, each written as `first | second`."""

    def put(document: Document, values: list[str] | None) -> None:
        items = [
            dict(zip(names, map(str.strip, value.split("|")), strict=False))
            for value in values or []
        ]
        _set(document, path, items or None)

    return put


def _dated(path: str) -> Callable[[Document, Any], None]:
    """`2027-04 ESTIMATED`."""

    def put(document: Document, value: str | None) -> None:
        day, _, kind = (value or "").rpartition(" ")
        _set(document, path, {"date": day, "type": kind} if value else None)

    return put


def _size(document: Document, value: str | None) -> None:
    count, _, kind = (value or "").partition(" ")
    info = {"count": int(count), "type": kind} if value else None
    _set(document, "protocolSection.designModule.enrollmentInfo", info)


def _publications(document: Document, values: list[str] | None) -> None:
    references = [dict(zip(("pmid", "type"), value.split(), strict=True)) for value in values or []]
    _set(document, "protocolSection.referencesModule.references", references or None)


def _results(document: Document, value: str | None) -> None:
    """`posted DAY`, or what happened last to results under review."""
    what, _, day = (value or "").rpartition(" ")
    status = "protocolSection.statusModule"
    posted = what == "posted"
    _set(document, "hasResults", posted)
    _set(document, "resultsSection", {"outcomeMeasuresModule": {}} if posted else None)
    _set(document, f"{status}.resultsFirstPostDateStruct", {"date": day} if posted else None)
    _set(document, f"{status}.resultsFirstSubmitDate", day if posted else None)
    kinds = {"submitted": "RELEASE", "returned": "RESET", "taken back": "UNRELEASE"}
    events = [{"type": "RELEASE", "date": "2024-12-01"}]
    if what in kinds:
        events.append({"type": kinds[what], "date": day})
        _set(document, "annotationSection.unpostedAnnotation.unpostedEvents", events)
    else:
        _set(document, "annotationSection", None)


def _tables(document: Document, values: list[str] | None) -> None:
    """Posted results, an outcome each: `PRIMARY | Pain | Surgery=2.3; Care=4.1; p=0.04`."""
    _set(document, "hasResults", bool(values))
    _set(document, "resultsSection.outcomeMeasuresModule.outcomeMeasures", None)
    if not values:
        _set(document, "resultsSection", None)
        return
    tables = [_table(*map(str.strip, value.split("|"))) for value in values]
    _set(document, "resultsSection.outcomeMeasuresModule.outcomeMeasures", tables)


def _table(kind: str, title: str, numbers: str) -> Document:
    cells = [tuple(map(str.strip, cell.split("="))) for cell in numbers.split(";") if cell.strip()]
    groups = {name: f"OG{place:03}" for place, (name, _) in enumerate(cells) if name != "p"}
    found = [{"groupId": groups[name], "value": value} for name, value in cells if name in groups]
    return {
        "type": kind,
        "title": title,
        "reportingStatus": "POSTED" if cells else "NOT_POSTED",
        "groups": [{"id": number, "title": name} for name, number in groups.items()],
        "classes": [{"categories": [{"measurements": found}]}] if found else [],
        "analyses": [
            {"groupIds": list(groups.values()), "pValue": value, "statisticalMethod": "Log Rank"}
            for name, value in cells
            if name == "p"
        ],
    }


def _harms(document: Document, values: list[str] | None) -> None:
    """`Surgery: 1 died, 3 serious`, beside a table of results that stays."""
    _set(document, "hasResults", bool(values))
    groups = []
    for value in values or []:
        title, counts = value.split(": ")
        died, serious = (int(count.split()[0]) for count in counts.split(","))
        groups.append({"title": title, "deathsNumAffected": died, "seriousNumAffected": serious})
    section = {"adverseEventsModule": {"eventGroups": groups}} if values else None
    _set(document, "resultsSection", section)


_STATUS, _DESIGN = "protocolSection.statusModule", "protocolSection.designModule"
_OUTCOMES = "protocolSection.outcomesModule"

_PUT: Mapping[str, Callable[[Document, Any], None]] = {
    "status": _text(f"{_STATUS}.overallStatus"),
    "why": _text(f"{_STATUS}.whyStopped"),
    "certificate": _text(f"{_STATUS}.dispFirstSubmitDate"),
    "start": _dated(f"{_STATUS}.startDateStruct"),
    "primary_completion": _dated(f"{_STATUS}.primaryCompletionDateStruct"),
    "completion": _dated(f"{_STATUS}.completionDateStruct"),
    "results": _results,
    "tables": _tables,
    "harms": _harms,
    "publications": _publications,
    "primary": _list(f"{_OUTCOMES}.primaryOutcomes", "measure", "timeFrame"),
    "secondary": _list(f"{_OUTCOMES}.secondaryOutcomes", "measure", "timeFrame"),
    "size": _size,
    "allocation": _text(f"{_DESIGN}.designInfo.allocation"),
    "arms": _list("protocolSection.armsInterventionsModule.armGroups", "label", "type"),
    "countries": _list("protocolSection.contactsLocationsModule.locations", "country"),
    "title": _text("protocolSection.identificationModule.briefTitle"),
    "official_title": _text("protocolSection.identificationModule.officialTitle"),
}
