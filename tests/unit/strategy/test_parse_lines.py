"""Raw text of a published strategy → numbered lines, counts and what is left out."""

import pytest

from surveillance.strategy.parse import (
    StrategyTooLarge,
    StrategyUnreadable,
    UnknownDialect,
    read_strategy,
)
from surveillance.strategy.parse.faults import LARGEST_STRATEGY, LONGEST_ENTRY

# Each style: its text, and every line's number, text, printed count and value of the count.
STYLES = {
    "numbers and counts between commas": (
        "1 , TMR.tw. , 2,815\n\n2 , Nerve Transfer/ , 2,661\n",
        [(1, "TMR.tw.", "2,815", 2815), (2, "Nerve Transfer/", "2,661", 2661)],
    ),
    "bullets of a PDF": (
        "- 7 , (muscle* adj4 skeletal*).tw. , 170,288\n- 8 , or/1-7 , 463",
        [(7, "(muscle* adj4 skeletal*).tw.", "170,288", 170288), (8, "or/1-7", "463", 463)],
    ),
    "a space": (
        "1 exp Pain/\n2 pain.tw.",
        [(1, "exp Pain/", None, None), (2, "pain.tw.", None, None)],
    ),
    "a full stop": ("1. a.tw.\n2. 1 or a", [(1, "a.tw.", None, None), (2, "1 or a", None, None)]),
    "a parenthesis": ("1) a.tw.\n2) b.tw.", [(1, "a.tw.", None, None), (2, "b.tw.", None, None)]),
    "counts in parentheses": (
        "1     exp Neoplasms/ (3489255) \n2     1 or 1 (4799855)",
        [(1, "exp Neoplasms/", "3489255", 3489255), (2, "1 or 1", "4799855", 4799855)],
    ),
    "counts behind a tab": (
        "1 a.tw.\t12\n2 b.tw.\t1,234",
        [(1, "a.tw.", "12", 12), (2, "b.tw.", "1,234", 1234)],
    ),
    "number, query and count on lines of their own": (
        "1\nexp Neoplasms/\n4606655\n2\nCachexia/\n63432\n3\nand/1-2\n9650",
        [
            (1, "exp Neoplasms/", "4606655", 4606655),
            (2, "Cachexia/", "63432", 63432),
            (3, "and/1-2", "9650", 9650),
        ],
    ),
    "counts without a mark": (
        "1 a.ti,ab,kf 4317109\n2 or/1 5046055\n3 1 or 2 1096843",
        [
            (1, "a.ti,ab,kf", "4317109", 4317109),
            (2, "or/1", "5046055", 5046055),
            (3, "1 or 2", "1096843", 1096843),
        ],
    ),
    "no numbers: position is number": (
        "exp Aged/\naged.tw.\n1 or 2\n13 not 14\nor/1-2",
        [
            (1, "exp Aged/", None, None),
            (2, "aged.tw.", None, None),
            (3, "1 or 2", None, None),
            (4, "13 not 14", None, None),
            (5, "or/1-2", None, None),
        ],
    ),
    "a gap in the numbers": (
        "1. a.tw.\n2. b.tw.\n5. or/1-2",
        [(1, "a.tw.", None, None), (2, "b.tw.", None, None), (5, "or/1-2", None, None)],
    ),
    "a gap behind bare numbers": (
        "1 a.tw.\n3 Pain/ 12\n4 or/1-3\n7 4 not 3",
        [
            (1, "a.tw.", None, None),
            (3, "Pain/", "12", 12),
            (4, "or/1-3", None, None),
            (7, "4 not 3", None, None),
        ],
    ),
    "a bare number that goes on with a wrapped line": (
        "1 (a or type\n4 or b).tw.\n2 c.tw.",
        [(1, "(a or type 4 or b).tw.", None, None), (2, "c.tw.", None, None)],
    ),
    "a line wrapped with its count": (
        "1 , (a or\nb).tw.\n, 48,538\n2 , c.tw. , 0",
        [(1, "(a or b).tw.", "48,538", 48538), (2, "c.tw.", "0", 0)],
    ),
    "a line that begins with a number, wrapped": (
        "1. (a or type\n2 or b).tw.\n2. c.tw.",
        [(1, "(a or type 2 or b).tw.", None, None), (2, "c.tw.", None, None)],
    ),
    "windows line ends and a byte order mark": (
        "\ufeff1 a.tw.\r\n2 b.tw.\r\n",
        [(1, "a.tw.", None, None), (2, "b.tw.", None, None)],
    ),
    "a line in parentheses that looks like a count": (
        "1. a.tw.\n2. (1) and (1)",
        [(1, "a.tw.", None, None), (2, "(1) and (1)", None, None)],
    ),
    "a range that ends like a count": (
        "1 a.tw.\n2 b.tw.\n3 or/1,2",
        [(1, "a.tw.", None, None), (2, "b.tw.", None, None), (3, "or/1,2", None, None)],
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_each_style_of_numbering_is_read(style: str) -> None:
    text, expected = STYLES[style]
    lines = read_strategy(text).lines
    assert [(line.number, line.text, line.count_raw, line.count) for line in lines] == expected


@pytest.mark.parametrize("printed", ["3,21", "21,27", "2,30", "2,27", "1234,567"])
def test_a_damaged_count_is_kept_as_printed_and_reported(printed: str) -> None:
    strategy = read_strategy(f"1 , a.tw. , {printed}")
    (line,) = strategy.lines
    (found,) = strategy.diagnostics
    assert (line.count_raw, line.count) == (printed, None)
    assert (found.code, found.line, found.column) == ("count-unreadable", 1, 14 - 1)
    assert printed in found.message


FURNITURE = [
    "IP overview: targeted muscle reinnervation for managing limb amputation pain",
    "- IP overview: targeted muscle reinnervation for managing limb amputation pain",
    "© NICE 2024. All rights reserved. Subject to Notice of rights.",
    "Page 12 of 40",
    "12 of 40",
    "- 7 -",
    "--------------------",
    "# Searches Results",
]


@pytest.mark.parametrize("furniture", FURNITURE)
def test_page_furniture_is_left_out_and_reported(furniture: str) -> None:
    strategy = read_strategy(f"1 a.tw.\n{furniture}\n2 b.tw.")
    assert [line.text for line in strategy.lines] == ["a.tw.", "b.tw."]
    assert [(d.code, d.severity, d.line) for d in strategy.diagnostics] == [
        ("page-furniture", "info", 2)
    ]


def test_what_stands_before_the_first_line_is_left_out_and_reported() -> None:
    strategy = read_strategy("Ovid MEDLINE(R) ALL 1946 to 2021\nSearch Strategy:\n1 a.tw.\n2 b.tw.")
    assert [line.number for line in strategy.lines] == [1, 2]
    assert [(d.code, d.line) for d in strategy.diagnostics] == [("preamble", 1), ("preamble", 2)]


def test_a_number_that_comes_twice_is_an_error_and_its_line_left_out() -> None:
    strategy = read_strategy("1. a.tw.\n2. b.tw.\n1. c.tw.\nwrapped\n2. d.tw.")
    assert [line.text for line in strategy.lines] == ["a.tw.", "b.tw."]
    assert [(d.code, d.line) for d in strategy.errors] == [
        ("number-repeated", 3),
        ("number-repeated", 5),
    ]


@pytest.mark.parametrize("text", ["", "   \n\n", "Page 1 of 2\n", "\ufeff"])
def test_a_text_without_a_line_says_so(text: str) -> None:
    strategy = read_strategy(text)
    assert strategy.lines == ()
    assert [d.code for d in strategy.errors] == ["no-lines"]


def test_an_unknown_dialect_is_refused_with_those_that_are_read() -> None:
    with pytest.raises(UnknownDialect, match=r"“klingon”.*ovid-medline, ovid-embase"):
        read_strategy("#1 pain", "klingon")
    assert issubclass(UnknownDialect, StrategyUnreadable)


def test_a_text_larger_than_any_strategy_is_refused() -> None:
    with pytest.raises(StrategyTooLarge, match="1,000,001 characters"):
        read_strategy("a" * (LARGEST_STRATEGY + 1))


def test_a_line_longer_than_any_is_an_error_and_has_no_tree() -> None:
    strategy = read_strategy("1. " + "pain " * (LONGEST_ENTRY // 5 + 1))
    assert strategy.lines[0].tree is None
    assert [d.code for d in strategy.errors] == ["too-long"]
