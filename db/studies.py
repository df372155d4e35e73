"""Registrations, their versions and the records that name them ↔ rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from db.models import (
    RegistrationAliasRow,
    RegistrationMatchRow,
    RegistrationVersionRow,
    TopicRegistrationRow,
)
from db.records import PackedPayload, batched, insert_rows, packed_payloads, save_payloads
from surveillance.records import Payload
from surveillance.studies.reading import CLINICALTRIALS_JSON, read_registration, same_substance
from surveillance.studies.registrations import Registration
from surveillance.studies.versions import read_versions

#: How a registration came: by the author's query, the watch list, a translated strategy, or a
#: registry's export that somebody brought.
SEARCHED, WATCHED, TRANSLATED, EXPORTED = "search", "watch list", "strategy", "export"

#: Versions whose contents are fetched together.
_AHEAD = 100
#: Of a registration's newest version: its sequence, its content's hash, and when it was seen.
_Newest = tuple[int, str, date]


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """One version of a registration: its row's number, its content's hash, the day it was seen."""

    id: int
    sha256: str
    seen_on: date


class Contents:
    """The contents of versions, each read when it is first asked for.

    One query brings what comes next in order as well, so that ten thousand registrations that are
    gone through one by one take a hundred queries; only what is asked for is unpacked and read.
    """

    def __init__(self, session: Session, order: Sequence[str]) -> None:
        self._session = session
        self._order = order
        self._place = {sha256: place for place, sha256 in enumerate(order)}
        self._packed: dict[str, PackedPayload] = {}
        self._read: dict[int, Registration] = {}

    def read(self, versions: Sequence[KeptVersion]) -> Registration:
        """What the last of these versions of a registration says, oldest first.

        A study document says all by itself; an export may leave out what an earlier one said.
        """
        last = versions[-1]
        if last.id not in self._read:
            payload = self._payload(last.sha256)
            self._read[last.id] = (
                read_registration(payload)
                if payload.media_type == CLINICALTRIALS_JSON
                else read_versions(self._payload(one.sha256) for one in versions)[-1]
            )
        return self._read[last.id]

    def _payload(self, sha256: str) -> Payload:
        if sha256 not in self._packed:
            place = self._place[sha256]
            self._packed = packed_payloads(self._session, self._order[place : place + _AHEAD])
        return self._packed[sha256].unpacked()


@dataclass(frozen=True, slots=True)
class StoredRegistration:
    """A registration as a topic knows it: its versions with the days they were seen.

    `number` is what it is kept under: of ICTRP's copy that is not the registration's own number.
    What the versions say is read when it is asked for, as long as the session is open.
    """

    number: str
    route: str
    first_seen_on: date
    kept: tuple[KeptVersion, ...]
    contents: Contents = field(repr=False, compare=False)

    @property
    def version_id(self) -> int:
        """The number of the row of the newest version."""
        return self.kept[-1].id

    @property
    def first(self) -> Registration:
        """The content seen first."""
        return self.contents.read(self.kept[:1])

    @property
    def newest(self) -> Registration:
        """The content seen last."""
        return self.contents.read(self.kept)

    @property
    def versions(self) -> tuple[tuple[date, Registration], ...]:
        """Every content with the day it was seen, oldest first."""
        return tuple((kept.seen_on, self._at(place)) for place, kept in enumerate(self.kept))

    def successive(self, since: date = date.min) -> Iterator[tuple[Registration, Registration]]:
        """Each version with the one after it, where that was seen on this day or later.

        Nothing is read where there is none.
        """
        for before, after in pairwise(range(len(self.kept))):
            if self.kept[after].seen_on >= since:
                yield self._at(before), self._at(after)

    def _at(self, place: int) -> Registration:
        return self.contents.read(self.kept[: place + 1])


def save_registrations(
    session: Session,
    documents: Iterable[tuple[str, Payload]],
    *,
    topic: str,
    route: str,
    search_id: int | None,
    seen_on: date,
) -> int:
    """Keep study documents by their numbers, a version more of each that changed.

    How many the topic had not seen before.
    """
    items = list(documents)
    numbers = list(dict.fromkeys(number for number, _ in items))
    _save_versions(session, items, numbers, seen_on)
    known: dict[str, str] = {}
    for some in batched(numbers):
        of_topic = and_(TopicRegistrationRow.topic == topic, TopicRegistrationRow.number.in_(some))
        rows = session.execute(
            select(TopicRegistrationRow.number, TopicRegistrationRow.route).where(of_topic)
        )
        known.update(dict(rows.tuples().all()))
        # What the author's own query or the watch list names needs no strategy to match it.
        translated = and_(of_topic, TopicRegistrationRow.route == TRANSLATED)
        session.execute(update(TopicRegistrationRow).where(translated).values(route=route))
    came = {
        "topic": topic,
        "route": route,
        "first_seen_on": seen_on,
        "first_search_id": search_id,
    }
    new = [{**came, "number": number} for number in numbers if number not in known]
    insert_rows(session, TopicRegistrationRow, new)
    return len(new)


def _save_versions(
    session: Session,
    items: Sequence[tuple[str, Payload]],
    numbers: Sequence[str],
    seen_on: date,
) -> None:
    newest = _newest_versions(session, numbers)
    before = {number: sha256 for number, (_, sha256, _) in newest.items()}
    payloads: dict[str, Payload] = {}
    rows: list[dict[str, Any]] = []
    for (number, payload), changed in zip(items, _changed(session, items, before), strict=True):
        sequence, kept, when = newest.get(number, (0, "", date.min))
        # A run for an earlier day does not overwrite what was seen later; the next run asks again.
        sha256 = payload.sha256
        if not changed or seen_on < when or sha256 == kept:
            continue
        payloads[sha256] = payload
        newest[number] = (sequence + 1, sha256, seen_on)
        rows.append(
            {
                "number": number,
                "sequence": sequence + 1,
                "payload_sha256": sha256,
                "seen_on": seen_on,
            }
        )
    save_payloads(session, payloads)
    insert_rows(session, RegistrationVersionRow, rows)


def _newest_versions(session: Session, numbers: Sequence[str]) -> dict[str, _Newest]:
    version = RegistrationVersionRow
    newest: dict[str, _Newest] = {}
    for some in batched(numbers):
        last = (
            select(version.number, func.max(version.sequence).label("sequence"))
            .where(version.number.in_(some))
            .group_by(version.number)
            .subquery()
        )
        is_last = and_(version.number == last.c.number, version.sequence == last.c.sequence)
        rows = session.execute(
            select(version.number, version.sequence, version.payload_sha256, version.seen_on).join(
                last, is_last
            )
        )
        newest.update((number, (sequence, sha, on)) for number, sequence, sha, on in rows)
    return newest


def _changed(
    session: Session, items: Sequence[tuple[str, Payload]], before: Mapping[str, str]
) -> Iterator[bool]:
    """Whether each document is another version than the one that is kept.

    The hash alone tells most that are as they were; the others are held against what is kept,
    some at a time, for the registry's stamp may be all that is new.
    """
    for start in range(0, len(items), _AHEAD):
        some = items[start : start + _AHEAD]
        other = [
            before[number]
            for number, payload in some
            if number in before and before[number] != payload.sha256
        ]
        kept = packed_payloads(session, other)
        for number, payload in some:
            sha256 = before.get(number, "")
            yield sha256 != payload.sha256 and not (
                sha256 in kept and same_substance(kept[sha256].unpacked(), payload)
            )


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
    versions = _kept_versions(session, list(grouped), present)
    order = [kept.sha256 for number in sorted(grouped) for kept in versions[number]]
    contents = Contents(session, order)
    return [
        _stored(number, grouped[number], versions[number], contents) for number in sorted(grouped)
    ]


def has_registration(session: Session, topic: str, number: str) -> bool:
    """Whether a topic has the registration of this very number."""
    row = TopicRegistrationRow
    held = select(row.number).where(row.topic == topic, row.number == number)
    return session.scalars(held.limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class KnownTo:
    """A topic that has a registration: how it came there, and since when."""

    topic: str
    route: str
    first_seen_on: date


@dataclass(frozen=True, slots=True)
class KeptRegistration:
    """A registration as the store has it, whatever the topic; `former` are numbers it had."""

    number: str
    former: tuple[str, ...]
    versions: tuple[tuple[date, Registration], ...]
    topics: tuple[KnownTo, ...]


def kept_registration(session: Session, number: str) -> KeptRegistration | None:
    """The registration of this number, or of the one that it has now; None: it is not kept."""
    present = present_numbers(session)
    now = present.get(number, number)
    kept = _kept_versions(session, [now], present).get(now)
    if not kept:
        return None
    former = tuple(sorted(old for old, new in present.items() if new == now and old != now))
    topics = session.scalars(
        select(TopicRegistrationRow)
        .where(TopicRegistrationRow.number.in_([now, *former]))
        .order_by(TopicRegistrationRow.topic, TopicRegistrationRow.first_seen_on)
    )
    contents = Contents(session, [one.sha256 for one in kept])
    versions = tuple(
        (one.seen_on, contents.read(kept[: place + 1])) for place, one in enumerate(kept)
    )
    known = tuple(KnownTo(row.topic, row.route, row.first_seen_on) for row in topics)
    return KeptRegistration(now, former, versions, known)


def _stored(
    number: str,
    rows: Iterable[TopicRegistrationRow],
    versions: Sequence[KeptVersion],
    contents: Contents,
) -> StoredRegistration:
    first = min(rows, key=lambda row: row.first_seen_on)
    return StoredRegistration(number, first.route, first.first_seen_on, tuple(versions), contents)


def _kept_versions(
    session: Session, numbers: Sequence[str], present: Mapping[str, str]
) -> dict[str, list[KeptVersion]]:
    """The versions of each registration under all the numbers that it has had, oldest first."""
    wanted = set(numbers)
    former = (old for old, new in present.items() if new in wanted)
    every = list(dict.fromkeys((*numbers, *former)))
    version = RegistrationVersionRow
    found: dict[str, list[KeptVersion]] = {}
    for some in batched(every):
        rows = session.execute(
            select(version.number, version.id, version.payload_sha256, version.seen_on).where(
                version.number.in_(some)
            )
        )
        for number, id_, sha256, seen_on in rows:
            kept = KeptVersion(id_, sha256, seen_on)
            found.setdefault(present.get(number, number), []).append(kept)
    for versions in found.values():
        versions.sort(key=lambda kept: (kept.seen_on, kept.id))
    return found


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
