"""Accounts made and changed, people signed in and out, tokens given and withdrawn; each noted.

Passwords are kept as Argon2id hashes (RFC 9106, the library's defaults), cookies and tokens as
SHA-256: they are random, so that nothing slower is needed.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import NoReturn

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy.orm import Session

from db import accounts as account_rows
from db.accounts import StoredAccount, StoredSession, StoredToken
from db.session import Store
from surveillance.accounts import (
    FAILURE_WINDOW,
    LONGEST_PASSWORD,
    LONGEST_SESSION,
    MOST_FAILURES,
    Account,
    Refused,
    Role,
    checked_name,
    checked_password,
)
from surveillance.errors import UnreadableInput

API, FEED = "api", "feed"
_LONGEST_LABEL = 80


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the cookie, which is kept nowhere, and the word for its forms."""

    cookie: str
    csrf: str
    account: Account


def add_user(store: Store, name: str, role: Role, password: str | None, *, by: str) -> Account:
    """Make an account; without a password it is opened by an identity provider alone.

    Raises `UnreadableInput` where the name is taken or name or password cannot be used.
    """
    account = Account(checked_name(name), role)
    hashed = "" if password is None else _hasher().hash(checked_password(password, name))
    with store.transaction() as session:
        if account_rows.account_named(session, name):
            raise UnreadableInput(f"there is an account {account.name} already.")
        account_rows.add_account(session, account, hashed, _now())
        _note(session, by, "account made", f"{account.name}, {role}")
    return account


def change_role(store: Store, name: str, role: Role, *, by: str) -> None:
    """Give somebody another role, which counts from the next request on."""
    with store.transaction() as session:
        found = _existing(session, name)
        _keep_an_admin(session, found, still_one=role is Role.ADMIN)
        account_rows.change_account(session, found.number, role=role)
        _note(session, by, "role changed", f"{found.account.name}: {found.account.role} → {role}")


def enable(store: Store, name: str, *, enabled: bool, by: str) -> None:
    """Let somebody sign in, or no longer: sessions end at once, tokens open nothing."""
    with store.transaction() as session:
        found = _existing(session, name)
        _keep_an_admin(session, found, still_one=enabled)
        account_rows.change_account(session, found.number, enabled=enabled)
        if not enabled:
            account_rows.end_sessions(session, found.number, _now())
        _note(session, by, "account enabled" if enabled else "account disabled", found.account.name)


def set_password(store: Store, name: str, password: str, *, by: str) -> None:
    """Give an account a new password; its sessions end, wrong passwords are forgotten."""
    hashed = _hasher().hash(checked_password(password, name))
    with store.transaction() as session:
        found = _existing(session, name)
        account_rows.change_account(session, found.number, password_hash=hashed, failures=0)
        account_rows.end_sessions(session, found.number, _now())
        _note(session, by, "password changed", found.account.name)


def change_own_password(store: Store, name: str, old: str, new: str) -> SignedIn:
    """Give oneself a new password: every session ends, and a new one begins here.

    Raises `UnreadableInput` where the new one cannot be used, `Refused` where the old one is wrong
    or the name rests; wrong ones count as when signing in.
    """
    checked_password(new, name)
    with store.transaction() as session:
        found = _existing(session, name)
    resting = _rests(found)
    if not _fits(found.password_hash, old) or resting:
        _refuse(store, found, resting=resting)
    set_password(store, name, new, by=name)
    return _begin(store, found)


def has_password(session: Session, name: str) -> bool:
    """Whether somebody signs in here by a password, not by an identity provider alone."""
    return bool(_existing(session, name).password_hash)


def sign_in(store: Store, name: str, password: str) -> SignedIn:
    """Begin a session; raises `Refused`, which says no more than that it did not work.

    A name and its password are checked in the same time whether or not there is such a name.
    """
    with store.transaction() as session:
        found = account_rows.account_named(session, name)
        resting = found is not None and _rests(found)
    fits = _fits(found.password_hash if found else "", password)
    if found is None or resting or not fits or not found.account.enabled:
        _refuse(store, found, resting=resting)
    return _begin(store, found)


def sign_in_subject(store: Store, subject: str, name: str) -> SignedIn:
    """Begin a session for whom an identity provider vouches: known by `subject`, else by name.

    An account without a password is bound to the first subject that comes under its name.
    """
    with store.transaction() as session:
        found = account_rows.account_of_subject(session, subject)
        named = None if found else account_rows.account_named(session, name)
        if named and not named.password_hash and named.subject is None:
            account_rows.change_account(session, named.number, subject=subject)
            found = named
    if found is None or not found.account.enabled:
        _refuse(store, None, resting=False)
    return _begin(store, found)


def session_of(session: Session, cookie: str) -> StoredSession | None:
    """The session of a cookie, unless it ended or is too old."""
    return account_rows.session_of(session, hashed(cookie), _now() - LONGEST_SESSION)


def sign_out(store: Store, cookie: str, *, who: str, why: str = "signed out") -> None:
    """End a session."""
    with store.transaction() as session:
        account_rows.end_session(session, hashed(cookie), _now())
        _note(session, who, why, "")


def give_token(store: Store, name: str, *, purpose: str, label: str, topic: str = "") -> str:
    """A new token of somebody for the API or a topic's feed; it is shown once and kept nowhere."""
    tidy = " ".join(label.split())
    if not tidy or len(tidy) > _LONGEST_LABEL or not tidy.isprintable():
        raise UnreadableInput(f"say what the token is for, in up to {_LONGEST_LABEL} characters.")
    token = secrets.token_urlsafe(32)
    with store.transaction() as session:
        found = _existing(session, name)
        account_rows.add_token(
            session,
            found.number,
            purpose=purpose,
            topic=topic,
            label=tidy,
            token_hash=hashed(token),
            now=_now(),
        )
        _note(session, name, f"{purpose} token given", tidy)
    return token


def token_of(session: Session, token: str, purpose: str) -> StoredToken | None:
    """What a token opens, unless it was withdrawn or its owner may no longer sign in."""
    return account_rows.token_of(session, hashed(token), purpose)


def tokens_of(session: Session, name: str) -> list[StoredToken]:
    """The tokens of somebody that are not withdrawn."""
    return account_rows.tokens_of(session, _existing(session, name).number)


def withdraw_token(store: Store, name: str, number: int) -> None:
    """Withdraw a token of one's own; raises `UnreadableInput` where there is none."""
    with store.transaction() as session:
        found = _existing(session, name)
        if not account_rows.withdraw_token(session, number, found.number, _now()):
            raise UnreadableInput(f"you have no token {number}.")
        _note(session, name, "token withdrawn", str(number))


def hashed(token: str) -> str:
    """What is kept of a cookie or a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _begin(store: Store, found: StoredAccount) -> SignedIn:
    cookie, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    with store.transaction() as session:
        account_rows.start_session(session, found.number, hashed(cookie), csrf, _now())
        account_rows.change_account(session, found.number, failures=0)
        _note(session, found.account.name, "signed in", "")
    return SignedIn(cookie, csrf, found.account)


def _refuse(store: Store, found: StoredAccount | None, *, resting: bool) -> NoReturn:
    """Count what was wrong and raise `Refused`. A name that is nobody's is not kept."""
    if found is not None:
        with store.transaction() as session:
            failures = found.failures + 1 if _recent(found) else 1
            if not resting:
                account_rows.change_account(
                    session, found.number, failures=failures, last_failure_at=_now()
                )
            what = "sign-in while it rests" if resting else "sign-in refused"
            _note(session, found.account.name, what, "")
    raise Refused(
        "this name and password open nothing.",
        hint=f"After {MOST_FAILURES} tries a name rests for "
        f"{FAILURE_WINDOW.seconds // 60} minutes; an administrator can set a new password.",
    )


def _rests(found: StoredAccount) -> bool:
    return found.failures >= MOST_FAILURES and _recent(found)


def _recent(found: StoredAccount) -> bool:
    last = found.last_failure_at
    return last is not None and _now() - last < FAILURE_WINDOW


def _fits(password_hash: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        _hasher().verify(password_hash or _nobodys_hash(), password)
    except (Argon2Error, InvalidHashError):
        return False
    return bool(password_hash)


def _existing(session: Session, name: str) -> StoredAccount:
    found = account_rows.account_named(session, name)
    if found is None:
        raise UnreadableInput(f"there is no account {name}.", hint="`surveil user list` names all.")
    return found


def _keep_an_admin(session: Session, found: StoredAccount, *, still_one: bool) -> None:
    is_admin = found.account.role is Role.ADMIN and found.account.enabled
    if is_admin and not still_one and account_rows.enabled_of_role(session, Role.ADMIN) == 1:
        raise UnreadableInput(
            f"{found.account.name} is the only administrator.", hint="Make another one first."
        )


def _note(session: Session, who: str, what: str, detail: str) -> None:
    account_rows.note(session, who, what, detail, _now())


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def _now() -> datetime:
    return datetime.now(UTC)
