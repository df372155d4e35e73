"""ESearch's answer read to the last word: what PubMed ignored is often said there alone.

Source: source-facts, "PubMed E-utilities" (bodies captured in 2026).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from surveillance.errors import SourceFailed
from surveillance.sources.http import excerpt

_ALL_FIELDS = re.compile(r'("[^"]*"|[^\s()"]+)\[All Fields\]', re.IGNORECASE)
_ASKED_ALL_FIELDS = re.compile(r"\[all(?: fields)?\]", re.IGNORECASE)
_PROXIMITY = re.compile(r"\[[^\]]*:~\s*\d+\s*\]")
_LISTED = {
    ("errorlist", "fieldsnotfound"): "PubMed has no field “{}” and searched all fields instead.",
    ("warninglist", "phrasesignored"): "PubMed ignored “{}”.",
    ("warninglist", "quotedphrasesnotfound"): (
        "PubMed's phrase index does not hold {}; that part of the query was left out."
    ),
    ("warninglist", "outputmessages"): "PubMed says: {}",
}
#: So many of the words that PubMed does not know are named; the rest are counted.
_MOST_NAMED = 6
#: What PubMed says beside a count of 0, which says it already.
_NOTHING_FOUND = "No items found."


class QueryRefused(SourceFailed):
    """PubMed answered that it cannot search for this: asking again does not help."""


class NoAnswer(SourceFailed):
    """A body that is no answer of ESearch, or half of one."""


@dataclass(frozen=True, slots=True)
class ESearchAnswer:
    """One answer of ESearch; `pmids` are the first of `count`."""

    pmids: tuple[str, ...]
    count: int
    translation: str
    warnings: tuple[str, ...]


def is_passing_error(body: str) -> bool:
    """Whether a body asks to come again, whatever its status says.

    A rate limit and a failed backend come with status 200 too, so do NCBI's error pages and
    nothing at all.
    """
    start = body[:2_000].lstrip()
    if not start or start.lower().startswith(("<!doctype html", "<html", "<head")):
        return True
    if "API rate limit exceeded" in start:
        return True
    return "Search Backend failed" in start and "cannot be larger than" not in start


def read_esearch(body: str, term: str) -> ESearchAnswer:
    """The answer to `term`; raises `QueryRefused` where the body says so, `NoAnswer`."""
    result = _result(body)
    if error := result.get("ERROR"):
        raise QueryRefused(f"PubMed could not search: {excerpt(str(error))}")
    try:
        pmids = tuple(map(_pmid, result.get("idlist", ())))
        count = int(result["count"])
    except (KeyError, TypeError, ValueError):
        raise NoAnswer(
            f"PubMed's answer has no count or no list of PMIDs: {excerpt(body)}"
        ) from None
    translation = str(result.get("querytranslation", ""))
    warnings = (*_listed(result), *_silent(term, translation))
    return ESearchAnswer(pmids, count, translation, tuple(dict.fromkeys(warnings)))


def _result(body: str) -> dict[str, Any]:
    try:
        # strict=False: PubMed's longest error message has a raw newline inside a string.
        document = json.loads(body, strict=False)
        result = document["esearchresult"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoAnswer(f"PubMed's answer is not one of ESearch: {excerpt(body)}") from None
    if not isinstance(result, dict):
        raise NoAnswer(f"PubMed's answer is not one of ESearch: {excerpt(body)}")
    return result


def _pmid(value: object) -> str:
    if not (isinstance(value, str) and value.isdecimal()):
        raise ValueError(value)
    return value


def _listed(result: dict[str, Any]) -> Iterator[str]:
    """What PubMed itself lists as ignored, in plain words."""
    if unknown := _said(result, "errorlist", "phrasesnotfound"):
        # A spelt-out truncation (cut OR cut0* … cutz*) names dozens of words that do not exist:
        # that is no fault, so they share a sentence.
        named = ", ".join(f"“{word}”" for word in unknown[:_MOST_NAMED])
        more = f" and {len(unknown) - _MOST_NAMED:,} more" if len(unknown) > _MOST_NAMED else ""
        yield f"PubMed did not find {named}{more} anywhere."
    for (group, name), sentence in _LISTED.items():
        yield from (sentence.format(said) for said in _said(result, group, name))


def _said(result: dict[str, Any], group: str, name: str) -> list[str]:
    listed = result.get(group)
    said = listed.get(name, ()) if isinstance(listed, dict) else ()
    return [excerpt(str(one)) for one in said if one != _NOTHING_FOUND]


def _silent(term: str, translation: str) -> Iterator[str]:
    """What PubMed ignored without listing it: seen by holding its translation against the query.

    An unknown tag and a tag on a group search all fields; a proximity that PubMed cannot do is
    dropped; a query with a tag on a group is not even translated back.
    """
    if not translation:
        yield "PubMed did not say how it read the query; a part may have been searched otherwise."
        return
    if not _ASKED_ALL_FIELDS.search(term):
        for words in dict.fromkeys(_ALL_FIELDS.findall(translation)):
            yield f"PubMed searched {words} in all fields, which the query does not ask for."
    dropped = len(_PROXIMITY.findall(term)) - len(_PROXIMITY.findall(translation))
    if dropped > 0:
        yield f"PubMed dropped the proximity of {dropped} of the query's phrases."
