"""Who may do what on the triage page: accounts, their roles, and what a password needs.

Limits follow OWASP ASVS 4.0.3, chapters 2.1 (passwords), 2.2 (guessing) and 3.3 (sessions' ends).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from surveillance.errors import SurveillanceError, UnreadableInput

#: Characters of a password (ASVS 2.1.1, 2.1.2).
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
#: Characters of a name: it stands beside every decision.
LONGEST_NAME = 80
#: So many wrong passwords for one name within the window, and the name rests until it is over.
MOST_FAILURES, FAILURE_WINDOW = 5, timedelta(minutes=15)
#: A session ends so long after the last request, and so long after it began whatever happens.
IDLE, LONGEST_SESSION = timedelta(hours=2), timedelta(hours=12)
#: Different characters that a password needs: “aaaaaaaaaaaa” has one.
_FEWEST_DIFFERENT = 5


class Role(StrEnum):
    """What somebody is here for."""

    REVIEWER = "reviewer"
    SPECIALIST = "specialist"
    GUIDANCE = "guidance"
    ADMIN = "admin"


class Permission(StrEnum):
    """What somebody may do."""

    READ = "read"
    SCREEN = "screen reports"
    COMPARE = "answer doubtful pairs"
    JUDGE = "judge signals and the guidance"
    SIGN = "sign strategies off"
    MANAGE = "manage accounts and read the audit"


_ALLOWED = {
    Role.REVIEWER: {Permission.READ, Permission.SCREEN, Permission.COMPARE},
    Role.SPECIALIST: {Permission.READ, Permission.SCREEN, Permission.COMPARE, Permission.SIGN},
    Role.GUIDANCE: {Permission.READ, Permission.JUDGE},
    Role.ADMIN: {Permission.READ, Permission.MANAGE},
}


class Refused(SurveillanceError):
    """A name and password that open nothing, or nothing now; it never says which was wrong."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account; `name` signs what the person decides."""

    name: str
    role: Role
    enabled: bool = True

    def may(self, what: Permission) -> bool:
        """Whether the role allows something."""
        return self.enabled and what in _ALLOWED[self.role]


def same_name(name: str) -> str:
    """A name as it is compared: without regard to capitals and blanks."""
    return " ".join(name.casefold().split())


def checked_name(name: str) -> str:
    """The name as it will be shown; raises `UnreadableInput` where nobody could be called so."""
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > LONGEST_NAME or not tidy.isprintable():
        raise UnreadableInput(f"a name is text of up to {LONGEST_NAME} characters.")
    if tidy.casefold() == "rule":
        raise UnreadableInput("“rule” is how the rules sign, so nobody is called so.")
    return tidy


def checked_role(role: str) -> Role:
    """The role of that name; raises `UnreadableInput` where there is none."""
    try:
        return Role(role)
    except ValueError:
        raise UnreadableInput(
            f"“{role}” is no role; it is {', '.join(list(Role)[:-1])} or {list(Role)[-1]}."
        ) from None


def checked_password(password: str, name: str) -> str:
    """A password as it is given; raises `UnreadableInput` where it is too easily guessed.

    No mixture of kinds of characters is asked for (ASVS 2.1.9).
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UnreadableInput(
            f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.",
            hint="Four words that have nothing to do with each other are easy to keep in mind.",
        )
    if len(set(password)) < _FEWEST_DIFFERENT or same_name(name) in same_name(password):
        raise UnreadableInput(
            "this password is easily guessed: it repeats itself or holds your name."
        )
    return password
