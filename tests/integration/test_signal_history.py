"""What becomes of a signal from week to week: told again, lapsed, dismissed, decided upon."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from surveillance.errors import UnreadableInput
from surveillance.pipeline.deciding import Opinion, decide
from surveillance.pipeline.opening import opened
from surveillance.pipeline.replaying import replay
from surveillance.pipeline.running import run_topic
from surveillance.pipeline.signal_words import decide_guidance, guidance_log, say
from surveillance.pipeline.watching import watch_topic
from surveillance.screening.rules import Verdict
from surveillance.signals.history import Happening
from tests.command_line import Surveil, caller
from tests.small_world import FIRST, SECOND, THIRD, Article, SmallWorld, small_world

KNOWN = 91000001
OLD = Article(KNOWN, created=date(2023, 1, 5))
TRIAL = Article(
    91000002,
    title="Targeted muscle reinnervation after amputation: a randomised controlled trial",
    abstract="Sixty people with stump pain after amputation were randomised to targeted muscle "
    "reinnervation or to standard care. Pain was less in the first group after a year.",
    created=date(2024, 8, 20),
)


@pytest.fixture
def made(tmp_path: Path) -> SmallWorld:
    world = small_world(tmp_path)
    world.known_item("smith-2023", KNOWN)
    return world


@pytest.fixture
def surveil(
    made: SmallWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Surveil]:
    yield caller(monkeypatch, capsys)


def statuses(world: SmallWorld) -> dict[str, list[str]]:
    """What happened to each signal, by its headline."""
    headlines = {row["id"]: row["content"]["headline"] for row in world.rows("signal")}
    found: dict[str, list[str]] = {headline: [] for headline in headlines.values()}
    for row in world.rows("signal_event"):
        found[headlines[row["signal_id"]]].append(row["what"])
    return found


def versions(world: SmallWorld) -> list[int]:
    return [row["version"] for row in world.rows("signal")]


# Notices on the evidence


@pytest.mark.parametrize(
    ("before", "after", "headline"),
    [
        ((), ("ErratumIn", "J Limb. 2023 May;1:2", 7), "was corrected"),
        ((), ("ExpressionOfConcernIn", "J Limb. 2023 May;1:2", 7), "has an expression of concern"),
        ((("ErratumIn", "J Limb. 2023 May;1:2", 7),), None, ""),
        ((("ErratumIn", "J Limb. 2024 Aug;1:2", 7),), None, ""),
        ((("ErratumIn", "J Limb. 2024 Sep;1:2", 7),), None, "was corrected"),
        ((("ErratumIn", "J Limb. 2024;1:2", 7),), None, ""),
        ((("ErratumIn", "J Limb. 2025;1:2", 7),), None, "was corrected"),
        ((("ErratumIn", "in the printed issue", 7),), None, ""),
        ((("CommentIn", "J Limb. 2025;1:2", 7),), None, ""),
        ((("ExpressionOfConcernIn", "J Limb. 2020;1:2", 7),), None, "has an expression of concern"),
    ],
)
def test_a_notice_is_news_unless_the_guidance_could_read_it(
    made: SmallWorld,
    before: tuple[tuple[str, str, int], ...],
    after: tuple[str, str, int] | None,
    headline: str,
) -> None:
    article = replace(OLD, notices=before)
    made.layer(FIRST, [article])
    if after:
        made.layer(SECOND, [replace(article, notices=(*before, after), revised=SECOND)])
    else:
        made.layer(SECOND)
    with made.serving():
        made.run(FIRST)
        made.run(SECOND)
        expected = f"A study in your evidence table {headline}: Author{KNOWN} A 2024"
        assert made.signals() == ([expected] if headline else [])


# Told again, lapsed


def test_what_a_person_decides_against_lapses_and_comes_back(made: SmallWorld) -> None:
    made.layer(FIRST, [OLD])
    made.layer(SECOND, [TRIAL])
    made.layer(THIRD)
    with made.serving():
        made.run(FIRST)
        made.run(SECOND)
        (headline,) = made.signals()
        with opened(made.settings) as store:
            opinion = Opinion(verdict=Verdict.EXCLUDE, reason="not ours", by="Ann")
            decide(store, made.topic, "pmid:91000002", opinion)
        made.run(THIRD)
        assert statuses(made) == {headline: ["raised", "lapsed"]}
        with opened(made.settings) as store:
            decide(store, made.topic, "pmid:91000002", Opinion(verdict=Verdict.INCLUDE, by="Ann"))
        made.run(date(2024, 10, 11))
        assert statuses(made) == {headline: ["raised", "lapsed", "raised again"]}
        assert versions(made) == [1]


def test_what_is_learnt_later_is_a_further_version_and_told_again(made: SmallWorld) -> None:
    harm = " One person had an insensate stump and a worsening of pain."
    made.layer(FIRST, [OLD])
    made.layer(SECOND, [TRIAL])
    made.layer(THIRD, [replace(TRIAL, abstract=TRIAL.abstract + harm, revised=THIRD)])
    with made.serving():
        made.run(FIRST)
        made.run(SECOND)
        with opened(made.settings) as store:
            (row,) = made.rows("signal")
            say(store, row["id"], Happening.DISMISSED, by="Ann", reason="small")
        made.run(THIRD)
        (row,) = made.rows("signal")
        assert row["version"] == 2
        assert row["content"]["sentence"].endswith("It tells of harm: “insensate stump”.")
        events = [(e["what"], e["version"], e["reason"]) for e in made.rows("signal_event")]
        assert events[-1] == ("updated", 2, "It also meets: safety event.")


def test_an_edit_of_the_topic_is_no_event(made: SmallWorld) -> None:
    made.layer(FIRST, [OLD])
    made.layer(SECOND, [TRIAL])
    made.layer(THIRD)
    with made.serving():
        made.run(FIRST)
        made.run(SECOND)
        file = made.topic.folder / "topic.toml"
        more = '[[recommendations]]\nid = "1.2"\ntext = "More."\nwords = ["stump pain"]\n'
        file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
        made.run(THIRD)
        (row,) = made.rows("signal")
        assert row["content"]["recommendations"] == ["1.1", "1.2"]
        assert row["version"] == 1
        assert list(statuses(made).values()) == [["raised"]]


def test_a_run_for_an_earlier_day_takes_nothing_back(made: SmallWorld) -> None:
    made.layer(FIRST, [OLD])
    made.layer(SECOND, [TRIAL])
    with made.serving():
        made.run(FIRST)
        made.run(SECOND)
        before = made.rows("signal"), made.rows("signal_event")
        run_topic(made.topic, made.settings, until=date(2024, 8, 10))
        assert (made.rows("signal"), made.rows("signal_event")) == before


# What people say


@pytest.fixture
def raised(made: SmallWorld) -> Iterator[SmallWorld]:
    """One open signal, numbered 1."""
    made.layer(FIRST, [OLD])
    made.layer(SECOND, [TRIAL])
    with made.serving():
        made.run(FIRST)
        made.run(SECOND)
        yield made


@pytest.fixture
def command(raised: SmallWorld, surveil: Surveil, monkeypatch: pytest.MonkeyPatch) -> Surveil:
    monkeypatch.setenv("SURVEIL_WORKSPACE", str(raised.workspace))
    monkeypatch.setenv("SURVEIL_DATABASE_URL", raised.settings.database_url)
    return surveil


def document(answer: tuple[int, str, str]) -> Any:
    code, out, err = answer
    assert code == 0, err
    return json.loads(out)


def test_a_signal_is_seen_acted_on_dismissed_and_reopened(command: Surveil) -> None:
    (listed,) = document(command("signals", "small", "--json"))
    number = listed["id"]
    assert (listed["status"], listed["triggers"]) == ("open", ["first_randomised_trial"])
    assert document(command("signals", "show", number, "--by", "Ann", "--json"))["status"] == "seen"
    for word, status in (("act", "acted on"), ("dismiss", "dismissed"), ("reopen", "open")):
        said = ("--reason", f"{word}: it was agreed", "--by", "Ann", "--json")
        assert document(command("signals", word, number, *said))["status"] == status
    history = document(command("signals", "--json"))[0]["history"]
    assert [(event["what"], event["by"], event["reason"]) for event in history] == [
        ("raised", "", ""),
        ("seen", "Ann", ""),
        ("acted on", "Ann", "act: it was agreed"),
        ("dismissed", "Ann", "dismiss: it was agreed"),
        ("reopened", "Ann", "reopen: it was agreed"),
    ]


def test_only_open_ones_are_listed_on_request(command: Surveil) -> None:
    assert len(document(command("signals", "--open", "--json"))) == 1
    command("signals", "dismiss", 1, "--reason", "small", "--by", "Ann")
    assert document(command("signals", "--open", "--json")) == []
    assert len(document(command("signals", "list", "--json"))) == 1


def test_a_signal_is_shown_whole(command: Surveil) -> None:
    code, out, _ = command("signals", "show", 1, "--by", "Ann")
    assert code == 0
    for words in ("Meets: first randomised trial", "Recommendation 1.1", "pubmed 91000002", "seen"):
        assert words in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("signals", "dismiss", 1), "a reason is needed"),
        (("signals", "act", 1, "--reason", "  "), "a reason is needed"),
        (("signals", "dismiss", 1, "--reason", "x" * 3000), "a reason has at most"),
        (("signals", "dismiss", 99, "--reason", "small"), "there is no signal 99"),
        (("signals", "show", 99), "there is no signal 99"),
        (("signals", "dismiss", 1, "--reason", "x", "--by", " "), "the name of who gives it"),
        (("signals", "nosuch"), "there is no topic “nosuch”"),
        (("guidance", "decide", "small", "rewrite", "--reason", "x"), "“rewrite” is no decision"),
        (("guidance", "decide", "small", "update"), "a reason is needed"),
        (
            ("guidance", "decide", "small", "update", "--reason", "x", "--signal", 99),
            "small has no signal 99",
        ),
        (("guidance", "log", "nosuch"), "there is no topic “nosuch”"),
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_kept(
    raised: SmallWorld, command: Surveil, arguments: tuple[object, ...], sentence: str
) -> None:
    before = raised.rows("signal_event"), raised.rows("guidance_decision")
    code, _, err = command(*arguments)
    assert code == 2
    assert sentence in err
    assert (raised.rows("signal_event"), raised.rows("guidance_decision")) == before


def test_the_same_word_twice_is_kept_once(raised: SmallWorld, command: Surveil) -> None:
    for _ in range(2):
        command("signals", "show", 1, "--by", "Ann")
    for _ in range(2):
        command("signals", "dismiss", 1, "--reason", "small", "--by", "Ann")
    assert [row["what"] for row in raised.rows("signal_event")] == ["raised", "seen", "dismissed"]


def test_a_decision_stands_beside_the_signals_that_led_to_it(command: Surveil) -> None:
    command("signals", "act", 1, "--reason", "read it", "--by", "Ann")
    said = ("--reason", "one small trial", "--by", "Ann", "--json")
    made = document(command("guidance", "decide", "small", "no update", *said))
    assert (made["decision"], len(made["signals"])) == ("no update", 1)
    later = document(command("guidance", "decide", "small", "refresh", *said))
    assert later["signals"] == []
    log = document(command("guidance", "log", "small", "--json"))
    assert [(one["decision"], one["by"], one["reason"]) for one in log] == [
        ("no update", "Ann", "one small trial"),
        ("refresh", "Ann", "one small trial"),
    ]
    assert [led["id"] for led in log[0]["signals"]] == [1]
    code, out, _ = command("guidance", "log", "small")
    assert code == 0
    assert "no update" in out


def test_a_signal_may_be_named_for_a_decision(raised: SmallWorld) -> None:
    with opened(raised.settings) as store:
        decide_guidance(store, "small", "update", by="Ann", reason="large trial", signals=(1,))
        with store.snapshot() as session:
            (logged,) = guidance_log(session, "small")
        assert [one.id for one in logged.led] == [1]
        with pytest.raises(UnreadableInput, match="another has no signal 1"):
            decide_guidance(store, "another", "update", by="Ann", reason="x", signals=(1,))
    assert logged.made.decision == "update"


def test_a_replay_is_the_same_whatever_people_said_of_signals(raised: SmallWorld) -> None:
    raised.layer(THIRD)
    with opened(raised.settings) as store:
        say(store, 1, Happening.DISMISSED, by="Ann", reason="small")
        decide_guidance(store, "small", "no update", by="Ann", reason="one small trial")
    far = datetime.now(UTC) + timedelta(days=30)
    assert watch_topic(raised.topic, raised.settings, now=far)
    raised.run(THIRD)
    assert [row["content"]["kind"] for row in raised.rows("signal")] == [
        "new_randomised_trial",
        "run_missed",
    ]
    assert replay(raised.settings).differences == ()
