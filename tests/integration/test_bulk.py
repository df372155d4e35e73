"""The bulk route against E-utilities: the same records, the same store; and every way to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from db.runs import INPUT
from surveillance.errors import SourceFailed, SurveillanceError, UnreadableInput
from surveillance.pipeline.bulk import plan_bulk, run_bulk
from surveillance.settings import Settings
from surveillance.simulator import Fault, Simulator
from surveillance.strategy.mesh import MeshTree
from tests.nlm import (
    Article,
    Both,
    article_set,
    facts,
    put_file,
    put_md5,
    put_topic,
    settings_for,
    topics_of,
)
from tests.world import contents

FIRST, LATE, AFTERWARDS = date(2026, 1, 10), date(2026, 1, 18), date(2026, 1, 30)
NAMES = [f"pubmed26n{number:04}.xml.gz" for number in range(1335, 1338)]
TREE = (
    "DescriptorUI\tDescriptorName\ttree_location\nD1\tStroke\tC10\n"
    "D2\tBrain Infarction\tC10.100\nD3\tDiabetes Mellitus\tC18\n"
)

STROKE = Article(101, "Stroke in the young", FIRST, abstract="Aspirin after a first stroke.")
NERVE = Article(102, "Transfer of the ulnar nerve", FIRST, abstract="A nerve was moved.")
OLD = Article(103, "Sepsis at the turn of the century", date(2025, 3, 1), revised=FIRST)
EARLIER = [STROKE, NERVE, OLD, Article(104, "Stroke and flight", FIRST)]
LATER = [
    replace(STROKE, title="Stroke in the young: a trial", revised=LATE),
    Article(105, "Nerves that transfer", LATE, abstract="Of the nerve a part was moved."),
    replace(OLD, title="Stroke or sepsis", headings=("Brain Infarction",), indexed=LATE),
    Article(106, "First of two versions of stroke", LATE),
    Article(106, "The second version", LATE, version=2, abstract="Stroke."),
    Article(107, "A late addition on stroke", date(2024, 5, 5), revised=date(2024, 5, 6)),
    Article(108, "Diabetes", LATE, headings=("Diabetes Mellitus",)),
    Article(109, "Stroke, deleted on the day it came", LATE),
]
TOPICS = {
    "stroke": "1. exp Stroke/\n2. stroke.tw.\n3. 1 or 2\n",
    "nerves": "1. (nerve* adj4 transfer*).tw.\n",
    "diabetes": "1. Diabetes Mellitus/\n2. diabet*.tw.\n3. 1 or 2\n4. 3 not stroke.tw.\n",
}


Item = TypeVar("Item")


def rows(settings: Settings, table: str) -> list[dict[str, Any]]:
    return contents(settings.store_url)[table]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    """PubMed before and after three update files; both workspaces were searched by the first."""
    updates = tmp_path / "files" / "updatefiles"
    day_before = article_set([Article(90, "Old", FIRST - timedelta(days=1))])
    parts = [day_before, article_set(EARLIER), article_set(LATER, deleted=[104, 109])]
    for name, content in zip(NAMES, parts, strict=True):
        put_file(updates, name, content)
    for day, content in ((FIRST, parts[1]), (LATE, parts[2])):
        folder = tmp_path / "holdings" / day.isoformat()
        folder.mkdir(parents=True)
        (folder / "pubmed.xml").write_bytes(content)
    mesh = tmp_path / "mesh.tsv"
    mesh.write_text(TREE)
    with Simulator.open(
        tmp_path / "holdings",
        FIRST,
        rate_limit=False,
        phrase_index=False,
        mesh=MeshTree.load(mesh),
        files=tmp_path / "files",
    ) as simulator:
        yield Both.searched(tmp_path, simulator, TOPICS, mesh, until=FIRST)


def test_the_files_bring_what_e_utilities_bring(both: Both) -> None:
    before = facts(both.read)
    both.ask(both.asked, LATE)
    both.bulk(LATE)
    assert facts(both.read) != before
    assert facts(both.read) == facts(both.asked)


def test_a_file_is_applied_once(both: Both) -> None:
    both.bulk(LATE)
    after = facts(both.read)
    both.simulator.requests.clear()
    both.bulk(AFTERWARDS)
    assert {name for name, _ in applied(both)} == set(NAMES)
    asked = [one.path for one in both.simulator.requests]
    assert not [path for path in asked if path.endswith(".xml.gz")]
    assert kept(facts(both.read)) == kept(after)


def test_what_comes_into_play_after_its_file_was_applied_is_asked_for(both: Both) -> None:
    both.bulk(LATE)
    file = both.read.topics_folder / "stroke" / "known_items.csv"
    item = "new,table 2,A citation,Transfer of the ulnar nerve,A B,2026,A Journal,,,,,102,,"
    file.write_text(f"{file.read_text()}{item}\n", encoding="utf-8")
    both.bulk(AFTERWARDS)
    (nerve,) = (row["id"] for row in rows(both.read, "record") if row["source_id"] == "102")
    routes = {
        row["topic"]: row["route"]
        for row in rows(both.read, "topic_record")
        if row["record_id"] == nerve
    }
    assert routes == {"nerves": "created", "stroke": "followed"}


def kept(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """What a run without news leaves as it is."""
    return {name: found[name] for name in ("record", "record_version", "report", "watermark")}


def applied(both: Both) -> set[tuple[str, str]]:
    return {(row["name"], row["topic"]) for row in rows(both.read, "applied_file")}


def test_the_watermark_goes_as_far_as_the_files(both: Both) -> None:
    both.bulk(AFTERWARDS)
    assert {row["covered_until"] for row in rows(both.read, "watermark")} >= {LATE.isoformat()}
    searches = [row for row in rows(both.read, "search") if "NLM's files" in str(row["warnings"])]
    assert {row["searched_on"] for row in searches} == {LATE.isoformat()}
    assert len(searches) == len(TOPICS)


def test_a_file_beyond_the_day_is_read_again(both: Both) -> None:
    """What it holds of later days belongs to the next run, which must find it there."""
    before = LATE - timedelta(days=1)
    both.bulk(before)
    assert {name for name, _ in applied(both)} == set(NAMES[:2])
    both.bulk(LATE)
    assert {name for name, _ in applied(both)} == set(NAMES)
    both.ask(both.asked, LATE)
    assert titles(both.read) == titles(both.asked)


def titles(settings: Settings) -> set[str]:
    return {row["content"]["title"] for row in rows(settings, "record_version")}


def test_a_file_given_out_anew_is_applied_again_with_all_behind_it(both: Both) -> None:
    both.bulk(LATE)
    anew = article_set([*EARLIER, Article(120, "A stroke that was forgotten", FIRST)])
    put_file(both.files, NAMES[1], anew)
    both.bulk(AFTERWARDS)
    assert "A stroke that was forgotten" in titles(both.read)
    newest = rows(both.read, "search")[-1]
    assert NAMES[1] in str(newest["warnings"])
    assert "pubmed26n1336.xml.gz to pubmed26n1337.xml.gz" in str(newest["warnings"])
    # What the later file brought stays the newest.
    of_stroke = [r for r in rows(both.read, "record_version") if r["content"]["pmid"] == "101"]
    assert of_stroke[-1]["content"]["title"].endswith("a trial")


def test_topics_at_different_files_are_read_for_together(both: Both) -> None:
    [diabetes, *others] = topics_of(both.read)
    run_bulk([diabetes], both.read, until=LATE)
    both.simulator.requests.clear()
    run_bulk([diabetes, *others], both.read, until=AFTERWARDS)
    paths = [one.path.rpartition("/")[2] for one in both.simulator.requests]
    assert [path for path in paths if path.endswith(".gz")] == NAMES
    both.ask(both.asked, LATE)
    assert titles(both.read) == titles(both.asked)


@pytest.mark.sqlite
def test_a_folder_serves_as_well_as_a_server(both: Both) -> None:
    both.bulk(LATE, place=str(both.files.parent))
    both.ask(both.asked, LATE)
    assert facts(both.read) == facts(both.asked)


@pytest.mark.sqlite
def test_a_plan_reads_and_stores_nothing(both: Both) -> None:
    before = contents(both.read.store_url)
    steps = plan_bulk(topics_of(both.read), both.read)
    assert [step.files for step in steps] == [tuple(NAMES)] * len(TOPICS)
    assert {step.covered_until for step in steps} == {FIRST}
    assert contents(both.read.store_url) == before


FAULTS: dict[str, tuple[Callable[[Both], object], str]] = {
    "damaged": (lambda both: damage(both.files / NAMES[2]), "its MD5 is"),
    "cut short": (lambda both: cut(both.files / NAMES[2]), "cannot be read"),
    "a web page": (
        lambda both: put_file(both.files, NAMES[2], b"<html><body>Sorry</body></html>"),
        "web page",
    ),
    "missing": (lambda both: (both.files / NAMES[1]).unlink(), f"{NAMES[1]} is missing"),
    "without MD5": (lambda both: (both.files / f"{NAMES[2]}.md5").unlink(), "no MD5"),
    "MD5 of another": (
        lambda both: (both.files / f"{NAMES[2]}.md5").write_text(
            (both.files / f"{NAMES[1]}.md5").read_text()
        ),
        "no MD5",
    ),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("at_server", [True, False], ids=["server", "folder"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_fails_leaves_every_topic_as_it_was(
    both: Both, fault: str, at_server: bool
) -> None:
    do, says = FAULTS[fault]
    do(both)
    before = without_attempts(both.read)
    with pytest.raises(SourceFailed, match=says) as raised:
        both.bulk(LATE, place="" if at_server else str(both.files))
    assert NAMES[1] in str(raised.value) or NAMES[2] in str(raised.value)
    assert without_attempts(both.read) == before


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-9] ^= 0xFF
    file.write_bytes(content)


def cut(file: Path) -> None:
    """Half a file, whose MD5 is that of the half."""
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    put_md5(file)


def without_attempts(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    found = contents(settings.store_url)
    found["payload"] = [row for row in found["payload"] if row["media_type"] != INPUT]
    return {name: found[name] for name in found if name not in {"run", "stage"}}


@pytest.mark.sqlite
@pytest.mark.parametrize("fault", [Fault.truncated, Fault.reset_midway])
def test_a_download_that_breaks_off_begins_anew(both: Both, fault: Any) -> None:
    both.simulator.faults.append(fault(path=NAMES[2]))
    both.bulk(LATE)
    both.ask(both.asked, LATE)
    assert facts(both.read) == facts(both.asked)


@pytest.mark.sqlite
def test_a_gap_behind_what_is_covered_is_refused(both: Both) -> None:
    (both.files / NAMES[0]).unlink()
    (both.files / NAMES[1]).unlink()
    before = without_attempts(both.read)
    with pytest.raises(UnreadableInput, match="what lies between may be missing"):
        both.bulk(LATE)
    assert without_attempts(both.read) == before


@pytest.mark.sqlite
def test_a_topic_that_was_never_searched_needs_the_baseline(both: Both) -> None:
    put_topic(both.read.workspace, "new", "1. stroke.tw.\n")
    before = without_attempts(both.read)
    with pytest.raises(UnreadableInput, match="new has a strategy that was never searched"):
        both.bulk(LATE)
    assert without_attempts(both.read) == before


def test_the_baseline_and_the_updates_are_all_of_pubmed(both: Both, tmp_path: Path) -> None:
    """A new topic from the files alone equals one that asks from the beginning."""
    place = tmp_path / "whole"
    put_file(place / "baseline", "pubmed26n0001.xml.gz", article_set(EARLIER), form="md5sum")
    newer = article_set(LATER, deleted=[104, 109])
    put_file(place / "updatefiles", "pubmed26n0001.xml.gz", article_set([STROKE]))
    put_file(place / "updatefiles", "pubmed26n0002.xml.gz", newer)
    fresh = settings_for(tmp_path / "fresh", both.simulator)
    asked = settings_for(tmp_path / "fresh-asked", both.simulator)
    for settings in (fresh, asked):
        (settings.workspace / "mesh.tsv").write_text(TREE)
        put_topic(settings.workspace, "stroke", TOPICS["stroke"])
    both.ask(asked, LATE)
    run_bulk(topics_of(fresh), fresh, place=str(place), until=LATE)
    assert facts(fresh) == facts(asked)
    assert "Older than the baseline" in str(rows(fresh, "search")[-1]["warnings"])


@pytest.mark.sqlite
def test_exploding_without_a_tree_is_refused(both: Both) -> None:
    (both.read.workspace / "mesh.tsv").unlink()
    both.ask(both.read, FIRST)
    with pytest.raises(SurveillanceError, match="surveil mesh update"):
        both.bulk(LATE)


class _Interrupts:
    """Somebody who presses Ctrl-C when a stage begins."""

    def __init__(self, stage: str) -> None:
        self._stage = stage

    def follow(self, items: Iterable[Item], what: str, total: int) -> Iterator[Item]:
        if what == self._stage:
            raise KeyboardInterrupt
        return iter(items)


@pytest.mark.parametrize("stage", ["Reading NLM's files", "Verifying"])
def test_an_interrupted_run_goes_on_where_it_stopped(both: Both, stage: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        both.bulk(LATE, progress=_Interrupts(stage))
    both.bulk(LATE)
    both.ask(both.asked, LATE)
    assert facts(both.read) == facts(both.asked)
    assert {row["state"] for row in rows(both.read, "run")} == {"finished"}
