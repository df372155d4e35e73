"""One file as each vendor writes it → the records, and the lines that are named as unread.

Made up by hand after real exports that lie outside this repository (docs/formats.md says which).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest

from surveillance.records import Author, Record, RecordDates
from surveillance.records.ris import read_ris
from surveillance.records.ris_writing import to_ris

OKOYE = Author("Okoye", initials="AB")
ADA_OKOYE = Author("Okoye", "Ada B.", "AB")
GROUP = Author(collective="Stump Study Group")
IN_2024 = RecordDates(published=date(2024, 1, 1))


@dataclass(frozen=True)
class Flavour:
    text: str
    records: tuple[Record, ...]
    unread: tuple[int, ...] = field(default=())


OVID = Flavour(
    """\
Database: Ovid MEDLINE(R) ALL <1946 to July 26, 2024>
<1>
TY  - JOUR
DB  - Ovid MEDLINE(R) ALL
AN  - 39000001
T1  - Targeted muscle reinnervation after amputation: a trial.
A1  - Okoye AB
A1  - Stump Study Group
Y1  - 2024//
N2  - BACKGROUND: Pain is common.
METHODS: We cut.
KW  - Amputation Stumps
KW  - *Neuroma
JF  - Journal of Stumps
C1  - Okoye, Department of Stumps, Lagos.
Lagos, Nigeria.
VL  - 12
IS  - 3
SP  - 221
EP  - 8
CY  - United States
LG  - English
UR  - https://ovidsp.ovid.com/ovidweb.cgi?T=JS&AN=39000001
ER  - Copyright 2024 Nobody

<2>
TY  - JOUR
AN  - 39000002
T1  - Second stump
ER  -
""",
    (
        Record(
            source="embase",
            source_id="39000001",
            pmid="39000001",
            title="Targeted muscle reinnervation after amputation: a trial.",
            abstract="BACKGROUND: Pain is common. METHODS: We cut.",
            authors=(OKOYE, GROUP),
            journal="Journal of Stumps",
            year=2024,
            volume="12",
            issue="3",
            pages="221-8",
            keywords=("Amputation Stumps", "*Neuroma"),
            dates=IN_2024,
        ),
        Record(source="embase", source_id="39000002", title="Second stump"),
    ),
    (1,),
)
EMBASE_COM = Flavour(
    """\
TY  - JOUR
AD  - A.B. Okoye, Department of Stumps, Lagos, Nigeria
AU  - Okoye, A.B.
C5  - PMID 39000001
DB  - Embase
DB  - Medline
DO  - 10.5555/stumps.1
IS  - 3
KW  - amputation stump
KW  - controlled study
L2  - https://www.embase.com/search/results?subaction=viewrecord&id=L2030000001&from=export
LA  - English
M3  - Conference Abstract
N2  - Pain is common. NCT05009394.
PY  - 2024
SN  - 1234-567X
SN  - 0001-2345
SP  - 221
EP  - 228
JF  - J. Stumps
T2  - Journal of Stumps
TI  - Targeted muscle reinnervation
U2  - L2030000001
CN  - NCT05009394
UR  - https://www.embase.com/search/results?subaction=viewrecord&id=L2030000001
VL  - 12
ER  -
""",
    (
        Record(
            source="embase",
            source_id="L2030000001",
            pmid="39000001",
            doi="10.5555/stumps.1",
            title="Targeted muscle reinnervation",
            abstract="Pain is common. NCT05009394.",
            authors=(OKOYE,),
            journal="J. Stumps",
            issn="1234-567X",
            year=2024,
            volume="12",
            issue="3",
            pages="221-228",
            languages=("English",),
            publication_types=("Conference Abstract",),
            keywords=("amputation stump", "controlled study"),
            registrations=("NCT05009394",),
            dates=IN_2024,
        ),
    ),
)
COCHRANE = Flavour(
    """\
Record #1 of 2
Provider: John Wiley & Sons, Ltd.
Content: text/plain; charset="UTF-8"

TY  - JOUR
AN  - CN-02000001
AU  - Okoye, AB
TI  - Stumps at random
JO  - Journal of Stumps
PY  - 2024
VL  - 12
IS  - 3
SP  - 221‐228
C3  - PUBMED 39000001,EMBASE 2030000001
M3  - Journal article; Randomized controlled trial
XR  - EMBASE 2030000001
KW  - Amputation
DO  - 10.5555/stumps.1
AB  - Pain is common.
CC  - SR-STUMP
UR  - https://www.cochranelibrary.com/central/doi/10.1002/central/CN-02000001/full
ER  -

Record #2 of 2
Provider: John Wiley & Sons, Ltd.
Content: text/plain; charset="UTF-8"

TY  - JOUR
AN  - CN-02000002
AU  - NCT05009394,
TI  - A registered trial
JO  - https://clinicaltrials.gov/show/NCT05009394
PY  - 2021
M3  - Trial registry record
DO  - 10.1002/central/CN-02000002
ER  -
""",
    (
        Record(
            source="embase",
            source_id="CN-02000001",
            pmid="39000001",
            doi="10.5555/stumps.1",
            title="Stumps at random",
            abstract="Pain is common.",
            authors=(OKOYE,),
            journal="Journal of Stumps",
            journal_abbreviation="Journal of Stumps",
            year=2024,
            volume="12",
            issue="3",
            pages="221‐228",
            publication_types=("Journal article; Randomized controlled trial",),
            keywords=("Amputation",),
            dates=IN_2024,
        ),
        Record(
            source="embase",
            source_id="CN-02000002",
            title="A registered trial",
            authors=(Author(collective="NCT05009394"),),
            journal="https://clinicaltrials.gov/show/NCT05009394",
            journal_abbreviation="https://clinicaltrials.gov/show/NCT05009394",
            year=2021,
            publication_types=("Trial registry record",),
            registrations=("NCT05009394",),
            dates=RecordDates(published=date(2021, 1, 1)),
        ),
    ),
)
ENDNOTE = Flavour(
    """\
\ufeffTY  - JOUR
AB  - Pain is common.

It fell by half.
AD  - Department of Stumps, Lagos.
AN  - 39000001
AU  - Okoye, A. B.
AU  - Stump Study Group,
DA  - Jul 26
DB  - Medline
DO  - 10.5555/stumps.1
DP  - NLM
ET  - 2024/07/26
IS  - 3
KW  - Amputation Stumps
Humans
*Neuroma/surgery
LA  - eng
ger
N1  - 1234-567X
Okoye, Ada B
Journal Article
PY  - 2024
SN  - 1234-567X (Print)
1234-567X
SP  - 221-8
ST  - Stumps
T2  - J Stumps
TI  - Targeted muscle reinnervation
VL  - 12
stray
ID  - 928
ER  -

""",
    (
        Record(
            source="embase",
            source_id="39000001",
            pmid="39000001",
            doi="10.5555/stumps.1",
            title="Targeted muscle reinnervation",
            abstract="Pain is common. It fell by half.",
            authors=(OKOYE, GROUP),
            journal="J Stumps",
            issn="1234-567X",
            year=2024,
            volume="12",
            issue="3",
            pages="221-8",
            languages=("eng", "ger"),
            keywords=("Amputation Stumps", "Humans", "*Neuroma/surgery"),
            dates=IN_2024,
        ),
    ),
    (31,),
)
EPPI_REVIEWER = Flavour(
    """\
TY  - JOUR
T1  - Targeted muscle reinnervation
T2  - Journal of Stumps
A1  - Okoye,Ada B.
KW  - Amputation
PY  - 2024
DA  - 2024/07//
Y1  - 2024/07//
N2  - Pain is common.
AB  - Pain is common.
DO  - 10.5555/stumps.1
VL  - 12
IS  - 3
SP  - 221
EP  - 228
CY  -
SN  - 1234-567X
U1  - 71234567
U2  - 39000001
N1  -
ER  -


""",
    (
        Record(
            source="embase",
            source_id="39000001",
            doi="10.5555/stumps.1",
            title="Targeted muscle reinnervation",
            abstract="Pain is common.",
            authors=(ADA_OKOYE,),
            journal="Journal of Stumps",
            issn="1234-567X",
            year=2024,
            volume="12",
            issue="3",
            pages="221-228",
            keywords=("Amputation",),
            dates=RecordDates(published=date(2024, 7, 1)),
        ),
    ),
)
ZOTERO = Flavour(
    """\
TY  - JOUR
TI  - Targeted muscle reinnervation
AU  - Okoye, Ada B.
T2  - Journal of Stumps
AB  - Pain is common.
DA  - 2024/07/26/
PY  - 2024
DO  - 10.5555/stumps.1
DP  - PubMed
VL  - 12
IS  - 3
SP  - 221
EP  - 228
J2  - J Stumps
LA  - eng
SN  - 1234-567X 0001-2345
KW  - Amputation
L1  - internal-pdf://stumps.pdf
N1  - <p>A note that goes on</p>
<p>over two lines</p>
ER  -

""",
    (
        Record(
            source="embase",
            source_id="sha256:",
            doi="10.5555/stumps.1",
            title="Targeted muscle reinnervation",
            abstract="Pain is common.",
            authors=(ADA_OKOYE,),
            journal="Journal of Stumps",
            journal_abbreviation="J Stumps",
            issn="1234-567X",
            year=2024,
            volume="12",
            issue="3",
            pages="221-228",
            languages=("eng",),
            keywords=("Amputation",),
            dates=RecordDates(published=date(2024, 7, 26)),
        ),
    ),
)
MENDELEY = Flavour(
    """\
TY  - JOUR
T1  - Targeted muscle reinnervation
A1  - Okoye, Ada B.
Y1  - 2024/07//
KW  - Amputation
JF  - Journal of Stumps
VL  - 12
IS  - 3
SP  - 221
EP  - 228
PB  - Stump Press
SN  - 1234567X
DO  - 10.5555/stumps.1
UR  - https://pubmed.ncbi.nlm.nih.gov/39000001/
N2  - Pain is common.
ER  -""",
    (
        Record(
            source="embase",
            source_id="sha256:",
            doi="10.5555/stumps.1",
            pmid="39000001",
            title="Targeted muscle reinnervation",
            abstract="Pain is common.",
            authors=(ADA_OKOYE,),
            journal="Journal of Stumps",
            issn="1234567X",
            year=2024,
            volume="12",
            issue="3",
            pages="221-228",
            keywords=("Amputation",),
            dates=RecordDates(published=date(2024, 7, 1)),
        ),
    ),
)
WEB_OF_SCIENCE = Flavour(
    """\
\ufeffTY  - JOUR
AU  - Okoye, AB
TI  - Targeted muscle reinnervation
T2  - JOURNAL OF STUMPS
LA  - English
KW  - STUMP
AB  - Pain is common.
SN  - 1234-567X
SN  - 0001-2345
DA  - JUL 26
PY  - 2024
VL  - 12
IS  - 3
C7  - e221
DO  - 10.5555/stumps.1
AN  - WOS:000391862900014
ER  -
\ufeffTY  - CPAPER
AU  - Okoye, AB
A2  - Editor, CD
TI  - Stumps at the meeting
T2  - STUMPS 2024
PY  - 2024
AN  - WOS:000391862900015
ER  -

EF
""",
    (
        Record(
            source="embase",
            source_id="WOS:000391862900014",
            doi="10.5555/stumps.1",
            title="Targeted muscle reinnervation",
            abstract="Pain is common.",
            authors=(OKOYE,),
            journal="JOURNAL OF STUMPS",
            issn="1234-567X",
            year=2024,
            volume="12",
            issue="3",
            languages=("English",),
            keywords=("STUMP",),
            dates=IN_2024,
        ),
        Record(
            source="embase",
            source_id="WOS:000391862900015",
            title="Stumps at the meeting",
            authors=(OKOYE, Author("Editor", initials="CD")),
            journal="STUMPS 2024",
            year=2024,
            dates=IN_2024,
        ),
    ),
    (27,),
)
PROQUEST = Flavour(
    """\
TY  - JOUR
T1  - Targeted muscle reinnervation
AN  - 3012345678; 39000001
AU  - Okoye, Ada B.
AU  - Okoye, Ada B.
Y1  - 2024/07/26/
PY  - 2024
DA  - 2024 Jul 26
N1  - Copyright - © Stump Press 2024
N1  - Date revised - 2024-08-01
SP  - 221
EP  - 228
JF  - Journal of Stumps, 12:3
VL  - 12
IS  - 3
SN  - 1234-567X, 1234-567X
KW  - Amputation
AB  - Pain is common.
L2  - https://www.proquest.com/docview/3012345678?accountid=1
UR  - https://www.proquest.com/docview/3012345678
DB  - MEDLINE®
ER  -
""",
    (
        Record(
            source="embase",
            source_id="3012345678; 39000001",
            title="Targeted muscle reinnervation",
            abstract="Pain is common.",
            authors=(ADA_OKOYE, ADA_OKOYE),
            journal="Journal of Stumps, 12:3",
            issn="1234-567X",
            year=2024,
            volume="12",
            issue="3",
            pages="221-228",
            keywords=("Amputation",),
            dates=RecordDates(published=date(2024, 7, 26)),
        ),
    ),
)

FLAVOURS = {
    "Ovid": OVID,
    "Embase.com": EMBASE_COM,
    "Cochrane Library": COCHRANE,
    "EndNote": ENDNOTE,
    "EPPI-Reviewer": EPPI_REVIEWER,
    "Zotero": ZOTERO,
    "Mendeley": MENDELEY,
    "Web of Science": WEB_OF_SCIENCE,
    "ProQuest": PROQUEST,
}


@pytest.mark.parametrize("flavour", FLAVOURS.values(), ids=FLAVOURS)
def test_each_vendor_s_ris_is_read_and_every_unread_line_named(flavour: Flavour) -> None:
    captured, unread = read_ris(flavour.text, source="embase")
    assert tuple(line.line for line in unread) == flavour.unread
    assert len(captured) == len(flavour.records)
    for item, expected in zip(captured, flavour.records, strict=True):
        for name in Record.__dataclass_fields__:
            found, wanted = getattr(item.record, name), getattr(expected, name)
            if name == "source_id" and wanted == "sha256:":
                found = found[:7]
            assert found == wanted, name


@pytest.mark.parametrize("flavour", FLAVOURS.values(), ids=FLAVOURS)
def test_each_vendor_s_ris_is_written_without_loss(flavour: Flavour) -> None:
    captured, _ = read_ris(flavour.text, source="embase")
    written = "\n".join(map(to_ris, captured))
    again, unread = read_ris(written, source="embase")
    assert unread == ()
    assert [item.record for item in again] == [item.record for item in captured]
