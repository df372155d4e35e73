"""What a database says when it fails, as one sentence for the person who has to mend it."""

from __future__ import annotations

import re

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from db.engines import PATIENCE
from surveillance.errors import Place, StoreFailed

#: What goes wrong in words of SQLite or PostgreSQL, what that is in ours, and what to do.
_TROUBLES = (
    (
        r"database or disk is full|no space left|disk full|could not extend file",
        "there is no room left for it",
        "Make room and run again; what was finished is kept.",
    ),
    (
        r"database (table )?is locked|lock timeout|deadlock",
        f"another process kept it busy for more than {PATIENCE} s",
        "Run again when that is done.",
    ),
    (
        r"readonly database|read-only",
        "it may be read, but not written",
        "Give yourself the right to write there, to the folder of a SQLite store, too.",
    ),
    (
        r"not a database|malformed|file is encrypted",
        "it is no database, or damaged",
        "Is the address right? `surveil db check` says more; else take the last backup.",
    ),
    (
        r"no such (table|column)|(relation|column) .* does not exist",
        "its tables are not those of this program",
        "Run `surveil db upgrade`.",
    ),
    (
        r"NUL \(0x00\)",
        "PostgreSQL keeps no text with a NUL character, and one was to be written",
        "What was read holds binary data where text should stand; take that file out.",
    ),
    (
        r"server closed|terminating connection|connection (is|was|has been) (lost|closed)"
        r"|the connection is closed|consuming input failed|refused|timeout expired|No such file",
        "its server is not there, or went away",
        "Run again when it is; what was finished is kept.",
    ),
    (
        r"unable to open database file",
        "it cannot be opened",
        "Is the folder there, and may you write there?",
    ),
)
_OTHERWISE = "Is it a database of this program, and may you write there?"


def store_failed(fault: DBAPIError, address: str) -> StoreFailed | None:
    """The sentence for a failure of the database; None where the fault is this program's own.

    `address` is the store's, without its password. What was to be written is never quoted.
    """
    reason = str(fault.orig).strip().partition("\n")[0]
    trouble, hint = _words(reason)
    if not trouble and isinstance(fault, DataError | IntegrityError | ProgrammingError):
        return None
    detail = f"{trouble} ({reason})" if trouble else reason
    return StoreFailed(f"the store failed: {detail}.", place=Place(address), hint=hint)


def _words(reason: str) -> tuple[str, str]:
    for pattern, trouble, hint in _TROUBLES:
        if re.search(pattern, reason, re.IGNORECASE):
            return trouble, hint
    return "", _OTHERWISE
