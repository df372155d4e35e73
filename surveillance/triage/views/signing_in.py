"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from surveillance.accounts import LONGEST_SESSION, Refused
from surveillance.pipeline import accounts
from surveillance.triage.gate import COOKIE, Here, HouseHere, MaybeSession, own_form
from surveillance.triage.house import House
from surveillance.triage.pages import base, go, own_path, page

router = APIRouter()
_SECONDS = int(LONGEST_SESSION.total_seconds())


@router.get("/sign-in")
def sign_in_page(
    request: Request, house: HouseHere, session: MaybeSession, next: str = "/"
) -> Response:
    """The form; whoever is signed in goes on at once."""
    if session is not None:
        return go(request, own_path(next))
    return sign_in_form(request, house, wanted=own_path(next))


@router.post("/sign-in", dependencies=[Depends(own_form)])
def sign_in(
    request: Request,
    house: HouseHere,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Begin a session, and go where the person wanted to."""
    address = request.client.host if request.client else ""
    try:
        house.refuse_where_too_many(address)
        signed = accounts.sign_in(house.store, name, password)
    except Refused as fault:
        house.note_failure(address)
        return sign_in_form(request, house, wanted=own_path(next), name=name, fault=str(fault))
    answer = go(request, own_path(next))
    set_cookie(request, answer, signed.cookie)
    return answer


@router.post("/sign-out", dependencies=[Depends(own_form)])
def sign_out(request: Request, house: HouseHere, session: Here) -> Response:
    """End the session."""
    accounts.sign_out(house.store, request.cookies[COOKIE], who=session.account.name)
    answer = go(request, "/sign-in")
    answer.delete_cookie(COOKIE, path=f"{base(request)}/")
    return answer


def sign_in_form(
    request: Request, house: House, *, wanted: str = "/", name: str = "", fault: str = ""
) -> Response:
    """The form, with what was wrong, and a link to the identity provider where there is one."""
    return page(
        request,
        "sign-in.html",
        None,
        status=401 if fault else 200,
        wanted=wanted,
        name=name,
        fault=fault,
        provider=house.openid.name if house.openid else "",
    )


def set_cookie(request: Request, answer: Response, cookie: str) -> None:
    """Give the browser its session: no script reads it, no other site's form sends it."""
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=_SECONDS,
        path=f"{base(request)}/",
        secure=request.app.state.house.settings.page_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )
