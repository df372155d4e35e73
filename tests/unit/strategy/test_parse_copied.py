"""Strategies as pages and papers print them: tables, titles between lines, numbers glued on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveillance.strategy.parse import read_strategy
from surveillance.strategy.parse.glued_numbers import set_apart
from surveillance.strategy.parse.source import Piece
from surveillance.strategy.parse.tables import without_markup
from surveillance.strategy.printing import to_text

OVID = ((1, "exp Pain/", None), (2, "limb*.tw.", None), (3, "1 or 2", None))
COUNTED = tuple((n, text, count) for (n, text, _), count in zip(OVID, (71, 9, 80), strict=True))

Lines = tuple[tuple[int, str, int | None], ...]

COPIED: dict[str, tuple[str, str, Lines]] = {
    "a table with bars": (
        "ovid-medline",
        "| No. | Search terms | Hits |\n|---|:---:|---:|\n"
        "| 1 | exp Pain/ | 71 |\n| 2 | limb*.tw. | 9 |\n| 3 | 1 or 2 | 80 |",
        COUNTED,
    ),
    "escapes of Markdown": (
        "ovid-medline",
        "1. exp Pain/\n2. limb\\*.tw.\n3. 1 or 2",
        OVID,
    ),
    "escaped line numbers in a table": (
        "cochrane",
        "| \\#1 | [mh Pain] | 71 |\n| \\#2 | limb* | 9 |\n| \\#3 | \\#1 or \\#2 | 80 |",
        ((1, '[mh "Pain"]', 71), (2, "limb*", 9), (3, "#1 or #2", 80)),
    ),
    "numbers glued to their searches": (
        "ovid-medline",
        "Table 1\n\nSearches of our review\n\n1exp Pain/\n2limb*.tw.\n31 or 2",
        OVID,
    ),
    "more than nine glued numbers": (
        "ovid-medline",
        "\n".join([*(f"{n}term{n}.tw." for n in range(1, 11)), "11or/1-10"]),
        (*((n, f"term{n}.tw.", None) for n in range(1, 11)), (11, "or/1-10", None)),
    ),
    "a number with its mark right before a line number": (
        "ovid-medline",
        "1.exp Pain/\n2.limb*.tw.\n3.1 or 2",
        OVID,
    ),
    "numbers in brackets": ("ovid-medline", "[1] exp. Pain/\n[2] limb*.tw\n[3] 1 or 2", OVID),
    "a bullet without text before each line": (
        "ovid-medline",
        "-\nexp Pain/\n-\nlimb*.tw.\n-\n1 or 2",
        OVID,
    ),
    "titles between lines": (
        "ovid-medline",
        "I. The condition:\n1. exp Pain/\n\nB) Limbs*\n2. limb*.tw.\nPart 2:\n3. 1 or 2\n"
        "The terms for limbs are those of an earlier review from 2006.",
        OVID,
    ),
    "all on one line behind a title": (
        "ovid-medline",
        "Appendix 1 Searches of the review 1 exp Pain/ (71) 2 limb*.tw. (9) 3 1 or 2 (80) "
        "4 exp Arm/ (5) 5 3 and 4 (2) Key: * any letters .tw. title or abstract",
        (*COUNTED, (4, "exp Arm/", 5), (5, "3 and 4", 2)),
    ),
    "one search over several lines": (
        "ovid-medline",
        "(exp Pain/ OR (ache* OR\nsore*).tw.) AND (exp Artificial\nLimbs/ OR limb*.ti.)\n"
        "NOT (exp animals/ NOT humans/)",
        (
            (
                1,
                "((exp Pain/ or (ache* or sore*).tw.) and (exp Artificial Limbs/ or limb*.ti.)) "
                "not (exp animals/ not humans/)",
                None,
            ),
        ),
    ),
    "PubMed: numbers and counts glued": (
        "pubmed",
        "Table 2\n#1pain [tiab]\n#2“Limb”[mh]110342\n#3#1 AND #2",
        ((1, "pain[tiab]", None), (2, '"Limb"[mh]', 110342), (3, "#1 AND #2", None)),
    ),
    "PubMed: a history with every count glued": (
        "pubmed",
        "#1Search pain[tiab]7104\n#2Search limb[tiab]905\n#3Search #1 AND #2204",
        ((1, "pain[tiab]", 7104), (2, "limb[tiab]", 905), (3, "#1 AND #2", 204)),
    ),
}


@pytest.mark.parametrize("page", COPIED)
def test_what_a_page_makes_of_a_strategy_is_taken_off(page: str) -> None:
    dialect, text, lines = COPIED[page]
    strategy = read_strategy(text, dialect)
    assert (
        tuple(
            (line.number, line.tree and to_text(line.tree, dialect), line.count)
            for line in strategy.lines
        )
        == lines
    )
    assert not strategy.errors


@pytest.mark.parametrize("heading", ['[mh "Nerve Transfer"]', '[mh ^"Pain"]', '[mh "Pain"/SU]'])
def test_a_heading_alone_is_a_strategy_of_the_cochrane_library(heading: str) -> None:
    strategy = read_strategy(heading)
    assert strategy.dialect == "cochrane"
    assert [line.tree and to_text(line.tree, "cochrane") for line in strategy.lines] == [heading]


KEPT = {
    "lines that begin with a digit": ("5-HT.tw.\n3D print*.tw.\n1 or 2", 3),
    "a dangling parenthesis where lines are combined": ("(limb*.tw.\npain.tw.)\n1 or 2", 3),
    "a number behind a mark in wrapped text": ("1. (dose* or\n2.5 mg).tw.\n2. pain.tw.", 2),
    "a wrapped heading": ("1. exp Pain/ or\nAmputation Stumps/\n2. pain.tw.", 2),
}


@pytest.mark.parametrize("case", KEPT)
def test_what_only_looks_like_print_stays(case: str) -> None:
    text, lines = KEPT[case]
    strategy = read_strategy(text, "ovid-medline")
    assert len(strategy.lines) == lines
    assert not [d for d in strategy.diagnostics if d.code in {"label", "preamble"}]


def test_words_without_a_number_between_lines_are_left_out_with_a_warning() -> None:
    strategy = read_strategy("1. exp Pain/\nPhantom limb\n2. limb*.tw.", "ovid-medline")
    assert [d.code for d in strategy.diagnostics] == ["text-between-lines"]
    assert len(strategy.lines) == 2


def test_a_glued_number_keeps_the_place_of_its_search() -> None:
    strategy = read_strategy("1exp Pain/\n2limb*.tw.\n31 or 2", "ovid-medline")
    assert [line.span.column for line in strategy.lines] == [2, 2, 2]


def test_a_line_that_lacks_is_no_count_in_pubmed() -> None:
    strategy = read_strategy("#1 pain[tiab]\n#2 limb[tiab]\n#3 #1 OR #12", "pubmed")
    assert [d.code for d in strategy.errors] == ["missing-line"]


@given(st.text(alphabet="|-:#*\\\\ 1a\n\r\t", max_size=60))
def test_markup_is_taken_off_without_moving_a_line(text: str) -> None:
    plain = without_markup(text)
    assert plain.count("\n") == text.count("\n")
    kept = [line for line in plain.split("\n") if line]
    assert all(len(line) in map(len, text.split("\n")) for line in kept)


@given(st.lists(st.text(alphabet="123 (aor*", min_size=1, max_size=8), max_size=12))
def test_setting_numbers_apart_keeps_every_character(texts: list[str]) -> None:
    pieces = [Piece(at, 1, text) for at, text in enumerate(texts, start=1)]
    apart = set_apart(pieces)
    assert "".join(piece.text for piece in apart) == "".join(texts)
    assert all(texts[piece.line - 1][piece.column - 1 :].startswith(piece.text) for piece in apart)
