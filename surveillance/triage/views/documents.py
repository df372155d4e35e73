"""Documents for the guidance's appendix and reports for other programs, to be downloaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fastapi import APIRouter, Request, Response

from db.accounts import StoredSession
from surveillance.accounts import Permission
from surveillance.documents import formats
from surveillance.documents.changes_page import changes_page
from surveillance.documents.diagram import flow_svg
from surveillance.documents.exports.formats import FORMATS, format_named
from surveillance.documents.flow_page import flow_page
from surveillance.documents.formats import Format
from surveillance.documents.history_page import history_page
from surveillance.documents.page import Page
from surveillance.documents.search_report_page import search_report_page
from surveillance.pipeline.change_reporting import topic_changes
from surveillance.pipeline.exporting import exported
from surveillance.pipeline.reporting import prisma_flow, topic_history
from surveillance.pipeline.search_reporting import search_report
from surveillance.settings import Settings
from surveillance.topics import Topic
from surveillance.triage.gate import HouseHere, NotAllowed, Reader
from surveillance.triage.house import NotHere
from surveillance.triage.pages import page

router = APIRouter(prefix="/topics/{slug}/documents")

_PAGES: Mapping[str, Callable[[Topic, Settings], Page]] = MappingProxyType(
    {
        "prisma-s": lambda topic, settings: search_report_page(search_report(topic, settings)),
        "history": lambda topic, settings: history_page(topic_history(topic, settings)),
        "changes": lambda topic, settings: changes_page(topic_changes(topic, settings)),
        "prisma-flow": lambda topic, settings: flow_page(prisma_flow(topic, settings)),
    }
)
#: What each document is, for the list.
_WORDS = {
    "prisma-s": "Search report (PRISMA-S) for the appendix",
    "history": "Search history, line by line, beside the published counts",
    "changes": "What changed since the last decision on the guidance",
    "prisma-flow": "PRISMA 2020 flow diagram",
}
_FORMATS = ("docx", "html", "md")
_EXPORTS = ("ris", "csv", "xlsx", "nbib", "eppi-json")
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "md": "text/markdown",
    "svg": "image/svg+xml",
    "csv": "text/csv",
    "eppi-json": "application/json",
}


@router.get("")
def listed(request: Request, slug: str, house: HouseHere, session: Reader) -> Response:
    """What can be downloaded of a topic."""
    topic = house.topic(slug)
    return page(
        request,
        "documents.html",
        session,
        topic=topic,
        here="documents",
        documents=_WORDS,
        formats=_FORMATS,
        exports=_EXPORTS,
        may_export=_may_export(session, topic),
    )


@router.get("/reports.{ending}")
def reports(slug: str, ending: str, house: HouseHere, session: Reader) -> Response:
    """All reports with what people decided, as another program reads them."""
    topic = house.topic(slug)
    if ending not in _EXPORTS:
        raise NotHere(f"reports are not written as {ending[:20]!r}.")
    if not _may_export(session, topic):
        raise NotAllowed("an export holds everybody's words, and you read apart from others here.")
    content = FORMATS[format_named(ending)](exported(topic, house.settings, None))
    return _file(content, f"{slug}-reports", ending)


@router.get("/{name}.{ending}")
def document(slug: str, name: str, ending: str, house: HouseHere, session: Reader) -> Response:  # noqa: ARG001 — the door
    """One document in one format."""
    topic = house.topic(slug)
    if name == "prisma-flow" and ending == "svg":
        drawn = flow_svg(prisma_flow(topic, house.settings))
        return _file(drawn.encode(), f"{slug}-{name}", ending)
    if name not in _PAGES or ending not in _FORMATS:
        raise NotHere("there is no such document.")
    made = formats.written(_PAGES[name](topic, house.settings), Format(ending))
    return _file(made, f"{slug}-{name}", ending)


def _may_export(session: StoredSession, topic: Topic) -> bool:
    """Where two read apart, none of them sees the other's word in a file either."""
    return topic.screening.reviewers == 1 or not session.account.may(Permission.SCREEN)


def _file(content: bytes, name: str, ending: str) -> Response:
    """A download: a page of documents has styles of its own, which ours must not run beside."""
    suffix = "json" if ending == "eppi-json" else ending
    return Response(
        content,
        media_type=_TYPES.get(ending, "text/plain"),
        headers={"Content-Disposition": f'attachment; filename="{name}.{suffix}"'},
    )
