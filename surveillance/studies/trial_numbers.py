"""Numbers of trial registries in running text, each in the one spelling that is compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from surveillance.records.registration_numbers import PRINTED

# People write "NCT05009394", "nct05009394", "NCT 05009394", "NCT: 05009394", "NCT-05009394" and
# "NCT No. 05009394", and so for ISRCTN, of which they write "ISRCTN, 12345678", too. EudraCT and,
# since 2022, CTIS print theirs without letters: a year, six digits (CTIS: the first a 5), two
# digits; WHO's portal puts EUCTR or CTIS before them, a country or a version behind them.
_BETWEEN = r"[\s:#+\-\u2010-\u2013]{0,3}"
_NO = r"(?:\s?No\.?)?"
_EUDRACT = r"(?:EUCTR)?(?P<eudract>(?:19|20)[0-9]{2}-[0-4][0-9]{5}-[0-9]{2})(?:-[A-Z]{2,3})?"
_CTIS = r"(?:CTIS)?(?P<ctis>20[0-9]{2}-5[0-9]{5}-[0-9]{2})(?:-[0-9]{2})?"
_OTHERS = "|".join(one for one in PRINTED if not one.startswith(("NCT", "ISRCTN", "EUCTR")))

# No ASCII letter, digit or underscore may touch the number, so that a longer token is not one.
# Chinese and Japanese, which put no space there, may.
_NUMBER = re.compile(
    rf"(?<![A-Za-z0-9_])(?:NCT{_NO}{_BETWEEN}(?P<nct>[0-9]{{8}})"
    rf"|ISRCTN{_NO},?{_BETWEEN}(?P<isrctn>[0-9]{{8}})"
    rf"|{_EUDRACT}|{_CTIS}|(?P<other>{_OTHERS}))(?![A-Za-z0-9_]|-[0-9])",
    re.IGNORECASE,
)
_PREFIX = {"nct": "NCT", "isrctn": "ISRCTN", "eudract": "EUCTR", "ctis": "CTIS", "other": ""}
#: What the Japanese registries' numbers have before them in WHO's portal.
_JAPAN = "JPRN-"
_LETTERS = re.compile(r"[A-Z]+")
#: Every number has two digits beside each other, but some of one registry: a quick look.
_MAY_HOLD = re.compile(r"[0-9]{2}|RBR-|JPRN-", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A number in a text: in the spelling that is compared, and where it stands."""

    number: str
    start: int
    end: int


def numbers_in(text: str) -> Iterator[Found]:
    """Every registration number in a text, in order."""
    if not _MAY_HOLD.search(text):
        return
    for match in _NUMBER.finditer(text):
        kind = match.lastgroup or "other"
        number = f"{_PREFIX[kind]}{match[kind]}".upper()
        yield Found(number.removeprefix(_JAPAN), *match.span())


def compared(number: str) -> str:
    """A registration number in the spelling that is compared; what is none stays as it is."""
    found = next(numbers_in(number.strip()), None)
    if found is None or found.start > 0:
        return number.strip().upper()
    return found.number


def is_number(text: str) -> bool:
    """Whether a text is a registry's number and nothing else: a sponsor's own is not."""
    found = next(numbers_in(text.strip()), None)
    return found is not None and found.start == 0 and found.end == len(text.strip())


def registry(number: str) -> str:
    """The letters that a registry puts before its numbers."""
    found = _LETTERS.match(number)
    return found[0] if found else ""
