"""`surveil trials`: what is kept of a registration, and what changed in it, as a user sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db import links as link_rows
from db import records as record_rows
from db import studies as study_rows
from db.session import Store
from surveillance.records import Captured, Payload, Record
from surveillance.studies.links import Certainty, Link, Place
from surveillance.studies.reading import CLINICALTRIALS_JSON
from tests.command_line import Surveil, caller
from tests.spec.registration_documents import BARE, NUMBER, with_values
from tests.world import fresh_store, store_url

TOPIC = "topic"
DAYS = (date(2024, 8, 2), date(2024, 9, 6), date(2025, 1, 31))
VERSIONS: tuple[dict[str, object], ...] = (
    {
        "title": "Nerves [TMR] after amputation",
        "status": "RECRUITING",
        "size": "110 ESTIMATED",
        "primary_completion": "2022-03-01 ACTUAL",
    },
    {
        "title": "Nerves [TMR] after amputation",
        "status": "TERMINATED",
        "why": "Slow accrual",
        "size": "100 ACTUAL",
        "primary_completion": "2022-03-01 ACTUAL",
    },
    {
        "title": "Nerves [TMR] after amputation",
        "status": "TERMINATED",
        "why": "Slow accrual",
        "size": "100 ACTUAL",
        "primary_completion": "2022-03-01 ACTUAL",
        "protocolSection.descriptionModule.briefSummary": "Said in other words.",
    },
)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("SURVEIL_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("SURVEIL_DATABASE_URL", store_url(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    with fresh_store(tmp_path) as opened:
        keys = {key for version in VERSIONS for key in version}
        for day, version in zip(DAYS, VERSIONS, strict=True):
            keep(opened, NUMBER, with_values(BARE, version, keys), day)
        yield opened


@pytest.fixture
def trials(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Surveil:
    return caller(monkeypatch, capsys, "trials")


def keep(store: Store, number: str, content: bytes, day: date) -> None:
    with store.transaction() as session:
        study_rows.save_registrations(
            session,
            [(number, Payload(content, CLINICALTRIALS_JSON))],
            topic=TOPIC,
            route=study_rows.WATCHED,
            search_id=None,
            seen_on=day,
        )


def name_it(store: Store, number: str = NUMBER) -> None:
    """A record of the topic names the trial in its title."""
    record = Record(source="pubmed", source_id="7", pmid="7", title=f"Results of {number}")
    with store.transaction() as session:
        saved = record_rows.save_captured(
            session,
            [Captured(record, Payload(b"<x/>", "application/xml"))],
            topic=TOPIC,
            route="created",
            seen_on=DAYS[0],
        )
        link = Link(number, Place.TITLE, f"Results of {number}", Certainty.CERTAIN)
        link_rows.save_links(session, TOPIC, [(saved.ids[0], (link,))], DAYS[0])


def test_show_gives_facts_versions_and_what_is_overdue(trials: Surveil) -> None:
    code, out, _ = trials("show", NUMBER.lower(), "--json")
    (trial,) = json.loads(out)
    assert code == 0
    assert (trial["number"], trial["title"]) == (NUMBER, "Nerves [TMR] after amputation")
    assert [(v["version"], v["seen_on"], v["status"]) for v in trial["versions"]] == [
        (1, "2024-08-02", "RECRUITING"),
        (2, "2024-09-06", "TERMINATED"),
        (3, "2025-01-31", "TERMINATED"),
    ]
    assert trial["topics"] == [
        {"topic": TOPIC, "route": "watch list", "first_seen_on": "2024-08-02"}
    ]
    assert trial["results_due"]["on"] == trial["overdue"]["due_on"] == "2023-03-01"
    assert trial["overdue"]["law"] == "none"
    assert trial["named_by"] == []


def test_show_names_the_records_that_name_the_trial_which_is_then_not_overdue(
    trials: Surveil, store: Store
) -> None:
    name_it(store)
    (trial,) = json.loads(trials("show", NUMBER, "--json")[1])
    assert trial["named_by"] == [
        {
            "topic": TOPIC,
            "record": "pubmed:7",
            "title": f"Results of {NUMBER}",
            "where": "title",
            "words": f"Results of {NUMBER}",
        }
    ]
    assert trial["overdue"] is None


def test_show_for_people_holds_the_same(trials: Surveil, store: Store) -> None:
    code, out, err = trials("show", NUMBER)
    assert (code, err) == (0, "")
    for told in (
        "NCT99000001: Nerves [TMR] after amputation",
        "100 participants, actual",
        "overdue for",
        "high: status, size",
        "noise: summary",
        "No record names it.",
    ):
        assert told in out, out
    assert "\x1b[" not in out
    name_it(store)
    assert "pubmed:7" in trials("show", NUMBER)[1]


def test_diff_tells_each_version_against_the_one_before(trials: Surveil) -> None:
    code, out, _ = trials("diff", NUMBER, "--json")
    told = json.loads(out)
    assert (code, told["number"], told["versions"]) == (0, NUMBER, 3)
    first, second = told["differences"]
    assert (first["from"], first["to"], first["seen_on"]) == (1, 2, "2024-09-06")
    assert first["changes"] == [
        {
            "field": "status",
            "before": "RECRUITING",
            "after": "TERMINATED",
            "weight": "high",
            "event": "stopped",
            "sentence": "Status is now terminated; it was recruiting. Reason given: Slow accrual.",
        },
        {
            "field": "size",
            "before": "110",
            "after": "100",
            "weight": "low",
            "event": "other",
            "sentence": "Size fell from 110 to 100 participants (by 9%).",
        },
    ]
    assert (second["changes"], second["noise"]) == ([], ["summary"])


@pytest.mark.parametrize(
    ("options", "pair"),
    [
        (("--from", "1", "--to", "3"), (1, 3)),
        (("--from", "2"), (2, 3)),
        (("--to", "2"), (1, 2)),
    ],
)
def test_diff_of_two_versions(
    trials: Surveil, options: tuple[str, ...], pair: tuple[int, int]
) -> None:
    (only,) = json.loads(trials("diff", NUMBER, *options, "--json")[1])["differences"]
    assert (only["from"], only["to"]) == pair


def test_diff_for_people_weighs_each_line(trials: Surveil) -> None:
    code, out, err = trials("diff", NUMBER)
    assert (code, err) == (0, "")
    lines = [line for line in out.splitlines() if "│" in line]
    weights = [line.split("│")[1].strip() for line in lines]
    assert weights == ["high", "low", "noise"]
    assert "version 1 to 2" in out and "version 2 to 3" in out


def test_a_trial_of_one_version_has_nothing_to_compare(trials: Surveil, store: Store) -> None:
    number = "NCT99000002"
    keep(store, number, json.dumps(BARE).replace(NUMBER, number).encode(), DAYS[0])
    assert trials("diff", number)[:2] == (0, f"{number} has one version, seen on 2024-08-02.\n")
    assert json.loads(trials("diff", number, "--json")[1])["differences"] == []
    assert "untitled" in trials("show", number)[1]


def test_a_former_number_leads_to_the_trial(trials: Surveil, store: Store) -> None:
    with store.transaction() as session:
        study_rows.save_aliases(session, [("NCT98000001", NUMBER)], DAYS[0])
    named = json.loads(trials("show", "NCT98000001", NUMBER, "--json")[1])
    assert [(one["number"], one["former_numbers"]) for one in named] == [(NUMBER, ["NCT98000001"])]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "NCT99999999"), "NCT99999999 is not in the store"),
        (("show", NUMBER, "no number"), "NO NUMBER is not in the store"),
        (("diff", "NCT99999999", "--json"), "NCT99999999 is not in the store"),
        (("diff", NUMBER, "--to", "7"), "has 3 versions; there is no version 7"),
        (("diff", NUMBER, "--from", "2", "--to", "2"), "not from 2 to 2"),
        (("diff", NUMBER, "--from", "3", "--to", "1"), "not from 3 to 1"),
    ],
)
def test_what_is_not_there_is_one_sentence_and_exit_code_2(
    trials: Surveil, arguments: tuple[str, ...], told: str
) -> None:
    code, out, err = trials(*arguments)
    assert (code, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1
