from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from surveillance.records import Author, Record, RecordDates
from surveillance.records.ovid_source import read_source
from surveillance.records.ovid_text import read_ovid_labelled, read_ovid_tagged

IN_2024 = RecordDates(published=date(2024, 1, 1))
TAGGED = """\
Database: Embase <1974 to 2024 July 26>
<1. >
VN  - Ovid Technologies
DB  - Embase
UI  - 2030000001
PM  - 39000001 [https://www.ncbi.nlm.nih.gov/pubmed/?term=39000001]
ST  - CONFERENCE ABSTRACT
TI  - Targeted muscle
      reinnervation.
SO  - Journal of Stumps. Conference: 2nd Stump Congress. Spain. 12 (Supplement 3) (pp S221), 2024. \
Date of Publication: July 2024.
AU  - Okoye A.B.
AU  - van der Berg C.
CA  - Stump Study Group
IN  - (Okoye) Department of Stumps, Lagos
      (van der Berg) Department of Nerves, Utrecht
MH  - amputation stump
MH  - *neuroma
OD  - amputation stump
OD  - *neuroma
AB  - Background: Pain is common.
Method(s): We cut.
IS  - 1234-567X
CN  - NCT05009394
DO  - https://dx.doi.org/10.5555/stumps.1
LG  - English
PT  - Conference Abstract
YR  - 2024
ZZ  - a tag that nobody knows

Copyright 2024 Nobody
<2. >
VN  - Ovid Technologies
UI  - 2030000002
TI  - Second stump

<3. >
VN  - Ovid Technologies
DB  - Embase

"""
FIRST = Record(
    source="embase",
    source_id="2030000001",
    pmid="39000001",
    doi="10.5555/stumps.1",
    title="Targeted muscle reinnervation.",
    abstract="Background: Pain is common. Method(s): We cut.",
    authors=(
        Author("Okoye", initials="AB"),
        Author("van der Berg", initials="C"),
        Author(collective="Stump Study Group"),
    ),
    journal="Journal of Stumps",
    issn="1234-567X",
    year=2024,
    volume="12",
    issue="Supplement 3",
    pages="S221",
    languages=("English",),
    publication_types=("Conference Abstract",),
    keywords=("amputation stump", "*neuroma"),
    registrations=("NCT05009394",),
    dates=IN_2024,
)

LABELLED = """\
1 of 2 records
<1>
Unique Identifier
  39000001
Author
  Okoye, Ada B. RN; PhD 1;  van der Berg, C. 2
Institution
  (1)Department of Stumps, Lagos
Title
  Targeted muscle reinnervation.[Article]
Source
  Journal of Stumps.   12(3):221-8, July 2024.
Abstract
  Pain is common.
  It fell by half.
Author Keywords
  stump;  neuroma.
Language
  English.
Document Type
  Article.
ISSN
  1234-567X
DOI Number
  10.5555/stumps.1
Link to the Ovid Full Text or citation
 https://ovidsp.ovid.com/ovidweb.cgi?T=JS&AN=39000001
this is a sentence. It names no field.
Publication Type
  -

<2>
Title
  Second stump

<3>
Score
  *****
"""


def test_ovid_s_tagged_text_is_read_and_every_unread_line_named() -> None:
    captured, unread = read_ovid_tagged(TAGGED, source="embase")
    assert [item.record for item in captured] == [
        FIRST,
        Record(source="embase", source_id="2030000002", title="Second stump"),
    ]
    assert [(line.line, line.reason) for line in unread] == [
        (1, "it stands outside every record"),
        (30, "it is part of no field"),
        (36, "a record with neither title nor number"),
    ]


def test_tagged_records_without_numbers_are_cut_at_their_identifier() -> None:
    text = "UI  - 1\nTI  - A\nAB  - One\nUI  - 2\nTI  - B\n"
    captured, unread = read_ovid_tagged(text, source="medline")
    assert [item.record.title for item in captured] == ["A", "B"]
    assert unread == ()


def test_an_unknown_tag_is_kept_in_the_payload() -> None:
    captured, _ = read_ovid_tagged(TAGGED, source="embase")
    assert b"\nZZ  - a tag that nobody knows" in captured[0].payload.content


def test_ovid_s_labelled_text_is_read_and_every_unread_line_named() -> None:
    captured, unread = read_ovid_labelled(LABELLED, source="medline")
    first, second = (item.record for item in captured)
    assert first == Record(
        source="medline",
        source_id="39000001",
        doi="10.5555/stumps.1",
        title="Targeted muscle reinnervation.[Article]",
        abstract="Pain is common. It fell by half.",
        authors=(Author("Okoye", "Ada B. RN", "ABR"), Author("van der Berg", initials="C")),
        journal="Journal of Stumps",
        issn="1234-567X",
        year=2024,
        volume="12",
        issue="3",
        pages="221-8",
        languages=("English",),
        publication_types=("Article",),
        keywords=("stump", "neuroma"),
        dates=IN_2024,
    )
    assert second.title == "Second stump"
    assert [(line.line, line.reason) for line in unread] == [
        (1, "it stands outside every record"),
        (28, "it is part of no field"),
        (36, "a record with neither title nor number"),
    ]


@pytest.mark.parametrize(
    ("printed", "parts"),
    [
        (
            "Journal of Stumps. 12(3):221-8, 2024 Jan.",
            {"JF": "Journal of Stumps", "VL": "12", "IS": "3", "SP": "221-8", "PY": "2024"},
        ),
        (
            "J. Stumps. 12 (3) (pp 221-228), 2024. Date of Publication: 01 May 2024.",
            {"JF": "J. Stumps", "VL": "12", "IS": "3", "SP": "221-228", "PY": "2024"},
        ),
        (
            "Stumps & Nerves - Global Open. 6:e1692, April 2018.",
            {"JF": "Stumps & Nerves - Global Open", "VL": "6", "SP": "e1692", "PY": "2018"},
        ),
        (
            "BMC Stumps. Conference: Stump School: Part 2. Spain. 12 (no pagination), 2018.",
            {"JF": "BMC Stumps", "VL": "12", "PY": "2018"},
        ),
        ("Stump Quarterly. ", {"JF": "Stump Quarterly"}),
        ("", {}),
    ],
)
def test_the_source_line_is_taken_apart_as_far_as_it_says(
    printed: str, parts: Mapping[str, str]
) -> None:
    assert read_source(printed) == parts
