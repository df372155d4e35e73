"""Frozen dataclasses made at the price of plain ones, where a file holds millions of them."""

from __future__ import annotations

from dataclasses import Field, field, fields, make_dataclass
from typing import Any, TypeVar, cast

Made = TypeVar("Made")


def quick_maker(made: type[Made]) -> type[Made]:
    """What is called as `made` is, a frozen dataclass with slots, and gives the same.

    Such a class refuses plain setting, so that it sets each of its own fields through
    `object.__setattr__`, which is most of what a record costs to make. Here a twin that is not
    frozen is filled and then made one of `made` (Python's data model: `__class__` may be assigned
    where both classes have the same slots).
    """
    checks = getattr(made, "__post_init__", None)

    def become(twin: Any) -> None:
        twin.__class__ = made
        if checks:
            checks(twin)

    twin = make_dataclass(
        made.__name__,
        [(item.name, item.type, _same(item)) for item in fields(cast("Any", made))],
        namespace={"__post_init__": become},
        slots=True,
    )
    return cast("type[Made]", twin)


def _same(item: Field[Any]) -> Any:
    """A field that is filled as `item` is."""
    given: Any = field
    return given(default=item.default, default_factory=item.default_factory, kw_only=item.kw_only)
