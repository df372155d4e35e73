"""Versions of strategies: kept as they are used, signed off by people, compared when they change.

An edit is a new version. The next run searches it from the beginning (`searching`), judges every
record anew, and says which records it finds that the version before did not, and the other way
round: nothing is absorbed in silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db import records as record_rows
from db import strategies as strategy_rows
from db.session import Store
from db.strategies import SignOff, StrategyChange, StrategyState
from surveillance.errors import Place, UnreadableInput
from surveillance.pipeline.strategies import ReadyStrategy, mapping_of
from surveillance.pipeline.walk import Walk
from surveillance.runs import Run
from surveillance.strategy.evaluate.reference import evaluate
from surveillance.strategy.evaluate.verdict import NotEvaluable, Verdict
from surveillance.strategy.mapping import mapped
from surveillance.strategy.parse import read_strategy
from surveillance.strategy.strategy import content_hash
from surveillance.toml_files import read_text
from surveillance.topics import Topic, TopicStrategy

#: Characters of a hash that people compare.
SHORT = 10
#: Records that a sentence names; `surveil topics versions` names all.
NAMED = 5
LONGEST_NAME, LONGEST_NOTE = 200, 2_000

TEXT, MESH, READING = "its text", "the MeSH tree", "how it is read"


@dataclass(frozen=True, slots=True)
class VersionState:
    """One version of a strategy as people see it; `current` is the one in the topic's folder."""

    strategy: str
    version: str
    first_used_on: str
    current: bool
    sign_offs: tuple[SignOff, ...]


def note_version(
    session: Session, walk: Walk, ready: ReadyStrategy, before: StrategyState | None
) -> None:
    """After judging: keep the version, and the difference to what was judged with before."""
    topic = walk.topic.slug
    text = read_text(walk.topic.strategy_file(ready.described))
    version = strategy_rows.keep_version(session, topic, ready.name, text, used_on=walk.today)
    now = StrategyState(version, ready.hashes, ready.result_line)
    if before and before.hashes != now.hashes:
        change = _difference(session, walk, ready, before, now)
        strategy_rows.keep_change(session, topic, walk.run, change)
    strategy_rows.keep_state(session, topic, ready.name, now)


def _difference(
    session: Session, walk: Walk, ready: ReadyStrategy, before: StrategyState, now: StrategyState
) -> StrategyChange:
    """Records found now and not before, and the other way round, by what each says of them.

    A record that the version before never met is judged with its text, so that what was published
    since is no difference.
    """
    topic = walk.topic.slug
    old = strategy_rows.verdicts_under(session, topic, ready.name, before.hashes)
    new = strategy_rows.verdicts_under(session, topic, ready.name, now.hashes)
    old |= _judged_by_text(session, walk, ready, before, new.keys() - old.keys())
    both = old.keys() & new.keys()
    return StrategyChange(
        strategy=ready.name,
        before=before.version,
        after=now.version,
        because=_because(before, now),
        changed_on=walk.today,
        gained=_sorted(one for one in both if not _found(old[one]) and _found(new[one])),
        lost=_sorted(one for one in both if _found(old[one]) and not _found(new[one])),
    )


def _judged_by_text(
    session: Session,
    walk: Walk,
    ready: ReadyStrategy,
    before: StrategyState,
    unmet: Iterable[str],
) -> dict[str, str]:
    """The verdicts of the version before on records that it never met, from its kept text."""
    topic, wanted = walk.topic.slug, set(unmet)
    text = strategy_rows.text_of(session, topic, ready.name, before.version)
    if text is None or not wanted:
        return {}
    strategy = mapped(read_strategy(text, ready.described.dialect), mapping_of(walk.topic))
    judged: dict[str, str] = {}
    for stored in record_rows.records_of(session, topic):
        if stored.record.source_id in wanted:
            try:
                verdict = evaluate(
                    strategy, stored.record, mesh=ready.mesh, line=before.result_line
                )
            except NotEvaluable:
                return {}
            judged[stored.record.source_id] = verdict
    return judged


def _because(before: StrategyState, now: StrategyState) -> tuple[str, ...]:
    edited = bool(before.version) and before.version != now.version
    other_mesh = before.hashes[1] != now.hashes[1]
    found = (TEXT,) * edited + (MESH,) * other_mesh
    return found or (READING,)


def _found(verdict: str) -> bool:
    return verdict != Verdict.NO_MATCH


def _sorted(numbers: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(numbers, key=lambda number: (len(number), number)))


def remarks_on_versions(session: Session, topic: Topic, run: Run) -> tuple[str, ...]:
    """A sentence on each change that a run met, and on each version that nobody approved.

    A strategy that nobody ever signed off is let be: sign-off is a topic's own choice.
    """
    states = version_states(session, topic)
    signed = {state.strategy for state in states if state.sign_offs}
    unsigned = [
        f"{state.strategy}: version {state.version[:SHORT]} is not signed off; one before it is."
        for state in states
        if state.current and not state.sign_offs and state.strategy in signed
    ]
    changes = strategy_rows.changes(session, topic.slug, run=run)
    return (*map(sentence, changes), *unsigned)


def sentence(change: StrategyChange) -> str:
    """A change in one sentence."""
    versions = (
        f" ({change.before[:SHORT]} → {change.after[:SHORT]})" if TEXT in change.because else ""
    )
    what = " and ".join(change.because)
    return (
        f"{change.strategy}: {what} changed{versions}; everything was searched and judged again: "
        f"{_records(change.gained)} found that were not before, "
        f"{_records(change.lost)} no longer found."
    )


def _records(numbers: tuple[str, ...]) -> str:
    if not numbers:
        return "0 records"
    more = f" and {len(numbers) - NAMED:,} more" if len(numbers) > NAMED else ""
    named = ", ".join(numbers[:NAMED])
    return f"{len(numbers):,} record{'s' * (len(numbers) > 1)} ({named}{more})"


def version_states(session: Session, topic: Topic) -> list[VersionState]:
    """Every version that was used or signed, and the one in the folder, by strategy."""
    kept = {
        (row.strategy, row.version): row.first_used_on.isoformat()
        for row in strategy_rows.versions(session, topic.slug)
    }
    current = {one.name: current_version(topic, one) for one in topic.strategies}
    for pair in current.items():
        kept.setdefault(pair, "")
    approvals = strategy_rows.sign_offs(session, topic.slug)
    return [
        VersionState(
            strategy,
            version,
            first_used_on,
            current=current.get(strategy) == version,
            sign_offs=tuple(one for one in approvals.get(strategy, ()) if one.version == version),
        )
        for (strategy, version), first_used_on in sorted(
            kept.items(), key=lambda item: (item[0][0], item[1])
        )
    ]


def _by_age(kept: tuple[tuple[str, str], str]) -> tuple[str, str]:
    (strategy, _), first_used_on = kept
    return strategy, first_used_on


def history(store: Store, topic: Topic) -> dict[str, Any]:
    """The versions of a topic's strategies with their sign-offs, and every change they made."""
    with store.transaction() as session:
        states = version_states(session, topic)
        changes = strategy_rows.changes(session, topic.slug)
    return {
        "topic": topic.slug,
        "versions": [
            {
                **asdict(state),
                "sign_offs": [
                    {**asdict(one), "signed_at": one.signed_at.isoformat()}
                    for one in state.sign_offs
                ],
            }
            for state in states
        ],
        "changes": [
            {**asdict(change), "changed_on": change.changed_on.isoformat()} for change in changes
        ],
    }


def current_version(topic: Topic, described: TopicStrategy) -> str:
    """The content hash of a strategy as it lies in the topic's folder."""
    return content_hash(read_text(topic.strategy_file(described)))


def sign_off(
    store: Store, topic: Topic, strategy: str, *, by: str, note: str = "", read: str = ""
) -> SignOff:
    """Approve the version of a strategy that lies in the topic's folder now.

    `read` is the version that the person has read, where that is known. Raises `UnreadableInput`
    for an unknown strategy, for a name that says nobody, and where the text is another by now.
    """
    described = next((one for one in topic.strategies if one.name == strategy), None)
    if described is None:
        names = ", ".join(one.name for one in topic.strategies)
        raise _refused(topic.folder, f"there is no strategy “{strategy}”; there are {names}.")
    if not by.strip() or len(by) > LONGEST_NAME or len(note) > LONGEST_NOTE:
        raise _refused(topic.folder, "a sign-off needs the name of who gives it, in a few words.")
    text = read_text(topic.strategy_file(described))
    if read and content_hash(text) != read:
        raise _refused(
            topic.folder,
            f"the text of {strategy} is another by now than the one that you have read "
            f"({read[:SHORT]} → {content_hash(text)[:SHORT]}); nothing was signed.",
        )
    now = datetime.now(UTC)
    with store.transaction() as session:
        version = strategy_rows.keep_version(
            session, topic.slug, strategy, text, used_on=now.date()
        )
        approval = SignOff(version, by.strip(), now, note.strip())
        strategy_rows.sign(session, topic.slug, strategy, approval)
    return approval


def _refused(folder: Path, message: str) -> UnreadableInput:
    return UnreadableInput(message, place=Place(folder))
