"""The PRISMA-S search report, read back from each format and held against flow and history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db import signal_history as signal_history_rows
from db import strategies as strategy_rows
from db.session import Store
from db.strategies import SignOff
from surveillance.documents.flow_boxes import PREVIOUS
from surveillance.documents.formats import PRISMA_S, Format, written
from surveillance.documents.prisma_s import NOT_RECORDED, prisma_lsr, prisma_s
from surveillance.documents.search_report import SearchReport, series_of
from surveillance.documents.search_report_page import LONGEST_QUERY, search_report_page
from surveillance.pipeline.demonstration import LATER_WEEK, PUBLISHED_SEARCH, SNAPSHOT
from surveillance.pipeline.importing import ImportRequest
from surveillance.pipeline.reporting import prisma_flow, topic_history
from surveillance.pipeline.running import import_file, run_topic
from surveillance.pipeline.search_reporting import search_report
from surveillance.pipeline.versions import current_version
from surveillance.signals.history import GuidanceDecision
from surveillance.topics import SearchMethods
from tests import world as worlds
from tests.command_line import caller
from tests.documents_read import Rows, tables_of, words_in
from tests.world import World, copy_of, world

EXPORTS = SNAPSHOT / PUBLISHED_SEARCH.isoformat() / "exports"
FORMATS = [str(one) for one in PRISMA_S]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, backend: worlds.Backend) -> Iterator[World]:
    """The demonstration's walk: exports, the published search, and the later week."""
    with world(tmp_path_factory.mktemp("search-report") / "workspace") as made:
        for name in ("Embase", "CENTRAL"):
            request = ImportRequest(EXPORTS / f"{name.lower()}.ris", name, PUBLISHED_SEARCH)
            import_file(made.topic, request, made.settings)
        run_topic(made.topic, made.settings, until=PUBLISHED_SEARCH)
        made.simulator.as_of = LATER_WEEK
        run_topic(made.topic, made.settings, until=LATER_WEEK)
        yield made


@pytest.fixture(scope="module")
def report(walked: World) -> SearchReport:
    return search_report(walked.topic, walked.settings)


@pytest.fixture(scope="module")
def documents(report: SearchReport) -> dict[str, bytes]:
    page = search_report_page(report)
    return {str(one): written(page, one) for one in PRISMA_S}


def named(tables: list[Rows], *headers: str) -> Rows:
    """The rows below these headers, of the one table that has them."""
    (found,) = [table[1:] for table in tables if tuple(table[0]) == headers]
    return found


def test_every_format_holds_the_same_tables(documents: dict[str, bytes]) -> None:
    read = {name: tables_of(content, name) for name, content in documents.items()}
    assert len(read["md"]) > 12
    # In Word the diagram is a table, too: of boxes, which begins with the column's name.
    (drawn,) = [table for table in read["docx"] if PREVIOUS in table[0]]
    read["docx"].remove(drawn)
    assert read["md"] == read["html"] == read["docx"]


@pytest.mark.parametrize("format_", FORMATS)
def test_the_records_identified_are_those_of_the_flow(
    documents: dict[str, bytes], walked: World, format_: str
) -> None:
    flow = prisma_flow(walked.topic, walked.settings)
    tables = tables_of(documents[format_], format_)
    rows = named(tables, "From", "Kind", "Records")
    streams = (flow.by_search, flow.by_other_methods)
    expected = [
        *((one.words, "database", one.number) for one in flow.by_search.databases),
        *((one.words, "register", one.number) for one in flow.by_search.registers),
        *((one.words, "other method", one.number) for one in flow.by_other_methods.others),
        ("All", "–", sum(stream.identified for stream in streams)),
    ]
    assert rows == [[words, kind, f"{number:,}"] for words, kind, number in expected]
    steps = [int(number) for _, number in named(tables, "Step", "Number")]
    assert steps[0] - steps[1] - steps[2] == steps[3] > 0
    assert steps[1] == sum(stream.removed.duplicates for stream in streams)
    assert f"{steps[1]} duplicate records were removed" in words_in(documents[format_], format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_the_searches_are_those_of_the_history(
    documents: dict[str, bytes], walked: World, format_: str
) -> None:
    history = topic_history(walked.topic, walked.settings)
    made = [one for strategy in history.strategies for one in strategy.searches]
    made += [one for other in history.others for one in other.searches]
    rows = named(
        tables_of(documents[format_], format_),
        *("For", "On", "Searches", "First", "Last", "Results of the last", "New to the topic"),
    )
    assert rows[-1] == [
        "All",
        "–",
        str(len(made)),
        "–",
        "–",
        "–",
        str(sum(one.new for one in made)),
    ]
    for column in (2, 6):
        assert sum(int(row[column]) for row in rows[:-1]) == int(rows[-1][column])
    assert rows[0][:2] == ["MEDLINE ALL (Ovid)", "PubMed"]
    newest = max(
        one.counted for one in made if (one.source, one.searched_on) == ("pubmed", LATER_WEEK)
    )
    assert rows[0][4:6] == ["31 January 2025", str(newest)]


def test_what_the_searches_brought_and_what_was_identified_go_together(
    report: SearchReport,
) -> None:
    """Five entries of CENTRAL's export were left out, and nothing came by no search."""
    assert report.identified - sum(one.new for one in series_of(report)) == 5


@pytest.mark.parametrize("format_", FORMATS)
def test_the_main_search_has_the_columns_of_the_overviews_table(
    documents: dict[str, bytes], format_: str
) -> None:
    rows = named(
        tables_of(documents[format_], format_),
        *("Database", "Date searched", "Database platform", "Database segment or version"),
        "Number of results downloaded",
    )
    assert rows[0] == [
        "MEDLINE ALL (Ovid)",
        "2 August 2024",
        "Ovid",
        "1946 to August 01, 2024",
        "386",
    ]
    assert [row[0] for row in rows] == ["MEDLINE ALL (Ovid)", "Embase", "CENTRAL", "CDSR", "INAHTA"]
    assert [row[4] for row in rows] == ["386", "438", "120", "44", "1"]


@pytest.mark.parametrize("format_", FORMATS)
def test_each_strategy_stands_line_by_line_as_published(
    documents: dict[str, bytes], walked: World, report: SearchReport, format_: str
) -> None:
    """One table a strategy: two databases that share one strategy share its table."""
    tables = tables_of(documents[format_], format_)
    lines = [table[1:] for table in tables if table[0][:3] == ["Line", "As published", "Results"]]
    groups = [group[0].history for group in report.groups()]
    assert len(lines) == len(groups) == 4
    for shown, history in zip(lines, groups, strict=True):
        assert [row[0] for row in shown] == [str(line.number) for line in history.lines]
        assert [row[1] for row in shown] == [" ".join(line.text.split()) for line in history.lines]
        printed = [line.published_raw or "–" for line in history.lines]
        assert [row[2].replace(",", "") for row in shown] == [p.replace(",", "") for p in printed]
    # A count that is damaged in print stands as it was printed.
    assert lines[1][1] == ["2", "TMR.tw.", "3,21"]


def test_queries_stand_as_they_were_sent_unless_they_are_too_long(
    documents: dict[str, bytes], report: SearchReport
) -> None:
    text = " ".join(words_in(documents["html"], "html").split())
    pubmed = [one for one in report.databases[0].history.searches if one.source == "pubmed"]
    newest = next(one for one in pubmed if one.since)
    assert newest.query in text
    assert "As sent to PubMed on 31 January 2025" in text
    long = next(one for one in report.searches if len(one.query) > LONGEST_QUERY)
    assert long.query not in text
    assert f"{len(long.query):,} characters, too long for an appendix" in text


def test_all_sixteen_items_have_an_answer_and_say_what_is_not_recorded(
    report: SearchReport, documents: dict[str, bytes]
) -> None:
    items = prisma_s(report)
    assert [one.number for one in items] == [str(number) for number in range(1, 17)]
    assert all(sentence.strip() for one in (*items, *prisma_lsr(report)) for sentence in one.answer)
    unknown = {one.name for one in items if not one.recorded}
    assert unknown == {
        "Online resources and browsing", "Citation searching", "Contacts", "Other methods",
        "Prior work", "Peer review",
    }  # fmt: skip
    text = words_in(documents["docx"], "docx")
    assert "Not recorded: whether authors, experts or manufacturers were asked" in text
    tables = tables_of(documents["docx"], "docx")
    checklist = next(table[1:] for table in tables if table[0][0] == "No.")
    assert [row[1] for row in checklist] == [one.name for one in items]
    headings = text.splitlines()
    assert all(row[2] in headings for row in checklist)


def test_a_topic_that_says_nothing_invents_nothing(report: SearchReport) -> None:
    silent = replace(
        report,
        methods=SearchMethods(),
        databases=tuple(replace(one, platform="", segment="") for one in report.databases),
    )
    answers = {one.name: " ".join(one.answer) for one in prisma_s(silent)}
    for name in ("Database name", "Limits and restrictions", "Search filters", "Contacts"):
        assert NOT_RECORDED in answers[name], name
    page = written(search_report_page(silent), Format.MD).decode()
    assert "EPPI" not in page
    assert page.count(NOT_RECORDED) > 20


def test_sign_offs_and_decisions_of_people_stand_in_it(walked: World, tmp_path: Path) -> None:
    with copy_of(walked, tmp_path / "workspace") as made:
        medline = made.topic.strategy("medline")
        approval = SignOff(
            current_version(made.topic, medline),
            "S. Senior",
            datetime(2025, 1, 6, tzinfo=UTC),
            "PRESS",
        )
        decided = GuidanceDecision("no update", "small trials", "A. Lead", LATER_WEEK)
        store = Store(made.settings.store_url)
        with store.transaction() as session:
            strategy_rows.sign(session, made.topic.slug, "medline", approval)
            signal_history_rows.save_decision(session, made.topic.slug, decided)
        store.close()
        found = search_report(made.topic, made.settings)
    review = next(one for one in prisma_s(found) if one.name == "Peer review").answer
    assert any("signed off: S. Senior, 2025-01-06 (PRESS)" in sentence for sentence in review)
    assert "MEDLINE" not in review[-1]
    version = next(one for one in prisma_lsr(found) if one.name.startswith("Version")).answer
    assert version == (
        "State after run 4, 31 January 2025.",
        "Last decision: no update, 31 January 2025.",
    )


def test_before_any_search_the_report_says_so(tmp_path: Path) -> None:
    with world(tmp_path / "workspace") as fresh:
        found = search_report(fresh.topic, fresh.settings)
    page = written(search_report_page(found), Format.MD).decode()
    assert "The surveillance has searched nothing yet." in page
    assert "no run has finished yet" in page
    assert found.identified == 0


def test_the_command_writes_each_format_and_the_numbers(
    walked: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(walked.settings.workspace)
    monkeypatch.setenv("SURVEIL_DATABASE_URL", walked.settings.store_url)
    surveil = caller(monkeypatch, capsys)
    for format_ in FORMATS:
        out = tmp_path / f"report.{format_}"
        code, _, said = surveil(
            "report", "prisma-s", walked.topic.slug, "--format", format_, "--out", out
        )
        assert (code, tables_of(out.read_bytes(), format_) != []) == (0, True), said
    code, printed, _ = surveil("report", "prisma-s", walked.topic.slug, "--json")
    assert (code, json.loads(printed)["identified"]) == (0, 122 - 3)
    code, _, said = surveil("report", "prisma-s", walked.topic.slug, "--format", "svg")
    assert (code, "cannot be written as “svg”" in said) == (2, True)
