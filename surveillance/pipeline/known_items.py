"""The known items of a topic as they stand: found, lost, and what the rules alone would say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from surveillance.pipeline.reports import Reported, reported
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
