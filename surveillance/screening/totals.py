"""What the numbers of people in a sentence add up to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest

from surveillance.screening import count_cues as cues
from surveillance.screening.language import Evidence, Passage
from surveillance.screening.mentions import BRACKETS, Mention, Standing, abbreviations, mentions_of
from surveillance.screening.numerals import numbers_in, value_of
from surveillance.screening.people_words import Noun

# Between numbers further apart than this, only the end is read.
_FAR = 600
# So far before or between numbers their surroundings are read.
_NEAR = 80
# Commas between numbers from which on they are a list.
_SEVERAL = 2
# So few that one more is worth counting.
_FEW = 10
# So many numbers after one are tried as its parts.
_MOST_PARTS = 12


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its numbers of people; `start` is where it begins in its passage."""

    passage: Passage
    place: int
    start: int
    text: str
    mentions: tuple[Mention, ...]

    def between(self, one: Mention, other: Mention) -> str:
        """The text between two numbers, without what stands there in brackets."""
        return BRACKETS.sub("", self.text[max(one.end, other.start - _FAR) : other.start])

    def parts_of(self, mention: Mention) -> frozenset[int]:
        """Where the numbers after one stand that add up to it: "107 women, 73 with it, 34 not"."""
        if mention.noun not in {Noun.PATIENTS, Noun.PERSONS} and not cues.ANYBODY.search(
            self.text[mention.start : mention.end]
        ):
            return frozenset()
        following = list(islice(numbers_in(self.text[mention.end :]), _MOST_PARTS))
        values = [value_of(number[0]) for number in following]
        parts: set[int] = set()
        for first in range(len(values)):
            for last in range(first + 2, len(values) + 1):
                if sum(values[first:last]) == mention.number:
                    parts |= {mention.end + number.start() for number in following[first:last]}
        return frozenset(parts)


@dataclass(frozen=True, slots=True)
class Total:
    """Numbers that are counted together.

    `base`: people who were only screened, invited or registered; not `named`: what is counted was
    named in another sentence.
    """

    number: int
    standing: Standing
    base: bool
    named: bool
    exact: bool
    mentions: tuple[Mention, ...]
    sentence: Sentence

    @property
    def rest(self) -> str:
        """What follows the last of the numbers in their sentence."""
        return self.sentence.text[self.mentions[-1].end :]

    @property
    def enrolled(self) -> bool:
        """Whether they are said to have been enrolled, not only looked at."""
        return self.standing is Standing.ENROLLED and bool(cues.WERE_ENROLLED.match(self.rest))

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The words that were counted."""
        start, quote = self.sentence.start, self.sentence.passage.quote
        return tuple(quote(start + m.start, start + m.end) for m in self.mentions)


def counting_sentences(passages: Sequence[Passage]) -> Iterator[Sentence]:
    """The sentences that count people or limbs."""
    short = frozenset().union(*(abbreviations(passage.text) for passage in passages))
    for passage in passages:
        for place, (start, text) in enumerate(passage.sentences):
            if mentions := mentions_of(text, short):
                yield Sentence(passage, place, start, text, tuple(mentions))


def totals_of(sentence: Sentence) -> list[Total]:
    """What the people of a sentence add up to: one total, or several that don't belong together."""
    people = [m for m in sentence.mentions if m.noun is not Noun.LIMBS]
    if joined := _joined(sentence, people):
        return [_total(sentence, [joined])]
    return [_total(sentence, run) for run in _runs(sentence, people)]


def _joined(sentence: Sentence, mentions: Sequence[Mention]) -> Mention | None:
    """Those who took part of people who were only asked: "of 120 screened, 84 were randomised"."""
    for asked in mentions:
        for other in mentions:
            if other.number < asked.number and (
                (asked.base and _took_part(asked, other))
                or _chosen_from(sentence, asked, other)
                or _recruited_among(sentence, asked, other)
            ):
                return replace(other, noun=asked.noun, standing=Standing.ENROLLED)
    return None


def _chosen_from(sentence: Sentence, asked: Mention, other: Mention) -> bool:
    """ "From 169 patients, 70 consecutive patients were identified who …"."""
    if other.start < asked.end:
        return False
    begins = cues.FROM_BEFORE.search(sentence.text[max(0, asked.start - _NEAR) : asked.start])
    if not begins and not asked.whole:
        return False
    rest = BRACKETS.sub("", sentence.text[other.end : other.end + _FAR])
    if begins and cues.FROM_AFTER.search(rest):
        return True
    met = asked.whole and cues.MET_CRITERIA_AFTER.search(rest)
    return bool(met) and sentence.between(asked, other).count(",") < _SEVERAL


def _took_part(asked: Mention, other: Mention) -> bool:
    """ "310 of the 500 nurses responded", "of 500 nurses, 310 responded"."""
    if other.start > asked.end:
        return other.joined and not other.base
    return asked.whole and asked.joined and other.noun is Noun.BARE


def _recruited_among(sentence: Sentence, asked: Mention, other: Mention) -> bool:
    """ "5,000 people among 137,625 residents", "533 respondents out of 721 passengers"."""
    gap = sentence.text[other.end : asked.start] if 0 < asked.start - other.end < _NEAR else ""
    if other.noun is Noun.BARE or asked.noun is Noun.BARE or not cues.AMONG_THESE.match(gap):
        return False
    answered = cues.ANSWERING.search(sentence.text[other.start : other.end])
    before = sentence.text[max(0, other.start - _NEAR) : other.start]
    enrolled = cues.RECRUITED_BEFORE.search(before)
    return bool(answered or enrolled or gap.startswith(","))


def _total(sentence: Sentence, run: Sequence[Mention]) -> Total:
    together = sum(m.number for m in run)
    whole = [
        m
        for m in run
        if len(run) > 2
        and m.noun is not Noun.SEXES
        and 2 * m.number == together
        and cues.ANYBODY.search(sentence.text[m.start : m.end])
        and not any(_of_another_kind(sentence, m, other) for other in run)
    ]
    counted = whole[:1] or run
    number = sum(m.number for m in counted)
    groups = _groups_of_as_many(sentence, run)
    answered = run[0].noun is Noun.BARE and _answered(sentence, run[0])
    return Total(
        number=number * groups + _others(sentence, counted[-1], number),
        standing=Standing.PLAIN if groups > 1 else max(m.standing for m in run),
        base=all(m.base for m in run),
        named=run[0].noun is not Noun.BARE or _of_people(sentence, run[0]) or answered,
        exact=not answered
        and all(m.exact and (m.joined or m.noun is not Noun.BARE) for m in counted),
        mentions=tuple(counted),
        sentence=sentence,
    )


def _groups_of_as_many(sentence: Sentence, run: Sequence[Mention]) -> int:
    """How many groups had a number each: "30 patients in each group" of the two told of."""
    if len(run) > 1 or not cues.IN_EACH_AFTER.match(sentence.text[run[0].end :]):
        return 1
    told = cues.GROUPS_TOLD.search(sentence.passage.text)
    return value_of(told["groups"]) if told else 2


def _others(sentence: Sentence, last: Mention, number: int) -> int:
    """One person beside a few ("two patients and a related control"), or one more for each."""
    rest = sentence.text[last.end : last.end + _FAR]
    if cues.ONE_EACH_AFTER.match(rest):
        return number
    return int(number <= _FEW and cues.ONE_MORE_AFTER.match(rest) is not None)


def _answered(sentence: Sentence, mention: Mention) -> bool:
    """Whether a number without a noun did what only people do: "106 responded"."""
    return bool(
        cues.ANSWERED.match(sentence.text, mention.end)
        and not cues.OF_THINGS.search(sentence.text[: mention.start])
    )


def _of_people(sentence: Sentence, mention: Mention) -> bool:
    """Whether a number without a noun can only mean people: "a total of 84 were enrolled"."""
    text, start = sentence.passage.text, sentence.start + mention.start
    before = text[max(0, start - _FAR) : start]
    return bool(
        cues.TOTAL_BEFORE.search(before)
        and cues.WERE_INCLUDED.match(text, sentence.start + mention.end)
        and not cues.OF_THINGS.search(before)
    )


def _runs(sentence: Sentence, mentions: Sequence[Mention]) -> Iterator[list[Mention]]:
    run: list[Mention] = []
    for mention, following in zip_longest(mentions, mentions[1:]):
        if run and run[-1].whole and mention.noun is Noun.BARE and following and following.whole:
            continue
        if run and _splits_up(sentence, run, mention):
            continue
        if run and _all_told(sentence, run[-1], mention):
            run = []
        if run and run[0].noun is Noun.BARE and mention.noun is not Noun.BARE:
            run = []  # "the seven, with 8,754 patients": whoever they are, these have a name
        if run and _adds(sentence, run[-1], mention):
            run.append(mention)
            continue
        if run:
            yield run
        run = [mention] if mention.noun is not Noun.BARE or mention.joined else []
    if run:
        yield run


def _splits_up(sentence: Sentence, run: Sequence[Mention], mention: Mention) -> bool:
    """Whether a number is a part of one before it: "12 patients (8 men)", "30, of whom 20 …"."""
    first = run[0]
    if first.standing is Standing.PART:
        return False
    if mention.number > first.number:
        return _sizes_of_all(sentence, run, mention)
    if _of_another_kind(sentence, first, mention):
        return False
    if not mention.healthy and mention.start in sentence.parts_of(first):
        return mention.standing is not Standing.FINAL
    if mention.standing is Standing.PART:
        return True
    if first.noun is mention.noun is Noun.SIZE:
        return False
    if first.noun not in {Noun.SEXES, Noun.SIZE} and mention.noun in {Noun.SEXES, Noun.SIZE}:
        return True
    if cues.IN_EACH_AFTER.match(sentence.text[mention.end :]):
        return True
    bracketed = len(run) > 1 and sentence.text[run[-1].start - 1] == "("
    gap = sentence.between(run[-1] if bracketed else first, mention)
    if mention.noun is Noun.BARE and gap == ", " and first.noun not in {Noun.BARE, Noun.SIZE}:
        return True
    if sentence.text[first.start - 1 : first.start] == "(" == sentence.text[mention.start - 1]:
        return False
    return bool(cues.PARTS_BEGIN.search(gap) or cues.SPLITS_BEFORE.search(gap))


def _all_told(sentence: Sentence, last: Mention, mention: Mention) -> bool:
    """ "272 patients and their spouses (N = 544)"."""
    gap = sentence.text[last.end : mention.start]
    return (
        mention.noun is Noun.SIZE
        and mention.number > last.number
        and cues.ALL_TOLD.match(gap) is not None
    )


def _sizes_of_all(sentence: Sentence, run: Sequence[Mention], mention: Mention) -> bool:
    """ "91 men and 195 women, who were classified as having it (n = 183) or not (n = 103)"."""
    return (
        mention.noun is Noun.SIZE
        and all(m.noun is not Noun.SIZE for m in run)
        and mention.number <= sum(m.number for m in run)
        and cues.PARTS_BEGIN.search(sentence.between(run[-1], mention)) is not None
    )


def _of_another_kind(sentence: Sentence, first: Mention, mention: Mention) -> bool:
    """Whether these can't be parts of those: "eight patients, five relatives and three nurses"."""
    if first.noun not in {Noun.PATIENTS, Noun.PERSONS} or mention.noun is not Noun.PERSONS:
        return False
    words = sentence.text[mention.start : mention.end]
    if cues.ANYBODY.search(words) or sentence.text[: first.end].endswith(words.rsplit(" ")[-1]):
        return False
    gap = sentence.between(first, mention)
    return not cues.PARTS_BEGIN.search(gap) and not cues.NO_LINK.search(gap)


def _adds(sentence: Sentence, last: Mention, mention: Mention) -> bool:
    """Whether a number is counted on top of the last: "15 patients with it, 13 without it"."""
    gap = sentence.between(last, mention)
    if mention.noun is not Noun.BARE and cues.ALSO_AFTER.match(sentence.text[mention.end :]):
        return bool(cues.LINK.search(gap))
    if all(cues.IN_GROUP.match(sentence.text[m.end :]) for m in (last, mention)):
        return True
    if last.whole and mention.whole and cues.COMPARING.search(gap):
        return True
    if mention.standing is Standing.FINAL and last.standing is not Standing.FINAL:
        return False
    if gap.endswith(" to ") and cues.COMPARES_BEFORE.search(sentence.text[: last.start]):
        return True
    whole = mention.whole or (last.whole and not cues.ONLY_AND.match(gap))
    if whole or last.standing is Standing.PART:
        return False
    if last.base and not mention.base and cues.JOINING.search(gap):
        return False
    if cues.OTHER_GROUP.search(gap):
        return True
    own_verb = not cues.LIKE_THE_LAST.match(sentence.text[mention.end :])
    if mention.noun is Noun.BARE and mention.joined and own_verb:
        return False
    return bool(cues.LINK.search(gap)) and not cues.NO_LINK.search(gap)
