"""How many people took part: the extractor beside labels that were given before it was written.

    python -m benchmarks.participants             the extractor beside the labels
    python -m benchmarks.participants --errors    where it is wrong in half A; half B stays unseen
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
import csv
import random
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.halves import half_of, wilson
from benchmarks.texts import records_of
from surveillance.records import Record
from surveillance.screening.participants import Count
from surveillance.screening.texts import read_texts

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data" / "pubmed"
FILES = (
    ROOT / ".bench" / "data" / "pubmed21n1298.xml.gz",
    *sorted(SHARED.glob("202*-samples/*.xml.gz")),
    *sorted(SHARED.glob("efetch-single/[0-9]*.xml")),
)
LABELS = Path(__file__).with_name("participants.csv")
DRAWN, SEED = 200, 20261121
WIDE = 160

_PEOPLE = re.compile(
    r"\b(?:patients?|participants?|people|persons?|subjects|adults?|children|m[ae]n|wom[ae]n|boys?"
    r"|girls?|individuals|volunteers|respondents|infants|adolescents|students)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One abstract: what it says by its label, and what was found; None: nobody is counted."""

    record: Record
    number: int | None
    found: Count | None

    @property
    def half(self) -> str:
        """A is looked at while rules are written, B only counted."""
        return half_of(self.record.pmid)

    @property
    def right(self) -> bool:
        """Whether the number found is that of the label."""
        return self.number == (self.found.number if self.found else None)

    @property
    def misleads(self) -> bool:
        """Whether a wrong number is called exact: a rule could exclude on it."""
        return not self.right and self.found is not None and self.found.exact


def main() -> int:
    """Compare, or print the abstracts that were drawn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--draw", action="store_true", help="print the abstracts to be labelled")
    parser.add_argument("--seed", type=int, default=SEED, help="of another draw than the labelled")
    parser.add_argument("--errors", action="store_true", help="print what is wrong in half A")
    asked = parser.parse_args()
    records = read_all(FILES)
    if asked.draw:
        print("\n".join(as_page(record) for record in drawn(eligible(records), asked.seed)))
        return 0
    compared = compare(records)
    if asked.errors:
        wrong = [one for one in compared if one.half == "A" and not one.right]
        print("\n".join(f"{as_page(one.record)}{one.number} ≠ {one.found}\n" for one in wrong))
    Console().print(as_table(compared))
    return 0


def compare(records: Mapping[str, Record]) -> list[Labelled]:
    """What is found in each labelled abstract."""
    with LABELS.open(encoding="utf-8") as file:
        labels = {row["pmid"]: row["number"] for row in csv.DictReader(file)}
    return [
        Labelled(records[pmid], int(number) if number else None, read_texts([records[pmid]]).people)
        for pmid, number in labels.items()
    ]


def as_table(compared: Sequence[Labelled]) -> Table:
    """The shares by half, with 95 % intervals (Wilson)."""
    table = Table("half", "abstracts", "right", "share", "95 %", "wrong but called exact")
    for half in ("A", "B", "AB"):
        those = [one for one in compared if one.half in half]
        right = sum(one.right for one in those)
        low, high = wilson(right, len(those))
        misleading = sum(one.misleads for one in those)
        share, interval = f"{right / len(those):.3f}", f"{low:.3f}–{high:.3f}"
        table.add_row(half, str(len(those)), str(right), share, interval, str(misleading))
    return table


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
