"""The API: the same actions as the page's, by token, with the same permissions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from surveillance.accounts import Role
from surveillance.cli.topics import EXAMPLE
from surveillance.pipeline import accounts
from surveillance.pipeline.demonstration import PUBLISHED_SEARCH
from surveillance.pipeline.running import run_topic
from surveillance.triage.api import links, pairs, reports, signals, topics
from surveillance.triage.api.door import PREFIX
from surveillance.triage.gate import COOKIE
from tests.command_line import Surveil, caller
from tests.triage_desk import PEOPLE, Page, served
from tests.world import World, store_url, world

pytestmark = pytest.mark.sqlite
ACTIONS = [
    one
    for room in (topics, reports, pairs, links, signals)
    for one in room.router.routes
    if isinstance(one, APIRoute)
]
TOPIC = f"/api/v1/topics/{EXAMPLE}"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("api")) as made:
        for day in (PUBLISHED_SEARCH, date(2025, 1, 31)):
            made.simulator.as_of = day
            run_topic(made.topic, made.settings, until=day)
        yield made


@pytest.fixture(scope="module")
def page(ran: World) -> Iterator[Page]:
    with served(ran.folder, store_url(ran.folder), path="/surveillance") as made:
        yield made


def by_token(page: Page, role: Role) -> httpx.Client:
    token = accounts.give_token(page.store, PEOPLE[role], purpose=accounts.API, label="a test")
    return httpx.Client(base_url=page.url, headers={"Authorization": f"Bearer {token}"}, timeout=60)


@pytest.fixture
def surveil(
    ran: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Surveil:
    for name, value in ran.environment.items():
        monkeypatch.setenv(name, value)
    return caller(monkeypatch, capsys)


def printed_by(surveil: Surveil, *arguments: object) -> Any:
    _, output, _ = surveil(*arguments, "--json")
    return json.loads(output)


def told(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def test_every_action_asks_for_a_token() -> None:
    assert len(ACTIONS) > 15
    for one in ACTIONS:
        names = {dependency.call for dependency in one.dependant.dependencies}
        assert any(getattr(call, "__qualname__", "") == "may.<locals>.check" for call in names), (
            one.path
        )


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer guessed", "Basic YTpi", "bearer \u00e4"])
def test_without_a_token_that_opens_nothing_is_told(page: Page, header: str) -> None:
    with httpx.Client(base_url=page.url) as client:
        sent = [(b"Accept", b"text/html"), (b"Authorization", header.encode())]
        answer = client.get("/api/v1/topics", headers=sent[: 2 if header else 1])
    assert told(answer, 401)["error"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert EXAMPLE not in answer.text


def test_a_session_alone_calls_nothing(page: Page) -> None:
    """Else another site's form could act for whoever is signed in."""
    with page.signed_in() as client:
        assert client.cookies[COOKIE]
        assert client.get("/api/v1/topics").status_code == 401
        assert client.get("/api/v1/openapi.json").status_code == 200


def test_a_token_that_is_withdrawn_or_for_a_feed_opens_nothing(page: Page) -> None:
    name = PEOPLE[Role.REVIEWER]
    feed = accounts.give_token(page.store, name, purpose=accounts.FEED, label="f", topic=EXAMPLE)
    api = accounts.give_token(page.store, name, purpose=accounts.API, label="gone")
    with httpx.Client(base_url=page.url) as client:
        for token in (feed, api):
            if token == api:
                with page.store.snapshot() as session:
                    mine = accounts.tokens_of(session, name)
                number = next(one.number for one in mine if one.label == "gone")
                accounts.withdraw_token(page.store, name, number)
            sent = {"Authorization": f"Bearer {token}"}
            assert client.get("/api/v1/topics", headers=sent).status_code == 401


def test_a_disabled_persons_token_opens_nothing(page: Page) -> None:
    page.add("To Kenless")
    token = accounts.give_token(page.store, "To Kenless", purpose=accounts.API, label="t")
    accounts.enable(page.store, "To Kenless", enabled=False, by="an admin")
    with httpx.Client(base_url=page.url) as client:
        sent = {"Authorization": f"Bearer {token}"}
        assert client.get("/api/v1/topics", headers=sent).status_code == 401


WRITES = {
    ("POST", f"{TOPIC}/reports/1/decision"): {Role.REVIEWER, Role.SPECIALIST},
    ("DELETE", f"{TOPIC}/reports/1/decision"): {Role.REVIEWER, Role.SPECIALIST},
    ("POST", f"{TOPIC}/pairs"): {Role.REVIEWER, Role.SPECIALIST},
    ("DELETE", f"{TOPIC}/pairs"): {Role.REVIEWER, Role.SPECIALIST},
    ("POST", f"{TOPIC}/links"): {Role.REVIEWER, Role.SPECIALIST},
    ("DELETE", f"{TOPIC}/links"): {Role.REVIEWER, Role.SPECIALIST},
    ("POST", "/api/v1/signals/1/act"): {Role.GUIDANCE},
    ("POST", "/api/v1/signals/1/dismiss"): {Role.GUIDANCE},
    ("POST", "/api/v1/signals/1/reopen"): {Role.GUIDANCE},
    ("POST", f"{TOPIC}/guidance"): {Role.GUIDANCE},
    ("POST", "/api/v1/lint"): set(Role),
}


def test_the_table_of_roles_names_every_action_that_changes_something() -> None:
    writes = {
        (method, PREFIX + one.path.format(slug=EXAMPLE, report=1, number=1))
        for one in ACTIONS
        for method in (one.methods or set()) - {"GET", "HEAD"}
    }
    assert writes == set(WRITES)


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_may_not_do_on_the_page_its_token_may_not(page: Page, role: Role) -> None:
    with by_token(page, role) as client:
        for (method, path), roles in WRITES.items():
            status = client.request(method, path, json={}).status_code
            assert (status == 403) is (role not in roles), (role, method, path, status)


def test_topics_and_their_week_in_numbers(page: Page) -> None:
    with by_token(page, Role.ADMIN) as client:
        assert [one["topic"] for one in told(client.get("/api/v1/topics"))["topics"]] == [EXAMPLE]
        week = told(client.get(f"{TOPIC}/week"))
    assert week["until"] == "2025-01-31"
    assert week["rows"]["identified on PubMed"] == 9


def test_what_waits_comes_page_by_page_and_once_each(page: Page, surveil: Surveil) -> None:
    seen: list[int] = []
    with by_token(page, Role.REVIEWER) as client:
        first = found = told(client.get(f"{TOPIC}/reports/waiting", params={"limit": 2}))
        seen += [one["report"] for one in found["waiting"]]
        while found["next"] is not None:
            sent = {"limit": 2, "behind": found["next"]}
            found = told(client.get(f"{TOPIC}/reports/waiting", params=sent))
            seen += [one["report"] for one in found["waiting"]]
    assert len(seen) == len(set(seen)) == first["left"]
    printed = printed_by(surveil, "decide", EXAMPLE, "--list")
    assert {one["report"] for one in printed["waiting"]} == set(seen)
    assert set(printed["waiting"][0]) == set(first["waiting"][0])


def test_a_list_in_an_order_that_the_server_does_not_know_is_begun_again(page: Page) -> None:
    with by_token(page, Role.REVIEWER) as client:
        answer = told(client.get(f"{TOPIC}/reports/waiting?behind=1.00000000"), 409)
    assert "Ask for its first page again" in answer["error"]


def test_a_report_is_read_decided_and_taken_back(page: Page) -> None:
    with by_token(page, Role.REVIEWER) as client:
        waits = told(client.get(f"{TOPIC}/reports/waiting", params={"limit": 1}))
        number = waits["waiting"][0]["report"]
        one = told(client.get(f"{TOPIC}/reports/{number}"))
        assert one["report"] == waits["waiting"][0]
        sent = {"verdict": "exclude", "reason": "another procedure", "told": one["told"]}
        path = f"{TOPIC}/reports/{number}/decision"
        assert (
            "needs a reason" in told(client.post(path, json={"verdict": "exclude"}), 422)["error"]
        )
        taken = told(client.post(path, json=sent))
        assert (taken["verdict"], taken["by"], taken["new"]) == (
            "exclude", PEOPLE[Role.REVIEWER], True,
        )  # fmt: skip
        after = told(client.get(f"{TOPIC}/reports/waiting", params={"limit": 200}))
        assert number not in {each["report"] for each in after["waiting"]}
        assert told(client.delete(path))["verdict"] == "taken back"
        assert "has said nothing" in told(client.delete(path), 422)["error"]


def test_anothers_word_that_was_not_seen_is_not_overruled(page: Page) -> None:
    with by_token(page, Role.REVIEWER) as mine, by_token(page, Role.SPECIALIST) as theirs:
        waits = told(mine.get(f"{TOPIC}/reports/waiting", params={"limit": 1}))
        path = f"{TOPIC}/reports/{waits['waiting'][0]['report']}/decision"
        told(theirs.post(path, json={"verdict": "include"}))
        answer = mine.post(path, json={"verdict": "unsure", "told": 0})
        assert "meanwhile" in told(answer, 409)["error"]
        told(theirs.delete(path))


def test_signals_are_judged_with_a_reason(page: Page, surveil: Surveil) -> None:
    with by_token(page, Role.GUIDANCE) as client:
        found = told(client.get(f"{TOPIC}/signals", params={"limit": 1}))
        number = found["signals"][0]["id"]
        path = f"/api/v1/signals/{number}"
        assert told(client.post(f"{path}/dismiss", json={"reason": " "}), 422)
        assert (
            told(client.post(f"{path}/dismiss", json={"reason": "known"}))["status"] == "dismissed"
        )
        assert told(client.post(f"{path}/reopen", json={"reason": "a slip"}))["status"] == "open"
        assert told(client.post(f"{path}/act", json={"reason": "asked"}))["status"] == "acted on"
        one = told(client.get(path))
        assert one["history"][-1]["by"] == PEOPLE[Role.GUIDANCE]
        made = told(
            client.post(f"{TOPIC}/guidance", json={"decision": "no update", "reason": "one <b>"})
        )
        assert [each["id"] for each in made["signals"]] == [number]
        assert told(client.get(f"{TOPIC}/guidance"))["decisions"][-1] == made
    printed = printed_by(surveil, "signals", EXAMPLE)
    assert next(each for each in printed if each["id"] == number) == one


def test_signals_come_page_by_page(page: Page, surveil: Surveil) -> None:
    every = [one["id"] for one in printed_by(surveil, "signals", EXAMPLE)]
    seen: list[int] = []
    after: int | None = 0
    with by_token(page, Role.ADMIN) as client:
        while after is not None:
            sent = {"limit": 2, "after": after}
            found = told(client.get(f"{TOPIC}/signals", params=sent))
            seen += [one["id"] for one in found["signals"]]
            after = found["next"]
    assert seen == every


def test_a_strategy_is_linted_as_the_command_does(page: Page, ran: World, surveil: Surveil) -> None:
    with by_token(page, Role.ADMIN) as client:
        listed = told(client.get(f"{TOPIC}/strategies"))["strategies"]
        sent = {"strategy": "inahta"}
        found = told(client.get(f"{TOPIC}/lint", params=sent))
        pasted = told(client.post("/api/v1/lint", json={"text": "1 cut*.tw."}))
    assert listed[0]["name"] == "medline"
    assert listed[0]["last_count"] == 62
    file = ran.topic.folder / "inahta.txt"
    printed = printed_by(surveil, "strategy", "lint", file)
    assert {"dialect": found["dialect"], "lines": found["lines"]} == {
        name: printed[name] for name in ("dialect", "lines")
    }
    assert [one for one in printed["diagnostics"] if one not in found["diagnostics"]] == []
    assert [one["code"] for one in pasted["diagnostics"]] == ["short-root"]


@pytest.mark.parametrize(
    "path",
    [
        f"{TOPIC}/reports/999999", "/api/v1/signals/999999", "/api/v1/topics/none/week",
        f"{TOPIC}/lint?strategy=none", f"{TOPIC}/reports/waiting?behind=999999", "/api/v1/none",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(page: Page, path: str) -> None:
    with by_token(page, Role.REVIEWER) as client:
        assert told(client.get(path, headers={"Accept": "text/html"}), 404)["error"]


@pytest.mark.parametrize(
    "path",
    [
        f"{TOPIC}/reports/{'9' * 30}", f"{TOPIC}/reports/x", f"{TOPIC}/signals?limit=0",
        f"{TOPIC}/signals?limit=201", f"{TOPIC}/pairs?skip=-1", f"{TOPIC}/lint",
        f"{TOPIC}/reports/waiting?stage=title",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(page: Page, path: str) -> None:
    with by_token(page, Role.REVIEWER) as client:
        assert ": " in told(client.get(path), 422)["error"]


@pytest.mark.parametrize(
    "sent",
    [
        {"verdict": "maybe"}, {"verdict": "include", "by": "Somebody Else"},
        {"verdict": "include", "reason": "a\x00b"}, {"verdict": "include", "reason": "x" * 3_000},
        {"verdict": "include", "told": -1}, [], None, "include",
    ],
)  # fmt: skip
def test_nobody_decides_as_somebody_else_or_with_other_than_words(page: Page, sent: Any) -> None:
    with by_token(page, Role.REVIEWER) as client:
        assert told(client.post(f"{TOPIC}/reports/1/decision", json=sent), 422)


def test_the_page_of_the_api_names_every_action(page: Page) -> None:
    with page.signed_in(Role.GUIDANCE) as client:
        html = client.get("/api").text
        found = client.get("/api/v1/openapi.json").json()
    assert found["servers"] == [{"url": "/surveillance"}]
    for path, methods in found["paths"].items():
        assert f"<code>{path}</code>" in html
        for action in methods.values():
            assert set(action["responses"]) >= {"200", "401", "403", "404", "409", "422"}
            assert action["description"]
    assert "http" not in html.partition("<main")[0]


def test_a_page_of_the_api_is_for_those_who_are_signed_in(page: Page) -> None:
    with page.client() as client:
        assert client.get("/api").status_code == 303
        assert client.get("/api/v1/openapi.json").status_code == 401
