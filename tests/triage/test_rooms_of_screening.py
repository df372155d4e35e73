"""Week, Screen, Reports and Documents as a browser without scripts asks for them."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from db import runs as run_rows
from surveillance.accounts import Role
from surveillance.cli.topics import EXAMPLE
from surveillance.dedup.decide import Verdict as Same
from surveillance.pipeline.versions import sign_off
from surveillance.runs import RunInputs, Search
from tests.decision_desk import Desk, desk
from tests.triage_desk import PEOPLE, Page, csrf, served
from tests.world import store_url

pytestmark = pytest.mark.sqlite

AT = f"/topics/{EXAMPLE}"
RAE, SPEC = PEOPLE[Role.REVIEWER], PEOPLE[Role.SPECIALIST]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[tuple[Desk, Page]]:
    with desk(tmp_path) as made, served(tmp_path, store_url(tmp_path)) as page:
        yield made, page


def text(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def on_screen(answer: httpx.Response) -> int:
    found = re.search(r'data-report="(\d+)"', answer.text)
    assert found
    return int(found.group(1))


def say(client: httpx.Client, report: int, verdict: str, **more: str) -> httpx.Response:
    told = {"csrf": csrf(client), "verdict": verdict, **more}
    return client.post(f"{AT}/screen/{report}", data=told)


def test_a_form_decides_and_shows_the_next_report(room: tuple[Desk, Page]) -> None:
    made, page = room
    with page.signed_in() as client:
        first = on_screen(client.get(f"{AT}/screen"))
        answer = say(client, first, "include", told="0")
        assert answer.status_code == 303
        assert on_screen(client.get(answer.headers["location"])) != first
    assert made.said() == [(first, "abstract", "include", RAE)]


def test_an_exclusion_without_a_reason_is_refused_with_what_to_do(room: tuple[Desk, Page]) -> None:
    made, page = room
    with page.signed_in() as client:
        answer = say(client, on_screen(client.get(f"{AT}/screen")), "exclude")
        assert answer.status_code == 422
        assert "needs a reason" in answer.text
    assert made.said() == []


def test_the_piles_of_the_week_add_up_and_lead_to_the_reports(room: tuple[Desk, Page]) -> None:
    made, page = room
    with page.signed_in() as client:
        first = on_screen(client.get(f"{AT}/screen"))
        say(client, first, "unsure")
        found = client.get(f"{AT}/reports").text
        sizes = [
            int(one) for one in re.findall(r"<option value=\"[a-z]+\"[^>]*>[^(]+\((\d+)\)", found)
        ]
        assert sum(sizes) == len(set(made.reports()))
        listed = text(client.get(f"{AT}/reports?pile=unsure"))
        assert f"{RAE}: unsure" in listed
        assert "1 reports, 1 to 1" in listed


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("91000003", "3"),
        ("10.5555/desk.3", "3"),
        ("STUMPS marsh 91000003", "3"),
        ("embase:l0", "1"),
    ],
)
def test_reports_are_found_by_words_and_numbers(
    room: tuple[Desk, Page], words: str, part: str
) -> None:
    _, page = room
    with page.signed_in() as client:
        listed = client.get(f"{AT}/reports", params={"find": words}).text
        assert re.findall(r"part (\d)</a>", listed) == [part]


def test_a_report_that_is_not_there_says_so(room: tuple[Desk, Page]) -> None:
    _, page = room
    with page.signed_in() as client:
        assert "has no report 9999 now" in client.get(f"{AT}/reports/9999").text
        assert client.get("/topics/another").status_code == 404
        assert client.get("/topics/..%2F..%2Fetc").status_code in {404, 422}


def test_an_old_link_to_a_report_that_was_merged_leads_to_what_holds_it_now(
    room: tuple[Desk, Page],
) -> None:
    made, page = room
    kept, merged = made.reports()[2:4]
    made.says(2, 3, Same.SAME)
    with page.signed_in() as client:
        answer = client.get(f"{AT}/reports/{merged}")
        assert answer.status_code == 303
        assert answer.headers["location"].endswith(f"{AT}/reports/{kept}")
        assert client.get(f"{AT}/reports/{kept}").status_code == 200
    made.says(2, 3, Same.DIFFERENT)


def test_a_word_is_taken_back_and_the_one_before_stands(room: tuple[Desk, Page]) -> None:
    made, page = room
    with page.signed_in() as client:
        report = on_screen(client.get(f"{AT}/screen"))
        say(client, report, "include")
        token = csrf(client)
        told = {"csrf": token, "verdict": "unsure"}
        changed = client.post(
            f"{AT}/screen/{report}", data=told, headers={"Accept": "application/json"}
        ).json()
        assert changed["before"] == {"verdict": "include", "reason": ""}
        client.post(f"{AT}/screen/{report}/undo", data={"csrf": token, **changed["before"]})
        assert made.said()[-1] == (report, "abstract", "include", RAE)
        client.post(f"{AT}/screen/{report}/undo", data={"csrf": token})
        assert made.standings()[report].person is None


def test_another_readers_word_is_not_replaced_unseen(room: tuple[Desk, Page]) -> None:
    made, page = room
    with page.signed_in() as rae, page.signed_in(Role.SPECIALIST) as spec:
        report = on_screen(spec.get(f"{AT}/screen"))
        say(rae, report, "include")
        answer = say(spec, report, "unsure", told="0")
        assert answer.status_code == 409
        assert f"{RAE} said include" in answer.text
        seen = re.search(r'data-told="(\d+)"', spec.get(f"{AT}/reports/{report}").text)
        assert seen
        assert say(spec, report, "unsure", told=seen.group(1)).status_code == 303
    assert [row[2:] for row in made.said()] == [("include", RAE), ("unsure", SPEC)]


def test_who_reads_apart_learns_nothing_before_both_are_in(room: tuple[Desk, Page]) -> None:
    made, page = room
    made.two_reviewers()
    with page.signed_in() as rae, page.signed_in(Role.SPECIALIST) as spec:
        report = on_screen(rae.get(f"{AT}/screen"))
        say(rae, report, "include", told="0")
        cards = spec.get(f"{AT}/screen/cards", params={"report": report}).text
        pages = [spec.get(f"{AT}/{one}").text for one in ("reports", f"reports/{report}", "screen")]
        assert not [one for one in (cards, *pages) if RAE in one]
        assert spec.get(f"{AT}/documents/reports.csv").status_code == 403
        say(spec, report, "unsure", told="0")
        assert RAE in spec.get(f"{AT}/reports/{report}").text


@pytest.mark.parametrize("role", [Role.GUIDANCE, Role.ADMIN])
def test_who_does_not_screen_reads_and_decides_nothing(room: tuple[Desk, Page], role: Role) -> None:
    made, page = room
    with page.signed_in(role) as client:
        shown = client.get(f"{AT}/screen")
        assert 'name="verdict"' not in shown.text
        assert say(client, on_screen(shown), "include").status_code == 403
    assert made.said() == []


def test_a_run_under_way_is_said_and_nothing_is_lost_in_silence(room: tuple[Desk, Page]) -> None:
    made, page = room
    with page.signed_in() as client:
        report = on_screen(client.get(f"{AT}/screen"))
        with made.store.exclusive(EXAMPLE):
            assert client.get(AT).status_code == 200
            assert say(client, report, "include").status_code == 409
    assert made.said() == []


def test_documents_and_exports_are_downloaded(room: tuple[Desk, Page]) -> None:
    _, page = room
    with page.signed_in() as client:
        listed = client.get(f"{AT}/documents").text
        links = re.findall(r'href="([^"]+)" download', listed)
        assert len(links) == 4 * 3 + 1 + 5
        for link in links:
            answer = client.get(link)
            assert answer.status_code == 200, link
            assert answer.headers["content-disposition"].startswith("attachment")
            if link.endswith((".docx", ".xlsx")):
                assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
        assert client.get(f"{AT}/documents/secrets.md").status_code == 404
        assert client.get(f"{AT}/documents/reports.exe").status_code == 404


def test_everything_works_below_a_path(tmp_path: Path) -> None:
    with desk(tmp_path), served(tmp_path, store_url(tmp_path), path="/surveillance") as page:
        with page.client() as client:
            answer = client.get("/")
            assert answer.headers["location"] == "/surveillance/sign-in?next=%2F"
        with page.signed_in() as client:
            for path in ("/", AT, f"{AT}/screen", f"{AT}/reports", "/me"):
                found = client.get(path).text
                links = re.findall(r'(?:href|src|action|hx-get)="(/[^"]*)"', found)
                assert links
                assert [one for one in links if not one.startswith("/surveillance/")] == []
            style = client.get("/static/page.css")
            assert style.headers["content-type"].startswith("text/css")


def test_no_page_opens_without_signing_in(room: tuple[Desk, Page]) -> None:
    _, page = room
    with page.client() as client:
        for path in ("/", AT, f"{AT}/screen", f"{AT}/screen/cards", f"{AT}/reports",
                     f"{AT}/figures", f"{AT}/flow.svg", f"{AT}/documents/prisma-s.md"):  # fmt: skip
            assert client.get(path).status_code == 303, path
            asked = client.get(path, headers={"Accept": "application/json"})
            assert asked.status_code == 401, path


def test_the_week_follows_runs_imports_sign_offs_and_edits(room: tuple[Desk, Page]) -> None:
    """It is kept between requests: whatever it rests on makes it anew."""
    made, page = room
    inputs, day = RunInputs(EXAMPLE, (), ()), datetime(2025, 3, 7, 6, tzinfo=UTC)
    with page.signed_in() as client:
        assert "No run of this topic has finished" in text(client.get(AT))
        with page.store.transaction() as session:
            run = run_rows.begin(session, inputs, run_rows.SURVEILLANCE, day, None)
            run_rows.finish_stage(session, run, "search", {"identified": 4711})
            run_rows.finish(session, run)
        assert "4,711" in text(client.get(AT))
        with page.store.transaction() as session:
            later = run_rows.begin(
                session, inputs, run_rows.SURVEILLANCE, day + timedelta(weeks=1), None
            )
            run_rows.note_failure(session, later, "the disk is full")
        assert "did not end: the disk is full" in text(client.get(AT))
        exported = made.topic.strategy("embase")
        told = Search("embase", "import", exported.database, None, "", 1, 1)
        with page.store.transaction() as session:
            run_rows.save_search(
                session, told, topic=EXAMPLE, run=None, searched_on=date(2025, 3, 6),
                strategy_hash="",
            )  # fmt: skip
        assert f"{exported.database} 2025-03-06" in text(client.get(AT))
        sign_off(page.store, made.topic, "medline", by="Ann Marsh")
        assert "not signed off" not in text(client.get(AT))
        file = made.topic.strategy_file(made.topic.strategy("medline"))
        file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        assert "is not signed off; one before it is" in text(client.get(AT))
