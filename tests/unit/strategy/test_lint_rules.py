"""Each rule of the lint: what it finds, what it leaves alone, and that its page says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveillance.strategy.lint import RULES, lint, page
from surveillance.strategy.lint.rule import Context, Rule
from surveillance.strategy.mapping import Entry, Mapping
from surveillance.strategy.mesh import FEWEST_OF_WHOLE_MESH, MeshTree
from surveillance.strategy.mesh_descriptors import Descriptor, MeshEdition
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.strategy import Diagnostic, Severity
from tests.unit.strategy.lint_records import NEUROMA_AND_STUMP

DOCS = Path(__file__).parents[3] / "docs" / "lint.md"
BY_CODE = {rule.code: rule for rule in RULES}

_SUBJECTS = (
    Descriptor("D1", "Neoplasms", ("C04",)),
    Descriptor("D2", "Neuroma", ("C04.100",), ("Neuromas",)),
    Descriptor("D3", "Amputation, Surgical", ("E04.080",), ("Surgical Amputation",)),
    Descriptor("D4", "Disarticulation", ("E04.080.100",)),
    Descriptor("D5", "Amputation Stumps", ("C23.100",), ("Stump, Amputation",)),
    Descriptor("D6", "Phantom Limb", ("C10.500",), ("Phantom Pain", "Pseudomelia")),
    Descriptor("D7", "Animals", ("B01.050",)),
    Descriptor("D8", "Humans", ("B01.050.100",)),
    Descriptor("D9", "Practice Patterns, Physicians'", ("N04.590",)),
    Descriptor("D10", "Stroke", ("C10.228",)),
)
_OTHERS = tuple(
    Descriptor(f"D9{number}", f"Substance {number}", (f"D{number % 90 + 10}.{number % 900 + 100}",))
    for number in range(FEWEST_OF_WHOLE_MESH)
)
MESH = MeshTree.of_edition(MeshEdition(2024, _SUBJECTS + _OTHERS))
PART_OF_MESH = MeshTree.of_edition(MeshEdition(2024, _SUBJECTS))
CONTEXT = Context(
    MESH,
    known_items=(NEUROMA_AND_STUMP,),
    mapping=Mapping.of([("nerve transplantation", Entry("same", mesh=("Neuroma",)))]),
)


def found(code: str, text: str, dialect: str = "ovid-medline") -> list[Diagnostic]:
    strategy = read_strategy("\n".join(line.strip() for line in text.splitlines()), dialect)
    assert strategy.lines
    return list(BY_CODE[code].diagnostics(strategy, CONTEXT))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_finds_its_example_and_leaves_what_to_write_instead(rule: Rule) -> None:
    assert [one.code for one in found(rule.code, rule.example, rule.dialect)] == [rule.code]
    assert found(rule.code, rule.instead, rule.dialect) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_says_why_and_what_to_do_and_has_its_section(rule: Rule) -> None:
    assert rule.why.endswith((".", "):"))
    assert rule.hint.endswith(".")
    assert f"### {rule.code}\n" in DOCS.read_text(encoding="utf-8")


def test_codes_are_not_used_twice() -> None:
    assert len(BY_CODE) == len(RULES)


def test_the_page_is_the_one_that_the_rules_print() -> None:
    assert DOCS.read_text(encoding="utf-8") == page.as_markdown()


@pytest.mark.parametrize(
    ("code", "line", "column", "end", "text"),
    [
        ("short-root", 2, 15, 19, "1 pain.tw.\n2 (nerve adj4 cut*).tw.\n3 1 and 2"),
        ("mixed-operators", 4, 10, 13, "1 a.tw.\n2 b.tw.\n3 c.tw.\n4 1 or 2 and 3"),
        ("unused-line", 2, 3, 8, "1 a.tw.\n2 b.tw.\n3 c.tw.\n4 1 and 3"),
        ("redundant-line", 1, 3, 13, "1 nerves.ti.\n2 nerve*.tw.\n3 or/1-2"),
        ("renamed-heading", 1, 3, 20, "1 exp Phantom Pain/"),
    ],
)
def test_a_finding_stands_where_its_text_stands(
    code: str, line: int, column: int, end: int, text: str
) -> None:
    (one,) = found(code, text)
    assert (one.line, one.column) == (line, column)
    assert one.end_column == end


NOT_ALARMED = [
    # Every reading of these finds the same.
    ("mixed-operators", "1 a.tw.\n2 b.tw.\n3 c.tw.\n4 1 and 2 not 3"),
    ("mixed-operators", "1 a.tw.\n2 b.tw.\n3 c.tw.\n4 1 not 2 not 3"),
    ("mixed-operators", "1 ((a or b) and c).tw."),
    ("mixed-operators", '1 "and or not".tw. and Wounds and Injuries/'),
    ("mixed-operators", "1 pain.tw. or “reward and punishment”.tw."),
    ("mixed-operators", "1 a.tw. or b.tw. adj3 c.tw."),
    # A line behind NOT spares what its own NOT takes out.
    ("not-animals", "1 a.tw.\n2 animals/\n3 humans/\n4 2 not 3\n5 1 not 4"),
    ("not-animals", "1 a.tw.\n2 animals/ not (humans/ and animals/)\n3 1 not 2"),
    ("not-animals", "1 a.tw.\n2 1 not (exp animals/ not humans.sh.)"),
    ("not-on-text-words", "1 a.tw.\n2 1 not (letter or editorial).pt."),
    ("not-on-text-words", "1 a.tw.\n2 (humans not animals).sh.\n3 1 and 2"),
    ("not-on-text-words", "1 a.tw.\n2 letter.pt. not trial.ti.\n3 1 not 2"),
    # The last line, and what a line that was not understood may mean.
    ("unused-line", "1 a.tw.\n2 b.tw.\n3 1 and 2"),
    ("unused-line", "1 a.tw.\n2 b.tw."),
    ("result-combines-nothing", "1 a.tw."),
    ("range-skips-line", "1 a.tw.\n2 b.tw.\n3 c.tw.\n4 1 or 3\n5 2 and 4"),
    ("spelling-variant", "1 (tumo?r* or leuk?emia).tw."),
    ("spelling-variant", "1 tumo*.tw."),
    ("spelling-variant", "1 (randomized or placebo or randomly).ab."),
    ("spelling-variant", "1 laboratory.tw."),
    ("unknown-heading", "1 Practice Patterns, Physicians/"),
    ("unknown-heading", "1 amputation,surgical/"),
    ("not-exploded", "1 Amputation, Surgical/\n2 Disarticulation/\n3 or/1-2"),
    ("not-exploded", "1 neuroma*.tw.\n2 Amputation, Surgical/\n3 1 not 2"),
    ("heading-without-words", "1 Phantom Limb/ or pseudomelia.tw."),
    ("words-without-heading", "1 exp Neoplasms/\n2 neuroma.tw.\n3 1 or 2"),
    ("redundant-line", "1 (nerve adj3 cut).tw.\n2 (nerve adj2 cut).ti.\n3 1 and 2"),
    ("count-contradicts", "1 a.tw. (10)\n2 b.tw. (7)\n3 1 not 2 (3)"),
    ("field-missing-on-some", "1 (a or b.tw.).ti."),
    ("short-root", "1 (nerv* or wom#n).tw."),
]


@pytest.mark.parametrize(("code", "text"), NOT_ALARMED, ids=[f"{c}-{t}" for c, t in NOT_ALARMED])
def test_a_rule_does_not_cry_wolf(code: str, text: str) -> None:
    assert found(code, text) == []


ALARMED = [
    ("mixed-operators", "1 a.tw.\n2 b.tw.\n3 c.tw.\n4 1 not 2 and 3"),
    ("mixed-operators", "1 a.tw.\n2 b.tw.\n3 c.tw.\n4 1 or 2 not 3"),
    ("not-animals", "1 a.tw.\n2 (humans not animals).sh.\n3 1 and 2"),
    ("not-animals", "1 a.tw.\n2 exp animals/\n3 1 not 2"),
    ("not-on-text-words", "1 a.tw.\n2 rat*.tw.\n3 1 not 2"),
    ("limit-on-index-terms", '1 a.tw.\n2 limit 1 to "all adult (19 plus years)"'),
    ("limit-to-language", "1 a.tw.\n2 1 not (german or french).la."),
    ("range-skips-line", "1 a.tw.\n2 b.tw.\n3 c.tw.\n4 or/1,3"),
    ("count-contradicts", "1 a.tw. (10)\n2 b.tw. (7)\n3 1 and 2 (8)"),
    ("count-contradicts", "1 a.tw. (10)\n2 b.tw. (7)\n3 1 not 2 (2)"),
    ("words-without-heading", "1 neuroma.tw."),
    ("words-without-heading", "1 (neuromas or stump*).tw."),
    ("redundant-line", "1 exp Neoplasms/\n2 Neuroma/\n3 or/1-2"),
]


@pytest.mark.parametrize(("code", "text"), ALARMED, ids=[f"{c}-{t}" for c, t in ALARMED])
def test_a_rule_finds_it_in_other_shapes_too(code: str, text: str) -> None:
    assert len(found(code, text)) == 1


def test_a_mistyped_heading_is_answered_by_the_nearest_one() -> None:
    (one,) = found("unknown-heading", "1 exp Amputation Stupms/")
    assert one.severity is Severity.ERROR
    assert one.hint == "Did you mean “Amputation Stumps”?"


def test_a_part_of_mesh_calls_no_heading_unknown() -> None:
    strategy = read_strategy("1 exp Sunlight/", "ovid-medline")
    assert "unknown-heading" not in {one.code for one in lint(strategy, mesh=PART_OF_MESH)}
    assert "unknown-heading" in {one.code for one in lint(strategy, mesh=MESH)}


def test_a_heading_does_not_lie_below_itself_however_it_is_typed() -> None:
    (one,) = found("not-exploded", "1 amputation, surgical/ or stump.tw.")
    assert "Amputation, Surgical" not in one.message


def test_headings_of_embase_are_not_held_against_mesh() -> None:
    assert found("unknown-heading", "1 exp muscle reinnervation/", "ovid-embase") == []


def test_a_short_root_says_how_many_words_it_opens() -> None:
    strategy = read_strategy("1 cut*.tw.", "ovid-medline")
    words = ["cat", "cut", "cutaneous", "cutis", "dog"]
    (one,) = (d for d in lint(strategy, vocabulary=words) if d.code == "short-root")
    assert "3 words of the records given, such as cut, cutaneous, cutis" in one.message


def test_what_was_found_on_reading_comes_with_the_rules_in_order_of_place() -> None:
    strategy = read_strategy("1 (cut* or pain.tw.\n2 nerve.tw.\n3 1 and 9", "ovid-medline")
    every = lint(strategy)
    assert {"unbalanced-parenthesis", "missing-line", "short-root"} <= {one.code for one in every}
    assert [one.line for one in every] == sorted(one.line for one in every)


@pytest.mark.shared
def test_the_worked_example_embase_line_18_lies_within_line_19(shared: Path) -> None:
    text = (shared / "data" / "strategies" / "seed" / "embase-ovid.clean.txt").read_text()
    found_there = [d for d in lint(read_strategy(text)) if d.code == "redundant-line"]
    assert [d.message.split(",")[0] for d in found_there] == [
        "Everything that line 18 finds is found by line 19"
    ]


@pytest.mark.shared
def test_the_lint_of_every_published_strategy_ends(shared: Path) -> None:
    folder = shared / "data" / "strategies"
    files = sorted(folder.glob("clef-tar/*.txt"))[::6]
    assert files
    for file in files:
        strategy = read_strategy(file.read_text(encoding="utf-8"))
        lines = file.read_text(encoding="utf-8").split("\n")
        for one in lint(strategy, mesh=MESH):
            assert 1 <= one.line <= len(lines)
            assert 1 <= one.column < one.end_column
