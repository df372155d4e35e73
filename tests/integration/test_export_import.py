"""A topic's export read back by `surveil import`: the same records and decisions, each format."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from db import records as record_rows
from db import reports as report_rows
from db import screening as screening_rows
from db.session import Store
from surveillance.documents.exports.exported import Exported
from surveillance.documents.exports.formats import FORMATS
from surveillance.documents.flow import Stream
from surveillance.errors import UnreadableInput
from surveillance.pipeline.deciding import Opinion, decide
from surveillance.pipeline.demonstration import LATER_WEEK, PUBLISHED_SEARCH, SNAPSHOT
from surveillance.pipeline.exporting import exported
from surveillance.pipeline.importing import Imported, ImportRequest
from surveillance.pipeline.prisma import counted_streams
from surveillance.pipeline.replaying import replay
from surveillance.pipeline.running import import_file, run_topic
from surveillance.records.carried import CarriedReport
from surveillance.screening.rules import Verdict
from surveillance.topics import read_topic
from tests import world as worlds
from tests.command_line import caller
from tests.world import World, contents, copy_of, world

EXPORTS = SNAPSHOT / PUBLISHED_SEARCH.isoformat() / "exports"
BY = "A. Reviewer"


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, backend: worlds.Backend) -> Iterator[World]:
    """Exports and the published search, with decisions of people at both stages."""
    with world(tmp_path_factory.mktemp("exports") / "workspace") as made:
        for name in ("Embase", "CENTRAL"):
            request = ImportRequest(EXPORTS / f"{name.lower()}.ris", name, PUBLISHED_SEARCH)
            import_file(made.topic, request, made.settings)
        run_topic(made.topic, made.settings, until=PUBLISHED_SEARCH)
        first, second, third = [
            report.number
            for report in exported(made.topic, made.settings).reports
            if not report.known_item
        ][:3]
        with closing(Store(made.settings.store_url)) as store:
            for report, opinion in (
                (first, Opinion(verdict=Verdict.EXCLUDE, reason="population", by=BY)),
                (second, Opinion(verdict=Verdict.INCLUDE, by=BY)),
                (
                    second,
                    Opinion(
                        verdict=Verdict.EXCLUDE, stage="full text", reason="=no, really", by=BY
                    ),
                ),
                (third, Opinion(verdict=Verdict.UNSURE, by="B. Reviewer")),
            ):
                decide(store, made.topic, f"report:{report}", opinion)
        yield made


@pytest.fixture(scope="module")
def found(walked: World) -> Exported:
    return exported(walked.topic, walked.settings)


def brought(made: World, file: Path, database: str = "surveil") -> Imported:
    request = ImportRequest(file, database, LATER_WEEK)
    return import_file(made.topic, request, made.settings)[0]


def records_in(made: World) -> dict[tuple[str, str], Any]:
    with closing(Store(made.settings.store_url)) as store, store.transaction() as session:
        held = record_rows.records_of(session, made.topic.slug)
        return {(one.record.source, one.record.source_id): one.record for one in held}


def said_in(made: World) -> Counter[tuple[Any, ...]]:
    """What people said, by the records that it was said of: numbers tell nothing elsewhere."""
    with closing(Store(made.settings.store_url)) as store, store.transaction() as session:
        names = report_rows.own_reports(session, made.topic.slug)
        present = report_rows.present_numbers(session, made.topic.slug)
        words = screening_rows.words_of(session, made.topic.slug).values()
        return Counter(
            (
                names[present[(w := one.word).report_id]],
                *(w.stage, w.verdict, w.criterion, w.reason, w.made_by, one.said_on),
            )
            for one in words
            if one.word.made_by in (BY, "B. Reviewer")
        )


def without_lead(words: Counter[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    return Counter(word[1:] for word in words.elements())


@pytest.mark.parametrize("format_", FORMATS)
def test_an_export_read_into_a_fresh_workspace_is_the_same(
    walked: World, found: Exported, tmp_path: Path, format_: str
) -> None:
    file = tmp_path / f"export.{format_}"
    file.write_bytes(FORMATS[format_](found))
    with world(tmp_path / "workspace") as fresh:
        imported = brought(fresh, file)
        held = records_in(fresh)
        expected = {
            (one.source, one.source_id): one for report in found.reports for one in report.records
        }
        assert held == expected
        assert (imported.records, imported.new) == (len(expected), len(expected))
        assert without_lead(said_in(fresh)) == without_lead(said_in(walked))
        assert sum(said_in(fresh).values()) == 4
        again = exported(fresh.topic, fresh.settings)
        assert _by_record(again) == _by_record(found)


def _by_record(one: Exported) -> dict[str, tuple[Any, ...]]:
    """What is told of each report, by its first record; names and numbers are the workspace's."""
    return {
        f"{report.records[0].source}:{report.records[0].source_id}": (
            frozenset((record.source, record.source_id) for record in report.records),
            report.shown,
            report.fields,
            [word for word in report.words if word.by in (BY, "B. Reviewer")],
            report.known_item,
        )
        for report in one.reports
    }


def test_a_topic_reads_its_own_export_back_without_anything_new(
    walked: World, found: Exported, tmp_path: Path
) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(FORMATS["csv"](found))
    with copy_of(walked, tmp_path / "workspace") as made:
        before, words = records_in(made), said_in(made)
        flow = _flow(made)
        imported = brought(made, file)
        assert (imported.new, records_in(made), said_in(made)) == (0, before, words)
        # The import is a walk of its week, which draws a sample of its own.
        drawn = replace(_flow(made)[0], drawn=flow[0].drawn), _flow(made)[1]
        assert drawn == flow


def _flow(made: World) -> tuple[Stream, Stream]:
    with closing(Store(made.settings.store_url)) as store, store.transaction() as session:
        return counted_streams(session, made.topic)


def test_an_older_export_never_replaces_what_is_known_now(
    walked: World, found: Exported, tmp_path: Path
) -> None:
    old = FORMATS["ris"](found).replace(b"Targeted muscle reinnervation", b"An older title")
    (tmp_path / "old.ris").write_bytes(old)
    with copy_of(walked, tmp_path / "workspace") as made:
        before = records_in(made)
        brought(made, tmp_path / "old.ris")
        assert records_in(made) == before


def test_records_count_for_their_own_databases_and_none_counts_as_searched(
    walked: World, found: Exported, tmp_path: Path
) -> None:
    file = tmp_path / "export.ris"
    file.write_bytes(FORMATS["ris"](found))
    with world(tmp_path / "workspace") as fresh:
        # Whatever database is named, the file says where its records come from.
        imported = brought(fresh, file, "Embase")
        by_search, _ = _flow(fresh)
        rows = contents(fresh.settings.store_url)
    sources = Counter(record.source for report in found.reports for record in report.records)
    names = {"pubmed": "PubMed", "embase": "Embase", "central": "CENTRAL"}
    assert {one.words: one.number for one in by_search.databases} == {
        names[source]: number for source, number in sources.items()
    }
    assert [row["strategy"] for row in rows["search"]] == ["surveil export"]
    assert rows["watermark"] == []
    assert any("no database counts as searched" in remark for remark in imported.remarks)
    assert "4 decisions of people taken from it" in imported.remarks


def test_an_import_with_decisions_is_replayed_to_the_same_store(
    found: Exported, tmp_path: Path
) -> None:
    file = tmp_path / "export.xlsx"
    file.write_bytes(FORMATS["xlsx"](found))
    with world(tmp_path / "workspace") as fresh:
        brought(fresh, file)
        assert replay(fresh.settings).differences == ()


def test_the_stage_chooses_the_reports_and_the_words(walked: World, found: Exported) -> None:
    at_full_text = exported(walked.topic, walked.settings, "full text")
    passed = [
        r
        for r in found.reports
        if any(w.stage == "abstract" and w.verdict != "exclude" for w in r.words)
    ]
    assert [one.number for one in at_full_text.reports] == [one.number for one in passed]
    on_abstract = exported(walked.topic, walked.settings, "abstract")
    assert len(on_abstract.reports) == len(found.reports)
    assert {word.stage for one in on_abstract.reports for word in one.words} == {"abstract"}
    both = {word.stage for one in found.reports for word in one.words}
    assert both == {"abstract", "full text"}


def test_of_two_readers_nothing_is_exported_before_both_are_in(
    walked: World, tmp_path: Path
) -> None:
    with copy_of(walked, tmp_path / "workspace") as made:
        file = made.topic.folder / "topic.toml"
        file.write_text(f"{file.read_text()}\n[screening]\nreviewers = 2\n")
        topic = read_topic(made.topic.folder)
        words = [w for one in exported(topic, made.settings).reports for w in one.words]
        assert not [word for word in words if word.by in (BY, "B. Reviewer")]
        with closing(Store(made.settings.store_url)) as store:
            report = next(
                o.number for o in exported(topic, made.settings).reports if not o.known_item
            )
            opinion = Opinion(verdict=Verdict.INCLUDE, by="C. Reviewer")
            decide(store, topic, f"report:{report}", opinion)
        by = {w.by for one in exported(topic, made.settings).reports for w in one.words}
        assert {BY, "C. Reviewer"} <= by


def test_words_that_cannot_be_taken_are_told_and_the_records_kept(
    found: Exported, tmp_path: Path
) -> None:
    content = FORMATS["nbib"](found).replace(b'"verdict":"unsure"', b'"verdict":"perhaps"')
    (tmp_path / "changed.nbib").write_bytes(content)
    with world(tmp_path / "workspace") as fresh:
        imported = brought(fresh, tmp_path / "changed.nbib")
        assert sum(said_in(fresh).values()) == 3
    assert any(one.startswith("not taken: surveil-report-") for one in imported.remarks)
    assert imported.new > 0


def test_a_file_of_others_is_no_export_of_this_program(tmp_path: Path) -> None:
    with world(tmp_path / "workspace") as fresh, pytest.raises(UnreadableInput, match="not all of"):
        brought(fresh, EXPORTS / "embase.ris")


def test_a_topic_without_reports_writes_nothing(tmp_path: Path) -> None:
    with world(tmp_path / "workspace") as fresh, pytest.raises(UnreadableInput, match="no report"):
        exported(fresh.topic, fresh.settings)


def test_the_command_writes_every_format_and_refuses_what_it_has_not(
    walked: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(walked.settings.workspace)
    monkeypatch.setenv("SURVEIL_DATABASE_URL", walked.settings.store_url)
    surveil = caller(monkeypatch, capsys, "export", walked.topic.slug)
    for format_ in FORMATS:
        out = tmp_path / f"reports.{format_}"
        code, _, said = surveil("--format", format_, "--out", out)
        assert (code, out.stat().st_size > 1000) == (0, True)
        assert f"{len(exported(walked.topic, walked.settings).reports)} reports" in said
    code, printed, _ = surveil("--format", "eppi-json", "--stage", "full-text")
    assert (code, "References" in json.loads(printed)) == (0, True)
    for arguments, message in (
        (("--format", "bibtex"), "the formats are ris, csv, xlsx, nbib, eppi-json"),
        (("--format", "xlsx"), "name its file with --out"),
        (("--stage", "title"), "is no stage"),
        (("--out", tmp_path / "no" / "folder.ris"), "cannot be written"),
    ):
        code, _, said = surveil(*arguments)
        assert (code, message in said) == (2, True)


def test_decisions_keep_the_day_on_which_they_were_made(found: Exported) -> None:
    days = {word.on for one in found.reports for word in one.words if word.by == BY}
    assert days == {datetime.now(UTC).date()}
    assert date(2024, 8, 2) in {word.on for one in found.reports for word in one.words}
    assert isinstance(found.reports[0].carried, CarriedReport)
