"""What PubMed and ClinicalTrials.gov hold on a day, read from a folder of files.

A folder `YYYY-MM-DD` has what was new or changed by that day: later folders override earlier ones
by PMID and NCT number, and those after the day asked for are unseen. A folder without such
subfolders is one state that holds on every day.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from surveillance.errors import Place, UnreadableInput
from surveillance.records.bounded import open_records
from surveillance.records.payload import Captured
from surveillance.records.pubmed_xml import PubmedEntry, latest_versions, read_pubmed_xml
from surveillance.simulator.study import Study

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
LARGEST_STUDY = 50 * 1024**2


@dataclass(frozen=True, slots=True)
class Holdings:
    """Citations by PMID, the most recently entered first, and studies by number."""

    citations: Mapping[str, Captured]
    studies: tuple[Study, ...]


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one folder brings, in the order read."""

    day: date
    entries: tuple[PubmedEntry, ...]
    studies: tuple[Study, ...]


class Snapshot:
    """A folder, read once, that answers for any day."""

    def __init__(self, folder: Path) -> None:
        """Raises `UnreadableInput` where the folder is missing, empty, or holds a broken file."""
        self._layers = tuple(_layers(folder))
        if not any(layer.entries or layer.studies for layer in self._layers):
            raise UnreadableInput(
                "there is no PubMed XML and no study here.",
                place=Place(folder),
                hint="Name a folder with .xml files or folders called YYYY-MM-DD.",
            )
        self._states: dict[int, Holdings] = {}

    def on(self, day: date) -> Holdings:
        """The holdings as they stood on `day`."""
        seen = [layer for layer in self._layers if layer.day <= day]
        if len(seen) not in self._states:
            self._states[len(seen)] = _holdings(seen)
        return self._states[len(seen)]


def _holdings(layers: list[_Layer]) -> Holdings:
    captured = latest_versions(entry for layer in layers for entry in layer.entries)
    newest_first = sorted(captured, key=_recency, reverse=True)
    studies = {study.nct: study for layer in layers for study in layer.studies}
    for study in tuple(studies.values()):
        for alias in set(study.aliases) - {study.nct}:  # it goes on under its new number
            studies.pop(alias, None)
    return Holdings(
        citations={item.record.source_id: item for item in newest_first},
        studies=tuple(studies[number] for number in sorted(studies)),
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
    return _Layer(day, entries, studies)


def _entries(path: Path) -> Iterator[PubmedEntry]:
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
