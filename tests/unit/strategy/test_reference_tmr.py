"""The published MEDLINE strategy for targeted muscle reinnervation, line by line, on records."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from itertools import islice, product
from pathlib import Path

import pytest

from surveillance.records.model import IndexedHeading, Qualifier, Record
from surveillance.records.pubmed_xml import latest_versions, read_pubmed_xml
from surveillance.strategy.evaluate.reference import evaluate, evaluate_lines
from surveillance.strategy.evaluate.verdict import Verdict
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.strategy import Strategy

TOPIC = Path(__file__).parents[3] / "search_strategies" / "targeted_muscle_reinnervation"


@pytest.fixture(scope="module")
def tmr() -> Strategy:
    return read_strategy((TOPIC / "medline.ovid.txt").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def mesh() -> MeshTree:
    return MeshTree.load(TOPIC / "mesh.tsv")


def record(title: str, abstract: str, *headings: IndexedHeading) -> Record:
    return Record(
        source="pubmed", source_id="1", title=title, abstract=abstract, mesh=headings, status=""
    )


HUMANS, ANIMALS = IndexedHeading("Humans"), IndexedHeading("Animals")
TRIAL = record(
    "Targeted muscle reinnervation at the time of major limb loss",
    "TMR is a nerve re-routing. We amputated; residual limb and phantom pain were severe.",
    HUMANS,
    IndexedHeading("Disarticulation"),
    IndexedHeading("Muscle, Skeletal", qualifiers=(Qualifier("innervation", major=True),)),
)
RATS = record(
    "Nerve transplantation after amputation in rats",
    "Neuropathic and chronic pain of neurodynia.",
    ANIMALS,
    IndexedHeading("Neuralgia", major=True),
)
LOOK_ALIKE = record("TMR in dairy cows", "A total mixed ration was fed.", ANIMALS)


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        (TRIAL, {1, 2, 4, 6, 10, 11, 14, 16, 18, 19, 22, 28, 29, 31}),
        (RATS, {4, 10, 14, 16, 24, 25, 27, 28, 29, 30}),
        (LOOK_ALIKE, {2, 10, 30}),
    ],
    ids=["trial", "rats", "look-alike"],
)
def test_each_line_finds_what_it_says(
    tmr: Strategy, mesh: MeshTree, found: Record, lines: set[int]
) -> None:
    verdicts = evaluate_lines(tmr, found, mesh=mesh)
    assert len(verdicts) == 31
    matched = {number for number, verdict in verdicts.items() if verdict is Verdict.MATCH}
    assert matched == lines
    assert {number for number in verdicts if number not in matched} == {
        number for number, verdict in verdicts.items() if verdict is Verdict.NO_MATCH
    }


def test_the_repaired_line_searches_its_whole_group_in_title_and_abstract(
    tmr: Strategy, mesh: MeshTree
) -> None:
    severe = record("Severe but bearable pain", "-")
    keyword_only = Record(
        source="pubmed",
        source_id="1",
        title="-",
        abstract="-",
        mesh=(),
        keywords=("severe pain",),
    )
    assert evaluate(tmr, severe, mesh=mesh, line=22) is Verdict.MATCH
    assert evaluate(tmr, keyword_only, mesh=mesh, line=22) is Verdict.NO_MATCH


def test_a_new_record_without_headings_is_open_until_they_arrive(
    tmr: Strategy, mesh: MeshTree
) -> None:
    new = Record(
        source="pubmed", source_id="1", title=TRIAL.title, abstract=TRIAL.abstract, mesh=None
    )
    assert evaluate(tmr, new, mesh=mesh, line=29) is Verdict.MATCH
    assert evaluate(tmr, new, mesh=mesh) is Verdict.CANNOT_TELL
    assert evaluate(tmr, TRIAL, mesh=mesh) is Verdict.MATCH


# A second reading of some lines, by regular expressions, on real records.


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _any(pattern: str) -> Callable[[str], bool]:
    return lambda text: any(re.fullmatch(pattern, word) for word in _words(text))


def _near(one: str, other: str, farthest: int) -> Callable[[str], bool]:
    """Two different words, each of one pattern, at most `farthest` steps from each other."""

    def positions(pattern: str, words: list[str]) -> list[int]:
        return [at for at, word in enumerate(words) if re.fullmatch(pattern, word)]

    def holds(text: str) -> bool:
        pairs = product(positions(one, _words(text)), positions(other, _words(text)))
        return any(0 < abs(here - there) <= farthest for here, there in pairs)

    return holds


SECOND_READINGS = {
    4: _near(r"nerve.*", r"(transfer|transplant|rerout|crossover|dock|regenerat).*", 4),
    7: _near(r"muscle.*", r"skeletal.*|voluntary|tibial|gastrocnemius|plantaris|soleus", 4),
    14: _any(r"amputat.*"),
    22: _near(r"pain.*", r"(refract|intractab|severe|constant|debilitating).*", 4),
    25: _any(r"(neurit|neuralg|polyneurit|neurodynia).*"),
}


@pytest.fixture(scope="module")
def real_records(shared: Path) -> tuple[Record, ...]:
    with gzip.open(shared / "data" / "pubmed" / "pubmed21n1298.xml.gz") as stream:
        entries: Iterator[object] = islice(read_pubmed_xml(stream), 3_000)
        return tuple(found.record for found in latest_versions(entries))  # type: ignore[arg-type]


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("number", SECOND_READINGS)
def test_lines_find_in_real_records_what_a_second_reading_finds(
    tmr: Strategy, real_records: tuple[Record, ...], number: int
) -> None:
    holds = SECOND_READINGS[number]
    found = {r.source_id for r in real_records if evaluate(tmr, r, line=number) is Verdict.MATCH}
    assert found
    assert found == {
        r.source_id
        for r in real_records
        if holds(r.title) or any(map(holds, r.passages("abstract") or ()))
    }
