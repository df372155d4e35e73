"""Leaving by a mail's link, feeds with their tokens, and one's own account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from db import accounts as account_rows
from db import subscriptions
from surveillance.accounts import MOST_FAILURES, Role
from surveillance.alerts.unsubscribing import Leaving, WayOut, signed
from surveillance.cli.topics import EXAMPLE, make_workspace
from surveillance.pipeline import accounts
from surveillance.topics import read_topic
from surveillance.triage.gate import COOKIE
from tests.triage_desk import PASSWORD, PEOPLE, Page, csrf, served
from tests.world import Backend, fresh_store, store_url

pytestmark = pytest.mark.sqlite

KEY = "k" * 40
ADDRESS = "team@example.org"
ATOM = b"<feed xmlns='http://www.w3.org/2005/Atom'><title>signals</title></feed>"


@pytest.fixture
def page(backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setenv("SURVEIL_SECRET_KEY", KEY)
    make_workspace(tmp_path)
    with fresh_store(tmp_path), served(tmp_path, store_url(tmp_path)) as made:
        made.settings.alerts_folder.mkdir()
        for slug in (EXAMPLE, "another"):
            (made.settings.alerts_folder / f"{slug}.atom").write_bytes(ATOM)
            (made.settings.alerts_folder / f"{slug}.ics").write_bytes(b"BEGIN:VCALENDAR\r\n")
        yield made


def words(answer: httpx.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def left(page: Page, topic: str = EXAMPLE) -> bool:
    with page.store.snapshot() as session:
        return subscriptions.has_left(session, ADDRESS, topic)


def link(leaving: Leaving) -> str:
    return f"/unsubscribe/{signed(leaving, KEY.encode())}"


# Leaving


def test_the_link_of_a_mail_shows_what_it_would_stop_and_stops_nothing(page: Page) -> None:
    topic = read_topic(page.settings.topics_folder / EXAMPLE)
    address = WayOut(page.url, KEY.encode()).link(Leaving(ADDRESS, EXAMPLE))
    with page.client() as client:
        told = words(client.get(address))
    assert f"{ADDRESS} will get no more mail on “{topic.title}”." in told
    assert not left(page)


def test_the_button_stops_it_for_the_topic_or_for_all(page: Page) -> None:
    with page.client() as client:
        answer = client.post(link(Leaving(ADDRESS, EXAMPLE)))
        assert answer.status_code == 200
        assert f"{ADDRESS} gets no more mail on" in words(answer)
        assert left(page)
        assert not left(page, "another")
        assert "on any topic" in words(client.post(link(Leaving(ADDRESS))))
        assert left(page, "another")
        assert "gets no more mail" in words(client.get(link(Leaving(ADDRESS))))


@pytest.mark.parametrize("multipart", [False, True])
def test_a_mail_client_asks_by_itself(page: Page, multipart: bool) -> None:
    """RFC 8058: no cookie, no word of ours, an Origin of anywhere, either kind of form."""
    headers = {"Origin": "https://mail.example", "Accept": "*/*"}
    with httpx.Client(base_url=page.url, headers=headers) as client:
        path, name, value = link(Leaving(ADDRESS, EXAMPLE)), "List-Unsubscribe", "One-Click"
        answer = (
            client.post(path, files={name: (None, value)})
            if multipart
            else client.post(path, data={name: value})
        )
    assert answer.status_code == 200
    assert left(page)


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        signed(Leaving(ADDRESS, EXAMPLE), b"another key"),
        signed(Leaving(ADDRESS, EXAMPLE), KEY.encode())[:-2],
        "W10.",
    ],
)
def test_a_link_that_is_not_ours_says_so_and_stops_nothing(page: Page, token: str) -> None:
    with page.client() as client:
        for answer in (client.get(f"/unsubscribe/{token}"), client.post(f"/unsubscribe/{token}")):
            assert answer.status_code == 404
            assert "It is not one that we sent" in words(answer)
            assert "<form" not in answer.text
    assert not left(page)


def test_a_page_without_a_key_takes_nobodys_word(backend: Backend, tmp_path: Path) -> None:
    make_workspace(tmp_path)
    with fresh_store(tmp_path), served(tmp_path, store_url(tmp_path)) as page, page.client() as it:
        token = signed(Leaving(ADDRESS), b"")
        assert it.post(f"/unsubscribe/{token}").status_code == 404
        assert not left(page)


def test_what_stands_in_a_link_is_text(page: Page) -> None:
    hostile = Leaving("<script>alert(1)</script>@example.org", "<b>topic</b>")
    with page.client() as client:
        answer = client.get(link(hostile))
    assert "<script>alert" not in answer.text
    assert "<b>" not in answer.text


# Feeds


def token(page: Page, topic: str = EXAMPLE, purpose: str = accounts.FEED) -> str:
    return accounts.give_token(
        page.store, PEOPLE[Role.GUIDANCE], purpose=purpose, label="a reader", topic=topic
    )


@pytest.mark.parametrize(
    ("kind", "media_type", "content"),
    [("atom", "application/atom+xml", ATOM), ("ics", "text/calendar", b"BEGIN:VCALENDAR\r\n")],
)
def test_a_token_opens_its_topics_feed(
    page: Page, kind: str, media_type: str, content: bytes
) -> None:
    with httpx.Client(base_url=page.url) as reader:
        answer = reader.get(f"/feeds/{EXAMPLE}.{kind}?token={token(page)}")
    assert answer.status_code == 200
    assert answer.content == content
    assert answer.headers["content-type"].startswith(media_type)


def test_a_reader_that_has_it_gets_it_once(page: Page) -> None:
    address = f"/feeds/{EXAMPLE}.atom?token={token(page)}"
    with httpx.Client(base_url=page.url) as reader:
        first = reader.get(address)
        tag = first.headers["etag"]
        for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = reader.get(address, headers={"If-None-Match": asked})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
        (page.settings.alerts_folder / f"{EXAMPLE}.atom").write_bytes(ATOM + b" ")
        newer = reader.get(address, headers={"If-None-Match": tag})
        assert newer.status_code == 200
        assert newer.headers["etag"] != tag
        assert first.headers["cache-control"] == "private, no-cache"
        assert reader.head(address).status_code == 200


def test_nothing_else_opens_a_feed(page: Page) -> None:
    withdrawn = token(page)
    with page.store.snapshot() as session:
        (number,) = [one.number for one in accounts.tokens_of(session, PEOPLE[Role.GUIDANCE])]
    accounts.withdraw_token(page.store, PEOPLE[Role.GUIDANCE], number)
    closed = ["", "guessed", withdrawn, token(page, "another"), token(page, "", accounts.API)]
    with page.signed_in(Role.ADMIN) as client:
        for one in closed:
            answer = client.get(f"/feeds/{EXAMPLE}.atom", params={"token": one})
            assert answer.status_code == 401, one
            assert "opens nothing" in answer.text
            assert b"<feed" not in answer.content


def test_a_token_of_somebody_who_is_out_opens_nothing(page: Page) -> None:
    address = f"/feeds/{EXAMPLE}.atom?token={token(page)}"
    accounts.enable(page.store, PEOPLE[Role.GUIDANCE], enabled=False, by="the test")
    with httpx.Client(base_url=page.url) as reader:
        assert reader.get(address).status_code == 401


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("another.atom", 404),
        (f"{EXAMPLE}.html", 401),
        (EXAMPLE, 401),
        ("..%2F..%2Fsurveil.ics", 404),
        (f"..%2Falerts%2F{EXAMPLE}.atom", 404),
    ],
)
def test_only_files_of_topics_that_are_here_are_given_out(
    page: Page, name: str, status: int
) -> None:
    with httpx.Client(base_url=page.url) as reader:
        answer = reader.get(f"/feeds/{name}?token={token(page, '')}")
    assert answer.status_code == status
    assert ATOM not in answer.content


def test_a_feed_that_no_run_wrote_yet_is_not_here(page: Page) -> None:
    (page.settings.alerts_folder / f"{EXAMPLE}.ics").unlink()
    with httpx.Client(base_url=page.url) as reader:
        answer = reader.get(f"/feeds/{EXAMPLE}.ics?token={token(page)}")
    assert (answer.status_code, "its next run writes it" in answer.text) == (404, True)


# One's own account


def test_a_feed_token_is_shown_once_opens_its_feed_and_is_withdrawn(page: Page) -> None:
    with page.signed_in() as client:
        told = {"csrf": csrf(client), "purpose": "feed", "label": "my reader", "topic": EXAMPLE}
        shown = client.post("/me/tokens", data=told)
        addresses = re.findall(r"<code>([^<]+/feeds/[^<]+)</code>", unescape(shown.text))
        assert [one.partition("?")[0].rpartition(".")[2] for one in addresses] == ["atom", "ics"]
        path = "/feeds/" + addresses[0].partition("/feeds/")[2]
        assert client.get(path).status_code == 200
        later = client.get("/me")
        assert path.rpartition("=")[2] not in later.text
        assert f"my reader feeds: {EXAMPLE}" in words(later)
        action = re.search(r'action="(/me/tokens/\d+/withdraw)"', later.text)
        assert action
        assert client.post(action[1], data={"csrf": csrf(client)}).status_code == 303
        assert client.get(path).status_code == 401
        assert "You have none." in words(client.get("/me"))


def test_an_api_token_is_kept_as_its_hash_alone(page: Page) -> None:
    with page.signed_in() as client:
        told = {"csrf": csrf(client), "purpose": "api", "label": "<script>x</script>"}
        shown = client.post("/me/tokens", data=told)
        found = re.search(r"<pre>([^<]+)</pre>", shown.text)
        assert found
        assert "<script>x" not in client.get("/me").text
    with page.store.snapshot() as session:
        opened = accounts.token_of(session, found[1], accounts.API)
        assert opened is not None
        assert opened.account.name == PEOPLE[Role.REVIEWER]
        assert account_rows.token_of(session, found[1], accounts.API) is None


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"purpose": "feed", "label": " ", "topic": ""}, "say what the token is for"),
        ({"purpose": "api", "label": "x" * 81}, "say what the token is for"),
        ({"purpose": "feed", "label": "kept", "topic": "nowhere"}, "there is no topic"),
        ({"purpose": "all", "label": "kept"}, "for feeds or for the API"),
    ],
)
def test_a_token_that_cannot_be_is_told_of(page: Page, told: dict[str, str], sentence: str) -> None:
    with page.signed_in() as client:
        answer = client.post("/me/tokens", data={"csrf": csrf(client), **told})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert f'value="{told["label"]}"' in answer.text
    with page.store.snapshot() as session:
        assert accounts.tokens_of(session, PEOPLE[Role.REVIEWER]) == []


def test_nobody_withdraws_somebody_elses_token(page: Page) -> None:
    mine = token(page)
    with page.store.snapshot() as session:
        (one,) = accounts.tokens_of(session, PEOPLE[Role.GUIDANCE])
    with page.signed_in(Role.ADMIN) as client:
        answer = client.post(f"/me/tokens/{one.number}/withdraw", data={"csrf": csrf(client)})
    assert answer.status_code == 422
    with page.store.snapshot() as session:
        assert accounts.token_of(session, mine, accounts.FEED) is not None


def test_a_new_password_ends_the_other_sessions_and_not_this_one(page: Page) -> None:
    new = "six other words not easily guessed"
    with page.signed_in() as here, page.signed_in() as elsewhere:
        before = here.cookies[COOKIE]
        told = {"csrf": csrf(here), "old": PASSWORD, "new": new, "again": new}
        assert here.post("/me/password", data=told).status_code == 303
        assert here.get("/me").status_code == 200
        assert here.cookies[COOKIE] != before
        assert elsewhere.get("/me").status_code == 303
    with page.client() as client:
        name = PEOPLE[Role.REVIEWER]
        assert client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 401
        assert client.post("/sign-in", data={"name": name, "password": new}).status_code == 303


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"old": "not my password"}, "that is not your password now"),
        ({"again": "something else entirely"}, "its repetition differ"),
        ({"new": "short", "again": "short"}, "a password has 12 to 128 characters"),
        ({"new": "rae viewer rae", "again": "rae viewer rae"}, "easily guessed"),
    ],
)
def test_a_password_that_cannot_be_changes_nothing(
    page: Page, changed: dict[str, str], sentence: str
) -> None:
    new = "six other words not easily guessed"
    with page.signed_in() as client:
        told = {"csrf": csrf(client), "old": PASSWORD, "new": new, "again": new, **changed}
        answer = client.post("/me/password", data=told)
        assert answer.status_code == 422
        assert sentence in words(answer)
        for typed in (PASSWORD, new):
            assert typed not in answer.text
        assert client.get("/me").status_code == 200
    with page.signed_in():
        pass


def test_guessing_the_old_password_is_limited_as_signing_in_is(page: Page) -> None:
    new = "six other words not easily guessed"
    with page.signed_in() as client:
        told = {"csrf": csrf(client), "old": "wrong wrong wrong", "new": new, "again": new}
        for _ in range(MOST_FAILURES):
            client.post("/me/password", data=told)
        answer = client.post("/me/password", data={**told, "old": PASSWORD})
    assert answer.status_code == 422


def test_who_has_no_password_is_not_asked_for_one(page: Page) -> None:
    accounts.add_user(page.store, "From Elsewhere", Role.REVIEWER, None, by="the test")
    signed_in = accounts.sign_in_subject(page.store, "subject-1", "From Elsewhere")
    with page.client({COOKIE: signed_in.cookie}) as client:
        answer = client.get("/me")
        assert 'type="password"' not in answer.text
        told = {"csrf": csrf(client), "old": "", "new": PASSWORD, "again": PASSWORD}
        assert client.post("/me/password", data=told).status_code == 422
    with page.store.snapshot() as session:
        assert not accounts.has_password(session, "From Elsewhere")


def test_links_stay_below_the_path_that_the_page_is_under(
    backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEIL_SECRET_KEY", KEY)
    make_workspace(tmp_path)
    with (
        fresh_store(tmp_path),
        served(tmp_path, store_url(tmp_path), path="/surveillance") as page,
        page.signed_in() as client,
    ):
        for path in ("/me", link(Leaving(ADDRESS))):
            links = re.findall(r'(?:href|action|src)="(/[^"]*)"', client.get(path).text)
            assert links
            assert [one for one in links if not one.startswith("/surveillance/")] == []
        told = {"csrf": csrf(client), "purpose": "feed", "label": "my reader", "topic": EXAMPLE}
        assert (
            f"/surveillance/feeds/{EXAMPLE}.atom?token="
            in client.post("/me/tokens", data=told).text
        )
        assert client.post(link(Leaving(ADDRESS))).status_code == 200
        assert left(page)
