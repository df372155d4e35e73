"""What a report is: its study design, and whether it is conference, animal or laboratory work.

The source's own words (publication types, MeSH) come first, then the title, then the abstract: in
an abstract a design is often somebody else's ("randomised trials are needed").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveillance.dedup.conference import conference_sign
from surveillance.records.model import Record
from surveillance.screening.language import Evidence, find
from surveillance.screening.texts import Texts


class Design(StrEnum):
    """The designs and kinds of publication that criteria.toml can name."""

    SYSTEMATIC_REVIEW = "systematic review"
    RANDOMISED_TRIAL = "randomised trial"
    CLINICAL_TRIAL = "clinical trial"
    COHORT_STUDY = "cohort study"
    CASE_SERIES = "case series"
    CASE_REPORT = "case report"
    CROSS_SECTIONAL = "cross-sectional study"
    OBSERVATIONAL = "observational study"
    PROTOCOL = "protocol"
    GUIDELINE = "guideline"
    NARRATIVE_REVIEW = "narrative review"
    EDITORIAL = "editorial"
    COMMENT = "comment"
    LETTER = "letter"
    NEWS = "news"
    ERRATUM = "erratum"
    RETRACTION_NOTICE = "retraction notice"
    CONFERENCE_ABSTRACT = "conference abstract"
    ANIMAL_STUDY = "animal study"
    LABORATORY_STUDY = "laboratory study"
    NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class FoundDesign:
    """A design, and what shows it."""

    design: Design
    evidence: tuple[Evidence, ...] = ()


# In the order in which they outrank each other; PubMed's and Embase's words, in lower case.
_TYPES: Mapping[Design, frozenset[str]] = {
    Design.ERRATUM: frozenset({"published erratum", "erratum"}),
    Design.RETRACTION_NOTICE: frozenset({"retraction of publication", "retraction notice"}),
    Design.PROTOCOL: frozenset({"clinical trial protocol"}),
    Design.SYSTEMATIC_REVIEW: frozenset(
        {"systematic review", "meta-analysis", "network meta-analysis"}
    ),
    Design.RANDOMISED_TRIAL: frozenset(
        {"randomized controlled trial", "pragmatic clinical trial", "equivalence trial"}
    ),
    Design.EDITORIAL: frozenset({"editorial"}),
    Design.COMMENT: frozenset({"comment"}),
    Design.GUIDELINE: frozenset({"practice guideline", "guideline"}),
    Design.CLINICAL_TRIAL: frozenset(
        {"clinical trial", "controlled clinical trial", "clinical study",
         "clinical trial, phase i", "clinical trial, phase ii", "clinical trial, phase iii",
         "clinical trial, phase iv"}
    ),
    Design.CASE_REPORT: frozenset({"case reports"}),
    Design.OBSERVATIONAL: frozenset({"observational study", "twin study"}),
    Design.LETTER: frozenset({"letter"}),
    Design.NEWS: frozenset({"news", "interview", "biography", "portrait", "newspaper article"}),
    Design.NARRATIVE_REVIEW: frozenset({"review", "scoping review", "short survey"}),
}  # fmt: skip

_TITLE_WORDS: Mapping[Design, tuple[str, ...]] = {
    Design.PROTOCOL: (
        "protocol for", "study protocol", "trial protocol", "review protocol",
        "statistical analysis plan", "rationale and design", "design and rationale",
    ),
    Design.SYSTEMATIC_REVIEW: (
        "systematic review*", "systematic literature review", "systematic scoping review",
        "meta analys*", "metaanalys*", "umbrella review",
    ),
    Design.RANDOMISED_TRIAL: (
        "randomised", "randomized", "randomised controlled trial", "randomized controlled trial",
    ),
    Design.EDITORIAL: ("editorial",),
    Design.COMMENT: ("comment on", "commentary", "reply to", "response to", "author reply"),
    Design.CASE_REPORT: ("case report", "case reports"),
    Design.CASE_SERIES: ("case series", "consecutive series", "consecutive cases"),
    Design.COHORT_STUDY: ("cohort", "retrospective", "prospective", "propensity score"),
    Design.CROSS_SECTIONAL: ("cross sectional", "survey"),
    Design.NARRATIVE_REVIEW: (
        "narrative review", "literature review", "review of the literature", "scoping review",
        "current concepts", "state of the art", "a review", "an overview", "an update",
        "review article", "historical review",
    ),
}  # fmt: skip

_ABSTRACT_WORDS: Mapping[Design, tuple[str, ...]] = {
    Design.PROTOCOL: (
        "this protocol", "study protocol", "will be randomised", "will be randomized",
        "will randomise", "will randomize", "is the statistical analysis plan",
    ),
    Design.SYSTEMATIC_REVIEW: (
        "this systematic review", "this meta analysis", "systematic review was",
        "systematic review of the literature", "performed a systematic review",
        "conducted a systematic review", "systematic search", "systematically searched",
        "systematically reviewed", "we searched", "databases were searched", "prisma",
        "were meta analysed", "were meta analyzed",
    ),
    Design.RANDOMISED_TRIAL: (
        "were randomised", "were randomized", "was randomised", "was randomized",
        "randomly assigned", "randomly allocated", "we randomised",
        "we randomized", "this randomised", "this randomized", "in this randomised",
    ),
    Design.NARRATIVE_REVIEW: (
        "narrative review", "this review", "this article reviews", "this paper reviews",
        "we review the", "we summarise current", "we summarize current", "current concepts",
        "this overview", "this editorial",
    ),
    Design.CASE_REPORT: ("we report a case", "we present a case", "we describe a case",
                         "this case report"),
    Design.CASE_SERIES: ("case series", "consecutive series", "consecutive patients"),
    Design.COHORT_STUDY: (
        "cohort", "retrospective*", "prospective*", "were followed", "were reviewed",
        "propensity score", "case control",
    ),
    Design.CROSS_SECTIONAL: ("cross sectional", "were surveyed", "questionnaire survey"),
}  # fmt: skip

_HEADINGS: Mapping[Design, frozenset[str]] = {
    Design.COHORT_STUDY: frozenset(
        {"Cohort Studies", "Retrospective Studies", "Prospective Studies", "Follow-Up Studies",
         "Longitudinal Studies", "Case-Control Studies"}
    ),
    Design.CROSS_SECTIONAL: frozenset({"Cross-Sectional Studies"}),
}  # fmt: skip

_PEOPLE = ("patient*", "people", "human*", "amputee*", "men", "women", "participants", "volunteers")
_ANIMALS = (
    "rat", "rats", "mouse", "mice", "murine", "rodent*", "rabbit*", "swine", "porcine", "pig",
    "pigs", "piglet*", "sheep", "ovine", "goat*", "dog", "dogs", "canine*", "feline", "macaque*",
    "monkey*", "non human primate*", "cow", "cows", "cattle", "bovine", "horse", "horses",
    "equine", "zebrafish", "guinea pig*", "hamster*", "animal model*", "animal study",
)  # fmt: skip
_ANIMAL_SUBJECTS = (
    "sprague dawley", "wistar", "lewis rat*", "c57bl*", "balb*", "rat model", "mouse model",
    "murine model", "porcine model", "rabbit model", "animal model of", "adult rats", "male rats",
    "female rats", "adult mice", "male mice", "female mice",
)  # fmt: skip
_LABORATORY = (
    "cadaver*", "in vitro", "ex vivo", "finite element", "bench study", "anatomical study",
    "anatomic study", "dissection study", "computational model*",
)  # fmt: skip
_SPECIMENS = ("fresh cadaver*", "cadaver*", "specimens were", "were dissected", "cell culture*")


def designs_of(records: Sequence[Record], texts: Texts) -> tuple[FoundDesign, ...]:
    """What the report of `records` is, the most telling first; never empty.

    Animal and laboratory work comes before the study design (a randomised trial in rats is an
    animal study), conference material behind it. Publication types and MeSH of all records count.
    """
    found = [
        _animal_study(records, texts),
        _laboratory_study(records, texts),
        study_design(records, texts),
        _conference_abstract(records),
    ]
    return tuple(design for design in found if design)


def study_design(records: Sequence[Record], texts: Texts) -> FoundDesign:
    """The study design, by publication type, title, abstract and MeSH in this order.

    "Review" is a weak word: Embase and PubMed give it to systematic reviews as well, so a
    systematic review in the text outranks it.
    """
    by_type = next(_by_type(records), None)
    if by_type and by_type.design is not Design.NARRATIVE_REVIEW:
        return by_type
    by_text = next(_by_text(texts), None)
    if by_text and by_type:
        outranks = by_text.design in {Design.SYSTEMATIC_REVIEW, Design.PROTOCOL}
        return by_text if outranks else by_type
    return by_text or by_type or next(_by_heading(records), FoundDesign(Design.NOT_STATED))


def _by_type(records: Sequence[Record]) -> Iterator[FoundDesign]:
    given = [kind for record in records for kind in record.publication_types]
    for design, kinds in _TYPES.items():
        for kind in given:
            if kind.lower() in kinds:
                yield FoundDesign(design, (Evidence("publication type", 0, len(kind), kind),))


def _by_text(texts: Texts) -> Iterator[FoundDesign]:
    for passage, words in zip(texts.prose, (_TITLE_WORDS, _ABSTRACT_WORDS), strict=False):
        for design, phrases in words.items():
            # "A review of 36 patients" is their chart review.
            if design is Design.NARRATIVE_REVIEW and texts.people:
                continue
            if evidence := find([passage], phrases):
                yield FoundDesign(design, evidence[:1])


def _by_heading(records: Sequence[Record]) -> Iterator[FoundDesign]:
    names = _headings(records)
    for design, headings in _HEADINGS.items():
        for name in sorted(names & headings):
            yield FoundDesign(design, (heading_evidence(name),))


def _animal_study(records: Sequence[Record], texts: Texts) -> FoundDesign | None:
    names = _headings(records)
    if "Humans" in names:
        return None
    if "Animals" in names:
        return FoundDesign(Design.ANIMAL_STUDY, (heading_evidence("Animals"),))
    named = find([texts.title], _ANIMALS)
    if named and not find([texts.title], _PEOPLE):
        return FoundDesign(Design.ANIMAL_STUDY, named[:1])
    subjects = find(texts.prose[1:], _ANIMAL_SUBJECTS)
    if subjects and not texts.people:
        return FoundDesign(Design.ANIMAL_STUDY, subjects[:1])
    return None


def _laboratory_study(records: Sequence[Record], texts: Texts) -> FoundDesign | None:
    if texts.people:
        return None
    if named := find([texts.title], _LABORATORY):
        return FoundDesign(Design.LABORATORY_STUDY, named[:1])
    specimens = find(texts.prose[1:], _SPECIMENS)
    if specimens and {"Cadaver", "In Vitro Techniques"} & _headings(records):
        return FoundDesign(Design.LABORATORY_STUDY, specimens[:1])
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
