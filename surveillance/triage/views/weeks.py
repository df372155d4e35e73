"""The first page: every topic, and what its last week brought."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from surveillance.triage.gate import Reader
from surveillance.triage.pages import page

router = APIRouter()


@router.get("/")
def first(request: Request, session: Reader) -> Response:
    """Every topic."""
    return page(request, "first.html", session)
