"""How many people a study reports on, as its title and abstract count them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from surveillance.screening.language import Evidence, Passage

#: A person has at most four limbs: n limbs are at least n / 4 people.
LIMBS_OF_A_PERSON = 4

_UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9,
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_VALUES = _UNITS | _TEENS | _TENS

_BELOW_HUNDRED = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_UNITS)}))?"
    rf"|{'|'.join(_TEENS)}|{'|'.join(_UNITS)})"
)
_IN_WORDS = (
    rf"(?:(?:a|{'|'.join(_UNITS)}) hundred(?:(?: and)?[ ]{_BELOW_HUNDRED})?|{_BELOW_HUNDRED})"
)
_NUMBER = rf"(?P<number>\d{{1,3}}(?:[,\u2009\u00a0]\d{{3}})+|\d{{1,7}}|{_IN_WORDS})"

_SEXES = "men|women|males|females|boys|girls"
_CONTROLS = "controls|comparators|counterparts|others"
_PEOPLE = (
    "patients|people|persons|participants|subjects|amputees|adults|children|veterans|individuals|"
    "volunteers|respondents|survivors|adolescents|infants|cases|recipients|soldiers|civilians"
)
_LIMBS = "limbs|amputations|extremities|legs|arms"
# Between a number and its noun stand adjectives, never these: "12 of the patients", "5 studies
# of patients", "15 years old patients", "30% of patients".
_NOT_BETWEEN = (
    r"(?!(?:of|to|or|and|in|with|from|at|by|for|per|the|was|were|had|than|as|years?|months?|weeks?|"
    r"days?|hours?|studies|trials|articles|reviews|limbs|amputations|procedures|percent|points?|"
    r"centres|centers|hospitals|times)\b)"
)
_COUNT = re.compile(
    rf"(?<![\w.,/%–-]){_NUMBER}(?:[ ]+{_NOT_BETWEEN}[a-z][\w'’/-]*){{0,4}}?"
    rf"[ ]+(?P<noun>{_PEOPLE}|{_SEXES}|{_CONTROLS}|{_LIMBS})\b",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"(?<!\w)n\s{0,2}[=＝]\s{0,2}(?P<number>\d{1,3}(?:,\d{3})+|\d{1,7})\b", re.IGNORECASE
)
# "… against 55 without": a group whose people are not named.
_BARE_GROUP = re.compile(
    rf"(?<![\w.,/%–-]){_NUMBER}\s+(?:with|without|who|in the|underwent|received)\b", re.IGNORECASE
)
_COMPARES = re.compile(
    r"\b(?:versus|vs|compared|against|controls?|without|matched)\b", re.IGNORECASE
)
_LABEL_BEFORE = re.compile(
    r"\b(?:type|grade|stage|class|phase|level|group|covid|age|aged|score)[ -]+$", re.IGNORECASE
)
_DATE_BEFORE = re.compile(r"\b(?:in|since|from|during|until|to|and|between)\s+$", re.IGNORECASE)
_WHOLE_BEFORE = re.compile(r"\bof(?:\s+(?:the|these|our|all))?\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Count:
    """How many people a text counts, and where; not `exact`: at least so many."""

    number: int
    evidence: tuple[Evidence, ...]
    exact: bool = True


@dataclass(frozen=True, slots=True)
class _Mention:
    number: int
    noun: str
    whole: bool
    evidence: Evidence


def count_people(passages: Sequence[Passage]) -> Count | None:
    """The number of participants; None where no text counts people.

    The first sentence that counts gives the total, its groups added up; a larger number
    elsewhere outweighs it. Numbers of limbs count as people only as far as they must
    (`LIMBS_OF_A_PERSON`) and a comparison with "55 without" leaves the number open upwards.
    Years, ages, percentages and numbers of studies are no people.
    """
    sentences = list(_counting_sentences(passages))
    mentions = [mention for sentence in sentences for mention in sentence]
    if people := [mention for mention in mentions if mention.noun != "limbs"]:
        total = next(count for sentence in sentences if (count := _total(sentence)))
        most = max(total, _largest(people), key=lambda count: count.number)
        return replace(most, exact=not _open_group(passages))
    if not mentions:
        return None
    limbs = _largest(mentions)
    return Count(-(-limbs.number // LIMBS_OF_A_PERSON), limbs.evidence, exact=False)


def _open_group(passages: Sequence[Passage]) -> bool:
    return any(
        _BARE_GROUP.search(sentence) and _COMPARES.search(sentence)
        for passage in passages
        for _, sentence in passage.sentences
    )


def _largest(mentions: Sequence[_Mention]) -> Count:
    most = max(mentions, key=lambda mention: mention.number)
    return Count(most.number, (most.evidence,))


def _counting_sentences(passages: Sequence[Passage]) -> Iterator[list[_Mention]]:
    for passage in passages:
        for start, sentence in passage.sentences:
            if mentions := list(_mentions(passage, start, sentence)):
                yield mentions


def _mentions(passage: Passage, start: int, sentence: str) -> Iterator[_Mention]:
    for pattern in (_COUNT, _SIZE):
        for found in pattern.finditer(sentence):
            number = value_of(found["number"])
            before = sentence[max(0, found.start() - 24) : found.start()]
            if _no_count(number, before):
                continue
            noun = _noun(found["noun"]) if pattern is _COUNT else "n"
            evidence = passage.quote(start + found.start(), start + found.end())
            yield _Mention(number, noun, bool(_WHOLE_BEFORE.search(before)), evidence)


def _no_count(number: int, before: str) -> bool:
    """A label ("type 2 patients") or a year ("in 2019 patients were …")."""
    year = 1900 <= number <= 2100 and _DATE_BEFORE.search(before)
    return bool(_LABEL_BEFORE.search(before) or year)


def _noun(noun: str) -> str:
    word = noun.lower()
    for kind, words in (("limbs", _LIMBS), ("sexes", _SEXES), ("controls", _CONTROLS)):
        if word in words.split("|"):
            return kind
    return "people"


def _total(mentions: Sequence[_Mention]) -> Count | None:
    """The people of one sentence: "7 of the 12 patients" are 12, 15 and 13 patients are 28.

    Sexes and n = … split up a number that stands before them, so the largest sum counts.
    """
    whole = [m for m in mentions if m.whole and m.noun == "people"]
    sums = [
        Count(sum(m.number for m in group), tuple(m.evidence for m in group))
        for kinds in (("people", "controls"), ("sexes", "controls"), ("n",))
        if (group := [m for m in mentions if m.noun in kinds])
    ]
    if whole:
        return Count(whole[0].number, (whole[0].evidence,))
    return max(sums, key=lambda count: count.number, default=None)


def value_of(number: str) -> int:
    """The value of a number in digits or words: "1,099", "sixty-four", "one hundred and two"."""
    digits = re.sub(r"[^\d]", "", number)
    if digits:
        return int(digits)
    value = 0
    for word in re.split(r"[- ]+", number.lower()):
        if word == "hundred":
            value = max(value, 1) * 100
        else:
            value += _VALUES.get(word, 0)
    return value
