"""What the limits of a host mean: a named limit as a tree, a date field, a database of several.

Both engines and the translations read these tables; what is not in them is not known here, and
is then open on a record (cannot tell) and a loss in a query.
"""

from __future__ import annotations

from collections.abc import Mapping

from surveillance.strategy.nodes import Fielded, Limitation, Node, Word

_LIMITS: Mapping[str, Node] = {
    "english language": Fielded(Word(("english",)), ("la",)),
}

# The dates of `RecordDateSet` by the date codes of the dialects.
_DATES: Mapping[str, str] = {
    **dict.fromkeys(("yr", "py", "dp", "pdat"), "published"),
    **dict.fromkeys(("edat", "ez"), "entered"),
    **dict.fromkeys(("crdt", "dt"), "created"),
    **dict.fromkeys(("mhda", "ed"), "indexed"),
    **dict.fromkeys(("lr", "mdat", "up"), "revised"),
}


def meaning_of(limitation: Limitation, dialect: str) -> Node | None:  # noqa: ARG001
    """A named limit as a tree in the codes of its dialect; None: what it means is not known."""
    return _LIMITS.get(limitation.name)


def date_of(code: str) -> str | None:
    """The date of a record (`RecordDateSet`) that a code asks for; None: none that we carry."""
    return _DATES.get(code)


def holds(databases: tuple[str, ...], dialect: str) -> bool | None:  # noqa: ARG001
    """Is the database of this dialect among these of `5 use ppez`? None: a code not known here."""
    return None
