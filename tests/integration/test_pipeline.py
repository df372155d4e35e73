"""What the stages do with a change: judged again, merged and undone, imported twice, held back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from db import records as record_rows
from db import reports as report_rows
from db import runs as run_rows
from db import studies as study_rows
from db.session import Store
from surveillance.dedup.decide import Verdict
from surveillance.errors import SourceFailed, UnreadableInput
from surveillance.pipeline.demonstration import LATER_WEEK, PUBLISHED_SEARCH, SNAPSHOT
from surveillance.pipeline.importing import ImportRequest
from surveillance.pipeline.in_play import records_in_play
from surveillance.pipeline.planning import Span, plan
from surveillance.pipeline.running import STAGES, import_file, run_topic
from surveillance.records import Captured, Payload
from surveillance.records.json_lines import to_json
from surveillance.records.pubmed_xml import read_pubmed_xml
from tests.world import World, contents, copy_of, world

EMBASE = SNAPSHOT / PUBLISHED_SEARCH.isoformat() / "exports" / "embase.ris"


@pytest.fixture(scope="module")
def imported_once(
    searched_once: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A workspace in which the published search has run and Embase was imported."""
    with copy_of(searched_once, tmp_path_factory.mktemp("imported") / "workspace") as made:
        request = ImportRequest(EMBASE, "Embase", PUBLISHED_SEARCH, expected=39)
        import_file(made.topic, request, made.settings)
        yield made


@pytest.fixture
def searched(imported_once: World, tmp_path: Path) -> Iterator[World]:
    """The same for one test, which may change it."""
    with copy_of(imported_once, tmp_path / "workspace") as made:
        yield made


def rows(world: World, table: str) -> list[dict[str, Any]]:
    return contents(world.settings.store_url)[table]


def newest_verdicts(world: World) -> Counter[str]:
    newest = {row["record_version_id"]: row["verdict"] for row in rows(world, "match")}
    return Counter(newest.values())


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_when_the_strategy_changes_every_record_is_judged_again(searched: World) -> None:
    judged = len(rows(searched, "match"))
    assert newest_verdicts(searched)["no match"]
    # Without line 30 nothing is taken out: what was no match for being an animal study matches.
    edit(searched.topic.folder / "medline.ovid.txt", "31 , 29 not 30 , 386", "31 , 29 or 29 , 386")
    run_topic(searched.topic, searched.settings, until=PUBLISHED_SEARCH)
    assert len(rows(searched, "match")) >= 2 * judged
    assert len({row["strategy_hash"] for row in rows(searched, "match")}) == 2


def test_a_strategy_changed_and_changed_back_has_its_first_verdicts_again(searched: World) -> None:
    before = rows(searched, "report_record"), in_play(searched)
    file = searched.topic.folder / "medline.ovid.txt"
    edit(file, "31 , 29 not 30 , 386", "31 , 29 not 29 , 386")
    run_topic(searched.topic, searched.settings, until=PUBLISHED_SEARCH)
    assert in_play(searched) < before[1]
    edit(file, "31 , 29 not 29 , 386", "31 , 29 not 30 , 386")
    run_topic(searched.topic, searched.settings, until=PUBLISHED_SEARCH)
    assert (rows(searched, "report_record"), in_play(searched)) == before


def in_play(world: World) -> frozenset[int]:
    store = Store(world.settings.store_url)
    with store.transaction() as session:
        found = frozenset(stored.id for stored in records_in_play(session, world.topic))
    store.close()
    return found


def test_when_mesh_comes_what_could_not_be_told_is_told(searched: World) -> None:
    undecided = newest_verdicts(searched)["cannot tell"]
    assert undecided
    for row in rows(searched, "match"):
        assert row["judged_on"] == PUBLISHED_SEARCH.isoformat()
    searched.simulator.as_of = LATER_WEEK
    run_topic(searched.topic, searched.settings, until=LATER_WEEK)
    versions = {row["id"]: row for row in rows(searched, "record_version")}
    revised = {row["record_id"] for row in versions.values() if row["sequence"] > 1}
    assert revised
    again = {
        versions[row["record_version_id"]]["record_id"]
        for row in rows(searched, "match")
        if row["judged_on"] == LATER_WEEK.isoformat()
    }
    assert revised <= again


def test_when_the_criteria_change_every_report_is_screened_again(searched: World) -> None:
    before = rows(searched, "screening_decision")
    text = searched.topic.criteria_file.read_text(encoding="utf-8")
    searched.topic.criteria_file.write_text(f"# A remark.\n{text}", encoding="utf-8")
    run_topic(searched.topic, searched.settings, until=PUBLISHED_SEARCH)
    added = rows(searched, "screening_decision")[len(before) :]
    by_rule = {row["report_id"] for row in before if row["made_by"] == "rule"}
    reports = {row["report_id"] for row in rows(searched, "report_record")}
    assert {row["report_id"] for row in added} == by_rule & reports
    assert all(row["supersedes"] and row["made_by"] == "rule" for row in added)


def test_a_merge_that_a_person_undoes_stays_undone_and_can_be_made_again(searched: World) -> None:
    clusters = Counter(row["report_id"] for row in rows(searched, "report_record"))
    report_id, size = clusters.most_common(1)[0]
    assert size > 1
    a, b = sorted(
        row["record_id"] for row in rows(searched, "report_record") if row["report_id"] == report_id
    )[:2]
    decide(searched, a, b, Verdict.DIFFERENT)
    assert together(searched, a, b) is False
    decide(searched, a, b, Verdict.SAME)
    assert together(searched, a, b) is True
    chain = [
        row
        for row in rows(searched, "pair_decision")
        if (row["record_a"], row["record_b"]) == (a, b)
    ]
    assert [row["verdict"] for row in chain] == ["same", "different", "same"]


def decide(world: World, a: int, b: int, verdict: Verdict) -> None:
    """A person's word on a pair, and the run after it."""
    store = Store(world.settings.store_url)
    with store.transaction() as session:
        slug = world.topic.slug
        before = next(
            d for d in report_rows.decisions_of(session, slug) if (d.record_a, d.record_b) == (a, b)
        )
        report_rows.save_decisions(
            session,
            slug,
            [replace(before, verdict=verdict, rule="a person looked", by_person=True)],
            made_by="reviewer",
            rule_version="",
            today=PUBLISHED_SEARCH,
        )
    store.close()
    run_topic(world.topic, world.settings, until=PUBLISHED_SEARCH)


def together(world: World, a: int, b: int) -> bool:
    places = {row["record_id"]: row["report_id"] for row in rows(world, "report_record")}
    return bool(places[a] == places[b])


def test_the_same_export_imported_again_adds_nothing(searched: World) -> None:
    before = searched.facts()
    imported, _ = import_file(
        searched.topic, ImportRequest(EMBASE, "embase", PUBLISHED_SEARCH), searched.settings
    )
    assert (imported.records, imported.new) == (39, 0)
    assert searched.facts() == before


def test_a_count_that_differs_from_the_databases_own_is_said(searched: World) -> None:
    imported, _ = import_file(
        searched.topic,
        ImportRequest(EMBASE, "Embase", PUBLISHED_SEARCH, expected=438),
        searched.settings,
    )
    assert any("39" in remark and "438" in remark for remark in imported.remarks)


def test_an_empty_registry_is_taken_for_an_outage(searched: World) -> None:
    watermark = rows(searched, "watermark")
    searched.simulator.as_of = date(2000, 1, 1)
    with pytest.raises(SourceFailed):
        run_topic(searched.topic, searched.settings, until=LATER_WEEK)
    moved = [row for row in rows(searched, "watermark") if row["source"] == "clinicaltrials"]
    assert moved == [row for row in watermark if row["source"] == "clinicaltrials"]
    assert not rows(searched, "signal")


def test_a_window_that_leaves_a_gap_does_not_move_the_watermark(searched: World) -> None:
    searched.simulator.as_of = LATER_WEEK
    run_topic(searched.topic, searched.settings, until=LATER_WEEK, since=date(2025, 1, 1))
    marks = {row["strategy"]: row["covered_until"] for row in rows(searched, "watermark")}
    assert marks["medline"] == "2024-08-02"
    run_topic(searched.topic, searched.settings, until=LATER_WEEK)
    marks = {row["strategy"]: row["covered_until"] for row in rows(searched, "watermark")}
    assert marks["medline"] == "2025-01-31"


def test_a_dry_run_asks_nothing_and_writes_nothing(searched: World) -> None:
    asked, before = len(searched.simulator.requests), contents(searched.settings.store_url)
    questions = plan(searched.topic, searched.settings, Span(LATER_WEEK))
    assert [(question.source, question.strategy) for question in questions] == [
        ("PubMed", "medline"),
        ("PubMed", "medline, all of it"),
        ("PubMed", "known items and reports in play, by PMID"),
        ("ClinicalTrials.gov", "watch list"),
        ("ClinicalTrials.gov", "trials query"),
        ("ClinicalTrials.gov", "medline"),
        ("Europe PMC", "medline"),
        ("Europe PMC", "who cites the known items"),
    ]
    assert str(questions[0].window) == "2024-07-26 to 2025-01-31"
    in_full = plan(searched.topic, searched.settings, Span(LATER_WEEK, full=True))
    assert str(in_full[0].window) == "the beginning to 2025-01-31"
    assert len(searched.simulator.requests) == asked
    assert contents(searched.settings.store_url) == before


def test_a_run_keeps_what_it_was_computed_from(searched: World) -> None:
    run = next(row for row in rows(searched, "run") if row["kind"] == run_rows.SURVEILLANCE)
    assert {"medline.ovid.txt", "criteria.toml", "mesh.tsv", "topic.toml"} <= set(
        run["input_hashes"]
    )
    assert set(run["rule_versions"]) == {
        "program", "evaluation", "dedup", "screening", "links", "signals",
    }  # fmt: skip
    assert run["clock"].startswith("2024-08-02")


def test_every_record_of_pubmed_can_be_read_again_from_its_payload(searched: World) -> None:
    pubmed = {row["id"] for row in rows(searched, "record") if row["source"] == "pubmed"}
    versions = [row for row in rows(searched, "record_version") if row["record_id"] in pubmed]
    assert len(versions) > 50
    store = Store(searched.settings.store_url)
    with store.transaction() as session:
        for version in versions:
            payload = record_rows.load_payload(session, version["payload_sha256"])
            (entry,) = read_pubmed_xml(BytesIO(payload.content))
            assert isinstance(entry, Captured)
            assert json.loads(json.dumps(to_json(entry.record))) == version["content"]
    store.close()


def test_a_recipient_who_joins_is_not_told_the_whole_history(searched: World) -> None:
    searched.simulator.as_of = LATER_WEEK
    run_topic(searched.topic, searched.settings, until=LATER_WEEK)
    told = rows(searched, "alert")
    assert told
    file = searched.topic.folder / "topic.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f'{text}\n[[recipients]]\nname = "Somebody new"\n', encoding="utf-8")
    run_topic(searched.topic, searched.settings, until=LATER_WEEK)
    later = rows(searched, "alert")
    assert later[: len(told)] == told
    new = later[len(told) :]
    assert {row["recipient"] for row in new} == {"Somebody new"}
    assert {row["state"] for row in new} == {"passed over"}


def test_a_search_finished_on_a_later_day_makes_no_old_report_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(tmp_path / "workspace") as made:

        def dies(_: object) -> dict[str, int]:
            raise KeyboardInterrupt

        monkeypatch.setitem(STAGES, "deduplicate", dies)
        with pytest.raises(KeyboardInterrupt):
            run_topic(made.topic, made.settings, until=PUBLISHED_SEARCH)
        monkeypatch.undo()
        run_topic(made.topic, made.settings, until=date(2024, 8, 3))
        assert rows(made, "report")
        assert rows(made, "signal") == []


def test_a_strategy_that_was_widened_is_searched_from_the_beginning(tmp_path: Path) -> None:
    with world(tmp_path / "workspace") as made:
        file = made.topic.folder / "medline.ovid.txt"
        edit(file, "31 , 29 not 30 , 386", "31 , 29 and 23 , 386")
        run_topic(made.topic, made.settings, until=PUBLISHED_SEARCH)
        narrow = len(rows(made, "record"))
        edit(file, "31 , 29 and 23 , 386", "31 , 29 not 30 , 386")
        run_topic(made.topic, made.settings, until=date(2024, 8, 3))
        assert len(rows(made, "record")) > narrow + 30
        kinds = [row["content"]["kind"] for row in rows(made, "signal")]
        assert kinds == ["strategy_changed"]


def test_a_day_that_has_not_come_is_refused(searched: World) -> None:
    with pytest.raises(UnreadableInput, match="has not come yet"):
        run_topic(searched.topic, searched.settings, until=date(2999, 1, 1))
    marks = {row["strategy"]: row["covered_until"] for row in rows(searched, "watermark")}
    assert marks["medline"] == "2024-08-02"


def test_what_a_person_decided_stays_when_a_record_leaves_play(searched: World) -> None:
    before = rows(searched, "report_record")
    edit(searched.topic.folder / "medline.ovid.txt", "31 , 29 not 30 , 386", "31 , 29 and 23 , 386")
    run_topic(searched.topic, searched.settings, until=PUBLISHED_SEARCH)
    places = {row["record_id"]: row["report_id"] for row in rows(searched, "report_record")}
    assert {row["record_id"]: row["report_id"] for row in before}.items() <= places.items()


def test_a_registrys_own_stamp_makes_no_version(searched: World) -> None:
    versions = rows(searched, "registration_version")
    trial = searched.topic.watched_trials[0].number
    store = Store(searched.settings.store_url)
    with store.transaction() as session:
        sha256 = next(row["payload_sha256"] for row in versions if row["nct"] == trial)
        document = json.loads(record_rows.load_payload(session, sha256).content)
        document.setdefault("derivedSection", {})["miscInfoModule"] = {
            "versionHolder": "2025-01-31"
        }
        study_rows.save_registrations(
            session,
            [(trial, Payload(json.dumps(document).encode(), "application/json"))],
            topic=searched.topic.slug,
            route=study_rows.WATCHED,
            search_id=1,
            seen_on=LATER_WEEK,
        )
    store.close()
    assert rows(searched, "registration_version") == versions
