"""Numbers as they are printed: digits with separators, words, millions; and their values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9,
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SMALL = _UNITS | _TEENS | _TENS | {"a": 1}
_SCALES = {"dozen": 12, "thousand": 1_000, "million": 1_000_000}

# Words stand apart by spaces or hyphens, by both where a line was broken ("twenty- four").
_GAP = "[ -]{1,2}"
_UNIT = "|".join(_UNITS)
_BELOW_HUNDRED = rf"(?:(?:{'|'.join(_TENS)})(?:{_GAP}(?:{_UNIT}))?|{'|'.join(_TEENS)}|{_UNIT})"
_BELOW_THOUSAND = (
    rf"(?:(?:a|{_UNIT}){_GAP}hundred(?:(?:{_GAP}and)?{_GAP}{_BELOW_HUNDRED})?|{_BELOW_HUNDRED})"
)
_IN_WORDS = (
    rf"(?:(?:a|{_BELOW_THOUSAND}){_GAP}thousand(?:,?(?:{_GAP}and)?{_GAP}{_BELOW_THOUSAND})?"
    rf"|(?:a|{_BELOW_HUNDRED}){_GAP}(?:dozen|million)|{_BELOW_THOUSAND})"
)
# Thousands are parted by commas, by spaces of any width, in other languages by points.
_IN_DIGITS = (
    r"(?:\d{1,3}(?:[,\u2009\u00a0\u202f ]\d{3})+(?![\d%])|[1-9]\d{0,2}(?:\.\d{3})+(?![\d%])"
    r"|\d{1,4}(?:[.·]\d{1,3})?[ ]million|\d{1,9}(?:[ ]thousand)?(?!\d))"
)

# A number neither ends nor begins within a longer number or word.
_NUMBER = re.compile(
    rf"(?:(?<![\w.·/%–−+±-])(?<!\d,){_IN_DIGITS}|(?<![\w-]){_IN_WORDS}\b)"
    r"(?![\d%]|\w{1,2}\b|\w-|[.,·]\d)",
    re.IGNORECASE,
)
# Where one may begin, in lower case: every text is searched for this, few places are then read as
# numbers. Python skips fast to the letters that a pattern begins with, if all of them stand in one
# class; which word it was is asked behind the first letter.
_BEGINNINGS = [rf"{word}\b" for word in _UNITS | _TEENS | _TENS] + [
    rf"a{_GAP}(?:hundred|{'|'.join(_SCALES)})"
]
_FIRST_LETTERS = sorted({beginning[0] for beginning in _BEGINNINGS})
_AFTER_LETTERS = "|".join(
    rf"(?<={letter})(?:{'|'.join(it[1:] for it in _BEGINNINGS if it[0] == letter)})"
    for letter in _FIRST_LETTERS
)
_BEGINNING = re.compile(
    rf"[\d{''.join(_FIRST_LETTERS)}](?<!\w.)(?:(?<=\d)|{_AFTER_LETTERS})", re.DOTALL
)
_VALUE_IN_DIGITS = re.compile(
    r"(?P<digits>\d[\d.,·\u2009\u00a0\u202f ]*)(?P<scale>million|thousand)?"
)


def numbers_in(text: str) -> Iterator[re.Match[str]]:
    """The numbers of a text, as they stand in it."""
    end = 0
    lower = text.lower()
    for beginning in _BEGINNING.finditer(lower if len(lower) == len(text) else text):
        if beginning.start() < end:
            continue
        if found := _NUMBER.match(text, beginning.start()):
            yield found
            end = found.end()


@lru_cache(maxsize=8192)
def value_of(number: str) -> int:
    """The value of a number in digits or words: "1,099", "7 million", "one hundred and two"."""
    text = number.lower()
    if found := _VALUE_IN_DIGITS.match(text):
        return _value_of_digits(found["digits"].strip(), found["scale"] or "")
    return _value_of_words(re.findall(r"[a-z]+", text))


def _value_of_digits(digits: str, scale: str) -> int:
    if scale:
        return round(float(digits.replace("·", ".").replace(",", "")) * _SCALES[scale])
    return int(re.sub(r"\D", "", digits))


def _value_of_words(words: list[str]) -> int:
    whole = part = 0
    for word in words:
        if word == "hundred":
            part = max(part, 1) * 100
        elif word in _SCALES:
            whole, part = whole + max(part, 1) * _SCALES[word], 0
        else:
            part += _SMALL.get(word, 0)
    return whole + part
