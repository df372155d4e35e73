"""Parts of a registry's document, which may hold anything: what is of another kind is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from surveillance.studies.registry_text import distinct

_SURROGATES = re.compile("[\ud800-\udfff]")

Module = Mapping[str, Any]


def part_of(parent: Module, name: str) -> Module:
    """The object of this name; an empty one where there is none."""
    child = parent.get(name)
    return child if isinstance(child, dict) else {}


def parts_of(parent: Module, name: str) -> list[Module]:
    """The objects in the list of this name."""
    children = parent.get(name)
    if not isinstance(children, list):
        return []
    return [item for item in children if isinstance(item, dict)]


def text_of(parent: Module, name: str) -> str:
    """The text of this name as one line; empty where there is none."""
    value = parent.get(name)
    return _cleaned(value) if isinstance(value, str) else ""


def texts_of(parent: Module, name: str) -> tuple[str, ...]:
    """The texts in the list of this name, each once."""
    value = parent.get(name)
    items = value if isinstance(value, list) else []
    return distinct(_cleaned(item) for item in items if isinstance(item, str))


def flag_of(parent: Module, name: str) -> bool | None:
    """Yes, no, or None where the document does not say."""
    value = parent.get(name)
    return value if isinstance(value, bool) else None


def count_of(parent: Module, name: str) -> int | None:
    """The whole number of this name; None where there is none."""
    value = parent.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _cleaned(text: str) -> str:
    """White space is layout; half a surrogate pair (valid in JSON) cannot be stored or shown."""
    return " ".join(_SURROGATES.sub("\ufffd", text).split())
