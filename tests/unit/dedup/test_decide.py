"""What merges, what must never merge by rule, and what waits for a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from surveillance.dedup.candidates import Entry
from surveillance.dedup.decide import PairDecision, Verdict, decide_pair
from surveillance.records import Author, Record

ABSTRACT = (
    "Forty people who had lost a leg were asked about their pain before the operation and a year "
    "after it. Pain was lower by three points in those who were treated, and nobody was harmed."
)
ARTICLE = Record(
    source="pubmed",
    source_id="1",
    title="Nerve transfer after loss of a leg: what forty people told us of their pain",
    abstract=ABSTRACT,
    authors=(Author(last="Kettering", initials="A"), Author(last="Solberg", initials="E")),
    journal="Demonstration Journal of Limb Surgery",
    year=2023,
    volume="9",
    issue="2",
    pages="101-108",
)


def other(**fields: Any) -> Record:
    """The article as another database has it."""
    return replace(ARTICLE, source="embase", source_id="2", **fields)


def decide(a: Record, b: Record) -> PairDecision:
    decision = decide_pair(Entry(1, a), Entry(2, b))
    turned = decide_pair(Entry(1, b), Entry(2, a))
    assert (decision.verdict, decision.score) == (turned.verdict, turned.score)
    return decision


def titled(title: str, **fields: Any) -> Record:
    return replace(ARTICLE, title=title, **fields)


@pytest.mark.parametrize(
    "record",
    [
        other(),
        other(title=ARTICLE.title.upper()),
        other(title=f"[{ARTICLE.title}]."),
        other(title=f"{ARTICLE.title}. [German]"),
        other(title=f"RETRACTED: {ARTICLE.title}"),
        other(journal="Demo J Limb Surg"),
        other(pages="101-8"),
        # The first page misprinted in one of them.
        other(pages="100-108", doi=""),
        other(pages="e101"),
        other(pages="", abstract=None),
        other(pages="", volume="", issue=""),
        other(abstract=None, issue=""),
        other(authors=(Author(last="Kettering"),)),
        other(authors=(Author(last="Solberg"), Author(last="Kettering"))),
        other(authors=()),
        other(year=2022),
        other(doi="10.5555/x.1"),
        other(journal=""),
        # One text in one issue, a page misprinted or a number in its place.
        other(pages="c1804"),
        # What a spreadsheet makes of pages 9-12, and Ovid's source line in the journal's place.
        other(
            pages="101-108",
            journal="Demonstration Journal of Limb Surgery.9 (2) (pp 101-108) "
            "2023.Date of Publication: 2023.",
            volume="",
            issue="",
        ),
        other(title=f"{ARTICLE.title}. French"),
        other(title=f"{ARTICLE.title}.[Erratum appears in Demo J. 2024 Sep;9(9):22 [corrected]]"),
        other(title=f"Clinical review 138: {ARTICLE.title}"),
        other(authors=(Author(last="Anna KetteringErik Solberg"),)),
        other(title=ARTICLE.title.replace("Nerve", "Nerv"), doi="10.5555/x.1"),
    ],
)
def test_certain_pairs_are_the_same(record: Record) -> None:
    decision = decide(ARTICLE, record)
    assert decision.verdict is Verdict.SAME, decision.rule
    assert decision.evidence


@pytest.mark.parametrize(
    ("a", "b", "rule"),
    [
        (replace(ARTICLE, pmid="90000001"), other(pmid="90000002"), "different PMIDs"),
        (ARTICLE, other(title=f"Erratum: {ARTICLE.title}", pages="190", issue="3"), "a notice"),
        (ARTICLE, other(title=f"Correction to: {ARTICLE.title}"), "a notice"),
        (ARTICLE, other(title=f"Re: {ARTICLE.title}"), "a notice"),
        (ARTICLE, other(title=f"Reply to: {ARTICLE.title}"), "a notice"),
        (ARTICLE, other(title=f"Retraction: {ARTICLE.title}", year=2025), "a notice"),
        (ARTICLE, other(title=f"{ARTICLE.title} (vol 9, pg 101, 2023)"), "a notice"),
        (ARTICLE, other(publication_types=("Published Erratum",)), "a notice"),
        (ARTICLE, other(publication_types=("Comment",)), "a notice"),
        (ARTICLE, other(journal="medRxiv", volume="", pages=""), "a preprint"),
        (ARTICLE, other(journal="ClinicalTrials.gov", volume="", pages=""), "a registry entry"),
        (ARTICLE, other(publication_types=("Trial registry record",)), "a registry entry"),
        (
            replace(ARTICLE, doi="10.1002/14651858.CD000001.pub2"),
            other(doi="10.1002/14651858.CD000001.pub3"),
            "two versions of a Cochrane review",
        ),
    ],
)
def test_these_are_different_whatever_else_agrees(a: Record, b: Record, rule: str) -> None:
    decision = decide(a, b)
    assert decision.verdict is Verdict.DIFFERENT
    assert decision.rule.startswith(rule)


@pytest.mark.parametrize(
    ("a", "b", "rule"),
    [
        (titled("Loss of a leg: part I"), titled("Loss of a leg: part II"), "different numbers"),
        (titled("Loss of a leg, VI"), titled("Loss of a leg, VII"), "different numbers"),
        (titled("Pain at 1 year in people"), titled("Pain at 3 years in people"), "different num"),
        (titled("Nerve growth in vitro: a study"), titled("Nerve growth in vivo: a study"),
         "titles one word"),
        (titled("Loss of a leg in men"), titled("Loss of a leg in women"), "titles one word"),
        (titled("Hyperalgesia after a lost leg"), titled("Hypoalgesia after a lost leg"),
         "titles one word"),
        (replace(ARTICLE, registrations=("NCT99000001",)),
         replace(ARTICLE, registrations=("NCT99000002",)), "different trial numbers"),
        (ARTICLE, replace(ARTICLE, issue="Suppl 1", pages="S281-S282", volume="8"),
         "a conference abstract"),
        (ARTICLE, replace(ARTICLE, journal="Pain. Conference: 5th Meeting", volume="1", pages=""),
         "a conference abstract"),
        (replace(ARTICLE, doi="10.5555/a.1"),
         replace(ARTICLE, doi="10.5555/b.2", pages="", volume=""), "alike, but DOI differs"),
        (ARTICLE, replace(ARTICLE, volume="31", journal="Annals of Limbs"), "alike, but"),
        (ARTICLE, replace(ARTICLE, pages="300-310", abstract=None), "alike, but pages differ"),
        (ARTICLE, replace(ARTICLE, pages="300-310", issue="4"), "alike, but pages differ"),
        # Two letters that end on one page: a single page has no last one.
        (ARTICLE, replace(ARTICLE, pages="108", abstract=None), "alike, but pages differ"),
        (ARTICLE, replace(ARTICLE, journal="Pain Letters", pages=""), "alike, but journal differs"),
        (replace(ARTICLE, journal="Cochrane Database Syst Rev", volume="", pages="CD000001"),
         replace(ARTICLE, journal="Cochrane Database Syst Rev", volume="", pages="", year=2021),
         "a Cochrane review of two years"),
        (titled("#NAME?"), titled("#NAME?"), "alike, but one has no title"),
        (ARTICLE, replace(ARTICLE, year=None, volume="", pages="", abstract=None, journal=""),
         "alike, but"),
        (replace(ARTICLE, pmid="90000001"),
         titled("Another matter altogether", pmid="90000001", authors=()), "same PMID, but"),
    ],
)  # fmt: skip
def test_these_never_merge_by_rule(a: Record, b: Record, rule: str) -> None:
    decision = decide(a, b)
    assert decision.verdict is Verdict.DOUBTFUL, decision.rule
    assert decision.rule.startswith(rule)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (titled("Editorial", abstract=None), titled("Editorial", abstract=None, pages="1")),
        (titled("Abstracts of the annual meeting", abstract=None, pages=""),
         titled("Abstracts of the annual meeting", abstract=None, pages="")),
        (titled("Letter to the editor", abstract=None, authors=()),
         titled("Letter to the editor", abstract=None, authors=())),
    ],
)  # fmt: skip
def test_a_title_that_many_publications_have_does_not_merge(a: Record, b: Record) -> None:
    assert decide(a, b).verdict is not Verdict.SAME


MEETING = replace(
    ARTICLE, journal="Pain. Conference: 5th Meeting", volume="10", issue="Suppl 1", pages="S5"
)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # The same abstract at two meetings.
        (MEETING, replace(MEETING, journal="Limb. Conference: 7th Meeting", volume="3",
                          pages="S81", year=2024)),
        (MEETING, replace(MEETING, volume="11", pages="S9", year=2024)),
        # Two abstracts of one group on one page.
        (MEETING, replace(MEETING, title=ARTICLE.title.replace("leg", "arm"), abstract=None)),
        # The abstract in a supplement and its paper a year later.
        (replace(ARTICLE, volume="", pages="S101", abstract=None, issue=""),
         other(year=2024, pages="101-8", abstract=None)),
        # A guideline printed in two journals.
        (titled("Guideline on pain after the loss of a limb: recommendations of 2023"),
         replace(ARTICLE, title="Guideline on pain after the loss of a limb: recommendations of "
                 "2023", journal="British Limb Journal", volume="40", pages="1-12")),
        # Volumes of one series.
        (titled("Proceedings of the annual meeting", authors=(), abstract=None),
         titled("Proceedings of the annual meeting", authors=(), abstract=None, volume="10",
                year=2024)),
        # One DOI for a whole supplement.
        (replace(MEETING, doi="10.5555/s"), replace(MEETING, doi="10.5555/s", abstract=None,
         title="Pain in forty goats: what their keepers told us", pages="S6")),
        # Misprints that are none.
        (titled("Short-term pain after a lost leg"), titled("Long-term pain after a lost leg")),
        (titled("Agonists of receptors in pain"), titled("Antagonists of receptors in pain")),
        (titled("Pain at stage II of healing"), titled("Pain at stage III of healing")),
        (titled("Delta-8 in the treatment of pain"), titled("Delta-9 in the treatment of pain")),
    ],
)  # fmt: skip
def test_no_score_merges_these(a: Record, b: Record) -> None:
    assert decide(a, b).verdict is not Verdict.SAME


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        # At one place a title may be another translation, a misprint, or have lost its brackets.
        ("Binding of [3H]paroxetine in the lost leg", "Binding ofparoxetine in the lost leg"),
        ("The white cell count in healing of stumps", "The leukocyte count in healing of stumps"),
        ("Ototoxicity of chlorhexidine in stumps", "Ototwdcity of chlorhexidine in stumps"),
    ],
)
def test_at_one_place_a_title_may_be_printed_otherwise(ours: str, theirs: str) -> None:
    assert decide(titled(ours), other(title=theirs)).verdict is Verdict.SAME
    elsewhere = other(title=theirs, pages="", issue="")
    assert decide(titled(ours), elsewhere).verdict is Verdict.DOUBTFUL


def test_the_reasons_say_what_agrees_and_what_does_not() -> None:
    found = decide(replace(ARTICLE, doi="10.5555/x.1"), other(doi="10.5555/x.2", issue="3"))
    assert found.rule == (
        "title, authors, first author, year, journal, volume, pages, abstract agree; "
        "issue not wholly; DOI differs in one character"
    )


def test_a_doi_that_a_whole_supplement_carries_joins_nothing() -> None:
    a = replace(ARTICLE, doi="10.5555/supplement")
    b = titled(
        "Feeding of goats in winter",
        doi="10.5555/supplement",
        authors=(Author(last="Hoekstra"),),
        pages="S9",
    )
    assert decide(a, b).verdict is Verdict.DIFFERENT


def test_two_dois_give_way_where_every_place_agrees() -> None:
    a, b = replace(ARTICLE, doi="10.5555/a.1"), other(doi="10.6666/repository.9")
    assert decide(a, b).verdict is Verdict.SAME


def test_one_pmid_is_one_publication_though_its_title_was_revised() -> None:
    a = replace(ARTICLE, pmid="90000001")
    b = other(pmid="90000001", title=ARTICLE.title.replace("forty", "40"), pages="", year=None)
    assert decide(a, b).verdict is Verdict.SAME


def test_a_second_spelling_is_no_second_word() -> None:
    a = titled("Haemolytic anaemia after randomised surgery of a tumour in forty people")
    b = titled("Hemolytic anemia after randomized surgery of a tumor in forty people")
    assert decide(a, b).verdict is Verdict.SAME


def test_what_is_missing_is_no_difference() -> None:
    bare = Record(source="file", source_id="9", title=ARTICLE.title)
    decision = decide(ARTICLE, bare)
    missing = {item.field for item in decision.evidence if item.similarity is None}
    assert {"authors", "year", "pages", "abstract"} <= missing
    assert decision.verdict is Verdict.DOUBTFUL
    elsewhere = replace(ARTICLE, volume="77", pages="9", year=1999, doi="10.5555/other")
    assert decide(elsewhere, bare).score == decision.score


def test_no_abstract_is_copied_into_the_evidence() -> None:
    assert all(ABSTRACT not in (item.a, item.b) for item in decide(ARTICLE, other()).evidence)


def test_two_empty_records_are_not_alike() -> None:
    a, b = Record(source="x", source_id="1"), Record(source="x", source_id="2")
    decision = decide(a, b)
    assert (decision.verdict, decision.score) == (Verdict.DIFFERENT, 0.0)
