"""Every change of a registration that is told, and what is noise: one table, run and printed.

The rows of `registration_changes.toml` are put into a constructed study and, where the developers'
data is at hand, into every real one; both are read as the registry sends them. The table is
printed as `docs/registration-changes.md`:

    .venv/bin/python -m tests.spec.test_registration_changes > docs/registration-changes.md
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from surveillance.records import Payload
from surveillance.signals.findings import ChangedRegistration
from surveillance.signals.registration_rules import registration_changed
from surveillance.studies.change import Event
from surveillance.studies.changes import compare
from surveillance.studies.reading import CLINICALTRIALS_JSON, read_registration
from surveillance.studies.registrations import Registration
from surveillance.studies.weight import Weight
from surveillance.topics import Topic, read_topic
from tests.spec.registration_documents import BARE, Document, with_values

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TOPIC = ROOT / "search_strategies" / "targeted_muscle_reinnervation"
PAGE = ROOT / "docs" / "registration-changes.md"

INTRODUCTION = """\
# What changes in a registration, and how much it matters

This page is printed from the table that the tests run (`tests/spec/registration_changes.toml`).
Each row is two versions of one registration: what differs between them, the weight of the change,
what it means for the trial, and the sentence that people are told. The tests put every row into a
constructed study, and into each real study that the developers have. *Noise* is never told and
raises no signal. Every text of the registry that is longer than 300 characters is cut in a
sentence, and more than ten changes of one kind are told as one.

[signals.md](signals.md#changes-of-a-registration) has the rules in short.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """Two versions by what differs, and the changes that are told: weight, event, sentence."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    changes: tuple[tuple[str, str, str], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        keys = [*self.before, *self.after]
        # A row on a status says whether there is a reason.
        return tuple(dict.fromkeys([*keys, "why"] if "status" in keys else keys))


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    text: str
    rows: tuple[Row, ...]
    real: str


def read_sections() -> Iterator[Section]:
    table = tomllib.loads((HERE / "registration_changes.toml").read_text(encoding="utf-8"))
    for section in table["sections"]:
        assert section.keys() <= {"title", "text", "rows", "real"}
        rows = tuple(map(_row, section["rows"]))
        yield Section(section["title"], section["text"].strip(), rows, section.get("real", ""))


def _row(row: Mapping[str, Any]) -> Row:
    assert row.keys() == {"before", "after", "changes"}
    changes = ((c["weight"], c["event"], c["says"]) for c in row["changes"])
    return Row(row["before"], row["after"], tuple(changes))


SECTIONS = tuple(read_sections())
#: Rows that say both sides; the others change a real document.
CONSTRUCTED = [
    pytest.param(row, id=f"{section.title} {place}")
    for section in SECTIONS
    for place, row in enumerate(section.rows, 1)
    if not section.real
]


@pytest.fixture(scope="module")
def topic() -> Topic:
    return read_topic(TOPIC)


def read(content: bytes) -> Registration:
    return read_registration(Payload(content, CLINICALTRIALS_JSON))


def told(before: bytes, after: bytes) -> tuple[tuple[str, str, str], ...]:
    changes = compare(read(before), read(after))
    return tuple((str(one.weight), str(one.event), one.sentence) for one in changes)


def versions(document: Document, row: Row) -> tuple[bytes, bytes]:
    return (
        with_values(document, row.before, row.keys),
        with_values(document, row.after, row.keys),
    )


@pytest.mark.parametrize("row", CONSTRUCTED)
def test_a_change_is_told_as_the_table_says(row: Row) -> None:
    assert told(*versions(BARE, row)) == row.changes


@pytest.mark.parametrize("row", CONSTRUCTED)
def test_another_layout_of_the_document_changes_nothing(row: Row) -> None:
    """Indented, its keys in another order, its texts with more space between the words."""
    before, after = versions(BARE, row)
    assert told(before, _in_another_layout(before)) == ()
    assert told(before, _in_another_layout(after)) == row.changes


def _in_another_layout(content: bytes) -> bytes:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        if isinstance(value, list):
            return [turned(item) for item in value]
        return f" {value.replace(' ', '  ')}\n" if isinstance(value, str) else value

    return json.dumps(turned(json.loads(content)), indent=3).encode()


@pytest.mark.parametrize("row", CONSTRUCTED)
def test_a_signal_weighs_as_its_heaviest_change_and_noise_raises_none(
    row: Row, topic: Topic
) -> None:
    before, after = map(read, versions(BARE, row))
    finding = ChangedRegistration(before, after, compare(before, after))
    signals = registration_changed(topic, finding)
    heaviest = min((Weight(weight) for weight, _, _ in row.changes), key=_rank, default=None)
    assert [signal.weight for signal in signals] == ([heaviest] if heaviest else [])


def _rank(weight: Weight) -> int:
    return weight.rank


@pytest.fixture(scope="module")
def real_studies(shared: Path) -> list[Document]:
    """The whole studies, of whose posted results each row puts in what it is about."""
    folder = shared / "data/clinicaltrials/studies"
    studies = [json.loads(path.read_bytes()) for path in sorted(folder.glob("NCT*.json"))]
    for study in studies:
        if "resultsSection" in study:
            study["resultsSection"] = {}
    return [study for study in studies if "statusModule" in study["protocolSection"]]


@pytest.mark.shared
@pytest.mark.parametrize("row", CONSTRUCTED)
def test_a_change_in_a_real_study_is_told_as_the_table_says(
    row: Row, real_studies: list[Document]
) -> None:
    assert len(real_studies) == 10
    for study in real_studies:
        number = study["protocolSection"]["identificationModule"]["nctId"]
        assert told(*versions(study, row)) == row.changes, number


@pytest.mark.shared
@pytest.mark.parametrize("section", [section for section in SECTIONS if section.real])
def test_a_real_old_version_beside_a_later_one(section: Section, shared: Path) -> None:
    path = shared / "data/clinicaltrials/history" / section.real
    old = json.loads(path.read_bytes())["study"]
    for row in section.rows:
        assert told(json.dumps(old).encode(), with_values(old, row.after, row.after)) == row.changes


def test_every_weight_and_every_event_has_a_row() -> None:
    changes = [change for section in SECTIONS for row in section.rows for change in row.changes]
    assert {weight for weight, _, _ in changes} == set(Weight) - {Weight.NOISE}
    assert {event for _, event, _ in changes} == set(Event)
    assert any(not row.changes for section in SECTIONS for row in section.rows)


def test_the_printed_page_is_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), (
        "docs/registration-changes.md is stale: print it with "
        ".venv/bin/python -m tests.spec.test_registration_changes > docs/registration-changes.md"
    )


def markdown() -> str:
    """The page as Markdown."""
    return "\n".join([INTRODUCTION, *map(_markdown_section, SECTIONS)])


def _markdown_section(section: Section) -> str:
    rows = [
        ["before", "after", "weight", "means", "what is told"],
        *(cells for row in section.rows for cells in _cells(row, section)),
    ]
    return f"## {section.title}\n\n{section.text}\n\n{_table(rows)}"


def _cells(row: Row, section: Section) -> Iterator[list[str]]:
    before = "as it was" if section.real else _shown(row.before)
    if not row.changes:
        yield [before, _shown(row.after), "noise", "–", "–"]
    for place, (weight, event, says) in enumerate(row.changes):
        shown = [before, _shown(row.after)] if place == 0 else ["", ""]
        yield [*shown, weight, "–" if event == Event.OTHER else event, says]


def _shown(values: Mapping[str, Any]) -> str:
    return "<br>".join(f"{_named(key)}: {_value(value)}" for key, value in values.items()) or "–"


def _named(key: str) -> str:
    return key.rpartition(".")[2] if "." in key else key.replace("_", " ")


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_value(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return "; ".join(map(_value, value))
    return str(value).replace("\n", " ")


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "".join(
        f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines
    )


if __name__ == "__main__":
    print(markdown(), end="")
