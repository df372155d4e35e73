"""ClinicalTrials.gov asked by the topic's query, by its strategies, and by its watch list."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from db import runs as run_rows
from db import studies as study_rows
from surveillance.pipeline.asking import hold_against_last_time
from surveillance.pipeline.strategies import ReadyStrategy, current_hashes, ready_strategies
from surveillance.pipeline.walk import Walk
from surveillance.runs import Search
from surveillance.sources.clinicaltrials import ClinicalTrials, TrialsAnswer
from surveillance.strategy.evaluate.reference import evaluate
from surveillance.strategy.evaluate.verdict import NotEvaluable, Verdict
from surveillance.strategy.strategy import Severity
from surveillance.strategy.translate import Target, Translation, translate
from surveillance.topics import Topic

SOURCE = "clinicaltrials"
DATABASE = "ClinicalTrials.gov"
BY_QUERY, BY_WATCH_LIST = "trials query", "watch list"


@dataclass(frozen=True, slots=True)
class TrialsQuestion:
    """What the registry is asked for one reason: queries, or numbers of a watch list.

    `held` says whether the count must hold against the last run's.
    """

    strategy: str
    route: str
    queries: tuple[str, ...]
    strategy_hash: str
    mesh_hash: str | None = None
    remarks: tuple[str, ...] = ()
    held: bool = True

    def ask(self, trials: ClinicalTrials) -> TrialsAnswer:
        """The registry's whole answer; raises `SourceFailed`."""
        if self.route == study_rows.WATCHED:
            return trials.studies(self.queries)
        return united([trials.search(query) for query in self.queries])


def ask_registry(walk: Walk) -> run_rows.Numbers:
    """Ask, then keep every study document in one transaction.

    Raises `SourceFailed` before anything is kept where the answer is not whole or not credible.
    """
    wanted = list(questions(walk.topic))
    answers = []
    for question in walk.progress.follow(wanted, "Asking the registry", len(wanted)):
        began = time.monotonic()
        answer = question.ask(walk.sources.trials)
        answers.append((question, answer, time.monotonic() - began))
    with walk.store.transaction() as session:
        for question, answer, _ in answers:
            _hold_against_last_time(session, walk, question, answer)
        numbers = _save(session, walk, answers)
        run_rows.save_exchanges(session, walk.run, walk.exchanges.taken())
        run_rows.finish_stage(session, walk.run, "registry", numbers)
    return numbers


def questions(topic: Topic) -> Iterator[TrialsQuestion]:
    """What the registry is asked for a topic: the watch list first, then the queries.

    The first route by which a trial came is the one that counts.
    """
    numbers = tuple(trial.number for trial in topic.watched_trials if trial.at_clinicaltrials)
    if numbers:
        digest = _hash("|".join(numbers))
        yield TrialsQuestion(BY_WATCH_LIST, study_rows.WATCHED, numbers, digest, held=False)
    if query := topic.trials.query.strip():
        yield TrialsQuestion(BY_QUERY, study_rows.SEARCHED, (query,), _hash(query))
    for ready in asked_strategies(topic):
        yield _translated(ready)


def asked_strategies(topic: Topic) -> list[ReadyStrategy]:
    """The strategies of the topic that the registry is asked with."""
    wanted = topic.trials.strategies
    return [ready for ready in ready_strategies(topic) if ready.name in wanted] if wanted else []


def united(answers: Sequence[TrialsAnswer]) -> TrialsAnswer:
    """The union of several searches, each study once; what was sent stands one on a line."""
    if len(answers) == 1:
        return answers[0]
    documents = {document.nct: document for answer in answers for document in answer.documents}
    sent = "\n".join(answer.query_sent for answer in answers)
    return TrialsAnswer(tuple(documents.values()), len(documents), sent)


def with_present_numbers(session: Session, topic: Topic) -> Topic:
    """The topic with its watched trials under the numbers that the registry gives them now."""
    present = study_rows.present_numbers(session)
    watched = (replace(t, number=present.get(t.number, t.number)) for t in topic.watched_trials)
    return replace(topic, watched_trials=tuple({trial.number: trial for trial in watched}.values()))


def judge_registrations(session: Session, walk: Walk, ready: ReadyStrategy) -> None:
    """Hold every registration of the topic against a strategy that the registry is asked with."""
    if ready.name not in walk.topic.trials.strategies:
        return
    topic, hashes = walk.topic.slug, {ready.name: ready.hashes}
    judged = study_rows.registration_verdicts(session, topic, hashes)
    for stored in study_rows.registrations_of(session, topic):
        if stored.version_id not in judged:
            study_rows.save_registration_match(
                session,
                stored,
                topic=topic,
                strategy=ready.name,
                hashes=ready.hashes,
                verdict=_verdict(ready, stored),
                judged_on=walk.today,
            )
    session.flush()


def refused_registrations(
    session: Session, topic: Topic, held: Iterable[study_rows.StoredRegistration]
) -> frozenset[str]:
    """Those that only a translated strategy brought and that none of the strategies matches."""
    hashes = {n: h for n, h in current_hashes(topic).items() if n in topic.trials.strategies}
    judged = study_rows.registration_verdicts(session, topic.slug, hashes)
    return frozenset(
        one.number
        for one in held
        if one.route == study_rows.TRANSLATED
        and set(judged.get(one.version_id, {}).values()) == {Verdict.NO_MATCH}
    )


def _verdict(ready: ReadyStrategy, stored: study_rows.StoredRegistration) -> Verdict:
    """The exact verdict; a strategy that asks what no registration has can't be told."""
    try:
        return evaluate(ready.strategy, stored.newest, mesh=ready.mesh, line=ready.result_line)
    except NotEvaluable:
        return Verdict.CANNOT_TELL


def _translated(ready: ReadyStrategy) -> TrialsQuestion:
    translation = trials_translation(ready)
    remarks = tuple(
        f"{ready.name}: {found.message}"
        for found in translation.diagnostics
        if found.severity is Severity.ERROR
    )
    return TrialsQuestion(
        ready.name,
        study_rows.TRANSLATED,
        tuple(filter(None, translation.parts)),
        ready.hashes[0],
        ready.hashes[1],
        remarks,
    )


def trials_translation(ready: ReadyStrategy) -> Translation:
    """A strategy as ClinicalTrials.gov is asked with it."""
    return translate(ready.strategy, Target.CLINICALTRIALS, line=ready.result_line, mesh=ready.mesh)


def _hold_against_last_time(
    session: Session, walk: Walk, question: TrialsQuestion, found: TrialsAnswer
) -> None:
    if question.held:
        before = run_rows.last_count(
            session, walk.topic.slug, question.strategy, found.query_sent, walk.today
        )
        hold_against_last_time(DATABASE, f"the {question.strategy}", before, found.total)


def _save(
    session: Session, walk: Walk, answers: list[tuple[TrialsQuestion, TrialsAnswer, float]]
) -> run_rows.Numbers:
    numbers = {"registrations": 0, "watched": 0, "new": 0}
    found: set[str] = set()
    for question, answer, seconds in answers:
        numbers["new"] += _keep(session, walk, question, answer, seconds)
        named = {document.nct for document in answer.documents}
        if question.route == study_rows.WATCHED:
            numbers["watched"] = len(named)
        else:
            found |= named
        run_rows.move_watermark(
            session,
            walk.topic.slug,
            question.strategy,
            SOURCE,
            walk.today,
            version=(question.strategy_hash, question.mesh_hash),
        )
    return {**numbers, "registrations": len(found)}


def _keep(
    session: Session, walk: Walk, question: TrialsQuestion, answer: TrialsAnswer, seconds: float
) -> int:
    search_id = run_rows.save_search(
        session,
        Search(
            strategy=question.strategy,
            source=SOURCE,
            database=DATABASE,
            window=None,
            query=answer.query_sent,
            count=answer.total,
            received=len(answer.documents),
            warnings=(*question.remarks, *answer.warnings),
            seconds=seconds,
        ),
        topic=walk.topic.slug,
        run=walk.run,
        searched_on=walk.today,
        strategy_hash=question.strategy_hash,
        mesh_hash=question.mesh_hash,
    )
    study_rows.save_aliases(session, answer.renumbered, walk.today)
    return study_rows.save_registrations(
        session,
        ((item.nct, item.payload) for item in answer.documents),
        topic=walk.topic.slug,
        route=question.route,
        search_id=search_id,
        seen_on=walk.today,
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
