"""What the numbers of people in a sentence add up to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from surveillance.screening import count_cues as cues
from surveillance.screening.language import Evidence, Passage
from surveillance.screening.mentions import BRACKETS, Mention, Standing, mentions_of
from surveillance.screening.people_words import Noun

# Between numbers further apart than this, only the end is read.
_FAR = 600


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
    def evidence(self) -> tuple[Evidence, ...]:
        """The words that were counted."""
        start, quote = self.sentence.start, self.sentence.passage.quote
        return tuple(quote(start + m.start, start + m.end) for m in self.mentions)


def counting_sentences(passages: Sequence[Passage]) -> Iterator[Sentence]:
    """The sentences that count people or limbs."""
    for passage in passages:
        for place, (start, text) in enumerate(passage.sentences):
            if mentions := mentions_of(text):
                yield Sentence(passage, place, start, text, tuple(mentions))


def totals_of(sentence: Sentence) -> list[Total]:
    """What the people of a sentence add up to: one total, or several that don't belong together."""
    people = [m for m in sentence.mentions if m.noun is not Noun.LIMBS]
    if joined := _joined(people):
        return [_total(sentence, [joined])]
    return [_total(sentence, run) for run in _runs(sentence, people)]


def _joined(mentions: Sequence[Mention]) -> Mention | None:
    """Those who took part of people who were only asked: "of 120 screened, 84 were randomised"."""
    for asked in mentions:
        for other in mentions:
            if asked.base and other.number < asked.number and _took_part(asked, other):
                return replace(other, noun=asked.noun, standing=Standing.ENROLLED)
    return None


def _took_part(asked: Mention, other: Mention) -> bool:
    """ "310 of the 500 nurses responded", "of 500 nurses, 310 responded"."""
    if other.start > asked.end:
        return other.joined and not other.base
    return asked.whole and asked.joined and other.noun is Noun.BARE


def _total(sentence: Sentence, run: Sequence[Mention]) -> Total:
    together = sum(m.number for m in run)
    whole = [
        m
        for m in run
        if len(run) > 2
        and 2 * m.number == together
        and cues.ANYBODY.search(sentence.text[m.start : m.end])
    ]
    counted = whole[:1] or run
    return Total(
        number=sum(m.number for m in counted),
        standing=max(m.standing for m in run),
        base=all(m.base for m in run),
        named=run[0].noun is not Noun.BARE,
        exact=all(m.exact and (m.joined or m.noun is not Noun.BARE) for m in counted),
        mentions=tuple(counted),
        sentence=sentence,
    )


def _runs(sentence: Sentence, mentions: Sequence[Mention]) -> Iterator[list[Mention]]:
    run: list[Mention] = []
    for mention in mentions:
        if run and _splits_up(sentence, run[0], mention):
            continue
        if run and _adds(sentence, run[-1], mention):
            run.append(mention)
            continue
        if run:
            yield run
        run = [mention] if mention.noun is not Noun.BARE or mention.joined else []
    if run:
        yield run


def _splits_up(sentence: Sentence, first: Mention, mention: Mention) -> bool:
    """Whether a number is a part of one before it: "12 patients (8 men)", "30, of whom 20 …"."""
    if first.standing is Standing.PART or mention.number > first.number:
        return False
    if mention.standing is Standing.PART:
        return True
    if first.noun is mention.noun is Noun.SIZE:
        return False
    if first.noun not in {Noun.SEXES, Noun.SIZE} and mention.noun in {Noun.SEXES, Noun.SIZE}:
        return True
    gap = sentence.between(first, mention)
    return bool(cues.PARTS_BEGIN.search(gap) or cues.SPLITS_BEFORE.search(gap))


def _adds(sentence: Sentence, last: Mention, mention: Mention) -> bool:
    """Whether a number is counted on top of the last: "15 patients with it, 13 without it"."""
    gap = sentence.between(last, mention)
    whole = mention.whole or (last.whole and not cues.ONLY_AND.match(gap))
    if whole or last.standing is Standing.PART:
        return False
    if last.base and not mention.base and cues.JOINING.search(gap):
        return False
    if cues.OTHER_GROUP.search(gap):
        return True
    if mention.noun is Noun.BARE and mention.joined:
        return False
    return bool(cues.LINK.search(gap)) and not cues.NO_LINK.search(gap)
