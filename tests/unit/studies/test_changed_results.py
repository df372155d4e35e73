"""Posted results of real studies: any number that changes is told, once, and its form is not."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surveillance.records import Payload
from surveillance.studies.changes import Change, compare, unweighed
from surveillance.studies.reading import CLINICALTRIALS_JSON, read_registration
from surveillance.studies.registrations import Registration
from surveillance.studies.weight import Weight

pytestmark = pytest.mark.shared
Document = dict[str, Any]


@pytest.fixture(scope="module")
def studies(shared: Path) -> list[Document]:
    folder = shared / "data/clinicaltrials/studies"
    read = [json.loads(path.read_bytes()) for path in sorted(folder.glob("NCT*.json"))]
    found = [study for study in read if "resultsSection" in study]
    assert len(found) >= 4
    return found


def read(document: Document) -> Registration:
    return read_registration(Payload(json.dumps(document).encode(), CLINICALTRIALS_JSON))


def outcomes(document: Document) -> list[Document]:
    found: list[Document] = document["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"]
    return found


def cells(outcome: Document) -> Iterator[Document]:
    """Everything in a table that holds a number under `value`."""
    for one in outcome.get("classes", []):
        for category in one["categories"]:
            yield from category.get("measurements", [])
    for units in outcome.get("denoms", []):
        yield from units["counts"]


def edited(document: Document, place: int, cell: int) -> tuple[Document, str, str]:
    after = copy.deepcopy(document)
    found = list(cells(outcomes(after)[place]))[cell]
    was = found["value"]
    found["value"] = f"{was}1" if any(c.isdigit() for c in was) else "17"
    return after, was, found["value"]


def told(before: Document, after: Document) -> tuple[Change, ...]:
    return compare(read(before), read(after))


def test_another_number_in_any_table_is_told_once(studies: list[Document]) -> None:
    edits = 0
    for study in studies:
        for place, outcome in enumerate(outcomes(study)):
            count = len(list(cells(outcome)))
            for cell in {0, count // 2, count - 1} if count else ():
                after, was, now = edited(study, place, cell)
                (change,) = told(study, after)
                primary = outcome["type"] == "PRIMARY"
                assert change.weight is (Weight.HIGH if primary else Weight.MEDIUM)
                assert (change.field, change.before, change.after) == ("results", was, now)
                assert change.sentence.endswith(f"(1 number from {was} to {now}).")
                edits += 1
    assert edits > 100


def test_columns_in_another_order_and_under_other_names_are_no_news(
    studies: list[Document],
) -> None:
    for study in studies:
        turned, renamed = copy.deepcopy(study), copy.deepcopy(study)
        for outcome in outcomes(turned):
            outcome["groups"].reverse()
            for one in outcome.get("classes", []):
                for category in one["categories"]:
                    category.get("measurements", []).reverse()
        for outcome in outcomes(renamed):
            for group in outcome["groups"]:
                group["title"] = f"Group {group['title']}"
        assert told(study, turned) == told(study, renamed) == ()
        assert unweighed(read(study), read(renamed)) == ("results",)


def test_results_that_come_in_two_parts_are_told(studies: list[Document]) -> None:
    for study in studies:
        first = copy.deepcopy(study)
        kept = [one for one in outcomes(study) if one["type"] == "PRIMARY"]
        first["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"] = kept
        later = len(outcomes(study)) - len(kept)
        (change,) = told(first, study)
        assert change.weight is Weight.LOW
        assert change.headline.startswith("Results of a sec" if later == 1 else f"{later} results")
        (gone,) = told(study, first)
        assert "no longer there" in gone.sentence
