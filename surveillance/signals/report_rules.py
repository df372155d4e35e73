"""Signals on reports: what they report, and what became of those that guidance rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from surveillance.records import Record
from surveillance.runs import OVERLAP
from surveillance.screening.designs import Design
from surveillance.signals.findings import (
    CorrectedReport,
    DeletedReport,
    FoundReport,
    LostKnownItem,
    RetractedReport,
)
from surveillance.signals.making import (
    About,
    Reason,
    declared,
    made,
    of_trial,
    shown_record,
    texts_of,
    touching,
)
from surveillance.signals.model import Evidence, Kind, Shown, Signal
from surveillance.signals.recommendations import Touch
from surveillance.signals.wording import (
    bare,
    cited,
    cited_item,
    decided,
    notice_of,
    noticed,
    on_recommendations,
    table_of,
    telling,
    tied,
    titled,
    why_late,
)
from surveillance.studies.links import Link
from surveillance.studies.weight import Weight
from surveillance.topics import KnownItem, Topic
from surveillance.triggers import Trigger

#: PubMed's name for the link from an article to a notice that doubts it (RefType).
CONCERN = "ExpressionOfConcernIn"


def report_of_watched_trial(topic: Topic, finding: FoundReport) -> tuple[Signal, ...]:
    """A report names a watched trial, whatever was decided on it; the signal says the decision.

    High, unless screening excludes the report or no strategy matches it: medium.
    """
    decision = finding.decision
    weight = Weight.MEDIUM if decision is None or decision.excluded else Weight.HIGH
    signals: list[Signal] = []
    for link in finding.links:
        signals += made(
            topic,
            Kind.REPORT_OF_WATCHED_TRIAL,
            link.number,
            finding.name,
            reasons=[Reason(Trigger.TRIAL_REPORTED, weight), *_harm(finding)],
            headline=f"A report names the watched trial {link.number}",
            sentence=f"{titled(finding.record)} {tied(link)} {decided(decision)}{_told(finding)}",
            about=About(
                evidence=(shown_record(finding.record, link.words), _shown_trial(topic, link)),
                touching=of_trial(topic, link.number),
                texts=texts_of(finding.record),
                design=finding.design,
            ),
        )
    return tuple(signals)


def found_late(topic: Topic, finding: FoundReport) -> tuple[Signal, ...]:
    """A report that was there before the strategy had been covered, and was found only later.

    A randomised trial: high, anything else that screening does not exclude: medium.
    """
    since = _there_since(finding.record)
    if since is None or since + OVERLAP >= finding.covered_until or _excluded(finding):
        return ()
    randomised = finding.design == Design.RANDOMISED_TRIAL
    reasons = [Reason(Trigger.FOUND_LATE, Weight.HIGH if randomised else Weight.MEDIUM)]
    design = "report" if finding.design in ("", Design.NOT_STATED) else finding.design
    on = on_recommendations(touching(topic, finding.record))
    return made(
        topic,
        Kind.FOUND_LATE,
        finding.name,
        reasons=[*reasons, *_harm(finding)],
        headline=f"Found late{on}: {design}, there since {since}",
        sentence=f"{titled(finding.record)} {why_late(finding)} {decided(finding.decision)}"
        f"{_told(finding)}",
        about=_about(topic, finding),
    )


def new_randomised_trial(
    topic: Topic, finding: FoundReport, answered: Iterable[str] = ()
) -> tuple[Signal, ...]:
    """A new report of a randomised trial that screening does not exclude: high."""
    if finding.design != Design.RANDOMISED_TRIAL or _excluded(finding):
        return ()
    touches = touching(topic, finding.record)
    first = [touch for touch in telling(touches) if touch.recommendation not in set(answered)]
    headline = (
        f"First randomised trial{on_recommendations(first)} since publication"
        if first
        else f"New randomised trial{on_recommendations(touches)}"
    )
    trigger = Trigger.FIRST_RANDOMISED_TRIAL if first else Trigger.RANDOMISED_TRIAL
    return made(
        topic,
        Kind.NEW_RANDOMISED_TRIAL,
        finding.name,
        reasons=[Reason(trigger, Weight.HIGH), *_harm(finding)],
        headline=headline,
        sentence=f"{titled(finding.record)}. {decided(finding.decision)}{_told(finding)}",
        about=_about(topic, finding),
    )


def new_systematic_review(topic: Topic, finding: FoundReport) -> tuple[Signal, ...]:
    """A new systematic review that screening does not exclude: medium."""
    if finding.design != Design.SYSTEMATIC_REVIEW or _excluded(finding):
        return ()
    return made(
        topic,
        Kind.NEW_SYSTEMATIC_REVIEW,
        finding.name,
        reasons=[Reason(Trigger.SYSTEMATIC_REVIEW, Weight.MEDIUM), *_harm(finding)],
        headline=f"New systematic review{on_recommendations(touching(topic, finding.record))}",
        sentence=f"{titled(finding.record)}. {decided(finding.decision)}{_told(finding)}",
        about=_about(topic, finding),
    )


def safety_event(topic: Topic, finding: FoundReport) -> tuple[Signal, ...]:
    """A new report of any other design that tells of harm named in the criteria: medium."""
    if not finding.safety_event or _excluded(finding):
        return ()
    return made(
        topic,
        Kind.SAFETY_EVENT,
        finding.name,
        reasons=_harm(finding),
        headline=f"A new report tells of harm: “{finding.safety_event}”",
        sentence=f"{titled(finding.record)}. {decided(finding.decision)}",
        about=_about(topic, finding),
    )


def known_item_retracted(topic: Topic, finding: RetractedReport) -> tuple[Signal, ...]:
    """A known item, or a report that screening included, was retracted: high."""
    record = finding.record
    return _on_evidence(
        topic,
        finding,
        Kind.KNOWN_ITEM_RETRACTED,
        reason=Reason(Trigger.RETRACTION, Weight.HIGH),
        happened="was retracted",
        sentence=f"“{bare(record.title)}” ({record.journal or 'journal not given'}) is marked "
        f"as retracted{notice_of(record)}. Check what rests on it.",
    )


def evidence_corrected(topic: Topic, finding: CorrectedReport) -> tuple[Signal, ...]:
    """A notice was published on a known item or an included report.

    An expression of concern: high; an erratum or a corrected republication: medium.
    """
    doubted = finding.notice.kind == CONCERN
    reason = (
        Reason(Trigger.EXPRESSION_OF_CONCERN, Weight.HIGH)
        if doubted
        else Reason(Trigger.ERRATUM, Weight.MEDIUM)
    )
    return _on_evidence(
        topic,
        finding,
        Kind.EVIDENCE_CORRECTED,
        finding.notice.kind,
        finding.notice.pmid or finding.notice.citation,
        reason=reason,
        happened="has an expression of concern" if doubted else "was corrected",
        sentence=f"On “{bare(finding.record.title)}” {noticed(finding.notice)}. "
        "Check whether it touches what was taken from it.",
    )


def known_item_not_found(topic: Topic, finding: LostKnownItem) -> tuple[Signal, ...]:
    """A known item that its strategy no longer finds: the search may have a hole. Medium."""
    item = finding.known_item
    again = " again" if finding.times > 1 else ""
    return made(
        topic,
        Kind.KNOWN_ITEM_NOT_FOUND,
        item.key,
        finding.strategy,
        *([str(finding.times)] if finding.times > 1 else []),
        reasons=[Reason(Trigger.KNOWN_ITEM_NOT_FOUND, Weight.MEDIUM)],
        headline=f"A study in {table_of(item)} is no longer found{again}: {cited_item(item)}",
        sentence=f"The strategy “{finding.strategy}” should find “{bare(item.title)}” and does "
        "not. The record or the strategy changed: look at both.",
        about=About(
            evidence=(Evidence(Shown.KNOWN_ITEM, item.key, item.citation),),
            touching=declared(topic, item.recommendations),
        ),
    )


def report_deleted(topic: Topic, finding: DeletedReport) -> tuple[Signal, ...]:
    """NLM took the record of a known item or of an included report out of PubMed: medium."""
    item, record = finding.known_item, finding.record
    whose = f"a study in {table_of(item)}" if item else "an included report"
    return made(
        topic,
        Kind.REPORT_DELETED,
        item.key if item else finding.name,
        reasons=[Reason(Trigger.RECORD_DELETED, Weight.MEDIUM)],
        headline=f"PubMed no longer holds {whose}: {cited_item(item) if item else cited(record)}",
        sentence=f"“{bare(record.title)}” was there and was not delivered on "
        f"{finding.deleted_on}. It was withdrawn, or is held twice: look it up at the journal.",
        about=About(evidence=(shown_record(record),), touching=_resting(topic, record, item)),
    )


def _on_evidence(
    topic: Topic,
    finding: RetractedReport | CorrectedReport,
    kind: Kind,
    *what: str,
    reason: Reason,
    happened: str,
    sentence: str,
) -> tuple[Signal, ...]:
    """What happened to a study that the guidance rests on, or to a report that is included."""
    item, record = finding.known_item, finding.record
    whose = f"A study in {table_of(item)}" if item else "An included report"
    return made(
        topic,
        kind,
        item.key if item else finding.name,
        *what,
        reasons=[reason],
        headline=f"{whose} {happened}: {cited_item(item) if item else cited(record)}",
        sentence=sentence,
        about=About(evidence=(shown_record(record),), touching=_resting(topic, record, item)),
    )


def _resting(topic: Topic, record: Record, item: KnownItem | None) -> Sequence[Touch]:
    """The recommendations that rest on a known item, or that an included report touches."""
    return declared(topic, item.recommendations) if item else touching(topic, record)


def _about(topic: Topic, finding: FoundReport) -> About:
    record = finding.record
    return About(
        evidence=(shown_record(record),),
        touching=touching(topic, record),
        texts=texts_of(record),
        design=finding.design,
    )


def _harm(finding: FoundReport) -> list[Reason]:
    """That the report tells of harm, as a reason of its own."""
    return [Reason(Trigger.SAFETY_EVENT, Weight.MEDIUM)] if finding.safety_event else []


def _told(finding: FoundReport) -> str:
    return f" It tells of harm: “{finding.safety_event}”." if finding.safety_event else ""


def _there_since(record: Record) -> date | None:
    """The day since which a record could have been found; None: cannot tell.

    Files that somebody exported have only a year: its last day, so that nothing of the year of
    the search is called late.
    """
    if there := record.dates.created or record.dates.entered:
        return there
    return date(record.year, 12, 31) if record.year and 0 < record.year <= date.max.year else None


def _excluded(finding: FoundReport) -> bool:
    """True where a report is not one for the guidance: excluded, or matched by no strategy."""
    return finding.decision is None or finding.decision.excluded


def _shown_trial(topic: Topic, link: Link) -> Evidence:
    watched = topic.watched_trial(link.number)
    return Evidence(Shown.REGISTRATION, link.number, watched.title if watched else "")
