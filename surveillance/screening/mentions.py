"""Every number of people in a sentence, and how it stands there: enrolled, stated, or a part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from surveillance.screening import count_cues as cues
from surveillance.screening.numerals import numbers_in, value_of
from surveillance.screening.people_words import (
    ATTRIBUTES,
    GROUPS,
    MEMBERS,
    NOT_BETWEEN,
    NOUNS,
    PROFESSION,
    THINGS,
    Noun,
)

# Between a number and its noun stand so many words, and around both so many characters count.
_MOST_WORDS = 7
_NEAR = 160
# More are the inhabitants of countries.
_MOST_PEOPLE = 200_000_000
_FEW_OBSERVERS = 4
_YEAR_DIGITS = 4
# From so many on a rate is that of a country, and a number that is merely said its people.
_MANY, _A_COUNTRY = 1_000, 1_000_000
# A sentence that counts more often is none; a hostile one may take no longer than others.
_MOST_MENTIONS = 60


class Standing(IntEnum):
    """How much a number claims to be the whole."""

    PART = 0
    PLAIN = 1
    STATED = 2
    ENROLLED = 3
    FINAL = 4


@dataclass(frozen=True, slots=True)
class Mention:
    """A number of people, from `start` to `end` of its sentence.

    `whole`: "of the 12 patients"; `base`: they were screened, invited or registered, and fewer may
    have taken part; `joined`: those who then did; not `exact`: "more than 500".
    """

    number: int
    noun: Noun
    start: int
    end: int
    standing: Standing
    whole: bool
    base: bool
    joined: bool
    healthy: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """A number with its noun, before its surroundings are read."""

    number: int
    noun: Noun
    start: int
    end: int
    between: str = ""


_NEXT_WORD = re.compile(
    r"(?:[ ]?\([^()]{1,60}\)|[ ]?\[[^][]{1,24}\])?,?[ ]*(?:\w+- (?:to|and|or) )?"
    r"(?:(?:(?:type|class|stage|grade|status)[ ])?(?:[IV]+|[1-4])"
    r"(?:[ ]?(?:and|or|to|-|/|–)[ ]?(?:[IV]+|[1-4]))?[ ])?"
    r"(?P<word>[A-Z]\w+ of [A-Z]\w+|(?:[A-Z]\.){2,4}|(?:(?:and|or|to) -?)?[^\W\d_][\w'’/+-]*)"
)
# "Family members", "14 members who": the members of a class of proteins are none.
_OF_PEOPLE = re.compile(
    r"\b(?:staff|family|team|faculty|community|panel|society|crew|household|board|committee|council|"
    r"care|military|audience|service|public|church|club|association|union)[ ]$",
    re.IGNORECASE,
)
_AS_PEOPLE = re.compile(
    r"[ ](?:who|whom|from|aged|were|participated|completed|responded|replied|took|agreed|"
    r"of (?:the|a|an) (?:[\w-]+ ){0,4}?(?:society|association|college|academy|team|staff|public|"
    r"community|panel|board|committee))\b",
    re.IGNORECASE,
)
# "Sixty-three 30-month-olds"
_OLDS = re.compile(r" (?:[a-z]+ ){0,2}\d{1,2}-(?:year|month|week|day)-olds\b")
# What is kept of patients, one of each.
_RECORDS = re.compile(r"[ ](?:records|charts|files|data)\b(?! sets?| points?)")
_SIZE_BEFORE = re.compile(r"(?<!\w)n['’]?s?\s{0,2}[=＝:]\s{0,2}$", re.IGNORECASE)
# "In hemimandibles (n = 12)": the one word that is counted is none for people.
_IN_THINGS = re.compile(
    r"\bin (?!(?:\w+-)?(?:"
    + "|".join(sorted(NOUNS | dict.fromkeys(GROUPS)))
    + r")\b)[a-z][a-z-]{5,}s \($"
)
_OF_A_FRACTION = re.compile(r"\s?/\s?\d")
_BRACKETED = re.compile(r"[a-z] \($")
_WITH_SIZE = {Noun.PATIENTS, Noun.PERSONS, Noun.CONTROLS}
_LETTERS = re.compile(r"[^\W\d_][\w-]*")
# "212 institutional and 1615 NCDB patients", "17 Caribbean, 15 British, and 3 other people"
_ELLIPSIS = re.compile(
    r"^(?:[ ]+[^\W\d_][\w-]*){0,3}(?:[ ]?\([^()]{1,60}\))?"
    r"(?:,|,?[ ]+(?:and|or|versus|vs\.?|plus))[ ]+(?:the )?$",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"^[^.;]{0,30}?\b(?:with|without|undergoing|receiving|having|after|who|whose|treated|at|in|"
    r"attending|living|enrolled|recruited)\b",
    re.IGNORECASE,
)
#: What stands in brackets, and in brackets within these.
BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*+\)|\[(?:[^][]|\[[^][]*\])*+\]")


def mentions_of(sentence: str, short: frozenset[str] = frozenset()) -> list[Mention]:
    """The numbers of people that a sentence mentions, in their order.

    `short` are the abbreviations that the text explains as words for people.
    """
    places = _places(sentence, short)
    ends = [0, *(place.end for place in places)]
    found = [
        _mention(
            place,
            sentence[max(end, place.start - _NEAR) : place.start],
            sentence[place.end : place.end + 2 * _NEAR],
        )
        for place, end in zip(places[:_MOST_MENTIONS], ends, strict=False)
    ]
    return [mention for mention in found if mention]


def _places(sentence: str, short: frozenset[str]) -> list[_Place]:
    """Read from the end: "212 institutional and 1615 NCDB patients" are both patients."""
    places: list[_Place] = []
    for found in reversed(list(numbers_in(sentence))):
        following = places[-1] if places else None
        place = (
            _counted(sentence, found, short)
            or _size(sentence, found)
            or _elliptic(sentence, found, following)
            or _bare(sentence, found, following)
        )
        if place:
            places.append(place)
    return places[::-1]


def _elliptic(sentence: str, found: re.Match[str], following: _Place | None) -> _Place | None:
    if following is None or following.noun in {Noun.SIZE, Noun.BARE}:
        return None
    if following.start - found.end() > _NEAR:
        return None
    if cues.CALENDAR_BEFORE.search(sentence[max(0, found.start() - _NEAR) : found.start()]):
        return None
    between = sentence[found.end() : following.start]
    if not _ELLIPSIS.match(between) or _names_things(between):
        return None
    number = _people(found[0], following.noun)
    return _Place(number, following.noun, found.start(), found.end(), following.between)


def _names_things(between: str) -> bool:
    words = {word.lower() for word in _LETTERS.findall(BRACKETS.sub("", between))}
    return not words.isdisjoint(NOT_BETWEEN - {"and", "or", "versus", "vs", "plus", "the"})


def _counted(
    sentence: str, found: re.Match[str], short: frozenset[str] = frozenset()
) -> _Place | None:
    """A number with a noun for people: "33 major limb amputees"."""
    end = found.end()
    if aged := _OLDS.match(sentence, end):
        return _Place(value_of(found[0]), Noun.PERSONS, found.start(), aged.end(), aged[0])
    for place in range(_MOST_WORDS + 1):
        following = _NEXT_WORD.match(sentence, end)
        if not following or (not place and following[0].startswith(",")):
            return None
        *joined, word = following["word"].lower().replace("’", "'").split(" ")
        end = following.end()
        if word == "patient" and (kept := _RECORDS.match(sentence, end)):
            between = sentence[found.end() : kept.end()]
            return _Place(
                _people(found[0], Noun.PATIENTS), Noun.PATIENTS, found.start(), kept.end(), between
            )
        noun = (
            Noun.PERSONS
            if word in short
            else _noun(word, sentence[found.end() : following.start("word")], sentence[end:])
        )
        if noun:
            between = sentence[found.end() : end]
            return _Place(_people(found[0], noun), noun, found.start(), end, between)
        if _ends_the_phrase(following["word"], sentence[end:]) or (joined and not place):
            return None
    return None


_SHORT = re.compile(r"\(([A-Za-z]{2,8})\)")
_MOST_WORDS_BEFORE = 6
_WORDS_BEFORE = re.compile(rf"(?:[^\W\d_][\w'’-]* ){{1,{_MOST_WORDS_BEFORE}}}$")
#: Characters in which the words stand that an abbreviation behind them stands for.
_LOOKED_BACK = 300
_WITH = re.compile(r"^(?:[pwc]w|pl)", re.IGNORECASE)


def abbreviations(text: str) -> frozenset[str]:
    """Those that a text explains as words for people: "healthcare professionals (HCPs)".

    Of "people with multiple sclerosis (pwMS)" the first letters are those of people with.
    """
    found: set[str] = set()
    for match in _SHORT.finditer(text):
        words = _WORDS_BEFORE.search(_last_words(text, match.start()))
        if words is None:
            continue
        short, (*earlier, last) = match[1], words[0].lower().split()
        if (last in NOUNS and short.rstrip("s").isupper()) or (
            _WITH.match(short) and any(word in NOUNS for word in earlier)
        ):
            found.add(short.lower().removesuffix("s") + "s")
            found.add(short.lower())
    return frozenset(found)


def _last_words(text: str, end: int) -> str:
    """As much before `end` as `_WORDS_BEFORE` can match: it takes long over what it cannot."""
    before = text[max(0, end - _LOOKED_BACK) : end]
    return " ".join(before.rsplit(" ", _MOST_WORDS_BEFORE + 1)[-_MOST_WORDS_BEFORE - 1 :])


def _noun(word: str, before: str, after: str) -> Noun | None:
    """What a word counts; of "community-dwellers" the last part, "members" only of people."""
    word = word.removesuffix("'")
    noun = NOUNS.get(word) or NOUNS.get(word.rpartition("-")[2])
    if noun is None and PROFESSION.search(word):
        return Noun.PERSONS
    if word in MEMBERS and not (_OF_PEOPLE.search(before) or _AS_PEOPLE.match(after)):
        return None
    return noun


def _ends_the_phrase(words: str, after: str) -> bool:
    """Whether no noun for the number can follow; capitals are short for something ("AS")."""
    word = words.rsplit(" ", maxsplit=1)[-1].split("/", maxsplit=1)[0]
    if word.lower() in ATTRIBUTES and not after.startswith(","):
        return False
    return word.lower() in NOT_BETWEEN and not (len(word) > 1 and word.isupper())


def _people(number: str, noun: Noun) -> int:
    return value_of(number) * (2 if noun is Noun.PAIRS else 1)


def _size(sentence: str, found: re.Match[str]) -> _Place | None:
    """ "n = 12", unless the word before it says that it counts things."""
    before = sentence[max(0, found.start() - _NEAR) : found.start()]
    sign = _SIZE_BEFORE.search(before)
    number = value_of(found[0])
    if _BRACKETED.search(before) and sentence[found.end() : found.end() + 1] in {")", ";"}:
        return (
            _Place(number, Noun.SIZE, found.start(), found.end()) if _after_noun(before) else None
        )
    if _OF_A_FRACTION.match(sentence, found.end()):
        return None
    following = _LETTERS.match(sentence, min(found.end() + 1, len(sentence)))
    if following and following[0].lower() in THINGS:
        return None
    if not sign or not _sizes_people(before[: sign.start()], number):
        return None
    start = found.start() - len(before) + sign.start()
    return _Place(number, Noun.SIZE, start, found.end())


def _after_noun(before: str) -> bool:
    """Whether a bracket stands right after people: "patients (475)"."""
    words = _LETTERS.findall(before)
    return bool(words) and NOUNS.get(words[-1].lower()) in _WITH_SIZE


def _sizes_people(before: str, number: int) -> bool:
    """Whether the nearest noun is one for people; "women with pregnancies (n = 12)" are women."""
    thing: re.Match[str] | None = None
    if _IN_THINGS.search(before):
        return False
    for found in reversed(list(_LETTERS.finditer(before))):
        word = found[0].lower()
        if word in NOUNS or word in GROUPS or word.endswith("-olds"):
            return thing is None or bool(_ATTRIBUTE.match(before[found.end() : thing.start()]))
        if word in THINGS and thing is None:
            thing = found
            if _counted_already(before[: found.start()], number):
                return True
    return False


def _counted_already(before: str, number: int) -> bool:
    """In "30 studies (N = 3,725)" the studies have their number: N are their people."""
    return any(
        value_of(found[0]) < number
        and len(_LETTERS.findall(before[found.end() :])) < 3
        and not _SIZE_BEFORE.search(before[: found.start()])
        for found in numbers_in(before)
    )


def _bare(sentence: str, found: re.Match[str], following: _Place | None) -> _Place | None:
    """A number whose people have another name: "of 120 people screened, 84 were randomised"."""
    before = sentence[max(0, found.start() - len("former ")) : found.start()]
    if found[0].lower() == "one" and cues.PRONOUN_BEFORE.search(before):
        return None
    bare = _Place(value_of(found[0]), Noun.BARE, found.start(), found.end())
    near = sentence[found.end() : found.end() + _NEAR]
    if following and cues.OF_WHOLE.match(near[: following.start - found.end()]):
        return bare
    after = cues.BARE_AFTER.match(near)
    if not after or {word.lower() for word in _LETTERS.findall(after[0])} & THINGS:
        return None
    return bare


def _mention(place: _Place, before: str, rest: str) -> Mention | None:
    """The number with what its surroundings say; `rest` is the sentence behind it."""
    after = _outside(before, rest)
    plain = BRACKETS.sub("", before)
    if _nobody(place, before, after):
        return None
    whole = bool(cues.WHOLE_BEFORE.search(plain)) and place.noun is not Noun.SIZE
    standing = _standing(place, before, rest, whole=whole)
    if place.number >= _A_COUNTRY and standing is Standing.PLAIN:
        return None
    return Mention(
        number=place.number * _groups(before, after),
        noun=place.noun,
        start=place.start,
        end=place.end,
        standing=standing,
        whole=whole,
        base=_is_base(place, before, after),
        joined=bool(cues.JOINED_AFTER.search(after)),
        healthy=bool(cues.HEALTHY.search(place.between)),
        exact=not cues.BOUND_BEFORE.search(before) and not cues.UNCOUNTED_AFTER.search(after),
    )


def _groups(before: str, after: str) -> int:
    """By how many a number counts: "two groups of 45 patients each", "each of them had 45"."""
    if each := cues.EACH_OF_GROUPS.search(before):
        return value_of(each["groups"] or "two")
    groups = cues.GROUPS_OF.search(before)
    sized = groups and (groups["size"] or cues.EACH_AFTER.search(after))
    return value_of(groups["groups"]) if groups and sized else 1


def _is_base(place: _Place, before: str, after: str) -> bool:
    return bool(
        cues.BASE_BEFORE.search(before)
        or cues.BASE_WITHIN.search(place.between)
        or cues.BASE_AFTER.search(after)
        or (cues.REGISTERED_AFTER.search(after) and not cues.DATA_BEFORE.search(before))
    )


def _as_printed(place: _Place) -> int:
    """How long a number is as it stands in the text; "1,914" is no year."""
    long = place.end - place.start
    return long - len(place.between) if long > len("2,021") else long


def _nobody(place: _Place, before: str, after: str) -> bool:
    """A label ("type 2 patients"), a year, a rate, a disease's toll, people who do not exist."""
    year = (
        _as_printed(place) == _YEAR_DIGITS
        and 1900 <= place.number <= 2100
        and (
            place.noun is Noun.BARE
            or (cues.DATE_BEFORE.search(before) and not cues.BOUND_BEFORE.search(before))
            or cues.NAME_WITHIN.match(place.between)
        )
    )
    size = place.noun is Noun.SIZE
    things = place.noun is Noun.PAIRS and not (
        cues.PAIRS_OF_PEOPLE.search(place.between) or cues.PEOPLE_OF_PAIRS.match(after)
    )
    return bool(
        year
        or place.number > _MOST_PEOPLE
        or (place.number >= _MANY and cues.RATE_AFTER.search(after))
        or (size and cues.EXCLUDED_BEFORE.search(before))
        or things
        or (
            place.noun is Noun.PERSONS
            and place.number <= _FEW_OBSERVERS
            and cues.OBSERVING_AFTER.search(after)
            and not cues.ANYBODY.search(place.between)
        )
        or cues.PER_EACH_AFTER.match(after)
        or (not size and cues.NOBODY_BEFORE.search(_SIZE_BEFORE.sub("", before)))
        or cues.NOBODY_WITHIN.search(place.between)
        or cues.NOBODY_AFTER.search(after)
    )


def _standing(place: _Place, before: str, rest: str, *, whole: bool) -> Standing:
    if cues.FINAL_BEFORE.search(before) or cues.FINAL_AFTER.search(rest):
        return Standing.FINAL
    if cues.FINAL_ONCE.search(before) and cues.ENROLLED_AFTER.search(rest):
        return Standing.FINAL
    total = bool(cues.TOTAL_BEFORE.search(before))
    if not whole and _is_part(place, before, rest):
        befell = cues.BEFELL_AFTER.search(BRACKETS.sub("", _outside(before, rest)))
        return Standing.PLAIN if total and not befell else Standing.PART
    before = BRACKETS.sub("", before)
    after = _until_next_number(_outside(before, rest))
    known = (
        not whole
        and cues.KNOWN_BEFORE.search(before)
        and not cues.INCLUDED_RIGHT_AFTER.match(after)
    )
    beside = cues.COMPARED_WITH.search(before) and not cues.HEALTHY.search(place.between)
    if cues.WE_ENROLLED.search(before):
        return Standing.ENROLLED
    if known or beside or cues.MATCHING.search(before) or cues.MATCHING.search(after[:30]):
        return Standing.PLAIN
    if cues.ENROLLED_BEFORE.search(before) or cues.ENROLLED_AFTER.search(after):
        return Standing.ENROLLED
    if cues.ENROLLED_WITHIN.search(place.between):
        return Standing.ENROLLED
    if cues.POOLED_BEFORE.search(before):
        return Standing.ENROLLED
    if place.noun is Noun.SIZE and cues.ENROLLED_NEAR.search(before):
        return Standing.ENROLLED
    if total and not cues.BEFELL_AFTER.search(after):
        return Standing.ENROLLED
    return Standing.STATED if whole or total or cues.TREATED_AFTER.search(after) else Standing.PLAIN


def _outside(before: str, rest: str) -> str:
    """What follows a number outside brackets, also of those that it stands in."""
    inside = before.rfind("(") > before.rfind(")") and ")" in rest
    return BRACKETS.sub("", f"({rest}" if inside else rest)[:_NEAR]


def _until_next_number(after: str) -> str:
    counted = (found.start() for found in numbers_in(after) if _counted(after, found))
    return after[: next(counted, len(after))]


def _is_part(place: _Place, before: str, rest: str) -> bool:
    return bool(
        cues.PART_BEFORE.search(before)
        or cues.SHARE_AFTER.search(rest)
        or cues.SHARE_BEFORE.search(before)
        or cues.SHARE_WITHIN.search(place.between)
    )
