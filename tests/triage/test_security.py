"""What OWASP's ASVS asks of the page and no other test covers; docs/security.md has the table."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from sqlalchemy import select

from db import accounts as account_rows
from db.account_tables import AccessTokenRow, WebSessionRow
from surveillance.accounts import LONGEST_PASSWORD, Role
from surveillance.cli.topics import EXAMPLE, make_workspace
from surveillance.pipeline import accounts
from surveillance.triage.gate import COOKIE
from tests.triage_desk import PASSWORD, PEOPLE, Page, csrf, served
from tests.world import fresh_store, store_url

pytestmark = pytest.mark.sqlite
ROOT = Path(__file__).resolve().parents[2]
PAGES = ["/", "/me", "/strategy", "/api", f"/topics/{EXAMPLE}/strategies", "/people", "/audit"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("security")
    make_workspace(folder)
    with served(folder, store_url(folder), path="/surveillance") as made:
        yield made


@pytest.fixture(scope="module")
def admin(page: Page) -> Iterator[httpx.Client]:
    with page.signed_in(Role.ADMIN) as client:
        yield client


def test_every_test_that_the_table_names_is_there() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [row for row in text.splitlines() if re.match(r"\| \d", row)]
    assert len(rows) > 50
    for row in rows:
        last = row.rstrip(" |").rpartition("|")[2]
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", last)
        assert named or "not covered" in last, row
        for file, name in named:
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            tests = {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
            assert name in tests, f"{file} has no {name}"


def test_a_long_password_counts_to_its_last_character(page: Page) -> None:
    long = ("four words easily kept " * 10)[:LONGEST_PASSWORD]
    page.add("Long Password")
    accounts.set_password(page.store, "Long Password", long, by="an admin")
    with page.client() as client:
        for tried, status in ((long[:-1], 401), (f"{long}x", 401), (long, 303)):
            told = {"name": "Long Password", "password": tried}
            assert client.post("/sign-in", data=told).status_code == status


def test_password_fields_are_for_password_managers(page: Page, admin: httpx.Client) -> None:
    with page.client() as client:
        assert 'autocomplete="current-password"' in client.get("/sign-in").text
    assert 'autocomplete="new-password"' in admin.get("/people").text
    for script in (ROOT / "surveillance" / "triage" / "static").glob("*.js"):
        assert "onpaste" not in script.read_text(encoding="utf-8")


def test_a_password_is_kept_as_argon2id_with_a_salt_of_its_own(page: Page) -> None:
    names = {"Salt One", "Salt Two"}
    for name in names:
        page.add(name)
    with page.store.snapshot() as session:
        found = [one for one in account_rows.accounts(session) if one.account.name in names]
    hashes = {one.password_hash for one in found}
    assert len(hashes) == len(names)
    for one in hashes:
        parameters = extract_parameters(one)
        assert parameters.type is Type.ID
        assert parameters.salt_len >= 16
        # OWASP's password storage cheat sheet: at least 19 MiB with two passes.
        assert parameters.memory_cost >= 19_456
        assert parameters.time_cost >= 2


def test_a_new_store_has_no_account(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store, store.snapshot() as session:
        assert account_rows.accounts(session) == []


def test_each_sign_in_is_a_new_session_of_256_bits(page: Page) -> None:
    cookies = []
    for _ in range(2):
        with page.signed_in() as client:
            cookies.append(client.cookies[COOKIE])
    assert cookies[0] != cookies[1]
    assert all(re.fullmatch(r"[\w-]{43}", cookie) for cookie in cookies)
    with page.store.snapshot() as session:
        kept = set(session.scalars(select(WebSessionRow.token_hash)))
    assert not kept & set(cookies)


def test_a_token_is_kept_as_a_hash(page: Page) -> None:
    token = accounts.give_token(
        page.store, PEOPLE[Role.ADMIN], purpose=accounts.API, label="a test"
    )
    with page.store.snapshot() as session:
        kept = set(session.scalars(select(AccessTokenRow.token_hash)))
    assert token not in kept
    assert re.fullmatch(r"[\w-]{43}", token)


def test_no_session_and_no_token_stands_in_an_address(page: Page, admin: httpx.Client) -> None:
    token = accounts.give_token(
        page.store, PEOPLE[Role.ADMIN], purpose=accounts.API, label="a test"
    )
    for path in PAGES:
        assert admin.cookies[COOKIE] not in admin.get(path).text
    with page.client() as client:
        for name in ("token", "access_token", "authorization"):
            assert client.get("/api/v1/topics", params={name: token}).status_code == 401
        cookie = {COOKIE: admin.cookies[COOKIE]}
        assert client.get("/me", params=cookie).status_code == 303


def test_a_cookie_goes_to_our_path_alone(page: Page) -> None:
    with page.client() as client:
        told = {"name": PEOPLE[Role.ADMIN], "password": PASSWORD}
        answer = client.post("/sign-in", data=told)
    assert "Path=/surveillance/" in answer.headers["set-cookie"]


def test_behind_https_cookies_are_secure_and_browsers_stay_there(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    told = {"name": PEOPLE[Role.ADMIN], "password": PASSWORD}
    https = {"page_url": "https://surveil.example"}
    with served(tmp_path, store_url(tmp_path), **https) as page, page.client() as client:
        answer = client.post("/sign-in", data=told)
    assert "; Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_a_session_that_rests_too_long_ends(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    with page.signed_in() as client:
        assert client.get("/me").status_code == 200
        monkeypatch.setattr("surveillance.triage.house.IDLE", timedelta(seconds=-1))
        assert client.get("/me").status_code == 303
        monkeypatch.undo()
        assert client.get("/me").status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "/static/", "/static/../app.py", "/static/%2e%2e/app.py", "/topics/%2e%2e/strategies",
        "/topics/..%2f..%2fetc/strategies",
    ],
)  # fmt: skip
def test_no_folder_is_listed_and_none_is_left(admin: httpx.Client, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code in {404, 405}
    assert "create_app" not in answer.text


def test_what_looks_like_sql_is_a_name(page: Page, admin: httpx.Client) -> None:
    name = "x'); DROP TABLE account; --"
    told = {"csrf": csrf(admin), "name": name, "role": "reviewer", "password": PASSWORD}
    assert admin.post("/people", data=told).status_code == 303
    with page.store.snapshot() as session:
        found = account_rows.account_named(session, name)
    assert found
    assert found.account.name == name
    with page.client() as client:
        told = {"name": "' OR 1=1 --", "password": "' OR '1'='1"}
        assert client.post("/sign-in", data=told).status_code == 401


@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_kept_by_a_cache(admin: httpx.Client, path: str) -> None:
    assert admin.get(path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
def test_every_script_and_style_comes_from_here(admin: httpx.Client, path: str) -> None:
    html = admin.get(path).text
    loaded = re.findall(r"<(?:script|link|img)\b[^>]*?(?:src|href)=\"([^\"]*)\"", html)
    assert loaded
    assert all(one.startswith("/surveillance/static/") for one in loaded)
    assert not re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/people"), ("DELETE", "/people"), ("TRACE", "/"), ("POST", "/audit"),
        ("PATCH", "/api/v1/topics"), ("DELETE", "/api/v1/topics"), ("GET", "/sign-out"),
    ],
)  # fmt: skip
def test_a_method_that_is_not_meant_is_refused(admin: httpx.Client, method: str, path: str) -> None:
    assert admin.request(method, path).status_code == 405


def test_a_form_is_no_json(page: Page) -> None:
    token = accounts.give_token(
        page.store, PEOPLE[Role.ADMIN], purpose=accounts.API, label="a test"
    )
    sent = {"Authorization": f"Bearer {token}"}
    with page.client() as client:
        answer = client.post("/api/v1/lint", data={"text": "neuroma"}, headers=sent)
        plain = {**sent, "Content-Type": "text/plain"}
        other = client.post("/api/v1/lint", content='{"text": "neuroma"}', headers=plain)
    assert (answer.status_code, other.status_code) == (422, 422)


def test_answers_say_their_kind_and_characters(admin: httpx.Client) -> None:
    assert admin.get("/me").headers["content-type"] == "text/html; charset=utf-8"
    assert admin.get("/api/v1/openapi.json").headers["content-type"] == "application/json"


def test_no_other_site_is_let_in(admin: httpx.Client) -> None:
    answer = admin.get("/api/v1/openapi.json", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
