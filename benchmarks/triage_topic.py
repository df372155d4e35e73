"""A topic as large as one gets: reports, decisions on pairs, links, signals, all made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from sqlalchemy.orm import Session

from benchmarks.triage_links import link
from db import records as record_rows
from db import reports as report_rows
from db import runs as run_rows
from db import signals as signal_rows
from db.models import ScreeningDecisionRow, SearchResultRow
from db.session import Store
from surveillance.accounts import Role
from surveillance.cli.topics import EXAMPLE, make_workspace
from surveillance.dedup.decide import RULES_VERSION, PairDecision, Verdict
from surveillance.dedup.similarity import FieldEvidence
from surveillance.pipeline.accounts import add_user
from surveillance.records import Author, Captured, Payload, Record
from surveillance.runs import LineCount, Run, RunInputs, Search
from surveillance.signals.model import Evidence, Kind, Shown, Signal, signal_key
from surveillance.studies.weight import Weight
from surveillance.topics import Topic, read_topic
from surveillance.triggers import Trigger

PASSWORD = "nothing but a benchmark"
#: Two decisions on pairs for each report; of a hundred of them one waits, and three are merged.
PAIRS_OF_A_REPORT, _WAITING, _SAME = 2, 100, 33
SIGNALS, WEEKS = 3_000, 156
#: Of four people the one who judges signals.
_GUIDANCE = 2
_DAY = date(2025, 1, 31)
_PROSE = (
    "amputation limb nerve transfer pain phantom residual reinnervation muscle targeted outcome "
    "cohort trial patients score months surgery prosthesis neuroma function quality of life and "
    "with after before in the were was median reported compared group treatment"
)
_WORDS = _PROSE.split()
_STAGES = {
    "search": {"identified": 120, "new": 12},
    "deduplicate": {"records": 50_000, "duplicates": 1_500, "reports": 48_500},
    "screen": {"proposed": 9},
    "signal": {"new": 3},
}
_FIELDS = ("title", "authors", "year", "journal", "volume", "pages", "doi", "abstract")


def fill(folder: Path, reports: int, people: int) -> None:
    """A workspace whose example topic has so many reports, a third excluded by rule."""
    make_workspace(folder)
    store = Store(f"sqlite:///{folder / 'surveil.db'}")
    store.upgrade()
    topic = read_topic(folder / "search_strategies" / EXAMPLE)
    with store.transaction() as session:
        records = _records(session, reports)
        _search(session, topic, records)
        _compare(session, records)
        link(session, topic.slug, records, _DAY)
        made = [one.id for one in report_rows.reports_of(session, EXAMPLE)]
        record_rows.insert_rows(session, ScreeningDecisionRow, [_proposal(one) for one in made])
        questions = [one.id for one in topic.recommendations]
        signals = [_signal(number, questions) for number in range(SIGNALS)]
        signal_rows.save_signals(session, signal_rows.Raising(EXAMPLE, _DAY), signals)
    for number in range(people):
        role = Role.GUIDANCE if number % 4 == _GUIDANCE else Role.REVIEWER
        add_user(store, name_of(number), role, PASSWORD, by="the benchmark")
    store.close()


def _records(session: Session, number: int) -> Sequence[int]:
    chance = Random(1)
    made = (_captured(one, chance) for one in range(number))
    return record_rows.save_captured(session, made, topic=EXAMPLE, route="import", seen_on=_DAY).ids


def _search(session: Session, topic: Topic, records: Sequence[int]) -> None:
    """Years of weekly runs of each strategy; the first search of all brought all records."""
    inputs = RunInputs(topic.slug, (("topic.toml", "of the benchmark"),), ())
    for week in range(WEEKS):
        day = _DAY - timedelta(weeks=WEEKS - 1 - week)
        clock = datetime.combine(day, time(6), UTC)
        run = run_rows.begin(session, inputs, run_rows.SURVEILLANCE, clock, None)
        for place, described in enumerate(topic.strategies):
            number = _one_search(session, run, described.name, len(records))
            if week == place == 0:
                rows = [{"search_id": number, "record_id": one} for one in records]
                record_rows.insert_rows(session, SearchResultRow, rows)
        for stage, numbers in _STAGES.items():
            run_rows.finish_stage(session, run, stage, numbers)
        run_rows.finish(session, run)


def _one_search(session: Session, run: Run, strategy: str, found: int) -> int:
    counts = tuple(LineCount(line, f"line {line}[tiab]", 10 * line) for line in range(1, 31))
    query = " OR ".join(f"{word}[tiab]" for word in _WORDS * 10)
    search = Search(strategy, "pubmed", "PubMed", None, query, found, found, line_counts=counts)
    return run_rows.save_search(
        session,
        search,
        topic=run.topic,
        run=run,
        searched_on=run.today,
        strategy_hash="of the benchmark",
    )


def _compare(session: Session, records: Sequence[int]) -> None:
    pairs = list(_pairs(len(records), Random(1)))
    report_rows.save_decisions(
        session,
        EXAMPLE,
        [_decision(records[a], records[b], verdict) for a, b, verdict in pairs],
        made_by=report_rows.RULE,
        rule_version=RULES_VERSION,
        today=_DAY,
    )
    merged_with = {b: a for a, b, verdict in pairs if verdict is Verdict.SAME}
    clusters: dict[int, list[int]] = {}
    for number, record in enumerate(records):
        clusters.setdefault(merged_with.get(number, number), []).append(record)
    made = [tuple(one) for one in clusters.values()]
    report_rows.save_clusters(session, EXAMPLE, made, dict.fromkeys(records, _DAY))


def name_of(number: int) -> str:
    """What the page knows a reader by."""
    return f"Reader {number}"


def _pairs(reports: int, chance: Random) -> Iterator[tuple[int, int, Verdict]]:
    """Pairs of places in the list of reports; who is merged is so with the one before."""
    for number in range(1, reports):
        if number % _SAME == 0:
            yield number - 1, number, Verdict.SAME
    for number in range(reports * PAIRS_OF_A_REPORT):
        a = chance.randrange(reports - 10)
        verdict = Verdict.DIFFERENT if number % _WAITING else Verdict.DOUBTFUL
        yield a, a + 2 + number % 7, verdict


def _decision(a: int, b: int, verdict: Verdict) -> PairDecision:
    evidence = tuple(FieldEvidence(name, "as printed", "as printed", 1.0) for name in _FIELDS)
    return PairDecision(a, b, verdict, "made up", a % 97 / 97, evidence)


def _signal(number: int, questions: list[str]) -> Signal:
    subject = f"report {number}"
    return Signal(
        topic=EXAMPLE,
        kind=Kind.NEW_RANDOMISED_TRIAL,
        subject=subject,
        key=signal_key(Kind.NEW_RANDOMISED_TRIAL, subject),
        weight=(Weight.HIGH, Weight.MEDIUM, Weight.LOW)[number % 3],
        headline=f"A randomised trial, number {number}, on residual limb pain",
        sentence=" ".join(_WORDS),
        recommendations=(questions[number % len(questions)],),
        words=("neuroma",),
        evidence=(Evidence(Shown.PUBMED, str(30_000_000 + number), "randomised"),),
        triggers=(Trigger.RANDOMISED_TRIAL,),
    )


def _captured(number: int, chance: Random) -> Captured:
    title = " ".join(chance.choices(_WORDS, k=12)).capitalize()
    record = Record(
        source="embase",
        source_id=f"L{number}",
        title=f"{title} {number}",
        abstract=" ".join(chance.choices(_WORDS, k=220)).capitalize(),
        authors=(Author("Marsh", initials="E"), Author("Ito", "Fumiko", "F")),
        journal="A Journal of Stumps",
        year=2000 + number % 25,
        doi=f"10.5555/load.{number}",
    )
    return Captured(record, Payload(str(number).encode(), "text/plain"))


def _proposal(report: int) -> dict[str, object]:
    verdict = ("include", "unsure", "exclude")[report % 3]
    check = {"criterion": "population", "outcome": "met", "reason": "“amputation”", "evidence": []}
    return {
        "report_id": report,
        "stage": "abstract",
        "verdict": verdict,
        "criterion": "" if verdict == "include" else "population",
        "reason": "no stump",
        "design": "cohort study",
        "evidence": [],
        "checks": [check] * 8,
        "safety_event": "",
        "made_by": "rule",
        "rule_version": "benchmark",
        "criteria_hash": "",
        "content_hash": "",
        "decided_on": _DAY,
    }
