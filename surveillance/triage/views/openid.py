"""Signing in with the organisation's identity provider, where the settings name one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from surveillance.accounts import Refused
from surveillance.pipeline import accounts
from surveillance.triage.gate import HouseHere
from surveillance.triage.house import House, NotHere
from surveillance.triage.openid import PATIENCE, OpenId
from surveillance.triage.openid_asking import OpenIdFailed
from surveillance.triage.pages import base, go, own_path
from surveillance.triage.views.signing_in import set_cookie, sign_in_form

router = APIRouter()
#: What a browser comes back with from the provider; it opens nothing.
COOKIE = "surveil_openid"
_Told = Annotated[str, Query(max_length=4_000)]


@router.get("/sign-in/openid")
def leave(request: Request, house: HouseHere, next: _Told = "/") -> Response:
    """To the provider."""
    provider = _provider(house)
    try:
        house.refuse_where_too_many(_address(request))
        leaving = provider.leave(own_path(next))
    except (OpenIdFailed, Refused) as fault:
        return sign_in_form(request, house, fault=str(fault), wanted=own_path(next))
    answer = RedirectResponse(leaving.where, status_code=303)
    answer.set_cookie(
        COOKIE,
        leaving.cookie,
        max_age=PATIENCE,
        path=f"{base(request)}/sign-in/openid",
        secure=house.settings.page_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get("/sign-in/openid/back")
def come_back(
    request: Request,
    house: HouseHere,
    state: _Told = "",
    code: _Told = "",
    iss: _Told = "",
) -> Response:
    """From the provider: a session begins, where an administrator made an account."""
    provider = _provider(house)
    address = _address(request)
    try:
        house.refuse_where_too_many(address)
        cookie = request.cookies.get(COOKIE, "")
        vouched = provider.come_back(state=state, code=code, cookie=cookie, issuer=iss)
        signed = accounts.sign_in_subject(house.store, vouched.subject, vouched.name)
    except OpenIdFailed as fault:
        house.note_failure(address)
        return sign_in_form(request, house, fault=str(fault))
    except Refused:
        house.note_failure(address)
        return sign_in_form(request, house, fault=_UNKNOWN)
    answer = go(request, own_path(vouched.next))
    set_cookie(request, answer, signed.cookie)
    answer.delete_cookie(COOKIE, path=f"{base(request)}/sign-in/openid")
    return answer


_UNKNOWN = (
    "the identity provider knows you, but no account here is yours. An administrator makes one "
    "under the name that the provider has of you."
)


def _provider(house: House) -> OpenId:
    if house.openid is None:
        raise NotHere("no identity provider is set up here.")
    return house.openid


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
