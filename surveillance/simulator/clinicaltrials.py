"""ClinicalTrials.gov API v2: `studies` (search, pages) and `studies/{nctId}`.

Source: OpenAPI of v2, source-facts "ClinicalTrials.gov API v2", bodies captured in 2026.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from surveillance.simulator.answers import Answer
from surveillance.simulator.study import PIECES, Study
from surveillance.strategy.evaluate.boolean_query import TOO_DEEP
from surveillance.strategy.evaluate.essie import (
    Expression,
    NotEssie,
    NotUnderstood,
    matches,
    parse_query,
)

DEFAULT_PAGE = 10
LARGEST_PAGE = 1_000
LONGEST_EXPRESSION = 100_000

STATUSES = frozenset(
    {
        *("ACTIVE_NOT_RECRUITING", "COMPLETED", "ENROLLING_BY_INVITATION", "NOT_YET_RECRUITING"),
        *("RECRUITING", "SUSPENDED", "TERMINATED", "WITHDRAWN", "AVAILABLE", "NO_LONGER_AVAILABLE"),
        *("TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING", "WITHHELD", "UNKNOWN"),
    }
)

# The search boxes: their area and the name that the API's errors give them.
_QUERIES: Mapping[str, tuple[str, str]] = {
    "query.term": ("BasicSearch", "Other terms"),
    "query.cond": ("ConditionSearch", "Conditions or disease"),
    "query.intr": ("InterventionSearch", "Intervention / treatment"),
    "query.titles": ("TitleSearch", "Title / acronym"),
    "query.outc": ("OutcomeSearch", "Outcome measure"),
    "query.spons": ("SponsorSearch", "Sponsor / collaborator"),
    "query.lead": ("LeadSponsorName", "Lead sponsor"),
    "query.id": ("IdSearch", "Study IDs"),
    "filter.advanced": ("BasicSearch", "Advanced filter"),
}
_PAGING = frozenset({"countTotal", "pageSize", "pageToken"})
_STUDIES_PARAMETERS = (
    frozenset(_QUERIES)
    | _PAGING
    | {"format", "fields", "sort", "filter.ids", "filter.overallStatus"}
)
_NCT = re.compile(r"NCT\d{8}", re.IGNORECASE)
_FIELD = re.compile(r"[a-zA-Z][a-zA-Z0-9\-. ]*")


class BadRequest(ValueError):
    """A request that the API refuses with 400; the message is the body."""


def studies(parameters: Mapping[str, str], known: Sequence[Study], as_of: date) -> Answer:
    """`GET /api/v2/studies`: one page of the studies that answer all queries and filters."""
    try:
        _check_names(parameters, _STUDIES_PARAMETERS)
        found = _sorted(_found(parameters, known), parameters.get("sort", ""))
        return Answer.json(_page(parameters, found, as_of))
    except BadRequest as error:
        return Answer.text(str(error), status=400)


def study(number: str, parameters: Mapping[str, str], known: Sequence[Study]) -> Answer:
    """`GET /api/v2/studies/{nctId}`: one study by its number or one it had before; else 404."""
    try:
        _check_names(parameters, frozenset({"format", "fields"}))
        fields = _list(parameters.get("fields", ""))
        for found in _by_number(known, _numbers(number, of="nctId")):
            return Answer.json(_selected(found.document, fields))
    except BadRequest as error:
        return Answer.text(str(error), status=400)
    return Answer.text("", status=404)


def _check_names(parameters: Mapping[str, str], allowed: frozenset[str]) -> None:
    for name in parameters:
        if name not in allowed:
            raise BadRequest(f"`{name}` is unknown parameter")
    if parameters.get("format", "json") != "json":
        raise BadRequest("`format` must be json: this stand-in has no other")
    for name in _list(parameters.get("fields", "")):
        if not _FIELD.fullmatch(name):
            raise BadRequest(f"`fields` has incorrect format: {name}")


def _list(text: str) -> list[str]:
    """Comma- or pipe-separated values."""
    return [item.strip() for item in re.split(r"[,|]", text) if item.strip()]


def _found(parameters: Mapping[str, str], known: Sequence[Study]) -> list[Study]:
    for name in _QUERIES:
        numbers = re.split(r"[,\s]+", parameters.get(name, "").strip())
        if all(_NCT.fullmatch(number) for number in numbers):
            return _by_number(known, numbers)  # "filters are ignored"
    expressions = _expressions(parameters)
    statuses = _statuses(parameters)
    found = known
    if "filter.ids" in parameters:
        found = _by_number(known, _numbers(parameters["filter.ids"], of="filter.ids"))
    return [
        study
        for study in found
        if (not statuses or next(study.values("OverallStatus"), "") in statuses)
        and all(matches(expression, study.pieces, area) for area, expression in expressions)
    ]


def _expressions(parameters: Mapping[str, str]) -> list[tuple[str, Expression]]:
    return [
        (area, read_expression(parameters[name], label))
        for name, (area, label) in _QUERIES.items()
        if parameters.get(name, "").strip()
    ]


def read_expression(text: str, label: str = "Other terms") -> Expression:
    """An expression of one search box; `label` is the box's name in the refusal.

    Raises `BadRequest` as the live service words it: one sentence for all that is not balanced
    (captured 2026).
    """
    try:
        if len(text) > LONGEST_EXPRESSION:
            raise NotUnderstood("the query is too long", 1)
        return parse_query(text, PIECES)
    except NotEssie as error:
        reason = "inner bool query clause cannot be null"
        if isinstance(error, NotUnderstood) or error.reason == TOO_DEEP:
            reason = error.reason
        raise BadRequest(f"Error parsing query in {label}: {reason}") from None


def _statuses(parameters: Mapping[str, str]) -> frozenset[str]:
    statuses = frozenset(_list(parameters.get("filter.overallStatus", "")))
    for status in sorted(statuses - STATUSES):
        raise BadRequest(f"`filter.overallStatus` has unknown value `{status}`")
    return statuses


def _numbers(text: str, *, of: str) -> list[str]:
    numbers = _list(text)
    for number in numbers:
        if not _NCT.fullmatch(number):
            raise BadRequest(f"`{of}` has incorrect format: {number}")
    return numbers


def _by_number(known: Iterable[Study], numbers: Iterable[str]) -> list[Study]:
    wanted = {number.upper() for number in numbers}
    return [study for study in known if wanted & {study.nct, *study.aliases}]


def _sorted(found: list[Study], sort: str) -> list[Study]:
    """By dates (newest first) or numbers (smallest first); studies without the value last."""
    for option in reversed(_list(sort)):
        piece, _, direction = option.partition(":")
        if piece == "@relevance":
            continue
        if piece not in PIECES or direction not in ("", "asc", "desc"):
            raise BadRequest(f"`sort` has incorrect format: {option}")
        descending = (direction or ("desc" if piece.endswith("Date") else "asc")) == "desc"
        having = [study for study in found if any(study.values(piece))]
        rest = [study for study in found if not any(study.values(piece))]
        found = sorted(having, key=lambda s: _sort_key(s, piece), reverse=descending) + rest
    return found


def _sort_key(study: Study, piece: str) -> tuple[int, str]:
    value = next(study.values(piece))
    return (int(value), "") if value.isdigit() else (0, value)


def _page(parameters: Mapping[str, str], found: list[Study], as_of: date) -> dict[str, Any]:
    size = _page_size(parameters.get("pageSize", "0"))
    stamp = _stamp(parameters, as_of)
    start = _start(parameters["pageToken"], stamp) if parameters.get("pageToken") else 0
    fields = _list(parameters.get("fields", ""))
    page: dict[str, Any] = {}
    if parameters.get("countTotal") == "true" and not start:
        page["totalCount"] = len(found)
    shown = found[start : start + size]
    page["studies"] = [_selected(study.document, fields) for study in shown]
    if start + size < len(found):
        page["nextPageToken"] = _token(start + size, stamp)
    return page


def _page_size(text: str) -> int:
    if not text.isdigit():
        raise BadRequest("`pageSize` must be a number, 0 or more")
    return min(int(text) or DEFAULT_PAGE, LARGEST_PAGE)


def _stamp(parameters: Mapping[str, str], as_of: date) -> str:
    """What a page token belongs to: the same parameters on the same day's data."""
    asked = sorted((name, value) for name, value in parameters.items() if name not in _PAGING)
    return hashlib.sha256(f"{as_of}{asked}".encode()).hexdigest()[:12]


def _token(start: int, stamp: str) -> str:
    return base64.urlsafe_b64encode(f"{stamp}{start}".encode()).decode().rstrip("=")


def _start(token: str, stamp: str) -> int:
    try:
        plain = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except ValueError:
        plain = ""
    start = plain.removeprefix(stamp)
    if not plain.startswith(stamp) or not start.isdigit():
        raise BadRequest("`pageToken` is incorrect or has expired")
    return int(start)


def _selected(document: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """The whole document, or the parts that `fields` names: pieces, modules or dotted paths."""
    if not fields:
        return dict(document)
    selected: dict[str, Any] = {}
    for field in fields:
        path = PIECES.get(field) or _path(document, field)
        if path is None:
            raise BadRequest(f"`fields` has unknown value `{field}`")
        _copy(document, selected, path)
    return selected


def _path(document: Mapping[str, Any], field: str) -> tuple[str, ...] | None:
    """A dotted path as written, or a section or module by its name in capitals."""
    if "." in field:
        return tuple(field.split("."))
    key = field[:1].lower() + field[1:]
    if key in document or key.endswith("Section"):
        return (key,)
    sections = [name for name, section in document.items() if key in _keys(section)]
    if sections:
        return (sections[0], key)
    return ("protocolSection", key) if key.endswith("Module") else None


def _keys(section: Any) -> Iterable[str]:
    return section if isinstance(section, Mapping) else ()


def _copy(source: Any, target: dict[str, Any], path: tuple[str, ...]) -> None:
    """Copy what lies at `path`, through lists too, if it is there."""
    key, rest = path[0], path[1:]
    if not isinstance(source, Mapping) or key not in source:
        return
    value = source[key]
    if not rest:
        target[key] = value
    elif isinstance(value, list):
        copies = target.setdefault(key, [{} for _ in value])
        for item, copy in zip(value, copies, strict=True):
            _copy(item, copy, rest)
    else:
        _copy(value, target.setdefault(key, {}), rest)
