"""The kinds of criteria that criteria.toml can hold: docs/criteria.md explains every key."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from surveillance.screening.designs import Design
from surveillance.toml_files import STRICT

Text = Annotated[str, Field(min_length=1, max_length=500)]
Words = Annotated[tuple[Text, ...], Field(min_length=1, max_length=2000)]


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Named:
    """What every criterion has: its name, what is said where it is not met, and its exceptions.

    Where one of `unless` stands in the text of a report that does not meet the criterion, the
    report goes to a person instead.
    """

    name: Text
    reason: Text
    unless: Words = ()


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Abbreviation(Named):
    """An abbreviation of the intervention that also stands for other things.

    Where the text does not spell it out, `context` speaks for the topic's meaning and
    `context_otherwise` for another.
    """

    kind: Literal["abbreviation"]
    abbreviation: Text
    means: Words
    otherwise: tuple[Text, ...] = ()
    context: Words = ()
    context_otherwise: Words = ()


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Designs(Named):
    """Designs and kinds of publication that are not wanted, or the only ones that are."""

    kind: Literal["designs"]
    exclude: Annotated[tuple[Design, ...], Field(min_length=1)] = ()
    only: Annotated[tuple[Design, ...], Field(min_length=1)] = ()


@dataclass(frozen=True, config=STRICT, kw_only=True)
class PublicationTypes(Named):
    """Publication types, as the sources print them, that are not wanted or the only ones."""

    kind: Literal["publication types"]
    exclude: Words = ()
    only: Words = ()


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Concept(Named):
    """What the report must be about: one of `words` or `patterns` in its text, or of `headings`.

    `absent` says what follows where none is there, `denied` where they stand in the negative.
    """

    kind: Literal["concept", "population", "intervention", "comparator", "outcome"]
    words: Words = ()
    patterns: Words = ()
    headings: Words = ()
    absent: Literal["unsure", "exclude"] = "unsure"
    denied: Literal["unsure", "met"] = "unsure"


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Exclusion(Named):
    """What the report must not be about; `found` says what follows where it is."""

    kind: Literal["exclusion"]
    words: Words = ()
    patterns: Words = ()
    headings: Words = ()
    found: Literal["unsure", "exclude"] = "unsure"


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Languages(Named):
    """The languages that are read; `absent`: where a report does not say in which it is."""

    kind: Literal["languages"]
    only: Words
    absent: Literal["unsure", "met"] = "unsure"


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Years(Named):
    """The first and the last year of publication, either of which may be left out."""

    kind: Literal["years"]
    first: Annotated[int, Field(ge=1500, le=2200)] | None = None
    last: Annotated[int, Field(ge=1500, le=2200)] | None = None


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Participants(Named):
    """The fewest people that a study of one of `designs` must have."""

    kind: Literal["participants"]
    least: Annotated[int, Field(ge=1)]
    designs: Annotated[tuple[Design, ...], Field(min_length=1)]


Criterion = (
    Abbreviation
    | Designs
    | PublicationTypes
    | Concept
    | Exclusion
    | Languages
    | Years
    | Participants
)


@dataclass(frozen=True, config=STRICT)
class Criteria:
    """A topic's criteria in the order of the file, and where they come from.

    `safety_events` are words for harm that the guidance team wants to hear of; they decide nothing.
    """

    source: str
    criteria: Annotated[
        tuple[Annotated[Criterion, Field(discriminator="kind")], ...],
        Field(min_length=1, max_length=200),
    ]
    safety_events: Annotated[tuple[Text, ...], Field(max_length=2000)] = ()
