"""The sixteen items of PRISMA-S, and those of PRISMA-LSR on search and surveillance, answered.

Items: Rethlefsen ML, Kirtley S, Waffenschmidt S, et al. PRISMA-S, Systematic Reviews 2021;10:39.
Living reviews: Akl EA, Khabsa J, Iannizzi C, et al. PRISMA-LSR, BMJ 2024;387:e079183, of which
item L1 and the elements on the version, the living mode and changes since the version before are
taken; the rest of that checklist is about appraisal and synthesis. The numbers of those items that
have none here were not seen.

An answer is sentences. What neither the store nor the topic's folder says begins with the words
“Not recorded:” and names the key of topic.toml that would say it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from surveillance.documents.days import day_of, rhythm_of
from surveillance.documents.restrictions import Restriction
from surveillance.documents.search_report import (
    CITATIONS,
    EUROPE_PMC,
    DatabaseSearched,
    SearchReport,
    series_of,
)

NOT_RECORDED = "Not recorded: "
#: The sections of the report that items refer to.
DESIGN, MANAGEMENT, LIMITS, MAIN, OTHER, UPDATES, TOTAL, STRATEGIES, FLOW = (
    "Search strategy design and peer review",
    "Review management",
    "Limits, restrictions and search filters",
    "Main search",
    "Registries and other sources",
    "Updates and living mode",
    "Total records and deduplication",
    "Search strategies",
    "PRISMA 2020 flow diagram",
)

Answer = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One item: number (empty: not known) and name, the section that answers it, the answer."""

    number: str
    name: str
    section: str
    answer: Answer

    @property
    def recorded(self) -> bool:
        """Whether all that the item asks for is known."""
        return not any(NOT_RECORDED in sentence for sentence in self.answer)


def prisma_s(report: SearchReport) -> tuple[Item, ...]:
    """The sixteen items, in order."""
    return tuple(
        Item(str(number), name, section, answer(report))
        for number, (name, section, answer) in enumerate(_ITEMS, 1)
    )


def prisma_lsr(report: SearchReport) -> tuple[Item, ...]:
    """What a living review says of its search and surveillance."""
    return tuple(
        Item(number, name, where, answer(report)) for number, name, where, answer in _LIVING
    )


def said(text: str, what: str, key: str) -> str:
    """What people said, or that it is not recorded and where they could say it."""
    return text or f"{NOT_RECORDED}{what} (topic.toml, methods.{key})."


def database_names(report: SearchReport) -> Answer:
    """Item 1: each database with its platform, and what the program itself asks."""
    named = (f"{one.name}: {platform_of(one)}" for one in report.databases)
    published = f"Published search: {'; '.join(named)}."
    asked = dict.fromkeys(_ASKED[one.source] for one in report.searches if one.source in _ASKED)
    if not asked:
        return (published, "No source was asked by the surveillance yet.")
    return (published, f"Surveillance: {', '.join(asked)}, each on its own platform.")


#: What the program asks itself, by the source of a search.
_ASKED = {
    "pubmed": "PubMed (E-utilities)",
    "clinicaltrials": "ClinicalTrials.gov (API v2)",
    "europepmc": "Europe PMC (REST API)",
}


def platform_of(one: DatabaseSearched) -> str:
    """The platform, or that the topic does not name it."""
    return one.platform or f"{NOT_RECORDED}the platform (topic.toml, strategies.platform)"


def multi_database(report: SearchReport) -> Answer:
    """Item 2: databases that were searched together."""
    together = [group for group in report.groups() if len(group) > 1]
    told = [
        f"{_and(one.name for one in group)} were searched together on "
        f"{platform_of(group[0])}, with one strategy."
        for group in together
    ]
    alone = Counter(len(group) for group in report.groups())[1]
    if not told:
        return ("No databases were searched together: each was searched by itself.",)
    return (*told, "Each of the others was searched by itself.") if alone else tuple(told)


def registries(report: SearchReport) -> Answer:
    """Item 3: registries by query, by strategy, by number, by export."""
    asked = report.registries
    told = []
    if asked.query:
        told.append("ClinicalTrials.gov is searched with a query in its own language.")
    if asked.strategies:
        told.append(
            f"ClinicalTrials.gov is asked with the strategy “{_and(asked.strategies)}”, too."
        )
    if asked.watched:
        told.append(f"{len(asked.watched)} registered trials are looked up by their numbers.")
    told += [f"Exports of {registry} are brought in by a person." for registry in asked.exports]
    return tuple(told) or ("No study registry is searched.",)


def online_resources(report: SearchReport) -> Answer:
    """Item 4."""
    what = (
        "websites, tables of contents or print sources that were browsed; the program browses none"
    )
    return (said(report.methods.online_resources, what, "online_resources"),)


def citation_searching(report: SearchReport) -> Answer:
    """Item 5: who cites the known items, by the program; reference lists, by people."""
    made = [
        one for one in series_of(report)
        if one.source == EUROPE_PMC and one.what == CITATIONS
    ]  # fmt: skip
    if made:
        forward = (
            "Reports that cite the known items are looked for on Europe PMC in every run, first "
            f"on {day_of(made[0].first)}, last on {day_of(made[0].last.searched_on)}."
        )
    elif report.citations:
        forward = (
            "Reports that cite the known items are to be looked for on Europe PMC; not done yet."
        )
    else:
        forward = "Reports that cite the known items are not looked for."
    what = "whether the reference lists of included reports were read"
    return (forward, said(report.methods.citation_searching, what, "citation_searching"))


def contacts(report: SearchReport) -> Answer:
    """Item 6."""
    what = "whether authors, experts or manufacturers were asked"
    return (said(report.methods.contacts, what, "contacts"),)


def other_methods(report: SearchReport) -> Answer:
    """Item 7: what the flow counts under other methods, and what people did beside."""
    counted = "; ".join(
        f"{one.words} {one.number:,}" for one in report.flow.by_other_methods.others
    )
    what = "any method beside these"
    return (
        f"The program's own: {counted}.",
        said(report.methods.other_methods, what, "other_methods"),
    )


def full_strategies(report: SearchReport) -> Answer:
    """Item 8."""
    lines = sum(len(group[0].history.lines) for group in report.groups())
    groups = len(tuple(report.groups()))
    return (
        f"{groups} strategies with {lines} lines, each as published, with the count printed "
        "beside it; below each, the query as it was sent.",
    )


def limits(report: SearchReport) -> Answer:
    """Item 9: what people say, and what the strategies themselves hold their results to."""
    left_out = [
        f"Left out of what was brought in: {one.words}, {one.number:,}."
        for one in report.flow.by_search.removed.other_reasons
        if ": " in one.words
    ]
    return (
        said(report.methods.limits, "why limits were set, or that none were", "limits"),
        *restriction_sentences(report),
        *left_out,
    )


def restriction_sentences(report: SearchReport) -> Answer:
    """What each strategy holds its own result to, read from its lines."""
    told = [
        f"{_and(one.name for one in group)}, {_restriction(restriction)}"
        for group in report.groups()
        for restriction in group[0].restrictions
    ]
    free = [one.name for group in report.groups() if not group[0].restrictions for one in group]
    if free:
        told.append(f"{_and(free)}: no line limits the whole result or leaves anything out of it.")
    return tuple(told)


def _restriction(one: Restriction) -> str:
    if one.left_out:
        number, text = one.left_out
        return f"line {one.line} leaves out what line {number} finds: {text}"
    return f"line {one.line}: {one.text}"


def filters(report: SearchReport) -> Answer:
    """Item 10."""
    what = "whether published search filters were used"
    return (said(report.methods.filters, what, "filters"),)


def prior_work(report: SearchReport) -> Answer:
    """Item 11: the surveillance reruns the guidance's own strategies."""
    about = report.history.about
    what = "whether the published strategies were adapted from other reviews"
    return (
        f"The surveillance reruns the strategies of {about.guidance} ({about.body}).",
        said(report.methods.prior_work, what, "prior_work"),
    )


def updates(report: SearchReport) -> Answer:
    """Item 12: how the searches are kept up."""
    living = report.living
    if not living.runs:
        return (f"To be rerun {rhythm_of(living.cron, living.timezone)}; no run has finished yet.",)
    assert living.first_run and living.last_run  # noqa: S101 - a run that finished has its day
    told = (
        f"The strategies are rerun {rhythm_of(living.cron, living.timezone)}: {living.runs} runs "
        f"so far, the first on {day_of(living.first_run)}, the last on {day_of(living.last_run)}. "
        "Each asks for records that were created, indexed or revised since the last run that "
        "succeeded, and once more for everything from the beginning."
    )
    alerts = "; ".join(f"{one.words}: {one.number}" for one in living.recipients)
    return (told, f"Recipients of alerts: {alerts}." if alerts else "Nobody is alerted.")


def dates(report: SearchReport) -> Answer:
    """Item 13: published searches, then the newest of each source."""
    published = sorted({one.history.published_on for one in report.databases})
    told = [f"Published searches: {_and(map(day_of, published))}."]
    newest = [
        f"{one.what} on {_SOURCES.get(one.source, one.last.database)}, "
        f"{day_of(one.last.searched_on)}"
        for one in series_of(report)
    ]
    return (*told, f"Last searches: {'; '.join(newest)}." if newest else "No other search yet.")


_SOURCES = {"pubmed": "PubMed", "clinicaltrials": "ClinicalTrials.gov", "europepmc": "Europe PMC"}


def peer_review(report: SearchReport) -> Answer:
    """Item 14: of the published strategies as people say it; sign-off of what runs now."""
    signed = [one for one in report.history.strategies if one.signed]
    unsigned = [one.database for one in report.history.strategies if not one.signed]
    told = [
        f"The strategy for {one.database} as it runs now was signed off: {'; '.join(one.signed)}."
        for one in signed
    ]
    if unsigned:
        told.append(f"{NOT_RECORDED}a sign-off of what runs now for {_and(unsigned)}.")
    what = "whether the published strategies were peer reviewed"
    return (said(report.methods.peer_review, what, "peer_review"), *told)


def total_records(report: SearchReport) -> Answer:
    """Item 15: the same numbers as in the flow."""
    search, other = report.flow.by_search, report.flow.by_other_methods
    databases = sum(one.number for one in search.databases)
    registers = sum(one.number for one in search.registers)
    return (
        f"{report.identified:,} records: {databases:,} from databases, {registers:,} from "
        f"registers, {other.identified:,} by other methods.",
    )


def deduplication(report: SearchReport) -> Answer:
    """Item 16: the two steps, the rules' version, and their numbers."""
    made = report.deduplication
    removed = (
        report.flow.by_search.removed.duplicates + report.flow.by_other_methods.removed.duplicates
    )
    return (
        f"In two steps, by {report.history.about.program} (rules {made.rules}): rules merge what "
        "is certainly the same publication; a person decides on pairs that remain doubtful. "
        f"{removed:,} duplicate records were removed. Pairs merged by rule: {made.same_by_rule:,}; "
        f"pairs on which a person's word stands: {made.by_people:,}; "
        f"pairs that wait for a person: {made.doubtful:,}.",
    )


def living_mode(report: SearchReport) -> Answer:
    """L1: the planned schedule of the search for each source, of screening, and its end."""
    living = report.living
    asked = f"Sources asked by the program: {rhythm_of(living.cron, living.timezone)}."
    exported = [one for one in report.databases if one.history.route == "file"]
    brought = [
        f"{one.name}: exported by a person every {one.every_weeks} weeks."
        for one in exported
        if one.every_weeks
    ]
    if open_ := [one.name for one in exported if not one.every_weeks]:
        when = "in which rhythm a person exports them (topic.toml, strategies.every_weeks)"
        brought.append(f"{NOT_RECORDED}{when}: {_and(open_)}.")
    readers = "two people" if report.reviewers > 1 else "one person"
    screening = (
        f"Screening by {readers}, whenever a run brings reports; no rule excludes by itself."
    )
    end = said(report.methods.retirement, "when the surveillance ends", "retirement")
    return (asked, *brought, screening, end)


def living_reason(report: SearchReport) -> Answer:
    """Why the review is kept up at all."""
    return (said(report.methods.living_mode, "why the review is kept up", "living_mode"),)


def version(report: SearchReport) -> Answer:
    """Which state this is, and what the guidance made of it last."""
    history, living = report.history, report.living
    state = (
        f"State after run {history.last_run}, {day_of(history.as_of)}."
        if history.last_run and history.as_of
        else "No run has finished yet."
    )
    if not living.decided_on:
        return (state, f"{NOT_RECORDED}a decision on the guidance (surveil guidance decide).")
    return (state, f"Last decision: {living.decision}, {day_of(living.decided_on)}.")


def changed_methods(report: SearchReport) -> Answer:
    """Changes to the methods since the published search."""
    number = report.living.strategies_changed
    told = (
        f"Changes of strategies that runs met: {number}." if number else "No strategy has changed."
    )
    return (told, "“surveil report changes” lists them with what each found anew and lost.")


def changed_results(report: SearchReport) -> Answer:
    """Changes to the results: what the flow has new."""
    new = report.flow.new_reports
    if new is None:
        return (f"{NOT_RECORDED}new reports included, as no full text was decided on.",)
    return (
        f"New reports included: {new:,}; with the guidance's own {report.flow.total_reports:,}.",
    )


def _and(names: Iterable[str]) -> str:
    listed = list(names)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} and {listed[-1]}"


_ITEMS: tuple[tuple[str, str, Callable[[SearchReport], Answer]], ...] = (
    ("Database name", MAIN, database_names),
    ("Multi-database searching", MAIN, multi_database),
    ("Study registries", OTHER, registries),
    ("Online resources and browsing", OTHER, online_resources),
    ("Citation searching", OTHER, citation_searching),
    ("Contacts", OTHER, contacts),
    ("Other methods", OTHER, other_methods),
    ("Full search strategies", STRATEGIES, full_strategies),
    ("Limits and restrictions", LIMITS, limits),
    ("Search filters", LIMITS, filters),
    ("Prior work", DESIGN, prior_work),
    ("Updates", UPDATES, updates),
    ("Dates of searches", MAIN, dates),
    ("Peer review", DESIGN, peer_review),
    ("Total records", TOTAL, total_records),
    ("Deduplication", TOTAL, deduplication),
)
_LIVING: tuple[tuple[str, str, str, Callable[[SearchReport], Answer]], ...] = (
    ("L1", "Living mode parameters", UPDATES, living_mode),
    ("3", "Rationale for the living mode", UPDATES, living_reason),
    ("1", "Version, and what was decided on it", UPDATES, version),
    ("", "Changes to the methods", UPDATES, changed_methods),
    ("", "Changes to the results", FLOW, changed_results),
)
