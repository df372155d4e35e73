"""What PubMed, ClinicalTrials.gov and Europe PMC hold on a day, read from a folder of files.

A folder `YYYY-MM-DD` has what was new or changed by that day: later folders override earlier ones
by PMID, NCT number and Europe PMC's identifier, and those after the day asked for are unseen. A
folder without such subfolders is one state that holds on every day. A folder has

- PubMed XML (`*.xml`, `*.xml.gz`), with `DeleteCitation` for records that go,
- `merged.toml`, where `90000001 = "90000002"` says that the first PMID became the second,
- studies (`studies/*.json`, `NCT*.json`), and
- `europepmc/*.json` beside what PubMed has (see `europe_pmc_holdings`).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from surveillance.errors import Place, UnreadableInput
from surveillance.records.bounded import open_records
from surveillance.records.payload import Captured, Deleted
from surveillance.records.pubmed_xml import latest_versions, read_pubmed_xml
from surveillance.simulator import europe_pmc_holdings
from surveillance.simulator.europe_pmc_holdings import Held, read_held
from surveillance.simulator.study import Study

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
_PMID = re.compile(r"[0-9]{1,10}")
LARGEST_STUDY = 50 * 1024**2
LARGEST_LIST = 1024**2


@dataclass(frozen=True, slots=True)
class Holdings:
    """Citations by PMID, the most recently entered first, and studies by number.

    `merged` leads from PMIDs that are gone to those that they became.
    """

    citations: Mapping[str, Captured]
    studies: tuple[Study, ...]
    merged: Mapping[str, str] = field(default_factory=dict)
    beside_pubmed: tuple[Held, ...] = ()

    def citation(self, pmid: str) -> Captured | None:
        """The citation of a PMID, of the one that it became too; None where there is none."""
        for _ in range(len(self.merged) + 1):
            if pmid not in self.merged:
                break
            pmid = self.merged[pmid]
        return self.citations.get(pmid)

    def europe_pmc(self) -> dict[str, Held]:
        """What Europe PMC holds: the citations, and what it has beside them."""
        citations = (captured.record for captured in self.citations.values())
        return europe_pmc_holdings.holdings(citations, self.beside_pubmed)


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one folder brings, in the order read."""

    day: date
    entries: tuple[Captured | Deleted, ...]
    studies: tuple[Study, ...]
    merged: Mapping[str, str]
    beside_pubmed: tuple[Held, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.entries or self.studies or self.beside_pubmed)


class Snapshot:
    """A folder, read once, that answers for any day."""

    def __init__(self, folder: Path) -> None:
        """Raises `UnreadableInput` where the folder is missing, empty, or holds a broken file."""
        self._layers = tuple(_layers(folder))
        if all(layer.is_empty for layer in self._layers):
            raise UnreadableInput(
                "there is no PubMed XML and no study here.",
                place=Place(folder),
                hint="Name a folder with .xml files or folders called YYYY-MM-DD.",
            )
        self._states: dict[int, Holdings] = {}
        self._europe_pmc: dict[int, dict[str, Held]] = {}

    def europe_pmc_on(self, day: date) -> Mapping[str, Held]:
        """What Europe PMC held on `day`, by its identifiers (`MED:90000001`), the latest first."""
        state = self.on(day)
        if id(state) not in self._europe_pmc:
            self._europe_pmc[id(state)] = state.europe_pmc()
        return self._europe_pmc[id(state)]

    def on(self, day: date) -> Holdings:
        """The holdings as they stood on `day`."""
        seen = [layer for layer in self._layers if layer.day <= day]
        if len(seen) not in self._states:
            self._states[len(seen)] = _holdings(seen)
        return self._states[len(seen)]


def _holdings(layers: list[_Layer]) -> Holdings:
    merged = {old: new for layer in layers for old, new in layer.merged.items()}
    captured = latest_versions(entry for layer in layers for entry in layer.entries)
    kept = (item for item in captured if item.record.source_id not in merged)
    newest_first = sorted(kept, key=_recency, reverse=True)
    beside = {one.record.source_id: one for layer in layers for one in layer.beside_pubmed}
    studies = {study.nct: study for layer in layers for study in layer.studies}
    for study in tuple(studies.values()):
        for alias in set(study.aliases) - {study.nct}:  # it goes on under its new number
            studies.pop(alias, None)
    return Holdings(
        citations={item.record.source_id: item for item in newest_first},
        studies=tuple(studies[number] for number in sorted(studies)),
        merged=merged,
        beside_pubmed=tuple(beside.values()),
    )


def _recency(item: Captured) -> tuple[date, int]:
    """ "Most Recent": reverse date added, then PMID (User Guide, "Sort orders")."""
    dates = item.record.dates
    return (dates.entered or dates.created or date.min, int(item.record.source_id))


def _layers(folder: Path) -> Iterator[_Layer]:
    if not folder.is_dir():
        raise UnreadableInput("there is no such folder.", place=Place(folder))
    dated = sorted(
        path for path in folder.iterdir() if path.is_dir() and _DATED.fullmatch(path.name)
    )
    for path in dated:
        yield _layer(path, _day(path))
    if not dated:
        yield _layer(folder, date.min)


def _day(path: Path) -> date:
    try:
        return date.fromisoformat(path.name)
    except ValueError:
        raise UnreadableInput("the folder's name is not a date.", place=Place(path)) from None


def _layer(folder: Path, day: date) -> _Layer:
    entries = tuple(
        entry
        for path in sorted([*folder.glob("*.xml"), *folder.glob("*.xml.gz")])
        for entry in _entries(path)
    )
    studies = tuple(
        map(_study, sorted((*folder.glob("NCT*.json"), *folder.glob("studies/*.json"))))
    )
    beside = tuple(map(read_held, sorted(folder.glob("europepmc/*.json"))))
    return _Layer(day, entries, studies, _merged(folder / "merged.toml"), beside)


def _merged(path: Path) -> dict[str, str]:
    """PMIDs that became others; a folder need not have any."""
    if not path.is_file():
        return {}
    if path.stat().st_size > LARGEST_LIST:
        raise UnreadableInput("the list is larger than any real one.", place=Place(path))
    try:
        merged = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise UnreadableInput(f"this is not TOML: {fault}.", place=Place(path)) from None
    if not all(_PMID.fullmatch(str(pmid)) for pair in merged.items() for pmid in pair):
        raise UnreadableInput(
            "a line is no pair of PMIDs.",
            place=Place(path),
            hint='Write 90000001 = "90000002" for a PMID that became another.',
        )
    return {old: str(new) for old, new in merged.items()}


def _entries(path: Path) -> Iterator[Captured | Deleted]:
    with open_records(path) as stream:
        yield from read_pubmed_xml(stream, name=path)


def _study(path: Path) -> Study:
    if path.stat().st_size > LARGEST_STUDY:
        raise UnreadableInput("the study is larger than any real one.", place=Place(path))
    try:
        study = Study(json.loads(path.read_bytes()))
    except (ValueError, RecursionError):
        raise UnreadableInput("this is not a JSON document.", place=Place(path)) from None
    if not study.nct:
        raise UnreadableInput("the study has no NCT number.", place=Place(path))
    return study
