"""Doubtful links on the page: answered, taken back, answered by two at once; the same as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from surveillance.accounts import Role
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
from tests.small_world import FIRST, SmallWorld
from tests.triage.test_api import by_token
from tests.triage.test_duplicates_room import words
from tests.triage_desk import PEOPLE, Page, csrf, served

ROOM = "/topics/small/links"
API = "/api/v1/topics/small/links"
WAITING = [f"pubmed:{BOTH} {TRIAL}", f"pubmed:{BOTH} {OTHER}", f"pubmed:{REVIEW} {OTHER}",
           f"pubmed:{ALIKE} {LIKE}"]  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """The page of a world after its first run."""

    page: Page
    world: SmallWorld

    def said(self) -> list[tuple[str, str, str]]:
        """Who said what of which registration, in order."""
        rows = self.world.rows("link_word")
        return [(row["made_by"], row["number"], row["verdict"]) for row in rows]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with doubtful_world(tmp_path) as world:
        world.run(FIRST)
        with served(world.workspace, world.settings.store_url) as page:
            yield Desk(page, world)


def shown(answer: httpx.Response) -> str:
    """The link that the page asks about."""
    found = re.search(r'name="link" value="([^"]+)">\s*<input[^>]*name="following"', answer.text)
    return found[1] if found else ""


def give(client: httpx.Client, verdict: str, path: str = ROOM, **more: str) -> httpx.Response:
    """Answer what the page shows, with the fields of its own form; the page after it."""
    text = client.get(path).text
    form = re.search(r'<form method="post" action="[^"]*/links" .*?</form>', text, re.DOTALL)
    assert form
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    answer = client.post(ROOM, data={**fields, "verdict": verdict, **more})
    return client.get(answer.headers["location"]) if answer.status_code == 303 else answer


def test_a_link_stands_with_both_sides_and_with_why_it_is_doubtful(desk: Desk) -> None:
    with desk.page.signed_in() as client:
        first = client.get(ROOM)
        alike = words(client.get(f"{ROOM}?link={WAITING[3]}"))
    assert shown(first) == WAITING[0]
    told = words(first)
    assert "Doubtful links: 1 of 4" in told and "it names 2 trials" in told
    assert "The number stands in: abstract" in told and "nerve transfer" in told
    assert "No number, but alike" in alike and "much the same title" in alike
    assert "Capsaicin cream" in alike


def test_answers_go_on_to_the_next_and_hold_at_once(desk: Desk) -> None:
    with desk.page.signed_in() as client:
        assert "2</strong> doubtful links" not in client.get("/topics/small").text
        after = give(client, "same", reason="the second trial is an extension")
        assert f"{TRIAL}: its report now." in words(after)
        assert shown(after) == WAITING[1]
        after = give(client, "different", f"{ROOM}?link={WAITING[3]}")
        assert "Doubtful links: 1 of 2" in words(after)
        assert "2</strong> doubtful links" in client.get("/topics/small").text
    me = PEOPLE[Role.REVIEWER]
    assert desk.said() == [(me, TRIAL, "same"), (me, LIKE, "different")]
    assert desk.world.rows("link_word")[0]["reason"] == "the second trial is an extension"


def test_ones_last_answer_is_taken_back_and_waits_again(desk: Desk) -> None:
    with desk.page.signed_in() as client:
        give(client, "different")
        page = client.get(ROOM)
        assert "Undo your last answer" in words(page)
        told = {"csrf": csrf(client), "link": WAITING[0]}
        answer = client.post(f"{ROOM}/take-back", data=told)
        after = client.get(answer.headers["location"])
        assert "taken back" in words(after) and shown(after) == WAITING[0]
        assert "Undo your last answer" not in words(after)
        again = client.post(f"{ROOM}/take-back", data=told)
    assert again.status_code == 409 and "Nothing was kept" in again.text
    assert [verdict for _, _, verdict in desk.said()] == ["different", "taken back"]


def test_two_at_once_do_not_overwrite_each_other(desk: Desk) -> None:
    with desk.page.signed_in() as ann, desk.page.signed_in(Role.SPECIALIST) as ben:
        fields = {"link": WAITING[0], "following": ""}
        with ThreadPoolExecutor(2) as pool:
            answers = pool.map(
                lambda one: one[0].post(
                    ROOM, data={**fields, "csrf": csrf(one[0]), "verdict": one[1]}
                ),
                [(ann, "same"), (ben, "different")],
            )
            codes = sorted(answer.status_code for answer in answers)
    assert codes == [303, 409]
    assert len(desk.said()) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"link": "", "verdict": "same"},
        {"link": WAITING[0], "verdict": "perhaps"},
        {"link": "pubmed:1 NCT00000000", "verdict": "same"},
        {"link": f"\x00 {TRIAL}", "verdict": "same"},
        {"link": WAITING[0], "verdict": "same", "reason": "\x1b[31m"},
    ],
)
def test_what_cannot_be_answered_is_said_and_nothing_kept(
    desk: Desk, fields: dict[str, str]
) -> None:
    with desk.page.signed_in() as client:
        answer = client.post(ROOM, data={**fields, "csrf": csrf(client)})
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert desk.said() == []


def test_who_may_not_answer_sees_and_does_not(desk: Desk) -> None:
    with desk.page.signed_in(Role.GUIDANCE) as client:
        page = client.get(ROOM)
        assert "Reviewers and specialists answer." in words(page)
        told = {"csrf": csrf(client), "link": WAITING[0], "verdict": "same"}
        assert client.post(ROOM, data=told).status_code == 403
    assert desk.said() == []


def test_registrations_that_may_be_one_trial_are_named(desk: Desk) -> None:
    told = f"{TRIAL} and {OTHER} may be one trial by {ELSEWHERE}; they are kept apart."
    with desk.page.signed_in() as client:
        assert told in words(client.get(ROOM))
    with by_token(desk.page, Role.REVIEWER) as client:
        apart = client.get(API).json()["kept_apart"]
    assert apart == [{"registrations": [TRIAL, OTHER], "listed": ELSEWHERE}]


def test_the_same_as_json(desk: Desk) -> None:
    with by_token(desk.page, Role.REVIEWER) as client:
        found = client.get(API, params={"limit": 3}).json()
        rest = client.get(API, params={"skip": found["next"]}).json()
        every = [*found["links"], *rest["links"]]
        assert [f"{one['record']} {one['registration']}" for one in every] == WAITING
        assert rest["next"] is None and found["waiting"] == 4
        sent = {"record": f"pubmed:{BOTH}", "registration": TRIAL}
        taken: dict[str, Any] = client.post(API, json={**sent, "verdict": "same"}).json()
        assert (taken["verdict"], taken["new"]) == ("same", True)
        with by_token(desk.page, Role.SPECIALIST) as other:
            assert other.post(API, json={**sent, "verdict": "different"}).status_code == 409
            assert other.delete(API, params=sent).status_code == 409
        assert client.delete(API, params=sent).json()["verdict"] == "taken back"
        assert client.delete(API, params=sent).status_code == 422
        gone = {"record": f"pubmed:{OWN}", "registration": "NCT00000000", "verdict": "same"}
        assert client.post(API, json=gone).status_code == 422
        assert client.post(API, json={**sent, "verdict": "maybe"}).status_code == 422
