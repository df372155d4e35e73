"""A database's own export, made by a person: read, and what is no report left out and counted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from surveillance.errors import UnreadableInput
from surveillance.records.carried import is_carried
from surveillance.records.model import Record
from surveillance.records.payload import Captured
from surveillance.records.reading import read_records
from surveillance.records.registration_numbers import registration_numbers
from surveillance.records.text import UnreadLine

# CENTRAL takes registry entries in as records, named by number and with the registry's address
# where the journal stands.
_REGISTRY_TYPE = re.compile(r"\btrial regist(?:ry|er)\b|\bclinical trial registration\b", re.I)
_REGISTRY_ADDRESS = re.compile(
    r"clinicaltrials\.gov|clinicaltrialsregister\.eu|who\.int/(?:ictrp|trialsearch)"
    r"|trialsearch\.who\.int|isrctn\.com|anzctr\.org|chictr\.org|drks\.de|euclinicaltrials\.eu",
    re.I,
)
_CONFERENCE_TYPE = re.compile(
    r"\bconference\b|\bcongress(?:es)?\b|\bmeeting abstract\b|\bproceeding(?:s)?\b", re.I
)
# “Proceedings of …” names many a journal, so that word decides only as a publication type.
_CONFERENCE_JOURNAL = re.compile(
    r"\bconference\b|\bcongress\b|\bsymposium\b|\bannual (?:scientific )?meeting\b"
    r"|\b(?:meeting|conference) abstracts?\b|\babstracts? (?:of|from|presented)\b",
    re.I,
)
_CONFERENCE_ISSUE = re.compile(r"\babstracts?\b|\bconference\b|\bcongress\b|\bmeeting\b", re.I)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Records of an export that are left out for one reason, with their numbers in the source."""

    reason: str
    count: int
    source_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """An export as read: its records, lines that are none, what was left out, the file's hash."""

    captured: tuple[Captured, ...]
    unread: tuple[UnreadLine, ...]
    dropped: tuple[Dropped, ...]
    sha256: str

    @property
    def ours(self) -> bool:
        """Whether `surveil export` wrote all of it: then it is no search of any database."""
        return all(map(is_carried, self.captured))


def read_export(path: Path, database: str) -> Export:
    """The records of an export under the name of their database (“Embase” → `embase`).

    Of CENTRAL, registry entries and conference material are left out, as NICE's overview did
    (its methods: “removed trial registry records and conference material”); registrations are
    watched at the registry itself. Nothing is left out of other databases here, nor of what an
    export of this program carries, whose records keep their own sources. Raises
    `UnreadableInput` where the file cannot be read or holds no record.
    """
    source = source_of(database)
    found = read_records(path, source=source)
    captured = tuple(found.captured)
    if not captured:
        raise UnreadableInput(f"{path}: the file holds no record.", hint="Export it again.")
    kept, dropped = _split(captured) if source == "central" else (captured, ())
    return Export(kept, found.unread, dropped, _sha256(path))


def source_of(database: str) -> str:
    """The name that a database's records carry as their source."""
    source = re.sub(r"[^a-z0-9]+", "-", database.casefold()).strip("-")
    if not source:
        raise UnreadableInput("the database has no name.")
    return source


def is_registry_record(record: Record) -> bool:
    """Whether a record is a registry's entry itself, not a report that names one."""
    return (
        any(_REGISTRY_TYPE.search(kind) for kind in record.publication_types)
        or _REGISTRY_ADDRESS.search(record.journal) is not None
        or _is_its_own_author(record)
    )


def is_conference_material(record: Record) -> bool:
    """Whether the source says so: by publication type, journal or issue. A supplement or pages
    such as S12 alone decide nothing: full papers have them too (source-facts, "Files")."""
    return (
        any(_CONFERENCE_TYPE.search(kind) for kind in record.publication_types)
        or _CONFERENCE_JOURNAL.search(record.journal) is not None
        or _CONFERENCE_ISSUE.search(record.issue) is not None
    )


def _is_its_own_author(record: Record) -> bool:
    names = [str(author) for author in record.authors]
    return len(names) == 1 and registration_numbers(names) == tuple(names)


_REASONS: tuple[tuple[str, Callable[[Record], bool]], ...] = (
    ("trial registry records", is_registry_record),
    ("conference material", is_conference_material),
)


def _split(captured: Iterable[Captured]) -> tuple[tuple[Captured, ...], tuple[Dropped, ...]]:
    kept: list[Captured] = []
    left: dict[str, list[str]] = {}
    for item in captured:
        reason = None if is_carried(item) else _reason(item.record)
        if reason is None:
            kept.append(item)
        else:
            left.setdefault(reason, []).append(item.record.source_id)
    dropped = tuple(Dropped(name, len(ids), tuple(ids)) for name, ids in left.items())
    return tuple(kept), dropped


def _reason(record: Record) -> str | None:
    return next((name for name, holds in _REASONS if holds(record)), None)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
