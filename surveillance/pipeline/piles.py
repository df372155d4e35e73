"""Where a report is at a stage of screening, by what stands on it."""

from __future__ import annotations

from enum import StrEnum

from db.screening import Standing
from surveillance.screening.reviewing import Reviewing, State
from surveillance.screening.rules import Verdict


class Pile(StrEnum):
    """Where a report is at a stage; each is on one pile, so that they add up."""

    WAITING = "waiting"
    CONFLICT = "in conflict"
    UNSURE = "unsure"
    INCLUDED = "included"
    EXCLUDED = "excluded"
    PROPOSED = "excluded by rule alone"


_OF_VERDICT = {
    Verdict.INCLUDE: Pile.INCLUDED,
    Verdict.EXCLUDE: Pile.EXCLUDED,
    Verdict.UNSURE: Pile.UNSURE,
}


def pile_of(standing: Standing, *, drawn: bool) -> Pile:
    """The pile of a report that comes to a stage; `drawn`: the weekly sample chose it."""
    if standing.person is not None:
        return _OF_VERDICT[standing.person.verdict]
    if standing.state is State.CONFLICT:
        return Pile.CONFLICT
    by_rule = standing.rule is not None and standing.rule.verdict is Verdict.EXCLUDE
    only_by_rule = by_rule and not standing.words and not drawn
    return Pile.PROPOSED if only_by_rule else Pile.WAITING


def comes_to_full_text(on_abstract: Standing, reviewing: Reviewing) -> bool:
    """Whether a report goes on to its full text: what people didn't exclude does.

    The guidance has read the full text of what it included itself.
    """
    person = on_abstract.person
    return (
        person is not None
        and person.verdict is not Verdict.EXCLUDE
        and not reviewing.is_guidance(person.made_by)
    )
