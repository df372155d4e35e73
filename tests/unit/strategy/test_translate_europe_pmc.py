"""A strategy → Europe PMC: tables of text and query, polarity, losses, and the corpus."""

from pathlib import Path

import pytest

from surveillance.records.model import IndexedHeading, Record
from surveillance.strategy.evaluate.europe_pmc import matches, parse_query
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.translate.europe_pmc import MOST_NARROWER, translate
from surveillance.strategy.translate.losses import Direction
from surveillance.strategy.translate.walk import Translation

TREE = MeshTree.of([("Pain", "C23.888"), ("Pain, Intractable", "C23.888.592")], year=2024)
PAIN = '(MESH:"Pain" OR (TITLE_ABS:pain OR KW:pain))'

QUERIES = {
    # words: decision 0011, truncation at the end alone
    "TMR.tw.": "TITLE_ABS:tmr",
    "amputat*.tw.": "TITLE_ABS:amputat*",
    "cut*.tw.": "TITLE_ABS:cut*",
    "colo?r.tw.": "TITLE_ABS:colo*",
    "dog$1.tw.": "TITLE_ABS:dog*",
    "névralgie.tw.": "TITLE_ABS:nevralgie",
    # fields
    "pain.ti.": "TITLE:pain",
    "pain.ab.": "ABSTRACT:pain",
    "pain.ti,ab.": "TITLE_ABS:pain",
    "pain.ti,ab,kf.": "(TITLE_ABS:pain OR KW:pain)",
    "pain.kf.": "KW:pain",
    "pain.hw.": "KW:pain",
    "aspirin.nm.": "(CHEM:aspirin OR KW:aspirin)",
    "editorial.pt.": 'PUB_TYPE:"editorial"',
    "randomized controlled trial.pt.": 'PUB_TYPE:"randomized controlled trial"',
    "pain.mp.": "(TITLE_ABS:pain OR CHEM:pain OR KW:pain)",
    # phrases and adjacency
    "phantom limb.tw.": 'TITLE_ABS:"phantom limb"',
    "phantom limb*.tw.": "(TITLE_ABS:phantom AND TITLE_ABS:limb*)",
    "quality of life.tw.": "(TITLE_ABS:quality AND TITLE_ABS:life)",
    "parkinson's disease.tw.": "(TITLE_ABS:parkinson AND TITLE_ABS:disease)",
    "(nerve adj4 (transfer or graft*)).tw.": (
        "(TITLE_ABS:nerve AND (TITLE_ABS:transfer OR TITLE_ABS:graft*))"
    ),
    # headings: a preprint has none
    "Pain/": PAIN,
    "Pain/su": PAIN,
    "*Pain/": PAIN,
    "exp Pain/": '((MESH:"Pain" OR MESH:"Pain, Intractable") OR (TITLE_ABS:pain OR KW:pain))',
    "exp Neoplasms/": '(MESH:"Neoplasms" OR (TITLE_ABS:neoplasms OR KW:neoplasms))',
    "Pain, Intractable/": (
        '(MESH:"Pain, Intractable" OR ((TITLE_ABS:pain OR KW:pain) AND '
        "(TITLE_ABS:intractable OR KW:intractable)))"
    ),
    # under NOT: a heading by its own name, nothing for a word
    "limb.tw. not Pain/": '(TITLE_ABS:limb NOT MESH:"Pain")',
    "limb.tw. not *Pain/": "TITLE_ABS:limb",
    "limb.tw. not pain.tw.": "TITLE_ABS:limb",
    "limb.tw. not (Pain/ not cut.tw.)": '(TITLE_ABS:limb NOT (MESH:"Pain" NOT TITLE_ABS:cut))',
    # no text says a check tag of itself: preprints are asked whole
    "Humans/": '(MESH:"Humans" OR (TITLE_ABS:humans OR KW:humans) OR SRC:PPR)',
    "limb.tw. not (Animals/ not Humans/)": (
        '(TITLE_ABS:limb NOT (MESH:"Animals" NOT '
        '(MESH:"Humans" OR (TITLE_ABS:humans OR KW:humans) OR SRC:PPR)))'
    ),
    # what can't be asked is left out of an AND
    "limb.tw. and smith.au.": "TITLE_ABS:limb",
    "limb.tw. and to*.tw.": "TITLE_ABS:limb",
}


def translated(text: str, *, mesh: MeshTree | None = TREE) -> Translation:
    return translate(read_strategy(text, "ovid-medline"), mesh=mesh)


@pytest.mark.parametrize(("text", "query"), QUERIES.items())
def test_query(text: str, query: str) -> None:
    assert translated(text).query == query


def test_the_query_is_the_same_twice() -> None:
    text = "\n".join(QUERIES)
    assert translated(text) == translated(text)


LOSSES = {
    # what is wider for certain
    "cut*.tw.": [Direction.SUPERSET],
    "colo?r.tw.": [Direction.SUPERSET, Direction.SUPERSET],
    "phantom limb*.tw.": [Direction.SUPERSET, Direction.SUPERSET],
    "(nerve adj4 transfer).tw.": [Direction.SUPERSET, Direction.SUPERSET],
    "Pain/": [Direction.SUPERSET],
    "exp Pain/": [Direction.SUPERSET],
    # narrower behind NOT
    "limb.tw. not Pain/": [Direction.SUPERSET, Direction.SUBSET],
    "limb.tw. not pain.tw.": [Direction.SUPERSET, Direction.SUBSET],
    # what may miss something: words of subheadings, headings below one that the tree doesn't know
    "pain.mp.": [Direction.UNKNOWN, Direction.UNKNOWN],
    "pain": [Direction.UNKNOWN],
    "exp Neoplasms/": [Direction.UNKNOWN],
}


@pytest.mark.parametrize(("text", "directions"), LOSSES.items())
def test_every_step_is_in_the_report(text: str, directions: list[Direction]) -> None:
    assert [loss.direction for loss in translated(text).losses] == directions


def test_a_loss_says_where_what_and_how() -> None:
    (loss,) = translated("pain.tw. and Pain/su").losses[1:]
    assert (loss.line, loss.column, loss.source, loss.target) == (1, 14, "Pain/su", PAIN)
    assert "preprints have none" in loss.step
    assert loss.verified_locally


def test_without_a_tree_narrower_headings_are_a_loss_that_may_miss_records() -> None:
    (loss,) = translated("exp Pain/", mesh=None).losses
    assert loss.direction is Direction.UNKNOWN
    assert "narrower headings are not asked for" in loss.step


def test_a_heading_with_too_many_below_it_is_not_written_out() -> None:
    below = [(f"Pain {n}", f"C23.888.{n:03}") for n in range(MOST_NARROWER)]
    tree = MeshTree.of([("Pain", "C23.888"), *below], year=2024)
    assert translated("exp Pain/", mesh=tree).query == PAIN


def test_a_preprint_without_headings_is_found_by_the_words_of_one() -> None:
    preprint = Record(source="europepmc", source_id="PPR1", title="Intractable pain", mesh=None)
    indexed = Record(
        source="europepmc",
        source_id="1",
        title="Suffering",
        mesh=(IndexedHeading("Pain, Intractable"),),
    )
    asked = parse_query(translated("Pain, Intractable/").query)
    assert matches(asked, preprint)
    assert matches(asked, indexed)


def test_a_year_is_the_first_publication_with_two_years_to_spare() -> None:
    strategy = read_strategy('1 pain.tw.\n2 limit 1 to yr="2020 -Current"', "ovid-medline")
    query = translate(strategy).query
    assert query == "(TITLE_ABS:pain AND FIRST_PDATE:[2018-01-01 TO 3000-12-31])"


def test_what_alone_can_not_be_asked_gives_an_error() -> None:
    translation = translated("smith.au.")
    assert translation.query == ""
    assert [found.code for found in translation.diagnostics] == ["no-query"]


def test_an_unquoted_phrase_of_pubmed_is_asked_word_by_word() -> None:
    """PubMed takes words apart that it doesn't have as a phrase."""
    loose = translate(read_strategy("phantom limb[tiab]", "pubmed")).query
    assert '"phantom limb"' not in loose
    assert "TITLE_ABS:phantom" in loose


def test_a_publication_type_is_a_whole_name_in_ovid_alone() -> None:
    pubmed = translate(read_strategy("limb[tiab] AND clinical trial[pt]", "pubmed")).query
    assert pubmed == "(TITLE_ABS:limb OR KW:limb)"


@pytest.mark.shared
def test_every_published_strategy_is_asked_or_says_why_not(shared: Path) -> None:
    """Each query and each part reads back in Europe PMC's grammar."""
    for file in sorted((shared / "data" / "strategies").rglob("*.ovid.txt")):
        translation = translate(read_strategy(file.read_text(encoding="utf-8", errors="replace")))
        assert translation.query or translation.diagnostics, file.name
        for query in filter(None, (translation.query, *translation.parts)):
            parse_query(query)
