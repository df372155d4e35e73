"""The documents of a topic against its store, counted again from the tables; the command."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import delete, inspect
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from db.models import (
    KnownItemCheckRow,
    MatchRow,
    RecordRow,
    ReportRecordRow,
    ScreeningDecisionRow,
    SearchResultRow,
    SearchRow,
    TopicRecordRow,
)
from db.session import Store
from surveillance.cli import app, main
from surveillance.documents.flow import PrismaFlow, Stream
from surveillance.documents.history import SearchMade
from surveillance.documents.history_page import history_page, run_page
from surveillance.documents.markdown import as_markdown
from surveillance.errors import UnreadableInput
from surveillance.pipeline.demonstration import LATER_WEEK, PUBLISHED_SEARCH, SNAPSHOT
from surveillance.pipeline.importing import ImportRequest
from surveillance.pipeline.overview import Overview
from surveillance.pipeline.prisma import counted_streams
from surveillance.pipeline.reporting import (
    prisma_flow,
    prisma_flow_svg,
    run_history,
    topic_history,
    write_documents,
)
from surveillance.pipeline.running import import_file, run_topic
from surveillance.strategy_files import read_strategy_file
from tests import world as worlds
from tests.world import World, contents, world

TOPIC = "targeted_muscle_reinnervation"
DATABASES = {
    "pubmed": "PubMed",
    "embase": "Embase",
    "central": "CENTRAL",
    "europepmc": "Europe PMC",
}
EXPORTS = SNAPSHOT / PUBLISHED_SEARCH.isoformat() / "exports"


@pytest.fixture(scope="module")
def seen(
    tmp_path_factory: pytest.TempPathFactory, backend: worlds.Backend
) -> Iterator[tuple[World, Overview]]:
    """The demonstration's walk: exports, the published search, and the later week."""
    with world(tmp_path_factory.mktemp("documents") / "workspace") as made:
        for database in ("Embase", "CENTRAL"):
            request = ImportRequest(EXPORTS / f"{database.lower()}.ris", database, PUBLISHED_SEARCH)
            import_file(made.topic, request, made.settings)
        run_topic(made.topic, made.settings, until=PUBLISHED_SEARCH)
        made.simulator.as_of = LATER_WEEK
        yield made, run_topic(made.topic, made.settings, until=LATER_WEEK)


@pytest.fixture
def made(seen: tuple[World, Overview]) -> World:
    return seen[0]


def rows(made: World, table: str) -> list[dict[str, Any]]:
    return contents(made.settings.store_url)[table]


@contextmanager
def changing(made: World) -> Iterator[Session]:
    """A transaction on the world's store, for what the program itself has no command yet."""
    with closing(Store(made.settings.store_url)) as store, store.transaction() as session:
        yield session


def by_words(counts: Any) -> dict[str, int]:
    return {one.words: one.number for one in counts}


def flow_of(made: World) -> PrismaFlow:
    return prisma_flow(made.topic, made.settings)


# --- the flow


def test_what_was_identified_is_what_the_tables_hold(made: World) -> None:
    stream = flow_of(made).by_search
    of_databases = {
        row["id"] for row in rows(made, "search") if not row["strategy"].startswith("citations of")
    }
    found = {r["record_id"] for r in rows(made, "search_result") if r["search_id"] in of_databases}
    expected = Counter(DATABASES[r["source"]] for r in rows(made, "record") if r["id"] in found)
    # Three registry entries and two of conferences are left out of CENTRAL and counted.
    assert by_words(stream.databases) == expected + Counter({"CENTRAL": 5})
    assert by_words(stream.removed.other_reasons) == {
        "CENTRAL: trial registry records": 3,
        "CENTRAL: conference material": 2,
        "Registrations, watched as such": 2,
    }
    routes = [row["route"] for row in rows(made, "topic_registration")]
    assert by_words(stream.registers) == {"ClinicalTrials.gov, not watched": routes.count("search")}


def test_the_flow_agrees_with_the_closing_table_of_the_last_run(
    seen: tuple[World, Overview],
) -> None:
    made, overview = seen
    stages = overview.stages
    flow = flow_of(made)
    streams = (flow.by_search, flow.by_other_methods)
    people, tools = [one.screened for one in streams], [one.removed for one in streams]
    duplicates = sum(one.duplicates + one.elsewhere for one in tools)
    assert duplicates == stages["deduplicate"]["duplicates"]
    by_rule = sum(one.excluded_by_rule for one in tools)
    assert by_rule == stages["screen"]["exclude by rule"]
    assert sum(one.included for one in people) == stages["screen"]["include by people"]
    undecided = stages["screen"]["include by rule"] + stages["screen"]["unsure by rule"]
    assert sum(one.waiting for one in people) == undecided
    assert sum(one.total for one in people) + by_rule == stages["deduplicate"]["reports"]
    left_out = sum(reason.number for one in tools for reason in one.other_reasons)
    no_match = sum(one.no_match for one in tools)
    in_play = sum(one.identified for one in streams) - left_out - no_match
    assert in_play == stages["deduplicate"]["records"]


def test_each_column_adds_up(made: World) -> None:
    flow = flow_of(made)
    for stream in (flow.by_search, flow.by_other_methods):
        assert stream.identified == stream.removed.total + stream.screened.total
    assert flow.previous_reports == len(made.topic.known_items) == 36
    assert flow.new_reports is None
    assert (flow.last_run, flow.as_of) == (rows(made, "run")[-1]["id"], LATER_WEEK)


def reports_of(made: World, verdict: str) -> list[int]:
    """Reports on which the rules say this and nobody else anything, lowest number first."""
    people = {r["report_id"] for r in rows(made, "screening_decision") if r["made_by"] != "rule"}
    said = {
        row["report_id"]
        for row in rows(made, "screening_decision")
        if row["verdict"] == verdict and row["report_id"] not in people
    }
    places = {row["report_id"] for row in rows(made, "report_record")}
    return sorted(said & places)


def decide(made: World, report: int, verdict: str, *, stage: str = "abstract") -> None:
    with changing(made) as session:
        session.add(decision(report, verdict, stage=stage))


def decision(report: int, verdict: str, *, stage: str) -> ScreeningDecisionRow:
    """What a person decides on a report."""
    return ScreeningDecisionRow(
        report_id=report,
        stage=stage,
        verdict=verdict,
        criterion="",
        reason="no comparison" if verdict == "exclude" else "",
        design="",
        evidence=[],
        checks=[],
        made_by="A. Reviewer",
        rule_version="",
        criteria_hash="",
        content_hash="",
        decided_on=LATER_WEEK,
    )


def moved(before: Stream, after: Stream) -> dict[str, int]:
    """Which numbers changed, and by how much; what was identified never does."""
    assert before.identified == after.identified
    pairs = (
        {**asdict(before.removed), **asdict(before.screened)},
        {
            **asdict(after.removed),
            **asdict(after.screened),
        },
    )
    return {
        name: pairs[1][name] - number
        for name, number in pairs[0].items()
        if name != "other_reasons" and pairs[1][name] != number
    }


def test_a_persons_exclusion_moves_out_of_what_a_rule_excluded(searched: World) -> None:
    before = flow_of(searched).by_search
    decide(searched, reports_of(searched, "exclude")[0], "exclude")
    after = flow_of(searched).by_search
    assert moved(before, after) == {"excluded_by_rule": -1, "excluded": 1}
    decide(searched, reports_of(searched, "include")[0], "unsure")
    assert moved(after, flow_of(searched).by_search) == {"waiting": -1, "unsure": 1}


def test_decisions_on_full_texts_fill_the_boxes_below(searched: World) -> None:
    new, other, third = reports_of(searched, "include")[:2] + reports_of(searched, "unsure")[:1]
    known = {row["record_id"] for row in rows(searched, "known_item")}
    old = next(r["report_id"] for r in rows(searched, "report_record") if r["record_id"] in known)
    before = flow_of(searched).by_search
    decide(searched, new, "include", stage="full text")
    decide(searched, other, "exclude", stage="full text")
    decide(searched, third, "unsure", stage="full text")
    decide(searched, old, "include", stage="full text")
    flow = flow_of(searched)
    told = flow.by_search.full_texts
    assert told is not None
    assert by_words(told.excluded) == {"no comparison": 1}
    assert (told.total, told.included, told.previous, told.unsure) == (4, 1, 1, 1)
    assert (flow.new_reports, flow.total_reports) == (1, 37)
    assert moved(before, flow.by_search) == {"included": 3, "waiting": -3}


def test_what_came_by_other_methods_has_its_own_column(searched: World) -> None:
    """A record that no search returned, once alone in its report and once beside one that was."""
    before = flow_of(searched)
    reports: dict[int, list[int]] = {}
    for row in rows(searched, "report_record"):
        reports.setdefault(row["report_id"], []).append(row["record_id"])
    alone, other = [records[0] for records in reports.values() if len(records) == 1][-2:]
    with changing(searched) as session:
        for number, route in ((alone, "citation"), (other, "followed")):
            session.query(SearchResultRow).filter_by(record_id=number).delete()
            session.get_one(TopicRecordRow, (TOPIC, number)).route = route
        target = next(report for report, records in reports.items() if alone not in records)
        session.get_one(ReportRecordRow, (TOPIC, other)).report_id = target
    after = flow_of(searched)
    ways = by_words(after.by_other_methods.others)
    assert ways["Citation searching"] == ways["Known items and reports followed by number"] == 1
    assert after.by_other_methods.removed.elsewhere == 1
    assert after.by_other_methods.screened.total + after.by_other_methods.removed.excluded_by_rule
    assert after.by_search.identified == before.by_search.identified - 2


@given(data=st.data())
@pytest.mark.slow
@settings(max_examples=15, deadline=None)
def test_whatever_became_of_the_records_the_columns_add_up(
    seen: tuple[World, Overview], data: st.DataObject
) -> None:
    """Any records by any route, any reports, any decisions: each record stands in one place."""
    made = seen[0]
    with closing(Store(made.settings.store_url)) as store, Session(store.engine) as session:
        before = counted_streams(session, made.topic)
        _shuffle(session, data)
        after = counted_streams(session, made.topic)
        session.rollback()
    records = sum(one.identified for one in before)
    assert sum(one.identified for one in after) == records
    for stream in after:
        parts = [*asdict(stream.removed).values(), *asdict(stream.screened).values()]
        assert all(part >= 0 for part in parts if isinstance(part, int))
        assert stream.identified == stream.removed.total + stream.screened.total
        assert stream.screened.previous <= stream.screened.included


def _shuffle(session: Session, data: st.DataObject) -> None:
    """Some records lose their searches, change their route, verdict or report; some are decided."""
    places = session.query(ReportRecordRow).order_by(ReportRecordRow.record_id).all()
    reports = sorted({place.report_id for place in places})
    changes = st.sampled_from(["way", "merge", "unplaced", "unjudged", "abstract", "full text"])
    wanted = st.tuples(st.sampled_from(places), changes, st.sampled_from(reports))
    for place, change, other in data.draw(st.lists(wanted, max_size=40)):
        source = session.get_one(RecordRow, place.record_id).source
        # An entry of an export that has no result would be one that the file repeats.
        if change == "way" and source == "pubmed":
            session.query(SearchResultRow).filter_by(record_id=place.record_id).delete()
            route = data.draw(st.sampled_from(["followed", "citation", "created", "by hand"]))
            session.get_one(TopicRecordRow, (TOPIC, place.record_id)).route = route
        elif change == "merge" and not inspect(place).deleted:
            place.report_id = other
        elif change == "unplaced" and not inspect(place).deleted:
            session.delete(place)
        elif change == "unjudged":
            session.execute(delete(MatchRow).where(MatchRow.record_version_id == place.record_id))
        elif change in ("abstract", "full text"):
            verdict = data.draw(st.sampled_from(["include", "exclude", "unsure"]))
            session.add(decision(other, verdict, stage=change))
        session.flush()


def test_a_file_brought_twice_counts_once(tmp_path: Path) -> None:
    with world(tmp_path / "workspace") as fresh:
        request = ImportRequest(EXPORTS / "central.ris", "CENTRAL", PUBLISHED_SEARCH)
        import_file(fresh.topic, request, fresh.settings)
        once = flow_of(fresh).by_search
        later = ImportRequest(EXPORTS / "central.ris", "CENTRAL", LATER_WEEK)
        import_file(fresh.topic, later, fresh.settings)
        assert flow_of(fresh).by_search == once
        assert by_words(once.databases) == {"CENTRAL": 8}


def test_without_a_run_everything_is_nothing(tmp_path: Path) -> None:
    with world(tmp_path / "workspace") as fresh:
        flow = flow_of(fresh)
        assert (flow.last_run, flow.by_search.identified) == (None, 0)
        history = topic_history(fresh.topic, fresh.settings)
        assert all(not one.searches for one in history.strategies)
        assert "Not searched yet." in as_markdown(history_page(history)).replace("\\", "")


# --- the history


def searches_of(made: World, strategy: str) -> tuple[SearchMade, ...]:
    history = topic_history(made.topic, made.settings)
    return next(one.searches for one in history.strategies if one.name == strategy)


def test_every_line_stands_as_published_beside_both_counts(made: World) -> None:
    history = topic_history(made.topic, made.settings)
    counted = {
        row["line"]: row["count"] for row in rows(made, "line_count")
    }  # this version was asked from the beginning once
    for described, shown in zip(made.topic.strategies, history.strategies, strict=True):
        published = read_strategy_file(made.topic.strategy_file(described), described.dialect)
        assert [(line.number, line.text, line.published) for line in shown.lines] == [
            (line.number, line.text, line.count) for line in published.lines
        ]
        own = counted if described.route == "pubmed" else {}
        assert [line.counted for line in shown.lines] == [
            own.get(line.number) for line in shown.lines
        ]
    medline = history.strategies[0]
    assert medline.counted_on == PUBLISHED_SEARCH
    last = medline.lines[-1]
    assert (last.published, last.difference) == (386, (last.counted or 0) - 386)


def test_a_count_that_is_damaged_in_print_stands_as_printed(made: World) -> None:
    history = topic_history(made.topic, made.settings)
    damaged = [
        line
        for strategy in history.strategies
        for line in strategy.lines
        if line.published is None and line.published_raw
    ]
    assert damaged
    assert all(line.difference is None for line in damaged)
    text = as_markdown(history_page(history))
    assert all(f" {line.published_raw} |" in text for line in damaged)


def test_searches_stand_newest_first_with_what_was_new_by_each(made: World) -> None:
    searches = searches_of(made, "medline")
    assert [one.searched_on for one in searches] == sorted(
        (one.searched_on for one in searches), reverse=True
    )
    came = [row for row in rows(made, "topic_record") if row["first_search_id"]]
    of_medline = {row["id"] for row in rows(made, "search") if row["strategy"] == "medline"}
    assert sum(one.new for one in searches) == sum(
        row["first_search_id"] in of_medline for row in came
    )
    (window,) = [one for one in searches if one.since and one.source == "pubmed"]
    assert window.dates == ("crdt", "mhda", "lr")
    (brought,) = searches_of(made, "central")
    assert (brought.imported, brought.received, brought.kept) == (True, 8, 3)
    assert "2 left out: conference material" in as_markdown(
        history_page(topic_history(made.topic, made.settings))
    )


def test_an_edited_strategy_has_no_counts_until_it_has_run(searched: World) -> None:
    file = searched.topic.folder / "medline.ovid.txt"
    file.write_text(file.read_text(encoding="utf-8").replace("TMR.tw.", "TMRs.tw.", 1), "utf-8")
    medline = topic_history(searched.topic, searched.settings).strategies[0]
    assert medline.counted_on is None
    assert {line.counted for line in medline.lines} == {None}
    assert medline.lines[1].text == "TMRs.tw."


def test_the_registry_and_citations_stand_beside_the_strategies(searched: World) -> None:
    with changing(searched) as session:
        run = rows(searched, "run")[-1]["id"]
        for key in ("tham-2023", "li-2024"):
            session.add(
                SearchRow(
                    run_id=run,
                    topic=TOPIC,
                    strategy=f"citations of {key}",
                    strategy_hash="",
                    source="europepmc",
                    database="Europe PMC",
                    searched_on=PUBLISHED_SEARCH,
                    since=None,
                    query=f"MED/{key}/citations",
                    count=3,
                    received=2,
                    covers=True,
                    translation="",
                    warnings=["1 citing record is known by its citation alone."],
                    dates=[],
                    seconds=0.5,
                )
            )
    others = {one.database: one for one in topic_history(searched.topic, searched.settings).others}
    assert {one.strategy for one in others["ClinicalTrials.gov"].searches} == {
        "trials query",
        "watch list",
    }
    (together,) = [
        one for one in others["Europe PMC"].searches if one.strategy == "citations of 2 known items"
    ]
    assert (together.counted, together.received, together.seconds) == (6, 4, 1.0)
    assert len(together.warnings) == 2
    singly = run_history(searched.topic, run, searched.settings).searches
    assert [one.strategy for one in singly if one.strategy.startswith("citations")] == [
        "citations of tham-2023",
        "citations of li-2024",
    ]


# --- one run


def test_a_runs_page_says_all_that_is_kept_of_it(made: World) -> None:
    row = rows(made, "run")[-1]
    run = run_history(made.topic, row["id"], made.settings)
    assert run.clock == datetime(2025, 1, 31, 23, 59, 59, tzinfo=UTC)
    assert dict(run.inputs) == row["input_hashes"]
    assert {**dict(run.rules), **({"program": run.program_then} if run.program_then else {})} == (
        row["rule_versions"]
    )
    stages = {one["name"]: one for one in rows(made, "stage") if one["run_id"] == row["id"]}
    assert {one.name: dict(one.numbers) for one in run.stages} == {
        name: stage["numbers"] for name, stage in stages.items()
    }
    text = as_markdown(run_page(run))
    for search in (one for one in rows(made, "search") if one["run_id"] == row["id"]):
        assert search["query"].split("\n")[0][:200] in text
        assert search["translation"].split("\n")[0][:200] in text
    assert all(sha in text for sha in row["input_hashes"].values())


def test_a_runs_page_names_the_lines_that_find_each_known_item(searched: World) -> None:
    run = rows(searched, "run")[-1]["id"]
    with changing(searched) as session:
        session.query(KnownItemCheckRow).delete()
        session.add(
            KnownItemCheckRow(
                run_id=run, key="li-2024", verdict="match", lines={"medline": [1, 10, 31]}
            )
        )
    checks = run_history(searched.topic, run, searched.settings).known_items
    assert [(one.key, one.verdict, one.lines) for one in checks] == [
        ("li-2024", "match", (("medline", (1, 10, 31)),))
    ]
    assert "medline: 1, 10, 31" in as_markdown(
        run_page(run_history(searched.topic, run, searched.settings))
    )


def test_a_run_that_is_not_there_is_refused_with_those_that_are(made: World) -> None:
    with pytest.raises(UnreadableInput, match="has no run 999; the newest are"):
        run_history(made.topic, 999, made.settings)


# --- the command


@pytest.fixture
def command(made: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["report", *arguments])

    return run


def test_both_documents_are_given_in_their_formats(
    command: Any, made: World, tmp_path: Path
) -> None:
    starts = {"md": b"**CONSTRUCTED", "html": b"<!DOCTYPE html>", "docx": b"PK", "svg": b"<?xml"}
    wanted = [("history", name) for name in ("md", "html", "docx")]
    wanted += [("prisma-flow", name) for name in ("svg", "md", "html", "docx")]
    for document, name in wanted:
        file = tmp_path / f"{document}.{name}"
        result = command(document, TOPIC, "--format", name, "--out", str(file))
        assert result.exit_code == 0, result.output
        assert file.read_bytes().startswith(starts[name])
        if name != "docx":
            assert command(document, TOPIC, "--format", name).stdout_bytes == file.read_bytes()
    databases = sum(by_words(flow_of(made).by_search.databases).values())
    tables = Document(BytesIO((tmp_path / "prisma-flow.docx").read_bytes())).tables
    assert ["Databases", str(databases)] in [
        [cell.text for cell in row.cells] for table in tables for row in table.rows
    ]


def test_the_defaults_are_markdown_and_svg(command: Any) -> None:
    assert command("history", TOPIC).stdout.startswith("**CONSTRUCTED DEMONSTRATION DATA**")
    assert etree.fromstring(command("prisma-flow", TOPIC).stdout_bytes).tag.endswith("svg")
    assert "# Run " in command("history", TOPIC, "--run", "1").stdout


def test_the_numbers_alone_are_given_as_json(command: Any, made: World) -> None:
    flow = json.loads(command("prisma-flow", TOPIC, "--json").stdout)
    assert flow["by_search"]["identified"] == flow_of(made).by_search.identified
    history = json.loads(command("history", TOPIC, "--json").stdout)
    assert [one["name"] for one in history["strategies"]] == [
        strategy.name for strategy in made.topic.strategies
    ]
    assert json.loads(command("history", TOPIC, "--run", "1", "--json").stdout)["run"] == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["history", TOPIC, "--format", "svg"], "its formats are md, html, docx."),
        (["prisma-flow", TOPIC, "--format", "pdf"], "its formats are svg, md, html, docx."),
        (["history", TOPIC, "--format", "docx"], "name its file with --out."),
        (["history", TOPIC, "--run", "999"], "has no run 999"),
        (["history", "no-such-topic"], "no-such-topic"),
        (["history", TOPIC, "--out", "/nowhere/at/all.md"], "cannot be written"),
    ],
)
def test_what_cannot_be_given_is_said_in_one_sentence_with_exit_code_2(
    made: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["surveil", "report", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert sentence in said.err
    assert said.err.count("\n") == 1


def test_the_demonstrations_files_are_written_and_say_that_data_are_constructed(
    made: World, tmp_path: Path
) -> None:
    flow, history = write_documents(made.topic, made.settings, tmp_path / "documents")
    assert flow.read_text(encoding="utf-8") == prisma_flow_svg(made.topic, made.settings)
    for file in (flow, history):
        assert made.settings.banner in file.read_text(encoding="utf-8")
