"""Templates made into answers: every text escaped, every link below the path that we are under."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from surveillance.accounts import Permission
from surveillance.alerts.wording import shortened
from surveillance.documents.page import UNTOLD, signed, words_of
from surveillance.signals.wording import said
from surveillance.triage.gate import MaybeSession, house_of

#: What htmx asks with (htmx.org, "Request Headers").
FRAGMENT = "HX-Request"
#: So much of a long value is shown where the whole is a click away.
_LONGEST_VALUE = 300


def page(
    request: Request, template: str, session: MaybeSession, *, status: int = 200, **content: Any
) -> HTMLResponse:
    """A template with what every page shows."""
    house = house_of(request)
    shared = {
        "base": base(request),
        "session": session,
        "account": session.account if session else None,
        "permission": Permission,
        "banner": house.settings.banner,
        "topics": house.topics() if session else [],
        "topic": None,
        "here": "",
        "told": request.query_params.get("told", "")[:200],
    }
    made = templates().get_template(template).render({**shared, **content})
    return HTMLResponse(made, status_code=status)


def rendered(request: Request, template: str, **content: Any) -> str:
    """A part of a page."""
    made = templates().get_template(template)
    return made.render({"base": base(request), **content})


def go(request: Request, path: str) -> RedirectResponse:
    """The browser sent to another page of ours; `path` begins with a slash."""
    return RedirectResponse(f"{base(request)}{path}", status_code=303)


def base(request: Request) -> str:
    """The path that we are under, without a slash at its end."""
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/")


def own_path(wanted: str) -> str:
    """Where somebody wanted to go, if that is a page of ours; else the first page.

    “//elsewhere” and “/\\elsewhere” are addresses of another machine to a browser.
    """
    fine = wanted.startswith("/") and wanted[1:2] not in {"/", "\\"} and wanted.isprintable()
    return wanted if fine else "/"


def is_fragment(request: Request) -> bool:
    """Whether a part of a page is asked for, not the whole."""
    return FRAGMENT in request.headers


def wants_page(request: Request) -> bool:
    """Whether a person waits for a whole page; the API and our own scripts take JSON."""
    return "text/html" in request.headers.get("accept", "") and not is_fragment(request)


@cache
def templates() -> Environment:
    """The templates of this room."""
    made = Environment(
        loader=PackageLoader("surveillance.triage"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        words=words_of,
        told=_told,
        said=said,
        short=_short,
        number=_number,
        day=_day,
        moment=_moment,
        part=words_in_path,
        signed=lambda value: signed(value) or "–",
    )
    return made


def words_in_path(words: str) -> str:
    """Any words as a part of an address."""
    return quote(words, safe="")


def _number(value: int) -> str:
    return f"{value:,}"


def _told(sentence: str) -> Markup:
    """A sentence of ours, in which commands stand between backticks."""
    parts = words_of(sentence).split("`")
    if len(parts) % 2 == 0:  # one that closes nothing is somebody's character
        return escape("`".join(parts))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def _short(text: str) -> str:
    return shortened(text, _LONGEST_VALUE) or UNTOLD


def _day(value: date | None) -> str:
    return f"{value.day} {value:%B %Y}" if value else "–"


def _moment(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if value else "–"
