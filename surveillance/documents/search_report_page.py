"""The search report as a page, in the form of a NICE overview's appendix on methods.

Sections stand in that appendix's order: design and peer review, review management, limits, the
main search as a table, each strategy line by line, the inclusion criteria. What the surveillance
adds stands in its place among them; the checklists at the end say where each item is answered.
"""

from __future__ import annotations

from collections.abc import Iterator

from surveillance.documents.days import day_of
from surveillance.documents.flow_page import flow_blocks
from surveillance.documents.history import HistoryLine, SearchMade
from surveillance.documents.page import (
    Block,
    Cell,
    Code,
    Facts,
    Heading,
    Listing,
    Page,
    Paragraph,
    Table,
    Verbatim,
    signed,
)
from surveillance.documents.prisma_s import (
    DESIGN,
    FLOW,
    LIMITS,
    MAIN,
    MANAGEMENT,
    NOT_RECORDED,
    OTHER,
    STRATEGIES,
    TOTAL,
    UPDATES,
    Item,
    platform_of,
    prisma_lsr,
    prisma_s,
    said,
)
from surveillance.documents.search_report import (
    IMPORTED,
    DatabaseSearched,
    SearchReport,
    rank,
    series_of,
)

#: Characters of a query that an appendix prints; a longer one stands in the run's own page.
LONGEST_QUERY = 6_000
#: Characters of a hash that people compare.
_SHORT = 10
_PRISMA_S = (
    "Rethlefsen ML, Kirtley S, Waffenschmidt S, et al. PRISMA-S: an extension to the PRISMA "
    "statement for reporting literature searches in systematic reviews. Systematic Reviews "
    "2021;10:39."
)
_PRISMA_LSR = (
    "Akl EA, Khabsa J, Iannizzi C, et al. Extension of the PRISMA 2020 statement for living "
    "systematic reviews (PRISMA-LSR). BMJ 2024;387:e079183."
)
_ASKED_ON = {
    "pubmed": "PubMed",
    "clinicaltrials": "ClinicalTrials.gov",
    "europepmc": "Europe PMC",
    "import": "exported and brought",
}


def search_report_page(report: SearchReport) -> Page:
    """The whole search report."""
    about = report.history.about
    items = prisma_s(report)
    blocks: tuple[Block, ...] = (
        _about(report),
        *_design(report, items),
        *_management(report),
        *_section(LIMITS, items[8], items[9]),
        *_main(report, items),
        *_other(report, items),
        *_updates(report, items),
        *_total(report, items),
        Heading(STRATEGIES),
        *_strategies(report),
        *_criteria(report),
        Heading(FLOW),
        *flow_blocks(report.flow, 3),
        *_checklists(items, prisma_lsr(report)),
    )
    title = f"Methods and literature search strategy: {about.title}"
    return Page(title, about.banner, blocks, upright=True)


def _about(report: SearchReport) -> Facts:
    about, history = report.history.about, report.history
    state = "no run has finished yet"
    if history.last_run and history.as_of:
        state = f"run {history.last_run}, {day_of(history.as_of)}"
    return Facts(
        (
            ("Guidance", f"{about.guidance} ({about.body})"),
            ("Published search", day_of(about.published_search)),
            ("State after", state),
            ("Written by", about.program),
        )
    )


def _section(heading: str, *items: Item) -> Iterator[Block]:
    """A section whose text is the items' answers."""
    yield Heading(heading)
    for item in items:
        yield from map(Paragraph, item.answer)


def _design(report: SearchReport, items: tuple[Item, ...]) -> Iterator[Block]:
    about = report.history.about
    days = sorted({one.history.published_on for one in report.databases})
    yield Heading(DESIGN)
    yield Paragraph(
        "This search report follows PRISMA-S and, as far as it concerns search and surveillance, "
        f"PRISMA-LSR. The searches behind the guidance of {about.body} were run on "
        f"{', '.join(map(day_of, days))}; the full strategy of each database stands below."
    )
    yield Paragraph(said(report.methods.design, "who designed the strategies, and how", "design"))
    yield from map(Paragraph, items[13].answer)
    yield from map(Paragraph, items[10].answer)
    if report.known_items:
        yield Paragraph(
            f"Of {report.known_items} studies that the guidance used and that MEDLINE should "
            f"hold, the strategies find {report.known_items_found} on PubMed in the state "
            "reported here."
        )


def _management(report: SearchReport) -> Iterator[Block]:
    yield Heading(MANAGEMENT)
    what = "in what the records of the published search were managed"
    yield Paragraph(
        f"Published search: {said(report.methods.review_management, what, 'review_management')}"
    )
    readers = "two people decide" if report.reviewers > 1 else "one person decides"
    yield Paragraph(
        f"Surveillance: {report.history.about.program}. At least {readers} on each report; "
        "rules propose and exclude nothing by themselves. Every decision on inclusion and on "
        "duplicates is kept with who made it, when and why; it is superseded, never overwritten."
    )


def _main(report: SearchReport, items: tuple[Item, ...]) -> Iterator[Block]:
    yield Heading(MAIN)
    yield Table(
        "Main search results",
        (
            "Database",
            "Date searched",
            "Database platform",
            "Database segment or version",
            "Number of results downloaded",
        ),
        tuple(map(_main_row, report.databases)),
    )
    notes = tuple(f"{one.name}: {one.note}" for one in report.databases if one.note)
    if notes:
        yield Listing(notes)
    yield from map(Paragraph, items[1].answer)
    series = series_of(report)
    if not series:
        yield Paragraph("The surveillance has searched nothing yet.")
        return
    rows = tuple(
        (
            one.what,
            _ASKED_ON.get(one.source, one.source),
            len(one.searches),
            day_of(one.first),
            day_of(one.last.searched_on),
            one.last.counted,
            one.new,
        )
        for one in series
    )
    made, new = sum(len(one.searches) for one in series), sum(one.new for one in series)
    yield Table(
        "Searches of the surveillance so far",
        ("For", "On", "Searches", "First", "Last", "Results of the last", "New to the topic"),
        (*rows, ("All", "", made, "", "", None, new)),
    )


def _main_row(one: DatabaseSearched) -> tuple[Cell, ...]:
    segment = one.segment or f"{NOT_RECORDED}topic.toml, strategies.segment"
    day = day_of(one.history.published_on)
    return (one.name, day, platform_of(one), segment, one.history.published_count)


def _other(report: SearchReport, items: tuple[Item, ...]) -> Iterator[Block]:
    yield Heading(OTHER)
    for item in items[2:7]:
        yield Heading(item.name, 3)
        yield from map(Paragraph, item.answer)
        if item.number == "3" and report.registries.query:
            yield Verbatim("Query for ClinicalTrials.gov", report.registries.query)
        if item.number == "3" and report.registries.watched:
            yield Paragraph(f"Looked up by number: {', '.join(report.registries.watched)}.")


def _updates(report: SearchReport, items: tuple[Item, ...]) -> Iterator[Block]:
    yield Heading(UPDATES)
    yield from map(Paragraph, items[11].answer)
    for item in prisma_lsr(report):
        yield Heading(item.name, 3)
        yield from map(Paragraph, item.answer)


def _total(report: SearchReport, items: tuple[Item, ...]) -> Iterator[Block]:
    search, other = report.flow.by_search, report.flow.by_other_methods
    yield Heading(TOTAL)
    rows: list[tuple[Cell, ...]] = [(one.words, "database", one.number) for one in search.databases]
    rows += [(one.words, "register", one.number) for one in search.registers]
    rows += [(one.words, "other method", one.number) for one in other.others]
    yield Table(
        "Records identified so far",
        ("From", "Kind", "Records"),
        (*rows, ("All", "", report.identified)),
    )
    yield Paragraph(_reconciled(report))
    yield from map(Paragraph, items[15].answer)
    duplicates = search.removed.duplicates + other.removed.duplicates
    removed = search.removed.total + other.removed.total
    screened = search.screened.total + other.screened.total
    yield Table(
        "From records to reports",
        ("Step", "Number"),
        (
            ("Records identified", report.identified),
            ("… duplicate records removed", duplicates),
            ("… otherwise removed before screening", removed - duplicates),
            ("Reports screened or waiting for a person", screened),
        ),
    )


def _reconciled(report: SearchReport) -> str:
    """How the records identified and those that the searches brought first go together."""
    new = sum(one.new for one in series_of(report))
    return (
        f"Of these, {new:,} came to the topic first by a search of the table “Searches of the "
        f"surveillance so far”. The other {report.identified - new:,} are entries of exports that "
        "were left out or stood there twice, and records asked for by their number."
    )


def _strategies(report: SearchReport) -> Iterator[Block]:
    for group in report.groups():
        history = group[0].history
        names = " and ".join(one.name for one in group)
        yield Heading(f"{names} search strategy", 3)
        yield _lines(group[0])
        yield from (Paragraph(f"Note: {one.name}: {one.note}") for one in group if one.note)
        yield Facts((("Version", Code(history.version[:_SHORT])), ("Dialect", history.dialect)))
        for one in group:
            yield from _as_sent(one)


def _lines(one: DatabaseSearched) -> Table:
    history = one.history
    if history.counted_on is None:
        rows = tuple((line.number, Code(line.text), _printed(line)) for line in history.lines)
        return Table("", ("Line", "As published", "Results"), rows)
    counted = tuple(
        (line.number, Code(line.text), _printed(line), line.counted, signed(line.difference))
        for line in history.lines
    )
    on = f"PubMed, {day_of(history.counted_on)}"
    return Table("", ("Line", "As published", "Results", on, "Difference"), counted)


def _printed(line: HistoryLine) -> Cell:
    """A count that is damaged in print stands as it was printed."""
    return line.published if line.published is not None else line.published_raw


def _as_sent(one: DatabaseSearched) -> Iterator[Block]:
    """The newest query that each source was sent for a strategy."""
    newest: dict[str, SearchMade] = {}
    for search in one.history.searches:
        if search.source != IMPORTED:
            before = newest.setdefault(search.source, search)
            if search.run == before.run and search.since and not before.since:
                newest[search.source] = search
    for source in sorted(newest, key=rank):
        search = newest[source]
        asked = f"As sent to {_ASKED_ON.get(source, source)} on {day_of(search.searched_on)}"
        if len(search.query) <= LONGEST_QUERY:
            yield Verbatim(asked, search.query)
            continue
        yield Paragraph(
            f"{asked}: {len(search.query):,} characters, too long for an appendix. The page of "
            f"run {search.run} holds it whole (surveil report history --run {search.run})."
        )


def _criteria(report: SearchReport) -> Iterator[Block]:
    yield Heading("Inclusion criteria")
    yield Paragraph(
        "Reports are held against these criteria in this order; the first that one fails is the "
        f"reason proposed. Source: {report.criteria_source or 'not recorded'}."
    )
    yield Table("", ("Criterion", "Reason for exclusion"), report.criteria)


def _checklists(items: tuple[Item, ...], living: tuple[Item, ...]) -> Iterator[Block]:
    yield Heading("Checklists")
    for name, some, source in (
        ("PRISMA-S", items, _PRISMA_S),
        ("PRISMA-LSR, items on search and surveillance", living, _PRISMA_LSR),
    ):
        rows = tuple((one.number, one.name, one.section, " ".join(one.answer)) for one in some)
        yield Table(name, ("No.", "Item", "Section", "Answer"), rows)
        yield Paragraph(source)
