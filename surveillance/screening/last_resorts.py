"""How many people there were at least, where no number is said to count them.

Answers that came back, fractions of a whole, shares that make up a whole, limbs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from surveillance.screening import count_cues as cues
from surveillance.screening.language import Evidence, Passage, in_any_case
from surveillance.screening.numerals import numbers_in, value_of
from surveillance.screening.people_words import GROUPS, NOUNS, Noun
from surveillance.screening.totals import Sentence

#: A person has at most four limbs: n limbs are at least n / 4 people.
LIMBS_OF_A_PERSON = 4
#: So many questionnaires may be kinds of them, which each person filled in.
FEWEST_FORMS = 10
#: A text without these has none that came back (`count_cues.FORMS_AFTER` and `FORMS_BEFORE`).
_FORMS = ("questionnaires", "surveys", "responses", "forms")
#: Fractions of fewer are ratios, dates, blood pressures.
FEWEST_OF_A_FRACTION = 5
# So many shares of a sentence are tried as those of a whole, rounded to a tenth of a percent.
_MOST_SHARES = 12
_ROUNDED = 0.6

Least = tuple[int, Evidence]

_WORD = re.compile(r"[^\W\d_][\w-]*")
_SHARE = re.compile(
    r"(?<![\w.,·/])(?P<n>\d[\d,]{0,10}\d|\d)(?:(?: [a-z]+){0,3}\s?[(\[]\s?|[,;] )"
    r"(?P<percent>\d{1,3}(?:[.·]\d+)?)\s?%"
)
_SHARE_OF = re.compile(
    r"(?<![\w.,·/])(?P<n>\d[\d,]{0,10}\d|\d)\s?[(\[]\s?(?P<percent>\d{1,3}(?:[.·]\d+)?)\s?%[^()]{0,40}\)"
    r" of (?:[a-z]+ ){0,3}(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,9})(?![\w.·%]|,\d)"
)
_FRACTION = re.compile(
    r"(?<![\w.,·/])(?P<part>\d{1,3}(?:[, ]\d{3})*|\d{1,9})\s?/\s?"
    r"(?P<whole>\d{1,3}(?:[, ]\d{3})+|\d{1,9})"
    r"(?![\d.·/])(?P<after>[^.;\d]{0,30})"
)
_ENROLLING = re.compile(r"\b(?:enrolling|enrolled|recruited|recruiting|randomi[sz]ed) $")
# So near before a fraction its people are named.
_NEAR = 40


def by_forms(passages: Sequence[Passage]) -> Least | None:
    """The most answers that came back."""
    return _most(_forms(passages), FEWEST_FORMS)


def _forms(passages: Sequence[Passage]) -> Iterator[Least]:
    for passage in passages:
        told = in_any_case(passage.text)
        for start, text in passage.sentences if any(form in told for form in _FORMS) else ():
            if not cues.FORMS_RETURNED.search(text):
                continue
            for number in numbers_in(text):
                form = cues.FORMS_AFTER.match(text[number.end() :])
                if form or cues.FORMS_BEFORE.search(text[: number.start()]):
                    end = number.end() + (form.end() if form else 0)
                    yield value_of(number[0]), passage.quote(start + number.start(), start + end)


def by_parts(passages: Sequence[Passage]) -> Least | None:
    """The largest whole of fractions ("33/38 patients") or shares ("40 (28.2%), 102 (71.8%)")."""
    found = (*_fractions(passages), *_shares(passages), *_shares_of_a_whole(passages))
    return _most(found, FEWEST_OF_A_FRACTION)


def _fractions(passages: Sequence[Passage]) -> Iterator[Least]:
    for passage in passages:
        for start, text in passage.sentences:
            if "/" not in text or not _tells_of_people(text):
                continue
            for found in _FRACTION.finditer(text):
                part, whole = value_of(found["part"]), value_of(found["whole"])
                if part <= whole and _of_people(text, found):
                    enrolled = _ENROLLING.search(text[: found.start()])
                    quote = passage.quote(start + found.start(), start + found.end("whole"))
                    yield part if enrolled else whole, quote


def _of_people(text: str, found: re.Match[str]) -> bool:
    """Whether people are named right after a fraction, or right before it."""
    after = [word.lower() for word in _WORD.findall(found["after"])][:3]
    before = _WORD.findall(text[max(0, found.start() - _NEAR) : found.start()])[-1:]
    return any(word in NOUNS for word in after) or any(word.lower() in NOUNS for word in before)


def _shares(passages: Sequence[Passage]) -> Iterator[Least]:
    for passage in passages:
        for start, text in passage.sentences:
            found = list(islice(_SHARE.finditer(text), _MOST_SHARES)) if "%" in text else []
            if len(found) < 2 or not _tells_of_people(text):
                continue
            for first in range(len(found)):
                for last in range(first + 2, len(found) + 1):
                    if whole := _whole(found[first:last]):
                        begin, end = found[first].start(), found[last - 1].end()
                        yield whole, passage.quote(start + begin, start + end)


def _shares_of_a_whole(passages: Sequence[Passage]) -> Iterator[Least]:
    """In "803 (8%) of the enumerated 10,040" the last, if the share is right."""
    for passage in passages:
        for start, text in passage.sentences:
            for found in _SHARE_OF.finditer(text) if ") of " in text else ():
                if not _tells_of_people(text):
                    break
                part, whole = value_of(found["n"]), value_of(found["whole"])
                percent = float(found["percent"].replace("·", "."))
                if whole and abs(100 * part / whole - percent) < _ROUNDED:
                    yield whole, passage.quote(start + found.start("whole"), start + found.end())


def _whole(shares: Sequence[re.Match[str]]) -> int:
    """What shares of a hundred percent add up to, if each is the share that it says; else 0."""
    numbers = [value_of(share["n"]) for share in shares]
    percents = [float(share["percent"].replace("·", ".")) for share in shares]
    together = sum(numbers)
    if not together or abs(sum(percents) - 100) > _ROUNDED:
        return 0
    each = zip(numbers, percents, strict=True)
    return together if all(abs(100 * n / together - p) < _ROUNDED for n, p in each) else 0


def _tells_of_people(text: str) -> bool:
    words = (word.lower() for word in _WORD.findall(text))
    return any(word in NOUNS or word in GROUPS for word in words)


def by_limbs(sentences: Sequence[Sentence]) -> Least | None:
    """As many people as the limbs must be of."""
    limbs = [(m, s) for s in sentences for m in s.mentions if m.noun is Noun.LIMBS]
    if not limbs:
        return None
    most, sentence = max(limbs, key=lambda limb: limb[0].number)
    quote = sentence.passage.quote(sentence.start + most.start, sentence.start + most.end)
    return -(-most.number // LIMBS_OF_A_PERSON), quote


def _most(found: Iterator[Least] | Sequence[Least], fewest: int) -> Least | None:
    most = max(found, key=lambda least: least[0], default=None)
    return most if most and most[0] > fewest else None
