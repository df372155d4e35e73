"""Accounts, sessions, tokens and the audit ↔ rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.account_tables import AccessTokenRow, AccountRow, AuditRow, WebSessionRow
from surveillance.accounts import Account, Role, same_name


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """An account with what its owner proves to be its owner, and wrong passwords since the last."""

    number: int
    account: Account
    password_hash: str
    created_at: datetime
    failures: int
    last_failure_at: datetime | None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session that has not ended, whose it is, and the word that stands in its forms."""

    token_hash: str
    account: Account
    csrf: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token as people see it: what it opens, never the token itself."""

    number: int
    account: Account
    purpose: str
    topic: str
    label: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who did what, when."""

    happened_at: datetime
    who: str
    what: str
    detail: str


def accounts(session: Session) -> list[StoredAccount]:
    """Every account, by name."""
    rows = session.scalars(select(AccountRow).order_by(AccountRow.key))
    return [_stored(row) for row in rows]


def account_named(session: Session, name: str) -> StoredAccount | None:
    """The account of somebody, however the name is spelt."""
    row = session.scalar(select(AccountRow).where(AccountRow.key == same_name(name)))
    return _stored(row) if row else None


def account_of_subject(session: Session, subject: str) -> StoredAccount | None:
    """The account of whom an identity provider calls so."""
    row = session.scalar(select(AccountRow).where(AccountRow.subject == subject))
    return _stored(row) if row else None


def add_account(session: Session, account: Account, password_hash: str, now: datetime) -> None:
    """Keep a new account."""
    session.add(
        AccountRow(
            name=account.name,
            key=same_name(account.name),
            role=account.role,
            password_hash=password_hash,
            enabled=account.enabled,
            created_at=now,
        )
    )
    session.flush()


def change_account(session: Session, number: int, **columns: object) -> None:
    """Change columns of an account."""
    session.execute(update(AccountRow).where(AccountRow.id == number).values(**columns))


def start_session(
    session: Session, account: int, token_hash: str, csrf: str, now: datetime
) -> None:
    """Keep a new session."""
    session.add(WebSessionRow(token_hash=token_hash, account_id=account, csrf=csrf, started_at=now))
    session.flush()


def session_of(session: Session, token_hash: str, since: datetime) -> StoredSession | None:
    """The session of a cookie, where it began after `since` and nobody ended it."""
    found = session.execute(
        select(WebSessionRow, AccountRow)
        .join(AccountRow, AccountRow.id == WebSessionRow.account_id)
        .where(
            WebSessionRow.token_hash == token_hash,
            WebSessionRow.ended_at.is_(None),
            WebSessionRow.started_at > since,
            AccountRow.enabled,
        )
    ).first()
    if found is None:
        return None
    row, account = found
    return StoredSession(row.token_hash, _account(account), row.csrf, row.started_at)


def end_session(session: Session, token_hash: str, now: datetime) -> None:
    """End one session."""
    session.execute(
        update(WebSessionRow)
        .where(WebSessionRow.token_hash == token_hash, WebSessionRow.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_sessions(session: Session, account: int, now: datetime) -> None:
    """End every session of an account."""
    session.execute(
        update(WebSessionRow)
        .where(WebSessionRow.account_id == account, WebSessionRow.ended_at.is_(None))
        .values(ended_at=now)
    )


def add_token(
    session: Session,
    account: int,
    *,
    purpose: str,
    topic: str,
    label: str,
    token_hash: str,
    now: datetime,
) -> None:
    """Keep a new token."""
    session.add(
        AccessTokenRow(
            account_id=account,
            purpose=purpose,
            topic=topic,
            label=label,
            token_hash=token_hash,
            created_at=now,
        )
    )
    session.flush()


def token_of(session: Session, token_hash: str, purpose: str) -> StoredToken | None:
    """The token of that hash, where nobody withdrew it and its owner may still sign in."""
    found = session.execute(
        select(AccessTokenRow, AccountRow)
        .join(AccountRow, AccountRow.id == AccessTokenRow.account_id)
        .where(
            AccessTokenRow.token_hash == token_hash,
            AccessTokenRow.purpose == purpose,
            AccessTokenRow.withdrawn_at.is_(None),
            AccountRow.enabled,
        )
    ).first()
    return _token(*found) if found else None


def tokens_of(session: Session, account: int) -> list[StoredToken]:
    """The tokens of somebody that are not withdrawn, oldest first."""
    rows = session.execute(
        select(AccessTokenRow, AccountRow)
        .join(AccountRow, AccountRow.id == AccessTokenRow.account_id)
        .where(AccessTokenRow.account_id == account, AccessTokenRow.withdrawn_at.is_(None))
        .order_by(AccessTokenRow.id)
    )
    return [_token(row, owner) for row, owner in rows]


def withdraw_token(session: Session, number: int, account: int, now: datetime) -> bool:
    """Withdraw a token of somebody; False where there is none of that number."""
    done = session.execute(
        update(AccessTokenRow)
        .where(
            AccessTokenRow.id == number,
            AccessTokenRow.account_id == account,
            AccessTokenRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
        .returning(AccessTokenRow.id)
    )
    return done.first() is not None


def note(session: Session, who: str, what: str, detail: str, now: datetime) -> None:
    """Keep what somebody did."""
    session.add(AuditRow(happened_at=now, who=who, what=what, detail=detail))
    session.flush()


def audit(
    session: Session, *, limit: int, before: int | None = None
) -> Sequence[tuple[int, AuditEvent]]:
    """What people did, newest first, each by its number; `before`: older than that one."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditRow.id < before)
    return [
        (row.id, AuditEvent(row.happened_at, row.who, row.what, row.detail))
        for row in session.scalars(query)
    ]


def enabled_of_role(session: Session, role: Role) -> int:
    """How many people of a role may sign in."""
    query = select(func.count()).where(AccountRow.role == role, AccountRow.enabled)
    return session.scalar(query) or 0


def _stored(row: AccountRow) -> StoredAccount:
    return StoredAccount(
        number=row.id,
        account=_account(row),
        password_hash=row.password_hash,
        created_at=row.created_at,
        failures=row.failures,
        last_failure_at=row.last_failure_at,
        subject=row.subject,
    )


def _account(row: AccountRow) -> Account:
    return Account(row.name, Role(row.role), row.enabled)


def _token(row: AccessTokenRow, owner: AccountRow) -> StoredToken:
    return StoredToken(
        number=row.id,
        account=_account(owner),
        purpose=row.purpose,
        topic=row.topic,
        label=row.label,
        created_at=row.created_at,
    )
