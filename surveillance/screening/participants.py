"""How many people a study reports on, as its title and abstract count them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from surveillance.screening import count_cues as cues
from surveillance.screening.language import Evidence, Passage
from surveillance.screening.last_resorts import by_forms, by_limbs, by_parts
from surveillance.screening.mentions import Mention, Standing
from surveillance.screening.people_words import Noun
from surveillance.screening.single_cases import another_person, of_one_patient, single_case
from surveillance.screening.totals import Sentence, Total, counting_sentences, totals_of


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
    as people only as far as they must (`last_resorts`).
    """
    sentences = list(counting_sentences(passages))
    totals = [total for sentence in sentences for total in totals_of(sentence)]
    chosen = _chosen(totals)
    case = single_case(passages)
    others = chosen is None or chosen.standing < Standing.ENROLLED
    if case and (others or of_one_patient(passages)):
        return Count(1 + another_person(case, passages), (case,))
    if chosen is None or chosen.base or chosen.standing is Standing.PART:
        least = _at_least(passages, sentences, chosen)
        if least or chosen is None:
            return least
    return _added_up(chosen, [total for total in totals if not total.base and total.named])


def _at_least(
    passages: Sequence[Passage], sentences: Sequence[Sentence], chosen: Total | None
) -> Count | None:
    """How many answered, or had parts of them counted, where nobody says how many took part."""
    least = by_forms(passages) or (by_parts(passages) if not chosen or not chosen.base else None)
    if chosen is None:
        least = least or by_limbs(sentences)
    if least is None or (chosen and not chosen.base and least[0] < chosen.number):
        return None
    number, evidence = least
    return Count(number, (evidence,), exact=False)


_CLAIMS = {Standing.STATED: Standing.PLAIN, Standing.ENROLLED: Standing.STATED}


def _chosen(totals: Sequence[Total]) -> Total | None:
    """The largest of those that claim most; people who were only asked give way to all others."""
    asked = any(total.base and total.named for total in totals)
    named = [t for t in totals if (t.named or asked) and not _of_one(t)]
    whole = [t for t in named if not t.base and t.standing > Standing.PART] or named
    best = max((total.standing for total in whole), default=Standing.PART)
    # What is merely said may be more than the whole of a part: "of the 12 women, 5 …".
    claim = _CLAIMS.get(best, best)
    those = [total for total in whole if total.standing >= claim or total.enrolled]
    most = max(those, key=lambda total: total.number, default=None)
    if most is None:
        return None
    return _whole_of(most, totals) or _told_before(most, whole) or most


def _told_before(most: Total, totals: Sequence[Total]) -> Total | None:
    """More people of whom an abstract told first: "ten patients …; it was observed in seven"."""
    if most.standing is not Standing.ENROLLED or not cues.OBSERVED_BEFORE.search(
        most.sentence.text[: most.mentions[0].start]
    ):
        return None
    before = (
        total
        for total in totals
        if total.number > most.number
        and total.named
        and total.standing >= Standing.PLAIN
        and total.sentence.passage is most.sentence.passage
        and total.sentence.place < most.sentence.place
    )
    told = max(before, key=lambda total: total.number, default=None)
    return replace(told, exact=False) if told else None


def _whole_of(share: Total, totals: Sequence[Total]) -> Total | None:
    """Those of whom a number says to be a share: "802 patients (71.0%)" of 1,130."""
    said = cues.PERCENT_AFTER.match(share.rest)
    if said is None or any(mention.joined for mention in share.mentions):
        return None
    percent = float(said["percent"].replace("·", "."))
    finest = 0.06 if "." in said["percent"] or "·" in said["percent"] else 0.6
    wholes = (
        total
        for total in totals
        if total.named
        and total.number > share.number
        and abs(100 * share.number / total.number - percent) < finest
    )
    return max(wholes, key=lambda total: total.standing, default=None)


def _of_one(total: Total) -> bool:
    """ "An app (n = 1)" counts studies or things, not people."""
    return total.number < 3 and all(m.noun is Noun.SIZE for m in total.mentions)


def _added_up(chosen: Total, totals: Sequence[Total]) -> Count:
    """The chosen total with the studies, groups or controls that other sentences count."""
    together = _numbered_studies(chosen, totals) or _groups(chosen, totals)
    if len(together) < 2:
        together = [chosen, *(_further(chosen, totals) or _controls(chosen, totals))]
    if len(together) < 2 and cues.MATCHED_EQUAL.search(chosen.rest):
        return Count(2 * chosen.number, chosen.evidence)
    if len(together) < 2 and cues.MATCHED_TO.match(chosen.rest):
        return _with_matched(chosen)
    number = sum(total.number for total in together)
    sure = all(total.exact and total.standing is not Standing.PART for total in together)
    evidence = tuple(evidence for total in together for evidence in total.evidence)
    return Count(number, evidence, sure and not any(total.number > number for total in totals))


def _with_matched(chosen: Total) -> Count:
    """Those who were matched to others, with these if a ratio says how many."""
    ratio = cues.MATCHED_RATIO.search(chosen.sentence.passage.text)
    others = int(ratio["others"] or ratio["more"]) if ratio else 0
    return Count(chosen.number * (1 + others), chosen.evidence, exact=ratio is not None)


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
        and not _the_same(total, chosen)
        and cues.OTHER_GROUP.search(total.sentence.text)
    }
    if chosen not in groups.values():
        return []
    return list(_neighbours(chosen.sentence.place, groups))


def _the_same(total: Total, other: Total) -> bool:
    """Whether it is one number twice: the 45 who were said to be two groups, 20 and 25."""
    if total.number != other.number or total is other:
        return False
    groups = all(cues.ONE_GROUP.search(t.sentence.text) for t in (total, other))
    return len(total.mentions) != len(other.mentions) or not groups


def _neighbours(place: int, groups: dict[int, Total]) -> Iterator[Total]:
    first = last = place
    while first - 1 in groups:
        first -= 1
    while last + 1 in groups:
        last += 1
    return (groups[place] for place in range(first, last + 1))


def _further(chosen: Total, totals: Sequence[Total]) -> list[Total]:
    """People of "another cohort of 175 patients" in a later sentence; if chosen, those before."""
    enrolled = [
        total
        for total in totals
        if total.standing is Standing.ENROLLED
        and total.sentence.passage is chosen.sentence.passage
        and total.sentence is not chosen.sentence
    ]
    if _is_further(chosen):
        before = [total for total in enrolled if total.sentence.place < chosen.sentence.place]
        return sorted(before, key=lambda total: -total.number)[:1]
    return [
        total
        for total in enrolled
        if total.sentence.place > chosen.sentence.place and _is_further(total)
    ]


def _is_further(total: Total) -> bool:
    before = total.sentence.text[: total.mentions[0].start]
    return bool(cues.FURTHER_BEFORE.search(before) or cues.FURTHER_AFTER.match(total.rest))


def _controls(chosen: Total, totals: Sequence[Total]) -> list[Total]:
    """Healthy people whom another sentence counts beside patients, or the patients of these."""
    healthy = _are_controls(chosen)
    if cues.OF_STUDIES.search(chosen.sentence.text):
        return []
    if not healthy and not all(_ill(chosen, mention) for mention in chosen.mentions):
        return []
    others = [
        total
        for total in totals
        if total.standing >= Standing.STATED
        and total.sentence is not chosen.sentence
        and _are_controls(total) is not healthy
        and (not healthy or total.number > chosen.number or cues.ILL.search(total.sentence.text))
    ]
    return sorted(others, key=lambda total: -total.number)[:1]


def _ill(total: Total, mention: Mention) -> bool:
    """Whether these are patients, or "18 ALS subjects", and not all who took part."""
    words = total.sentence.text[mention.start : mention.end]
    named = mention.noun is Noun.PERSONS and cues.ACRONYM.search(words) is not None
    return (mention.noun is Noun.PATIENTS or named) and not mention.healthy


def _are_controls(total: Total) -> bool:
    text, first = total.sentence.text, total.mentions[0]
    return (
        all(m.healthy for m in total.mentions)
        or cues.CONTROLS_BEGIN.match(text) is not None
        or (len(total.mentions) == 1 and cues.CONTROL_NEAR.search(text[: first.start]) is not None)
    )
