"""Files that people bring → the store → RIS: no field is lost on the way."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from db import records as record_rows
from db.session import Store
from surveillance.records import Captured
from surveillance.records.ris import ris_fields
from surveillance.records.ris_writing import to_ris
from surveillance.sources.files import read_export
from tests.world import fresh_store

DAY = date(2024, 8, 2)
RIS = """\
<1>
TY  - JOUR
AN  - 2030000001
T1  - Targeted muscle
reinnervation — Müller’s way
A1  - Okoye A.B.
A1  - Okoye A.B.
KW  - amputation
N2  - Pain.
KW  - *neuroma
XX  - a tag of their own
ZZ  -
M3  - https://dx.doi.org/10.5555/stumps.1
PT  - Article
ER  - Copyright 2024
"""
FIELDS = [
    ("TY", "JOUR"),
    ("AN", "2030000001"),
    ("T1", "Targeted muscle reinnervation — Müller’s way"),
    ("A1", "Okoye A.B."),
    ("A1", "Okoye A.B."),
    ("KW", "amputation"),
    ("N2", "Pain."),
    ("KW", "*neuroma"),
    ("XX", "a tag of their own"),
    ("ZZ", ""),
    ("M3", "https://dx.doi.org/10.5555/stumps.1"),
    ("PT", "Article"),
]
OTHERS = {
    "EndNote XML": (
        "<xml><records><record><contributors><authors><author>Okoye, A. B.</author></authors>"
        "</contributors><titles><title>A stump</title></titles><accession-num>2030000001"
        "</accession-num></record></records></xml>"
    ),
    "Ovid tagged": "<1. >\nVN  - Ovid\nUI  - 2030000001\nTI  - A stump\nAU  - Okoye AB\n",
    "Ovid labelled": "<1>\nAccession Number\n  2030000001\nTitle\n  A stump\nAuthor\n  Okoye AB\n",
    "CSV": "Accession Number,Title,Authors\n2030000001,A stump,Okoye AB\n",
    "Embase.com's rows": '"TITLE","A stump"\n"AUTHOR NAMES","Okoye AB"\n"PUI","2030000001"\n',
}


def kept(tmp_path: Path, content: bytes) -> Captured:
    """What the store gives back of a file that was taken in as an export of Embase."""
    path = tmp_path / "export"
    path.write_bytes(content)
    export = read_export(path, "Embase")
    with fresh_store(tmp_path) as store:
        return _through(store, export.captured)


def _through(store: Store, captured: tuple[Captured, ...]) -> Captured:
    with store.transaction() as session:
        record_rows.save_captured(session, captured, topic="topic", route="imported", seen_on=DAY)
    with store.transaction() as session:
        [stored] = record_rows.records_of(session, "topic")
        payload = record_rows.load_payload(session, captured[0].payload.sha256)
        return Captured(stored.record, payload)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_ris_through_the_store_has_every_tag_and_value_in_its_order(
    tmp_path: Path, encoding: str
) -> None:
    item = kept(tmp_path, RIS.encode(encoding))
    assert ris_fields(to_ris(item)) == FIELDS
    assert item.record.source == "embase"


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_every_other_format_comes_out_of_the_store_as_ris(tmp_path: Path, text: str) -> None:
    item = kept(tmp_path, text.encode())
    path = tmp_path / "again.ris"
    path.write_text(to_ris(item))
    [again] = read_export(path, "Embase").captured
    assert again.record == item.record
    assert again.record.title == "A stump"
    assert str(again.record.authors[0]) == "Okoye AB"
