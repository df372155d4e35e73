"""The API as an OpenAPI document, and as a page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from surveillance.triage.api import links, pairs, reports, signals, topics
from surveillance.triage.api.answers import Fault
from surveillance.triage.api.door import PREFIX, Known
from surveillance.triage.gate import Reader
from surveillance.triage.pages import base, page

_FAULTS: dict[int | str, dict[str, Any]] = {
    401: {"model": Fault, "description": "No token, or one that opens nothing."},
    403: {"model": Fault, "description": "The role does not allow this."},
    404: {"model": Fault, "description": "It is not there."},
    409: {"model": Fault, "description": "A run is under way, or somebody was faster."},
    422: {"model": Fault, "description": "What was sent cannot be used."},
}
#: All actions.
router = APIRouter(prefix=PREFIX, responses=_FAULTS)
for _room in (topics.router, reports.router, pairs.router, links.router, signals.router):
    router.include_router(_room)
#: The document itself, and the page that shows it.
described = APIRouter()


@described.get(f"{PREFIX}/openapi.json")
def openapi(request: Request, caller: Known) -> Response:  # noqa: ARG001 — the door
    """The document, for whoever has a token or is signed in."""
    return JSONResponse(_document(base(request)))


@described.get("/api")
def shown(request: Request, session: Reader) -> Response:
    """The document as a page."""
    found = _document(base(request))
    actions = [
        {"path": path, "method": method.upper(), **action, "takes": _sent(found, action)}
        for path, methods in found["paths"].items()
        for method, action in methods.items()
    ]
    schemas = found["components"]["schemas"]
    return page(
        request,
        "api.html",
        session,
        here="api",
        actions=actions,
        schemas={name: _fields(one) for name, one in sorted(schemas.items())},
        notes={name: one.get("description", "") for name, one in schemas.items()},
        prefix=PREFIX,
        answers=_answers,
    )


def _document(root: str) -> dict[str, Any]:
    return get_openapi(
        title="Literature surveillance",
        version="1",
        description="What people do on the page, as JSON. Each answer is one object; a fault is "
        "an object with the key “error”.",
        routes=router.routes,
        servers=[{"url": root or "/"}],
    )


def _sent(found: dict[str, Any], action: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of the object that an action takes."""
    content = action.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = _named(content.get("schema", {}))
    return _fields(found["components"]["schemas"][name]) if name else []


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    needed = schema.get("required", [])
    return [
        {"name": name, "kind": _kind(one), "needed": name in needed}
        for name, one in schema.get("properties", {}).items()
    ]


def _answers(action: dict[str, Any]) -> str:
    """The name of what an action answers with where all is well."""
    content = action["responses"]["200"]["content"]["application/json"]
    return _named(content["schema"])


def _named(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if name := _named(schema):
        return name
    if "enum" in schema or "const" in schema:
        return " | ".join(f"“{one}”" for one in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    return str(schema.get("type", "any"))
