"""No more mail: the page that the link in each mail leads to; its signed address is enough.

A mail client may ask by itself, without a cookie and without a word of ours (RFC 8058), so that
neither is looked at here. Reading the page stops nothing: programs follow links in mails.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from db import subscriptions
from surveillance.alerts.unsubscribing import Leaving, verified
from surveillance.errors import UnreadableInput
from surveillance.pipeline.outbox import leave
from surveillance.triage.gate import HouseHere
from surveillance.triage.house import House
from surveillance.triage.pages import page

router = APIRouter()
Token = Annotated[str, Path(max_length=2_000)]


@router.get("/unsubscribe/{token}")
def asked(request: Request, house: HouseHere, token: Token) -> Response:
    """What would be stopped, and a button."""
    leaving = _leaving(house, token)
    if leaving is None:
        return _no_such_link(request)
    with house.store.snapshot() as reading:
        gone = subscriptions.has_left(reading, leaving.address, leaving.topic)
    return _shown(request, house, leaving, gone=gone)


@router.post("/unsubscribe/{token}")
def leave_list(request: Request, house: HouseHere, token: Token) -> Response:
    """Stop it, for whoever holds the address: a person by the button, or a mail client."""
    leaving = _leaving(house, token)
    if leaving is None:
        return _no_such_link(request)
    leave(house.store, leaving)
    return _shown(request, house, leaving, gone=True)


def _leaving(house: House, token: str) -> Leaving | None:
    key = house.settings.secret_key
    return verified(token, key.get_secret_value().encode()) if key else None


def _shown(request: Request, house: House, leaving: Leaving, *, gone: bool) -> Response:
    return page(
        request,
        "leaving.html",
        None,
        leaving=leaving,
        title=_title(house, leaving.topic),
        gone=gone,
    )


def _title(house: House, topic: str) -> str:
    """What people call the topic; its name where its folder is gone or cannot be read."""
    try:
        return house.topic(topic).title if topic else ""
    except UnreadableInput:
        return topic


def _no_such_link(request: Request) -> Response:
    return page(request, "leaving.html", None, status=404, leaving=None, title="", gone=False)
