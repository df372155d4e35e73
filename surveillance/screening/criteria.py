"""A topic's criteria, read from criteria.toml: docs/criteria.md explains every key.

The order in the file is the order of the checks: the first criterion that a report fails is the
reason that is given.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from surveillance.screening.designs import Design
from surveillance.toml_files import STRICT, read_toml

Words = Annotated[tuple[str, ...], Field(min_length=1)]


@dataclass(frozen=True, config=STRICT)
class Abbreviation:
    """An abbreviation of the intervention that also stands for other things."""

    kind: Literal["abbreviation"]
    name: str
    reason: str
    abbreviation: str
    means: Words
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True, config=STRICT)
class Designs:
    """Designs and kinds of publication that are not wanted.

    Where one of `unless` stands in the text, the report goes to a person instead.
    """

    kind: Literal["designs"]
    name: str
    reason: str
    exclude: Annotated[tuple[Design, ...], Field(min_length=1)]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, config=STRICT)
class Concept:
    """What the report must be about: one of `words` in its text, or one of `headings` in MeSH.

    `absent` says what follows where none is there.
    """

    kind: Literal["concept"]
    name: str
    reason: str
    words: Words
    headings: tuple[str, ...] = ()
    absent: Literal["exclude", "unsure"] = "exclude"


@dataclass(frozen=True, config=STRICT)
class Participants:
    """The fewest people that a study of one of `designs` must have."""

    kind: Literal["participants"]
    name: str
    reason: str
    least: Annotated[int, Field(ge=1)]
    designs: Annotated[tuple[Design, ...], Field(min_length=1)]


Criterion = Abbreviation | Designs | Concept | Participants


@dataclass(frozen=True, config=STRICT)
class Criteria:
    """A topic's criteria in the order of the file, and where they come from."""

    source: str
    criteria: Annotated[
        tuple[Annotated[Criterion, Field(discriminator="kind")], ...], Field(min_length=1)
    ]


def read_criteria(path: Path) -> Criteria:
    """The criteria in `path`; raises `UnreadableInput` with file, line and column."""
    return read_toml(path, Criteria)
