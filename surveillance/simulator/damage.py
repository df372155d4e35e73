"""A genuine answer spoilt: what services, and what stands between, make of an answer at times.

Each function takes an answer and gives what is sent in its place. Where an answer has nothing
that could be spoilt in this way (a refusal, another format) it stays as it is.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from surveillance.simulator.answers import HTML, Answer

Change = Callable[[Answer], Answer]

# Where each source has its count, its list of a page, and the mark of the next page.
_COUNTS = (("esearchresult", "count"), ("totalCount",), ("hitCount",))
_LISTS = (
    *(("esearchresult", "idlist"), ("studies",)),
    *(("resultList", "result"), ("citationList", "citation")),
)
_MARKS = {"nextPageToken": "pageToken", "nextCursorMark": "cursorMark"}
_XML_COUNT = re.compile(rb"<Count>(\d+)</Count>")
_XML_ID = re.compile(rb"<Id>\d+</Id>\s*")
_ENTRY = re.compile(rb"<(PubmedArticle|PubmedBookArticle)\b.*?</\1>", re.DOTALL)
_SORRY = "<!DOCTYPE html><html><head><title>Sorry</title></head><body>Try later.</body></html>"
_BINARY = 4_096


def web_page(answer: Answer) -> Answer:
    """An apology in HTML under the genuine status."""
    return Answer(answer.status, HTML, _SORRY.encode())


def binary(answer: Answer) -> Answer:
    """Bytes that mean nothing, announced as what was asked for."""
    return replace(answer, body=random.Random(len(answer.body)).randbytes(_BINARY))  # noqa: S311


def cut_inside_entry(answer: Answer) -> Answer:
    """The body up to the middle of its last entry, with the length of what is sent."""
    *_, (start, end) = [(0, len(answer.body)), *(m.span() for m in _ENTRY.finditer(answer.body))]
    return replace(answer, body=answer.body[: (start + end) // 2])


def gzip_cut(answer: Answer) -> Answer:
    """Half of the body as gzip, with the length of what is sent."""
    packed = gzip.compress(answer.body, mtime=0)
    headers = {**answer.headers, "Content-Encoding": "gzip"}
    return replace(answer, body=packed[: len(packed) // 2], headers=headers)


def raw_newline(answer: Answer) -> Answer:
    """JSON that is complete and has a raw line break in a string, as PubMed's errors have."""
    begins = answer.body.find(b"{") + 1
    if not _document(answer):
        return answer
    noted = b'"note":"two\nlines",'
    return replace(answer, body=answer.body[:begins] + noted + answer.body[begins:])


def invalid_json(answer: Answer) -> Answer:
    """JSON without its last bracket, announced whole."""
    return replace(answer, body=answer.body.rstrip()[:-1]) if _document(answer) else answer


def counted(change: Callable[[int], int]) -> Change:
    """The genuine answer with another count; its list stays."""

    def damage(answer: Answer) -> Answer:
        if document := _document(answer):
            for path in _COUNTS:
                _changed(document, path, lambda count: type(count)(change(int(count))))
            return _with(answer, document)
        body = _XML_COUNT.sub(lambda m: b"<Count>%d</Count>" % change(int(m[1])), answer.body)
        return replace(answer, body=body)

    return damage


def empty_page(answer: Answer) -> Answer:
    """No entries; count and mark of the next page stay."""
    return _listed(answer, lambda _: [])


def without_mark(answer: Answer) -> Answer:
    """A page that says that it is the last."""
    document = _document(answer)
    for name in _MARKS:
        document.pop(name, None)
    return _with(answer, document) if document else answer


def without_first(answer: Answer) -> Answer:
    """A list without its first entry, and a count that still has it."""
    if _document(answer):
        return _listed(answer, lambda entries: entries[1:])
    return replace(answer, body=_XML_ID.sub(b"", answer.body, count=1))


def without_article(answer: Answer) -> Answer:
    """A set of articles without its first, otherwise whole."""
    return replace(answer, body=_ENTRY.sub(b"", answer.body, count=1))


def next_page(answer: Answer, parameters: Mapping[str, str]) -> dict[str, str] | None:
    """The parameters that ask for the page after this answer; None where it is the last."""
    document = _document(answer)
    for name, parameter in _MARKS.items():
        if document.get(name):
            return {**parameters, parameter: str(document[name])}
    if parameters.get("page", "").isdecimal():
        return {**parameters, "page": str(int(parameters["page"]) + 1)}
    return None


def _document(answer: Answer) -> dict[str, Any]:
    try:
        document = json.loads(answer.body, strict=False)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _with(answer: Answer, document: Mapping[str, Any]) -> Answer:
    return replace(answer, body=json.dumps(document, ensure_ascii=False).encode())


def _listed(answer: Answer, change: Callable[[list[Any]], list[Any]]) -> Answer:
    document = _document(answer)
    for path in _LISTS:
        _changed(document, path, change)
    return _with(answer, document) if document else answer


def _changed(document: dict[str, Any], path: tuple[str, ...], change: Callable[[Any], Any]) -> None:
    """Change what stands at `path`, if it is there."""
    *above, name = path
    part: Any = document
    for step in above:
        part = part.get(step) if isinstance(part, dict) else None
    if isinstance(part, dict) and name in part:
        part[name] = change(part[name])
