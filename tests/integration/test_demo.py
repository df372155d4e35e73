"""The demonstration, read from the store and from what a user would see; never from a log."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from db.facts import ATTEMPTS
from db.session import Store
from surveillance.cli.topics import EXAMPLE, make_workspace
from surveillance.pipeline.demonstration import BANNER, SNAPSHOT, Episode, demonstrate
from surveillance.pipeline.known_items import KnownItemState, known_item_states
from surveillance.pipeline.reports import Reported, reported
from surveillance.pipeline.walk import Unwatched
from surveillance.settings import read_settings
from surveillance.simulator.snapshot_builder.source import read_source
from surveillance.topics import Topic, read_topic
from tests.world import contents

EXPECTED = tomllib.loads((SNAPSHOT / "expected.toml").read_text(encoding="utf-8"))
Rows = dict[str, list[dict[str, Any]]]
#: The demonstration keeps its store in its own folder, whatever the environment says.
pytestmark = pytest.mark.sqlite


@dataclass(frozen=True)
class Seen:
    """What the demonstration left behind after the later week, and after that week again."""

    folder: Path
    topic: Topic
    episodes: list[Episode]
    after_the_week: Rows
    after_again: Rows


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("demonstration")
    make_workspace(folder)
    topic = read_topic(folder / "search_strategies" / EXAMPLE)
    url = f"sqlite:///{folder / 'surveil.db'}"
    episodes: list[Episode] = []
    after: list[Rows] = []
    for episode in demonstrate(topic, folder, Unwatched()):
        episodes.append(episode)
        after.append(contents(url))
    return Seen(folder, topic, episodes, after[-2], after[-1])


@pytest.fixture(scope="module")
def store(seen: Seen) -> Iterator[Store]:
    opened = Store(f"sqlite:///{seen.folder / 'surveil.db'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def states(seen: Seen, store: Store) -> dict[str, KnownItemState]:
    with store.transaction() as session:
        return {state.key: state for state in known_item_states(session, seen.topic)}


@pytest.fixture(scope="module")
def reports(seen: Seen, store: Store) -> dict[str, Reported]:
    """What the store says of each PubMed record of the snapshot, by the article's key."""
    source = read_source(SNAPSHOT / "source")
    keys = {article.pmid: article.key for week in source.weeks for article in week.articles}
    with store.transaction() as session:
        found = list(reported(session, seen.topic))
    return {keys[one.lead.pmid]: one for one in found if one.lead.pmid in keys}


def test_every_known_item_expected_in_medline_is_retrieved(
    states: dict[str, KnownItemState],
) -> None:
    expected = [state for state in states.values() if state.expected]
    assert len(states) == 36
    assert len(expected) == 34
    assert [state.key for state in expected if not state.found] == []


def test_every_known_item_that_some_database_holds_is_recognised_and_stays_included(
    states: dict[str, KnownItemState], seen: Seen, store: Store
) -> None:
    assert [s.key for s in states.values() if s.expected_in and not s.recognised] == []
    with store.transaction() as session:
        known = [one for one in reported(session, seen.topic) if one.known_item]
    assert {str(one.standing.decision.verdict) for one in known if one.standing.decision} == {
        "include"
    }
    assert all(one.standing.person for one in known)


LOOK_ALIKES = [
    pytest.param(article, id=article["key"])
    for week in ("published_search", "later_week")
    for article in EXPECTED[week]["articles"]
    if article["screening"] == "exclude"
]
WORDS_OF_THE_REASON = {
    "dairy-2023": "total mixed ration",
    "laser-2001": "transmyocardial",
    "sleep-2023": "targeted memory reactivation",
    "new-dairy-2025": "total mixed ration",
    "rat-unindexed-2024": "animal",
    "cadaver-2022": "laboratory",
    "narrative-2023": "narrative review",
    "narrative-2020": "narrative review",
    "new-narrative-2024": "narrative review",
}


@pytest.mark.parametrize("article", LOOK_ALIKES)
def test_each_look_alike_is_proposed_for_exclusion(
    article: dict[str, Any], reports: dict[str, Reported]
) -> None:
    rule = reports[article["key"]].standing.rule
    assert rule is not None
    assert rule.verdict == "exclude", rule.reason
    expected = WORDS_OF_THE_REASON.get(article["key"], "")
    assert expected in rule.reason.lower()


def test_a_record_that_is_no_match_is_stored_and_is_not_a_report(
    seen: Seen, reports: dict[str, Reported]
) -> None:
    """Line 30 takes out what is indexed with Animals alone; the record is kept all the same."""
    expected = [
        article["key"]
        for article in EXPECTED["published_search"]["articles"]
        if article["verdict"] == "no match" and article["retrieved"]
    ]
    assert expected
    assert not set(expected) & reports.keys()
    judged = Counter(row["verdict"] for row in seen.after_again["match"])
    assert judged["no match"] >= len(expected)


def signals_about(seen: Seen, kind: str, subject: str) -> list[dict[str, Any]]:
    """The stored signals of a kind that are about, or rest on, this PMID or NCT number."""
    return [
        row["content"]
        for row in seen.after_again["signal"]
        if row["content"]["kind"] == kind
        and subject
        in {row["content"]["subject"], *(e["identifier"] for e in row["content"]["evidence"])}
    ]


def identifier(subject: str) -> str:
    source = read_source(SNAPSHOT / "source")
    pmids = {article.key: article.pmid for week in source.weeks for article in week.articles}
    return pmids.get(subject) or subject


EVENTS = [
    pytest.param(event, id=f"{event['kind']} {event['subject']}")
    for event in EXPECTED["later_week"]["signals"]
]


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_of_the_later_week_is_signalled_exactly_once(
    event: dict[str, Any], seen: Seen
) -> None:
    about = signals_about(seen, event["kind"], identifier(event["subject"]))
    assert [signal["recommendations"] for signal in about] == [event["recommendations"]]


def test_nothing_but_the_events_is_signalled(seen: Seen) -> None:
    expected = Counter(event["kind"] for event in EXPECTED["later_week"]["signals"])
    assert Counter(row["content"]["kind"] for row in seen.after_again["signal"]) == expected


def test_the_published_search_itself_raises_no_signal(seen: Seen) -> None:
    assert {row["raised_on"] for row in seen.after_again["signal"]} == {"2025-01-31"}


@pytest.mark.parametrize(
    "table",
    [
        "record",
        "record_version",
        "report",
        "match",
        "signal",
        "alert",
        "pair_decision",
        "screening_decision",
        "registration_version",
        "link",
        "watermark",
        "payload",
    ],
)
def test_the_same_week_again_adds_nothing(seen: Seen, table: str) -> None:
    assert seen.after_the_week[table]
    assert seen.after_again[table] == seen.after_the_week[table]


@pytest.mark.slow
def test_the_whole_demonstration_again_in_the_same_folder_adds_nothing(seen: Seen) -> None:
    """Its first run is then one for an earlier day, which must not overwrite what came later."""
    files = {file: file.read_bytes() for file in (seen.folder / "alerts").iterdir()}
    list(demonstrate(seen.topic, seen.folder, Unwatched()))
    after = contents(f"sqlite:///{seen.folder / 'surveil.db'}")
    for table in sorted(after.keys() - ATTEMPTS):
        assert after[table] == seen.after_again[table], table
    assert {file: file.read_bytes() for file in (seen.folder / "alerts").iterdir()} == files


def test_each_signal_was_sent_once_to_each_recipient(seen: Seen) -> None:
    alerts = seen.after_again["alert"]
    assert len(alerts) == len(seen.after_again["signal"]) * len(seen.topic.recipients)
    assert {row["state"] for row in alerts} == {"sent"}


def test_each_week_has_one_digest_which_opens_with_what_was_searched_when(seen: Seen) -> None:
    quiet, later = sorted((seen.folder / "alerts").glob("*.txt"))
    assert "A quiet week: the searches ran" in quiet.read_text(encoding="utf-8")
    text = later.read_text(encoding="utf-8")
    assert text.startswith(f"*** {BANNER} ***")
    assert "Embase: 2024-08-02, 26 weeks ago" in text
    assert text.index("26 weeks ago") < text.index("NCT05009394")
    assert "primary completion moved by 14 months" in text


def test_every_output_says_that_the_data_are_constructed(seen: Seen) -> None:
    written = list((seen.folder / "alerts").iterdir())
    assert Counter(file.suffix for file in written) == {
        ".html": 2,
        ".txt": 2,
        ".atom": 1,
        ".ics": 1,
    }
    for file in written:
        assert BANNER in file.read_text(encoding="utf-8")
    assert {episode.overview.banner for episode in seen.episodes} == {BANNER}


def test_a_command_in_the_demonstrations_folder_says_so_and_asks_nobody(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(seen.folder)
    settings = read_settings()
    assert settings.banner == BANNER
    assert settings.workspace.resolve() == seen.folder
    addresses = (settings.pubmed_url, settings.clinicaltrials_url)
    assert {urlsplit(address).netloc for address in addresses} == {"127.0.0.1:9"}


def test_the_numbers_of_the_closing_table_add_up(seen: Seen) -> None:
    numbers = dict(seen.episodes[-2].overview.rows)
    assert numbers["records in play"] - numbers["  duplicates"] == numbers["reports"]
    screened = sum(
        number
        for name, number in numbers.items()
        if name.startswith(("people: ", "rule: ")) and name != "rule: new proposals"
    )
    assert screened == numbers["reports"]


def test_the_watermarks_stand_where_the_searches_ended(seen: Seen) -> None:
    marks = {(row["strategy"], row["source"]): row for row in seen.after_again["watermark"]}
    assert marks["medline", "pubmed"]["covered_until"] == "2025-01-31"
    assert marks["embase", "import"]["covered_until"] == "2024-08-02"


def test_doubtful_pairs_wait_and_no_conflicting_identifiers_were_merged(seen: Seen) -> None:
    rows = seen.after_again
    assert any(row["verdict"] == "doubtful" for row in rows["pair_decision"])
    pmids: dict[int, set[str]] = {}
    newest = {row["record_id"]: row["content"] for row in rows["record_version"]}
    for row in rows["report_record"]:
        if pmid := newest[row["record_id"]].get("pmid"):
            pmids.setdefault(row["report_id"], set()).add(pmid)
    assert pmids
    assert all(len(numbers) == 1 for numbers in pmids.values())
