from __future__ import annotations

from datetime import date

import pytest

from surveillance.records import Author, Record
from surveillance.records.ris import read_ris
from surveillance.records.ris_fields import read_author
from surveillance.records.text import UnreadLine

OVID_EMBASE = """\
<1>
TY  - JOUR
DB  - Embase
AN  - 9000000001
ID  - 90000001 [https://www.ncbi.nlm.nih.gov/pubmed/?term=90000001]
T1  - Targeted muscle
reinnervation
A1  - Okoye, A.B.
A1  - van der Berg C.
A1  - Stump Study Group
Y1  - 2024//
N2  - Pain is common.
It fell by half.
KW  - amputation
KW  - *neuroma
JF  - Journal of Stumps
JA  - J. Stumps
LA  - English
VL  - 12
IS  - 3
SP  - 221
EP  - 8
SN  - 1234-5679
M3  - https://dx.doi.org/10.5555/right
PT  - Conference Abstract
ER  -
"""


def read(text: str) -> list[Record]:
    captured, _ = read_ris(text, source="embase")
    return [item.record for item in captured]


def read_one(*lines: str, kind: str = "JOUR") -> Record:
    [record] = read("\n".join([f"TY  - {kind}", *lines, "ER  - "]))
    return record


def unread(text: str) -> list[UnreadLine]:
    return list(read_ris(text, source="embase")[1])


def test_an_ovid_embase_record_is_read() -> None:
    [record] = read(OVID_EMBASE)
    assert (record.source, record.source_id) == ("embase", "9000000001")
    assert record.title == "Targeted muscle reinnervation"
    assert record.abstract == "Pain is common. It fell by half."
    assert record.authors == (
        Author("Okoye", initials="AB"),
        Author("van der Berg", initials="C"),
        Author(collective="Stump Study Group"),
    )
    assert (record.year, record.dates.published) == (2024, date(2024, 1, 1))
    assert record.keywords == ("amputation", "*neuroma")
    assert (record.journal, record.journal_abbreviation) == ("Journal of Stumps", "J. Stumps")
    assert (record.volume, record.issue, record.pages) == ("12", "3", "221-8")
    assert (record.doi, record.pmid) == ("10.5555/right", "90000001")
    assert record.publication_types == ("Conference Abstract",)
    assert record.mesh is None


def test_a_cochrane_central_registry_record_is_read() -> None:
    record = read_one(
        "AN  - CN-09000001",
        "AU  - NCT05009394",
        "TI  - A trial of stumps",
        "JO  - https://clinicaltrials.gov/show/NCT05009394",
        "PY  - 2021",
        "C3  - PUBMED 90000001,EMBASE 9000000001",
        "M3  - Trial registry record",
        "DO  - 10.1002/central/CN-09000001",
    )
    assert record.source_id == "CN-09000001"
    assert record.registrations == ("NCT05009394",)
    assert record.pmid == "90000001"
    assert record.publication_types == ("Trial registry record",)


def test_central_s_own_number_is_no_doi() -> None:
    assert read_one("TI  - A", "DO  - 10.1002/central/CN-09000001").doi == ""


def test_the_payload_is_the_record_as_printed() -> None:
    captured, _ = read_ris(OVID_EMBASE, source="embase")
    printed = captured[0].payload.content.decode()
    assert printed.startswith("TY  - JOUR\n")
    assert "reinnervation" in printed
    assert read(printed) == [captured[0].record]


@pytest.mark.parametrize(
    ("stray", "reason"),
    [("Database: Embase <1974 to 2024>", "outside"), ("12 records follow", "outside")],
)
def test_text_between_records_is_named_with_its_line(stray: str, reason: str) -> None:
    [line] = unread(f"{OVID_EMBASE}\n{stray}\n{OVID_EMBASE}")
    assert (line.line, line.text) == (28, stray)
    assert reason in line.reason


def test_text_after_the_end_of_a_record_does_not_lose_the_next() -> None:
    text = OVID_EMBASE.replace("ER  -\n", "ER  - Copyright nobody\n") * 2
    assert len(read(text)) == 2
    assert unread(text) == []


def test_a_line_without_a_tag_after_a_short_field_is_named_and_left() -> None:
    text = OVID_EMBASE.replace("VL  - 12\n", "VL  - 12\nstray\n")
    assert [(line.line, line.text) for line in unread(text)] == [(20, "stray")]
    assert read(text) == read(OVID_EMBASE)


def test_a_last_record_without_end_is_kept_and_named() -> None:
    text = OVID_EMBASE.removesuffix("ER  -\n")
    assert len(read(text)) == 1
    assert "no end" in unread(text)[0].reason


def test_a_record_ends_where_the_next_begins() -> None:
    assert [r.title for r in read("TY  - JOUR\nTI  - A\nTY  - JOUR\nTI  - B\nER  -\n")] == [
        "A",
        "B",
    ]


def test_a_record_with_neither_title_nor_number_is_named() -> None:
    assert "neither title nor number" in unread("TY  - JOUR\nVL  - 1\nER  -\n")[0].reason


def test_files_with_one_space_before_the_hyphen_are_read() -> None:
    assert [r.title for r in read("TY - JOUR\nTI - A\nER - \nTY - JOUR\nTI - B\nER -")] == [
        "A",
        "B",
    ]


def test_a_wrapped_line_that_looks_like_a_short_tag_stays_in_its_abstract() -> None:
    record = read_one("TI  - A", "AB  - Mostly in the", "US - based on registries.")
    assert record.abstract == "Mostly in the US - based on registries."


def test_line_ends_of_any_system_are_read_but_not_those_inside_a_text() -> None:
    text = "TY  - JOUR\r\nTI  - A\u2028B\rAB  - C\x85D\r\nER  - \r\n"
    [record] = read(text)
    assert (record.title, record.abstract) == ("A\u2028B", "C\x85D")


@pytest.mark.parametrize(
    ("printed", "pages"),
    [
        (("SP  - 221-8",), "221-8"),
        (("SP  - 221", "EP  - 228"), "221-228"),
        (("SP  - S281-S282", "EP  - S282"), "S281-S282"),
        (("SP  - 238‐246", "EP  - 246"), "238‐246"),
        (("SP  - e12", "EP  - e12"), "e12"),
        (("EP  - 12",), "12"),
        ((), ""),
    ],
)
def test_pages_are_kept_as_printed(printed: tuple[str, ...], pages: str) -> None:
    assert read_one("TI  - A", *printed).pages == pages


@pytest.mark.parametrize(
    ("printed", "author"),
    [
        ("Okoye, Ada B.", Author("Okoye", "Ada B.", "AB")),
        ("Okoye, A. B.", Author("Okoye", initials="AB")),
        ("Okoye AB", Author("Okoye", initials="AB")),
        ("Okoye A.B.", Author("Okoye", initials="AB")),
        ("Okoye A B", Author("Okoye", initials="AB")),
        ("Vestergaard-Ruiz J.-P.", Author("Vestergaard-Ruiz", initials="J-P")),
        ("Stump Study Group", Author(collective="Stump Study Group")),
    ],
)
def test_authors_are_read_in_every_printed_form(printed: str, author: Author) -> None:
    assert read_author(printed) == author


def test_secondary_authors_are_authors_of_an_article_but_editors_of_a_book() -> None:
    lines = ("TI  - A", "A1  - One, A.", "A2  - Two, B.", "A3  - Three, C.", "A4  - Four, D.")
    assert [a.last for a in read_one(*lines).authors] == ["One", "Two", "Three", "Four"]
    assert [a.last for a in read_one(*lines, kind="CHAP").authors] == ["One"]


@pytest.mark.parametrize(
    ("printed", "doi"),
    [
        ("DO  - https://doi.org/10.5555/abc.1", "10.5555/abc.1"),
        ("DO  - doi:10.5555/abc.1.", "10.5555/abc.1"),
        ("UR  - https://doi.org/10.5555/abc(1)2", "10.5555/abc(1)2"),
        ("UR  - https://example.org/", ""),
    ],
)
def test_a_doi_is_found_where_exports_put_it(printed: str, doi: str) -> None:
    assert read_one("TI  - A", printed).doi == doi


@pytest.mark.parametrize(
    ("printed", "published"),
    [
        ("DA  - 2024/07/26/", date(2024, 7, 26)),
        ("Y1  - 2024/07//", date(2024, 7, 1)),
        ("PY  - 2024", date(2024, 1, 1)),
        ("DA  - 2024/02/31", date(2024, 1, 1)),
        ("DA  - Aug 15", None),
        ("DA  - 0000/00/00", None),
    ],
)
def test_publication_dates_are_read_as_far_as_they_go(printed: str, published: date | None) -> None:
    assert read_one("TI  - A", printed).dates.published == published


def test_a_record_without_number_is_identified_by_its_content() -> None:
    one, same, other = (read_one("TI  - A"), read_one("TI  - A"), read_one("TI  - B"))
    assert one.source_id == same.source_id != other.source_id
    assert one.source_id.startswith("sha256:")


def test_a_running_number_identifies_nothing() -> None:
    assert read_one("TI  - A", "ID  - 12").source_id.startswith("sha256:")
    assert read_one("TI  - A", "ID  - CN-09000001").source_id == "CN-09000001"
