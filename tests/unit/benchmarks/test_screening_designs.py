from __future__ import annotations

import csv
import gzip
from pathlib import Path

from benchmarks.halves import half_of
from benchmarks.screening_designs import Score, labelled_sets, score
from surveillance.screening.designs import Design

TRIAL = "Forty people with pain after the loss of a leg were randomised to surgery or exercise."
COHORT = "Forty people with pain after the loss of a leg were seen for a year by the same nurse."


def write(file: Path, rows: list[dict[str, str]]) -> None:
    with gzip.open(file, "wt", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


def scores(folder: Path) -> list[Score]:
    found = []
    for _, records, questions in labelled_sets(folder):
        for question in questions:
            designs = [
                frozenset(
                    {Design.RANDOMISED_TRIAL} if "randomised" in (it.record.abstract or "") else ()
                )
                for it in records
            ]
            found += score(question, records, designs)
    return found


def row(number: int, abstract: str, **flags: str) -> dict[str, str]:
    return {"record_id": str(number), "title": "Pain", "abstract": abstract, **flags}


def test_the_flags_of_a_set_are_its_questions_and_its_halves_add_up(tmp_path: Path) -> None:
    rows = [
        row(1, TRIAL, randomized_trial="1"),
        row(2, COHORT, randomized_trial="1"),
        row(3, TRIAL, randomized_trial="0"),
        row(4, COHORT, randomized_trial="0"),
        row(5, COHORT, randomized_trial="0"),
    ]
    write(tmp_path / "wmotte_design_2019.csv.gz", rows)
    a, b, both = scores(tmp_path)
    assert (both.found, both.of, both.wrong, both.others) == (1, 2, 1, 3)
    assert (a.half, b.half, both.half) == ("A", "B", "AB")
    assert a.of + b.of == both.of
    assert a.others + b.others == both.others
    assert a.of + a.others == sum(half_of(each["record_id"]) == "A" for each in rows)


def test_a_set_without_flags_is_labelled_by_trials_where_its_inventory_says_so(
    tmp_path: Path,
) -> None:
    write(tmp_path / "robotsearch_pubmed_test.csv.gz", [row(1, TRIAL, label="1")])
    assert [each.found for each in scores(tmp_path) if each.half == "AB"] == [1]


def test_conference_abstracts_are_counted_by_what_their_doi_tells(tmp_path: Path) -> None:
    reason = "Conference abstract"
    rows = [
        row(1, "", doi="http://dx.doi.org/10.4269/ajtmh.abstract2019", exclusion_reason=reason),
        row(2, "", doi="https://doi.org/10.1002/pds.1", exclusion_reason=reason),
        row(3, "", doi="", exclusion_reason=reason),
        row(4, "", doi="", exclusion_reason="Withdrawn"),
    ]
    write(tmp_path / "iddo_malaria_lsr_reasons.csv.gz", rows)
    whole = [each for each in scores(tmp_path) if each.half == "AB"]
    assert [(each.of, each.others) for each in whole] == [(3, 1), (1, 0), (1, 0), (1, 0)]
