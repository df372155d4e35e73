from __future__ import annotations

import pytest

from surveillance.screening.language import find, read
from surveillance.screening.sections import Section, only_background, sections_of

STRUCTURED = (
    "BACKGROUND: Neuromas hurt. METHODS: We treated 40 people. RESULTS: Pain fell. "
    "CONCLUSIONS: It helps against stumps."
)


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        (STRUCTURED, ["background", "methods", "results", "conclusions"]),
        ("Background and aims: a. Materials and methods: b.", ["background", "methods"]),
        ("OBJECTIVE: a. DESIGN: b. MAIN OUTCOME MEASURES: c. MAIN RESULTS: d",
         ["objective", "methods", "methods", "results"]),
        ("Introduction— a. Findings: b. Interpretation: c",
         ["background", "results", "conclusions"]),
        ("AIM: a\nMETHODS: b", ["objective", "methods"]),
        ("AUTHORS' CONCLUSIONS: a", ["conclusions"]),
        ("The results: good. We used two methods: a and b.", []),
        ("We had no background. It was so.", []),
        ("", []),
        ("UNUSUAL HEADING: text", []),
    ],
)  # fmt: skip
def test_headings_of_sections_are_found(text: str, sections: list[str]) -> None:
    assert [str(section) for _, section in sections_of(text)] == sections


def test_a_section_begins_where_its_heading_does() -> None:
    starts = [start for start, _ in sections_of(STRUCTURED)]
    assert [STRUCTURED[start:].split(":", maxsplit=1)[0] for start in starts] == [
        "BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS",
    ]  # fmt: skip
    assert Section.NONE not in {section for _, section in sections_of(STRUCTURED)}


@pytest.mark.parametrize(
    ("title", "word", "only"),
    [
        ("A study", "neuromas", True),
        ("A study of neuromas", "neuromas", False),
        ("A study", "people", False),
        ("A study", "stumps", False),
        ("A study", "rats", False),
    ],
)
def test_what_stands_in_the_background_alone_is_told(title: str, word: str, only: bool) -> None:
    passages = [read("title", title), read("abstract", STRUCTURED)]
    assert only_background(find(passages, (word,)), passages) is only


def test_without_headings_nothing_is_background() -> None:
    passages = [read("abstract", "Neuromas hurt. We treated 40 people.")]
    assert not only_background(find(passages, ("neuromas",)), passages)
