"""Links without a number: what the rules make of constructed pairs, and of real citations.

    python -m benchmarks.links_alike [--seed N] [--each N] [--studies DIR] [--write] [--json]

The confusion table is of reports that `benchmarks.links_pairs` writes, all held against the
registrations of all of them and 2,000 others. The real ones are the citations that registrations
in ../shared list themselves: those of type RESULT and DERIVED are of the trial as far as the
registry knows, those of type BACKGROUND are not. Ends with 1 where any link to a trial that is not
the report's is certain.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from benchmarks.docs_page import ROOT, markdown_table, write_figures
from benchmarks.links_pairs import SAME, Case, cases, registry
from surveillance.errors import UnreadableInput
from surveillance.records import Author, Record
from surveillance.studies.links import Link
from surveillance.studies.one_trial import Trials, trial_of
from surveillance.studies.registrations import Registration, read_study
from surveillance.studies.resemblance import Resemblance

STUDIES = Path("../shared/data/clinicaltrials/studies")
PAGE = ROOT / "docs" / "studies.md"
SEED, EACH, OTHERS = 7, 100, 2_000
CERTAIN, DOUBTFUL, NONE = "certain", "doubtful", "none"

# Authors up to the first point, the title up to the next, journal, year: NLM's own style.
_CITATION = re.compile(
    r"^(?P<authors>[^.]+)\.\s+(?P<title>.+?[.?])\s.*?\b(?P<year>(?:19|20)\d\d)\b"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of report: how many were linked so to the trial that matters, and to any other."""

    kind: str
    same: bool
    certain: int
    doubtful: int
    none: int
    wrongly_certain: int


def main() -> int:
    """Print the tables; 1 where a link is certain and wrong."""
    asked = _arguments()
    rows = list(constructed(asked.seed, asked.each))
    real = list(cited(asked.studies)) if asked.studies.is_dir() else []
    if asked.write:
        write_figures(PAGE, "links-alike", _markdown(rows))
        write_figures(PAGE, "links-cited", _markdown(real))
    if asked.json:
        print(
            json.dumps({"constructed": list(map(asdict, rows)), "cited": list(map(asdict, real))})
        )
    else:
        for title, some in (("constructed", rows), ("cited by registrations", real)):
            Console().print(_table(title, some))
    return int(any(row.wrongly_certain for row in (*rows, *real)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--each", type=int, default=EACH)
    parser.add_argument("--studies", type=Path, default=STUDIES)
    parser.add_argument(
        "--write", action="store_true", help="write the tables into docs/studies.md"
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def constructed(seed: int, each: int) -> Iterator[Row]:
    """A row for each kind of pair."""
    random = Random(seed)
    drawn = list(cases(random, each))
    there = {case.trial.number: case.trial for case in drawn}
    resemblance = Resemblance(Trials([*registry(random, OTHERS), *there.values()]))
    found: dict[str, Counter[str]] = {}
    wrong: Counter[str] = Counter()
    for case in drawn:
        links = resemblance.links(case.report)
        found.setdefault(case.kind, Counter())[_verdict(links, case.trial.number)] += 1
        wrong[case.kind] += _wrongly_certain(links, case)
    for kind, counts in found.items():
        yield _row(kind, kind in SAME, counts, wrong[kind])


def _wrongly_certain(links: Iterable[Link], case: Case) -> bool:
    return any(link.certain and link.number != case.of for link in links)


def _row(kind: str, same: bool, counts: Counter[str], wrong: int) -> Row:
    return Row(kind, same, counts[CERTAIN], counts[DOUBTFUL], counts[NONE], wrong)


def _verdict(links: Iterable[Link], number: str) -> str:
    return next((str(link.certainty) for link in links if link.number == number), NONE)


def cited(folder: Path) -> Iterator[Row]:
    """A row for the citations of trials' own reports, and one for their background."""
    registrations = list(_registrations(folder))
    resemblance = Resemblance(Trials(map(trial_of, registrations)))
    counts: dict[str, Counter[str]] = {}
    wrong: Counter[str] = Counter()
    for registration in registrations:
        for reference in registration.references:
            record = _cited_record(reference.citation)
            if record is None:
                continue
            own = reference.type in ("RESULT", "DERIVED")
            links = resemblance.links(record)
            kind = f"cited as {reference.type}"
            counts.setdefault(kind, Counter())[_verdict(links, registration.number)] += 1
            of = registration.number if own else None
            wrong[kind] += any(one.certain and one.number != of for one in links)
    for kind in sorted(counts):
        yield _row(kind, kind != "cited as BACKGROUND", counts[kind], wrong[kind])


def _registrations(folder: Path) -> Iterator[Registration]:
    found: dict[str, Registration] = {}
    for file in sorted(folder.glob("*.json")):
        try:
            registration = read_study(file.read_bytes())
        except UnreadableInput:
            continue
        found[registration.number] = registration
    yield from found.values()


def _cited_record(citation: str) -> Record | None:
    """A record with what a citation says: authors, title, year; no abstract and no number."""
    match = _CITATION.match(citation)
    if match is None:
        return None
    authors = (name.strip().rpartition(" ") for name in match["authors"].split(","))
    return Record(
        source="citation",
        source_id=citation[:40],
        title=match["title"].rstrip("."),
        authors=tuple(Author(last=last or rest, initials=rest) for last, _, rest in authors),
        year=int(match["year"]),
    )


_HEADERS = ("report", "is of the trial", "certain", "doubtful", "none", "certain of another")


def _cells(row: Row) -> tuple[str, ...]:
    counts = (row.certain, row.doubtful, row.none, row.wrongly_certain)
    return (row.kind, "yes" if row.same else "no", *map(str, counts))


def _markdown(rows: Iterable[Row]) -> str:
    return markdown_table(_HEADERS, map(_cells, rows))


def _table(title: str, rows: Iterable[Row]) -> Table:
    table = Table(title=title, title_justify="left")
    for header in _HEADERS:
        table.add_column(header)
    for row in rows:
        table.add_row(*_cells(row))
    return table


if __name__ == "__main__":
    sys.exit(main())
