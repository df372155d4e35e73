"""Accounts and the audit, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from db import accounts as account_rows
from db.accounts import StoredAccount, StoredSession
from surveillance.accounts import (
    LONGEST_NAME,
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    Role,
    checked_role,
)
from surveillance.errors import UnreadableInput
from surveillance.pipeline import accounts
from surveillance.triage.gate import HouseHere, Manager, own_form
from surveillance.triage.house import House, NotHere
from surveillance.triage.pages import go, page, words_in_path

router = APIRouter()
#: Rows of the audit on a page.
_ON_A_PAGE = 100
#: A row's number: what neither database takes is no number of anybody.
_MOST = 2**31 - 1
Password = Annotated[str, Form(max_length=1_000)]
RoleName = Annotated[str, Form(max_length=50)]


@router.get("/people")
def people(request: Request, house: HouseHere, session: Manager) -> Response:
    """Every account, and a form for a new one."""
    return _list(request, house, session)


@router.post("/people", dependencies=[Depends(own_form)])
def add(
    request: Request,
    house: HouseHere,
    session: Manager,
    name: Annotated[str, Form(max_length=1_000)] = "",
    role: RoleName = "",
    password: Password = "",
    provider: Annotated[bool, Form()] = False,
) -> Response:
    """Make an account, with a password or for the identity provider alone."""
    try:
        given = _given(password, provider=provider)
        made = accounts.add_user(
            house.store, name, checked_role(role), given, by=session.account.name
        )
    except UnreadableInput as fault:
        return _list(request, house, session, fault=str(fault), name=name, role=role)
    return _back(request, "/people", f"{made.name} may sign in as {made.role}.")


@router.get("/people/{number}")
def person(request: Request, house: HouseHere, session: Manager, number: int) -> Response:
    """One account, and what can be changed."""
    return _one(request, session, _numbered(house, number))


@router.post("/people/{number}/role", dependencies=[Depends(own_form)])
def change_role(
    request: Request, house: HouseHere, session: Manager, number: int, role: RoleName = ""
) -> Response:
    """Give somebody another role."""

    def change(name: str) -> str:
        wanted = checked_role(role)
        accounts.change_role(house.store, name, wanted, by=session.account.name)
        return f"{name} is {wanted} now."

    return _changed(request, house, session, number, change)


@router.post("/people/{number}/enabled", dependencies=[Depends(own_form)])
def enable(
    request: Request,
    house: HouseHere,
    session: Manager,
    number: int,
    enabled: Annotated[bool, Form()],
) -> Response:
    """Let somebody sign in, or no longer."""

    def change(name: str) -> str:
        accounts.enable(house.store, name, enabled=enabled, by=session.account.name)
        return f"{name} may {'' if enabled else 'no longer '}sign in."

    return _changed(request, house, session, number, change)


@router.post("/people/{number}/password", dependencies=[Depends(own_form)])
def set_password(
    request: Request, house: HouseHere, session: Manager, number: int, password: Password = ""
) -> Response:
    """Give an account a new password."""

    def change(name: str) -> str:
        accounts.set_password(house.store, name, password, by=session.account.name)
        return f"{name} has a new password, and its sessions have ended."

    return _changed(request, house, session, number, change)


@router.get("/audit")
def audit(
    request: Request,
    house: HouseHere,
    session: Manager,
    before: Annotated[int | None, Query(ge=1, le=_MOST)] = None,
) -> Response:
    """What people did with accounts, sessions and tokens, newest first."""
    with house.store.snapshot() as reading:
        found = account_rows.audit(reading, limit=_ON_A_PAGE + 1, before=before)
    rows = found[:_ON_A_PAGE]
    older = rows[-1][0] if len(found) > _ON_A_PAGE else None
    return page(request, "audit.html", session, here="audit", rows=rows, older=older, before=before)


def _list(
    request: Request,
    house: House,
    session: StoredSession,
    *,
    fault: str = "",
    name: str = "",
    role: str = Role.REVIEWER,
) -> Response:
    with house.store.snapshot() as reading:
        found = account_rows.accounts(reading)
    return page(
        request,
        "people.html",
        session,
        status=422 if fault else 200,
        here="people",
        people=found,
        roles=list(Role),
        fault=fault,
        name=name[:LONGEST_NAME],
        role=role,
        longest_name=LONGEST_NAME,
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
        provider=house.settings.oidc_issuer != "",
    )


def _given(password: str, *, provider: bool) -> str | None:
    """The new account's password; None: the identity provider signs in."""
    if provider and password:
        raise UnreadableInput("give a password or let the identity provider sign in, not both.")
    return None if provider else password


def _one(
    request: Request, session: StoredSession, found: StoredAccount, fault: str = ""
) -> Response:
    return page(
        request,
        "person.html",
        session,
        status=422 if fault else 200,
        here="people",
        person=found,
        roles=list(Role),
        fault=fault,
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
    )


def _changed(
    request: Request,
    house: House,
    session: StoredSession,
    number: int,
    change: Callable[[str], str],
) -> Response:
    """What `change` did, told on the account's page; or why it was refused."""
    found = _numbered(house, number)
    try:
        told = change(found.account.name)
    except UnreadableInput as fault:
        return _one(request, session, _numbered(house, number), str(fault))
    return _back(request, f"/people/{number}", told)


def _back(request: Request, path: str, told: str) -> Response:
    return go(request, f"{path}?told={words_in_path(told)}")


def _numbered(house: House, number: int) -> StoredAccount:
    with house.store.snapshot() as reading:
        found = [one for one in account_rows.accounts(reading) if one.number == number]
    if not found:
        raise NotHere(f"there is no account {number}.")
    return found[0]
