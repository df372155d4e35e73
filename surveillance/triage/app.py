"""The web application: its rooms, and what an error looks like."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from db.session import Store
from surveillance.accounts import Refused
from surveillance.errors import Busy, Changed, StoreFailed, SurveillanceError, UnreadableInput
from surveillance.settings import Settings
from surveillance.triage.api import document
from surveillance.triage.api.door import is_api
from surveillance.triage.desks import Desks
from surveillance.triage.gate import Forged, NotAllowed, NotSignedIn, session_of
from surveillance.triage.headers import Headers, Limit
from surveillance.triage.house import House, NotHere
from surveillance.triage.last_door import LastDoor
from surveillance.triage.openid import openid_of
from surveillance.triage.pages import base, go, page, wants_page
from surveillance.triage.views import (
    documents,
    duplicates,
    feeds,
    guidance,
    leaving,
    links,
    me,
    openid,
    pasted,
    people,
    reports,
    screening,
    signals,
    signing_in,
    strategies,
    trials,
    weeks,
)

_HERE = Path(__file__).parent
#: The pages' routers.
ROUTERS = (
    signing_in.router, weeks.router, screening.router, reports.router, documents.router,
    duplicates.router, links.router, signals.router, guidance.router, trials.router,
    feeds.router, leaving.router, me.router, strategies.router, pasted.router, people.router,
    openid.router, document.described,
)  # fmt: skip
#: What an error of ours is in HTTP; the first that fits.
_STATUS = (
    (NotSignedIn, 401), (Refused, 401), (NotAllowed, 403), (Forged, 403),
    (Busy, 409), (Changed, 409), (StoreFailed, 503), (NotHere, 404), (UnreadableInput, 422),
    (SurveillanceError, 500),
)  # fmt: skip
#: What HTTP's own errors are called for people.
_WORDS = {
    404: "there is no such page.",
    405: "this page does not take that.",
    422: "what was sent cannot be used.",
}


def create_app(settings: Settings, *, beforehand: bool = True) -> FastAPI:
    """The page for a workspace. Its store is opened here and closed when the server stops.

    `beforehand`: what the first person would wait for is done when the server starts.
    """
    provider = openid_of(settings)
    store = Store(settings.store_url)
    store.upgrade()
    desks = Desks(store)
    house = House(settings, store, desks, provider)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        if beforehand:
            desks.beside(house.prepare)
        yield
        house.aside.close()
        desks.close()
        store.close()

    app = FastAPI(
        title="Literature surveillance",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=living,
    )
    # Said to its maker, newer FastAPI warns that a server should say it: ours are several.
    app.root_path = urlsplit(settings.page_url).path.rstrip("/")
    app.state.house = house
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    for router in (*ROUTERS, document.router):
        app.include_router(router)
    for error in (SurveillanceError, HTTPException, RequestValidationError):
        app.add_exception_handler(error, _told)
    app.add_middleware(LastDoor, answer=_unforeseen)
    app.add_middleware(Limit)
    app.add_middleware(Headers, secure=settings.page_url.startswith("https:"))
    return app


def _told(request: Request, fault: Exception) -> Response:
    """An error as a sentence: on a page of its own, or as JSON for what asks in the background."""
    status = _status(fault)
    sentence = _WORDS.get(status, str(fault)) if not isinstance(fault, SurveillanceError) else ""
    sentence = sentence or str(fault)
    if isinstance(fault, RequestValidationError) and is_api(request):
        sentence = _what_is_wrong(fault)
    if wants_page(request) and not is_api(request):
        if isinstance(fault, NotSignedIn) and request.method == "GET":
            wanted = request.scope["path"].removeprefix(base(request))
            query = f"?{request.url.query}" if request.url.query else ""
            return go(request, f"/sign-in?next={quote(f'{wanted}{query}', safe='')}")
        session = session_of(request, request.app.state.house)
        return page(request, "fault.html", session, status=status, sentence=sentence, code=status)
    told = {"error": sentence, "kind": type(fault).__name__}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 and is_api(request) else None
    return JSONResponse(told, status_code=status, headers=headers)


def _what_is_wrong(fault: RequestValidationError) -> str:
    """The first thing that cannot be used, by its name."""
    first = fault.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or "what was sent"
    return f"{where}: {first['msg']}."


def _status(fault: Exception) -> int:
    if isinstance(fault, HTTPException):
        # FastAPI's word for a body that is no text; all else that cannot be used is 422 here.
        return 422 if fault.status_code == 400 else fault.status_code
    if isinstance(fault, RequestValidationError):
        return 422
    return next(status for error, status in _STATUS if isinstance(fault, error))


def _unforeseen(request: Request, fault: Exception) -> Response:
    """The last door: a person never sees a traceback; the server's log has it."""
    sentence = f"this should not have happened ({type(fault).__name__}). What was done is kept."
    if wants_page(request) and not is_api(request):
        return page(request, "fault.html", None, status=500, sentence=sentence, code=500)
    return JSONResponse({"error": sentence, "kind": "Unforeseen"}, status_code=500)
