"""Signing in with an identity provider: who is let in, and every way to pretend."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from db import accounts as account_rows
from surveillance.accounts import Role
from surveillance.cli.topics import make_workspace
from surveillance.errors import UnreadableInput
from surveillance.pipeline import accounts
from surveillance.settings import Settings
from surveillance.triage.gate import COOKIE
from surveillance.triage.openid import OpenId, Vouched, openid_of
from surveillance.triage.openid_asking import OpenIdFailed
from tests.identity_provider import (
    CLIENT,
    SECRET,
    Claims,
    Provider,
    identity_provider,
    made_key,
    unsigned,
)
from tests.triage_desk import PEOPLE, Page, served
from tests.world import store_url

pytestmark = pytest.mark.sqlite


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with identity_provider() as made:
        yield made


@pytest.fixture
def provider(running: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The provider, well behaved again; and nobody has to wait after many refusals."""
    monkeypatch.setattr("surveillance.triage.house._MOST_FROM_ADDRESS", 10_000)
    well = Provider(key=running.key)
    for name in ("person", "change", "token", "described", "raw", "codes", "asked"):
        setattr(running, name, getattr(well, name))
    return running


@pytest.fixture(scope="module")
def served_page(running: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("openid")
    make_workspace(folder)
    told = settings_for(running)
    with served(folder, store_url(folder), path="/surveillance", **told) as made:
        accounts.add_user(made.store, "Ida Provided", Role.GUIDANCE, None, by="an admin")
        yield made


@pytest.fixture
def page(served_page: Page, provider: Provider) -> Page:
    return served_page


def settings_for(provider: Provider) -> dict[str, str]:
    return {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_name": "Test <Org>",
    }


def fresh(provider: Provider, **more: str) -> OpenId:
    """The page's side of it without a page: it has asked nothing yet."""
    told: dict[str, Any] = settings_for(provider) | {"page_url": "http://127.0.0.1:1/surveillance"}
    made = openid_of(Settings(_env_file=None, **(told | more)))
    assert made
    return made


def vouched(openid: OpenId) -> Vouched:
    leaving = openid.leave("/")
    told = came_from(leaving.where)
    return openid.come_back(state=told["state"], code=told["code"], cookie=leaving.cookie)


def left(client: httpx.Client, next: str = "/") -> str:
    """The address at the provider that a browser is sent to."""
    answer = client.get("/sign-in/openid", params={"next": next})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def came_from(address: str) -> dict[str, str]:
    """What the browser brings back from the provider."""
    where = httpx.get(address).headers["location"]
    assert "/surveillance/sign-in/openid/back?" in where
    return {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}


def back(client: httpx.Client, told: dict[str, str]) -> httpx.Response:
    return client.get("/sign-in/openid/back", params=told)


def signed_in(page: Page) -> httpx.Response:
    with page.client() as client:
        return back(client, came_from(left(client)))


def test_who_has_an_account_is_let_in_and_goes_on(page: Page) -> None:
    with page.client() as client:
        address = left(client, "/me?a=b")
        answer = back(client, came_from(address))
        assert (answer.status_code, answer.headers["location"]) == (303, "/surveillance/me?a=b")
        assert "Ida Provided" in client.get("/me").text
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]


def test_the_link_stands_on_the_sign_in_page_only_where_one_is_set_up(
    page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with page.client() as client:
        html = client.get("/sign-in?next=/me").text
    assert 'href="/surveillance/sign-in/openid?next=%2Fme"' in html
    assert "Sign in with Test &lt;Org&gt;" in html
    folder = tmp_path_factory.mktemp("without")
    with served(folder, store_url(folder)) as other, other.client() as client:
        assert "Sign in with" not in client.get("/sign-in").text
        assert client.get("/sign-in/openid").status_code == 404
        assert client.get("/sign-in/openid/back").status_code == 404


def test_nobody_gets_an_account_by_signing_in(page: Page, provider: Provider) -> None:
    provider.person = {"sub": "s-2", "preferred_username": "Somebody New"}
    answer = signed_in(page)
    assert answer.status_code == 401
    assert "no account here is yours" in answer.text
    with page.store.snapshot() as session:
        assert account_rows.account_named(session, "Somebody New") is None


def test_an_account_with_a_password_is_not_opened_by_a_name(page: Page, provider: Provider) -> None:
    provider.person = {"sub": "s-3", "preferred_username": PEOPLE[Role.ADMIN]}
    answer = signed_in(page)
    assert answer.status_code == 401
    assert COOKIE not in answer.cookies


def test_an_account_belongs_to_the_first_who_came_under_its_name(
    page: Page, provider: Provider
) -> None:
    assert signed_in(page).status_code == 303
    provider.person = {"sub": "s-other", "preferred_username": "Ida Provided"}
    assert signed_in(page).status_code == 401
    provider.person = {"sub": "s-1", "preferred_username": "Ida Renamed"}
    assert signed_in(page).status_code == 303


def test_who_is_disabled_is_not_let_in(page: Page) -> None:
    accounts.enable(page.store, "Ida Provided", enabled=False, by="an admin")
    try:
        assert signed_in(page).status_code == 401
    finally:
        accounts.enable(page.store, "Ida Provided", enabled=True, by="an admin")


def wrong(**claims: object) -> Callable[[Claims], Claims]:
    return lambda told: {**told, **claims}


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda told: {key: value for key, value in told.items() if key != name}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(wrong(nonce="another"), id="wrong nonce"),
        pytest.param(without("nonce"), id="no nonce"),
        pytest.param(wrong(aud="another"), id="wrong audience"),
        pytest.param(wrong(aud=[CLIENT, "another"]), id="several audiences without azp"),
        pytest.param(wrong(aud=[CLIENT, "another"], azp="another"), id="wrong azp"),
        pytest.param(wrong(azp="another"), id="azp of another"),
        pytest.param(without("aud"), id="no audience"),
        pytest.param(wrong(iss="https://evil.example"), id="wrong issuer"),
        pytest.param(wrong(exp=int(time.time()) - 3_600), id="expired"),
        pytest.param(without("exp"), id="never expires"),
        pytest.param(wrong(iat=int(time.time()) + 3_600), id="not yet"),
        pytest.param(wrong(sub=""), id="no subject"),
        pytest.param(wrong(sub=["s-1"]), id="subject that is a list"),
        pytest.param(without("preferred_username"), id="no name"),
        pytest.param(wrong(preferred_username=7), id="name that is a number"),
    ],
)
def test_a_token_that_does_not_hold_opens_nothing(
    page: Page, provider: Provider, change: Callable[[Claims], Claims]
) -> None:
    provider.change = change
    answer = signed_in(page)
    assert answer.status_code == 401
    assert "identity provider" in answer.text
    assert COOKIE not in answer.cookies


def test_several_audiences_with_ours_as_the_one_asked_for_are_fine(
    page: Page, provider: Provider
) -> None:
    provider.change = wrong(aud=[CLIENT, "another"], azp=CLIENT)
    assert signed_in(page).status_code == 303


@pytest.mark.parametrize("how", ["none", "shared key", "another key", "garbage", "no token"])
def test_a_token_that_the_provider_did_not_sign_opens_nothing(
    page: Page, provider: Provider, how: str
) -> None:
    forged = Provider(key=made_key("one"))
    makers: dict[str, Callable[[Claims], str]] = {
        "none": unsigned,
        "shared key": provider.by_shared_key,
        "another key": forged.signed,
        "garbage": lambda _: "a.b.c",
        "no token": lambda _: "",
    }
    provider.token = makers[how]
    answer = signed_in(page)
    assert answer.status_code == 401
    assert COOKIE not in answer.cookies


def test_what_came_back_once_is_void(page: Page) -> None:
    with page.client() as client:
        told = came_from(left(client))
        assert back(client, told).status_code == 303
        answer = back(client, told)
    assert answer.status_code == 401
    assert "this way of signing in has ended" in answer.text


@pytest.mark.parametrize("state", ["", "guessed"])
def test_a_state_that_we_did_not_give_opens_nothing(page: Page, state: str) -> None:
    with page.client() as client:
        told = came_from(left(client))
        assert back(client, {**told, "state": state}).status_code == 401


def test_another_browser_cannot_finish_what_one_began(page: Page) -> None:
    """Else somebody could be signed in as somebody else without knowing."""
    with page.client() as one, page.client() as other:
        told = came_from(left(one))
        answer = back(other, told)
        assert answer.status_code == 401
        assert "another browser began" in answer.text
        assert back(one, told).status_code == 401


def test_another_provider_cannot_answer(page: Page) -> None:
    with page.client() as client:
        told = came_from(left(client))
        assert back(client, {**told, "iss": "https://evil.example"}).status_code == 401


def test_who_does_not_consent_is_told(page: Page) -> None:
    with page.client() as client:
        told = came_from(left(client))
        answer = back(client, {"state": told["state"], "error": "access_denied"})
    assert answer.status_code == 401
    assert "did not let you in" in answer.text


def test_a_provider_that_takes_the_secret_in_the_form_gets_it_there(provider: Provider) -> None:
    provider.described = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert vouched(fresh(provider)).name == "Ida Provided"


def test_a_wrong_secret_opens_nothing(provider: Provider) -> None:
    with pytest.raises(OpenIdFailed, match="refused it"):
        vouched(fresh(provider, oidc_client_secret="guessed"))


@pytest.mark.parametrize(
    ("described", "raw"),
    [
        ({"issuer": "https://evil.example"}, {}),
        ({"token_endpoint": "http://evil.example/token"}, {}),
        ({"jwks_uri": "file:///etc/passwd"}, {}),
        ({"authorization_endpoint": "javascript:alert(1)"}, {}),
        ({}, {"/.well-known/openid-configuration": b"<html>"}),
        ({}, {"/.well-known/openid-configuration": b"[]"}),
        ({}, {"/.well-known/openid-configuration": b" " * 600_000}),
    ],
)
def test_a_provider_that_describes_itself_badly_is_told_in_words(
    provider: Provider, described: Claims, raw: dict[str, bytes]
) -> None:
    provider.described, provider.raw = described, raw
    with pytest.raises(OpenIdFailed, match="identity provider"):
        fresh(provider).leave("/")


@pytest.mark.parametrize("keys", [b"{}", b'{"keys": 7}', b'{"keys": [{"kty": "RSA"}]}', b"no"])
def test_keys_that_are_none_open_nothing(provider: Provider, keys: bytes) -> None:
    provider.raw = {"/keys": keys}
    with pytest.raises(OpenIdFailed, match="identity provider"):
        vouched(fresh(provider))


def test_a_provider_that_does_not_answer_is_told_on_the_sign_in_page(
    tmp_path: Path,
) -> None:
    told = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": CLIENT}
    with served(tmp_path, store_url(tmp_path), **told) as page, page.client() as client:
        answer = client.get("/sign-in/openid")
    assert answer.status_code == 401
    assert "the identity provider does not answer" in answer.text


def test_nobody_is_sent_to_another_site_after_signing_in(page: Page) -> None:
    with page.client() as client:
        told = came_from(left(client, "//evil.example"))
        assert back(client, told).headers["location"] == "/surveillance/"


def test_the_description_is_asked_once_and_no_secret_leaves_the_server(
    provider: Provider,
) -> None:
    openid = fresh(provider)
    first = openid.leave("/").where
    openid.leave("/")
    assert "secret" not in first
    assert provider.asked == ["/.well-known/openid-configuration"]


def test_a_provider_may_change_its_key(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """New keys are asked for, but not at every forged token; a withdrawn one is forgotten."""
    openid, old, new = fresh(provider), provider.key, made_key("two")
    vouched(openid)
    asked = len(provider.asked)
    monkeypatch.setattr(provider, "key", new)
    with pytest.raises(OpenIdFailed):
        vouched(openid)
    assert "/keys" not in " ".join(provider.asked[asked:])
    monkeypatch.setattr("surveillance.triage.openid._KEYS_AGAIN", -1)
    assert vouched(openid).name
    provider.token = Provider(key=old).signed
    monkeypatch.setattr("surveillance.triage.openid._KEYS_AGAIN", 60)
    with pytest.raises(OpenIdFailed):
        vouched(openid)


def test_a_key_that_was_withdrawn_opens_nothing_after_an_hour(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    openid, stolen = fresh(provider), provider.key
    vouched(openid)
    monkeypatch.setattr(provider, "key", made_key("two"))
    provider.token = Provider(key=stolen).signed
    monkeypatch.setattr("surveillance.triage.openid._DESCRIBED", -1)
    with pytest.raises(OpenIdFailed):
        vouched(openid)


def test_an_address_counts_only_where_it_was_verified(provider: Provider) -> None:
    openid = fresh(provider, oidc_claim="email")
    provider.person = {"sub": "s-9", "email": "ida@example.org", "email_verified": False}
    with pytest.raises(OpenIdFailed, match="has not verified your address"):
        vouched(openid)
    provider.person["email_verified"] = True
    assert vouched(openid).name == "ida@example.org"


def test_who_was_away_too_long_begins_again(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("surveillance.triage.openid.PATIENCE", -1)
    with pytest.raises(OpenIdFailed, match="has ended"):
        vouched(fresh(provider))


@pytest.mark.parametrize(
    "told",
    [
        {"oidc_issuer": "https://id.example"},
        {"oidc_issuer": "https://id.example", "oidc_client_id": "x"},
        {"oidc_issuer": "http://id.example", "oidc_client_id": "x", "page_url": "https://a.b"},
    ],
)
def test_settings_that_lack_something_are_refused_at_the_start(told: dict[str, Any]) -> None:
    with pytest.raises(UnreadableInput, match="SURVEIL_OIDC_ISSUER"):
        openid_of(Settings(_env_file=None, **told))
