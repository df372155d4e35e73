"""The study design as title and abstract tell it.

The title speaks of the report itself, an abstract often of somebody else's work: there, a phrase
counts where it is what the authors did ("patients were randomised"), and a mere mention ("a
randomised trial") only where nothing else tells the design.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from surveillance.screening import design_words as words
from surveillance.screening.design_words import Design
from surveillance.screening.language import Evidence
from surveillance.screening.wordings import Prose, mention, mentions, own_mention

_NOTICE = re.compile(r"\W*([a-z ]{5,30}?)\s*(?:[:.]|\bto\b|\bfor\b|$)", re.IGNORECASE)
# "Protocol for …", "…: a protocol": the title calls itself so.
_CALLED_PROTOCOL = re.compile(
    r"(?:^\W*(?:the |a )?|[(\[]|[:–—-]\s+(?:an? |the )?(?:[\w-]+ )?)"
    r"protocol(?=\s*(?:[:.()\]]|$|(?:for|of|to|paper)\b))",
    re.IGNORECASE,
)
# What a title calls itself stands before what the abstract adds: a case report that searched the
# literature as well remains one.
_OWN_TITLES = frozenset(
    {Design.EDITORIAL, Design.COMMENT, Design.GUIDELINE, Design.CASE_REPORT, Design.CASE_SERIES}
)
_NEAR_BEFORE, _NEAR_AFTER = 40, 60
_ENOUGH_FUTURES, _ENOUGH_PLANNED = 2, 3
_FEWEST_DATABASES = 2


@dataclass(frozen=True, slots=True)
class FoundDesign:
    """A design, and what shows it."""

    design: Design
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """Title and abstract, ready to be searched, and whether they count people."""

    title: Prose
    abstract: Prose | None
    people: bool


def told_designs(told: Told) -> Iterator[FoundDesign]:
    """The designs that title and abstract show, the most telling first."""
    if notice := _notice(told.title):
        yield notice
        return
    yield from _found(Design.PROTOCOL, _protocol(told))
    review = _review(told)
    titled = list(_titled(told))
    if not review:
        yield from _found(Design.RANDOMISED_TRIAL, _trial_in_title(told.title))
    yield from (found for found in titled if found.design in _OWN_TITLES)
    yield from review
    if not review and told.abstract:
        yield from _found(Design.RANDOMISED_TRIAL, _people_randomised(told.abstract))
        if not _narrative(told, titled):
            yield from _found(Design.RANDOMISED_TRIAL, _trial_mentioned(told.abstract))
    yield from _found(Design.CONTROLLED_TRIAL, _anywhere(told, words.CONTROLLED))
    yield from titled
    yield from _abstracted(told)


def _found(design: Design, evidence: Evidence | None) -> Iterator[FoundDesign]:
    if evidence:
        yield FoundDesign(design, (evidence,))


def _anywhere(told: Told, phrases: tuple[str, ...]) -> Evidence | None:
    return mention(told.title, phrases) or (
        own_mention(told.abstract, phrases) if told.abstract else None
    )


def _notice(title: Prose) -> FoundDesign | None:
    text = title.passage.text
    if begins := _NOTICE.match(text):
        for design, names in words.NOTICES.items():
            if begins[1].lower() in names:
                return FoundDesign(design, (title.passage.quote(*begins.span(1)),))
    return None


def _protocol(told: Told) -> Evidence | None:
    title, abstract = told.title, told.abstract
    if "protocol" in title.lower and (called := _CALLED_PROTOCOL.search(title.passage.text)):
        return title.passage.quote(*called.span())
    if plain := mention(title, words.PROTOCOL_TITLE):
        return plain
    futures = list(mentions(abstract, words.FUTURE)) if abstract else []
    weak = mention(title, words.PROTOCOL_TITLE_WEAK)
    if weak and (futures or mention(title, words.STUDY_OF_PEOPLE)):
        return weak
    if abstract is None:
        return None
    planned = list(mentions(abstract, words.PLANNED))
    enough = _ENOUGH_FUTURES if futures else _ENOUGH_PLANNED
    if len(futures) + len(planned) >= enough:
        return (futures or planned)[0]
    return own_mention(abstract, words.PROTOCOL_ABSTRACT)


def _review(told: Told) -> tuple[FoundDesign, ...]:
    systematic = mention(told.title, words.SYSTEMATIC_TITLE) or _searched(told.abstract)
    pooled = _anywhere(told, words.META_ANALYSIS_OWN) or mention(told.title, words.META_ANALYSIS)
    if pooled and mention(told.title, words.POOLED_DATA) and not _called_systematic(told):
        return (FoundDesign(Design.META_ANALYSIS, (pooled,)),)
    if systematic and not pooled and told.abstract:
        pooled = mention(told.abstract, words.POOLED)
    found = ((Design.SYSTEMATIC_REVIEW, systematic), (Design.META_ANALYSIS, pooled))
    return tuple(FoundDesign(design, (shown,)) for design, shown in found if shown)


def _called_systematic(told: Told) -> bool:
    return mention(told.title, ("systematic*",)) is not None


def _searched(abstract: Prose | None) -> Evidence | None:
    if abstract is None:
        return None
    if told := own_mention(abstract, words.SYSTEMATIC_ABSTRACT):
        return told
    named = {found.text.lower() for found in mentions(abstract, words.DATABASES)}
    return mention(abstract, words.SEARCHED) if len(named) >= _FEWEST_DATABASES else None


def _trial_in_title(title: Prose) -> Evidence | None:
    return _about_people(title, words.RANDOMISED_TITLE, words.TRIALS_OF_OTHERS)


def _people_randomised(abstract: Prose) -> Evidence | None:
    return _about_people(abstract, words.RANDOMISED, ())


def _trial_mentioned(abstract: Prose) -> Evidence | None:
    return _about_people(abstract, words.RANDOMISED_MENTION, words.TRIALS_OF_OTHERS)


def _about_people(
    prose: Prose, phrases: tuple[str, ...], others: tuple[str, ...]
) -> Evidence | None:
    """The first mention that is neither a computer's nor a geneticist's randomness."""
    found = list(mentions(prose, phrases))
    if not found:
        return None
    near = list(mentions(prose, words.NOT_RANDOMISED))
    theirs = [other.start for other in mentions(prose, others)]
    for place in found:
        if place.start not in theirs and not any(_near(place, other) for other in near):
            return place
    return None


def _near(place: Evidence, other: Evidence) -> bool:
    return other.start < place.end + _NEAR_AFTER and other.end > place.start - _NEAR_BEFORE


def _narrative(told: Told, titled: list[FoundDesign]) -> bool:
    if any(found.design is Design.NARRATIVE_REVIEW for found in titled):
        return True
    return told.abstract is not None and bool(mention(told.abstract, words.NARRATIVE_ABSTRACT))


def _titled(told: Told) -> Iterator[FoundDesign]:
    for design, phrases in words.TITLE.items():
        # "A review of 36 patients" is their chart review.
        if not (design is Design.NARRATIVE_REVIEW and told.people):
            yield from _found(design, mention(told.title, phrases))


def _abstracted(told: Told) -> Iterator[FoundDesign]:
    for design, phrases in words.ABSTRACT.items() if told.abstract else ():
        if told.abstract and not (design is Design.NARRATIVE_REVIEW and told.people):
            yield from _found(design, mention(told.abstract, phrases))
