"""`surveil decide`: one decision and another, stages, two readers, merged reports, the boxes."""

from __future__ import annotations

import getpass
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from db import samples as sample_rows
from db import screening as screening_rows
from db.screening import PersonsWord
from db.session import Store
from surveillance.cli.topics import EXAMPLE
from surveillance.dedup.decide import Verdict as Same
from surveillance.errors import Busy, UnreadableInput
from surveillance.pipeline import deciding
from surveillance.pipeline.deciding import Opinion, decide
from surveillance.pipeline.decision_queue import readers_agreement
from surveillance.pipeline.prisma import counted_streams
from surveillance.screening.agreement import Pair
from surveillance.screening.reviewing import State
from surveillance.screening.rules import Verdict
from surveillance.topics import read_topic
from surveillance.triage.processes import beside
from tests.decision_desk import DAY, RECORDS, Desk, desk
from tests.world import store_url

ANN, BEN, CAT = ("--by", "Ann"), ("--by", "Ben"), ("--by", "Cat")


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made


def test_a_report_is_named_by_number_pmid_doi_or_record(table: Desk) -> None:
    report = table.reports()[1]
    names = [
        *(str(report), f"report:{report}", "91000001", "pmid:91000001", "pubmed:91000001"),
        *("10.5555/DESK.1", "doi:10.5555/desk.1", "https://doi.org/10.5555/desk.1", "embase:L0"),
    ]
    told = [table.decided(name, "include", *ANN) for name in names]
    assert {one["report"] for one in told} == {report}
    assert [one["new"] for one in told] == [True] + [False] * 8
    assert table.said() == [(report, "abstract", "include", "Ann")]


@pytest.mark.parametrize(
    "name", ["99999", "0", "-1", "9" * 40, "pmid:1", "10.5555/none", "embase:L9", "x", "\x00", "²"]
)
def test_a_name_that_no_report_has_is_refused(table: Desk, name: str) -> None:
    assert f"{EXAMPLE} has no report" in table.refused("--by", "Ann", "--", name, "include")


def test_a_number_that_is_a_report_and_another_ones_pmid_is_refused(tmp_path: Path) -> None:
    with desk(
        tmp_path, [replace(one, pmid="3") for one in RECORDS[:2]] + list(RECORDS[2:])
    ) as made:
        first, third = made.reports()[0], 3
        assert third in made.reports() and first != third
        said = made.refused("3", "include", *ANN)
        assert f"report:{first}, report:{third}" in said
        assert made.decided("report:3", "include", *ANN)["report"] == third
        assert made.decided("pmid:3", "include", *ANN)["report"] == first


def test_without_a_name_the_user_signs(table: Desk) -> None:
    told = table.decided(str(table.reports()[2]), "unsure")
    assert told["by"] == getpass.getuser()


@pytest.mark.parametrize("name", ["rule", " ", "x" * 201, "a\x1bb"])
def test_nobody_signs_as_the_rule_or_with_no_name(table: Desk, name: str) -> None:
    assert "needs the name" in table.refused(str(table.reports()[2]), "unsure", "--by", name)


def test_nobody_signs_as_the_guidance(table: Desk) -> None:
    body = table.topic.guidance.body
    for name in (body, body.upper()):
        said = table.refused(str(table.reports()[2]), "unsure", "--by", name)
        assert "is the guidance itself" in said


def test_an_exclusion_needs_a_reason_and_the_criteria_are_named(table: Desk) -> None:
    report = str(table.reports()[2])
    said = table.refused(report, "exclude", *ANN)
    assert "needs a reason" in said and "population" in said
    told = table.decided(report, "exclude", *ANN, "--reason", "Population ")
    assert told["criterion"] == "population"
    assert told["reason"] not in ("", "population")
    free = table.decided(report, "exclude", *ANN, "--reason", "not  what we\u00a0ask")
    assert (free["criterion"], free["reason"], free["new"]) == ("", "not what we ask", True)
    assert "one line" in table.refused(report, "exclude", *ANN, "--reason", "a\x07b")
    assert "one line" in table.refused(report, "exclude", *ANN, "--reason", "x" * 2_001)


def test_only_ones_own_word_is_superseded(table: Desk) -> None:
    report = str(table.reports()[2])
    table.decided(report, "include", *ANN)
    table.decided(report, "unsure", *BEN)
    table.decided(report, "exclude", "--by", " ann", "--reason", "too small")
    ann, ben, again = table.rows()
    assert (ann["supersedes"], ben["supersedes"], again["supersedes"]) == (None, None, ann["id"])
    assert again["made_by"] == "Ann"
    standing = table.standings()[int(report)]
    assert standing.person and standing.person.verdict is Verdict.EXCLUDE
    assert [word.made_by for word in standing.words] == ["Ben", "Ann"]


def test_a_word_is_taken_back_and_what_was_said_stays_in_the_log(table: Desk) -> None:
    report = str(table.reports()[2])
    assert "has said nothing" in table.refused(report, "--undo", *ANN)
    table.decided(report, "include", *BEN)
    table.decided(report, "unsure", *ANN)
    assert table.decided(report, "--undo", *ANN)["verdict"] == "taken back"
    standing = table.standings()[int(report)]
    assert standing.person and standing.person.made_by == "Ben"
    table.decided(report, "--undo", *BEN)
    assert table.standings()[int(report)].state is State.WAITS
    assert len(table.rows()) == 4
    assert int(report) in [one["report"] for one in table.waiting()]
    assert "has said nothing" in table.refused(report, "--undo", *ANN)
    assert table.decided(report, "include", *ANN)["new"]


def test_the_full_text_is_for_what_passed_on_its_abstract(table: Desk) -> None:
    report = str(table.reports()[2])
    full = ("--stage", "full-text", *ANN)
    assert "not decided on its abstract" in table.refused(report, "include", *full)
    table.decided(report, "exclude", *ANN, "--reason", "x")
    assert "is excluded on its abstract" in table.refused(report, "include", *full)
    table.decided(report, "unsure", *ANN)
    assert [one["report"] for one in table.waiting("--stage", "full-text")] == [int(report)]
    assert table.decided(report, "include", *full)["stage"] == "full text"
    assert table.waiting("--stage", "full-text") == []
    for gone_back in (("exclude", "--reason", "x"), ("--undo",)):
        assert "assessed on its full text" in table.refused(report, *gone_back, *ANN)
    table.decided(report, "--undo", *full)
    assert table.decided(report, "exclude", *ANN, "--reason", "x")["new"]


def test_the_boxes_of_prisma_count_what_people_said(table: Desk) -> None:
    reports = table.reports()
    before = boxes(table)
    assert (before.screened.waiting, before.removed.excluded_by_rule) == (4, 2)
    table.decided(str(reports[2]), "include", *ANN)
    table.decided(str(reports[3]), "unsure", *ANN)
    table.decided(str(reports[5]), "exclude", *ANN, "--reason", "population")
    table.decided(str(reports[2]), "exclude", *ANN, "--stage", "full-text", "--reason", "no arm")
    after = boxes(table)
    assert (after.screened.included, after.screened.unsure, after.screened.excluded) == (1, 1, 1)
    assert (after.screened.waiting, after.removed.excluded_by_rule) == (2, 1)
    assert after.full_texts is not None
    assert [(one.words, one.number) for one in after.full_texts.excluded] == [("no arm", 1)]


def boxes(table: Desk) -> Any:
    """The column of other methods: no search brought the desk's records."""
    with table.store.transaction() as session:
        return counted_streams(session, table.topic)[1]


def test_what_a_sample_draws_waits_for_a_person(table: Desk) -> None:
    drawn, left = table.reports()[5], table.reports()[6]
    waiting = [one["report"] for one in table.waiting()]
    assert drawn not in waiting and len(waiting) == 4
    with table.store.transaction() as session:
        sample_rows.save_week(session, EXAMPLE, [drawn, left], [drawn], drawn_on=DAY)
    assert [one["drawn"] for one in table.waiting() if one["report"] == drawn] == [True]
    everything = [one["report"] for one in table.waiting("--with-excluded")]
    assert {drawn, left} <= set(everything)
    counted = boxes(table)
    assert (counted.screened.waiting, counted.removed.excluded_by_rule) == (4, 2)
    assert counted.drawn == 1
    with table.store.transaction() as session:
        (week,) = sample_rows.weeks_of(session, EXAMPLE)
    assert (week.drawn, week.pile) == (frozenset([drawn]), frozenset([drawn, left]))
    table.decided(str(drawn), "include", *ANN)
    shown = table.decided("--list")["sample"]
    assert shown["statement"].startswith("1 of 2 excluded reports were drawn and 1 of them includ")
    assert drawn not in [one["report"] for one in table.waiting()]
    looked_at = boxes(table)
    assert (looked_at.removed.excluded_by_rule, looked_at.drawn) == (1, 0)


def test_of_two_readers_neither_sees_the_others_word_before_both_are_in(table: Desk) -> None:
    table.two_reviewers()
    report = str(table.reports()[2])
    told = table.decided(report, "exclude", *ANN, "--reason", "a secret reason")
    assert told["state"] == "waits for a second reader"
    shown = table.decide("--list", "--json", *BEN).stdout + table.decide("--list", *BEN).stdout
    assert "secret" not in shown and "Ann" not in shown
    export = table.folder / "ben.csv"
    table.decide("--export", export, *BEN)
    assert f"surveil-report-{report}" in export.read_text() and "secret" not in export.read_text()
    assert int(report) not in [one["report"] for one in table.waiting(*ANN)]
    assert table.standings()[int(report)].person is None
    assert "not decided" in table.refused(report, "include", "--stage", "full-text", *BEN)


def test_two_that_agree_decide_and_two_that_differ_wait_for_a_third(table: Desk) -> None:
    table.two_reviewers()
    agreed, differ, one_word = map(str, table.reports()[2:5])
    for report, ben in ((agreed, "include"), (differ, "unsure")):
        table.decided(report, "include", *ANN)
        assert table.decided(report, ben, *BEN)["state"] == (
            "decided" if ben == "include" else "conflict"
        )
    table.decided(one_word, "unsure", *ANN)
    states = {one["report"]: one for one in table.waiting(*CAT)}
    assert int(agreed) not in states
    assert states[int(one_word)]["words"] == []
    said = [(word["by"], word["verdict"]) for word in states[int(differ)]["words"]]
    assert said == [("Ann", "include"), ("Ben", "unsure")]
    assert int(differ) not in [one["report"] for one in table.waiting(*ANN)]
    assert boxes(table).screened.waiting == 3
    table.decided(differ, "exclude", *CAT, "--reason", "settled")
    settled = table.standings()[int(differ)]
    assert settled.person and settled.person.made_by == "Cat"
    table.decided(differ, "unsure", *ANN)
    later = table.standings()[int(differ)]
    assert later.person and later.person.made_by == "Cat"
    told = table.decided("--list", *CAT)["agreement"]
    assert (told["reports"], told["raw"]) == (2, 0.5)
    found = readers_agreement(table.store, table.topic)
    assert found.conflicts == (Pair(int(differ), Verdict.INCLUDE, Verdict.UNSURE),)
    assert found.statement in table.decide("--list", *CAT).stdout.replace("\n", " ")


def test_the_guidances_own_inclusion_needs_no_second_reader(table: Desk) -> None:
    table.two_reviewers()
    report = table.reports()[2]
    body = table.topic.guidance.body
    with table.store.transaction() as session:
        screening_rows.save_persons_decision(
            session, report, Verdict.INCLUDE, reason="known", made_by=body, today=DAY
        )
    assert table.standings()[report].state is State.DECIDED
    table.decided(str(report), "unsure", *ANN)
    one = table.standings()[report]
    assert one.person and one.person.made_by == body
    assert table.decided(str(report), "unsure", *BEN)["state"] == "decided"
    two = table.standings()[report]
    assert two.person and two.person.verdict is Verdict.UNSURE


@pytest.mark.parametrize("readers", [1, 2])
def test_words_stay_with_their_records_when_reports_merge_and_come_apart(
    table: Desk, readers: int
) -> None:
    if readers == 2:
        table.two_reviewers()
    one, other = table.reports()[2], table.reports()[3]
    table.decided(str(one), "include", *ANN)
    table.decided(str(other), "unsure", *BEN)
    table.decided(str(other), "exclude", "--reason", "x", *ANN)
    before = table.standings()
    table.says(2, 3, Same.SAME)
    assert table.reports()[2:4] == [one, one]
    merged = table.standings()[one]
    # Ann spoke on both: her word on the report that stays is the one that counts.
    assert {word.made_by: word.verdict for word in merged.words} == {
        "Ann": Verdict.INCLUDE,
        "Ben": Verdict.UNSURE,
    }
    assert merged.state is (State.DECIDED if readers == 1 else State.CONFLICT)
    assert table.decided(str(other), "unsure", *ANN)["report"] == one
    together = table.standings()[one]
    assert together.person and together.person.verdict is Verdict.UNSURE
    table.says(2, 3, Same.DIFFERENT)
    assert table.reports()[2:4] == [one, other]
    after = table.standings()
    assert after[other] == before[other]
    assert [word.verdict for word in after[one].words] == [Verdict.UNSURE]


def test_a_word_on_a_merged_report_is_taken_back_wherever_it_was_said(table: Desk) -> None:
    one, other = table.reports()[2], table.reports()[3]
    table.decided(str(one), "include", *ANN)
    table.decided(str(other), "unsure", *ANN)
    table.says(2, 3, Same.SAME)
    table.decided(str(one), "--undo", *ANN)
    assert table.standings()[one].words == ()
    assert table.standings()[one].state is State.WAITS


def test_while_a_run_is_under_way_nothing_is_decided(
    table: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("surveillance.pipeline.deciding.WAIT", 0.0)
    with table.store.exclusive(EXAMPLE):
        done = table.decide(str(table.reports()[2]), "include", *ANN)
    assert isinstance(done.exception, Busy)
    assert table.rows() == []


def _speak(folder: Path, url: str, report: int, name: str) -> None:
    """A process of its own says one word and its contrary, over and over."""
    topic = read_topic(folder / "search_strategies" / EXAMPLE)
    store = Store(url)
    deciding.WAIT = 60.0
    try:
        for verdict in (Verdict.INCLUDE, Verdict.UNSURE) * 3:
            decide(store, topic, str(report), Opinion(verdict=verdict, by=name))
    finally:
        store.close()


def test_of_people_who_speak_at_once_no_word_is_lost(table: Desk) -> None:
    report = table.reports()[2]
    told = [
        beside().Process(target=_speak, args=(table.folder, store_url(table.folder), report, name))
        for name in ("Ann", "Ann", "Ben")
    ]
    for process in told:
        process.start()
    for process in told:
        process.join(90)
        assert process.exitcode == 0
    rows = table.rows()
    for name in ("Ann", "Ben"):
        chain = [row for row in rows if row["made_by"] == name]
        assert [row["supersedes"] for row in chain] == [None, *(row["id"] for row in chain[:-1])]
        assert all(a["verdict"] != b["verdict"] for a, b in pairwise(chain))
    assert len([row for row in rows if row["made_by"] == "Ben"]) == 6


def test_killed_in_the_middle_of_a_file_nothing_of_it_is_stored(table: Desk) -> None:
    rows = "".join(f"{report},unsure\n" for report in dict.fromkeys(table.reports()))
    file = table.write("said.csv", f"report,decision\n{rows}")
    program = (
        "import os, signal, sys\n"
        "from db import screening\n"
        "kept, save = [], screening._row\n"
        "def row(*told):\n"
        "    kept.append(told)\n"
        "    if len(kept) == 4: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return save(*told)\n"
        "screening._row = row\n"
        "from surveillance.cli import main\n"
        f"sys.argv = ['surveil', 'decide', '{EXAMPLE}', '--from', {str(file)!r}, '--by', 'Ann']\n"
        "main()\n"
    )
    environment = {**os.environ, **table.environment}
    ended = os.spawnve(os.P_WAIT, sys.executable, [sys.executable, "-c", program], environment)
    assert ended == -signal.SIGKILL
    assert table.rows() == []
    told = table.decided("--from", file, *ANN)
    assert (told["new"], told["stood_already"]) == (6, 0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "name a report and include"),
        (["1"], "name a report and include"),
        (["1", "perhaps"], "“perhaps” is no decision"),
        (["1", "include", "--stage", "title"], "“title” is no stage"),
        (["1", "include", "--list"], "one argument too many"),
        (["1", "include", "--from", "x.csv"], "one argument too many"),
        (["--from", "nowhere.csv"], "no such file"),
        (["--export", "waiting.xlsx"], "ends in .ris or .csv"),
        (["--export", "nowhere/waiting.csv"], "cannot be written"),
    ],
    ids=str,
)
def test_wrong_arguments_are_a_sentence(table: Desk, arguments: list[str], sentence: str) -> None:
    done = table.decide(*arguments)
    assert isinstance(done.exception, UnreadableInput)
    assert sentence in str(done.exception)
    assert table.rows() == []


def test_a_word_is_kept_as_it_was_said_in_the_store(table: Desk) -> None:
    report = table.reports()[2]
    word = PersonsWord(report_id=report, stage="abstract", verdict=Verdict.UNSURE, made_by="Ann")
    with table.store.transaction() as session:
        screening_rows.save_words(session, [word, replace(word, verdict=None)], today=DAY)
        assert screening_rows.words_on(session, EXAMPLE, "abstract", "Ann") == {}
        assert screening_rows.people_of(session, EXAMPLE) == ["Ann"]
