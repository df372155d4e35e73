"""Europe PMC's REST service: `search` and `searchPOST` by cursor, and who cites a record.

Source: Europe PMC, Web Service Reference Guide 6.9, and its announcements of versions 6.6 and 6.9
(docs/decisions/0016-europe-pmc.md, with what is not documented and chosen here).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from surveillance.simulator.answers import Answer
from surveillance.simulator.europe_pmc_holdings import Held
from surveillance.strategy.evaluate.europe_pmc import NotEuropePmc, matches, parse_query

VERSION = "6.9"
DEFAULT_PAGE = 25
LARGEST_PAGE = 1_000


class _Refused(ValueError):
    """A request that is refused with 400; the message goes into the answer."""


def search(parameters: Mapping[str, str], held: Mapping[str, Held]) -> Answer:
    """One page of the records that answer the query, the latest first."""
    try:
        _check(parameters)
        query = parse_query(parameters.get("query", ""))
        size = _page_size(parameters)
        found = [one.result for one in held.values() if matches(query, one.record)]
        start = _start(parameters.get("cursorMark", "*"), parameters)
    except (_Refused, NotEuropePmc) as refusal:
        return error(400, str(refusal))
    page = {"version": VERSION, "hitCount": len(found)}
    if start + size < len(found):
        page["nextCursorMark"] = _mark(start + size, parameters)
    page["request"] = _echo(parameters, size)
    page["resultList"] = {"result": found[start : start + size]}
    return Answer.json(page)


def citations(
    source: str, identifier: str, parameters: Mapping[str, str], held: Mapping[str, Held]
) -> Answer:
    """One page of the records that cite this one, which are named and not told whole."""
    named = f"{source.upper()}:{identifier}"
    if named not in held:
        return error(404, f"{named} is not in Europe PMC")
    try:
        _check_format(parameters)
        size, number = _page_size(parameters), _number(parameters.get("page", "1"), "page")
    except _Refused as refusal:
        return error(400, str(refusal))
    citing = [one for one in held.values() if named in one.cites]
    start = (max(number, 1) - 1) * size
    page = {
        "version": VERSION,
        "hitCount": len(citing),
        "request": {"id": identifier, "source": source, "offSet": start, "pageSize": size},
        "citationList": {"citation": list(map(_citation, citing[start : start + size]))},
    }
    return Answer.json(page)


def error(status: int, message: str) -> Answer:
    """A refusal; how the live service words one is not documented."""
    return Answer.json({"version": VERSION, "errCode": status, "errMsg": message}, status=status)


def _check(parameters: Mapping[str, str]) -> None:
    _check_format(parameters)
    if parameters.get("resultType", "lite") != "core":
        raise _Refused("this stand-in has resultType=core alone")
    if parameters.get("synonym", "false").lower() not in ("false", "n", "no"):
        raise _Refused("this stand-in has no synonyms")


def _check_format(parameters: Mapping[str, str]) -> None:
    if parameters.get("format", "xml") != "json":
        raise _Refused("this stand-in has format=json alone")


def _page_size(parameters: Mapping[str, str]) -> int:
    return min(_number(parameters.get("pageSize", str(DEFAULT_PAGE)), "pageSize"), LARGEST_PAGE)


def _number(text: str, name: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise _Refused(f"{name} must be a number")
    return int(text)


def _echo(parameters: Mapping[str, str], size: int) -> dict[str, Any]:
    return {
        "queryString": parameters.get("query", ""),
        "resultType": "core",
        "cursorMark": parameters.get("cursorMark", "*"),
        "pageSize": size,
        "sort": "",
        "synonym": False,
    }


def _stamp(parameters: Mapping[str, str]) -> str:
    """What a mark belongs to: its query."""
    return hashlib.sha256(parameters.get("query", "").encode()).hexdigest()[:12]


def _mark(start: int, parameters: Mapping[str, str]) -> str:
    return base64.b64encode(f"{_stamp(parameters)}{start}".encode()).decode()


def _start(mark: str, parameters: Mapping[str, str]) -> int:
    if mark == "*":
        return 0
    try:
        plain = base64.b64decode(mark, validate=True).decode()
    except ValueError:
        plain = ""
    stamp = _stamp(parameters)
    start = plain.removeprefix(stamp)
    if not plain.startswith(stamp) or not start.isdecimal():
        raise _Refused("cursorMark is invalid")
    return int(start)


def _citation(held: Held) -> dict[str, Any]:
    result, record = held.result, held.record
    told = {
        "id": result["id"],
        "source": result["source"],
        "citationType": "; ".join(record.publication_types).lower(),
        "title": record.title,
        "authorString": result.get("authorString", ""),
        "journalAbbreviation": record.journal_abbreviation or record.journal,
        "pubYear": record.year,
        "volume": record.volume,
        "issue": record.issue,
        "pageInfo": record.pages,
        "citedByCount": 0,
    }
    return {name: value for name, value in told.items() if value not in ("", None)}
