"""The labelled sets: names told apart, halves, and the package's form against ../shared's."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.dedup_sets import PEER, SETS, SetAbsent, read_authors, read_set
from benchmarks.halves import half_of

CELLS = {
    "Slavin S. A.Lin S. J.": ["Slavin SA", "Lin SJ"],
    "RezinG.T.AmboniG.ZugnoA.I.": ["Rezin GT", "Amboni G", "Zugno AI"],
    "OnghenaP.vanHoudenhove B.": ["Onghena P", "vanHoudenhove B"],
    "Lin Shih-ChiehHsiao Kuei-YangChang Ning": [
        "Lin Shih-Chieh",
        "Hsiao Kuei-Yang",
        "Chang Ning",
    ],
    "Oedegaard Ketil J.Alda MartinAnand Anit": ["Oedegaard Ketil J.", "Alda Martin", "Anand Anit"],
    "Kramer Andreas H.": ["Kramer Andreas H."],
    "Griffith SCParker THOlson VA": ["Griffith SC", "Parker TH", "Olson VA"],
    "Calame W.Ten Bruggencate S. J. M.": ["Calame W", "Ten Bruggencate SJM"],
    "Osman M.McDonald E.DeWitt J. M.": ["Osman M", "McDonald E", "DeWitt JM"],
    "Castle, P E and Rodriguez, A C": ["Castle P E", "Rodriguez A C"],
    "Asemota, E. A.; Okafor, I. M.;": ["Asemota E. A.", "Okafor I. M."],
    "World Health Organization": ["World Health Organization"],
    "Smith, John": ["Smith John"],
    "Anonymous": ["Anonymous"],
    "": [],
}


@pytest.mark.parametrize("cell", CELLS)
def test_names_that_ran_together_are_told_apart(cell: str) -> None:
    assert [str(author) for author in read_authors(cell)] == CELLS[cell]


def test_a_half_never_changes() -> None:
    """blake2b of the work's name, one byte: somebody else's tuning must mean the same halves."""
    halves = "".join(half_of(f"id_{number:07}") for number in range(1, 13))
    assert halves == "BBABABBABBBB"


def test_an_absent_set_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(SetAbsent, match="make bench"):
        read_set("stroke", shared=tmp_path, peer=tmp_path)


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", [name for name in SETS if name not in {"copper", "srsr", "depression"}]
)
def test_the_package_holds_what_shared_holds(name: str, shared: Path, tmp_path: Path) -> None:
    if not PEER.is_dir():
        pytest.skip("bib-dedupe is not here; `make bench` installs it")
    ours = read_set(name, shared=shared / "data/dedup")
    theirs = read_set(name, shared=tmp_path)
    columns = theirs.rows[0].keys()
    assert [{c: row[c] for c in columns} for row in ours.rows] == list(theirs.rows)
