"""Reports and trials in the store: links of a run, people's word on them, the queue, a replay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from db import links as link_rows
from db import pair_log
from db import records as record_rows
from db import reports as report_rows
from db import studies as study_rows
from db.session import Store
from surveillance.dedup.clusters import cluster
from surveillance.dedup.decide import PairDecision
from surveillance.dedup.decide import Verdict as Same
from surveillance.errors import Busy, UnreadableInput
from surveillance.pipeline.link_queue import DoubtfulLink, KeptLinks, link_queue
from surveillance.pipeline.replaying import replay
from surveillance.pipeline.studies import studies_of
from surveillance.pipeline.trial_links import Opinion, judge
from surveillance.records import Captured, Payload, Record
from surveillance.studies.links import Certainty, Link, Place
from surveillance.studies.study import Study, Verdict
from tests.command_line import Surveil, caller
from tests.doubtful_links import (
    ALIKE,
    BOTH,
    ELSEWHERE,
    LIKE,
    OTHER,
    OWN,
    REVIEW,
    TRIAL,
    doubtful_world,
)
from tests.small_world import FIRST, SECOND, THIRD, SmallWorld
from tests.world import fresh_store


@pytest.fixture
def lived(tmp_path: Path) -> Iterator[SmallWorld]:
    with doubtful_world(tmp_path) as made:
        yield made


def say(
    world: SmallWorld, report: str, number: str, verdict: Verdict | None, by: str = "Ann"
) -> bool:
    with closing(Store(world.settings.store_url)) as store:
        return judge(store, world.topic, report, number, Opinion(verdict, by)).new


def reports(world: SmallWorld) -> dict[str, tuple[str, ...]]:
    return {one.key: one.reports for one in _studies(world)}


def _studies(world: SmallWorld) -> tuple[Study, ...]:
    with closing(Store(world.settings.store_url)) as store, store.transaction() as session:
        held = study_rows.registrations_of(session, world.topic.slug)
        return studies_of(session, world.topic.slug, held)


def queue(world: SmallWorld) -> list[tuple[str, str]]:
    return [(one.name, one.registration.number) for one in waiting(world)]


def waiting(world: SmallWorld) -> tuple[DoubtfulLink, ...]:
    with closing(Store(world.settings.store_url)) as store, store.snapshot() as session:
        return link_queue(session, world.topic).waiting


def test_certain_links_make_studies_and_doubtful_ones_wait(lived: SmallWorld) -> None:
    lived.run(FIRST)
    assert reports(lived) == {TRIAL: (f"pubmed:{OWN}",), OTHER: (), LIKE: ()}
    assert queue(lived) == [
        (f"pubmed:{BOTH}", TRIAL),
        (f"pubmed:{BOTH}", OTHER),
        (f"pubmed:{REVIEW}", OTHER),
        (f"pubmed:{ALIKE}", LIKE),
    ]
    stages = [row["numbers"] for row in lived.rows("stage") if row["name"] == "link"]
    assert stages == [{"new links": 5, "reports of trials": 1, "doubtful links": 4}]


def test_the_words_and_reasons_are_kept(lived: SmallWorld) -> None:
    lived.run(FIRST)
    both, _, review, alike = waiting(lived)
    assert TRIAL in both.links[0].words and "it names 2 trials" in both.reasons[0]
    assert review.reasons[0] == "it is a review"
    assert alike.links[0].where is Place.LIKENESS
    assert "much the same title" in " ".join(alike.reasons)


def test_a_persons_word_holds_at_once_and_through_later_runs(lived: SmallWorld) -> None:
    lived.run(FIRST)
    assert say(lived, f"pmid:{BOTH}", OTHER, Verdict.SAME)
    assert say(lived, f"pubmed:{ALIKE}", LIKE, Verdict.SAME)
    assert say(lived, f"pmid:{OWN}", TRIAL, Verdict.DIFFERENT)
    expected = {TRIAL: (), OTHER: (f"pubmed:{BOTH}",), LIKE: (f"pubmed:{ALIKE}",)}
    assert reports(lived) == expected
    lived.run(SECOND)
    lived.run(THIRD, full=True)
    assert reports(lived) == expected | {OTHER: (f"pubmed:{BOTH}", "pubmed:90000009")}
    assert (f"pubmed:{BOTH}", TRIAL) in queue(lived)


def test_a_word_is_superseded_and_taken_back_never_edited(lived: SmallWorld) -> None:
    lived.run(FIRST)
    name = f"pmid:{BOTH}"
    assert say(lived, name, TRIAL, Verdict.SAME)
    assert not say(lived, name, TRIAL, Verdict.SAME, by="Ben")
    assert say(lived, name, TRIAL, Verdict.DIFFERENT, by="Ben")
    assert say(lived, name, TRIAL, None, by="Ann")
    rows = lived.rows("link_word")
    assert [row["verdict"] for row in rows] == ["same", "different", "taken back"]
    assert [row["supersedes"] for row in rows] == [None, rows[0]["id"], rows[1]["id"]]
    assert (f"pubmed:{BOTH}", TRIAL) in queue(lived)


@pytest.mark.parametrize(
    ("report", "number", "said"),
    [
        ("pmid:1", TRIAL, "no report"),
        (f"pmid:{OWN}", "NCT00000000", "no registration"),
        (f"pmid:{OWN}", "\x1b[31m", "no registration “\\?”"),
    ],
)
def test_what_is_not_there_is_refused(
    lived: SmallWorld, report: str, number: str, said: str
) -> None:
    lived.run(FIRST)
    with pytest.raises(UnreadableInput, match=said):
        say(lived, report, number, Verdict.SAME)
    with pytest.raises(UnreadableInput, match="nobody has said anything"):
        say(lived, f"pmid:{OWN}", TRIAL, None)
    assert lived.rows("link_word") == []


def test_while_a_run_is_under_way_no_word_is_taken(lived: SmallWorld) -> None:
    lived.run(FIRST)
    with (
        closing(Store(lived.settings.store_url)) as other,
        other.exclusive("small", 0),
        pytest.raises(Busy),
    ):
        say(lived, f"pmid:{OWN}", TRIAL, Verdict.SAME)


def test_what_people_said_of_links_is_said_again_in_a_replay(lived: SmallWorld) -> None:
    lived.run(FIRST)
    say(lived, f"pmid:{BOTH}", OTHER, Verdict.SAME)
    lived.run(SECOND)
    say(lived, f"pmid:{BOTH}", OTHER, Verdict.DIFFERENT, by="Ben")
    say(lived, "pmid:90000009", OTHER, Verdict.SAME)
    say(lived, "pmid:90000009", OTHER, None)
    lived.run(THIRD)
    assert len(lived.rows("link_word")) == 4
    assert replay(lived.settings).differences == ()


def test_a_queue_that_is_kept_is_as_one_that_is_read_anew(lived: SmallWorld) -> None:
    kept, topic = KeptLinks(), lived.topic

    def same() -> int:
        with closing(Store(lived.settings.store_url)) as store, store.snapshot() as session:
            now = kept.of(session, topic)
            assert now == link_queue(session, topic)
            return len(now.waiting)

    assert same() == 0
    lived.run(FIRST)
    assert same() == 4
    say(lived, f"pmid:{BOTH}", OTHER, Verdict.SAME)
    assert same() == 3
    say(lived, f"pmid:{BOTH}", OTHER, None)
    assert same() == 4
    merge(lived, OWN, BOTH)  # which is certainly of the first trial, and so is what both are
    assert same() == 3
    merge(lived, REVIEW, BOTH)
    assert same() == 2
    say(lived, f"pmid:{OWN}", OTHER, Verdict.DIFFERENT)
    assert same() == 1
    lived.run(SECOND)
    same()


def merge(world: SmallWorld, one: int, other: int) -> None:
    """A person says that two records are the same publication."""
    numbers = {row["source_id"]: row["id"] for row in world.rows("record")}
    a, b = sorted((numbers[str(one)], numbers[str(other)]))
    same = PairDecision(a, b, Same.SAME, "the same", 1.0, ())
    with closing(Store(world.settings.store_url)) as store, store.transaction() as session:
        report_rows.save_decisions(
            session, "small", [same], made_by="Ann", rule_version="1", today=FIRST
        )
        places = report_rows.report_places(session, "small")
        log = pair_log.log_of(session, "small")
        report_rows.save_clusters(
            session, "small", cluster(sorted(places), log).clusters, dict.fromkeys(places, FIRST)
        )


def test_a_link_that_is_no_longer_found_is_withdrawn_and_comes_back(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store, store.transaction() as session:
        record = _a_record(store)
        link = Link(TRIAL, Place.ABSTRACT, "words", Certainty.CERTAIN, ("why",))
        day = date(2024, 8, 2)
        assert link_rows.save_links(session, "small", [(record, (link,))], day) == 1
        assert link_rows.save_links(session, "small", [(record, (link,))], day) == 0
        assert link_rows.links_of(session, "small") == {record: [link]}
        assert link_rows.save_links(session, "small", [], day) == 0
        assert link_rows.links_of(session, "small") == {}
        assert link_rows.save_links(session, "small", [(record, (link,))], date(2025, 1, 1)) == 0
        session.expire_all()
        assert link_rows.links_of(session, "small") == {record: [link]}
        assert link_rows.links_of(session, "another") == {}


def _a_record(store: Store) -> int:
    with store.transaction() as session:
        captured = _captured(Record(source="pubmed", source_id="1"))
        saved = record_rows.save_captured(
            session, [captured], topic="small", route="search", seen_on=date(2024, 8, 2)
        )
    return saved.ids[0]


def _captured(record: Record) -> Captured:
    return Captured(record, Payload(b"one", "text/plain"))


@pytest.fixture
def surveil(
    lived: SmallWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Surveil:
    lived.run(FIRST)
    monkeypatch.setenv("SURVEIL_WORKSPACE", str(lived.workspace))
    monkeypatch.setenv("SURVEIL_DATABASE_URL", lived.settings.database_url)
    call = caller(monkeypatch, capsys, "trials")
    monkeypatch.setenv("COLUMNS", "250")
    return call


def test_the_queue_is_shown_with_both_sides(surveil: Surveil) -> None:
    code, out, _ = surveil("links", "small")
    assert code == 0
    assert "small: 4 doubtful links wait" in out
    assert "it is a review" in out and "mirror therapy" in out and "named in: abstract" in out
    assert f"{TRIAL} and {OTHER} may be one trial by {ELSEWHERE}" in out
    code, out, _ = surveil("links", "--json")
    shown = json.loads(out)
    assert [(one["record"], one["registration"]) for one in shown][-1] == (f"pubmed:{ALIKE}", LIKE)
    assert shown[0]["links"][0]["place"] == "abstract" and shown[0]["reasons"]


def test_a_word_is_given_at_the_terminal(surveil: Surveil) -> None:
    named = ("link", "small", f"pmid:{BOTH}", TRIAL)
    code, out, _ = surveil(*named, "same", "--by", "Ann")
    assert (code, out) == (0, f"small: pubmed:{BOTH} and {TRIAL}: same by Ann.\n")
    code, out, _ = surveil(*named, "--undo", "--by", "Ann", "--json")
    assert json.loads(out)["verdict"] == "taken back"
    for arguments in (("perhaps",), (), ("same", "--undo")):
        code, _, said = surveil(*named, *arguments)
        assert code == 2 and "say same or different" in said
