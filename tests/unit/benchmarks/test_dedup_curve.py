"""The threshold's curve: what it counts, and that the drawing shows what was counted."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from lxml import etree

from benchmarks.dedup import answer_of
from benchmarks.dedup_curve import (
    NAME,
    Curve,
    SetCurve,
    draw,
    measure,
    read_curve,
    table,
    write_drawing,
)
from benchmarks.dedup_scores import score
from benchmarks.dedup_sets import LabelledSet, Row
from benchmarks.docs_page import PAGE, PICTURES
from surveillance.dedup import decide
from surveillance.dedup.deduplicate import deduplicate

MADE_UP = Curve(
    "dedup-test",
    0.9,
    (0.8, 0.9, 0.99),
    (
        SetCurve("many", 900, 400, (399, 390, 360), (7, 2, 0), (3, 12, 40)),
        SetCurve("few", 90, 40, (38, 36, 20), (1, 0, 0), (0, 2, 9)),
    ),
)
#: What a made-up pair prints in common, field by field; the fewer, the less probable it is.
COMMON = {"author": "Marsh, E.; Ito, F.", "journal": "Stroke", "number": "1"}


def made_up_row(name: str, printed: Row) -> Row:
    blank = dict.fromkeys(("doi", "isbn", "abstract", "number", "journal", "author"), "")
    return {**blank, "year": "2019", "volume": "4", "record_id": name, **printed}


def made_up_set() -> LabelledSet:
    """Pairs of one work each but one, every one with less evidence than the one before."""
    rows: list[Row] = []
    words = ["nerve", "muscle", "stump", "socket", "cohort", "registry", "neuroma", "phantom"]
    for n, word in enumerate(words):
        title = f"Osseointegration of the {word} after amputation of the upper limb"
        whole = {"group_id": word, "title": title, "pages": f"{n + 1}1-{n + 1}9", **COMMON}
        left = dict(list(COMMON.items())[: 3 - n // 2])
        other = {"pages": ""} if n % 2 else {"title": f"{title} in adults"}
        less = {**{key: whole[key] for key in ("group_id", "title", "pages")}, **left, **other}
        less["group_id"] = "another work" if word == "cohort" else word
        rows += [made_up_row(f"{word} {place}", row) for place, row in enumerate((whole, less))]
    return LabelledSet("made up", rows)


def test_each_threshold_counts_what_a_run_with_it_alone_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    thresholds = (0.3, 0.8, 0.9, 0.97, 0.995, 0.9999)
    labelled = made_up_set()
    found = measure(labelled, thresholds)
    assert len(set(found.found)) > 2
    assert len(set(found.wrongly_removed)) > 1
    assert len(set(found.review_pairs)) > 1
    for place, threshold in enumerate(thresholds):
        monkeypatch.setattr(decide, "CERTAIN", threshold)
        answer = answer_of(deduplicate(labelled.entries()), 0.0, 0)
        alone = score(labelled.works(), answer)
        counted = found.found[place], found.wrongly_removed[place], found.review_pairs[place]
        assert counted == (alone.found, alone.wrongly_removed, alone.review_pairs)
        assert (found.records, found.duplicates) == (alone.records, alone.duplicates)


def test_measuring_leaves_the_rules_as_they_were() -> None:
    before = decide.CERTAIN, decide.decide_pair
    measure(made_up_set(), (0.5, 0.6))
    assert (decide.CERTAIN, decide.decide_pair) == before


def test_the_drawing_says_at_each_point_what_was_counted() -> None:
    svg = etree.fromstring(draw(MADE_UP).encode())
    said = [str(title.text) for circle in svg.iter("{*}circle") for title in circle]
    assert said == [
        *(f"all sets together, {x}: {437 / 440 if x == 0.8 else y:g}" for x, y in SHARES),
        *("few, 40 duplicates, 0.8: 0.95", "few, 40 duplicates, 0.9: 0.9"),
        "few, 40 duplicates, 0.99: 0.5",
        *(f"all sets together, {x}: {y}" for x, y in ((0.8, 8), (0.9, 2), (0.99, 0))),
        *(f"all sets together, {x}: {y}" for x, y in ((0.8, 3), (0.9, 14), (0.99, 49))),
    ]


SHARES = ((0.8, 437 / 440), (0.9, 426 / 440), (0.99, 380 / 440))


def test_each_point_lies_where_its_value_is_on_the_axes() -> None:
    svg = draw(MADE_UP)
    first, last, *_ = re.findall(r'polyline points="([^"]+)"', svg)[::3]
    shares, review = (
        [tuple(map(float, point.split(","))) for point in line.split()] for line in (first, last)
    )
    # Half of what is left to 1 is one step: .8 to .9, and a tenth of that to .99.
    across = [x for x, _ in review]
    assert across == [x for x, _ in shares]
    assert (across[2] - across[1]) / (across[1] - across[0]) == pytest.approx(3.32, abs=0.01)
    for line, values in ((review, (3, 14, 49)), (shares, [share for _, share in SHARES])):
        heights = [y for _, y in line]
        drawn = (heights[0] - heights[1]) / (heights[0] - heights[2])
        counted = (values[1] - values[0]) / (values[2] - values[0])
        assert drawn == pytest.approx(counted, abs=0.01)
    assert [y for _, y in review] == sorted((y for _, y in review), reverse=True)


def test_the_drawing_fetches_nothing_and_has_its_axes_named() -> None:
    svg = draw(MADE_UP)
    texts = {str(text.text) for text in etree.fromstring(svg.encode()).iter("{*}text")}
    assert {"duplicates found, %", "works wrongly removed", "pairs to review"} <= texts
    assert "merged from this probability on (dotted: .90, as in use)" in texts
    assert "prefers-color-scheme:dark" in svg
    for outside in ("<script", "href", "url(", "@import", "<image"):
        assert outside not in svg


def test_one_set_is_a_curve_too() -> None:
    alone = Curve("dedup-test", 0.9, (0.8, 0.9, 0.99), MADE_UP.sets[:1])
    assert draw(alone).count("<polyline") == 3


def test_the_figures_are_kept_beside_the_drawing(tmp_path: Path) -> None:
    write_drawing(MADE_UP, tmp_path / "new")
    kept = json.loads((tmp_path / "new" / f"{NAME}.json").read_text(encoding="utf-8"))
    assert read_curve(kept) == MADE_UP
    assert (tmp_path / "new" / f"{NAME}.svg").read_text(encoding="utf-8") == draw(MADE_UP)


def test_the_table_makes_the_threshold_in_use_stand_out() -> None:
    assert table(MADE_UP).splitlines()[2:] == [
        "| .80 | 8 | 0.9932 | 0.9975 | 0.9500 | 3 |",
        "| **.90** | **2** | **0.9682** | **0.9750** | **0.9000** | **14** |",
        "| .99 | 0 | 0.8636 | 0.9000 | 0.5000 | 49 |",
    ]


def test_the_docs_show_the_curve_of_the_figures_kept_with_it() -> None:
    curve = read_curve(json.loads((PICTURES / f"{NAME}.json").read_text(encoding="utf-8")))
    assert (PICTURES / f"{NAME}.svg").read_text(encoding="utf-8") == draw(curve)
    page = PAGE.read_text(encoding="utf-8")
    assert f"<!-- {NAME} -->\n{table(curve)}<!-- /{NAME} -->" in page
    assert f"](pictures/{NAME}.svg)" in page
    assert len(curve.sets) == 7
    # Totals of whole sets, and nothing of a record.
    assert set(asdict(curve.sets[0])) == {
        "name", "records", "duplicates", "found", "wrongly_removed", "review_pairs",
    }  # fmt: skip
