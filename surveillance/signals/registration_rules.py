"""Signals on registrations: a trial was registered, or its registration changed."""

from __future__ import annotations

from datetime import date

from surveillance.signals.findings import ChangedRegistration, NewRegistration, OverdueResults
from surveillance.signals.making import About, Reason, made, of_trial, shown_registration
from surveillance.signals.model import Kind, Signal
from surveillance.signals.recommendations import touches
from surveillance.signals.wording import (
    and_more,
    bare,
    described,
    on_recommendations,
    posted,
    uncapped,
)
from surveillance.studies.changes import ENDED, Change, Event
from surveillance.studies.registrations import Registration
from surveillance.studies.weight import Weight
from surveillance.topics import Topic
from surveillance.triggers import Trigger


def new_registration(topic: Topic, finding: NewRegistration) -> tuple[Signal, ...]:
    """A trial registered since the published search; an older one was found late.

    Randomised: high; another intervention: medium; observational, or ended already: low.
    """
    registration = finding.registration
    late = _posted_before(registration, topic.guidance.published_search)
    touching = touches(registration.texts, topic.recommendations)
    what = "Randomised trial" if registration.randomised else "Study"
    happened = "found late in the registry" if late else "registered"
    trigger = Trigger.FOUND_LATE if late else Trigger.TRIAL_REGISTERED
    return made(
        topic,
        Kind.FOUND_LATE if late else Kind.NEW_REGISTRATION,
        registration.number,
        reasons=[Reason(trigger, _weight(registration))],
        headline=f"{what} {happened}{on_recommendations(touching)}: {registration.number}",
        sentence=f"{described(registration)}. {posted(finding, late=late)}",
        about=About(
            evidence=(shown_registration(registration),),
            touching=touching,
            texts=registration.texts,
        ),
    )


def registration_changed(topic: Topic, finding: ChangedRegistration) -> tuple[Signal, ...]:
    """A registration changed; as heavy as the heaviest change, and noise is no signal."""
    changes = [change for change in finding.changes if change.weight is not Weight.NOISE]
    if not changes:
        return ()
    after = finding.after
    lead = min(changes, key=lambda change: change.weight.rank)
    return made(
        topic,
        Kind.REGISTRATION_CHANGED,
        after.number,
        *(part for change in changes for part in (change.field, change.before, change.after)),
        after.last_update_posted,
        reasons=[Reason(trigger_of(change), change.weight) for change in changes],
        headline=f"{after.number}: {uncapped(lead.headline)}{and_more(len(changes) - 1)}",
        sentence=" ".join(change.sentence for change in changes),
        about=About(
            evidence=(shown_registration(after),),
            touching=of_trial(topic, after.number) or touches(after.texts, topic.recommendations),
            texts=after.texts,
        ),
    )


def results_overdue(topic: Topic, finding: OverdueResults) -> tuple[Signal, ...]:
    """A trial ended, and its results are due and nowhere: high on the watch list, else low.

    Once a trial: its key holds the day on which they were due, which moves with the trial's dates.
    """
    registration, overdue = finding.registration, finding.overdue
    watched = of_trial(topic, registration.number)
    touching = watched or touches(registration.texts, topic.recommendations)
    return made(
        topic,
        Kind.RESULTS_OVERDUE,
        registration.number,
        overdue.due_on.isoformat(),
        reasons=[Reason(Trigger.RESULTS_OVERDUE, Weight.HIGH if watched else Weight.LOW)],
        headline=f"{registration.number}: results are overdue since {overdue.due_on}",
        sentence=f"“{bare(registration.title or registration.number)}”. {overdue.rule} Neither "
        "results nor a report of them were found.",
        about=About(
            evidence=(shown_registration(registration),),
            touching=touching,
            texts=registration.texts,
        ),
    )


_TRIGGERS = {
    Event.COMPLETED: Trigger.TRIAL_COMPLETED,
    Event.STOPPED: Trigger.TRIAL_STOPPED,
    Event.RESULTS_POSTED: Trigger.RESULTS_POSTED,
    Event.PRIMARY_OUTCOME_SWITCHED: Trigger.PRIMARY_OUTCOME_SWITCHED,
    Event.REPORTED: Trigger.TRIAL_REPORTED,
    Event.OTHER: Trigger.TRIAL_CHANGED,
}


def trigger_of(change: Change) -> Trigger:
    """The event that one change of a registration is."""
    return _TRIGGERS[change.event]


def _weight(registration: Registration) -> Weight:
    if registration.status in ENDED or registration.study_type == "OBSERVATIONAL":
        return Weight.LOW
    return Weight.HIGH if registration.randomised else Weight.MEDIUM


def _posted_before(registration: Registration, day: date) -> bool:
    """Dates of the registry compare as text; one that is missing is not before."""
    return bool(registration.first_posted) and registration.first_posted < day.isoformat()
