"""The pages of a search history: a topic's, and one run's."""

from __future__ import annotations

from collections.abc import Iterator

from surveillance.alerts.wording import shortened
from surveillance.documents.history import (
    About,
    HistoryLine,
    KnownItemCheck,
    OtherSearches,
    RunHistory,
    SearchMade,
    StrategyHistory,
    TopicHistory,
)
from surveillance.documents.page import (
    NOT_RECORDED,
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
from surveillance.signals.wording import counted

#: Characters of a hash that people compare.
SHORT = 10
_ROUTES = {"pubmed": "PubMed, asked by this program", "file": "a file that somebody exports"}
_SOURCES = {
    "pubmed": "on PubMed",
    "import": "exported and brought",
    "europepmc": "on Europe PMC",
    "clinicaltrials": "on ClinicalTrials.gov",
}
_SEARCHED = (
    "run",
    "date",
    "window",
    "dates asked",
    "counted",
    "named",
    "new",
    "warnings",
    "seconds",
)
_IMPORTED = ("run", "searched on", "file", "announced", "in the file", "kept", "new", "warnings")
_DATES = {"crdt": "created", "edat": "entered", "mhda": "indexed", "lr": "revised"}


def history_page(history: TopicHistory) -> Page:
    """A topic's search history: each strategy beside its published counts, then its searches."""
    blocks: list[Block] = [
        _about(history.about, history),
        Paragraph(
            "Each line stands as it was published, with the count that was printed beside it and, "
            "where PubMed is asked for it, PubMed's own count. PubMed is not the database that "
            "was searched when the strategy was published, and its query is wider than the "
            "strategy where PubMed cannot say the same: records are held against the exact "
            "strategy afterwards. A run that asks for a window of dates also asks for everything "
            "from the beginning, so that what no date shows is found, too."
        ),
    ]
    for strategy in history.strategies:
        blocks += _strategy(strategy)
    for other in history.others:
        blocks += _other(other)
    return Page(f"Search history: {history.about.title}", history.about.banner, tuple(blocks))


def run_page(run: RunHistory) -> Page:
    """Everything that is kept of one run."""
    blocks: list[Block] = [
        _of_run(run),
        Heading("Stages"),
        *_stages(run),
        Heading("Searches"),
        *_searches(run),
        Heading("Known items"),
        *_known_items(run.known_items),
        Heading("What it was computed from"),
        Table("", ("rules", "version"), run.rules),
        Table("", ("input", "SHA-256"), tuple((name, Code(sha)) for name, sha in run.inputs)),
    ]
    title = f"Run {run.run} of {run.clock.date()}: {run.about.title}"
    return Page(title, run.about.banner, tuple(blocks))


def _about(about: About, history: TopicHistory) -> Facts:
    state = f"run {history.last_run}, {history.as_of}" if history.last_run else "no run finished"
    return Facts(
        (
            ("Guidance", f"{about.guidance} ({about.body})"),
            ("Published search", about.published_search),
            ("State after", state),
            ("Written by", about.program),
        )
    )


def _strategy(strategy: StrategyHistory) -> Iterator[Block]:
    yield Heading(f"{strategy.database}: {strategy.name}")
    yield Facts(
        (
            ("Database, dialect", f"{strategy.database}, {strategy.dialect}"),
            ("Reached by", _ROUTES.get(strategy.route, strategy.route)),
            ("Version", Code(strategy.version[:SHORT])),
            ("Signed off", "; ".join(strategy.signed) or "no"),
            ("Published", f"searched on {strategy.published_on}, {_published(strategy)}"),
        )
    )
    yield _lines(strategy)
    yield from _remarks_on_lines(strategy)
    if not strategy.searches:
        yield Paragraph("Not searched yet.")
    for source in dict.fromkeys(one.source for one in strategy.searches):
        there = tuple(one for one in strategy.searches if one.source == source)
        where = _SOURCES.get(source, source)
        yield _search_table(there, f"Searches of {strategy.name}, {where}, newest first")
        yield from _warnings(there)


def _published(strategy: StrategyHistory) -> str:
    if strategy.published_count is None:
        return "number of results not given"
    return counted(strategy.published_count, "result")


def _other(other: OtherSearches) -> Iterator[Block]:
    yield Heading(f"{other.database}: other searches")
    rows = tuple((one.strategy, *_search_row(one)) for one in other.searches)
    yield Table("Newest first", ("searched for", *_SEARCHED), rows)
    yield from _warnings(other.searches)


def _lines(strategy: StrategyHistory) -> Table:
    headers: tuple[str, ...] = ("line", "as published", "published")
    rows: list[tuple[Cell, ...]] = [
        (line.number, Code(line.text), _printed(line)) for line in strategy.lines
    ]
    if strategy.counted_on:
        headers += (f"PubMed, {strategy.counted_on}", "difference")
        rows = [
            (*row, line.counted, signed(line.difference))
            for row, line in zip(rows, strategy.lines, strict=True)
        ]
        return Table("Lines beside their published counts", headers, tuple(rows))
    unasked = (
        "this version's lines were not counted on PubMed yet"
        if strategy.route == "pubmed"
        else "no source counts them for us"
    )
    return Table(f"Lines and their published counts ({unasked})", headers, tuple(rows))


def _printed(line: HistoryLine) -> Cell:
    """A count that is damaged in print stands as it was printed."""
    return line.published if line.published is not None else line.published_raw


def _remarks_on_lines(strategy: StrategyHistory) -> Iterator[Listing]:
    said = tuple(f"line {line.number}: {text}" for line in strategy.lines for text in line.remarks)
    if said:
        yield Listing(said)


def _search_table(searches: tuple[SearchMade, ...], caption: str) -> Table:
    if all(one.imported for one in searches):
        return Table(caption, _IMPORTED, tuple(_import_row(one) for one in searches))
    return Table(caption, _SEARCHED, tuple(_search_row(one) for one in searches))


def _import_row(one: SearchMade) -> tuple[Cell, ...]:
    file = one.query.partition(" (sha256 ")[0]
    found = (one.counted, one.received, one.kept, one.new, len(one.warnings))
    return (one.run, one.searched_on, shortened(file, 60), *found)


def _search_row(one: SearchMade) -> tuple[Cell, ...]:
    found = (one.counted, one.received, one.new, len(one.warnings))
    return (one.run, one.searched_on, one.window, _dates(one), *found, one.seconds)


def _dates(one: SearchMade) -> str:
    return ", ".join(_DATES.get(name, name) for name in one.dates)


def _warnings(searches: tuple[SearchMade, ...]) -> Iterator[Listing]:
    said = tuple(
        f"run {one.run or '–'}, {one.searched_on}: {text}"
        for one in searches
        for text in one.warnings
    )
    if said:
        yield Listing(said)


def _of_run(run: RunHistory) -> Facts:
    asked = "everything from the beginning" if run.full else run.since or "the last success"
    return Facts(
        (
            ("Kind, state", f"{run.kind}, {run.state}"),
            ("Clock", f"{run.clock:%Y-%m-%d %H:%M} UTC"),
            ("Windows begin at", asked),
            ("Started", f"{run.started_at:%Y-%m-%d %H:%M:%S} UTC"),
            ("Finished", f"{run.finished_at:%Y-%m-%d %H:%M:%S} UTC" if run.finished_at else None),
            ("Program of the run", run.program_then or NOT_RECORDED),
            ("This page written by", run.about.program),
        )
    )


def _stages(run: RunHistory) -> Iterator[Block]:
    if not run.stages:
        yield Paragraph("No stage was finished.")
        return
    rows = tuple(
        (one.name, ", ".join(f"{name} {number:,}" for name, number in one.numbers), one.seconds)
        for one in run.stages
    )
    yield Table("", ("stage", "numbers", "seconds"), rows)


def _searches(run: RunHistory) -> Iterator[Block]:
    if not run.searches:
        yield Paragraph("Nothing was searched.")
    for one in run.searches:
        yield Heading(f"{one.strategy} on {one.database}, {one.window}", 3)
        yield Facts(
            (
                ("Source", one.source),
                ("Dates asked", _dates(one)),
                ("Counted, named, kept, new", _found(one)),
                ("Covers what went before", "yes" if one.covers else "no"),
                ("Seconds", one.seconds),
                ("Strategy's hash", Code(one.version[:SHORT])),
            )
        )
        yield Verbatim("Query as sent", one.query)
        if not one.imported:
            yield Verbatim("Translation as echoed", one.translation or "none")
        yield Listing(one.warnings or ("no warnings",))
        if one.line_counts:
            yield _line_counts(one)


def _found(one: SearchMade) -> str:
    return f"{one.counted:,}, {one.received:,}, {one.kept:,}, {one.new:,}"


def _line_counts(one: SearchMade) -> Table:
    rows = tuple(
        (line.line, Code(line.query), line.count, "; ".join(line.warnings))
        for line in one.line_counts
    )
    return Table("Lines, each asked as its own query", ("line", "query", "count", "warnings"), rows)


def _known_items(checks: tuple[KnownItemCheck, ...]) -> Iterator[Block]:
    if not checks:
        yield Paragraph(f"Which lines find each known item: {NOT_RECORDED} in this run.")
        return
    rows = tuple(
        (check.key, shortened(check.citation, 90), check.verdict, _finding_lines(check))
        for check in checks
    )
    yield Table("", ("known item", "citation", "verdict", "found by lines"), rows)


def _finding_lines(check: KnownItemCheck) -> str:
    return "; ".join(
        f"{strategy}: {', '.join(map(str, numbers)) or 'none'}" for strategy, numbers in check.lines
    )
