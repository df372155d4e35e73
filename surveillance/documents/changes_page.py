"""What changed since the last report, as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from surveillance.documents.changes import Changes
from surveillance.documents.days import day_of
from surveillance.documents.history import SearchMade
from surveillance.documents.page import Block, Cell, Facts, Heading, Listing, Page, Paragraph, Table
from surveillance.signals.wording import counted

#: Records that an edit found or lost are named up to here; the store has them all.
MOST_NAMED = 20
_SHORT = 10
_ON = {
    "pubmed": "PubMed",
    "clinicaltrials": "ClinicalTrials.gov",
    "europepmc": "Europe PMC",
    "import": "exported and brought",
}


def changes_page(changes: Changes) -> Page:
    """The whole report of changes."""
    blocks: tuple[Block, ...] = (
        _about(changes),
        *_summary(changes),
        *_decisions(changes),
        *_signals(changes),
        *_trials(changes),
        *_reports(changes),
        *_searches(changes),
        *_strategies(changes),
    )
    return Page(_title(changes), changes.about.banner, blocks, upright=True)


def _title(changes: Changes) -> str:
    return f"What changed since {day_of(changes.since.day)}: {changes.about.title}"


def _about(changes: Changes) -> Facts:
    about = changes.about
    state = "no run has finished yet"
    if changes.last_run and changes.until:
        state = f"run {changes.last_run}, {day_of(changes.until)}"
    return Facts(
        (
            ("Guidance", f"{about.guidance} ({about.body})"),
            ("Counted from", f"{day_of(changes.since.day)}, {changes.since.basis}"),
            ("State after", state),
            ("Written by", about.program),
        )
    )


def _summary(changes: Changes) -> Iterator[Block]:
    yield Heading("In numbers")
    yield Table(
        "",
        ("What", "Number"),
        (
            ("Searches", len(changes.searches)),
            ("Records and registrations new to the topic", changes.records),
            ("Reports new to the topic", len(changes.reports)),
            ("… included by people", changes.included),
            ("Reports decided on by people", len(changes.decided)),
            ("Registrations new to the topic", len(changes.trials)),
            ("Changes of registrations", len(changes.trial_changes)),
            ("Signals raised or moved", len(changes.signals)),
            ("Strategies changed", len(changes.strategies)),
            ("Decisions on the guidance", len(changes.decided_then)),
        ),
    )


def _listed(
    heading: str, none: str, headers: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> Iterator[Block]:
    """A section of one table, or of a sentence where there is nothing to list."""
    yield Heading(heading)
    if rows:
        yield Table("", tuple(headers), tuple(map(tuple, rows)))
    else:
        yield Paragraph(none)


def _decisions(changes: Changes) -> Iterator[Block]:
    rows = [
        (one.number, day_of(one.on), one.decision, one.reason, one.by, one.signals)
        for one in changes.decisions
    ]
    none = "No decision on the guidance is kept."
    headers = ("No.", "On", "Decision", "Reason", "By", "Signals")
    yield from _listed("Decisions on the guidance, all so far", none, headers, rows)


def _signals(changes: Changes) -> Iterator[Block]:
    rows = [
        (
            one.id,
            one.weight.value,
            ", ".join(one.recommendations),
            one.headline,
            one.status,
            "; ".join(one.happened),
        )
        for one in changes.signals
    ]
    headers = ("No.", "Weight", "Recommendations", "What happened", "Status", "History since")
    yield from _listed(
        "Signals", "No signal was raised, and nothing happened to one.", headers, rows
    )


def _trials(changes: Changes) -> Iterator[Block]:
    new = [(one.number, one.title, one.route, day_of(one.first_seen_on)) for one in changes.trials]
    none = "No registration is new."
    yield from _listed("New registrations", none, ("Number", "Title", "By", "Seen on"), new)
    rows = [
        (one.number, one.weight.value, day_of(one.seen_on), one.sentence)
        for one in changes.trial_changes
    ]
    none = "No registration changed in a field that matters."
    headers = ("Number", "Weight", "Seen on", "Change")
    yield from _listed("Changes of registrations", none, headers, rows)


def _reports(changes: Changes) -> Iterator[Block]:
    rows = [
        (one.name, one.title, day_of(one.first_seen_on), one.standing) for one in changes.reports
    ]
    seen = ("Report", "Title", "First seen", "Standing")
    yield from _listed("New reports", "No report is new.", seen, rows)
    decided = [
        (one.name, one.title, one.stage, one.verdict, one.reason, one.by, day_of(one.on))
        for one in changes.decided
    ]
    headers = ("Report", "Title", "Stage", "Decision", "Reason", "By", "On")
    none = "People decided on no report."
    yield from _listed("Decisions on reports", none, headers, decided)


def _searches(changes: Changes) -> Iterator[Block]:
    series: dict[tuple[str, str], list[SearchMade]] = {}
    for one in changes.searches:
        series.setdefault((one.strategy, one.source), []).append(one)
    rows = [
        (
            strategy,
            _ON.get(source, source),
            len(made),
            day_of(max(one.searched_on for one in made)),
            sum(one.new for one in made),
        )
        for (strategy, source), made in series.items()
    ]
    headers = ("For", "On", "Searches", "Last", "New")
    yield from _listed("Searches", "Nothing was searched.", headers, rows)
    gone = [
        f"{one.database} was not searched in this time; "
        f"{f'the last search was on {day_of(one.last)}' if one.last else 'it never was'}."
        for one in changes.unsearched
    ]
    if gone or changes.failures:
        yield Listing((*gone, *changes.failures))


def _strategies(changes: Changes) -> Iterator[Block]:
    yield Heading("Strategies")
    if not changes.strategies:
        yield Paragraph("No strategy changed.")
    for one in changes.strategies:
        yield Paragraph(
            f"{one.strategy}, met on {day_of(one.changed_on)} ({', '.join(one.because)}): version "
            f"{one.after[:_SHORT]} after {one.before[:_SHORT] or 'one that was not kept'}. "
            f"Found anew: {counted(len(one.gained), 'record')}{_named(one.gained)}; "
            f"no longer found: {counted(len(one.lost), 'record')}{_named(one.lost)}."
        )
    rows = [
        (one.strategy, one.version[:_SHORT], one.signed_by, day_of(one.signed_on), one.note)
        for one in changes.sign_offs
    ]
    if rows:
        yield Table("Signed off", ("Strategy", "Version", "By", "On", "Note"), tuple(rows))


def _named(numbers: Sequence[str]) -> str:
    if not numbers:
        return ""
    more = f" and {len(numbers) - MOST_NAMED:,} more" if len(numbers) > MOST_NAMED else ""
    return f" ({', '.join(numbers[:MOST_NAMED])}{more})"
