"""Study designs told by the words alone, beside what people and PubMed's indexers labelled.

    python -m benchmarks.screening_designs                   each set by half, with 95 % intervals
    python -m benchmarks.screening_designs --errors          where it is wrong in half A, by number
    python -m benchmarks.screening_designs --json            the same for programs
    python -m benchmarks.screening_designs --data FOLDER     sets that lie elsewhere

Two kinds of labels. People read a random sample of PubMed and flagged designs
(`wmotte_design_*`; where a set has no flags its column `label` means a randomised trial), or gave
the reasons why a living review excluded reports (`iddo_malaria_lsr_reasons`). And PubMed's own
publication types, which are hidden from the rules first: they give a sensitivity alone, since a
new record without the type is not known to lack the design. Each set's records are split by the
hash of their number: half A was tuned on, of half B nobody read a record.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.halves import half_of, wilson
from benchmarks.screening_sets import SHARED
from benchmarks.texts import records_of
from surveillance.records import Record
from surveillance.screening.designs import Design, designs_of
from surveillance.screening.texts import read_texts

ROOT = Path(__file__).resolve().parents[1]
PUBMED = (
    ROOT / ".bench" / "data" / "pubmed21n1298.xml.gz",
    *sorted((SHARED.parent / "pubmed").glob("202*-samples/*.xml.gz")),
)
OLD_PUBMED = (ROOT / ".bench" / "data" / "pubmed20n0014.xml.gz",)
FLAGS = {
    "randomized_trial": Design.RANDOMISED_TRIAL,
    "systematic_review": Design.SYSTEMATIC_REVIEW,
    "meta_analysis": Design.META_ANALYSIS,
    "rodent": Design.RODENT_STUDY,
    "protocol": Design.PROTOCOL,
}
TYPES = {
    Design.RANDOMISED_TRIAL: "Randomized Controlled Trial",
    Design.SYSTEMATIC_REVIEW: "Systematic Review",
    Design.META_ANALYSIS: "Meta-Analysis",
}
_TRIALS = ("wmotte_design_2022", "robotsearch_pubmed_test")
_REASONS = "iddo_malaria_lsr_reasons"
_CONFERENCE = "Conference abstract"
_DOI_ADDRESS = re.compile(r"^https?://(?:dx\.)?doi\.org/", re.IGNORECASE)
_TELLING_DOI = re.compile(r"abstract|suppl|meeting|conference|congress", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A record and what people say of it."""

    record: Record
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Question:
    """Whether records of a set have a design; without `others` only those that have it count."""

    set: str
    design: Design
    has: Callable[[Labelled], bool]
    others: bool = True


@dataclass(frozen=True, slots=True)
class Score:
    """How many of those with the design were found, and how many without were taken for it."""

    set: str
    design: str
    half: str
    found: int
    of: int
    wrong: int
    others: int


_Set = tuple[str, list[Labelled], list[Question]]


def main() -> int:
    """Measure and print."""
    asked = _arguments()
    scores: list[Score] = []
    for name, records, questions in chain(labelled_sets(asked.data), typed_sets()):
        print(f"{name}: {len(records):,} records …", file=sys.stderr, flush=True)
        started = time.process_time()
        found = [_designs(each.record) for each in records]
        speed = len(records) / (time.process_time() - started)
        print(f"{name}: {speed:,.0f} records a second, reading included", file=sys.stderr)
        for question in questions:
            scores += [it for it in score(question, records, found) if it.of]
            if asked.errors:
                _print_errors(question, records, found)
    if asked.json:
        print(json.dumps([asdict(each) for each in scores], indent=2))
    else:
        Console(width=120).print(table_of(scores))
    return 0


def score(
    question: Question, records: Sequence[Labelled], found: Sequence[frozenset[Design]]
) -> list[Score]:
    """The scores of half A, half B and both."""
    return [
        _score_half(question, list(zip(records, found, strict=True)), half)
        for half in ("A", "B", "AB")
    ]


def table_of(scores: Sequence[Score]) -> Table:
    """The scores for people, with 95 % intervals (Wilson)."""
    table = Table("set", "design", "half", "found", "sensitivity", "wrong", "specificity")
    for each in scores:
        table.add_row(
            each.set,
            each.design,
            {"AB": "all"}.get(each.half, each.half),
            f"{each.found}/{each.of}",
            _share(each.found, each.of),
            f"{each.wrong}/{each.others}" if each.others else "",
            _share(each.others - each.wrong, each.others),
            end_section=each.half == "AB",
        )
    return table


def _share(hits: int, of: int) -> str:
    if not of:
        return ""
    low, high = wilson(hits, of)
    return f"{hits / of:.3f} ({low:.3f}–{high:.3f})"


def _score_half(
    question: Question, judged: Sequence[tuple[Labelled, frozenset[Design]]], half: str
) -> Score:
    here = [it for it in judged if half_of(it[0].record.source_id) in half]
    having = [found for each, found in here if question.has(each)]
    others = [found for each, found in here if question.others and not question.has(each)]
    return Score(
        question.set,
        question.design,
        half,
        sum(question.design in found for found in having),
        len(having),
        sum(question.design in found for found in others),
        len(others),
    )


def _designs(record: Record) -> frozenset[Design]:
    records = [record]
    return frozenset(found.design for found in designs_of(records, read_texts(records)))


def labelled_sets(folder: Path) -> Iterator[_Set]:
    """The sets that are here: name, records, and what is asked of them."""
    for file in sorted(folder.glob("wmotte_design_*.csv.gz")):
        yield _flagged(file)
    for file in (folder / f"{name}.csv.gz" for name in _TRIALS[1:]):
        if file.is_file():
            yield _flagged(file)
    if (folder / f"{_REASONS}.csv.gz").is_file():
        yield _excluded(folder / f"{_REASONS}.csv.gz")


def typed_sets() -> Iterator[_Set]:
    """What PubMed's indexers said, of the files that are here."""
    for name, files in (("PubMed 2021, 2026", PUBMED), ("PubMed 1977", OLD_PUBMED)):
        if here := [file for file in files if file.is_file()]:
            yield _typed(name, here)


def _flagged(file: Path) -> _Set:
    name = file.name.removesuffix(".csv.gz")
    rows = _rows(file)
    flags = [flag for flag in FLAGS if rows and flag in rows[0]]
    columns = flags or (["label"] if name in _TRIALS else [])
    records = [
        Labelled(_record(row), frozenset(it for it in columns if row[it] == "1")) for row in rows
    ]
    designs = {**FLAGS, "label": Design.RANDOMISED_TRIAL}
    return name, records, [Question(name, designs[it], _labelled(it)) for it in columns]


def _excluded(file: Path) -> _Set:
    """Conference abstracts: by whether the DOI tells, is another, or is not there."""
    records = [Labelled(_record(row), frozenset({row["exclusion_reason"]})) for row in _rows(file)]
    fields: dict[str, Callable[[str], bool]] = {
        "a DOI that tells": lambda doi: _TELLING_DOI.search(doi) is not None,
        "another DOI": lambda doi: bool(doi) and not _TELLING_DOI.search(doi),
        "title and abstract alone": lambda doi: not doi,
    }
    questions = [Question("malaria, all", Design.CONFERENCE_ABSTRACT, _labelled(_CONFERENCE))]
    questions += [
        Question(f"malaria, {name}", Design.CONFERENCE_ABSTRACT, _meeting(fits), others=False)
        for name, fits in fields.items()
    ]
    return _REASONS, records, questions


def _typed(name: str, files: Sequence[Path]) -> _Set:
    records = [record for file in files for record in records_of(file) if record.abstract]
    labelled = [
        Labelled(replace(record, publication_types=(), mesh=None), kinds)
        for record in records
        if (kinds := frozenset(record.publication_types)) & set(TYPES.values())
    ]
    questions = [
        Question(name, design, _labelled(kind), others=False) for design, kind in TYPES.items()
    ]
    return name, labelled, questions


def _labelled(label: str) -> Callable[[Labelled], bool]:
    return lambda each: label in each.labels


def _meeting(fits: Callable[[str], bool]) -> Callable[[Labelled], bool]:
    return lambda each: _CONFERENCE in each.labels and fits(each.record.doi)


def _rows(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _record(row: dict[str, str]) -> Record:
    return Record(
        source="file",
        source_id=row["record_id"],
        title=row["title"],
        abstract=row["abstract"] or None,
        doi=_DOI_ADDRESS.sub("", row.get("doi", "")),
    )


def _print_errors(
    question: Question, records: Sequence[Labelled], found: Sequence[frozenset[Design]]
) -> None:
    for each, designs in zip(records, found, strict=True):
        has, told = question.has(each), question.design in designs
        if has != told and (has or question.others) and half_of(each.record.source_id) == "A":
            kind = "missed" if has else "wrong"
            print(f"{question.set}\t{question.design}\t{kind}\t{each.record.source_id}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=SHARED, help="the folder of the labelled sets")
    parser.add_argument("--errors", action="store_true", help="what is wrong in half A")
    parser.add_argument("--json", action="store_true", help="for programs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
