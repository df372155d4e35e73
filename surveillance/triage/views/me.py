"""One's own account: its password, and the tokens that open feeds and the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, Response

from surveillance.accounts import LONGEST_PASSWORD, SHORTEST_PASSWORD, Refused
from surveillance.errors import UnreadableInput
from surveillance.pipeline import accounts
from surveillance.triage.gate import Here, HouseHere, own_form
from surveillance.triage.house import House, RowNumber
from surveillance.triage.pages import base, go, page
from surveillance.triage.views.signing_in import set_cookie

router = APIRouter(prefix="/me")

Password = Annotated[str, Form(max_length=1_000)]
#: What a token opens, in the words of the page.
_PURPOSES = {accounts.FEED: "feeds", accounts.API: "the API"}


@dataclass(frozen=True, slots=True)
class Given:
    """A new token, which is shown this once; `addresses` are the feeds that it opens."""

    token: str
    label: str
    purpose: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wrong:
    """What cannot be done: by which form it stands, why, and what was typed there."""

    form: str
    why: str
    label: str = ""
    topic: str = ""


@router.get("")
def me(request: Request, session: Here, house: HouseHere) -> Response:
    """Who is signed in here, the tokens, and the forms."""
    return _shown(request, house, session)


@router.post("/password", dependencies=[Depends(own_form)])
def change_password(
    request: Request,
    session: Here,
    house: HouseHere,
    *,
    old: Password = "",
    new: Password = "",
    again: Password = "",
) -> Response:
    """Take a new password: the other sessions end, this one goes on under a new cookie."""
    try:
        wanted = _typed_twice(new, again)
        signed = accounts.change_own_password(house.store, session.account.name, old, wanted)
    except Refused:
        wrong = Wrong("password", "Nothing was changed: that is not your password now.")
        return _shown(request, house, session, wrong=wrong)
    except UnreadableInput as fault:
        return _shown(request, house, session, wrong=_wrong("password", fault))
    told = quote("Your password is changed. Your other sessions have ended.")
    answer = go(request, f"/me?told={told}")
    set_cookie(request, answer, signed.cookie)
    return answer


@router.post("/tokens", dependencies=[Depends(own_form)])
def give_token(
    request: Request,
    session: Here,
    house: HouseHere,
    *,
    purpose: Annotated[str, Form(max_length=20)] = "",
    label: Annotated[str, Form(max_length=1_000)] = "",
    topic: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Make a token and show it, this once."""
    try:
        token = _new_token(house, session.account.name, purpose, label=label, topic=topic)
    except UnreadableInput as fault:
        form = purpose if purpose in _PURPOSES else accounts.FEED
        wrong = _wrong(form, fault, label=label, topic=topic)
        return _shown(request, house, session, wrong=wrong)
    addresses = _addresses(request, house, token, topic) if purpose == accounts.FEED else ()
    given = Given(token, label, _PURPOSES[purpose], addresses)
    return _shown(request, house, session, given=given)


@router.post("/tokens/{number}/withdraw", dependencies=[Depends(own_form)])
def withdraw(request: Request, session: Here, house: HouseHere, number: RowNumber) -> Response:
    """Withdraw a token: it opens nothing from now on."""
    try:
        accounts.withdraw_token(house.store, session.account.name, number)
    except UnreadableInput as fault:
        return _shown(request, house, session, wrong=_wrong("tokens", fault))
    return go(request, f"/me?told={quote('The token is withdrawn: it opens nothing any more.')}")


def _typed_twice(new: str, again: str) -> str:
    if new != again:
        raise UnreadableInput("the new password and its repetition differ.")
    return new


def _new_token(house: House, name: str, purpose: str, *, label: str, topic: str) -> str:
    """A token for what the form says; raises `UnreadableInput` where that cannot be."""
    if purpose not in _PURPOSES:
        raise UnreadableInput("a token is for feeds or for the API.")
    slug = house.topic(topic).slug if purpose == accounts.FEED and topic else ""
    return accounts.give_token(house.store, name, purpose=purpose, label=label, topic=slug)


def _addresses(request: Request, house: House, token: str, topic: str) -> tuple[str, ...]:
    """The feeds and calendars that a token opens, as programs take them."""
    root = house.settings.page_url or f"{request.url.scheme}://{request.url.netloc}{base(request)}"
    slugs = [topic] if topic else [one.slug for one in house.topics()]
    return tuple(
        f"{root}/feeds/{quote(slug, safe='')}{kind}?token={token}"
        for slug in slugs
        for kind in (".atom", ".ics")
    )


def _shown(
    request: Request,
    house: House,
    session: Here,
    *,
    wrong: Wrong | None = None,
    given: Given | None = None,
) -> Response:
    with house.store.snapshot() as reading:
        tokens = accounts.tokens_of(reading, session.account.name)
        has_password = accounts.has_password(reading, session.account.name)
    return page(
        request,
        "me.html",
        session,
        status=422 if wrong else 200,
        here="me",
        tokens=tokens,
        purposes=_PURPOSES,
        has_password=has_password,
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
        wrong=wrong,
        given=given,
    )


def _wrong(form: str, fault: UnreadableInput, *, label: str = "", topic: str = "") -> Wrong:
    hint = f" {fault.hint}" if fault.hint and form == "password" else ""
    return Wrong(form, f"Nothing was changed: {fault.message}{hint}", label, topic)
