"""Who calls, and may they: a token for each person, with the permissions of the person's role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from surveillance.accounts import Account, Permission
from surveillance.pipeline import accounts
from surveillance.triage.gate import HouseHere, MaybeSession, NotAllowed, NotSignedIn

PREFIX = "/api/v1"
_bearer = HTTPBearer(
    scheme_name="token",
    auto_error=False,
    description="A token of your own; make one on your page.",
)
_Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
#: A row's number that both databases take.
MOST = 2**31 - 1
Number = Annotated[int, Path(ge=1, le=MOST)]
#: How many entries a list has at most, and behind which entry it goes on.
Limit = Annotated[int, Query(ge=1, le=200, description="How many entries at most.")]
Skip = Annotated[int, Query(ge=0, le=MOST, description="How many entries are left out before.")]


def caller(credentials: _Credentials, house: HouseHere) -> Account:
    """Whose token came with the request; raises `NotSignedIn`."""
    if credentials is None:
        raise NotSignedIn("this needs a token: “Authorization: Bearer …”.")
    with house.store.snapshot() as session:
        found = accounts.token_of(session, credentials.credentials, accounts.API)
    if found is None:
        raise NotSignedIn("this token opens nothing; it may have been withdrawn.")
    return found.account


Caller = Annotated[Account, Depends(caller)]


def may(what: Permission) -> Callable[[Account], Account]:
    """A dependency that lets those through whose role allows it; raises `NotAllowed`."""

    def check(account: Caller) -> Account:
        if not account.may(what):
            raise NotAllowed(f"as {account.role} you may not {what}.")
        return account

    return check


def known(credentials: _Credentials, house: HouseHere, session: MaybeSession) -> Account:
    """Whoever has a token, or is signed in on the page."""
    return session.account if session is not None else caller(credentials, house)


def is_api(request: Request) -> bool:
    """Whether a request is one of the API, which always answers with JSON."""
    path: str = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return path.startswith(f"{PREFIX}/")


Reader = Annotated[Account, Depends(may(Permission.READ))]
Screener = Annotated[Account, Depends(may(Permission.SCREEN))]
Comparer = Annotated[Account, Depends(may(Permission.COMPARE))]
Judge = Annotated[Account, Depends(may(Permission.JUDGE))]
Known = Annotated[Account, Depends(known)]
