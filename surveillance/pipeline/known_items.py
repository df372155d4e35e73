"""The known items of a topic: checked in every run, and what the rules alone would say of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import identities
from db import known_items as known_item_rows
from db import records as record_rows
from db import reports as report_rows
from db.known_items import KnownItemCheck
from db.records import StoredRecord
from surveillance.pipeline.in_play import SEARCHED_SOURCE, newest_verdicts
from surveillance.pipeline.reports import Reported, reported
from surveillance.pipeline.strategies import ready_strategies
from surveillance.pipeline.walk import Walk
from surveillance.strategy.evaluate.positional import Index, evaluate_all
from surveillance.strategy.evaluate.verdict import Verdict as Match
from surveillance.topics import KnownItem, Topic

#: The word in `expected_in` for what PubMed holds.
SEARCHED_DATABASE = "medline"


@dataclass(frozen=True, slots=True)
class KnownItemState:
    """One known item. `match` is the strategy's verdict on PubMed, empty where it is not there."""

    key: str
    table: str
    expected_in: tuple[str, ...]
    recognised: bool
    match: str
    rule_verdict: str
    rule_reason: str

    @property
    def expected(self) -> bool:
        """Whether the search of PubMed must find it."""
        return SEARCHED_DATABASE in self.expected_in

    @property
    def found(self) -> bool:
        """Whether it does."""
        return self.match in (Match.MATCH, Match.CANNOT_TELL)

    @property
    def disagreement(self) -> bool:
        """Whether the rules alone would not include what the guidance included."""
        return self.rule_verdict not in ("", "include")


def known_item_states(session: Session, topic: Topic) -> list[KnownItemState]:
    """Each known item of the topic, in the topic's order."""
    found = {one.known_item: one for one in reported(session, topic) if one.known_item}
    return [_state(item, found.get(item.key)) for item in topic.known_items]


def remarks(states: list[KnownItemState]) -> Iterator[str]:
    """What a person should know of them, a sentence each."""
    expected = [state for state in states if state.expected]
    if expected:
        found = sum(state.found for state in expected)
        yield f"known items expected in MEDLINE: {found} of {len(expected)} found on PubMed"
    for state in expected:
        if not state.found:
            yield f"known item {state.key} was not found on PubMed"
    for state in states:
        if state.disagreement:
            yield (
                f"known item {state.key}: the rules alone say {state.rule_verdict} "
                f"({state.rule_reason}); the guidance included it, and that counts"
            )


def check_known_items(session: Session, walk: Walk) -> None:
    """Note for each known item the verdict on it, and which lines of which strategy find it."""
    topic = walk.topic
    numbers = report_rows.known_items_of(session, topic.slug)
    on_pubmed = {
        numbers[stored.id]: stored
        for stored in record_rows.records_of(session, topic.slug, sorted(numbers))
        if stored.record.source == SEARCHED_SOURCE
    }
    found = list(on_pubmed.values())
    lines = _lines_finding(walk, found)
    gone = identities.deleted(session, [stored.id for stored in found])
    verdicts = newest_verdicts(session, topic)
    known_item_rows.save_checks(
        session,
        walk.run,
        (
            _check(item, on_pubmed.get(item.key), gone, verdicts, lines)
            for item in topic.known_items
        ),
    )


def _check(
    item: KnownItem,
    stored: StoredRecord | None,
    gone: Collection[int],
    verdicts: Mapping[int, Match],
    lines: Mapping[int, dict[str, list[int]]],
) -> KnownItemCheck:
    if stored is None:
        return KnownItemCheck(item.key, None, known_item_rows.NOT_FOUND, {})
    verdict = str(verdicts.get(stored.id, known_item_rows.NOT_FOUND))
    if stored.id in gone:
        verdict = known_item_rows.DELETED
    return KnownItemCheck(item.key, stored.id, verdict, lines[stored.id])


def _lines_finding(walk: Walk, found: Sequence[StoredRecord]) -> dict[int, dict[str, list[int]]]:
    """By record and strategy the numbers of the lines that match it."""
    ready = ready_strategies(walk.topic)
    index = Index.of([stored.record for stored in found])
    lines: dict[int, dict[str, list[int]]] = {stored.id: {} for stored in found}
    mesh = ready[0].mesh if ready else None
    judged = evaluate_all([one.strategy for one in ready], index, mesh=mesh)
    for one, by_line in zip(ready, judged, strict=True):
        for place, stored in enumerate(found):
            lines[stored.id][one.name] = [
                number for number, verdicts in by_line.items() if verdicts.of(place) is Match.MATCH
            ]
    return lines


def _state(item: KnownItem, found: Reported | None) -> KnownItemState:
    rule = found.standing.rule if found else None
    return KnownItemState(
        key=item.key,
        table=item.table,
        expected_in=item.expected_in,
        recognised=found is not None,
        match=str(found.match) if found and found.match else "",
        rule_verdict=str(rule.verdict) if rule else "",
        rule_reason=rule.reason if rule else "",
    )
