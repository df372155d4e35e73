"""docs/signals.md names every kind of signal and every field that is compared."""

from __future__ import annotations

import re
from pathlib import Path

from surveillance.signals.model import Kind
from surveillance.studies.changes import compare
from surveillance.studies.registrations import Arm, Outcome, Reference, Registration, RegistryDate
from surveillance.studies.weight import Weight
from surveillance.triggers import Trigger

PAGE = (Path(__file__).resolve().parents[3] / "docs/signals.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_kind_has_a_row_in_the_order_of_a_digest() -> None:
    assert [row[0].strip("`") for row in rows("Kinds")] == list(Kind)


def test_every_trigger_has_a_row() -> None:
    named = [name for row in rows("Triggers") for name in re.findall(r"`(\w+)`", row[0])]
    assert named == list(Trigger)


def test_every_row_names_a_weight() -> None:
    for row in [*rows("Kinds"), *rows("Changes of a registration")]:
        assert re.search(r"high|medium|low|heaviest", row[-1]), row


def test_every_field_that_is_compared_has_a_row() -> None:
    day = RegistryDate("2027-04")
    before = Registration(
        number="NCT99000001",
        title="Old",
        official_title="Old",
        status="RECRUITING",
        allocation="RANDOMIZED",
        countries=("Ireland",),
    )
    after = Registration(
        number="NCT99000001",
        title="New",
        official_title="New",
        status="COMPLETED",
        allocation="NA",
        has_results=True,
        start=day,
        primary_completion=day,
        completion=day,
        enrolment=60,
        primary_outcomes=(Outcome("Pain"),),
        secondary_outcomes=(Outcome("Sleep"),),
        arms=(Arm("Surgery"),),
        countries=("Spain",),
        references=(Reference("7", "RESULT"),),
    )
    documented = {row[0] for row in rows("Changes of a registration")} - {""}
    assert {change.field for change in compare(before, after)} == documented


def test_noise_is_explained() -> None:
    assert f"**{Weight.NOISE.capitalize()}** is never reported" in PAGE
