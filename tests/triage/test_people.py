"""Accounts made and changed by an administrator, and what the audit says of it."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

import pytest

from db import accounts as account_rows
from db.accounts import StoredAccount
from surveillance.accounts import Role
from surveillance.cli.topics import make_workspace
from surveillance.pipeline import accounts
from tests.triage_desk import PASSWORD, PEOPLE, Page, csrf, served
from tests.world import store_url

pytestmark = pytest.mark.sqlite
NEW = "another four words"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("people")
    make_workspace(folder)
    with served(folder, store_url(folder), path="/surveillance") as made:
        yield made


def account(page: Page, name: str) -> StoredAccount:
    with page.store.snapshot() as session:
        found = account_rows.account_named(session, name)
    assert found
    return found


def last_event(page: Page) -> tuple[str, str, str]:
    with page.store.snapshot() as session:
        ((_, event),) = account_rows.audit(session, limit=1)
    return event.who, event.what, event.detail


def test_an_administrator_makes_an_account_that_opens_the_page(page: Page) -> None:
    with page.signed_in(Role.ADMIN) as client:
        told = {"csrf": csrf(client), "name": "Ann Marsh", "role": "guidance", "password": NEW}
        answer = client.post("/people", data=told)
        assert answer.headers["location"].startswith("/surveillance/people?told=")
    assert last_event(page)[1:] == ("account made", "Ann Marsh, guidance")
    with page.client() as client:
        answer = client.post("/sign-in", data={"name": "ann marsh", "password": NEW})
    assert answer.status_code == 303


def test_an_account_for_the_identity_provider_has_no_password(page: Page) -> None:
    with page.signed_in(Role.ADMIN) as client:
        told = {"csrf": csrf(client), "name": "Ida P", "role": "reviewer", "provider": "true"}
        assert client.post("/people", data=told).status_code == 303
        assert "the identity provider, not yet" in client.get("/people").text
    with page.client() as client:
        assert client.post("/sign-in", data={"name": "Ida P", "password": ""}).status_code == 401


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": PEOPLE[Role.ADMIN]}, "there is an account"),
        ({"name": "rule"}, "is how the rules sign"),
        ({"name": " "}, "a name is text"),
        ({"role": "king"}, "“king” is no role"),
        ({"password": "short"}, "12 to 128 characters"),
        ({"password": "aaaaaaaaaaaaaaa"}, "easily guessed"),
        ({"provider": "true"}, "not both"),
    ],
)
def test_what_cannot_be_an_account_is_refused_in_words(
    page: Page, more: dict[str, str], said: str
) -> None:
    told = {"name": "Some Body", "role": "reviewer", "password": NEW, **more}
    with page.signed_in(Role.ADMIN) as client:
        answer = client.post("/people", data={"csrf": csrf(client), **told})
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert NEW not in answer.text
    with page.store.snapshot() as session:
        assert account_rows.account_named(session, "Some Body") is None


def test_a_name_with_tags_stays_a_name(page: Page) -> None:
    page.add("<script>alert(1)</script>")
    with page.signed_in(Role.ADMIN) as client:
        number = account(page, "<script>alert(1)</script>").number
        for path in ("/people", f"/people/{number}", "/audit"):
            text = client.get(path).text
            assert "<script>alert" not in text
            assert "&lt;script&gt;alert(1)" in text


def test_another_role_counts_from_the_next_request(page: Page) -> None:
    page.add("Ro Le")
    number = account(page, "Ro Le").number
    with page.signed_in(name="Ro Le") as theirs, page.signed_in(Role.ADMIN) as client:
        assert theirs.get("/people").status_code == 403
        told = {"csrf": csrf(client), "role": "admin"}
        assert client.post(f"/people/{number}/role", data=told).status_code == 303
        assert theirs.get("/people").status_code == 200
        told["role"] = "reviewer"
        assert client.post(f"/people/{number}/role", data=told).status_code == 303
        assert theirs.get("/people").status_code == 403


def test_who_is_disabled_is_out_at_once_and_may_come_back(page: Page) -> None:
    page.add("Out Soon")
    number = account(page, "Out Soon").number
    with page.signed_in(name="Out Soon") as theirs, page.signed_in(Role.ADMIN) as client:
        told = {"csrf": csrf(client), "enabled": "false"}
        assert client.post(f"/people/{number}/enabled", data=told).status_code == 303
        assert theirs.get("/me").status_code == 303
        told["enabled"] = "true"
        client.post(f"/people/{number}/enabled", data=told)
    assert account(page, "Out Soon").account.enabled


def test_a_new_password_ends_the_sessions(page: Page) -> None:
    page.add("Pass Word")
    number = account(page, "Pass Word").number
    with page.signed_in(name="Pass Word") as theirs, page.signed_in(Role.ADMIN) as client:
        told = {"csrf": csrf(client), "password": NEW}
        answer = client.post(f"/people/{number}/password", data=told)
        assert NEW not in answer.headers["location"]
        assert theirs.get("/me").status_code == 303
        told["password"] = "short"
        assert client.post(f"/people/{number}/password", data=told).status_code == 422
    with page.client() as client:
        opened = client.post("/sign-in", data={"name": "Pass Word", "password": NEW})
    assert opened.status_code == 303


@pytest.mark.parametrize(
    ("path", "told"), [("role", {"role": "reviewer"}), ("enabled", {"enabled": "false"})]
)
def test_the_last_administrator_cannot_be_locked_out(
    page: Page, path: str, told: dict[str, str]
) -> None:
    admin = account(page, PEOPLE[Role.ADMIN])
    with page.signed_in(Role.ADMIN) as client:
        answer = client.post(f"/people/{admin.number}/{path}", data={"csrf": csrf(client), **told})
    assert answer.status_code == 422
    assert "is the only administrator. Make another one first." in answer.text
    after = account(page, PEOPLE[Role.ADMIN]).account
    assert (after.role, after.enabled) == (Role.ADMIN, True)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SPECIALIST, Role.GUIDANCE])
def test_no_other_role_sees_or_changes_accounts(page: Page, role: Role) -> None:
    number = account(page, PEOPLE[role]).number
    with page.signed_in(role) as client:
        assert 'href="/surveillance/people"' not in client.get("/").text
        for path in ("/people", f"/people/{number}", "/audit"):
            assert client.get(path).status_code == 403
        told = {
            "csrf": csrf(client), "name": "Mine", "role": "admin", "enabled": "true",
            "password": NEW,
        }  # fmt: skip
        for path in ("", f"/{number}/role", f"/{number}/enabled", f"/{number}/password"):
            assert client.post(f"/people{path}", data=told).status_code == 403
    assert account(page, PEOPLE[role]).account.role is role
    with page.store.snapshot() as session:
        assert account_rows.account_named(session, "Mine") is None


@pytest.mark.parametrize("number", ["0", "99999", "-1", "9" * 30, "x"])
def test_an_account_that_is_not_there_is_not_found(page: Page, number: str) -> None:
    with page.signed_in(Role.ADMIN) as client:
        assert client.get(f"/people/{number}").status_code in {404, 422}


def test_the_audit_is_read_newest_first_and_page_by_page(page: Page) -> None:
    for number in range(120):
        accounts.give_token(
            page.store, PEOPLE[Role.REVIEWER], purpose=accounts.API, label=f"token {number}"
        )
    with page.signed_in(Role.ADMIN) as client:
        first = client.get("/audit").text
        older = unescape(first).partition("/surveillance/audit?before=")[2].partition('"')[0]
        second = client.get(f"/audit?before={older}").text
    # The newest is that the administrator signed in.
    assert first.index("signed in") < first.index("token 119") < first.index("token 118")
    assert "token 21<" in first
    assert "token 20<" not in first
    assert "token 20<" in second
    assert 'href="/surveillance/audit">Newest' in second


@pytest.mark.parametrize("before", ["x", "0", "-5", "9" * 30])
def test_a_page_of_the_audit_that_cannot_be_is_refused(page: Page, before: str) -> None:
    with page.signed_in(Role.ADMIN) as client:
        assert client.get(f"/audit?before={before}").status_code == 422


def test_a_password_is_never_in_the_audit(page: Page) -> None:
    with page.signed_in(Role.ADMIN) as client:
        audit = client.get("/audit").text
    assert PASSWORD not in audit
    assert NEW not in audit
