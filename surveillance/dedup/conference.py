"""Conference abstracts: they rarely say so, but where and how they are printed does."""

from __future__ import annotations

import re
from dataclasses import dataclass

from surveillance.records.model import Record

_TYPES = frozenset(
    {"meeting abstract", "conference abstract", "conference paper", "conference review", "congress"}
)
# "Proceedings of the National Academy of Sciences" is a journal, as are those of other societies.
_JOURNAL = re.compile(
    r"\bconference(?: publication)?:|\bcongress\b"
    r"|\bproceedings\b.*\b(?:conference|meeting|symposium|workshop)\b",
    re.IGNORECASE,
)
# Besides the word: what publishers number a meeting's abstracts by. ASCO's and the American Heart
# Association's supplements, the AACR's meetings, BMJ's ("annrheumdis-2019-eular.1234": a paper has
# a number for the meeting's name), and Oxford's, with a point behind the supplement's code.
_DOI = re.compile(
    r"abstract|_meetingabstracts|meeting_abstract"
    r"|^10\.1200/jco\.[\d.]+_suppl\.|^10\.1161/\w+\.\d+\.suppl_\d+\.[a-z]+\d"
    r"|^10\.1158/[\d-]+\.(?:am|sabcs)\d{2,4}-"
    r"|^10\.1136/[a-z]+-(?:19|20)\d\d-[a-z]+\d*\.\d+$"
    r"|^10\.1093/[a-z-]+/[a-z]{2,7}\d{3,4}\.[a-z]{0,3}\d{2,4}$",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\W*(?:meeting |poster )?abstracts? (?:no\.? ?)?#?[a-z]{0,4}-?\d[\w-]*:", re.I)
_SUPPLEMENT = re.compile(r"\bsuppl", re.IGNORECASE)
_SUPPLEMENT_PAGES = re.compile(r"^s(\d+)(?:-s?(\d+))?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ConferenceSign:
    """What shows that a record is conference material: the part of the record, and its words."""

    part: str
    text: str


def conference_sign(record: Record) -> ConferenceSign | None:
    """The first sign of conference material in `record`, else None (source-facts: files)."""
    for kind in record.publication_types:
        if kind.lower() in _TYPES:
            return ConferenceSign("publication type", kind)
    if _JOURNAL.search(record.journal):
        return ConferenceSign("journal", record.journal)
    if _DOI.search(record.doi):
        return ConferenceSign("doi", record.doi)
    if numbered := _TITLE.match(record.title):
        return ConferenceSign("title", numbered[0])
    if _SUPPLEMENT.search(f"{record.volume} {record.issue}") and _short(record.pages):
        return ConferenceSign("pages", record.pages)
    return None


def _short(pages: str) -> bool:
    """S281 or S281-S282: a supplement's full papers run longer than two pages."""
    found = _SUPPLEMENT_PAGES.match(pages.strip())
    if not found:
        return False
    first, last = found[1], found[2] or found[1]
    full = first[: len(first) - len(last)] + last
    return 0 <= int(full) - int(first) <= 1
