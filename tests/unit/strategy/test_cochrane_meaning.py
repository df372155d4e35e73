"""What Cochrane and INAHTA lines find among five records: read from text, both engines."""

from __future__ import annotations

from datetime import date

import pytest

from surveillance.records.model import IndexedHeading, Qualifier, Record, RecordDates
from surveillance.strategy.evaluate.positional import Index, evaluate_all, numbers
from surveillance.strategy.evaluate.reference import evaluate
from surveillance.strategy.evaluate.semantics import NearCount, Semantics
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.parse import read_strategy

TREE = MeshTree.of(
    [
        ("Amputation, Surgical", "E04.080"),
        ("Disarticulation", "E04.080.300"),
        ("Peripheral Nerves", "A08.800.800"),
    ],
    year=2024,
)


def record(
    identifier: str,
    title: str,
    abstract: str,
    *headings: IndexedHeading,
    year: int,
    journal: str = "",
) -> Record:
    return Record(
        source="pubmed",
        source_id=identifier,
        title=title,
        abstract=abstract,
        mesh=headings,
        journal=journal,
        dates=RecordDates(published=date(year, 6, 1)),
    )


SURGERY, TRANSPLANTATION = Qualifier("surgery"), Qualifier("transplantation")
RECORDS = (
    record(
        "1",
        "Targeted muscle reinnervation",
        "Nerve pain after the transfer of one nerve.",
        IndexedHeading("Peripheral Nerves", qualifiers=(SURGERY,)),
        year=2019,
    ),
    record(
        "2",
        "Muscle that was targeted",
        "Reinnervation was not the aim. Re-routing of nerves.",
        IndexedHeading("Disarticulation", major=True),
        year=2021,
        journal="Pain",
    ),
    record(
        "3",
        "Phantom limb: a trial",
        "Pain in the phantom a b c d e f limb.",
        IndexedHeading("Amputation, Surgical", qualifiers=(TRANSPLANTATION,)),
        year=2005,
    ),
    record("4", "Antidepressants for Crohn's disease", "Quality of life.", year=2012),
    record("5", "Women and one woman", "Nothing to report.", year=2020),
)

# Line, and the records that it finds.
COCHRANE = {
    "targeted muscle reinnervation": "12",
    '"targeted muscle reinnervation"': "1",
    "(targeted next muscle):ti": "1",
    "muscle near/1 targeted": "1",
    "muscle near/2 targeted": "12",
    "nerve near/4 transfer": "1",
    "pain near/6 limb": "",
    "(phantom near limb):ab": "3",
    "(phantom near/5 limb):ab": "",
    "re-rout*": "2",
    "*depress*": "4",
    "Crohn's": "4",
    "wom?n:ti": "5",
    "pain": "123",
    "pain:ti,ab,kw": "13",
    "pain:so": "2",
    "nerves:kw": "1",
    "MeSH descriptor: [Amputation, Surgical] explode all trees": "23",
    "MeSH descriptor: [Amputation, Surgical] this term only": "3",
    '[mh "Amputation, Surgical"[mj]]': "2",
    "MeSH descriptor: [Peripheral Nerves] explode all trees and with qualifier(s): "
    "[surgery - SU]": "1",
    '[mh "Peripheral Nerves"/TR]': "",
    "[mh /SU]": "1",
    "[mh /SU,TR]": "13",
    "[mh disart*]": "2",
    "#1 not #2": "3",
    "{or #1-#2}": "123",
    "#1 with Publication Year from 2019 to 2020": "1",
    "#1, from 2005 to 2019": "13",
}

INAHTA = {
    "targeted muscle reinnervation": "12",
    '"targeted muscle"': "1",
    '"Amputation, Surgical"[mhe]': "23",
    '"Amputation, Surgical"[mh]': "3",
    "(pain OR muscle)[title]": "12",
    "pain NOT #2": "3",
    "pain FROM 2019 TO 2021": "12",
}

BEFORE = "#1 pain\n#2 muscle\n#3 "
CASES = [
    *(("cochrane", text, found) for text, found in COCHRANE.items()),
    *(("inahta", text, found) for text, found in INAHTA.items()),
]


@pytest.mark.parametrize(("dialect", "text", "found"), CASES)
def test_a_line_finds_these_records_and_no_others(dialect: str, text: str, found: str) -> None:
    strategy = read_strategy(BEFORE + text, dialect)
    verdicts = {r.source_id: evaluate(strategy, r, mesh=TREE) for r in RECORDS}
    assert "".join(n for n, verdict in verdicts.items() if verdict is Verdict.MATCH) == found
    assert Verdict.CANNOT_TELL not in verdicts.values()


@pytest.mark.parametrize(("dialect", "text", "found"), CASES)
def test_the_positional_engine_finds_the_same(dialect: str, text: str, found: str) -> None:
    strategy = read_strategy(BEFORE + text, dialect)
    (lines,) = evaluate_all([strategy], Index.of(RECORDS, Semantics()), mesh=TREE)
    assert "".join(RECORDS[place].source_id for place in numbers(lines[3].match)) == found


@pytest.mark.parametrize(("near", "found"), [(NearCount.BETWEEN, "12"), (NearCount.STEPS, "1")])
def test_what_near_counts_is_a_switch(near: NearCount, found: str) -> None:
    strategy = read_strategy("muscle near/2 targeted", "cochrane")
    options = Semantics(cochrane_near=near)
    verdicts = {r.source_id: evaluate(strategy, r, options=options) for r in RECORDS}
    assert "".join(n for n, verdict in verdicts.items() if verdict is Verdict.MATCH) == found


@pytest.mark.parametrize("text", ["#1 in Trials", "pain:an"])
def test_what_records_do_not_say_stays_open(text: str) -> None:
    strategy = read_strategy(BEFORE + text, "cochrane")
    assert evaluate(strategy, RECORDS[0], mesh=TREE) is Verdict.CANNOT_TELL
