"""An answer that is not whole is asked for once more: a service may change while it is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from surveillance.errors import SourceFailed
from surveillance.sources.http import Answer, excerpt

T = TypeVar("T")


class NotWhole(Exception):
    """An answer, or its pages, that do not make a whole; `str()` says what is amiss."""


def twice(name: str, ask: Callable[[], T]) -> T:
    """What `ask` gives, asked once more where it was not whole.

    Raises `SourceFailed` where the service `name` gives no whole answer then either.
    """
    try:
        return ask()
    except NotWhole:
        pass
    try:
        return ask()
    except NotWhole as fault:
        raise SourceFailed(
            f"{name}'s answer was not whole, twice: {fault}.",
            hint="Run again; nothing was recorded as done.",
        ) from None


def json_object(answer: Answer) -> dict[str, Any]:
    """The JSON object that a service answered; raises `NotWhole` where it is none."""
    try:
        # strict=False: raw line breaks inside strings were met in the wild.
        document = json.loads(answer.content, strict=False)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise NotWhole(f"it did not answer in JSON: {excerpt(answer.text)}")
    return document
