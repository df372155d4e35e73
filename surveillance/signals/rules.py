"""What counts as a signal, and how much it matters: one rule a kind (docs/signals.md).

Each rule takes what the pipeline found and gives the signals that follow, mostly one or none.
A report raises at most one kind of signal: the watched trial that it names comes first, then
that it was found late, then its design.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from surveillance.records import Record
from surveillance.runs import OVERLAP
from surveillance.screening.designs import Design
from surveillance.signals.findings import (
    ChangedRegistration,
    DeletedReport,
    Finding,
    FoundReport,
    LostKnownItem,
    NewRegistration,
    RetractedReport,
)
from surveillance.signals.model import Evidence, Kind, Shown, Signal, signal_key
from surveillance.signals.recommendations import Touch, touches
from surveillance.signals.wording import (
    and_more,
    bare,
    cited,
    cited_item,
    decided,
    described,
    notice_of,
    on_recommendations,
    posted,
    table_of,
    telling,
    titled,
    uncapped,
    why_late,
)
from surveillance.studies.changes import ENDED
from surveillance.studies.links import Link
from surveillance.studies.registrations import Registration
from surveillance.studies.weight import Weight
from surveillance.topics import Topic

RULES_VERSION = "signals-3"


def raise_signals(
    topic: Topic, findings: Sequence[Finding], *, answered: Iterable[str] = ()
) -> tuple[Signal, ...]:
    """The signals that follow from `findings`, each key once, the most important first.

    `answered` are the recommendations on which a randomised trial was signalled before (see
    `answered_by`): only where there was none, a trial is the first. Findings are what is new
    since the published search; retractions may be of any age.
    """
    done = set(answered)
    signals: dict[str, Signal] = {}
    for finding in sorted(findings, key=_first_seen):
        for signal in _signals_of(topic, finding, done):
            signals.setdefault(signal.key, signal)
            done |= answered_by([signal])
    return tuple(sorted(signals.values(), key=lambda signal: signal.importance))


def answered_by(signals: Iterable[Signal]) -> frozenset[str]:
    """The recommendations on which `signals` report a randomised trial since publication.

    That may be the report of a watched trial, which weighs high unless screening excludes it.
    """
    since_publication = {Kind.NEW_RANDOMISED_TRIAL, Kind.REPORT_OF_WATCHED_TRIAL}
    return frozenset(
        recommendation
        for signal in signals
        if signal.kind in since_publication
        and signal.design == Design.RANDOMISED_TRIAL
        and signal.weight is Weight.HIGH
        for recommendation in signal.recommendations
    )


def _first_seen(finding: Finding) -> tuple[date, str]:
    if isinstance(finding, FoundReport):
        return finding.first_seen, finding.name
    return date.min, ""


def _signals_of(topic: Topic, finding: Finding, answered: set[str]) -> tuple[Signal, ...]:
    match finding:
        case NewRegistration():
            return new_registration(topic, finding)
        case ChangedRegistration():
            return registration_changed(topic, finding)
        case FoundReport():
            return (
                report_of_watched_trial(topic, finding)
                or found_late(topic, finding)
                or new_randomised_trial(topic, finding, answered)
                or new_systematic_review(topic, finding)
            )
        case RetractedReport():
            return known_item_retracted(topic, finding)
        case LostKnownItem():
            return known_item_not_found(topic, finding)
        case DeletedReport():
            return report_deleted(topic, finding)


def new_registration(topic: Topic, finding: NewRegistration) -> tuple[Signal, ...]:
    """A trial registered since the published search; an older one was found late.

    Randomised: high; another intervention: medium; observational, or ended already: low.
    """
    registration = finding.registration
    late = _posted_before(registration, topic.guidance.published_search)
    touching = touches(registration.texts, topic.recommendations)
    what = "Randomised trial" if registration.randomised else "Study"
    happened = "found late in the registry" if late else "registered"
    return _one(
        topic,
        Kind.FOUND_LATE if late else Kind.NEW_REGISTRATION,
        registration.number,
        weight=_registration_weight(registration),
        headline=f"{what} {happened}{on_recommendations(touching)}: {registration.number}",
        sentence=f"{described(registration)}. {posted(finding, late=late)}",
        touching=touching,
        evidence=(_shown_registration(registration),),
    )


def registration_changed(topic: Topic, finding: ChangedRegistration) -> tuple[Signal, ...]:
    """A registration changed; as heavy as the heaviest change, and noise is no signal."""
    changes = [change for change in finding.changes if change.weight is not Weight.NOISE]
    if not changes:
        return ()
    after = finding.after
    lead = min(changes, key=lambda change: change.weight.rank)
    return _one(
        topic,
        Kind.REGISTRATION_CHANGED,
        after.number,
        *(part for change in changes for part in (change.field, change.before, change.after)),
        after.last_update_posted,
        weight=lead.weight,
        headline=f"{after.number}: {uncapped(lead.headline)}{and_more(len(changes) - 1)}",
        sentence=" ".join(change.sentence for change in changes),
        touching=_of_trial(topic, after.number) or touches(after.texts, topic.recommendations),
        evidence=(_shown_registration(after),),
    )


def report_of_watched_trial(topic: Topic, finding: FoundReport) -> tuple[Signal, ...]:
    """A report names a watched trial, whatever was decided on it; the signal says the decision.

    High, unless screening excludes the report or no strategy matches it: medium.
    """
    decision = finding.decision
    weight = Weight.MEDIUM if decision is None or decision.excluded else Weight.HIGH
    signals: list[Signal] = []
    for link in finding.links:
        signals += _one(
            topic,
            Kind.REPORT_OF_WATCHED_TRIAL,
            link.number,
            finding.name,
            weight=weight,
            headline=f"A report names the watched trial {link.number}",
            sentence=f"{titled(finding.record)} names it in its {link.where}. {decided(decision)}",
            touching=_of_trial(topic, link.number),
            evidence=(_shown_record(finding.record, link.words), _shown_trial(topic, link)),
            design=finding.design,
        )
    return tuple(signals)


def found_late(topic: Topic, finding: FoundReport) -> tuple[Signal, ...]:
    """A report that was there before the strategy had been covered, and was found only later.

    A randomised trial: high, anything else that screening does not exclude: medium.
    """
    since = _there_since(finding.record)
    if since is None or since + OVERLAP >= finding.covered_until or _excluded(finding):
        return ()
    touching = _touching(topic, finding.record)
    design = "report" if finding.design in ("", Design.NOT_STATED) else finding.design
    return _one(
        topic,
        Kind.FOUND_LATE,
        finding.name,
        weight=Weight.HIGH if finding.design == Design.RANDOMISED_TRIAL else Weight.MEDIUM,
        headline=f"Found late{on_recommendations(touching)}: {design}, there since {since}",
        sentence=f"{titled(finding.record)} {why_late(finding)} {decided(finding.decision)}",
        touching=touching,
        evidence=(_shown_record(finding.record),),
        design=finding.design,
    )


def new_randomised_trial(
    topic: Topic, finding: FoundReport, answered: Iterable[str] = ()
) -> tuple[Signal, ...]:
    """A new report of a randomised trial that screening does not exclude: high."""
    if finding.design != Design.RANDOMISED_TRIAL or _excluded(finding):
        return ()
    touching = _touching(topic, finding.record)
    first = [touch for touch in telling(touching) if touch.recommendation not in set(answered)]
    headline = (
        f"First randomised trial{on_recommendations(first)} since publication"
        if first
        else f"New randomised trial{on_recommendations(touching)}"
    )
    return _one(
        topic,
        Kind.NEW_RANDOMISED_TRIAL,
        finding.name,
        weight=Weight.HIGH,
        headline=headline,
        sentence=f"{titled(finding.record)}. {decided(finding.decision)}",
        touching=touching,
        evidence=(_shown_record(finding.record),),
        design=finding.design,
    )


def new_systematic_review(topic: Topic, finding: FoundReport) -> tuple[Signal, ...]:
    """A new systematic review that screening does not exclude: medium."""
    if finding.design != Design.SYSTEMATIC_REVIEW or _excluded(finding):
        return ()
    touching = _touching(topic, finding.record)
    return _one(
        topic,
        Kind.NEW_SYSTEMATIC_REVIEW,
        finding.name,
        weight=Weight.MEDIUM,
        headline=f"New systematic review{on_recommendations(touching)}",
        sentence=f"{titled(finding.record)}. {decided(finding.decision)}",
        touching=touching,
        evidence=(_shown_record(finding.record),),
        design=finding.design,
    )


def known_item_retracted(topic: Topic, finding: RetractedReport) -> tuple[Signal, ...]:
    """A known item, or a report that screening included, was retracted: high."""
    item, record = finding.known_item, finding.record
    if item is None:
        named, whose = cited(record), "An included report"
        touching = _touching(topic, record)
    else:
        named, whose = cited_item(item), f"A study in {table_of(item)}"
        touching = _declared(topic, item.recommendations)
    return _one(
        topic,
        Kind.KNOWN_ITEM_RETRACTED,
        item.key if item else finding.name,
        weight=Weight.HIGH,
        headline=f"{whose} was retracted: {named}",
        sentence=f"“{bare(record.title)}” ({record.journal or 'journal not given'}) is marked "
        f"as retracted{notice_of(record)}. Check what rests on it.",
        touching=touching,
        evidence=(_shown_record(record),),
    )


def known_item_not_found(topic: Topic, finding: LostKnownItem) -> tuple[Signal, ...]:
    """A known item that its strategy no longer finds: the search may have a hole. Medium."""
    item = finding.known_item
    again = " again" if finding.times > 1 else ""
    return _one(
        topic,
        Kind.KNOWN_ITEM_NOT_FOUND,
        item.key,
        finding.strategy,
        *([str(finding.times)] if finding.times > 1 else []),
        weight=Weight.MEDIUM,
        headline=f"A study in {table_of(item)} is no longer found{again}: {cited_item(item)}",
        sentence=f"The strategy “{finding.strategy}” should find “{bare(item.title)}” and does "
        "not. The record or the strategy changed: look at both.",
        touching=_declared(topic, item.recommendations),
        evidence=(Evidence(Shown.KNOWN_ITEM, item.key, item.citation),),
    )


def report_deleted(topic: Topic, finding: DeletedReport) -> tuple[Signal, ...]:
    """NLM took the record of a known item or of an included report out of PubMed: medium."""
    item, record = finding.known_item, finding.record
    whose = f"a study in {table_of(item)}" if item else "an included report"
    return _one(
        topic,
        Kind.REPORT_DELETED,
        item.key if item else finding.name,
        weight=Weight.MEDIUM,
        headline=f"PubMed no longer holds {whose}: {cited_item(item) if item else cited(record)}",
        sentence=f"“{bare(record.title)}” was there and was not delivered on "
        f"{finding.deleted_on}. It was withdrawn, or is held twice: look it up at the journal.",
        touching=_declared(topic, item.recommendations) if item else _touching(topic, record),
        evidence=(_shown_record(record),),
    )


def _one(
    topic: Topic,
    kind: Kind,
    subject: str,
    *what: str,
    weight: Weight,
    headline: str,
    sentence: str,
    touching: Sequence[Touch],
    evidence: tuple[Evidence, ...],
    design: str = "",
) -> tuple[Signal, ...]:
    signal = Signal(
        topic=topic.slug,
        kind=kind,
        subject=subject,
        key=signal_key(kind, subject, *what),
        weight=weight,
        headline=headline,
        sentence=sentence,
        recommendations=tuple(touch.recommendation for touch in touching),
        words=tuple(dict.fromkeys(word for touch in touching for word in touch.words)),
        evidence=evidence,
        design=design,
    )
    return (signal,)


def _registration_weight(registration: Registration) -> Weight:
    if registration.status in ENDED or registration.study_type == "OBSERVATIONAL":
        return Weight.LOW
    return Weight.HIGH if registration.randomised else Weight.MEDIUM


def _posted_before(registration: Registration, day: date) -> bool:
    """Dates of the registry compare as text; one that is missing is not before."""
    return bool(registration.first_posted) and registration.first_posted < day.isoformat()


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


def _touching(topic: Topic, record: Record) -> tuple[Touch, ...]:
    headings = (heading.name for heading in record.mesh or ())
    texts = (record.title, record.abstract or "", *record.keywords, *headings)
    return touches(texts, topic.recommendations)


def _of_trial(topic: Topic, number: str) -> tuple[Touch, ...]:
    """The recommendations that the topic ties a watched trial to; none for any other trial."""
    watched = (trial.recommendations for trial in topic.watched_trials if trial.nct == number)
    return _declared(topic, next(watched, ()))


def _declared(topic: Topic, recommendations: Iterable[str]) -> tuple[Touch, ...]:
    named = set(recommendations)
    return tuple(Touch(r.id, ()) for r in topic.recommendations if r.id in named)


def _shown_registration(registration: Registration) -> Evidence:
    return Evidence(Shown.REGISTRATION, registration.number, registration.title)


def _shown_trial(topic: Topic, link: Link) -> Evidence:
    titles = {trial.nct: trial.title for trial in topic.watched_trials}
    return Evidence(Shown.REGISTRATION, link.number, titles.get(link.number, ""))


def _shown_record(record: Record, words: str = "") -> Evidence:
    words = words or record.title
    if record.pmid:
        return Evidence(Shown.PUBMED, record.pmid, words)
    if record.doi:
        return Evidence(Shown.DOI, record.doi, words)
    return Evidence(Shown.RECORD, f"{record.source} {record.source_id}", words)
