"""The tables of the outbox: who is told what, over which channel, and what became of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class AlertRow(Base):
    """What was settled of a signal's version and a recipient: told, on its way, or passed over.

    Unique by signal, version, recipient and channel. `digest` is the name of the message that
    carries it.
    """

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("signal_id", "version", "recipient", "channel"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    signal_id: Mapped[int] = mapped_column(ForeignKey("signal.id"))
    version: Mapped[int] = mapped_column(server_default="1")
    recipient: Mapped[str]
    channel: Mapped[str]
    digest: Mapped[str]
    state: Mapped[str]
    queued_on: Mapped[date]
    sent_at: Mapped[datetime | None]


class MessageRow(Base):
    """What one recipient gets over one channel at one time, as it was composed, once.

    `digest` is its name; `place` an address or the name of a webhook; `identity` the Message-ID or
    idempotency key; `content` what is sent, compressed. `possible_repeat`: an attempt before may
    have arrived.
    """

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(index=True)
    recipient: Mapped[str]
    channel: Mapped[str]
    place: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    identity: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    content: Mapped[bytes]
    created_on: Mapped[date]
    composed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(index=True)
    attempts: Mapped[int]
    next_try_at: Mapped[datetime | None]
    last_error: Mapped[str]
    possible_repeat: Mapped[bool] = mapped_column(server_default=false())
    sent_at: Mapped[datetime | None]


class SubscriptionRow(Base):
    """Since when a recipient of a topic is told over a channel; what was raised before is known."""

    __tablename__ = "subscription"

    topic: Mapped[str] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    joined_on: Mapped[date]


class UnsubscriptionRow(Base):
    """An address that wants no mail on a topic; an empty topic stands for all."""

    __tablename__ = "unsubscription"

    address: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    unsubscribed_at: Mapped[datetime]


class BounceRow(Base):
    """A server's word that a message did not arrive, once a message.

    `forgiven`: somebody says that the address works again.
    """

    __tablename__ = "bounce"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    address: Mapped[str] = mapped_column(index=True)
    status: Mapped[str]
    reported_at: Mapped[datetime]
    forgiven: Mapped[bool] = mapped_column(server_default=false())
