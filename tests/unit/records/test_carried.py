"""What an export carries beside the fields: in pieces, whole again, and refused where damaged."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveillance.errors import UnreadableInput
from surveillance.records import Captured, Payload, Record
from surveillance.records.carried import (
    MARK,
    CarriedReport,
    CarriedWord,
    pieces_of,
    read_carried,
    reports_in,
    taken_back,
)
from surveillance.records.text import NumberedLine, UnreadLines

WORD = CarriedWord("abstract", "exclude", "population", "no limb", "A. Reviewer", date(2025, 1, 31))
REPORT = CarriedReport(
    "surveil-report-7",
    (
        Record(source="pubmed", source_id="1", title="Stump  pain"),
        Record(source="embase", source_id="L2"),
    ),
    (WORD,),
)
LINE = NumberedLine(3, "an entry")


def damaged(**changes: object) -> str:
    document = json.loads("".join(pieces_of(REPORT)))
    return json.dumps({**document, **changes}, separators=(",", ":"))


def test_a_report_comes_back_with_all_its_records_and_words() -> None:
    text = "".join(pieces_of(REPORT))
    assert text.startswith(MARK)
    assert read_carried(text) == REPORT
    unread = UnreadLines()
    captured = taken_back([text], LINE, unread)
    assert [item.record for item in captured] == list(REPORT.records)
    assert reports_in(captured) == (REPORT,)
    assert unread.in_order() == ()


@settings(max_examples=50)
@given(title=st.text(alphabet=" ab\n\té漢😀=", max_size=120), size=st.integers(4, 40))
def test_pieces_have_no_blank_at_their_ends_and_join_to_the_whole(title: str, size: int) -> None:
    report = CarriedReport("x", (Record(source="s", source_id="1", title=title or "t"),))
    pieces = pieces_of(report, size)
    assert all(piece.isascii() and piece == piece.strip() and "  " not in piece for piece in pieces)
    assert read_carried("".join(pieces)) == report


def test_what_others_keep_in_the_same_field_is_left_alone() -> None:
    unread = UnreadLines()
    assert taken_back(["a note of somebody's own"], LINE, unread) == ()
    assert taken_back([], LINE, unread) == ()
    assert unread.in_order() == ()


@pytest.mark.parametrize(
    "text",
    [
        MARK,
        f'{MARK}"report":"x"}}',
        damaged(records="none"),
        damaged(records=[{"source": "pubmed"}]),
        damaged(records=[{"source": "a", "source_id": "1", "unknown": 1}]),
        damaged(words=[{"stage": "abstract"}]),
        damaged(words=[{**json.loads(damaged())["words"][0], "on": "yesterday"}]),
        damaged(words=[{**json.loads(damaged())["words"][0], "by": 7}]),
        damaged(report=None),
        damaged(records=[{"source": "a", "source_id": "1"}] * 10_001),
        damaged(records=[{"source": "a", "source_id": "1", "title": "a\x00b"}]),
        damaged().replace("Stump", "\\ud800"),
        MARK + '"records":' + "[" * 100_000,
        MARK + '"records":' + "9" * 10_000 + "}",
    ],
    ids=range(14),
)
def test_what_is_damaged_is_remarked_and_the_fields_count(text: str) -> None:
    with pytest.raises(UnreadableInput):
        read_carried(text)
    unread = UnreadLines()
    assert taken_back([text], LINE, unread) == ()
    (remark,) = unread.in_order()
    assert remark.line == 3
    assert "damaged, so they count" in remark.reason


def test_letters_beyond_the_basic_plane_are_no_damage() -> None:
    report = CarriedReport("x", (Record(source="s", source_id="1", title="pain 😀"),))
    assert read_carried("".join(pieces_of(report))) == report


def test_records_of_other_files_carry_nothing() -> None:
    item = Captured(
        REPORT.records[0], Payload(b"TY  - JOUR", "application/x-research-info-systems")
    )
    assert reports_in([item]) == ()
