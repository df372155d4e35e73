"""How signals speak: the language of guidance, in plain words and short sentences."""

from __future__ import annotations

from collections.abc import Sequence

from surveillance.records import Correction, Record
from surveillance.signals.findings import FoundReport, NewRegistration, ReportDecision
from surveillance.signals.recommendations import Touch
from surveillance.studies.links import Link, Place
from surveillance.studies.registrations import Registration
from surveillance.topics import KnownItem

#: PubMed's names of the links to notices (RefType), as people say them.
_NOTICES = {
    "ExpressionOfConcernIn": "an expression of concern",
    "ErratumIn": "an erratum",
    "CorrectedandRepublishedIn": "a corrected version",
}
_TABLES = {"table 2": "your evidence table", "appendix B": "appendix B of your overview"}


def telling(touching: Sequence[Touch]) -> tuple[Touch, ...]:
    """The touches that rest on words, or all where none does: what a headline names."""
    return tuple(touch for touch in touching if touch.words) or tuple(touching)


def on_recommendations(touching: Sequence[Touch]) -> str:
    """“ on recommendation 1.4”, “ on recommendations 1.1 and 1.4”, or nothing."""
    ids = [touch.recommendation for touch in telling(touching)]
    if not ids:
        return ""
    if len(ids) == 1:
        return f" on recommendation {ids[0]}"
    return f" on recommendations {', '.join(ids[:-1])} and {ids[-1]}"


def described(registration: Registration) -> str:
    """A registration in a sentence without its full stop: title, design, size, status, dates."""
    parts = [
        "randomised" if registration.randomised else said(registration.study_type),
        "" if registration.enrolment is None else f"{registration.enrolment:,} participants",
        said(registration.status),
        f"primary completion {registration.primary_completion}"
        if registration.primary_completion
        else "",
        " and ".join(registration.countries)
        if len(registration.countries) < 3
        else f"{len(registration.countries)} countries",
    ]
    facts = ", ".join(filter(None, parts))
    return f"“{bare(registration.title or registration.number)}”" + (f": {facts}" if facts else "")


def posted(finding: NewRegistration, *, late: bool) -> str:
    """When a registration was posted, and when we saw it where that was late."""
    first = finding.registration.first_posted
    if late:
        return f"Registered on {first}, before the published search; seen on {finding.first_seen}."
    return f"Registered on {first}." if first else f"First seen on {finding.first_seen}."


def decided(decision: ReportDecision | None) -> str:
    """The screening decision in a sentence; a rule's exclusion is a proposal."""
    if decision is None:
        return "No strategy of the topic matches it."
    if decision.by_person:
        said_so = {"include": "A person included it", "exclude": "A person excluded it"}
        sentence = said_so.get(decision.verdict, "A person was unsure about it")
    else:
        said_so = {
            "include": "Screening proposes to include it",
            "exclude": "Screening proposes to exclude it",
        }
        sentence = said_so.get(decision.verdict, "Screening is unsure about it")
    return f"{sentence}: {bare(decision.reason)}." if decision.reason else f"{sentence}."


def tied(link: Link) -> str:
    """How a report is tied to a trial, in a sentence; and where that is doubtful, why."""
    how = {
        Place.RESULT: "is listed by it as a publication of its results.",
        Place.DERIVED: "is listed by it as a publication that names it.",
    }.get(Place(link.where), f"names it in its {link.where}.")
    if link.certain:
        return how
    why = f": {'; '.join(link.reasons)}" if link.reasons else ""
    return f"{how} Whether it is a report of this trial, a person has to say{why}."


def why_late(finding: FoundReport) -> str:
    """Why a report that was there already was found only now."""
    indexed = finding.record.dates.indexed
    if finding.record.mesh and indexed and indexed > finding.covered_until:
        return f"was first found on {finding.first_seen}: its MeSH headings came on {indexed}."
    return (
        f"was first found on {finding.first_seen}, "
        f"although the search to {finding.covered_until} should have found it."
    )


def titled(record: Record) -> str:
    """The title in quotation marks, with journal and year where they are known."""
    source = " ".join(filter(None, (record.journal, str(record.year or ""))))
    return f"“{bare(record.title) or 'untitled'}”" + (f" ({source})" if source else "")


def cited(record: Record) -> str:
    """First author and year, as an evidence table names a study; else the title."""
    first = record.authors[0] if record.authors else None
    name = (first.last or first.collective) if first else ""
    return f"{name} {record.year or ''}".strip() if name else bare(record.title)


def cited_item(item: KnownItem) -> str:
    """First author and year of a known item."""
    return f"{item.first_author} {item.year}"


def table_of(item: KnownItem) -> str:
    """Where in the guidance a known item stands."""
    return _TABLES[item.table]


def notice_of(record: Record) -> str:
    """Where the notice of a retraction stands: “ (notice: PMID 1)”, or nothing."""
    notices = [c.pmid for c in record.corrections if c.kind == "RetractionIn" and c.pmid]
    return f" (notice: PMID {', '.join(notices)})" if notices else ""


def noticed(notice: Correction) -> str:
    """“a notice was published (PMID 1: J Limb 2025;1:2)”."""
    what = _NOTICES.get(notice.kind, "a notice")
    where = ": ".join(filter(None, (f"PMID {notice.pmid}" * bool(notice.pmid), notice.citation)))
    return f"{what} was published" + (f" ({bare(where)})" if where else "")


def counted(count: int, what: str) -> str:
    """“1 signal”, “2 signals”, “1,200 records”."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def and_more(count: int) -> str:
    """“, and 2 more changes”, or nothing."""
    if count == 0:
        return ""
    return ", and 1 more change" if count == 1 else f", and {count} more changes"


def said(value: str) -> str:
    """A registry's value as people say it: ACTIVE_NOT_RECRUITING → active not recruiting."""
    return value.replace("_", " ").lower()


def bare(text: str) -> str:
    """A title or a reason without the full stop that sources put after it."""
    return text.strip().rstrip(".")


def uncapped(text: str) -> str:
    """A sentence's beginning, to go on after a colon."""
    return text[:1].lower() + text[1:]
