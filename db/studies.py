"""Registrations, their versions and the records that name them ↔ rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import (
    RegistrationAliasRow,
    RegistrationMatchRow,
    RegistrationVersionRow,
    TopicRegistrationRow,
)
from db.records import load_payload, save_payload
from surveillance.records import Payload
from surveillance.studies.registrations import Registration, read_study

#: How a registration came: by the author's query, the watch list, or a translated strategy.
SEARCHED, WATCHED, TRANSLATED = "search", "watch list", "strategy"


@dataclass(frozen=True, slots=True)
class StoredRegistration:
    """A registration as a topic knows it: its versions with the days they were seen."""

    number: str
    route: str
    first_seen_on: date
    versions: tuple[tuple[date, Registration], ...]
    version_id: int

    @property
    def newest(self) -> Registration:
        """The content seen last."""
        return self.versions[-1][1]


def save_registration(
    session: Session,
    number: str,
    payload: Payload,
    *,
    topic: str,
    route: str,
    search_id: int,
    seen_on: date,
) -> bool:
    """Keep a study document, a version more where it changed; True where the topic had none."""
    newest = session.scalars(
        select(RegistrationVersionRow)
        .where(RegistrationVersionRow.number == number)
        .order_by(RegistrationVersionRow.sequence.desc())
    ).first()
    # A run for an earlier day does not overwrite what was seen later; the next run asks again.
    if newest is None or seen_on >= newest.seen_on:
        _save_version(session, number, payload, newest, seen_on)
    held = session.get(TopicRegistrationRow, (topic, number))
    if held is not None:
        if held.route == TRANSLATED:
            # What the author's own query or the watch list names needs no strategy to match it.
            held.route = route
        return False
    session.add(
        TopicRegistrationRow(
            topic=topic,
            number=number,
            route=route,
            first_seen_on=seen_on,
            first_search_id=search_id,
        )
    )
    session.flush()
    return True


def _save_version(
    session: Session,
    number: str,
    payload: Payload,
    newest: RegistrationVersionRow | None,
    seen_on: date,
) -> None:
    if newest is not None:
        before = load_payload(session, newest.payload_sha256)
        if _substance(before) == _substance(payload):
            return
    sha256 = save_payload(session, payload)
    if newest is None or newest.payload_sha256 != sha256:
        sequence = newest.sequence + 1 if newest else 1
        session.add(
            RegistrationVersionRow(
                number=number, sequence=sequence, payload_sha256=sha256, seen_on=seen_on
            )
        )


def _substance(payload: Payload) -> Any:
    """A study document without the registry's own stamp, which changes at every refresh."""
    document = json.loads(payload.content)
    derived = document.pop("derivedSection", {})
    misc = derived.pop("miscInfoModule", {})
    misc.pop("versionHolder", None)
    return document, derived, misc


def save_aliases(session: Session, moved: Iterable[tuple[str, str]], seen_on: date) -> None:
    """Note the numbers that trials had before, and those that they have now (old, new)."""
    for old, new in moved:
        row = session.get(RegistrationAliasRow, old)
        if row is None:
            session.add(RegistrationAliasRow(old_number=old, number=new, seen_on=seen_on))
        else:
            row.number = new
    session.flush()


def present_numbers(session: Session) -> dict[str, str]:
    """The number that each renumbered trial has now, however often it moved."""
    moved = {row.old_number: row.number for row in session.scalars(select(RegistrationAliasRow))}
    return {old: _end_of(moved, old) for old in moved}


def _end_of(moved: Mapping[str, str], old: str) -> str:
    """Where a chain of numbers ends; one that runs in a circle ends where it closes."""
    seen, now = {old}, moved[old]
    while now in moved and now not in seen:
        seen.add(now)
        now = moved[now]
    return now


def registrations_of(session: Session, topic: str) -> list[StoredRegistration]:
    """Every registration of a topic with all its versions, by number.

    One that was renumbered is one registration, with the versions of all its numbers.
    """
    present = present_numbers(session)
    rows = session.scalars(
        select(TopicRegistrationRow)
        .where(TopicRegistrationRow.topic == topic)
        .order_by(TopicRegistrationRow.number)
    )
    grouped: dict[str, list[TopicRegistrationRow]] = {}
    for row in rows:
        grouped.setdefault(present.get(row.number, row.number), []).append(row)
    former: dict[str, list[str]] = {}
    for old, new in present.items():
        former.setdefault(new, []).append(old)
    return [
        _stored(session, number, grouped[number], [*former.get(number, []), number])
        for number in sorted(grouped)
    ]


def _stored(
    session: Session, number: str, rows: list[TopicRegistrationRow], numbers: list[str]
) -> StoredRegistration:
    first = min(rows, key=lambda row: row.first_seen_on)
    versions = list(
        session.scalars(
            select(RegistrationVersionRow)
            .where(RegistrationVersionRow.number.in_(numbers))
            .order_by(RegistrationVersionRow.seen_on, RegistrationVersionRow.id)
        )
    )
    return StoredRegistration(
        number=number,
        route=first.route,
        first_seen_on=first.first_seen_on,
        versions=tuple(
            (row.seen_on, read_study(load_payload(session, row.payload_sha256).content))
            for row in versions
        ),
        version_id=versions[-1].id,
    )


def save_registration_match(
    session: Session,
    stored: StoredRegistration,
    *,
    topic: str,
    strategy: str,
    hashes: tuple[str, str],
    verdict: str,
    judged_on: date,
) -> None:
    """Keep the exact verdict on a registration's newest version."""
    session.add(
        RegistrationMatchRow(
            topic=topic,
            strategy=strategy,
            strategy_hash=hashes[0],
            mesh_hash=hashes[1],
            version_id=stored.version_id,
            verdict=verdict,
            judged_on=judged_on,
        )
    )


def registration_verdicts(
    session: Session, topic: str, hashes: Mapping[str, tuple[str, str]]
) -> dict[int, dict[str, str]]:
    """The verdicts of strategies with these hashes: version of a registration → by strategy."""
    rows = session.scalars(select(RegistrationMatchRow).where(RegistrationMatchRow.topic == topic))
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        if hashes.get(row.strategy) == (row.strategy_hash, row.mesh_hash):
            found.setdefault(row.version_id, {})[row.strategy] = row.verdict
    return found
