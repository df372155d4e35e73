"""The tables. Rows are facts that were seen or decisions that were made; none is edited away.

A payload is kept once by its content hash. A record, a registration and a decision keep every
version; the newest is the one with the highest sequence or the one that nothing supersedes.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

import db.account_tables
import db.outbox_tables
import db.signal_tables  # noqa: F401 - so do these
from db.base import Base

#: Whoever speaks of all tables takes it from here, where all are known.
__all__ = ["Base"]

#: The migration that makes the tables what they are here.
NEWEST_REVISION = "0012"


class PayloadRow(Base):
    """What a source sent, byte for byte, compressed; stored once however often it is sent."""

    __tablename__ = "payload"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    content: Mapped[bytes]


class RunRow(Base):
    """One execution of a topic: its clock, the hashes of its inputs, the versions of the rules.

    `failure` is why it was last broken off, in a sentence; empty where it never was.
    """

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    clock: Mapped[datetime]
    since: Mapped[date | None]
    state: Mapped[str]
    input_hashes: Mapped[dict[str, Any]]
    rule_versions: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    full: Mapped[bool] = mapped_column(server_default=false())
    failure: Mapped[str] = mapped_column(server_default="")


class StageRow(Base):
    """A stage that a run has finished, with the numbers it reported and the seconds it took."""

    __tablename__ = "stage"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    numbers: Mapped[dict[str, Any]]
    finished_at: Mapped[datetime]
    seconds: Mapped[float | None]


class SearchRow(Base):
    """One strategy against one source: as it was sent and as it was answered.

    `mesh_hash` is the MeSH that it was sent with (None: sent before that was kept); `dates` are
    those of a record's dates that the window asked; `seconds` is how long the source took.
    """

    __tablename__ = "search"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"), index=True)
    topic: Mapped[str] = mapped_column(index=True)
    strategy: Mapped[str]
    strategy_hash: Mapped[str]
    source: Mapped[str]
    database: Mapped[str]
    searched_on: Mapped[date]
    since: Mapped[date | None]
    query: Mapped[str]
    count: Mapped[int]
    received: Mapped[int]
    covers: Mapped[bool]
    translation: Mapped[str]
    warnings: Mapped[list[Any]]
    mesh_hash: Mapped[str | None]
    dates: Mapped[list[Any]] = mapped_column(server_default="[]")
    seconds: Mapped[float | None]


class LineCountRow(Base):
    """What the source counted for one line of a strategy, asked as its own query."""

    __tablename__ = "line_count"

    search_id: Mapped[int] = mapped_column(ForeignKey("search.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    query: Mapped[str]
    count: Mapped[int | None]
    warnings: Mapped[list[Any]]


class ExchangeRow(Base):
    """One question to a source in a run and its answer, so that the run can be replayed.

    The answer is `content`, compressed, or, where it was a list of records (EFetch), the payloads
    of those in `records`. Who asked (key, address) is no part of the question.
    """

    __tablename__ = "exchange"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    source: Mapped[str]
    question: Mapped[dict[str, Any]]
    status: Mapped[int]
    content: Mapped[bytes | None]
    records: Mapped[list[Any]]


class AppliedFileRow(Base):
    """A file of NLM's (baseline or update) that was applied to a topic, in the order applied."""

    __tablename__ = "applied_file"

    topic: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    md5: Mapped[str]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    applied_on: Mapped[date]


class WatermarkRow(Base):
    """How far one version of a strategy, with its MeSH, has been covered on a source with success.

    The MeSH is None where the watermark was moved before that was kept, or there is none.
    """

    __tablename__ = "watermark"

    topic: Mapped[str] = mapped_column(primary_key=True)
    strategy: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    covered_until: Mapped[date]
    strategy_hash: Mapped[str | None]
    mesh_hash: Mapped[str | None]


class RecordRow(Base):
    """A record's identity: where it came from and what it is called there.

    `merged_into` is the record that its source answers with now when it is asked for this one.
    """

    __tablename__ = "record"
    __table_args__ = (UniqueConstraint("source", "source_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    source_id: Mapped[str]
    deleted_on: Mapped[date | None]
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("record.id"))


class RecordVersionRow(Base):
    """One content of a record, with the payload that it was read from."""

    __tablename__ = "record_version"
    __table_args__ = (UniqueConstraint("record_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    sequence: Mapped[int]
    payload_sha256: Mapped[str] = mapped_column(ForeignKey("payload.sha256"))
    content: Mapped[dict[str, Any]]
    seen_on: Mapped[date]


class TopicRecordRow(Base):
    """A record that a topic has seen, and the route by which it came first."""

    __tablename__ = "topic_record"

    topic: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    route: Mapped[str]
    first_seen_on: Mapped[date]
    first_search_id: Mapped[int | None] = mapped_column(ForeignKey("search.id"))


class SearchResultRow(Base):
    """A record that a search returned."""

    __tablename__ = "search_result"

    search_id: Mapped[int] = mapped_column(ForeignKey("search.id"), primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True, index=True)


class MatchRow(Base):
    """The exact verdict on one version of a record by one version of a strategy (and its MeSH)."""

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("topic", "strategy", "record_version_id", "strategy_hash", "mesh_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    strategy: Mapped[str]
    strategy_hash: Mapped[str]
    mesh_hash: Mapped[str]
    record_version_id: Mapped[int] = mapped_column(ForeignKey("record_version.id"), index=True)
    verdict: Mapped[str]
    judged_on: Mapped[date]


#: Two small indexes leave out what the rules alone call different, which is most of a log. A query
#: uses one where it says the same words; values that are bound apart would hide that from SQLite.
NOT_BY_RULE = text("made_by <> 'rule'")
ASKED_OF_PEOPLE = text("(verdict <> 'different' OR made_by <> 'rule')")


class PairDecisionRow(Base):
    """Same, different or doubtful, on two records; by rule or by a person.

    `run_id` is the topic's last finished run when a person spoke; None: a rule did, or an earlier
    release kept it.
    """

    __tablename__ = "pair_decision"
    __table_args__ = (
        Index("ix_pair_decision_pair", "topic", "record_a", "record_b"),
        Index("ix_pair_decision_record_b", "topic", "record_b"),
        # Every page asks where its topic's log ends.
        Index("ix_pair_decision_last", "topic", "id"),
        Index(
            "ix_pair_decision_asked",
            "topic",
            "record_a",
            "record_b",
            sqlite_where=ASKED_OF_PEOPLE,
            postgresql_where=ASKED_OF_PEOPLE,
        ),
        Index(
            "ix_pair_decision_said",
            "topic",
            "made_by",
            "id",
            sqlite_where=NOT_BY_RULE,
            postgresql_where=NOT_BY_RULE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    record_a: Mapped[int] = mapped_column(ForeignKey("record.id"))
    record_b: Mapped[int] = mapped_column(ForeignKey("record.id"))
    verdict: Mapped[str]
    rule: Mapped[str]
    score: Mapped[float]
    evidence: Mapped[list[Any]]
    made_by: Mapped[str]
    rule_version: Mapped[str]
    decided_on: Mapped[date]
    supersedes: Mapped[int | None] = mapped_column(ForeignKey("pair_decision.id"), unique=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))


class CandidateIndexRow(Base):
    """The version of the rules by which a topic's candidate keys were made."""

    __tablename__ = "candidate_index"

    topic: Mapped[str] = mapped_column(primary_key=True)
    rule_version: Mapped[str]


class CandidateKeyRow(Base):
    """A key under which a compared record is found by its duplicates, as a number of 64 bits.

    `form` is equal for records that say the same and are certainly one publication.
    """

    __tablename__ = "candidate_key"
    __table_args__ = (
        Index("ix_candidate_key_key", "topic", "key_hash", "form", "record_id"),
        {"sqlite_with_rowid": False},
    )

    topic: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    key_hash: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    form: Mapped[int] = mapped_column(BigInteger)


#: A record that stands in another report than it would alone: it was merged.
HELD_ELSEWHERE = text("report_id <> own_report_id")


class ReportRow(Base):
    """One publication in a topic. A report that was merged keeps its row and its decisions."""

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(index=True)
    first_seen_on: Mapped[date]
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)


class ReportRecordRow(Base):
    """A record's place: the report it belongs to now, and the one it would have alone.

    `compared_sequence` is the version of the record that dedup compared last.
    """

    __tablename__ = "report_record"
    __table_args__ = (
        Index(
            "ix_report_record_moved",
            "topic",
            "report_id",
            sqlite_where=HELD_ELSEWHERE,
            postgresql_where=HELD_ELSEWHERE,
        ),
    )

    topic: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    own_report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    compared_sequence: Mapped[int] = mapped_column(server_default="0")


class KnownItemRow(Base):
    """A known item that was recognised in a record."""

    __tablename__ = "known_item"

    topic: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)


class KnownItemCheckRow(Base):
    """What a run found of a known item: the verdict, and by strategy the lines that find it."""

    __tablename__ = "known_item_check"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    verdict: Mapped[str]
    lines: Mapped[dict[str, Any]]


class ScreeningDecisionRow(Base):
    """Include, exclude or unsure on a report; a rule's exclusion is a proposal.

    A person who takes a word back says "taken back", which supersedes it. `run_id` is as in
    `PairDecisionRow`.
    """

    __tablename__ = "screening_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    stage: Mapped[str]
    verdict: Mapped[str]
    criterion: Mapped[str]
    reason: Mapped[str]
    design: Mapped[str]
    evidence: Mapped[list[Any]]
    checks: Mapped[list[Any]]
    safety_event: Mapped[str] = mapped_column(server_default="")
    made_by: Mapped[str] = mapped_column(index=True)
    rule_version: Mapped[str]
    criteria_hash: Mapped[str]
    content_hash: Mapped[str]
    decided_on: Mapped[date]
    supersedes: Mapped[int | None] = mapped_column(ForeignKey("screening_decision.id"), unique=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))


class ScreeningSampleRow(Base):
    """A report that only a rule excluded when a sample was drawn, and whether it was drawn.

    It belongs to the first week that found it excluded; one that was drawn waits for a person.
    """

    __tablename__ = "screening_sample"

    topic: Mapped[str] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    drawn_on: Mapped[date]
    drawn: Mapped[bool]


class RegistrationVersionRow(Base):
    """One dated content of a registry entry."""

    __tablename__ = "registration_version"
    __table_args__ = (UniqueConstraint("nct", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column("nct")
    sequence: Mapped[int]
    payload_sha256: Mapped[str] = mapped_column(ForeignKey("payload.sha256"))
    seen_on: Mapped[date]


class TopicRegistrationRow(Base):
    """A registration that a topic has seen, by search or by its watch list."""

    __tablename__ = "topic_registration"

    topic: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column("nct", primary_key=True)
    route: Mapped[str]
    first_seen_on: Mapped[date]
    first_search_id: Mapped[int | None] = mapped_column(ForeignKey("search.id"))


class RegistrationAliasRow(Base):
    """A number that a registration had before, and the number it has now."""

    __tablename__ = "registration_alias"

    old_number: Mapped[str] = mapped_column("old_nct", primary_key=True)
    number: Mapped[str] = mapped_column("nct")
    seen_on: Mapped[date]


class RegistrationMatchRow(Base):
    """The exact verdict on one version of a registration by one version of a strategy."""

    __tablename__ = "registration_match"
    __table_args__ = (
        UniqueConstraint(
            "topic",
            "strategy",
            "version_id",
            "strategy_hash",
            "mesh_hash",
            # PostgreSQL cuts names off at 63 letters.
            name="uq_registration_match_version",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    strategy: Mapped[str]
    strategy_hash: Mapped[str]
    mesh_hash: Mapped[str]
    version_id: Mapped[int] = mapped_column(ForeignKey("registration_version.id"), index=True)
    verdict: Mapped[str]
    judged_on: Mapped[date]


class LinkRow(Base):
    """A record that names a registration or resembles it, as the rules read the two now.

    `certainty` is certain, doubtful, or withdrawn where they no longer find it; `seen_on` is the
    day on which it was found first.
    """

    __tablename__ = "link"

    topic: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), primary_key=True)
    number: Mapped[str] = mapped_column("nct", primary_key=True)
    place: Mapped[str]
    words: Mapped[str]
    seen_on: Mapped[date]
    certainty: Mapped[str] = mapped_column(server_default="doubtful")
    reasons: Mapped[list[Any]] = mapped_column(server_default="[]")
    rule_version: Mapped[str] = mapped_column(server_default="")


class LinkWordRow(Base):
    """What a person says of a record and a registration: same, different, or taken back.

    Rows are never edited: a later one on the same two supersedes it, whoever says it. `run_id` is
    the topic's last run at that moment, so that a replay says it at the same place.
    """

    __tablename__ = "link_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(index=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    number: Mapped[str]
    verdict: Mapped[str]
    reason: Mapped[str]
    made_by: Mapped[str]
    said_on: Mapped[date]
    supersedes: Mapped[int | None] = mapped_column(ForeignKey("link_word.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))


class StrategyVersionRow(Base):
    """The text of a strategy under its content hash, kept from the day it was first met."""

    __tablename__ = "strategy_version"

    topic: Mapped[str] = mapped_column(primary_key=True)
    strategy: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    first_used_on: Mapped[date]


class SignOffRow(Base):
    """Somebody's approval of one version of a strategy."""

    __tablename__ = "sign_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    strategy: Mapped[str]
    version: Mapped[str]
    signed_by: Mapped[str]
    signed_at: Mapped[datetime]
    note: Mapped[str]


class StrategyStateRow(Base):
    """What a strategy's verdicts rest on now; it moves with the stage that judges."""

    __tablename__ = "strategy_state"

    topic: Mapped[str] = mapped_column(primary_key=True)
    strategy: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    strategy_hash: Mapped[str]
    mesh_hash: Mapped[str]
    result_line: Mapped[int | None]


class StrategyChangeRow(Base):
    """The difference that a changed strategy made when it was next run."""

    __tablename__ = "strategy_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(index=True)
    strategy: Mapped[str]
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    version_before: Mapped[str]
    version_after: Mapped[str]
    because: Mapped[list[Any]]
    changed_on: Mapped[date]
    gained: Mapped[list[Any]]
    lost: Mapped[list[Any]]
