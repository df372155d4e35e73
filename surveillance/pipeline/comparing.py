"""A topic's records compared as far as something changed, found through the index in the store.

Loaded are the records that are new or changed, those that share a key with them, and all that is
linked to any of these. What is decided so is what comparing all records would decide
(docs/decisions/0019-incremental-dedup.md).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from db import candidates, comparing
from db import records as record_rows
from db import reports as report_rows
from db.candidates import Filed
from db.comparing import StoredDecision
from db.records import StoredRecord
from surveillance.dedup.blocks import CROWD, form_number, key_number
from surveillance.dedup.candidates import Entry, keys
from surveillance.dedup.decide import RULES_VERSION, PairDecision, Verdict
from surveillance.dedup.deduplicate import Deduplication, deduplicate
from surveillance.records import Record


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing came to, the records that it was about, and those loaded for it."""

    found: Deduplication
    touched: frozenset[int]
    loaded: Mapping[int, StoredRecord]

    @property
    def decisions(self) -> list[PairDecision]:
        """What is to be stored: of a pair that is refused, that it is."""
        refused = {(one.record_a, one.record_b): one for one in self.found.refused}
        pairs = {(one.record_a, one.record_b): one for one in self.found.decisions}
        return list((pairs | refused).values())

    @property
    def compared_versions(self) -> dict[int, int]:
        """The version of each touched record that was compared."""
        return {number: self.loaded[number].sequence for number in self.touched}


def compare(session: Session, topic: str, held: Set[int]) -> Compared:
    """The records of `held` that were not compared yet, compared with all that were.

    So is every record that a person spoke of: what was said since may bring others together.
    """
    named = comparing.spoken_of(session, topic) & held
    if candidates.is_current(session, topic, RULES_VERSION):
        touched = (comparing.not_compared(session, topic) & held) | named
    else:
        candidates.begin_index(session, topic, RULES_VERSION)
        touched = set(held)
    if len(touched) == len(held):
        return _all_compared(session, topic, held, named)
    fresh = _filed_anew(session, topic, touched, named)
    reached, earlier = _reached(session, topic, _near(session, topic, fresh), fresh)
    loaded = {s.id: s for s in record_rows.records_of(session, topic, sorted(reached))}
    entries = [Entry(stored.id, stored.record) for stored in loaded.values()]
    found = deduplicate(
        new=[entry for entry in entries if entry.id in fresh],
        known=[entry for entry in entries if entry.id not in fresh],
        earlier=earlier,
        crowded=_crowded(session, topic, reached),
    )
    return Compared(found, frozenset(touched), loaded)


def records_like(session: Session, topic: str, records: Collection[Record]) -> list[StoredRecord]:
    """The compared records of a topic that share a key with one of `records`."""
    numbers = {key_number(key) for record in records for key in keys(record)}
    sizes = candidates.forms_under(session, topic, numbers)
    few = [key for key, forms in sizes.items() if forms <= CROWD]
    under = candidates.records_under(session, topic, few)
    return record_rows.records_of(session, topic, sorted(under))


def filed_under(record: Record, *, named: bool) -> Filed:
    """What a record stands under in the index; `named`: a person spoke of it."""
    return Filed(
        form_number(record, named=named), frozenset(key_number(key) for key in keys(record))
    )


def save_compared(
    session: Session, topic: str, compared: Compared, entered: Mapping[int, date], today: date
) -> None:
    """Keep the decisions, and make the reports be the clusters."""
    report_rows.save_decisions(
        session,
        topic,
        compared.decisions,
        made_by=report_rows.RULE,
        rule_version=RULES_VERSION,
        today=today,
    )
    report_rows.save_clusters(session, topic, compared.found.clustering.clusters, entered)
    report_rows.mark_compared(session, topic, compared.compared_versions)


def _all_compared(session: Session, topic: str, held: Set[int], named: Collection[int]) -> Compared:
    """Everything at once: the first time, or by new rules."""
    loaded = {s.id: s for s in record_rows.records_of(session, topic) if s.id in held}
    filed = {number: filed_under(s.record, named=number in named) for number, s in loaded.items()}
    candidates.file_records(session, topic, filed)
    entries = [Entry(stored.id, stored.record) for stored in loaded.values()]
    found = deduplicate(entries, earlier=comparing.decisions_on(session, topic))
    return Compared(found, frozenset(loaded), loaded)


def _filed_anew(
    session: Session, topic: str, touched: Collection[int], named: Collection[int]
) -> set[int]:
    """Put touched records under their keys; those, and all that must be compared again for it.

    Where a record leaves its twins another must stand for them; where a crowd gathers under a key
    or disperses, what was compared under it is looked at again.
    """
    before = candidates.filed(session, topic, touched)
    records = record_rows.records_of(session, topic, sorted(touched))
    after = {s.id: filed_under(s.record, named=s.id in named) for s in records}
    moved = {number: one for number, one in after.items() if before.get(number) != one}
    left = [before[number] for number in moved if number in before]
    involved = {key for one in [*left, *moved.values()] for key in one.keys}
    crowds = _crowds(session, topic, involved)
    candidates.file_records(session, topic, moved)
    changed = crowds ^ _crowds(session, topic, involved)
    heirs = candidates.lowest_of_forms(session, topic, left)
    return {*touched, *heirs, *candidates.lowest_under(session, topic, changed)}


def _near(session: Session, topic: str, fresh: Collection[int]) -> set[int]:
    """The fresh records, and what is to be compared with them."""
    filed = candidates.filed(session, topic, fresh)
    sizes = candidates.forms_under(
        session, topic, {key for one in filed.values() for key in one.keys}
    )
    few = [key for key, forms in sizes.items() if forms <= CROWD]
    twins = candidates.lowest_of_forms(session, topic, filed.values())
    return {*fresh, *twins, *candidates.lowest_under(session, topic, few)}


def _reached(
    session: Session, topic: str, seeds: Set[int], fresh: Collection[int]
) -> tuple[set[int], list[StoredDecision]]:
    """The seeds with all that is linked to them, and the decisions on these; oldest first.

    What is doubtful may be a link that a third record forbids. With a fresh record all that it
    was compared with before is reached.
    """
    decisions: dict[int, StoredDecision] = {}
    reached: set[int] = set()
    frontier = set(seeds)
    while frontier:
        reached |= frontier
        further = comparing.decisions_on(session, topic, frontier)
        decisions.update((one.id, one) for one in further)
        frontier = {
            number
            for one in further
            if one.verdict is not Verdict.DIFFERENT
            or one.record_a in fresh
            or one.record_b in fresh
            for number in (one.record_a, one.record_b)
        } - reached
    return reached, [decisions[number] for number in sorted(decisions)]


def _crowded(session: Session, topic: str, records: Collection[int]) -> set[int]:
    filed = candidates.filed(session, topic, records)
    return _crowds(session, topic, {key for one in filed.values() for key in one.keys})


def _crowds(session: Session, topic: str, keys_: Collection[int]) -> set[int]:
    """Those of the keys that a crowd shares."""
    sizes = candidates.forms_under(session, topic, keys_)
    return {key for key, forms in sizes.items() if forms > CROWD}
