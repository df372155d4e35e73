"""An answer that is not whole is asked for once more: a service may change while it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from surveillance.errors import SourceFailed

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
