"""Signals made: the reasons for one weighed as the topic heeds them, and what it touches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveillance.records import Record
from surveillance.signals.model import Evidence, Kind, Shown, Signal, signal_key
from surveillance.signals.recommendations import Touch, named, touches
from surveillance.studies.registrations import Registration
from surveillance.studies.weight import Weight
from surveillance.topics import Topic
from surveillance.triggers import Trigger


@dataclass(frozen=True, slots=True)
class Reason:
    """A trigger that is met, and how much it weighs by the rules."""

    trigger: Trigger
    weight: Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a signal is about: what it rests on, what it touches, what of the guidance it names."""

    evidence: tuple[Evidence, ...]
    touching: Sequence[Touch] = ()
    texts: Sequence[str] = ()
    design: str = ""


def made(
    topic: Topic,
    kind: Kind,
    subject: str,
    *what: str,
    reasons: Iterable[Reason],
    headline: str,
    sentence: str,
    about: About,
) -> tuple[Signal, ...]:
    """The signal, as heavy as its heaviest reason; none where the topic heeds none of them.

    `subject` and `what` make its key with the kind.
    """
    heeded = [heed for reason in reasons if (heed := _heeded(topic, reason))]
    if not heeded:
        return ()
    triggers = {reason.trigger for reason in heeded}
    # That a trial changed says nothing where it is said what happened to it.
    triggers = triggers - {Trigger.TRIAL_CHANGED} or triggers
    signal = Signal(
        topic=topic.slug,
        kind=kind,
        subject=subject,
        key=signal_key(kind, subject, *what),
        weight=min((reason.weight for reason in heeded), key=lambda weight: weight.rank),
        headline=headline,
        sentence=sentence,
        recommendations=tuple(touch.recommendation for touch in about.touching),
        words=tuple(dict.fromkeys(word for touch in about.touching for word in touch.words)),
        evidence=about.evidence,
        design=about.design,
        triggers=tuple(trigger for trigger in Trigger if trigger in triggers),
        outcomes=named(about.texts, topic.outcomes),
        comparators=named(about.texts, topic.comparators),
    )
    return (signal,)


def _heeded(topic: Topic, reason: Reason) -> Reason | None:
    """The reason as the topic weighs its trigger; None: nobody wants to know."""
    heed = topic.triggers.get(reason.trigger)
    if heed is None:
        return reason
    return None if heed == "none" else Reason(reason.trigger, Weight(heed))


def texts_of(record: Record) -> tuple[str, ...]:
    """What a record says in words, by which it touches recommendations."""
    headings = (heading.name for heading in record.mesh or ())
    return (record.title, record.abstract or "", *record.keywords, *headings)


def touching(topic: Topic, record: Record) -> tuple[Touch, ...]:
    """The recommendations whose words stand in a record."""
    return touches(texts_of(record), topic.recommendations)


def of_trial(topic: Topic, number: str) -> tuple[Touch, ...]:
    """The recommendations that the topic ties a watched trial to; none for any other trial."""
    watched = topic.watched_trial(number)
    return declared(topic, watched.recommendations if watched else ())


def declared(topic: Topic, recommendations: Iterable[str]) -> tuple[Touch, ...]:
    """The recommendations that the topic itself ties to something, in its order."""
    wanted = set(recommendations)
    return tuple(Touch(r.id, ()) for r in topic.recommendations if r.id in wanted)


def shown_registration(registration: Registration) -> Evidence:
    """A registration as evidence, with the day of its last update."""
    return Evidence(
        Shown.REGISTRATION,
        registration.number,
        registration.title,
        registration.last_update_posted,
    )


def shown_record(record: Record, words: str = "") -> Evidence:
    """A record as evidence: where it can be looked up, and the words that tell."""
    version = record.dates.revised.isoformat() if record.dates.revised else ""
    words = words or record.title
    if record.pmid:
        return Evidence(Shown.PUBMED, record.pmid, words, version)
    if record.doi:
        return Evidence(Shown.DOI, record.doi, words, version)
    return Evidence(Shown.RECORD, f"{record.source} {record.source_id}", words, version)
