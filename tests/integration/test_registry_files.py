"""Registries' exports taken into a topic: kept with versions, signalled once, covered, replayed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from surveillance.errors import UnreadableInput
from surveillance.pipeline import running
from surveillance.pipeline.alerting import preview_digest
from surveillance.pipeline.importing import Imported, ImportRequest
from surveillance.pipeline.overview import Overview
from surveillance.pipeline.planning import Span, plan
from surveillance.pipeline.replaying import replay
from surveillance.pipeline.reporting import prisma_flow, topic_history
from surveillance.pipeline.running import import_file
from tests.command_line import caller
from tests.registry_files import ictrp, ictrp_trial, isrctn, isrctn_entry, table
from tests.small_world import FIRST, SECOND, THIRD, Article, SmallWorld, small_world, study
from tests.world import contents

NCT, NUMBER = "NCT90000007", "ISRCTN99000001"
#: What the trial at ClinicalTrials.gov lists as its number at ISRCTN.
LISTED = "ISRCTN99000007"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[SmallWorld]:
    """A topic with a trial at ClinicalTrials.gov; its watched trial is another."""
    world = small_world(tmp_path)
    world.known_item("author-2024", 90000001)
    trial = study(NCT, "A trial on amputation and neuroma")
    trial["protocolSection"]["identificationModule"]["secondaryIdInfos"] = [{"id": LISTED}]
    watched = study("NCT90000001", "The watched trial")
    world.layer(FIRST, [Article(90000001)], studies=[watched])
    world.layer(SECOND, studies=[trial])
    with world.serving():
        yield world


def bring(
    world: SmallWorld, content: str, database: str, day: date, expected: int | None = None
) -> tuple[Imported, Overview]:
    file = world.workspace / "export"
    file.write_text(content, encoding="utf-8")
    request = ImportRequest(file, database, day, expected=expected)
    return import_file(world.topic, request, world.settings)


def edit_topic(world: SmallWorld, old: str, new: str) -> None:
    file = world.topic.folder / "topic.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def versions(world: SmallWorld) -> dict[str, int]:
    rows = contents(world.settings.store_url)["registration_version"]
    kept = [row["nct"] for row in rows]
    return {number: kept.count(number) for number in kept}


def test_an_export_is_kept_as_registrations_and_counted(made: SmallWorld) -> None:
    made.run(FIRST)
    content = isrctn(isrctn_entry("99000001"), isrctn_entry("99000002"), "<fullTrial/>")
    imported, overview = bring(made, content, "isrctn", SECOND, expected=4)
    assert (imported.records, imported.new, imported.dropped) == (2, 2, 1)
    assert imported.what == "registrations"
    assert "the file holds 2 registrations, but 4 were expected" in imported.remarks
    assert dict(overview.rows)["registrations in the file"] == 2
    assert dict(overview.rows)["  new to the topic"] == 2
    assert versions(made) == {"NCT90000001": 1, NUMBER: 1, "ISRCTN99000002": 1}
    assert len(made.rows("record")) == 1
    routes = {row["nct"]: row["route"] for row in made.rows("topic_registration")}
    assert routes == {"NCT90000001": "watch list", NUMBER: "export", "ISRCTN99000002": "export"}


def test_the_same_file_twice_adds_nothing(made: SmallWorld) -> None:
    made.run(FIRST)
    content = ictrp(ictrp_trial("DRKS99000002"))
    bring(made, content, "WHO ICTRP", SECOND)
    before = made.rows("registration_version"), made.rows("topic_registration")
    imported, _ = bring(made, content, "ICTRP", SECOND)
    assert (imported.records, imported.new) == (1, 0)
    assert (made.rows("registration_version"), made.rows("topic_registration")) == before


def test_what_an_export_brings_is_signalled_once_and_so_are_its_changes(made: SmallWorld) -> None:
    made.run(FIRST)
    old = isrctn_entry("99000002", assigned="2019-01-01")
    bring(made, isrctn(isrctn_entry("99000001"), old), "ISRCTN", SECOND)
    made.run(SECOND)
    assert [line for line in made.signals() if NUMBER in line] == [
        f"Randomised trial registered on recommendation 1.1: {NUMBER}"
    ]
    assert not [line for line in made.signals() if "ISRCTN99000002" in line]
    moved = isrctn_entry("99000001", end="2030-12-31")
    bring(made, isrctn(moved, old), "ISRCTN", THIRD)
    made.run(THIRD)
    told = [line for line in made.signals() if NUMBER in line]
    assert len(told) == 2
    assert any("completion moved by 36 months" in line.casefold() for line in told)
    assert versions(made)[NUMBER] == 2


def test_what_a_later_export_brings_is_new_however_old(made: SmallWorld) -> None:
    made.run(FIRST)
    bring(made, isrctn(isrctn_entry("99000001")), "ISRCTN", SECOND)
    late = isrctn(isrctn_entry("99000001"), isrctn_entry("99000002", assigned="2019-01-01"))
    bring(made, late, "ISRCTN", THIRD)
    made.run(THIRD)
    told = [line for line in made.signals() if "ISRCTN99000002" in line]
    assert told == [
        "Randomised trial found late in the registry on recommendation 1.1: ISRCTN99000002"
    ]


def test_a_copy_of_ictrp_is_no_version_and_no_news(made: SmallWorld) -> None:
    made.run(FIRST)
    made.run(SECOND)
    before = made.signals()
    assert any(NCT in line for line in before)
    for day, status in ((SECOND, "Recruiting"), (THIRD, "Terminated")):
        copy = ictrp_trial(NCT, Recruitment_Status=status, Secondary_ID="")
        bring(made, ictrp(copy), "WHO ICTRP", day)
    made.run(THIRD)
    assert made.signals() == before
    assert versions(made)[NCT] == 1
    assert versions(made)[f"ICTRP:{NCT}"] == 2


def test_a_trial_known_by_one_registry_is_no_news_by_another(made: SmallWorld) -> None:
    """Our entry lists the number at ISRCTN: the export tells of the same trial."""
    made.run(FIRST)
    made.run(SECOND)
    bring(made, isrctn(isrctn_entry("99000007"), isrctn_entry("99000001")), "ISRCTN", THIRD)
    made.run(THIRD)
    assert [line for line in made.signals() if "ISRCTN" in line] == [
        f"Randomised trial registered on recommendation 1.1: {NUMBER}"
    ]


def test_a_trial_that_only_ictrp_tells_of_changes_by_it(made: SmallWorld) -> None:
    made.run(FIRST)
    bring(made, ictrp(ictrp_trial("DRKS99000002")), "ICTRP", SECOND)
    made.run(SECOND)
    ended = ictrp_trial("DRKS99000002", Recruitment_Status="Terminated")
    bring(made, ictrp(ended), "ICTRP", THIRD)
    made.run(THIRD)
    told = [line for line in made.signals() if "DRKS99000002" in line]
    assert len(told) == 2


def test_the_digest_says_when_each_registry_was_searched(made: SmallWorld) -> None:
    edit_topic(made, "[trials]\n", '[trials]\nregistries = ["ISRCTN"]\n')
    made.run(FIRST)
    digest = preview_digest(made.topic, made.settings)
    assert "ISRCTN: not searched yet" in " ".join(digest.split())
    assert "ICTRP" not in digest
    bring(made, isrctn(isrctn_entry("99000001")), "ISRCTN", SECOND)
    bring(made, table(ictrp_trial("DRKS99000002")), "WHO ICTRP", SECOND)
    made.run(THIRD)
    digest = " ".join(preview_digest(made.topic, made.settings).split())
    assert "ISRCTN: 2024-09-06, 4 weeks ago" in digest
    assert "WHO ICTRP: 2024-09-06, 4 weeks ago" in digest
    assert f"https://www.isrctn.com/{NUMBER}" in digest
    assert "https://trialsearch.who.int/Trial2.aspx?TrialID=DRKS99000002" in digest


def test_a_watched_trial_may_be_of_any_registry(made: SmallWorld) -> None:
    watched = f'[[watched_trials]]\nnumber = "{NUMBER}"\ntitle = "Ours"\nrecommendations = []\n'
    edit_topic(made, "[[recipients]]", f"{watched}[[recipients]]")
    asked = [q.query for q in plan(made.topic, made.settings, Span(FIRST)) if "watch" in q.strategy]
    assert asked == ["NCT90000001"]
    made.run(FIRST)
    bring(made, isrctn(isrctn_entry("99000001")), "ISRCTN", SECOND)
    made.run(SECOND)
    assert not [line for line in made.signals() if NUMBER in line]
    bring(made, isrctn(isrctn_entry("99000001", end="2030-12-31")), "ISRCTN", THIRD)
    made.run(THIRD)
    told_of = [row["content"] for row in made.rows("signal")]
    (told,) = [one for one in told_of if NUMBER in one["headline"]]
    assert told["weight"] == "high"


def test_a_topic_may_watch_trials_of_other_registries_alone(made: SmallWorld) -> None:
    edit_topic(made, 'nct = "NCT90000001"', f'number = "{NUMBER}"')
    asked = {question.strategy for question in plan(made.topic, made.settings, Span(FIRST))}
    assert "watch list" not in asked
    made.run(FIRST)


def test_runs_and_imports_are_replayed(made: SmallWorld) -> None:
    made.run(FIRST)
    bring(made, isrctn(isrctn_entry("99000001")), "ISRCTN", SECOND)
    bring(made, ictrp(ictrp_trial("DRKS99000002"), ictrp_trial(NCT)), "ICTRP", SECOND)
    made.run(SECOND)
    bring(made, table({"ISRCTN": "99000001", "Title": "New"}), "ISRCTN", THIRD)
    made.run(THIRD)
    found = replay(made.settings)
    assert (found.runs, found.differences) == (6, ())


def test_an_earlier_export_does_not_replace_a_later_one(made: SmallWorld) -> None:
    made.run(FIRST)
    bring(made, isrctn(isrctn_entry("99000001", title="Later")), "ISRCTN", THIRD)
    bring(made, isrctn(isrctn_entry("99000001", title="Earlier")), "ISRCTN", SECOND)
    assert versions(made)[NUMBER] == 1


def test_the_documents_count_registrations_by_registry(made: SmallWorld) -> None:
    made.run(FIRST)
    bring(made, isrctn(isrctn_entry("99000001"), isrctn_entry("99000002")), "ISRCTN", SECOND)
    bring(made, isrctn(isrctn_entry("99000001"), isrctn_entry("99000002")), "ISRCTN", THIRD)
    made.run(THIRD)
    flow = prisma_flow(made.topic, made.settings)
    registers = {one.words: one.number for one in flow.by_search.registers}
    assert registers == {"ClinicalTrials.gov, not watched": 1, "ISRCTN": 2}
    assert flow.by_search.removed.duplicates == 0
    others = {one.database for one in topic_history(made.topic, made.settings).others}
    assert "ISRCTN" in others


def test_an_import_that_was_interrupted_goes_on_where_it_stopped(
    made: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.run(FIRST)
    content = isrctn(isrctn_entry("99000001"))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as context, pytest.raises(KeyboardInterrupt):
        context.setitem(running.STAGES, "link", killed)
        bring(made, content, "ISRCTN", SECOND)
    imported, _ = bring(made, content, "ISRCTN", SECOND)
    assert (imported.records, imported.new) == (1, 1)
    assert versions(made)[NUMBER] == 1
    states = [row["state"] for row in made.rows("run")]
    assert states == ["finished", "finished"]


def test_a_file_of_another_registry_leaves_nothing_behind(made: SmallWorld) -> None:
    made.run(FIRST)
    runs = len(made.rows("run"))
    with pytest.raises(UnreadableInput, match="not an export of ISRCTN"):
        bring(made, ictrp(ictrp_trial("DRKS99000002")), "ISRCTN", SECOND)
    with pytest.raises(UnreadableInput, match="expects no file from “DRKS”"):
        bring(made, ictrp(ictrp_trial("DRKS99000002")), "DRKS", SECOND)
    assert len(made.rows("run")) == runs


def test_the_command_says_what_came_of_it(
    made: SmallWorld,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SURVEIL_WORKSPACE", str(made.workspace))
    monkeypatch.setenv("SURVEIL_DATABASE_URL", made.settings.database_url)
    monkeypatch.setenv("SURVEIL_CONTACT_EMAIL", "test@example.org")
    file = tmp_path / "isrctn.xml"
    file.write_text(isrctn(isrctn_entry("99000001")), encoding="utf-8")
    surveil = caller(monkeypatch, capsys)
    arguments = ("import", file, "--topic", "small", "--searched-on", "2024-09-06")
    code, said, _ = surveil(*arguments, "--database", "ISRCTN")
    assert code == 0
    assert "1 registrations from isrctn.xml, 1 of them new; 0 left out." in said
    code, _, told = surveil(*arguments, "--database", "ICTRP")
    assert code == 2
    assert "isrctn.xml, line 1, column 1: this is XML, but not an export of WHO ICTRP" in told
