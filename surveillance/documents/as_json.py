"""The values of a document for `--json`: their fields, and what is computed from them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any


def document_of(value: object) -> Any:
    """A value of this room in JSON's own types; a property stands beside the fields."""
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in fields(value)}
        computed = [name for name, one in vars(type(value)).items() if isinstance(one, property)]
        named.update({name: getattr(value, name) for name in computed})
        return {name: document_of(one) for name, one in named.items()}
    if isinstance(value, tuple):
        return [document_of(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
