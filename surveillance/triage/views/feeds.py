"""A topic's feed and calendar, for programs that have no session: a token of their own opens them.

The token stands in the address, since feed readers send nothing else. It opens this topic's feed
and calendar alone, and its owner can withdraw it (docs/triage.md).
"""

from __future__ import annotations

import hashlib
from pathlib import Path as Folder
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import PlainTextResponse

from surveillance.accounts import Permission
from surveillance.errors import UnreadableInput
from surveillance.pipeline import accounts
from surveillance.pipeline.publishing import files_of
from surveillance.triage.gate import HouseHere
from surveillance.triage.house import House

router = APIRouter()

_KINDS = {".atom": "application/atom+xml; charset=utf-8", ".ics": "text/calendar; charset=utf-8"}
_CLOSED = "This address opens nothing: its token is missing, wrong, withdrawn or another topic's.\n"
_NOT_YET = "The topic has no feed yet: its next run writes it.\n"


@router.api_route("/feeds/{name}", methods=["GET", "HEAD"])
def feed(
    request: Request,
    house: HouseHere,
    name: Annotated[str, Path(max_length=200)],
    token: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """What the last run wrote, where the token opens it; nothing where the reader has it."""
    file = Folder(name)
    if file.suffix not in _KINDS or not _opens(house, token, file.stem):
        headers = {"WWW-Authenticate": 'Bearer realm="feeds"'}
        return PlainTextResponse(_CLOSED, status_code=401, headers=headers)
    content = _content(house, file)
    if content is None:
        return PlainTextResponse(_NOT_YET, status_code=404)
    headers = {
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        # It is asked for anew each time, so that a token that was withdrawn opens it no more.
        "Cache-Control": "private, no-cache",
    }
    if _has(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=_KINDS[file.suffix])


def _opens(house: House, token: str, slug: str) -> bool:
    """Whether a token is for this topic's feed, or for every topic's (RFC 9110: else 401)."""
    with house.store.snapshot() as session:
        found = accounts.token_of(session, token, accounts.FEED)
    if found is None or found.topic not in ("", slug):
        return False
    return found.account.may(Permission.READ)


def _content(house: House, file: Folder) -> bytes | None:
    """The file of a topic that is here; None where there is no such topic, or no file yet."""
    try:
        topic = house.topic(file.stem)
    except UnreadableInput:
        return None
    written = {one.suffix: one for one in files_of(topic, house.settings.alerts_folder)}
    try:
        return written[file.suffix].read_bytes()
    except FileNotFoundError:
        return None


def _has(asked: str, tag: str) -> bool:
    """Whether a reader's If-None-Match names what we have (RFC 9110, 13.1.2: weakly compared)."""
    given = {one.strip().removeprefix("W/") for one in asked.split(",")}
    return "*" in given or tag in given
