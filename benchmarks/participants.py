"""How many people took part: the extractor beside labels that were given before it was written.

    python -m benchmarks.participants --draw      the 200 abstracts, to be read and labelled

Drawn by seed among the English records with an abstract, of all PubMed files that are here, that
tell of people: the MeSH heading Humans, or no MeSH yet and two words for people in title and
abstract. That criterion is simple on purpose and does not look for numbers: reviews, models and
interviews that count nobody are among them.

Rule of labelling (`benchmarks/participants.csv`: PMID, number, kind; empty: nobody is counted):

- The number is that of the people whom the study itself enrolled or analysed, as its title and
  abstract state it: arms, sexes, cases and controls, several samples added up where no whole is
  given. A plan counts whom it will enrol; a pooled analysis or review the people of the studies
  that it pools, if it says how many.
- Screened, invited or registered people do not count where those that took part are stated;
  enrolled people count before those that were analysed or finished. "12 of the 40 patients" are 40.
- People are persons of any kind (patients, healthy controls, carers, students, newborns), not
  limbs, eyes, teeth, samples, cells, visits, births, households, studies, events or person-years.
- A case that is told of one person ("a 34-year-old woman") is 1; an abstract that tells of one
  patient, without any number, too.
- Couples and pairs of mother and child are two people each. Experts who answer as a panel took
  part; the authors of a consensus did not, and simulated patients are nobody.
- "More than 500", "about 500" are 500, and so is what is counted where somebody else took part
  uncounted (kind `open`). Percentages are not computed back.
- People of earlier studies, of a country or of a disease's epidemiology were not enrolled.

Kinds: `total` one number; `sum` added up; `case` one person told of; `pooled` of the included
studies; `planned`; `open` a bound or an approximation; `none`.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.texts import records_of
from surveillance.records import Record

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data" / "pubmed"
FILES = (
    ROOT / ".bench" / "data" / "pubmed21n1298.xml.gz",
    *sorted(SHARED.glob("202*-samples/*.xml.gz")),
    *sorted(SHARED.glob("efetch-single/[0-9]*.xml")),
)
DRAWN, SEED = 200, 20261121
WIDE = 160

_PEOPLE = re.compile(
    r"\b(?:patients?|participants?|people|persons?|subjects|adults?|children|m[ae]n|wom[ae]n|boys?"
    r"|girls?|individuals|volunteers|respondents|infants|adolescents|students)\b",
    re.IGNORECASE,
)


def main() -> int:
    """Print the abstracts that were drawn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--draw", action="store_true", help="print the abstracts to be labelled")
    parser.add_argument("--seed", type=int, default=SEED, help="of another draw than the labelled")
    asked = parser.parse_args()
    for record in drawn(eligible(read_all(FILES)), asked.seed):
        print(as_page(record))
    return 0


def read_all(files: Sequence[Path]) -> dict[str, Record]:
    """The records of the files by PMID, the last version of each."""
    found: dict[str, Record] = {}
    for file in files:
        if not file.is_file():
            sys.exit(f"{file} is missing: `make bench` fetches it.")
        found |= {record.pmid: record for record in records_of(file)}
    return found


def eligible(records: dict[str, Record]) -> list[Record]:
    """The records that tell of people, in the order of their PMIDs."""
    return [records[pmid] for pmid in sorted(records, key=int) if _tells_of_people(records[pmid])]


def _tells_of_people(record: Record) -> bool:
    if not record.abstract or "eng" not in record.languages:
        return False
    if record.mesh:
        return any(heading.name == "Humans" for heading in record.mesh)
    return sum(1 for _ in _people_words(record)) > 1


def _people_words(record: Record) -> Iterator[re.Match[str]]:
    return _PEOPLE.finditer(f"{record.title} {record.abstract}")


def drawn(records: Sequence[Record], seed: int) -> list[Record]:
    """`DRAWN` of the records, the same for the same seed, in the order of their PMIDs."""
    return sorted(random.Random(seed).sample(records, DRAWN), key=lambda r: int(r.pmid))


def as_page(record: Record) -> str:
    """A record as it is read by whoever labels it."""
    return f"{record.pmid} {record.title}\n{textwrap.fill(record.abstract or '', WIDE)}\n"


if __name__ == "__main__":
    sys.exit(main())
