"""One change between two versions of a registration: what people are told, and what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveillance.studies.weight import Weight

#: More changes of one kind than this are told as one, with their number.
_MOST_TOLD = 10
#: So much of a registry's text stands in a sentence; the change itself keeps the whole.
_SHORT = 300


class Event(StrEnum):
    """What a change means for the trial; most changes are none of these."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    RESULTS_POSTED = "results posted"
    PRIMARY_OUTCOME_SWITCHED = "primary outcome switched"
    REPORTED = "reported"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changed: its values as the registry prints them, and what to tell people.

    `headline` is the change in a few words; `detail` goes on from there.
    """

    field: str
    before: str
    after: str
    weight: Weight
    headline: str
    detail: str = ""
    event: Event = Event.OTHER

    @property
    def sentence(self) -> str:
        """The whole change in one sentence."""
        return f"{self.headline}{self.detail}."


def given_or_gone(field: str, before: str, after: str, name: str = "") -> Iterator[Change]:
    """A field that only one of two versions has: low, for nothing is known to have changed.

    `name` is what people call it, where that is not the field's name.
    """
    called = (name or field).capitalize()
    if after and not before:
        headline, detail = f"{called} is now given", f": {short(after)}"
    else:
        headline, detail = f"{called} is no longer given", f"; it was {short(before)}"
    if before != after:
        yield Change(field, before, after, Weight.LOW, headline, detail)


def together(changes: Sequence[Change], many: str) -> Iterator[Change]:
    """Changes of one kind: each by itself, or, where they are too many to read, all as one.

    `many` says what happened to them in the plural: "primary outcomes were added".
    """
    if len(changes) <= _MOST_TOLD:
        yield from changes
    else:
        yield as_one(changes, many)


def as_one(changes: Sequence[Change], many: str) -> Change:
    """Changes of one kind as one, with the details of the first."""
    first = changes[0]
    if len(changes) == 1:
        return first
    return Change(
        first.field,
        joined(change.before for change in changes),
        joined(change.after for change in changes),
        first.weight,
        f"{len(changes):,} {many}",
        f"{first.detail}, and {len(changes) - 1:,} more",
        first.event,
    )


def joined(values: Iterable[str]) -> str:
    """Several values of a field as one."""
    return "; ".join(filter(None, values))


def short(text: str) -> str:
    """A registry's text as far as a sentence can hold it."""
    return text if len(text) <= _SHORT else f"{text[:_SHORT].rstrip()}…"


def plain(text: str) -> str:
    """The words alone: case, punctuation and spacing are format."""
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
