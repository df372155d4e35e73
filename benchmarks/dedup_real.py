"""Real records with their identifiers hidden: what our automatic step merges of them.

    python -m benchmarks.dedup_real [--file FILE.xml.gz] [--show-review] [--json]

PubMed gives a work one number, so in one of its update files two records with different PMIDs are
two works, and every merge of two is wrong, but for works that PubMed holds twice: those are listed
by hand in `benchmarks/dedup_same_works.csv`, with the reason. Hidden are all numbers: PMID, PMCID,
DOI, trial numbers, and the links to other records.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.dedup import answer_of, in_a_process, peak
from benchmarks.dedup_scores import Answer, between, places
from surveillance.dedup.candidates import Entry
from surveillance.dedup.deduplicate import deduplicate
from surveillance.records import Record
from surveillance.records.reading import read_records

FILE = Path(".bench/data/pubmed21n1298.xml.gz")
SAME_WORKS = Path(__file__).with_name("dedup_same_works.csv")


@dataclass(frozen=True, slots=True)
class Merge:
    """Two records with two PMIDs in one cluster: the one that is kept, the one removed."""

    kept: str
    removed: str
    why: str
    listed: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the records; `review` holds one pair of PMIDs for each question."""

    records: int
    works: int
    merges: tuple[Merge, ...]
    review: tuple[tuple[str, str], ...]
    seconds: float
    peak_bytes: int

    @property
    def false_merges(self) -> int:
        """Merges that the list of works held twice does not explain."""
        return sum(not merge.listed for merge in self.merges)


def main() -> int:
    """Measure and print."""
    asked = _arguments()
    result: Result = in_a_process(measure, asked.file)
    if asked.json:
        print(json.dumps({**asdict(result), "false_merges": result.false_merges}, indent=2))
        return 0
    for merge in result.merges:
        print(f"{merge.kept} + {merge.removed}: {merge.why} [{merge.listed or 'FALSE MERGE'}]")
    for pair in result.review if asked.show_review else ():
        print("to review:", *pair)
    print(
        f"{result.records:,} records of {result.works:,} PMIDs, identifiers hidden: "
        f"{result.false_merges} false merges, {len(result.merges) - result.false_merges} merges "
        f"of works held twice, {len(result.review)} pairs to review, "
        f"{result.seconds:.1f} s, {result.peak_bytes / 1e6:,.0f} MB above start"
    )
    return 0


def measure(file: Path) -> Result:
    """Deduplicate the file's records without their numbers."""
    before = peak()
    records = [captured.record for captured in read_records(file).captured]
    entries = [Entry(n, without_numbers(record, n)) for n, record in enumerate(records, start=1)]
    begun = time.process_time()
    found = deduplicate(entries)
    answer = answer_of(found, time.process_time() - begun, peak() - before)
    pmids = {number: record.pmid for number, record in enumerate(records, start=1)}
    return Result(
        records=len(records),
        works=len(set(pmids.values())),
        merges=tuple(merges(pmids, answer, same_works())),
        review=tuple(_review(pmids, answer)),
        seconds=answer.seconds,
        peak_bytes=answer.peak_bytes,
    )


def without_numbers(record: Record, number: int) -> Record:
    """The record as an export without identifiers would have it."""
    return replace(
        record,
        source="file",
        source_id=str(number),
        pmid="",
        pmcid="",
        doi="",
        registrations=(),
        corrections=(),
    )


def merges(
    pmids: Mapping[int, str], answer: Answer, listed: Mapping[frozenset[str], str]
) -> Iterator[Merge]:
    """Every record in a cluster that is kept under another PMID, with the rule that linked it."""
    reasons = {frozenset((link.a, link.b)): link.why for link in answer.links}
    for members in answer.clusters:
        for number in members[1:]:
            kept, removed = pmids[members[0]], pmids[number]
            if kept != removed:
                why = reasons.get(frozenset((members[0], number)), "by way of another record")
                yield Merge(kept, removed, why, listed.get(frozenset((kept, removed)), ""))


def same_works(file: Path = SAME_WORKS) -> dict[frozenset[str], str]:
    """The pairs of PMIDs that are one work, with the reason."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows: Iterable[dict[str, str]] = csv.DictReader(stream)
        return {frozenset((row["pmid"], row["other_pmid"])): row["reason"] for row in rows}


def _review(pmids: Mapping[int, str], answer: Answer) -> Iterator[tuple[str, str]]:
    clusters: Sequence[Sequence[int]] = answer.clusters
    for a, b in sorted(between(places(pmids, clusters), answer.review)):
        yield pmids[a], pmids[b]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--file", type=Path, default=FILE)
    parser.add_argument("--show-review", action="store_true", help="the PMIDs of each question")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not asked.file.is_file():
        sys.exit(f"{asked.file} is missing: `make bench` fetches it.")
    return asked


if __name__ == "__main__":
    sys.exit(main())
