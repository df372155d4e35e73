"""The tables of accounts: who may sign in, sessions, tokens, and what people did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, true
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class AccountRow(Base):
    """Somebody who may sign in; `key` is the name as it is compared.

    `password_hash` is Argon2's; empty where the person signs in with an identity provider alone,
    which calls the person `subject`.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    password_hash: Mapped[str] = mapped_column(server_default="")
    subject: Mapped[str | None] = mapped_column(unique=True)
    enabled: Mapped[bool] = mapped_column(server_default=true())
    created_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(server_default="0")
    last_failure_at: Mapped[datetime | None]


class WebSessionRow(Base):
    """A session in a browser, by the hash of its cookie; `csrf` stands in its forms."""

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    csrf: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AccessTokenRow(Base):
    """A token for the API or for a topic's feed, by its hash; it can be withdrawn."""

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[str]
    topic: Mapped[str] = mapped_column(server_default="")
    label: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class AuditRow(Base):
    """What somebody did with accounts, sessions and tokens. No address of a machine is kept."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    happened_at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str]
    what: Mapped[str]
    detail: Mapped[str]
