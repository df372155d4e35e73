"""The events at which guidance surveillance looks up; a topic says how much each matters to it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class Trigger(StrEnum):
    """Why guidance may have to be looked at again; the value is the key in `[triggers]`."""

    RETRACTION = "retraction"
    EXPRESSION_OF_CONCERN = "expression_of_concern"
    ERRATUM = "erratum"
    FIRST_RANDOMISED_TRIAL = "first_randomised_trial"
    RANDOMISED_TRIAL = "randomised_trial"
    SYSTEMATIC_REVIEW = "systematic_review"
    SAFETY_EVENT = "safety_event"
    FOUND_LATE = "found_late"
    TRIAL_REPORTED = "trial_reported"
    RESULTS_POSTED = "results_posted"
    TRIAL_STOPPED = "trial_stopped"
    TRIAL_COMPLETED = "trial_completed"
    PRIMARY_OUTCOME_SWITCHED = "primary_outcome_switched"
    RESULTS_OVERDUE = "results_overdue"
    TRIAL_REGISTERED = "trial_registered"
    TRIAL_CHANGED = "trial_changed"
    KNOWN_ITEM_NOT_FOUND = "known_item_not_found"
    RECORD_DELETED = "record_deleted"
    STRATEGY_CHANGED = "strategy_changed"
    SOURCE_OVERDUE = "source_overdue"
    RUN_FAILED = "run_failed"
    RUN_MISSED = "run_missed"

    @property
    def said(self) -> str:
        """The event in words: “results posted”."""
        return self.value.replace("_", " ")


#: What a topic says of a trigger: a weight of its own, or that nobody wants to know.
Heed = Literal["high", "medium", "low", "none"]
