"""Links between records and registrations, and people's words on them ↔ rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from db.models import LinkRow, LinkWordRow, RunRow
from db.studies import present_numbers
from surveillance.studies.links import RULES_VERSION, Certainty, Link, Place
from surveillance.studies.study import Verdict, Word

#: What a link is that the rules no longer find, and a word that is taken back.
WITHDRAWN, TAKEN_BACK = "withdrawn", "taken back"

_Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class LinkWord:
    """A person's word on its way into the store; no verdict takes the last one back."""

    record_id: int
    number: str
    verdict: Verdict | None
    reason: str
    made_by: str


@dataclass(frozen=True, slots=True)
class SaidWord:
    """A person's word as the store has it, with the run after which it was said."""

    word: LinkWord
    said_on: date
    run_id: int | None


def save_links(
    session: Session, topic: str, found: Iterable[tuple[int, tuple[Link, ...]]], seen_on: date
) -> int:
    """Make a topic's links be these; how many of them are new.

    One that is no longer found stays as withdrawn, and comes back where it is found again.
    """
    held = {(row.record_id, row.number): row for row in _rows(session, topic)}
    now = {(record, link.number): _content(link) for record, links in found for link in links}
    gone = {"certainty": WITHDRAWN, "reasons": [], "rule_version": RULES_VERSION}
    changes = {key: now.get(key, _kept(row) | gone) for key, row in held.items()}
    _update(session, topic, {k: new for k, new in changes.items() if new != _kept(held[k])})
    new = [
        {"topic": topic, "record_id": record, "number": number, "seen_on": seen_on, **content}
        for (record, number), content in now.items()
        if (record, number) not in held
    ]
    if new:
        session.execute(insert(LinkRow), new)
    return len(new)


def links_of(
    session: Session, topic: str, records: Sequence[int] | None = None
) -> dict[int, list[Link]]:
    """The links of a topic (or of these records) by record, to the numbers that trials have now."""
    present = present_numbers(session)
    found: dict[int, list[Link]] = {}
    for row in _rows(session, topic, records):
        if row.certainty != WITHDRAWN:
            number = present.get(row.number, row.number)
            found.setdefault(row.record_id, []).append(_link(row, number))
    return found


def links_to(session: Session, numbers: Sequence[str]) -> list[tuple[str, int, Link]]:
    """Every link to a registration under any of its numbers: topic, record, link."""
    rows = session.scalars(
        select(LinkRow)
        .where(LinkRow.number.in_(numbers), LinkRow.certainty != WITHDRAWN)
        .order_by(LinkRow.topic, LinkRow.record_id, LinkRow.number)
    )
    return [(row.topic, row.record_id, _link(row, row.number)) for row in rows]


def proposed_by_likeness(session: Session, topic: str) -> frozenset[str]:
    """The registrations that stand beside a report which only resembles them."""
    rows = _rows(session, topic)
    return frozenset(
        row.number for row in rows if row.place == Place.LIKENESS and row.certainty != WITHDRAWN
    )


def save_word(session: Session, topic: str, said: LinkWord, *, today: date) -> None:
    """Keep what a person says, superseding the last word on this record and registration."""
    last = select(func.max(LinkWordRow.id)).where(
        LinkWordRow.topic == topic,
        LinkWordRow.record_id == said.record_id,
        LinkWordRow.number == said.number,
    )
    session.add(
        LinkWordRow(
            topic=topic,
            record_id=said.record_id,
            number=said.number,
            verdict=said.verdict or TAKEN_BACK,
            reason=said.reason,
            made_by=said.made_by,
            said_on=today,
            supersedes=session.scalar(last),
            run_id=session.scalar(select(func.max(RunRow.id)).where(RunRow.topic == topic)),
        )
    )
    session.flush()


def words_of(
    session: Session, topic: str, records: Sequence[int] | None = None
) -> dict[int, list[Word]]:
    """The words that hold (on these records), by record, on the numbers that trials have now."""
    present = present_numbers(session)
    last: dict[_Key, LinkWordRow] = {}
    for row in _word_rows(session, topic, records):
        last[row.record_id, present.get(row.number, row.number)] = row
    found: dict[int, list[Word]] = {}
    for (record, number), row in last.items():
        if row.verdict != TAKEN_BACK:
            word = Word(number, Verdict(row.verdict), row.id, row.made_by, row.reason)
            found.setdefault(record, []).append(word)
    return found


def last_said_by(session: Session, topic: str, made_by: str) -> LinkWord | None:
    """What a person said last of a topic's links, be it that a word is taken back."""
    rows = select(LinkWordRow).where(LinkWordRow.topic == topic, LinkWordRow.made_by == made_by)
    row = session.scalars(rows.order_by(LinkWordRow.id.desc()).limit(1)).first()
    return _said(row) if row else None


def said_words(session: Session, topic: str) -> list[SaidWord]:
    """Everything that people ever said of a topic's links, in order."""
    return [
        SaidWord(
            _said(row),
            row.said_on,
            row.run_id,
        )
        for row in _word_rows(session, topic)
    ]


def _said(row: LinkWordRow) -> LinkWord:
    verdict = None if row.verdict == TAKEN_BACK else Verdict(row.verdict)
    return LinkWord(row.record_id, row.number, verdict, row.reason, row.made_by)


def last_word(session: Session, topic: str) -> int:
    """The number of the last word on a topic's links; 0 where nobody has said anything."""
    rows = select(func.max(LinkWordRow.id)).where(LinkWordRow.topic == topic)
    return session.scalar(rows) or 0


def _rows(session: Session, topic: str, records: Sequence[int] | None = None) -> list[LinkRow]:
    query = select(LinkRow).where(LinkRow.topic == topic)
    if records is not None:
        query = query.where(LinkRow.record_id.in_(records))
    return list(session.scalars(query.order_by(LinkRow.record_id, LinkRow.number)))


def _word_rows(
    session: Session, topic: str, records: Sequence[int] | None = None
) -> list[LinkWordRow]:
    query = select(LinkWordRow).where(LinkWordRow.topic == topic).order_by(LinkWordRow.id)
    if records is not None:
        query = query.where(LinkWordRow.record_id.in_(records))
    return list(session.scalars(query))


def _content(link: Link) -> dict[str, Any]:
    return {
        "place": str(link.where),
        "words": link.words,
        "certainty": str(link.certainty),
        "reasons": list(map(str, link.reasons)),
        "rule_version": RULES_VERSION,
    }


def _kept(row: LinkRow) -> dict[str, Any]:
    return {
        "place": row.place,
        "words": row.words,
        "certainty": row.certainty,
        "reasons": row.reasons,
        "rule_version": row.rule_version,
    }


def _update(session: Session, topic: str, changes: Mapping[_Key, dict[str, Any]]) -> None:
    rows = [
        {"topic": topic, "record_id": record, "number": number, **content}
        for (record, number), content in changes.items()
    ]
    if rows:
        session.execute(update(LinkRow), rows)


def _link(row: LinkRow, number: str) -> Link:
    certainty = Certainty(row.certainty)
    return Link(number, Place(row.place), row.words, certainty, tuple(row.reasons))
