"""How many people a study reports on, as its title and abstract count them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from surveillance.screening import count_cues as cues
from surveillance.screening.language import Evidence, Passage
from surveillance.screening.mentions import Standing
from surveillance.screening.people_words import Noun
from surveillance.screening.single_cases import single_case
from surveillance.screening.totals import Sentence, Total, counting_sentences, totals_of

#: A person has at most four limbs: n limbs are at least n / 4 people.
LIMBS_OF_A_PERSON = 4


@dataclass(frozen=True, slots=True)
class Count:
    """How many people a text counts, and where; not `exact`: at least so many."""

    number: int
    evidence: tuple[Evidence, ...]
    exact: bool = True


def count_people(passages: Sequence[Passage]) -> Count | None:
    """The number of participants; None where no text counts people.

    Every number of people is read with what the words around it say: enrolled, stated, or a part
    of others. The largest of those that claim most counts, with the groups that stand beside it.
    People who were screened, invited or registered give way to those who took part. Limbs count
    as people only as far as they must (`LIMBS_OF_A_PERSON`).
    """
    sentences = list(counting_sentences(passages))
    totals = [total for sentence in sentences for total in totals_of(sentence)]
    chosen = _chosen(totals)
    case = single_case(passages)
    if case and (chosen is None or chosen.standing < Standing.ENROLLED):
        return Count(1, (case,))
    if chosen is None:
        return _by_limbs(sentences)
    return _added_up(chosen, [total for total in totals if not total.base and total.named])


def _chosen(totals: Sequence[Total]) -> Total | None:
    """The largest of those that claim most; people who were only asked give way to all others."""
    asked = any(total.base for total in totals)
    named = [total for total in totals if total.named or asked]
    whole = [t for t in named if not t.base and t.standing > Standing.PART] or named
    best = max((total.standing for total in whole), default=Standing.PART)
    # What is merely said may be more than the whole of a part: "of the 12 women, 5 …".
    claim = Standing.PLAIN if best is Standing.STATED else best
    those = [total for total in whole if total.standing >= claim]
    return max(those, key=lambda total: total.number, default=None)


def _added_up(chosen: Total, totals: Sequence[Total]) -> Count:
    """The chosen total with the studies, groups or controls that other sentences count."""
    together = _numbered_studies(chosen, totals) or _groups(chosen, totals)
    if len(together) < 2:
        together = [chosen, *(_further(chosen, totals) or _controls(chosen, totals))]
    number = sum(total.number for total in together)
    sure = all(total.exact and total.standing is not Standing.PART for total in together)
    evidence = tuple(evidence for total in together for evidence in total.evidence)
    return Count(number, evidence, sure and not any(total.number > number for total in totals))


def _numbered_studies(chosen: Total, totals: Sequence[Total]) -> list[Total]:
    """One total for each of "Study 1 … Study 2 …", if the chosen one is of these."""
    largest: dict[str, Total] = {}
    for total in totals:
        names = cues.NUMBERED_STUDY.findall(total.sentence.text)
        if len(names) == 1 and total.number > (
            largest[names[0]].number if names[0] in largest else 0
        ):
            largest[names[0]] = total
    return list(largest.values()) if chosen in largest.values() else []


def _groups(chosen: Total, totals: Sequence[Total]) -> list[Total]:
    """The groups that neighbouring sentences introduce one after the other."""
    groups = {
        total.sentence.place: total
        for total in totals
        if total.standing is chosen.standing
        and total.sentence.passage is chosen.sentence.passage
        and cues.OTHER_GROUP.search(total.sentence.text)
    }
    if chosen not in groups.values():
        return []
    return list(_neighbours(chosen.sentence.place, groups))


def _neighbours(place: int, groups: dict[int, Total]) -> Iterator[Total]:
    first = last = place
    while first - 1 in groups:
        first -= 1
    while last + 1 in groups:
        last += 1
    return (groups[place] for place in range(first, last + 1))


def _further(chosen: Total, totals: Sequence[Total]) -> list[Total]:
    """People of "another cohort of 175 patients" in a later sentence."""
    return [
        total
        for total in totals
        if total.standing is Standing.ENROLLED
        and total.sentence.passage is chosen.sentence.passage
        and total.sentence.place > chosen.sentence.place
        and cues.FURTHER_BEFORE.search(total.sentence.text[: total.mentions[0].start])
    ]


def _controls(chosen: Total, totals: Sequence[Total]) -> list[Total]:
    """Healthy people whom another sentence counts beside patients."""
    if any(m.noun is not Noun.PATIENTS or m.healthy for m in chosen.mentions):
        return []
    healthy = [
        total
        for total in totals
        if total.standing >= Standing.STATED
        and total.sentence is not chosen.sentence
        and all(m.healthy for m in total.mentions)
    ]
    return sorted(healthy, key=lambda total: -total.number)[:1]


def _by_limbs(sentences: Sequence[Sentence]) -> Count | None:
    limbs = [(m, s) for s in sentences for m in s.mentions if m.noun is Noun.LIMBS]
    if not limbs:
        return None
    most, sentence = max(limbs, key=lambda limb: limb[0].number)
    start = sentence.start
    evidence = sentence.passage.quote(start + most.start, start + most.end)
    return Count(-(-most.number // LIMBS_OF_A_PERSON), (evidence,), exact=False)
