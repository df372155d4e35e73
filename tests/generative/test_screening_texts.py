"""Any text at all, held against criteria: no crash, no exclusion without grounds, true places."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from surveillance.records import IndexedHeading, Record
from surveillance.screening.criteria import Concept, Criteria, read_criteria
from surveillance.screening.language import MAX_TEXT, read
from surveillance.screening.rules import Outcome, ScreeningProposal, Verdict, screen

ROOT = Path(__file__).resolve().parents[2]
FILES = (
    ROOT / "search_strategies/targeted_muscle_reinnervation/criteria.toml",
    ROOT / "docs/examples/anticoagulants_in_cancer.criteria.toml",
)
#: What the criteria look for, what denies it, and what breaks programs.
PIECES = (
    "targeted muscle reinnervation", "TMR", "(TMR)", "total mixed ration", "amputation",
    "amputees", "neuroma", "no", "not", "without", "were not assessed", "is needed",
    "twelve patients", "rats", "case report", "systematic review", "we searched",
    "were randomised", "retrospective", "cohort", "apixaban", "direct oral anticoagulants",
    "cancer", "CAT", "bleeding", "died", "the", "of", "and", "in", "was", "with", "for", "that",
    "BACKGROUND:", "METHODS:", ". ", ", ", "<i>", "</i>", "&lt;", "&amp;", "&#x1F600;", "&#0;",
    "İ", "ﬁ", "ß", "\u202e", "\x00", "\x0b", "\ud83d", "\u0301", "  ", "\n", "痛み", "боль", "😀",
    "=1+1", "-", "\u2011", "–", "’s",
)  # fmt: skip


HUGE = Record(source="a", source_id="1", title="x" * 1_000_000, abstract="y " * 500_000)


@cache
def criteria_of(file: Path) -> Criteria:
    return read_criteria(file)


texts = st.one_of(
    st.none(),
    st.text(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
)
records = st.builds(
    Record,
    source=st.sampled_from(["pubmed", "embase"]),
    source_id=st.sampled_from(["1", "2"]),
    title=texts.map(lambda text: text or ""),
    abstract=texts,
    keywords=st.lists(st.sampled_from(PIECES), max_size=2).map(tuple),
    languages=st.lists(st.sampled_from(["eng", "ger", "", "x"]), max_size=2).map(tuple),
    publication_types=st.lists(
        st.sampled_from(["Editorial", "Letter", "Case Reports", "Retracted Publication"]),
        max_size=2,
    ).map(tuple),
    mesh=st.none()
    | st.lists(
        st.sampled_from(["Animals", "Humans", "Amputees", "Neoplasms"]).map(IndexedHeading),
        max_size=2,
    ).map(tuple),
    year=st.none() | st.integers(1900, 2100),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(records, min_size=1, max_size=2), st.sampled_from(FILES))
@example([HUGE], FILES[0])
def test_any_text_is_judged_and_every_verdict_has_its_grounds(
    found: list[Record], file: Path
) -> None:
    criteria = criteria_of(file)
    proposal = screen(found, criteria)
    assert len(proposal.checks) == len(criteria.criteria)
    if proposal.verdict is Verdict.EXCLUDE:
        assert_grounds(proposal, criteria)
    for check in proposal.checks:
        for evidence in check.evidence:
            assert any(
                source[evidence.start : evidence.end] == evidence.text
                for source in sources(found, evidence.part)
            ), evidence
            assert evidence.text
            assert not evidence.sentence or evidence.sentence in "".join(
                sources(found, evidence.part)
            )


def assert_grounds(proposal: ScreeningProposal, criteria: Criteria) -> None:
    """An exclusion rests on words, or on an absence that its criterion takes for one."""
    (failed,) = [one for one in criteria.criteria if one.name == proposal.criterion]
    absence = isinstance(failed, Concept) and failed.absent == "exclude"
    assert proposal.evidence or absence
    first = next(check for check in proposal.checks if check.outcome is Outcome.NOT_MET)
    assert first.criterion == proposal.criterion


def sources(found: list[Record], part: str) -> list[str]:
    """The texts that a part's characters are counted in."""
    if part == "keyword":
        return ["; ".join(sorted({word for record in found for word in record.keywords}))]
    if part == "mesh":
        return [heading.name for record in found for heading in record.headings() or ()]
    if part == "year":
        return [str(record.year) for record in found]
    return [text for record in found for text in record.passages(part.replace(" ", "_")) or ()]


@settings(max_examples=60, deadline=None)
@given(st.lists(records, min_size=2, max_size=2), st.sampled_from(FILES))
def test_the_order_of_a_reports_records_decides_nothing(found: list[Record], file: Path) -> None:
    criteria = criteria_of(file)
    found = [found[0], replace(found[1], source="other")]
    assert screen(found, criteria).verdict is screen(found[::-1], criteria).verdict


@settings(max_examples=100, deadline=None)
@given(texts.map(lambda text: text or ""))
@example("<i>a</i> b. C &amp; d.\n e")
@example("x" * (MAX_TEXT + 5))
def test_every_character_of_a_text_is_in_one_sentence_or_between_two(text: str) -> None:
    passage = read("abstract", text)
    assert len(passage.text) == len(passage.source) == min(len(text), MAX_TEXT)
    ends = 0
    for start, sentence in passage.sentences:
        assert start >= ends
        assert passage.text[start : start + len(sentence)] == sentence
        ends = start + len(sentence)
    for number, start in enumerate(passage.starts):
        assert number in passage.sentence_of(number)
        assert passage.word_at(start) == number
