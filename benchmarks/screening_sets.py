"""The labelled sets of screening: in ../shared, and nowhere in the repository.

Twenty-six reviews (and one sample of PubMed) whose records people included or excluded; what each
is stands in `inventory.csv` beside them. What the peer made of them stands in `peers.csv`. Models
are tuned on half A alone: the sets whose name has an even hash.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from surveillance.pipeline.rank_files import LabelledTable, read_labelled

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "screening"
MEASURES = ("wss95", "wss100", "rrf10", "atd")


class SetAbsent(RuntimeError):
    """The labelled sets are not here; the message says where they are looked for."""


@dataclass(frozen=True, slots=True)
class Result:
    """What an engine made of a set from one seed's start."""

    name: str
    seed: int
    wss95: float
    wss100: float
    rrf10: float
    atd: float
    seconds: float


def set_names(folder: Path = SHARED) -> tuple[str, ...]:
    """The sets that the peer was measured on, in alphabetical order."""
    return tuple(sorted({result.name for result in peer_results(folder)}))


def read_set(name: str, folder: Path = SHARED) -> LabelledTable:
    """A labelled set; raises `SetAbsent`."""
    return read_labelled(_file(f"{name}.csv.gz", folder))


@cache
def peer_results(folder: Path = SHARED) -> tuple[Result, ...]:
    """What ASReview made of the sets when it was measured for the issue; raises `SetAbsent`."""
    with _file("peers.csv", folder).open(encoding="utf-8", newline="") as stream:
        return tuple(
            Result(
                row["dataset"],
                int(row["seed"]),
                *(float(row[column]) for column in (*MEASURES, "seconds")),
            )
            for row in csv.DictReader(stream)
        )


def _file(name: str, folder: Path) -> Path:
    if not (folder / name).is_file():
        raise SetAbsent(f"The labelled sets are not here: {folder / name} is missing.")
    return folder / name
