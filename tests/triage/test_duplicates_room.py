"""Doubtful pairs on the page: answered, taken back, answered by two at once; merges undone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path

import httpx
import pytest

from db import pair_log
from db import records as record_rows
from db import reports as report_rows
from db.session import Store
from surveillance.accounts import Role
from surveillance.cli.topics import EXAMPLE, make_workspace
from surveillance.dedup.clusters import cluster
from surveillance.dedup.decide import PairDecision, Verdict
from surveillance.pipeline import accounts, dedup_review
from surveillance.records import Captured, Payload, Record
from tests.triage_desk import PEOPLE, Page, csrf, served
from tests.world import Backend, contents, fresh_store, store_url

DAY = date(2025, 1, 31)
ROOM = f"/topics/{EXAMPLE}/duplicates"
HOSTILE = "<script>alert(1)</script>"
TITLES = (
    "Nerve transfer for the stump",
    "Nerve transfer for the stump",
    "Nerve transfer for the stump",
    f"Stumps {HOSTILE}",
    "Stumps another way",
)


@dataclass(frozen=True)
class Desk:
    """The page, and the numbers of five records: one pair merged by rule, three pairs waiting."""

    page: Page
    records: tuple[int, ...]

    def pair(self, a: int, b: int) -> str:
        return f"{self.records[a]}-{self.records[b]}"

    def rows(self) -> list[tuple[str, str, str]]:
        """What people said, in order: the pair, the verdict, by which rule."""
        names = {number: str(place) for place, number in enumerate(self.records)}
        return [
            (names[row["record_a"]] + names[row["record_b"]], row["verdict"], row["rule"])
            for row in contents(self.page.settings.store_url)["pair_decision"]
            if row["made_by"] != "rule"
        ]

    def reports(self) -> list[tuple[int, ...]]:
        with self.page.store.snapshot() as session:
            found = report_rows.reports_of(session, EXAMPLE)
        places = {number: place for place, number in enumerate(self.records)}
        return [tuple(places[number] for number in one.record_ids) for one in found]


def fill(store: Store) -> tuple[int, ...]:
    records = [
        Record(source="pubmed" if n == 2 else "embase", source_id=str(900 + n), title=title)
        for n, title in enumerate(TITLES)
    ]
    with store.transaction() as session:
        saved = record_rows.save_captured(
            session,
            [Captured(one, Payload(one.source_id.encode(), "text/plain")) for one in records],
            topic=EXAMPLE,
            route="import",
            seen_on=DAY,
        )
        a, b, c, d, e = saved.ids
        said = [
            (a, b, Verdict.SAME, 0.99, "same title"),
            (d, e, Verdict.DOUBTFUL, 0.83, "alike, but authors differ"),
            (a, c, Verdict.DOUBTFUL, 0.61, "alike, but pages differ"),
            (c, e, Verdict.DOUBTFUL, 0.42, "alike, but authors missing"),
            (b, d, Verdict.DIFFERENT, 0.01, "other titles"),
        ]
        report_rows.save_decisions(
            session,
            EXAMPLE,
            [PairDecision(x, y, v, why, score, ()) for x, y, v, score, why in said],
            made_by=report_rows.RULE,
            rule_version="dedup-test",
            today=DAY,
        )
        log = pair_log.log_of(session, EXAMPLE)
        entered = dict.fromkeys(saved.ids, DAY)
        report_rows.save_clusters(session, EXAMPLE, cluster(saved.ids, log).clusters, entered)
    return saved.ids


@pytest.fixture
def desk(backend: Backend, tmp_path: Path) -> Iterator[Desk]:
    make_workspace(tmp_path)
    with fresh_store(tmp_path), served(tmp_path, store_url(tmp_path)) as page:
        yield Desk(page, fill(page.store))


def words(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def shown(answer: httpx.Response) -> str:
    """The pair that the page asks about."""
    found = re.search(r'name="pair" value="(\d+-\d+)">\s*<input[^>]*name="following"', answer.text)
    return found[1] if found else ""


def give(client: httpx.Client, verdict: str, path: str = ROOM) -> httpx.Response:
    """Answer what the page shows, with the fields of its own form; the page after it."""
    text = client.get(path).text
    form = re.search(r'<form method="post" action="[^"]*/duplicates" .*?</form>', text, re.DOTALL)
    assert form
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    answer = client.post(ROOM, data={**fields, "verdict": verdict})
    return client.get(answer.headers["location"]) if answer.status_code == 303 else answer


def take_back(client: httpx.Client, pair: str) -> httpx.Response:
    told = {"csrf": csrf(client), "pair": pair}
    answer = client.post(f"{ROOM}/take-back", data=told)
    return client.get(answer.headers["location"]) if answer.status_code == 303 else answer


def test_the_likeliest_pair_is_shown_with_why_and_what_differs(desk: Desk) -> None:
    with desk.page.signed_in() as client:
        answer = client.get(ROOM)
    assert shown(answer) == desk.pair(3, 4)
    told = words(answer)
    assert "1 of 3" in told
    assert "score 0.830): alike, but authors differ." in told
    assert "<mark>«another way»</mark>" in answer.text
    assert "≠ different" in told
    assert HOSTILE not in answer.text
    assert told.count("alike, but pages differ") == 1


def test_answers_take_effect_and_the_next_pair_follows(desk: Desk) -> None:
    with desk.page.signed_in() as client:
        second = give(client, "different")
        assert "Kept apart." in words(second)
        assert shown(second) == desk.pair(0, 2)
        third = give(client, "same", f"{ROOM}?pair={desk.pair(0, 2)}")
        assert "Merged: report" in words(third)
        last = give(client, "related")
    assert "as reports of one study" in words(last)
    assert "No pair waits." in words(last)
    assert desk.rows() == [
        ("34", "different", dedup_review.COMPARED),
        ("02", "same", dedup_review.COMPARED),
        ("24", "different", dedup_review.RELATED),
    ]
    assert desk.reports() == [(0, 1, 2), (3,), (4,)]


def test_what_is_skipped_comes_again_when_all_were_seen(desk: Desk) -> None:
    with desk.page.signed_in() as client:
        path, seen = ROOM, []
        for _ in range(4):
            answer = client.get(path)
            seen.append(shown(answer))
            found = re.search(r'<a class="button" href="([^"]+)" data-key="k">', answer.text)
            assert found
            path = found[1]
    assert seen == [desk.pair(3, 4), desk.pair(0, 2), desk.pair(2, 4), desk.pair(3, 4)]
    assert desk.rows() == []


def test_the_last_answer_can_be_taken_back_one_after_the_other(desk: Desk) -> None:
    with desk.page.signed_in() as client:
        assert "Undo your last answer" not in client.get(ROOM).text
        give(client, "different")
        give(client, "same")
        assert "on embase:900 and pubmed:902" in words(client.get(ROOM))
        again = take_back(client, desk.pair(0, 2))
        assert shown(again) == desk.pair(0, 2)
        assert desk.reports() == [(0, 1), (2,), (3,), (4,)]
        take_back(client, desk.pair(3, 4))
        assert "Undo your last answer" not in client.get(ROOM).text
        assert "1 of 3" in words(client.get(ROOM))


def test_a_pair_that_somebody_answered_meanwhile_is_left_as_it_is(desk: Desk) -> None:
    desk.page.add("Second Reader")
    with desk.page.signed_in() as mine, desk.page.signed_in(name="Second Reader") as theirs:
        told = {"csrf": csrf(mine), "pair": desk.pair(3, 4), "following": desk.pair(0, 2)}
        give(theirs, "different")
        answer = mine.post(ROOM, data={**told, "verdict": "same"})
        after = mine.get(answer.headers["location"])
    assert "Somebody else has decided on that pair meanwhile; that stands." in words(after)
    assert shown(after) == desk.pair(0, 2)
    assert [row[1] for row in desk.rows()] == ["different"]
    assert desk.reports() == [(0, 1), (2,), (3,), (4,)]


def test_answers_at_the_same_moment_are_each_kept_once_or_refused(desk: Desk) -> None:
    desk.page.add("Second Reader")
    with desk.page.signed_in() as mine, desk.page.signed_in(name="Second Reader") as theirs:
        told = [
            (client, {"csrf": csrf(client), "pair": desk.pair(*pair), "verdict": "different"})
            for client, pair in ((mine, (3, 4)), (theirs, (0, 2)), (mine, (2, 4)))
        ]
        with ThreadPoolExecutor(3) as together:
            codes = list(together.map(lambda one: one[0].post(ROOM, data=one[1]).status_code, told))
    assert set(codes) <= {303, 409}
    kept = {form["pair"] for code, (_, form) in zip(codes, told, strict=True) if code == 303}
    names = {desk.pair(a, b): f"{a}{b}" for a, b in ((3, 4), (0, 2), (2, 4))}
    assert sorted(row[0] for row in desk.rows()) == sorted(names[pair] for pair in kept)
    assert kept


def test_no_undo_takes_somebody_elses_word_back(desk: Desk) -> None:
    desk.page.add("Second Reader")
    with desk.page.signed_in() as mine, desk.page.signed_in(name="Second Reader") as theirs:
        give(mine, "same", f"{ROOM}?pair={desk.pair(0, 2)}")
        give(theirs, "same", f"{ROOM}?pair={desk.pair(2, 4)}")
        answer = take_back(mine, desk.pair(0, 2))
        assert answer.status_code == 409
        assert "Second Reader has decided since" in words(answer)
        assert take_back(theirs, desk.pair(0, 2)).status_code == 409
    assert [row[1] for row in desk.rows()] == ["same", "same"]


def test_while_a_run_is_under_way_nothing_is_kept_and_the_pair_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dedup_review, "WAIT", 0.1)
    other = Store(desk.page.settings.store_url)
    with desk.page.signed_in() as client, other.exclusive(EXAMPLE):
        answer = give(client, "same", f"{ROOM}?pair={desk.pair(0, 2)}")
    other.close()
    assert answer.status_code == 409
    assert "Nothing was kept: another run" in words(answer)
    assert shown(answer) == desk.pair(0, 2)
    assert desk.rows() == []


@pytest.mark.parametrize("told", [{"verdict": "maybe"}, {"pair": "x"}, {"pair": "1-" + "9" * 30}])
def test_what_is_no_answer_keeps_nothing(desk: Desk, told: dict[str, str]) -> None:
    with desk.page.signed_in() as client:
        form = {"csrf": csrf(client), "pair": desk.pair(0, 2), "verdict": "same", **told}
        answer = client.post(ROOM, data=form)
    assert answer.status_code == 422
    assert "Choose an answer." in words(answer) or "cannot be used" in words(answer)
    assert desk.rows() == []


@pytest.mark.parametrize("role", [Role.GUIDANCE, Role.ADMIN])
def test_only_who_may_compare_answers(desk: Desk, role: Role) -> None:
    report = report_of(desk)
    with desk.page.signed_in(role) as client:
        text = client.get(ROOM).text + client.get(f"{ROOM}/merged").text
        assert "/take-back" not in text
        assert 'name="verdict"' not in text
        assert "Undo the last merge" not in text
        told = {"csrf": csrf(client), "pair": desk.pair(3, 4), "verdict": "same"}
        for path in (ROOM, f"{ROOM}/take-back", f"{ROOM}/merged/{report}"):
            assert client.post(path, data=told).status_code == 403
    assert desk.rows() == []


def report_of(desk: Desk) -> int:
    with desk.page.store.snapshot() as session:
        return report_rows.merged_numbers(session, EXAMPLE)[0]


def test_a_merge_is_listed_and_undone_for_good(desk: Desk) -> None:
    report = report_of(desk)
    with desk.page.signed_in(Role.SPECIALIST) as client:
        text = client.get(f"{ROOM}/merged").text
        assert "embase:900, embase:901" in text
        told = {"csrf": csrf(client), "record": re.findall(r'name="record" value="([^"]+)"', text)}
        answer = client.post(f"{ROOM}/merged/{report}", data=told)
        after = words(client.get(answer.headers["location"]))
    assert f"Report {report} is apart again and stays so" in after
    assert "No report holds several records." in after
    assert desk.reports() == [(0,), (1,), (2,), (3,), (4,)]
    assert desk.rows()[0][:2] == ("01", "different")


def test_a_report_that_became_another_is_not_undone_unseen(desk: Desk) -> None:
    report = report_of(desk)
    with desk.page.signed_in() as client:
        give(client, "same", f"{ROOM}?pair={desk.pair(0, 2)}")
        told = {"csrf": csrf(client), "record": ["embase:900", "embase:901"]}
        answer = client.post(f"{ROOM}/merged/{report}", data=told)
        assert answer.status_code == 409
        assert "holds other records by now" in words(answer)
        assert client.post(f"{ROOM}/merged/999", data=told).status_code == 409
    assert desk.reports() == [(0, 1, 2), (3,), (4,)]


def test_reading_waits_for_nobody(desk: Desk) -> None:
    """A run that writes holds the store; whoever looks at a pair does not wait for it."""
    with desk.page.signed_in(Role.GUIDANCE) as client, desk.page.store.transaction():
        assert client.get(ROOM, timeout=5).status_code == 200
        assert client.get(f"{ROOM}/merged", timeout=5).status_code == 200


def test_links_stay_below_the_path_that_the_page_is_under(backend: Backend, tmp_path: Path) -> None:
    make_workspace(tmp_path)
    with (
        fresh_store(tmp_path),
        served(tmp_path, store_url(tmp_path), path="/surveillance") as page,
    ):
        fill(page.store)
        with page.signed_in() as client:
            for path in (ROOM, f"{ROOM}/merged"):
                links = re.findall(r'(?:href|action|src)="(/[^"]*)"', client.get(path).text)
                assert links
                assert [one for one in links if not one.startswith("/surveillance/")] == []
            assert "Kept apart." in words(give_below(client))


def give_below(client: httpx.Client) -> httpx.Response:
    text = client.get(ROOM).text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))
    answer = client.post(ROOM, data={**fields, "verdict": "different"})
    location = answer.headers["location"]
    assert location.startswith(f"/surveillance{ROOM}?")
    return client.get(location.removeprefix("/surveillance"))


# By the API


def named(page: Page, role: Role = Role.REVIEWER) -> httpx.Client:
    token = accounts.give_token(page.store, PEOPLE[role], purpose=accounts.API, label="a test")
    return httpx.Client(
        base_url=f"{page.url}/api/v1/topics/{EXAMPLE}",
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )


def of_pair(one: int, other: int) -> dict[str, str]:
    names = ("embase:900", "embase:901", "pubmed:902", "embase:903", "embase:904")
    return {"record_a": names[one], "record_b": names[other]}


def test_a_program_answers_and_takes_its_last_answer_back(desk: Desk) -> None:
    with named(desk.page) as client:
        waiting = client.get("/pairs", params={"limit": 1}).json()
        (first,) = waiting["pairs"]
        assert (waiting["waiting"], waiting["next"]) == (3, 1)
        assert {name: first[name] for name in ("record_a", "record_b")} == of_pair(3, 4)
        given = client.post("/pairs", json={**of_pair(4, 3), "verdict": "related"}).json()
        assert (given["taken"], given["report"]) == (True, None)
        assert client.get("/pairs").json()["waiting"] == 2
        assert client.delete("/pairs", params=of_pair(0, 2)).status_code == 409
        back = client.delete("/pairs", params=of_pair(3, 4)).json()
        assert back["verdict"] == "taken back"
        assert client.get("/pairs").json()["waiting"] == 3
    assert desk.rows() == [
        ("34", "different", dedup_review.RELATED),
        ("34", "doubtful", dedup_review.TAKEN_BACK),
    ]


def test_a_program_merges_and_is_told_the_report(desk: Desk) -> None:
    with named(desk.page) as client:
        given = client.post("/pairs", json={**of_pair(0, 2), "verdict": "same"}).json()
        again = client.post("/pairs", json={**of_pair(0, 2), "verdict": "different"}).json()
    assert (given["taken"], again["taken"]) == (True, False)
    assert again["report"] == given["report"]
    assert (0, 1, 2) in desk.reports()


@pytest.mark.parametrize(
    "pair",
    [
        {"record_a": "embase:900", "record_b": "embase:900"},
        {"record_a": "embase:900", "record_b": "embase:999"},
        {"record_a": "embase", "record_b": "\0"},
    ],
)
def test_what_is_no_pair_is_not_found(desk: Desk, pair: dict[str, str]) -> None:
    with named(desk.page) as client:
        assert client.post("/pairs", json={**pair, "verdict": "same"}).status_code == 404
        assert client.delete("/pairs", params=pair).status_code == 404
    assert desk.rows() == []
