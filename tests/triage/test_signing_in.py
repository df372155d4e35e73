"""Signing in: what opens the page, what ends a session, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import update

from db import accounts as account_rows
from db.account_tables import WebSessionRow
from surveillance.accounts import LONGEST_SESSION, MOST_FAILURES, Role
from surveillance.cli.topics import make_workspace
from surveillance.pipeline import accounts
from surveillance.triage.app import ROUTERS
from surveillance.triage.gate import COOKIE, own_form
from tests.triage_desk import PASSWORD, PEOPLE, Page, csrf, served
from tests.world import Backend, store_url


@pytest.fixture(scope="module")
def page(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("page")
    make_workspace(folder)
    with served(folder, store_url(folder)) as made:
        yield made


def tried(page: Page, name: str, password: str, **more: str) -> httpx.Response:
    with page.client() as client:
        return client.post("/sign-in", data={"name": name, "password": password, **more})


def test_a_name_and_its_password_open_the_page(page: Page) -> None:
    with page.signed_in() as client:
        assert PEOPLE[Role.REVIEWER] in client.get("/").text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(page: Page) -> None:
    cookie = tried(page, PEOPLE[Role.REVIEWER], PASSWORD).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_nobody_signed_in_is_sent_to_sign_in_and_back(page: Page) -> None:
    with page.client() as client:
        answer = client.get("/me?a=b")
        assert (answer.status_code, answer.headers["location"]) == (
            303, "/sign-in?next=%2Fme%3Fa%3Db",
        )  # fmt: skip
    answer = tried(page, PEOPLE[Role.ADMIN], PASSWORD, next="/signals?topic=x")
    assert answer.headers["location"] == "/signals?topic=x"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "x"]
)
def test_nobody_is_sent_to_another_site(page: Page, wanted: str) -> None:
    assert tried(page, PEOPLE[Role.ADMIN], PASSWORD, next=wanted).headers["location"] == "/"


@pytest.mark.parametrize("name", ["Nobody At All", PEOPLE[Role.GUIDANCE]])
def test_a_refusal_does_not_say_what_was_wrong(page: Page, name: str) -> None:
    answer = tried(page, name, "not the password at all")
    assert answer.status_code == 401
    assert "this name and password open nothing." in answer.text
    assert COOKIE not in answer.cookies


def test_after_five_tries_a_name_rests_even_with_the_right_password(page: Page) -> None:
    page.add("Tired Name")
    for _ in range(MOST_FAILURES):
        assert tried(page, "Tired Name", "wrong wrong wrong").status_code == 401
    assert tried(page, "tired  NAME", PASSWORD).status_code == 401
    accounts.set_password(page.store, "Tired Name", PASSWORD, by="an admin")
    assert tried(page, "Tired Name", PASSWORD).status_code == 303


def test_signing_out_ends_the_session_on_the_server(page: Page) -> None:
    with page.signed_in() as client:
        cookie = client.cookies[COOKIE]
        client.post("/sign-out", data={"csrf": csrf(client)})
    with page.client({COOKIE: cookie}) as client:
        assert client.get("/me").status_code == 303


def test_a_session_ends_twelve_hours_after_it_began(page: Page) -> None:
    with page.signed_in() as client:
        assert client.get("/me").status_code == 200
        began = datetime.now(UTC) - LONGEST_SESSION - timedelta(minutes=1)
        kept = accounts.hashed(client.cookies[COOKIE])
        with page.store.transaction() as session:
            session.execute(
                update(WebSessionRow)
                .where(WebSessionRow.token_hash == kept)
                .values(started_at=began)
            )
        assert client.get("/me").status_code == 303


def test_an_account_that_is_disabled_is_out_at_once(page: Page) -> None:
    page.add("Gone Soon")
    with page.signed_in(name="Gone Soon") as client:
        assert client.get("/me").status_code == 200
        accounts.enable(page.store, "Gone Soon", enabled=False, by="an admin")
        assert client.get("/me").status_code == 303
    assert tried(page, "Gone Soon", PASSWORD).status_code == 401


@pytest.mark.parametrize("word", ["", "guessed"])
def test_a_form_without_the_sessions_word_does_nothing(page: Page, word: str) -> None:
    with page.signed_in() as client:
        assert client.post("/sign-out", data={"csrf": word}).status_code == 403
        assert client.get("/me").status_code == 200


def test_a_form_on_another_site_does_nothing(page: Page) -> None:
    with page.signed_in() as client:
        told = {"csrf": csrf(client)}
        answer = client.post("/sign-out", data=told, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403


#: A mail client leaves for its reader: it has no session, and no word of ours (RFC 8058, 3.2: the
#: request carries no cookies). The signed address is the permission, and it can do nothing else.
SIGNED_BY_ADDRESS = ["/unsubscribe/{token}"]


def test_every_form_of_the_page_is_checked() -> None:
    routes = [one for router in ROUTERS for one in router.routes if isinstance(one, APIRoute)]
    posts = [one for one in routes if (one.methods or set()) - {"GET", "HEAD"}]
    unchecked = [
        one.path
        for one in posts
        if own_form not in [dependency.dependency for dependency in one.dependencies]
    ]
    assert posts
    assert unchecked == SIGNED_BY_ADDRESS


def test_what_happened_is_in_the_audit_without_a_password(page: Page) -> None:
    tried(page, PEOPLE[Role.SPECIALIST], "a wrong password here")
    with page.signed_in(Role.SPECIALIST):
        pass
    with page.store.snapshot() as session:
        events = [event for _, event in account_rows.audit(session, limit=1000)]
    done = [event.what for event in events if event.who == PEOPLE[Role.SPECIALIST]]
    assert done[:2] == ["signed in", "sign-in refused"]
    assert not [event for event in events if "password here" in f"{event}"]


def test_every_answer_carries_its_headers(page: Page) -> None:
    with page.client() as client:
        for path in ("/sign-in", "/static/page.css", "/nowhere"):
            headers = client.get(path).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"


def test_what_is_too_long_is_refused(page: Page) -> None:
    with page.client() as client:
        assert client.post("/sign-in", content=b"x" * 1_000_001).status_code == 413
