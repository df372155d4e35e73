"""The index by which a record finds its duplicates: the keys that each compared record has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, delete, func, insert, select
from sqlalchemy.orm import Session

from db.models import CandidateIndexRow, CandidateKeyRow
from db.records import batched

#: Rows in one INSERT; a record has about eight.
_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Filed:
    """A record's keys, and its form: equal for records that are certainly one publication."""

    form: int
    keys: frozenset[int]


def is_current(session: Session, topic: str, rule_version: str) -> bool:
    """Whether a topic's index was made by this version of the rules."""
    row = session.get(CandidateIndexRow, topic)
    return row is not None and row.rule_version == rule_version


def begin_index(session: Session, topic: str, rule_version: str) -> None:
    """An empty index of a topic, for this version of the rules."""
    session.execute(delete(CandidateKeyRow).where(CandidateKeyRow.topic == topic))
    session.merge(CandidateIndexRow(topic=topic, rule_version=rule_version))
    session.flush()


def filed(session: Session, topic: str, records: Collection[int]) -> dict[int, Filed]:
    """What these records stand under; those that are not in the index are left out."""
    row = CandidateKeyRow
    forms: dict[int, int] = {}
    keys: dict[int, set[int]] = {}
    for some in batched(sorted(records)):
        here = and_(row.topic == topic, row.record_id.in_(some))
        for number, key, form in session.execute(
            select(row.record_id, row.key_hash, row.form).where(here)
        ):
            forms[number] = form
            keys.setdefault(number, set()).add(key)
    return {number: Filed(form, frozenset(keys[number])) for number, form in forms.items()}


def file_records(session: Session, topic: str, records: Mapping[int, Filed]) -> None:
    """Put records under these keys instead of those that they stood under."""
    for some in batched(sorted(records)):
        session.execute(
            delete(CandidateKeyRow).where(
                CandidateKeyRow.topic == topic, CandidateKeyRow.record_id.in_(some)
            )
        )
    rows = [
        {"topic": topic, "record_id": number, "key_hash": key, "form": one.form}
        for number, one in sorted(records.items())
        for key in sorted(one.keys)
    ]
    for start in range(0, len(rows), _ROWS):
        session.execute(insert(CandidateKeyRow), rows[start : start + _ROWS])


def forms_under(session: Session, topic: str, keys: Iterable[int]) -> dict[int, int]:
    """How many forms share each of these keys."""
    row = CandidateKeyRow
    found: dict[int, int] = {}
    for some in batched(sorted(set(keys))):
        rows = session.execute(
            select(row.key_hash, func.count(row.form.distinct()))
            .where(row.topic == topic, row.key_hash.in_(some))
            .group_by(row.key_hash)
        )
        found.update((key, count) for key, count in rows)
    return found


def lowest_under(session: Session, topic: str, keys: Iterable[int]) -> set[int]:
    """The lowest record of each form that stands under one of these keys."""
    row = CandidateKeyRow
    found: set[int] = set()
    for some in batched(sorted(set(keys))):
        found.update(
            session.scalars(
                select(func.min(row.record_id))
                .where(row.topic == topic, row.key_hash.in_(some))
                .group_by(row.key_hash, row.form)
            )
        )
    return found


def records_under(session: Session, topic: str, keys: Iterable[int]) -> set[int]:
    """Every record that stands under one of these keys."""
    row = CandidateKeyRow
    found: set[int] = set()
    for some in batched(sorted(set(keys))):
        here = and_(row.topic == topic, row.key_hash.in_(some))
        found.update(session.scalars(select(row.record_id).where(here)))
    return found


def lowest_of_forms(session: Session, topic: str, records: Iterable[Filed]) -> set[int]:
    """The lowest record that has the form of one of these, where there is any.

    Records of one form have the same keys, so one key of each is enough to look under.
    """
    row = CandidateKeyRow
    wanted = {(min(one.keys), one.form) for one in records if one.keys}
    found: set[int] = set()
    for some in batched(sorted(wanted)):
        rows = session.execute(
            select(row.key_hash, row.form, func.min(row.record_id))
            .where(
                row.topic == topic,
                row.key_hash.in_([key for key, _ in some]),
                row.form.in_([form for _, form in some]),
            )
            .group_by(row.key_hash, row.form)
        )
        found.update(number for key, form, number in rows if (key, form) in wanted)
    return found
