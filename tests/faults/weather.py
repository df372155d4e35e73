"""The faults by name, as sources and what stands between have them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from surveillance.simulator import Fault
from surveillance.simulator.answers import Answer, Asked
from surveillance.simulator.faults import Exchange

#: Faults that show in the answer or in what it is held against: at worst the attempt fails.
VISIBLE: dict[str, Callable[[], Fault]] = {
    "429 storm": lambda: Fault.limited(times=3),
    "429 without end": lambda: Fault.limited(times=40),
    "429 body with status 200": lambda: Fault.limited(times=2, status=200),
    "429 bodies without end": lambda: Fault.limited(times=40, status=200),
    "503": lambda: Fault.status(503, "down"),
    "403": lambda: Fault.status(403, "no"),
    "400": Fault.token_expired,
    "nothing": lambda: Fault.status(200, ""),
    "reset": Fault.reset,
    "reset midway": Fault.reset_midway,
    "truncated": Fault.truncated,
    "late": lambda: Fault.slow(0.02),
    "drip": lambda: Fault.drip(0.05),
    "100 MB": Fault.huge,
    "cut inside an entry": Fault.cut_inside_entry,
    "gzip cut": Fault.gzip_cut,
    "web page": Fault.web_page,
    "raw line break": lambda: _not_in_a_study(Fault.raw_newline()),
    "invalid JSON": Fault.invalid_json,
    "binary": Fault.binary,
    "total too high": lambda: Fault.wrong_total(1),
    "total too low": lambda: Fault.wrong_total(-1),
    "total of zero": Fault.zero_total,
    "a page twice": lambda: _later_pages(Fault.page_again()),
    "a page skipped": Fault.page_skipped,
    "an empty page": Fault.empty_page,
    "a page missing": Fault.page_missing,
    "an entry missing": Fault.id_missing,
    "an article missing": Fault.article_missing,
}

#: What PubMed leaves out of one answer it is asked for again, three times: more often is a lie.
ONCE_AN_ATTEMPT = frozenset({"an article missing"})
#: A lower total of more records than one answer names cannot be held against a list of them.
UNSEEN_IN_SLICES = frozenset({"total too low"})


def _not_in_a_study(fault: Fault) -> Fault:
    """The fault adds a string to a document; in a study it would be another content of it."""

    def respond(exchange: Exchange) -> Answer:
        if "/studies/" in exchange.asked.path:
            return exchange.genuine(exchange.asked)
        return fault.respond(exchange)

    return replace(fault, respond=respond)


def _later_pages(fault: Fault) -> Fault:
    """The fault for a second or later page alone: a page twice, not another question's answer."""

    def respond(exchange: Exchange) -> Answer:
        if _is_later(exchange.asked):
            return fault.respond(exchange)
        return exchange.genuine(exchange.asked)

    return replace(fault, respond=respond)


def _is_later(asked: Asked) -> bool:
    parameters = asked.parameters
    return (
        "pageToken" in parameters
        or parameters.get("cursorMark", "*") != "*"
        or parameters.get("page", "1") != "1"
    )


def shorter() -> Fault:
    """A list without its first entry, and a count that does not have it either: a lie."""
    return Fault.changed(_shorter)


_PLACES = (
    (("esearchresult",), "idlist", "count"),
    ((), "studies", "totalCount"),
    (("resultList",), "result", "hitCount"),
    (("citationList",), "citation", "hitCount"),
)


def _shorter(answer: Answer) -> Answer:
    try:
        document = json.loads(answer.body)
    except ValueError:
        return answer
    for path, name, count in _PLACES:
        part = document
        for step in path:
            part = part.get(step, {})
        if part.get(name):
            _leave_out(document, part, name, count)
    return replace(answer, body=json.dumps(document).encode())


def _leave_out(document: Any, part: Any, name: str, count: str) -> None:
    part[name] = part[name][1:]
    holder = part if count in part else document
    holder[count] = type(holder[count])(int(holder[count]) - 1)
