"""A topic's PRISMA flow counted from the store: every record and every report in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import history as history_rows
from db import records as record_rows
from db import reports as report_rows
from db import samples as sample_rows
from db import screening as screening_rows
from db import studies as study_rows
from db.models import SearchRow
from db.records import StoredRecord
from db.screening import Standing, StoredDecision
from surveillance.documents.flow import Counted, FullTexts, Removed, Screened, Stream
from surveillance.pipeline.importing import OUR_EXPORT, left_out_of
from surveillance.pipeline.in_play import (
    CITATION,
    CITATIONS,
    FOLLOWED,
    IMPORTED,
    newest_verdicts,
    records_in_play,
)
from surveillance.pipeline.registries import refused_registrations
from surveillance.pipeline.reviewing import standings_of
from surveillance.screening.rules import Verdict as Decision
from surveillance.sources.files import source_of
from surveillance.studies.registrations import CLINICALTRIALS
from surveillance.topics import Topic

WAYS = {FOLLOWED: "Known items and reports followed by number", CITATION: "Citation searching"}
WATCHED = "Trials on the watch list"
REGISTRATIONS = "Registrations, watched as such"
#: The databases that a record's source names for itself; what a topic's exports are named by is
#: told by their strategies, and a source that the topic does not know by its search.
_DATABASES = {"pubmed": "PubMed", "europepmc": "Europe PMC"}


@dataclass(frozen=True, slots=True)
class _Held:
    """What the store holds of a topic: for each record how it came, and where it stands.

    `ways` names the other method by which a record came that no search of a database returned.
    A record in play that was not compared with others yet stands for a report of its own, by the
    negative of its number.
    """

    records: Mapping[int, StoredRecord]
    databases: Mapping[int, str]
    ways: Mapping[int, str]
    in_play: frozenset[int]
    judged: frozenset[int]
    report_of: Mapping[int, int]
    known: frozenset[int]
    abstracts: Mapping[int, Standing]
    full_texts: Mapping[int, StoredDecision]
    drawn: frozenset[int]


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """Entries of exports that are no records here: left out by database and reason, or repeated."""

    reasons: Counter[tuple[str, str]]
    repeated: Counter[str]


@dataclass(frozen=True, slots=True)
class _Trials:
    """Registrations on the watch list, those found beside it, and how many of these match none.

    What was found is counted by the registry that it was read in.
    """

    watched: int
    found: Counter[str]
    no_match: int


def counted_streams(session: Session, topic: Topic) -> tuple[Stream, Stream]:
    """What searches of databases and registers brought, and what came by other methods."""
    searches = history_rows.searches(session, topic.slug)
    held = _hold(session, topic, searches)
    trials = _trials(session, topic)
    reached = _reports(held, held.databases)
    return (
        _by_search(held, _left_out(session, topic, searches), trials),
        _by_other_methods(held, reached, trials),
    )


def _trials(session: Session, topic: Topic) -> _Trials:
    """The registrations of a topic; one that only a strategy brought may match none exactly."""
    stored = study_rows.registrations_of(session, topic.slug)
    refused = refused_registrations(session, topic, stored)
    found = Counter(one.newest.registry for one in stored if one.route != study_rows.WATCHED)
    watched = len(stored) - found.total()
    return _Trials(watched=watched, found=found, no_match=len(refused))


def _hold(session: Session, topic: Topic, searches: list[SearchRow]) -> _Held:
    stored = {one.id: one for one in record_rows.records_of(session, topic.slug)}
    databases = _databases(session, topic, searches, stored)
    in_play = frozenset(one.id for one in records_in_play(session, topic))
    return _Held(
        records=stored,
        databases=databases,
        ways={
            number: WAYS.get(one.route, f"By the route “{one.route}”")
            for number, one in stored.items()
            if number not in databases
        },
        in_play=in_play,
        judged=frozenset(newest_verdicts(session, topic)),
        report_of={
            number: report.id
            for report in report_rows.reports_of(session, topic.slug)
            for number in report.record_ids
        },
        known=frozenset(report_rows.known_items_of(session, topic.slug)),
        abstracts=standings_of(session, topic),
        full_texts=_by_people(standings_of(session, topic, screening_rows.FULL_TEXT)),
        drawn=sample_rows.drawn_reports(session, topic.slug),
    )


def _by_people(standings: Mapping[int, Standing]) -> dict[int, StoredDecision]:
    return {report: one.person for report, one in standings.items() if one.person}


def _databases(
    session: Session, topic: Topic, searches: list[SearchRow], stored: Mapping[int, StoredRecord]
) -> dict[int, str]:
    """The database that each record is counted for: where a search of it returned the record."""
    by_number = {search.id: search for search in searches}
    files = [one for one in topic.strategies if one.route == "file"]
    names = {source_of(one.database): one.database for one in files} | _DATABASES
    found: dict[int, str] = {}
    for number, ids in history_rows.searches_by_record(session, topic.slug).items():
        asked = [by_number[one] for one in ids if not by_number[one].strategy.startswith(CITATIONS)]
        if asked and number in stored:
            source = stored[number].record.source
            found[number] = names.get(source, asked[0].database)
    return found


def _by_search(held: _Held, left_out: _LeftOut, trials: _Trials) -> Stream:
    databases = Counter(held.databases.values())
    for (database, _), number in left_out.reasons.items():
        databases[database] += number
    databases.update(left_out.repeated)
    reports = _reports(held, held.databases)
    reasons = [Counted(f"{where}: {what}", n) for (where, what), n in left_out.reasons.items()]
    return Stream(
        databases=_counts(databases),
        registers=tuple(_registers(trials)),
        removed=_removed(
            held,
            held.databases,
            reports,
            repeated=left_out.repeated.total(),
            no_match=trials.no_match,
            reasons=(*reasons, Counted(REGISTRATIONS, trials.found.total() - trials.no_match)),
        ),
        drawn=sum(_by_rule(held, report) for report in reports & held.drawn),
        screened=_screened(held, reports),
        full_texts=_full_texts(held, reports),
    )


def _registers(trials: _Trials) -> Iterator[Counted]:
    yield Counted(f"{CLINICALTRIALS}, not watched", trials.found[CLINICALTRIALS])
    for registry in sorted(set(trials.found) - {CLINICALTRIALS}):
        yield Counted(registry, trials.found[registry])


def _by_other_methods(held: _Held, reached: frozenset[int], trials: _Trials) -> Stream:
    ways = Counter(dict.fromkeys(WAYS.values(), 0))
    ways.update(held.ways.values())
    reports = _reports(held, held.ways) - reached
    elsewhere = sum(1 for n in held.ways if n in held.in_play and _report(held, n) in reached)
    return Stream(
        others=(*_counts(ways), Counted(WATCHED, trials.watched)),
        removed=_removed(
            held,
            held.ways,
            reports,
            elsewhere=elsewhere,
            reasons=(Counted(REGISTRATIONS, trials.watched),),
        ),
        drawn=sum(_by_rule(held, report) for report in reports & held.drawn),
        screened=_screened(held, reports),
        full_texts=_full_texts(held, reports),
    )


def _left_out(session: Session, topic: Topic, searches: list[SearchRow]) -> _LeftOut:
    """The same file brought again counts once: a search of it is named by the file's hash.

    An export of this program is no search of a database, and nothing is left out of it.
    """
    kept = history_rows.kept_by_search(session, topic.slug)
    brought = (one for one in searches if one.source == IMPORTED and one.strategy != OUR_EXPORT)
    files = {(one.strategy, one.query): one for one in brought}
    left_out = _LeftOut(Counter(), Counter())
    for search in files.values():
        reasons = left_out_of(search.warnings)
        for reason, number in reasons.items():
            left_out.reasons[search.database, reason] += number
        twice = max(0, search.received - kept[search.id] - sum(reasons.values()))
        left_out.repeated[search.database] += twice
    return left_out


def _report(held: _Held, record_id: int) -> int:
    return held.report_of.get(record_id, -record_id)


def _reports(held: _Held, records: Iterable[int]) -> frozenset[int]:
    return frozenset(_report(held, number) for number in records if number in held.in_play)


def _removed(
    held: _Held,
    records: Mapping[int, str],
    reports: frozenset[int],
    *,
    repeated: int = 0,
    elsewhere: int = 0,
    no_match: int = 0,
    reasons: tuple[Counted, ...] = (),
) -> Removed:
    in_play = [number for number in records if number in held.in_play]
    out = [number for number in records if number not in held.in_play]
    judged = sum(number in held.judged for number in out)
    return Removed(
        duplicates=repeated + len(in_play) - elsewhere - len(reports),
        no_match=no_match + judged,
        unjudged=len(out) - judged,
        excluded_by_rule=sum(_by_rule(held, report) for report in reports),
        elsewhere=elsewhere,
        other_reasons=tuple(reason for reason in reasons if reason.number),
    )


def _by_rule(held: _Held, report: int) -> bool:
    """Whether only a rule excludes it, and no person has spoken."""
    standing = held.abstracts.get(report, Standing())
    # What was assessed on its full text has passed this stage, whatever a rule proposes.
    if standing.words or report in held.full_texts:
        return False
    return standing.rule is not None and standing.rule.verdict is Decision.EXCLUDE


def _screened(held: _Held, reports: frozenset[int]) -> Screened:
    left = [report for report in reports if not _by_rule(held, report)]
    counts = Counter(_standing(held, report) for report in left)
    known = _known_reports(held)
    return Screened(
        excluded=counts["exclude"],
        included=counts["include"],
        unsure=counts["unsure"],
        waiting=counts["waiting"],
        previous=sum(_standing(held, one) == "include" for one in left if one in known),
    )


def _standing(held: _Held, report: int) -> str:
    standing = held.abstracts.get(report, Standing())
    if standing.person is not None:
        return standing.person.verdict
    return "include" if report in held.full_texts else "waiting"


def _full_texts(held: _Held, reports: frozenset[int]) -> FullTexts | None:
    # Reports that were merged may bring both: what is excluded on its abstract is not assessed.
    passed = (one for one in reports if _standing(held, one) != Decision.EXCLUDE)
    decided = {one: held.full_texts[one] for one in passed if one in held.full_texts}
    if not decided:
        return None
    known = _known_reports(held)
    verdicts = Counter((made.verdict, one in known) for one, made in decided.items())
    reasons = Counter(
        made.reason or made.criterion or "no reason given"
        for made in decided.values()
        if made.verdict is Decision.EXCLUDE
    )
    return FullTexts(
        excluded=_counts(reasons),
        unsure=verdicts[Decision.UNSURE, False] + verdicts[Decision.UNSURE, True],
        included=verdicts[Decision.INCLUDE, False],
        previous=verdicts[Decision.INCLUDE, True],
    )


def _known_reports(held: _Held) -> frozenset[int]:
    return frozenset(held.report_of[number] for number in held.known if number in held.report_of)


def _counts(counter: Mapping[str, int]) -> tuple[Counted, ...]:
    """Largest first, equal ones by name."""
    ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Counted(words, number) for words, number in ordered)
