"""One's own account."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from surveillance.triage.gate import Here
from surveillance.triage.pages import page

router = APIRouter()


@router.get("/me")
def me(request: Request, session: Here) -> Response:
    """Who is signed in here."""
    return page(request, "me.html", session, here="me")
