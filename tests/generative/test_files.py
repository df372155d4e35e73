"""Files of any content: read or refused in a sentence, and no line lost in silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from surveillance.errors import UnreadableInput
from surveillance.records.csv_records import read_csv
from surveillance.records.medline import read_medline
from surveillance.records.ovid_text import read_ovid_labelled, read_ovid_tagged
from surveillance.records.payload import Captured
from surveillance.records.reading import read_records
from surveillance.records.ris import read_ris
from surveillance.records.text import UnreadLine, numbered_lines

SAMPLES = (
    "TY  - JOUR\nTI  - A stump\nAU  - Okoye, A.\nAB  - Pain\nthat goes on\nVL  - 1\nER  - \n",
    "PMID- 1\nTI  - A stump\n      that goes on\nAU  - Okoye A\nMH  - Nerves/*surgery\n",
    "<xml><records><record><titles><title>A stump</title></titles></record></records></xml>",
    "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID></MedlineCitation>"
    "</PubmedArticle></PubmedArticleSet>",
    'id,title,authors,year\n1,"A ""stump""\non two lines","Okoye, A.; Berg, C.",2024\n2,B,,\n',
    '"TITLE","A stump"\n"AUTHOR NAMES","Okoye A.","Berg C."\n"DOI","10.5555/a"\n',
    "<1. >\nVN  - Ovid Technologies\nUI  - 1\nTI  - A stump\nSO  - Stumps. 1(2):3-4, 2024 Jan.\n",
    "<1>\nTitle\n  A stump\nAuthor\n  Okoye, A. 1;  Berg, C. 2\nSource\n  Stumps. 1:2, 2024.\n",
    '{"source": "pubmed", "source_id": "1", "title": "A stump"}\n',
)


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A sample file with pieces cut out, doubled, moved, or bytes put in."""
    content = "".join(draw(st.lists(st.sampled_from(SAMPLES), min_size=1, max_size=2))).encode()
    for _ in range(draw(st.integers(0, 4))):
        begins = draw(st.integers(0, len(content)))
        ends = draw(st.integers(begins, min(len(content), begins + 30)))
        piece = draw(
            st.sampled_from(
                [b"", content[begins:ends] * 2, b'"', b"\xff", b"\x00", b"\n", b"<1>\n"]
            )
            | st.binary(max_size=6)
        )
        content = content[:begins] + piece + content[ends:]
    return content


@given(spoilt() | st.binary(max_size=200))
@example(b"<1>")
@example(b"title,year\n")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_read_or_refused_in_a_sentence_that_names_it(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "brought.dat"
    path.write_bytes(content)
    try:
        found = read_records(path)
        captured = list(found.captured)
    except UnreadableInput as refused:
        assert str(path) in str(refused)
        return
    assert all(item.record.source_id for item in captured)
    assert all(
        1 <= line.line <= content.count(b"\n") + content.count(b"\r") + 1 for line in found.unread
    )


LINES = st.lists(
    st.sampled_from(
        [
            "TY  - JOUR",
            "ER  - ",
            "TI  - A stump",
            "AN  - 1",
            "VL  - 12",
            "XX  - own",
            "PMID- 1",
            "PMID- 2",
            "UI  - 1",
            "VN  - Ovid Technologies",
            "<1>",
            "<2. >",
            "Title",
            "  A value",
            "      indented deep",
            "a stray line",
            "12 records",
            "",
        ]
    ),
    min_size=1,
    max_size=14,
)
READERS: dict[str, Callable[[str], tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]]] = {
    "RIS": lambda text: read_ris(text, source="file"),
    "MEDLINE": read_medline,
    "Ovid tagged": lambda text: read_ovid_tagged(text, source="file"),
    "Ovid labelled": lambda text: read_ovid_labelled(text, source="file"),
}


#: These name a record by its first line, the others with it.
WHOLE_RECORD = {"a record with neither title nor number", "it names no PMID"}


def accounted_for(
    text: str, captured: tuple[Captured, ...], unread: tuple[UnreadLine, ...]
) -> list[str]:
    """The lines that stand neither in a payload nor among the unread ones."""
    kept = [line for item in captured for line in item.payload.content.decode().split("\n")]
    numbers = {line.line for line in unread}
    lost = []
    for line in numbered_lines(text):
        if line.number in numbers or not line.text.strip():
            continue
        if line.text in kept:
            kept.remove(line.text)
        else:
            lost.append(line.text)
    return lost


@pytest.mark.parametrize("name", READERS)
@given(lines=LINES)
def test_no_line_of_a_tagged_text_is_lost_in_silence(name: str, lines: list[str]) -> None:
    text = "\n".join(lines)
    captured, unread = READERS[name](text)
    if any(line.reason in WHOLE_RECORD for line in unread):
        return
    lost = accounted_for(text, captured, unread)
    assert [line for line in lost if not line.startswith("<")] == []


CELLS = st.text(st.sampled_from('ab,;"\n\t '), max_size=6)


@given(st.lists(st.lists(CELLS, max_size=5), max_size=6))
def test_every_row_of_a_table_is_a_record_or_named(rows: list[list[str]]) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    table = "".join(",".join(map(quoted, row)) + "\n" for row in rows)
    captured, unread = read_csv(f"title,year\n{table}", source="file")
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert len(captured) + len(unread) == len(filled)
