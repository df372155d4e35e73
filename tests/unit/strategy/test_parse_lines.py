"""Raw text of a published strategy → numbered lines, counts and what is left out."""

import time

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
    "numbers behind a sign": (
        "#1 a.tw.\n#2 (b or\n#1).tw.\n#3 #1 or #2 12",
        [
            (1, "a.tw.", None, None),
            (2, "(b or #1).tw.", None, None),
            (3, "#1 or #2", "12", 12),
        ],
    ),
    "numbers behind an S": (
        "S1 a.tw.\nS2 b.tw.\nS3 S1 or S2",
        [(1, "a.tw.", None, None), (2, "b.tw.", None, None), (3, "S1 or S2", None, None)],
    ),
    "a limit with its count": (
        '1 a.tw.\n2 limit 1 to humans 1,234\n3 limit 2 to yr="2000 -Current" (12)\n'
        "4 remove duplicates from 3 7\n5 remove duplicates from 3",
        [
            (1, "a.tw.", None, None),
            (2, "limit 1 to humans", "1,234", 1234),
            (3, 'limit 2 to yr="2000 -Current"', "12", 12),
            (4, "remove duplicates from 3", "7", 7),
            (5, "remove duplicates from 3", None, None),
        ],
    ),
    "entries run together on one line": (
        "1 exp Pain/ 2 (pain* or type 3).mp. 3 1 or 2 4 drug therapy.fs. 5 3 and 4",
        [
            (1, "exp Pain/", None, None),
            (2, "(pain* or type 3).mp.", None, None),
            (3, "1 or 2", None, None),
            (4, "drug therapy.fs.", None, None),
            (5, "3 and 4", None, None),
        ],
    ),
    "two marked entries run together": (
        "1. a.tw.\n2. Pain/ 3. b.tw.\n4. or/1-3",
        [
            (1, "a.tw.", None, None),
            (2, "Pain/", None, None),
            (3, "b.tw.", None, None),
            (4, "or/1-3", None, None),
        ],
    ),
    "a bare number that only looks like the next entry": (
        "1 a.tw. 2 b.tw.\n2 c.tw.",
        [(1, "a.tw. 2 b.tw.", None, None), (2, "c.tw.", None, None)],
    ),
    "a comment in front of lines without numbers": (
        "[inception to May 2010; 18 hits] [to 2011; 4 hits]\na.tw.\nb.tw.\n1 or 2",
        [
            (1, "a.tw.", None, None),
            (2, "b.tw.", None, None),
            (3, "1 or 2", None, None),
        ],
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


APPENDIX = """Appendix 1. CENTRAL search strategy
#1 MeSH descriptor: [Pain] explode all trees
#2 #1 or #1
Appendix 2. MEDLINE (Ovid) search strategy
1 exp Pain/
2 pain.tw.
3 1 or 2
key: mp = title, abstract
Appendix 3. Embase (Ovid) search strategy
1 exp chronic pain/
2 ache.tw.
"""


@pytest.mark.parametrize(
    ("dialect", "lines", "left_out"),
    [
        ("ovid-medline", ["exp Pain/", "pain.tw.", "1 or 2"], [1, 9]),
        ("ovid-embase", ["exp chronic pain/", "ache.tw."], [1]),
    ],
)
def test_of_an_appendix_with_several_databases_the_asked_one_is_read(
    dialect: str, lines: list[str], left_out: list[int]
) -> None:
    strategy = read_strategy(APPENDIX, dialect)
    assert [line.text for line in strategy.lines] == lines
    assert [d.line for d in strategy.diagnostics if d.code == "other-database"] == left_out
    assert strategy.errors == ()


def test_the_section_is_meant_that_holds_the_strategy_and_not_the_one_that_counts_records() -> None:
    counted = "Databases:\nMEDLINE (Ovid):\n3812\nEmbase (Ovid):\n2033\n\n"
    strategy = read_strategy(counted + APPENDIX, "ovid-embase")
    assert [line.text for line in strategy.lines] == ["exp chronic pain/", "ache.tw."]


def test_one_database_named_twice_is_one_strategy() -> None:
    strategy = read_strategy("Ovid MEDLINE\nMEDLINE search strategy\n1 a.tw.\n2 b.tw.")
    assert [line.text for line in strategy.lines] == ["a.tw.", "b.tw."]
    assert {d.code for d in strategy.diagnostics} == {"preamble"}


def test_numbers_that_begin_again_go_on_where_lines_are_combined_as_if_they_did() -> None:
    strategy = read_strategy("1. a.tw.\n2. b.tw.\n1. c.tw.\n2. 2 or 3\n")
    assert [(line.number, line.text) for line in strategy.lines] == [
        (1, "a.tw."),
        (2, "b.tw."),
        (3, "c.tw."),
        (4, "2 or 3"),
    ]
    assert [(d.code, d.severity, d.line) for d in strategy.diagnostics] == [
        ("numbering-restarts", "warning", 3)
    ]


@pytest.mark.parametrize("last", ["1 or 2", "limit 2 to humans", "(1 or 2) not 1"])
def test_a_line_that_lost_its_number_has_the_next_one(last: str) -> None:
    strategy = read_strategy(f"1. a.tw.\n2. b.tw.\n{last}")
    assert [(line.number, line.text) for line in strategy.lines][-1] == (3, last)
    assert [(d.code, d.line, d.column) for d in strategy.diagnostics] == [("number-missing", 3, 1)]


HOSTILE = [
    "*",
    "##",
    "a.tw. ",
    "1-",
    "(limit (1) to ",
    "from 1 keep ",
    "a /freq=2 ",
    '"',
    "1.\n",
    " ",
]


@pytest.mark.parametrize("repeated", HOSTILE)
def test_a_long_hostile_line_takes_time_in_proportion_to_its_length(repeated: str) -> None:
    def seconds(length: int) -> float:
        text = "1. a" + (repeated * length)[:length] + "b"
        begun = time.process_time()
        read_strategy(text, "ovid-medline")
        return time.process_time() - begun

    # Eight times the text: 64 times the time if any step looked at all of it for each character.
    short, long = seconds(LONGEST_ENTRY // 8), seconds(LONGEST_ENTRY - 10)
    assert long < 0.5 + 24 * short


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
