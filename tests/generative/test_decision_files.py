"""Export, decide elsewhere, import: exactly those decisions; and no bytes break the reader."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from db.screening import ABSTRACT, PersonsWord
from surveillance.errors import UnreadableInput
from surveillance.pipeline.deciding import Opinion, decide_from
from surveillance.pipeline.decision_exports import COLUMNS, export_waiting
from surveillance.pipeline.decision_files import read_decisions
from surveillance.pipeline.decision_queue import waiting
from surveillance.records import Author, Record
from surveillance.screening.rules import Verdict
from tests.decision_desk import Desk, desk

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)
#: The desk makes one report of the first two.
TWINS = 2
REASONS = ("population", "not our question", "zu früh; und zu klein", "=1+1", "“quoted, twice”")
RAYYAN = {Verdict.INCLUDE: "Included", Verdict.EXCLUDE: "Excluded", Verdict.UNSURE: "Maybe"}


@st.composite
def some_records(draw: st.DrawFn) -> list[Record]:
    """Records as sources send them: texts of any kind, names of their own or none."""
    return [
        Record(
            source=draw(st.sampled_from(["pubmed", "embase", "file"])),
            source_id=f"{number}",
            title=draw(TEXT),
            abstract=draw(st.none() | TEXT),
            authors=tuple(
                Author(name) for name in draw(st.lists(TEXT.filter(str.strip), max_size=2))
            ),
            journal=draw(TEXT),
            year=draw(st.none() | st.integers(1900, 2026)),
            pages=draw(TEXT),
            doi=draw(st.sampled_from(["", f"10.5555/{number}", "10.5555/of-many"])),
            pmid=draw(st.sampled_from(["", str(92000000 + number)])),
        )
        for number in range(draw(st.integers(TWINS, 6)))
    ]


WORDS = st.lists(
    st.none() | st.tuples(st.sampled_from(list(Verdict)), st.sampled_from(REASONS)),
    min_size=6,
    max_size=6,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("decisions")


def in_csv(text: str, said: list[tuple[Verdict, str] | None]) -> str:
    """The table as somebody fills it in."""
    rows = list(csv.DictReader(io.StringIO(text)))
    made = io.StringIO()
    table = csv.DictWriter(made, COLUMNS)
    table.writeheader()
    for row, word in zip(rows, said, strict=False):
        verdict, reason = (str(word[0]), word[1]) if word else ("", "")
        table.writerow(row | {"decision": verdict, "reason": reason})
    return made.getvalue()


def in_rayyan(text: str, said: list[tuple[Verdict, str] | None]) -> str:
    """RIS as Rayyan gives it back: what Ann said stands in the notes."""
    words = iter(said)

    def noted(found: re.Match[str]) -> str:
        word = next(words)
        if word is None:
            return found[0]
        note = f'{found[0]} | RAYYAN-INCLUSION: {{"Ann"=>"{RAYYAN[word[0]]}"}}'
        reason = word[1].replace(",", "").replace("|", "")
        return f"{note} | RAYYAN-EXCLUSION-REASONS: {reason}"

    return re.sub(r"(?m)^N1  - surveil-report-\d+$", noted, text)


@given(records=some_records(), said=WORDS, ending=st.sampled_from(["csv", "ris"]))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_decided_elsewhere_comes_back_exactly_and_once(
    folder: Path,
    records: list[Record],
    said: list[tuple[Verdict, str] | None],
    ending: str,
) -> None:
    place = Path(tempfile.mkdtemp(dir=folder))
    with desk(place, records) as made:
        queue = waiting(made.store, made.topic, everything=True)
        # They stand in the order of reading.
        assert sorted(one.report for one in queue) == sorted(set(made.reports()))
        text = export_waiting(queue, ABSTRACT, ending).decode("utf-8-sig")
        filled = in_csv(text, said) if ending == "csv" else in_rayyan(text, said)
        file = made.write(f"back.{ending}", filled)
        expected = {one.report: word for one, word in zip(queue, said, strict=False) if word}
        event(f"{ending}: {'some' if expected else 'none'} decided")
        for new in (len(expected), 0):
            found = decide_from(made.store, made.topic, read_decisions(file), Opinion(by="Ann"))
            assert found.new == new
            assert found.undecided == len(queue) - len(expected)
            told = {one.word.report_id: one.word for one in found.taken}
            assert {n: word.verdict for n, word in told.items()} == {
                n: word[0] for n, word in expected.items()
            }
        check_reasons(made, told, expected)


def check_reasons(
    made: Desk, told: dict[int, PersonsWord], expected: dict[int, tuple[Verdict, str]]
) -> None:
    """Every exclusion has its reason, and a person's word stands on exactly these reports."""
    for number, (verdict, reason) in expected.items():
        if verdict is Verdict.EXCLUDE:
            named = told[number].criterion or told[number].reason
            assert named.replace(",", "") == reason.replace(",", "")
    standing = {n: one.person.verdict for n, one in made.standings().items() if one.person}
    assert standing == {number: word[0] for number, word in expected.items()}


PIECES = st.sampled_from(
    [
        *(
            b"report",
            b"decision",
            b"include",
            b"exclude",
            b"reason",
            b",",
            b";",
            b"\t",
            b'"',
            b"\n",
        ),
        *(b"\r\n", b"TY  - JOUR\n", b"ER  - \n", b"N1  - ", b"AN  - surveil-report-1\n", b"T1  - "),
        *(b"RAYYAN-INCLUSION: {", b'"Ann"=>"Included"}', b"\xef\xbb\xbf", b"\xff\xfe", b"\x00"),
        *(b"surveil-report-1", b"=1+1", b"INCLUDE on title & abstract", b"sep=;\n", b"9" * 30),
    ]
)


@given(st.lists(PIECES | st.binary(max_size=6), max_size=40).map(b"".join))
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_are_read_or_refused_in_a_sentence(folder: Path, content: bytes) -> None:
    file = folder / "any"
    file.write_bytes(content)
    try:
        found = read_decisions(file)
    except UnreadableInput as fault:
        assert str(file) in str(fault)
    else:
        lines = len(content.splitlines()) + 1
        told = [*(row.line for row in found.rows), *(fault.line for fault in found.faults)]
        assert all(1 <= line <= lines for line in told)
