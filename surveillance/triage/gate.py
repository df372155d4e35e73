"""Who asks, and may they: sessions, tokens, permissions, and requests forged by another site."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form, Header, Request

from db.accounts import StoredSession
from surveillance.accounts import Permission
from surveillance.errors import SurveillanceError
from surveillance.pipeline import accounts
from surveillance.triage.house import House

COOKIE = "surveil_session"


class NotSignedIn(SurveillanceError):
    """Nobody is signed in, or the session has ended."""


class NotAllowed(SurveillanceError):
    """Somebody is signed in whose role does not allow this."""


class Forged(SurveillanceError):
    """A request that did not come from a page of ours."""


def house_of(request: Request) -> House:
    """What all requests share."""
    house: House = request.app.state.house
    return house


HouseHere = Annotated[House, Depends(house_of)]


def session_of(request: Request, house: HouseHere) -> StoredSession | None:
    """The session of this request's cookie, if there is one."""
    cookie = request.cookies.get(COOKIE, "")
    if not cookie:
        return None
    with house.store.snapshot() as session:
        found = accounts.session_of(session, cookie)
    if found is not None and house.is_idle(found.token_hash):
        accounts.sign_out(house.store, cookie, who=found.account.name, why="session timed out")
        return None
    return found


MaybeSession = Annotated[StoredSession | None, Depends(session_of)]


def signed_in(found: MaybeSession) -> StoredSession:
    """The session of whoever asks; raises `NotSignedIn`."""
    if found is None:
        raise NotSignedIn("nobody is signed in here, or the session has ended.")
    return found


Here = Annotated[StoredSession, Depends(signed_in)]


def permitted(what: Permission) -> Callable[[StoredSession], StoredSession]:
    """A dependency that lets those through whose role allows it; raises `NotAllowed`."""

    def check(session: Here) -> StoredSession:
        if not session.account.may(what):
            raise NotAllowed(f"as {session.account.role} you may not {what}.")
        return session

    return check


def own_form(
    request: Request,
    session: MaybeSession,
    csrf: Annotated[str, Form()] = "",
    x_csrf_token: Annotated[str, Header()] = "",
) -> None:
    """Let a form through that a page of ours holds; raises `Forged`.

    The session's own word must come back (OWASP's synchronizer token), and where the browser says
    which site the form stands on, that must be ours.
    """
    origin = request.headers.get("origin")
    strange = origin is not None and urlsplit(origin).netloc not in _our_names(request)
    given = x_csrf_token or csrf
    fits = session is None or secrets.compare_digest(given.encode(), session.csrf.encode())
    if strange or not fits:
        raise Forged("this did not come from a page of ours.", hint="Load the page and try again.")


def _our_names(request: Request) -> set[str]:
    """How browsers may call us: as this request does, and as the settings say."""
    page = urlsplit(house_of(request).settings.page_url).netloc
    return {name for name in (request.headers.get("host", ""), page) if name}


Reader = Annotated[StoredSession, Depends(permitted(Permission.READ))]
Screener = Annotated[StoredSession, Depends(permitted(Permission.SCREEN))]
Comparer = Annotated[StoredSession, Depends(permitted(Permission.COMPARE))]
Judge = Annotated[StoredSession, Depends(permitted(Permission.JUDGE))]
Signer = Annotated[StoredSession, Depends(permitted(Permission.SIGN))]
Manager = Annotated[StoredSession, Depends(permitted(Permission.MANAGE))]
