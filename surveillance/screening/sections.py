"""The sections of a structured abstract, by their headings: BACKGROUND, METHODS, RESULTS, …"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache

from surveillance.screening.passages import Evidence, Passage


class Section(StrEnum):
    """NLM's five categories of headings (NlmCategory), and text under none."""

    BACKGROUND = "background"
    OBJECTIVE = "objective"
    METHODS = "methods"
    RESULTS = "results"
    CONCLUSIONS = "conclusions"
    NONE = "none"


_NAMES = {
    Section.BACKGROUND: "background|introduction|context|rationale|importance",
    Section.OBJECTIVE: "objectives?|aims?|purpose|goals?|hypothesis|questions?",
    Section.METHODS: "(?:materials?|patients|subjects|participants|study)(?: and |/| & )methods?"
    "|methods?(?: and materials)?|methodology|design|study design|setting|participants|patients"
    "|interventions?|main outcome measures?|data sources?|search strategy|selection criteria"
    "|data collection and analysis|procedures?|statistical analysis",
    Section.RESULTS: "(?:main )?results?|findings|outcomes?",
    Section.CONCLUSIONS: "(?:authors['’] )?conclusions?(?: and relevance)?|interpretation"
    "|discussion|significance|implications|summary",
}
_CATEGORY = {
    re.compile(names, re.IGNORECASE): section for section, names in _NAMES.items()
}  # fmt: skip
_NAME = "|".join(_NAMES.values())
#: At the text's beginning or behind a sentence, with its colon: “BACKGROUND AND AIMS:”.
_BEGINNING = re.compile(r"^|[.?!;:)\]\n]")
_HEADING = re.compile(
    rf"(?:(?<=[.?!;:)\]\n])\s{{0,9}})?(?P<name>{_NAME})(?:(?: and |/| & |, )(?:{_NAME}))?\s*[:—]",
    re.IGNORECASE,
)


@lru_cache(maxsize=16)  # every criterion asks for those of the same abstract
def sections_of(text: str) -> tuple[tuple[int, Section], ...]:
    """The character at which each section begins; nothing where the abstract is not structured."""
    if ":" not in text and "—" not in text:
        return ()
    return tuple((found.start("name"), _section(found["name"])) for found in _headings(text))


def _headings(text: str) -> Iterator[re.Match[str]]:
    """The headings: few places may begin one, and only there a name is looked for."""
    end = 0
    for beginning in _BEGINNING.finditer(text):
        if beginning.end() >= end and (found := _HEADING.match(text, beginning.end())):
            yield found
            end = found.end()


def only_background(evidence: Sequence[Evidence], passages: Sequence[Passage]) -> bool:
    """Whether all that is mentioned stands under the abstract's BACKGROUND.

    What is told there is known of others; title, aims, methods and results are the study's own.
    """
    abstract = next((passage for passage in passages if passage.part == "abstract"), None)
    if abstract is None or not evidence or any(item.part != "abstract" for item in evidence):
        return False
    sections = sections_of(abstract.text)
    return all(_at(item.start, sections) is Section.BACKGROUND for item in evidence)


def _section(name: str) -> Section:
    return next(
        (section for names, section in _CATEGORY.items() if names.fullmatch(name)), Section.NONE
    )


def _at(character: int, sections: Sequence[tuple[int, Section]]) -> Section:
    before = [section for start, section in sections if start <= character]
    return before[-1] if before else Section.NONE
