"""What registries print in their fields, made plain: HTML, lists, dates, numbers, nothing said."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import date

_BLOCK = r"br|p|div|li|ul|ol|hr|tr|table|tbody|h[1-6]"
_INLINE = r"a|b|i|u|em|strong|sup|sub|span|font|td|th"
# Known tags alone: “< 18 years and > 3 months” is no tag.
_NEW_LINE = re.compile(rf"</?(?:{_BLOCK})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_OTHER_TAG = re.compile(rf"</?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_SURROGATES = re.compile("[\ud800-\udfff]")
#: What registries print where nobody said anything.
_NOTHING = re.compile(
    r"(?:n\.?/?a\.?|nil(?: known)?|none|null|not (?:applicable|available|specified|provided)"
    r"|(?:plain english summary of protocol )?not provided at (?:the )?time of registration"
    r"|[-–—.;,\s]*)\.?",
    re.IGNORECASE,
)
_MONTH_NAMES = """
january february march april may june july august september october november december
"""
_MONTHS = {
    name: number
    for number, whole in enumerate(_MONTH_NAMES.split(), 1)
    for name in (whole, whole[:3])
}
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ].*)?")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[T ].*)?")
_NAMED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([A-Za-z]{3,9})\.?,?\s+(\d{4})")
_NAMED_US = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,\s*(\d{4})")


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a field without its HTML; those that say nothing are left out."""
    plain = _NEW_LINE.sub("\n", html.unescape(_SURROGATES.sub("\ufffd", text)))
    plain = _OTHER_TAG.sub("", plain)
    lines = (" ".join(line.split()) for line in re.split(r"[\r\n]", plain))
    return tuple(line for line in lines if not _NOTHING.fullmatch(line))


def plain(text: str) -> str:
    """A field on one line, without HTML; empty where it says that nothing is said."""
    return " ".join(lines_of(text))


def items_of(text: str) -> tuple[str, ...]:
    """The items of a list that stands in one field: divided by semicolons or lines, each once."""
    parts = (part.strip() for line in lines_of(text) for part in line.split(";"))
    return distinct(part for part in parts if not _NOTHING.fullmatch(part))


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts that are not empty, each once, in their order."""
    return tuple(dict.fromkeys(filter(None, texts)))


def iso_date(text: str) -> str:
    """A date as ISO 8601, to the day, month or year; empty where it is none that is understood.

    31/12/2020 has its day first, as ICTRP's registries print it; 12/31/2020 can only be meant the
    other way round. 2020-12-31 with a time, 20201231, 31 December 2020 and December 2020 are read.
    """
    text = plain(text)
    if found := _COMPACT.fullmatch(text) or _ISO.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        return _dated(found[1], found[2], found[3])
    if found := _SLASHED.fullmatch(text):
        return _dated(found[3], found[2], found[1]) or _dated(found[3], found[1], found[2])
    if found := _NAMED.fullmatch(text):
        return _dated(found[3], str(_MONTHS.get(found[2].casefold(), 0)), found[1])
    if found := _NAMED_US.fullmatch(text):
        return _dated(found[3], str(_MONTHS.get(found[1].casefold(), 0)), found[2])
    return ""


def _dated(year: str, month: str | None, day: str | None) -> str:
    try:
        whole = date(int(year), int(month or 1), int(day or 1)).isoformat()
    except ValueError:
        return ""
    return whole if day else whole[:7] if month else whole[:4]


def count_of(text: str) -> int | None:
    """A number of participants: 110, 1,200, or the sum of “Group A:49;Group B:50;”; else None."""
    text = plain(text)
    if found := re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d{1,9})(?: participants)?", text):
        return int(found[1].replace(",", ""))
    parts = [part for part in text.split(";") if part.strip()]
    arms = [re.search(r":\s*(\d{1,7})\s*$", part) for part in parts]
    if parts and all(arms):
        return sum(int(arm[1]) for arm in arms if arm)
    return None
