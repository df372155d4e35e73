"""A registration as the store has it: its versions, what changed between them, who names it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sqlalchemy.orm import Session

from db import links as link_rows
from db import records as record_rows
from db import studies as study_rows
from surveillance.errors import UnreadableInput
from surveillance.pipeline.opening import opened
from surveillance.records import Record
from surveillance.settings import Settings
from surveillance.studies.changes import Change, compare, unweighed
from surveillance.studies.links import Link
from surveillance.studies.overdue import Due, Overdue, overdue, results_due
from surveillance.studies.registrations import Registration


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one kept version to a later one; `noise` names what else differs."""

    before: int
    after: int
    seen_on: date
    changes: tuple[Change, ...]
    noise: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedBy:
    """A record that names the trial: in which topic, and in which words."""

    topic: str
    record: Record
    link: Link


@dataclass(frozen=True, slots=True)
class KeptTrial:
    """A trial with all that is kept of it. Versions count from 1, the oldest first."""

    number: str
    former: tuple[str, ...]
    topics: tuple[study_rows.KnownTo, ...]
    versions: tuple[tuple[date, Registration], ...]
    named_by: tuple[NamedBy, ...]
    due: Due | None
    overdue: Overdue | None

    @property
    def newest(self) -> Registration:
        """The content seen last."""
        return self.versions[-1][1]

    def successive(self) -> Iterator[Difference]:
        """Each version against the one before it."""
        for before, after in pairwise(range(1, len(self.versions) + 1)):
            yield self.difference(before, after)

    def difference(self, before: int, after: int) -> Difference:
        """One version against another; raises `UnreadableInput` where there is no such version."""
        for number in (before, after):
            if not 1 <= number <= len(self.versions):
                versions = (
                    "1 version" if len(self.versions) == 1 else f"{len(self.versions)} versions"
                )
                raise UnreadableInput(
                    f"{self.number} has {versions}; there is no version {number}."
                )
        if before >= after:
            raise UnreadableInput(
                f"a difference goes from an earlier version to a later one, not from {before} "
                f"to {after}."
            )
        old, (seen_on, new) = self.versions[before - 1][1], self.versions[after - 1]
        return Difference(before, after, seen_on, compare(old, new), unweighed(old, new))


def kept_trials(numbers: Sequence[str], settings: Settings, today: date) -> list[KeptTrial]:
    """The trials of these numbers, each once, in the order asked.

    Raises `UnreadableInput` for a number that no topic has seen.
    """
    asked = dict.fromkeys(number.strip().upper() for number in numbers)
    with opened(settings) as store, store.transaction() as session:
        found = [kept_trial(session, number, today) for number in asked]
    return list({trial.number: trial for trial in found}.values())


def kept_trial(session: Session, number: str, today: date) -> KeptTrial:
    """The trial of this number; raises `UnreadableInput` where no topic has seen it."""
    kept = study_rows.kept_registration(session, number)
    if kept is None:
        raise UnreadableInput(
            f"{number} is not in the store: no run has seen it.",
            hint="Put it on a topic's watch list, or look at the number.",
        )
    named_by = tuple(_named_by(session, (kept.number, *kept.former)))
    newest = kept.versions[-1][1]
    return KeptTrial(
        kept.number,
        kept.former,
        kept.topics,
        kept.versions,
        named_by,
        results_due(newest),
        overdue(newest, today, reported=any(one.link.certain for one in named_by)),
    )


def _named_by(session: Session, numbers: Sequence[str]) -> Iterator[NamedBy]:
    links: dict[str, dict[int, Link]] = {}
    for topic, record_id, link in link_rows.links_to(session, numbers):
        links.setdefault(topic, {})[record_id] = link
    for topic, by_record in links.items():
        for stored in record_rows.records_of(session, topic, sorted(by_record)):
            yield NamedBy(topic, stored.record, by_record[stored.id])
