from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from surveillance.records import Author, Correction, IndexedHeading, Qualifier, Record
from surveillance.records.medline import read_medline

NBIB = """\

PMID- 90000001
OWN - NLM
STAT- MEDLINE
CRDT- 2024/07/26 06:00
EDAT- 2024/07/27 06:00
MHDA- 2024/08/01 06:00
LR  - 20240809
IS  - 1234-5679 (Electronic)
IS  - 1234-5670 (Linking)
VI  - 12
IP  - 3
DP  - 2024 Jul 5
TI  - Targeted muscle reinnervation: a
      trial of stumps.
PG  - 221-8
LID - 10.5555/right [doi]
AID - S0000-0000(24)00001-1 [pii]
AID - 10.5555/right [doi]
AB  - BACKGROUND: Pain is common. RESULTS: It fell
      by half.
FAU - Okoye, Ada B
AU  - Okoye AB
CN  - Stump Study Group
LA  - eng
SI  - ClinicalTrials.gov/NCT05009394
SI  - GENBANK/AB000001
PT  - Journal Article
PT  - Randomized Controlled Trial
TT  - Gezielte Reinnervation.
TA  - J Stumps
JT  - Journal of stumps
RN  - 0 (Analgesics, Opioid)
RIN - J Stumps. 2024 Sep;13(1):1. doi: 10.5555/notice.
      PMID: 90000009
MH  - Amputation Stumps/*innervation/surgery
MH  - *Neuroma
OT  - *TMR
OT  - phantom limb
PMC - PMC9000001
"""


def read(text: str) -> list[Record]:
    return [item.record for item in read_medline(text)[0]]


def test_every_field_is_read() -> None:
    [record] = read(NBIB)
    assert (record.source, record.source_id, record.status) == ("pubmed", "90000001", "MEDLINE")
    assert record.title == "Targeted muscle reinnervation: a trial of stumps."
    assert record.abstract == "BACKGROUND: Pain is common. RESULTS: It fell by half."
    assert record.authors == (
        Author("Okoye", "Ada B", "AB"),
        Author(collective="Stump Study Group"),
    )
    assert (record.journal, record.journal_abbreviation) == ("Journal of stumps", "J Stumps")
    assert (record.issn, record.volume, record.issue) == ("1234-5679", "12", "3")
    assert (record.pages, record.year, record.doi) == ("221-8", 2024, "10.5555/right")
    assert (record.pmcid, record.original_title) == ("PMC9000001", "Gezielte Reinnervation.")
    assert record.publication_types == ("Journal Article", "Randomized Controlled Trial")
    assert record.mesh == (
        IndexedHeading(
            "Amputation Stumps",
            qualifiers=(Qualifier("innervation", True), Qualifier("surgery")),
        ),
        IndexedHeading("Neuroma", major=True),
    )
    assert record.keywords == ("TMR", "phantom limb")
    assert record.substances == ("Analgesics, Opioid",)
    assert record.registrations == ("NCT05009394",)
    assert record.dates.created == date(2024, 7, 26)
    assert record.dates.entered == date(2024, 7, 27)
    assert record.dates.indexed == date(2024, 8, 1)
    assert record.dates.revised == date(2024, 8, 9)
    assert record.dates.published == date(2024, 7, 5)


def test_a_wrapped_correction_is_one_correction() -> None:
    [record] = read(NBIB)
    citation = "J Stumps. 2024 Sep;13(1):1. doi: 10.5555/notice."
    assert record.corrections == (Correction("RetractionIn", "90000009", citation),)
    assert record.retracted


def test_a_record_without_headings_is_not_yet_indexed() -> None:
    [record] = read("PMID- 1\nSTAT- Publisher\nTI  - A\n")
    assert record.mesh is None
    assert record.headings() is None


def test_records_are_cut_at_their_pmid_with_or_without_a_blank_line() -> None:
    assert [r.title for r in read("PMID- 1\nTI  - A\nPMID- 2\nTI  - B\n\n\nPMID- 3\nTI  - C")] == [
        "A",
        "B",
        "C",
    ]


def test_lines_that_belong_to_no_record_are_named() -> None:
    _, unread = read_medline("Saved from PubMed\nPMID- 1\nTI  - A\nstray\n")
    assert [(line.line, line.text) for line in unread] == [(1, "Saved from PubMed"), (4, "stray")]


def test_a_payload_reads_back_to_the_same_record() -> None:
    [item] = read_medline(NBIB)[0]
    assert read(item.payload.content.decode()) == [item.record]


@pytest.mark.shared
@pytest.mark.parametrize(("number", "records"), [(1, 1), (2, 4), (3, 1)])
def test_real_medline_text_is_read_whole(shared: Path, number: int, records: int) -> None:
    path = shared / f"data/eutils/biopython-tests/pubmed_result{number}.txt"
    captured, unread = read_medline(path.read_text())
    assert len(captured) == records
    assert unread == ()
    assert all(item.record.mesh and item.record.authors for item in captured)
