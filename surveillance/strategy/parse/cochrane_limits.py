"""What limits a search of the Cochrane Library: `with Publication Year from …, in Trials`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from surveillance.strategy.nodes import And, DateRange, Limitation, Missing, Node, Or, Span
from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.source import SourceText

PUBLICATION_YEAR = "yr"
LIBRARY_DATE = "cl"
"""The day when the Cochrane Library published the entry, which no record of ours carries."""

DATABASES = (
    "Cochrane Reviews",
    "Cochrane Reviews (Reviews and Protocols)",
    "Cochrane Reviews (Reviews only)",
    "Cochrane Reviews (Protocols only)",
    "Cochrane Protocols",
    "Cochrane Groups",
    "Cochrane Methodology Register",
    "Reviews",
    "Protocols",
    "Trials",
    "Clinical Answers",
    "Economic Evaluations",
    "Editorials",
    "Methods Studies",
    "Other Reviews",
    "Special Collections",
    "Special collections",
    "Technology Assessments",
)
"""The parts of the library by the names that it prints, and has printed in earlier years."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_NAME = "(?:" + "|".join(re.escape(name) for name in sorted(DATABASES, key=len, reverse=True)) + ")"
_MONTH = "(?:" + "|".join(MONTHS) + ")[a-z]{0,6}"
_DATE = rf"(?:\d{{4}}(?:-\d\d){{0,2}}|\d\d?/\d\d?/\d{{4}}|(?:\d\d?\s)?{_MONTH}\s\d{{4}})"
_WITH = (
    r"\b(?:with\s)?(?P<which>publication\syear(?=\s?:?\s?(?:from|between|in|until|to|before|\d))"
    r"|(?:cochrane\slibrary|online)\spublication\sdate)\b"
)
_VARIATIONS = re.compile(
    r"[\s,-]{0,9}\(?\s?word\svariations\s(?:have\snot|have|will\snot|will)\sbe(?:en)?\ssearched\s?\)?\s*$",
    re.IGNORECASE,
)
_VARIED = re.compile(r"variations\s(?:have|will)\sbe", re.IGNORECASE)
_DATABASE_LIST = re.compile(
    rf"[\s,-]{{0,9}}(?:^|\b)in\s(?P<names>{_NAME}(?:(?:\s?,\s?|\s(?:and|or)\s){_NAME}){{0,20}})[\s,]*$"
)
_DATED = re.compile(
    rf"""{_WITH}\s?:?\s?(?:
            (?:from\s|between\s|in\s)? (?P<first>{_DATE})
              (?:\s?(?:to|and|-)\s?(?:(?P<last>{_DATE})|present|current|date))?
          | (?:until|to|before)\s(?P<only>{_DATE}) )\s*,?\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_SAID = re.compile(_WITH, re.IGNORECASE)
# As the library printed it in earlier years: `(#1 AND #2), from 2000 to 2010`.
_YEARS = re.compile(
    r"(?:,\s?|(?<=\))\s|(?<=#\d)\s|(?<=#\d\d)\s|(?<=rials)\s)from\s\d{4}\sto\s\d{4}[\s,]*$",
    re.IGNORECASE,
)
# The Cochrane Register of Studies' name for what the library calls Trials.
_CENTRAL = re.compile(r"\s+AND\s+CENTRAL:TARGET\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limited:
    """A search up to `end`, an offset in its text, and its limit; None: it has none."""

    end: int
    condition: Node | None


def cut_limits(text: str, source: SourceText, findings: Findings) -> Limited:
    """Where the search itself ends and what limits it; `text` is that of `source`, `plain`."""
    end = _without_note(text, source, findings)
    parts: list[Node] = []
    while (limit := _last_limit(text, end, source, findings)) is not None:
        end, condition = limit
        parts.insert(0, condition)
    if not parts:
        return Limited(end, None)
    span = source.span(end, len(text))
    return Limited(end, parts[0] if len(parts) == 1 else And(tuple(parts), span=span))


def _last_limit(
    text: str, end: int, source: SourceText, findings: Findings
) -> tuple[int, Node] | None:
    """The last limit before `end`, and where it begins; None where a search ends there."""
    databases = _DATABASE_LIST.search(text, _tail(end), end)
    if databases:
        place = source.span(databases.start("names"), databases.end("names"))
        return databases.start(), _databases(databases["names"], place)
    central = _CENTRAL.search(text, _tail(end), end)
    if central:
        place = source.span(central.start(), central.end())
        return central.start(), Limitation("trials", span=place)
    said = _SAID.search(text, _tail(end), end) or _YEARS.search(text, _tail(end), end)
    if said:
        place = source.span(said.start(), end)
        return said.start(), _dates(text[said.start() : end], place, findings)
    return None


LONGEST_LIMIT = 600


def _tail(end: int) -> int:
    return max(0, end - LONGEST_LIMIT)


def _without_note(text: str, source: SourceText, findings: Findings) -> int:
    """Before the note on word variations, which says whether the host looked for other forms."""
    note = _VARIATIONS.search(text, _tail(len(text)))
    if note is None:
        return len(text)
    if _VARIED.search(note[0]):
        findings.warning(
            "word-variations",
            source.span(note.start(), note.end()),
            "The host searched for variations of the words too, by rules that it does not publish; "
            "the words are read as typed.",
            "Write the variations out, with truncation or OR.",
        )
    return note.start()


def _databases(names: str, span: Span) -> Node:
    found = tuple(Limitation(match[0].casefold(), span=span) for match in re.finditer(_NAME, names))
    return found[0] if len(found) == 1 else Or(found, span=span)


def _dates(text: str, span: Span, findings: Findings) -> Node:
    stated = text.strip(" ,-")
    if stated.lower().startswith("from"):
        stated = f"Publication Year {stated}"
    match = _DATED.fullmatch(stated)
    first = _day(match["first"]) if match else None
    last = _day(match["last"] or match["only"]) if match else None
    unread = match and (bool(match["first"]) != bool(first))
    if match is None or unread or (first is None and last is None):
        findings.error(
            "limit-unreadable",
            span,
            f"The limit “{text.strip()[:80]}” is not understood; what it leaves is unknown.",
            "Write it as: with Publication Year from 2000 to 2020.",
        )
        return Missing(text.strip(" ,"), span=span)
    year = "year" in match["which"].lower()
    return DateRange(PUBLICATION_YEAR if year else LIBRARY_DATE, first, last, span=span)


def _day(text: str | None) -> str | None:
    """`2021`, `2021-06` or `2021-06-17`, from the forms that the library prints."""
    if text is None:
        return None
    if re.fullmatch(r"\d{4}(?:-\d\d){0,2}", text):
        return text
    numbers = re.fullmatch(r"(\d\d?)/(\d\d?)/(\d{4})", text)
    if numbers:
        day, month, year = (int(number) for number in numbers.groups())
        return f"{year:04}-{month:02}-{day:02}" if month <= len(MONTHS) else None
    named = re.fullmatch(r"(?:(\d\d?)\s)?([A-Za-z]{3})[a-z]*\s(\d{4})", text)
    if named is None:
        return None
    month = MONTHS.index(named[2].capitalize()) + 1
    return f"{named[3]}-{month:02}" + (f"-{int(named[1]):02}" if named[1] else "")
