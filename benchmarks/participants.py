"""How many people took part: the extractor beside labels that were given before it was written.

    python -m benchmarks.participants                         the extractor beside the labels
    python -m benchmarks.participants --sample development    beside those of one sample
    python -m benchmarks.participants --errors                where it is wrong in what is looked at
    python -m benchmarks.participants --draw development      a sample, to be read and labelled

Samples, none with an abstract of those before it (`SAMPLES`). `halves`: half A is looked at while
rules are written, of half B only the totals. Each `development` sample was drawn and labelled
before the rules of its round were written, counted once as they found it, and then looked at.

Drawn by seed among the English records with an abstract, of all PubMed files that are here, that
tell of people: the MeSH heading Humans, or no MeSH yet and two words for people in title and
abstract. That criterion is simple on purpose and does not look for numbers: reviews, models and
interviews that count nobody are among them.

Rule of labelling (`benchmarks/participants*.csv`: PMID, number, kind; empty: nobody is counted):

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
WIDE = 160

_PEOPLE = re.compile(
    r"\b(?:patients?|participants?|people|persons?|subjects|adults?|children|m[ae]n|wom[ae]n|boys?"
    r"|girls?|individuals|volunteers|respondents|infants|adolescents|students)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """Abstracts drawn by seed, and the file of their labels; `rows` are those of its table."""

    name: str
    labels: Path
    size: int
    seed: int
    rows: tuple[str, ...]


BESIDE = Path(__file__).parent
SAMPLES = {
    sample.name: sample
    for sample in (
        Sample("halves", BESIDE / "participants.csv", 200, 20261121, ("A", "B", "A and B")),
        *(
            Sample(name, BESIDE / f"participants_{name}.csv", size, seed, (name,))
            for name, size, seed in (
                ("development", 200, 20261130),
                ("development_2", 100, 20261201),
                ("development_3", 150, 20261202),
                ("development_4", 150, 20261203),
                ("development_5", 100, 20261204),
                ("development_6", 150, 20261205),
                ("development_7", 200, 20261206),
            )
        ),
    )
}
#: Rows of the table whose errors may be read.
LOOKED_AT = SAMPLES.keys() - {"halves"} | {"A"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One abstract: what it says by its label, and what was found; None: nobody is counted."""

    record: Record
    sample: Sample
    number: int | None
    found: Count | None

    @property
    def row(self) -> str:
        """A is looked at while rules are written, B only counted."""
        return half_of(self.record.pmid) if len(self.sample.rows) > 1 else self.sample.name

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
    parser.add_argument(
        "--draw", choices=SAMPLES, help="print a sample's abstracts, to be labelled"
    )
    parser.add_argument("--sample", choices=SAMPLES, help="compare with the labels of this only")
    parser.add_argument("--errors", action="store_true", help="print what is wrong and looked at")
    asked = parser.parse_args()
    records = read_all(FILES)
    if asked.draw:
        print("\n".join(as_page(record) for record in drawn(eligible(records), asked.draw)))
        return 0
    samples = [SAMPLES[asked.sample]] if asked.sample else list(SAMPLES.values())
    compared = [one for sample in samples for one in compare(records, sample)]
    if asked.errors:
        wrong = [one for one in compared if one.row in LOOKED_AT and not one.right]
        print("\n".join(f"{as_page(one.record)}{one.number} ≠ {one.found}\n" for one in wrong))
    Console().print(as_table(compared, [row for sample in samples for row in sample.rows]))
    return 0


def compare(records: Mapping[str, Record], sample: Sample) -> list[Labelled]:
    """What is found in each labelled abstract of a sample."""
    return [
        Labelled(records[pmid], sample, number, read_texts([records[pmid]]).people)
        for pmid, number in labels_of(sample).items()
    ]


def labels_of(sample: Sample) -> dict[str, int | None]:
    """The numbers that were labelled, by PMID."""
    with sample.labels.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {row["pmid"]: int(row["number"]) if row["number"] else None for row in rows}


def as_table(compared: Sequence[Labelled], rows: Sequence[str]) -> Table:
    """The shares by row, with 95 % intervals (Wilson)."""
    table = Table("sample", "abstracts", "right", "share", "95 %", "wrong but called exact")
    for row in rows:
        those = [one for one in compared if one.row in row.split(" and ")]
        right = sum(one.right for one in those)
        low, high = wilson(right, len(those))
        misleading = sum(one.misleads for one in those)
        share, interval = f"{right / len(those):.3f}", f"{low:.3f}–{high:.3f}"
        table.add_row(row, str(len(those)), str(right), share, interval, str(misleading))
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


def drawn(records: Sequence[Record], name: str) -> list[Record]:
    """A sample of the records in the order of their PMIDs, none of an earlier sample among them."""
    left = list(records)
    for sample in SAMPLES.values():
        those = random.Random(sample.seed).sample(left, sample.size)
        if sample.name == name:
            return sorted(those, key=lambda record: int(record.pmid))
        earlier = {record.pmid for record in those}
        left = [record for record in left if record.pmid not in earlier]
    raise KeyError(name)


def as_page(record: Record) -> str:
    """A record as it is read by whoever labels it."""
    return f"{record.pmid} {record.title}\n{textwrap.fill(record.abstract or '', WIDE)}\n"


if __name__ == "__main__":
    sys.exit(main())
