"""The signal: something that a guidance team should know, tied to its recommendations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from surveillance.studies.weight import Weight
from surveillance.triggers import Trigger


class Kind(StrEnum):
    """What happened; the order is the order of a digest among signals of one weight."""

    RUN_MISSED = "run_missed"
    RUN_FAILED = "run_failed"
    KNOWN_ITEM_RETRACTED = "known_item_retracted"
    EVIDENCE_CORRECTED = "evidence_corrected"
    REPORT_OF_WATCHED_TRIAL = "report_of_watched_trial"
    NEW_RANDOMISED_TRIAL = "new_randomised_trial"
    REGISTRATION_CHANGED = "registration_changed"
    RESULTS_OVERDUE = "results_overdue"
    NEW_REGISTRATION = "new_registration"
    NEW_SYSTEMATIC_REVIEW = "new_systematic_review"
    SAFETY_EVENT = "safety_event"
    FOUND_LATE = "found_late"
    KNOWN_ITEM_NOT_FOUND = "known_item_not_found"
    REPORT_DELETED = "report_deleted"
    STRATEGY_CHANGED = "strategy_changed"
    SOURCE_OVERDUE = "source_overdue"


class Shown(StrEnum):
    """What a piece of evidence is, and so where it can be looked up."""

    PUBMED = "pubmed"
    DOI = "doi"
    REGISTRATION = "registration"
    RECORD = "record"
    KNOWN_ITEM = "known_item"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a signal rests on: its number there (PMID, DOI, NCT, key) and the words that tell.

    `version` is the day of the content that was read, as its source dates it; empty: not dated.
    """

    kind: Shown
    identifier: str
    words: str
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One signal. Signals of one `key` are one, whenever and however often they are raised.

    `subject` names what the signal is about in a form that stays the same; `headline` says it in
    a line, `sentence` why. `recommendations` are ids in the topic's order; `words` are those of
    the topic's words that tie the signal to them (none where the topic ties them itself).
    `triggers` are the events that it meets, `outcomes` and `comparators` those of the guidance
    that it names. `design` is that of a report, in screening's word, else empty.
    """

    topic: str
    kind: Kind
    subject: str
    key: str
    weight: Weight
    headline: str
    sentence: str
    recommendations: tuple[str, ...]
    words: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    design: str = ""
    triggers: tuple[Trigger, ...] = ()
    outcomes: tuple[str, ...] = ()
    comparators: tuple[str, ...] = ()

    @property
    def substance(self) -> tuple[object, ...]:
        """What makes it another version when it changes: its wording has no part in that."""
        shown = tuple((evidence.kind, evidence.identifier) for evidence in self.evidence)
        return self.weight, self.triggers, self.recommendations, shown, self.design

    @property
    def importance(self) -> tuple[int, int, str]:
        """A key to sort by: the most important first, the same order every time."""
        return importance(self.weight, self.kind, self.key)

    def to_json(self) -> dict[str, Any]:
        """The signal in JSON's own types."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The signal that `to_json` gave; raises `KeyError`, `TypeError` or `ValueError`."""
        return cls(
            **{
                **content,
                "kind": Kind(content["kind"]),
                "weight": Weight(content["weight"]),
                "recommendations": tuple(content["recommendations"]),
                "words": tuple(content["words"]),
                "evidence": tuple(
                    Evidence(**{**item, "kind": Shown(item["kind"])})
                    for item in content["evidence"]
                ),
                "triggers": tuple(map(Trigger, content.get("triggers", ()))),
                "outcomes": tuple(content.get("outcomes", ())),
                "comparators": tuple(content.get("comparators", ())),
            }
        )


def importance(weight: Weight, kind: Kind, key: str) -> tuple[int, int, str]:
    """A key to sort signals by: the most important first, the same order every time."""
    return weight.rank, _ORDER[kind], key


_ORDER = {kind: place for place, kind in enumerate(Kind)}


def signal_key(kind: Kind, subject: str, *what: str) -> str:
    """The key of what happened: kind, subject, and what changed about it, as a short hash.

    The same three always give the same key; the wording of a signal has no part in it.
    """
    digest = hashlib.sha256(json.dumps([kind, subject, *what]).encode()).hexdigest()
    return f"{kind}:{digest[:24]}"
