"""What a report is: its study design, and whether it is conference, animal or laboratory work.

The source's own words (publication types, MeSH) come first, then the title, then the abstract: in
an abstract a design is often somebody else's ("randomised trials are needed").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from surveillance.dedup.conference import conference_sign
from surveillance.records.model import Record
from surveillance.screening.animals import Animals, of_animals_alone, of_rodents, read_animals
from surveillance.screening.design_words import HEADINGS, TYPES, Design
from surveillance.screening.language import Evidence
from surveillance.screening.text_designs import FoundDesign, Told, told_designs
from surveillance.screening.texts import Texts
from surveillance.screening.wordings import Prose, mention, prose_of

__all__ = ["Design", "FoundDesign", "designs_of", "heading_evidence"]

# What the text may say beyond a publication type that says less, or is given by habit.
_OUTRANKED_BY: Mapping[Design, frozenset[Design]] = {
    Design.NARRATIVE_REVIEW: frozenset({Design.SYSTEMATIC_REVIEW, Design.PROTOCOL}),
    Design.RANDOMISED_TRIAL: frozenset({Design.PROTOCOL}),
    Design.CONTROLLED_TRIAL: frozenset({Design.PROTOCOL, Design.RANDOMISED_TRIAL}),
    Design.CLINICAL_TRIAL: frozenset(
        {Design.PROTOCOL, Design.RANDOMISED_TRIAL, Design.CONTROLLED_TRIAL}
    ),
    Design.OBSERVATIONAL: frozenset({Design.PROTOCOL}),
}
# Designs that stand beside the main one: of which trial it is the protocol, of what a review.
_BESIDE = frozenset(
    {
        Design.SYSTEMATIC_REVIEW,
        Design.META_ANALYSIS,
        Design.RANDOMISED_TRIAL,
        Design.CONTROLLED_TRIAL,
    }
)
# Their subject is somebody else's work.
_OF_OTHERS = frozenset(
    {
        Design.SYSTEMATIC_REVIEW, Design.META_ANALYSIS, Design.NARRATIVE_REVIEW, Design.GUIDELINE,
        Design.EDITORIAL, Design.COMMENT, Design.NEWS, Design.ERRATUM, Design.RETRACTION_NOTICE,
    }
)  # fmt: skip
_LABORATORY = (
    "cadaver*", "in vitro", "ex vivo", "finite element", "bench study", "anatomical study",
    "anatomic study", "dissection study", "computational model*",
)  # fmt: skip
_SPECIMENS = ("fresh cadaver*", "cadaver*", "specimens were", "were dissected", "cell culture*")


def designs_of(records: Sequence[Record], texts: Texts) -> tuple[FoundDesign, ...]:
    """What the report of `records` is, the most telling first; never empty.

    Animal and laboratory work comes before the study design (a randomised trial in rats is an
    animal study), conference material behind it, then what a protocol or a case report is
    besides, and rodents. Publication types and MeSH of all records count.
    """
    title = prose_of(texts.title)
    abstract = prose_of(texts.abstract) if texts.abstract else None
    main, *beside = _study_designs(records, Told(title, abstract, texts.people is not None))
    animals = read_animals(title, abstract)
    of_others = main.design in _OF_OTHERS
    found = [
        _animal_study(records, animals, of_others),
        _laboratory_study(records, texts, title, abstract),
        main,
        _conference_abstract(records),
        *beside,
        _rodent_study(animals, of_others),
    ]
    return tuple(design for design in found if design)


def _study_designs(records: Sequence[Record], told: Told) -> list[FoundDesign]:
    """The study design, by publication type, title, abstract and MeSH, and those beside it.

    "Review" is a weak word: Embase and PubMed give it to systematic reviews as well, so a
    systematic review in the text outranks it.
    """
    by_type, by_text = list(_by_type(records)), list(told_designs(told))
    main = _main(by_type, by_text) or next(_by_heading(records), FoundDesign(Design.NOT_STATED))
    if main.design in _OF_OTHERS - {Design.SYSTEMATIC_REVIEW, Design.META_ANALYSIS}:
        return [main]
    beside = {found.design: found for found in reversed(by_text + by_type)}
    allowed = {Design.META_ANALYSIS} if main.design in _OF_OTHERS else _BESIDE
    return [main, *(found for design, found in beside.items() if _is_beside(design, main, allowed))]


def _main(by_type: list[FoundDesign], by_text: list[FoundDesign]) -> FoundDesign | None:
    if not by_type:
        return by_text[0] if by_text else None
    outranking = _OUTRANKED_BY.get(by_type[0].design, frozenset())
    return next((found for found in by_text if found.design in outranking), by_type[0])


def _is_beside(design: Design, main: FoundDesign, allowed: frozenset[Design] | set[Design]) -> bool:
    return design in allowed and design is not main.design


def _by_type(records: Sequence[Record]) -> Iterator[FoundDesign]:
    given = [kind for record in records for kind in record.publication_types]
    for design, kinds in TYPES.items():
        for kind in given:
            if kind.lower() in kinds:
                yield FoundDesign(design, (Evidence("publication type", 0, len(kind), kind),))


def _by_heading(records: Sequence[Record]) -> Iterator[FoundDesign]:
    names = _headings(records)
    for design, headings in HEADINGS.items():
        for name in sorted(names & headings):
            yield FoundDesign(design, (heading_evidence(name),))


def _animal_study(
    records: Sequence[Record], animals: Animals, of_others: bool
) -> FoundDesign | None:
    names = _headings(records)
    if "Humans" in names:
        return None
    if "Animals" in names:
        return FoundDesign(Design.ANIMAL_STUDY, (heading_evidence("Animals"),))
    shown = of_animals_alone(animals, of_others=of_others)
    return FoundDesign(Design.ANIMAL_STUDY, (shown,)) if shown else None


def _rodent_study(animals: Animals, of_others: bool) -> FoundDesign | None:
    shown = of_rodents(animals, of_others=of_others)
    return FoundDesign(Design.RODENT_STUDY, (shown,)) if shown else None


def _laboratory_study(
    records: Sequence[Record], texts: Texts, title: Prose, abstract: Prose | None
) -> FoundDesign | None:
    if texts.people:
        return None
    if named := mention(title, _LABORATORY):
        return FoundDesign(Design.LABORATORY_STUDY, (named,))
    specimens = mention(abstract, _SPECIMENS) if abstract else None
    if specimens and {"Cadaver", "In Vitro Techniques"} & _headings(records):
        return FoundDesign(Design.LABORATORY_STUDY, (specimens,))
    return None


def _conference_abstract(records: Sequence[Record]) -> FoundDesign | None:
    for record in records:
        if sign := conference_sign(record):
            evidence = Evidence(sign.part, 0, len(sign.text), sign.text)
            return FoundDesign(Design.CONFERENCE_ABSTRACT, (evidence,))
    return None


def heading_evidence(name: str) -> Evidence:
    """A heading as evidence."""
    return Evidence("mesh", 0, len(name), name)


def _headings(records: Sequence[Record]) -> frozenset[str]:
    return frozenset(heading.name for record in records for heading in record.headings() or ())
