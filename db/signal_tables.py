"""The tables of signals: what was raised, what became of it, what was decided of the guidance."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class SignalRow(Base):
    """Something that a guidance team should know; equal signals (same key) are one.

    `change` numbers what was written of a topic's signals: the highest is the last. It moves also
    where nothing happened that is told, so that whoever keeps signals in mind sees it.
    """

    __tablename__ = "signal"
    __table_args__ = (UniqueConstraint("topic", "key"), Index(None, "topic", "change"))

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str]
    key: Mapped[str]
    content: Mapped[dict[str, Any]]
    raised_on: Mapped[date]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    version: Mapped[int] = mapped_column(server_default="1")
    change: Mapped[int] = mapped_column(server_default="0")


class SignalEventRow(Base):
    """What happened to a signal: raised, updated, seen, acted on, dismissed or reopened, by whom.

    `version` is the signal's at that moment; `made_by` is empty where a run did it.
    """

    __tablename__ = "signal_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    signal_id: Mapped[int] = mapped_column(ForeignKey("signal.id"), index=True)
    version: Mapped[int]
    what: Mapped[str]
    made_by: Mapped[str]
    reason: Mapped[str]
    happened_on: Mapped[date]


class GuidanceDecisionRow(Base):
    """What a guidance team decided of a topic: no update, update, refresh or withdraw; and why.

    `signals` are the keys of those that led to it.
    """

    __tablename__ = "guidance_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(index=True)
    decision: Mapped[str]
    reason: Mapped[str]
    made_by: Mapped[str]
    decided_on: Mapped[date]
    signals: Mapped[list[Any]]
