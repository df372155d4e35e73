"""Registrations, their versions and the records that name them ↔ rows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import LinkRow, RegistrationVersionRow, TopicRegistrationRow
from db.records import load_payload, save_payload
from surveillance.records import Payload
from surveillance.studies.links import Link
from surveillance.studies.registrations import Registration, read_study

SEARCHED, WATCHED = "search", "watch list"


@dataclass(frozen=True, slots=True)
class StoredRegistration:
    """A registration as a topic knows it: its versions with the days they were seen."""

    nct: str
    route: str
    first_seen_on: date
    versions: tuple[tuple[date, Registration], ...]

    @property
    def newest(self) -> Registration:
        """The content seen last."""
        return self.versions[-1][1]


def save_registration(
    session: Session,
    nct: str,
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
        .where(RegistrationVersionRow.nct == nct)
        .order_by(RegistrationVersionRow.sequence.desc())
    ).first()
    # A run for an earlier day does not overwrite what was seen later; the next run asks again.
    if newest is None or seen_on >= newest.seen_on:
        _save_version(session, nct, payload, newest, seen_on)
    if session.get(TopicRegistrationRow, (topic, nct)) is not None:
        return False
    session.add(
        TopicRegistrationRow(
            topic=topic, nct=nct, route=route, first_seen_on=seen_on, first_search_id=search_id
        )
    )
    session.flush()
    return True


def _save_version(
    session: Session,
    nct: str,
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
                nct=nct, sequence=sequence, payload_sha256=sha256, seen_on=seen_on
            )
        )


def _substance(payload: Payload) -> Any:
    """A study document without the registry's own stamp, which changes at every refresh."""
    document = json.loads(payload.content)
    derived = document.pop("derivedSection", {})
    misc = derived.pop("miscInfoModule", {})
    misc.pop("versionHolder", None)
    return document, derived, misc


def registrations_of(session: Session, topic: str) -> list[StoredRegistration]:
    """Every registration of a topic with all its versions, by number."""
    rows = session.scalars(
        select(TopicRegistrationRow)
        .where(TopicRegistrationRow.topic == topic)
        .order_by(TopicRegistrationRow.nct)
    )
    return [
        StoredRegistration(row.nct, row.route, row.first_seen_on, _versions(session, row.nct))
        for row in rows
    ]


def _versions(session: Session, nct: str) -> tuple[tuple[date, Registration], ...]:
    rows = session.scalars(
        select(RegistrationVersionRow)
        .where(RegistrationVersionRow.nct == nct)
        .order_by(RegistrationVersionRow.sequence)
    )
    return tuple(
        (row.seen_on, read_study(load_payload(session, row.payload_sha256).content)) for row in rows
    )


def save_links(
    session: Session, topic: str, record_id: int, links: Iterable[Link], seen_on: date
) -> int:
    """Keep the links of a record that are not kept yet; how many those were."""
    added = 0
    for link in links:
        if session.get(LinkRow, (topic, record_id, link.nct)) is None:
            session.add(
                LinkRow(
                    topic=topic,
                    record_id=record_id,
                    nct=link.nct,
                    place=link.where,
                    words=link.words,
                    seen_on=seen_on,
                )
            )
            added += 1
    session.flush()
    return added


def links_of(session: Session, topic: str) -> dict[int, list[Link]]:
    """The links of a topic by record."""
    rows = session.scalars(
        select(LinkRow).where(LinkRow.topic == topic).order_by(LinkRow.record_id, LinkRow.nct)
    )
    found: dict[int, list[Link]] = {}
    for row in rows:
        found.setdefault(row.record_id, []).append(Link(row.nct, row.place, row.words))
    return found
