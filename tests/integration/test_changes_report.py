"""What changed since the last report, against what a run, people and edits really did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from db import signal_history as signal_history_rows
from db import strategies as strategy_rows
from db.session import Store
from db.strategies import SignOff
from surveillance.documents.changes import Basis, Changes, since_last_report
from surveillance.documents.changes_page import changes_page
from surveillance.documents.formats import CHANGES, written
from surveillance.pipeline.change_reporting import topic_changes
from surveillance.pipeline.deciding import Opinion, decide
from surveillance.pipeline.demonstration import LATER_WEEK, PUBLISHED_SEARCH
from surveillance.pipeline.reporting import topic_history
from surveillance.pipeline.running import run_topic
from surveillance.pipeline.signal_words import say
from surveillance.screening.rules import Verdict
from surveillance.signals.history import GuidanceDecision, Happening
from surveillance.topics import read_topic
from tests import world as worlds
from tests.command_line import caller
from tests.documents_read import tables_of, words_in
from tests.world import World, contents, copy_of, world

FORMATS = [str(one) for one in CHANGES]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, backend: worlds.Backend) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("changes") / "workspace") as made:
        run_topic(made.topic, made.settings, until=PUBLISHED_SEARCH)
        made.simulator.as_of = LATER_WEEK
        run_topic(made.topic, made.settings, until=LATER_WEEK)
        yield made


@pytest.fixture
def own(walked: World, tmp_path: Path) -> Iterator[World]:
    with copy_of(walked, tmp_path / "workspace") as made:
        yield made


def changes_of(made: World, given: date | None = None) -> Changes:
    return topic_changes(made.topic, made.settings, given)


def test_what_the_last_report_is() -> None:
    published, decided, given = date(2024, 8, 2), date(2025, 2, 3), date(2025, 3, 1)
    assert since_last_report(published, None, None).day == published + timedelta(days=1)
    assert since_last_report(published, None, None).basis is Basis.PUBLISHED
    assert since_last_report(published, decided, None).day == decided
    assert since_last_report(published, decided, given) == since_last_report(published, None, given)
    assert since_last_report(published, decided, given).basis is Basis.GIVEN


def test_the_week_is_told_from_the_store(walked: World) -> None:
    found = changes_of(walked)
    rows = contents(walked.settings.store_url)
    later = str(LATER_WEEK)
    registered = [
        row["nct"] for row in rows["topic_registration"] if str(row["first_seen_on"])[:10] == later
    ]
    assert [one.number for one in found.trials] == registered
    assert {one.id for one in found.signals} == {row["id"] for row in rows["signal"]}
    searched = [row for row in rows["search"] if str(row["searched_on"])[:10] == later]
    history = topic_history(walked.topic, walked.settings)
    made = [one for strategy in history.strategies for one in strategy.searches]
    made += [one for other in history.others for one in other.searches]
    assert found.records == sum(one.new for one in made if one.searched_on == LATER_WEEK)
    assert 0 < len(found.searches) <= len(searched)
    assert {one.weight.value for one in found.trial_changes} >= {"high"}
    assert [one.database for one in found.unsearched] == ["Embase", "CENTRAL", "CDSR", "INAHTA"]


def test_what_was_there_at_the_published_search_is_no_change(walked: World) -> None:
    known = {one.name for one in changes_of(walked, PUBLISHED_SEARCH).reports}
    new = {one.name for one in changes_of(walked).reports}
    assert new < known
    assert "pubmed:90000203" in new


def test_nothing_changed_after_the_last_run(walked: World) -> None:
    found = changes_of(walked, LATER_WEEK + timedelta(days=1))
    assert (found.records, found.reports, found.trials, found.signals) == (0, (), (), ())
    text = words_in(written(changes_page(found), CHANGES[0]), "md")
    for sentence in ("Nothing was searched.", "No report is new.", "No strategy changed."):
        assert sentence in text


def test_what_people_did_is_told_and_counts_from_the_decision(own: World) -> None:
    before = changes_of(own)
    today = datetime.now(UTC).date()
    report = next(one.name for one in before.reports if one.name == "pubmed:90000203")
    with closing(Store(own.settings.store_url)) as store:
        decide(store, own.topic, report, Opinion(verdict=Verdict.INCLUDE, by="A. Reviewer"))
        say(store, before.signals[0].id, Happening.SEEN, by="A. Lead")
        say(store, before.signals[1].id, Happening.DISMISSED, by="A. Lead", reason="known")
        made = GuidanceDecision("no update", "small trials", "A. Lead", today, ("a", "b"))
        with store.transaction() as session:
            signal_history_rows.save_decision(session, own.topic.slug, made)
    found = changes_of(own)
    assert (found.since.day, found.since.basis) == (today, Basis.DECISION)
    assert [(one.name, one.verdict, one.by) for one in found.decided] == [
        (report, "include", "A. Reviewer")
    ]
    # Looking at a signal is no change of it; dismissing it is.
    assert [one.id for one in found.signals] == [before.signals[1].id]
    assert found.signals[0].happened == (f"dismissed on {today} by A. Lead: known",)
    assert [(one.decision, one.signals) for one in found.decided_then] == [("no update", 2)]
    assert found.reports == ()
    since_search = changes_of(own, PUBLISHED_SEARCH + timedelta(days=1))
    assert since_search.included == before.included + 1


def test_the_guidances_own_inclusions_are_no_decisions_of_readers(walked: World) -> None:
    assert changes_of(walked, PUBLISHED_SEARCH).decided == ()


def test_an_edited_strategy_and_its_sign_off_are_told(own: World) -> None:
    file = own.topic.strategy_file(own.topic.strategy("medline"))
    file.write_text(file.read_text().replace("TMR.tw.", "TMRs.tw."))
    edited = read_topic(own.topic.folder)
    run_topic(edited, own.settings, until=LATER_WEEK + timedelta(days=7))
    approval = SignOff("f" * 64, "S. Senior", datetime(2025, 2, 8, tzinfo=UTC), "PRESS")
    with closing(Store(own.settings.store_url)) as store, store.transaction() as session:
        strategy_rows.sign(session, own.topic.slug, "medline", approval)
    found = topic_changes(edited, own.settings)
    (changed,) = found.strategies
    assert changed.strategy == "medline"
    assert changed.before != changed.after
    text = words_in(written(changes_page(found), CHANGES[0]), "md")
    assert f"version {changed.after[:10]} after {changed.before[:10]}" in text
    assert ["medline", "ffffffffff", "S. Senior", "8 February 2025", "PRESS"] in [
        row
        for table in tables_of(written(changes_page(found), CHANGES[1]), "html")
        for row in table
    ]


def test_each_format_says_the_same_and_its_numbers_are_those_of_its_lists(walked: World) -> None:
    found = changes_of(walked)
    page = changes_page(found)
    read = {
        name: tables_of(written(page, CHANGES[place]), name) for place, name in enumerate(FORMATS)
    }
    assert read["md"] == read["html"] == read["docx"]
    by_header = {tuple(table[0]): table[1:] for table in read["md"]}
    numbers = {what: int(number) for what, number in by_header["What", "Number"]}
    listed = {
        "Reports new to the topic": ("Report", "Title", "First seen", "Standing"),
        "Registrations new to the topic": ("Number", "Title", "By", "Seen on"),
        "Changes of registrations": ("Number", "Weight", "Seen on", "Change"),
    }
    for what, headers in listed.items():
        assert numbers[what] == len(by_header[headers]) > 0, what
    searches = by_header["For", "On", "Searches", "Last", "New"]
    assert numbers["Searches"] == sum(int(row[2]) for row in searches)
    new = numbers["Records and registrations new to the topic"]
    assert new == sum(int(row[4]) for row in searches)


def test_the_command_takes_a_day_or_the_last_report(
    walked: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(walked.settings.workspace)
    surveil = caller(monkeypatch, capsys, "report", "changes", walked.topic.slug)
    code, plain, _ = surveil()
    assert (code, "counted from" in plain.casefold()) == (0, True)
    assert surveil("--since", "last report") == (0, plain, "")
    code, printed, _ = surveil("--since", "2025-02-01", "--json")
    assert (code, json.loads(printed)["records"]) == (0, 0)
    code, _, said = surveil("--since", "yesterday")
    assert (code, "“yesterday” is not a date" in said) == (2, True)
