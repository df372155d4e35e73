"""Which of NLM's files are new to a topic, so that nothing between two of them is missed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from db import bulk as bulk_rows
from db.bulk import AppliedFile
from surveillance.errors import UnreadableInput
from surveillance.pipeline.bulk_sweep import Days
from surveillance.pipeline.searching import SOURCE, standing_watermark
from surveillance.pipeline.strategies import ReadyStrategy
from surveillance.sources.update_files import PubMedFile

_HINT = "Run it through PubMed first (surveil run), or give the baseline and all update files."


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a topic is: the day that all its strategies are covered until, and its files.

    `covered_until` is None where a strategy was never searched as it is now. `applied` is empty
    where the last file was applied to other strategies than those of now.
    """

    topic: str
    covered_until: date | None
    applied: Mapping[str, AppliedFile]


@dataclass(frozen=True, slots=True)
class Due:
    """The files that are new to a topic: those from the place `begins` on.

    `known` False: whether they follow on what the topic has is still to be seen from their days.
    """

    begins: int
    known: bool = True
    remarks: tuple[str, ...] = ()


def standing_of(session: Session, topic: str, strategies: Sequence[ReadyStrategy]) -> Standing:
    """What the store knows of a topic."""
    marks = [standing_watermark(session, topic, ready) for ready in strategies]
    days = [mark.covered_until for mark in marks if mark]
    whole = bool(days) and len(days) == len(marks)
    applied = bulk_rows.applied_files(session, topic)
    last = _last(applied)
    if last is not None:
        searched = bulk_rows.searched_by(session, last.run_id, SOURCE)
        if not {(ready.name, *ready.hashes) for ready in strategies} <= searched:
            applied = {}
    return Standing(topic, min(days) if whole else None, applied)


def due(
    standing: Standing, files: Sequence[PubMedFile], md5_of: Callable[[PubMedFile], str]
) -> Due:
    """The files that are new to a topic.

    From one that NLM gave out anew all later ones are applied again: what it brings is older than
    what they brought. Raises `UnreadableInput` where a topic needs files that are not there.
    """
    if standing.covered_until is None:
        if files[0].number != 1:
            raise UnreadableInput(
                f"{standing.topic} has a strategy that was never searched as it is now, and the "
                f"files begin with {files[0].name}, not with the baseline.",
                hint=_HINT,
            )
        return Due(0)
    last = _last(standing.applied)
    if last is not None and _order(last.name) >= _before(files[0]):
        return _after(last, standing, files, md5_of)
    updates = (place for place, file in enumerate(files) if not file.is_baseline)
    return Due(next(updates, len(files)), known=False)


def check_follows(standing: Standing, file: PubMedFile, days: Days) -> None:
    """Raise `UnreadableInput` where something may lie between what is covered and a first file.

    A day is safe only if it is over: what NLM revised on the last day of a search, later than
    the search, may be in the file before.
    """
    covered = standing.covered_until
    if days.first is None or (covered is not None and days.first >= covered):
        raise UnreadableInput(
            f"{standing.topic} is covered until {covered}, and {file.name} begins with "
            f"{days.first or 'no day that it names'}: what lies between may be missing.",
            hint="Give an earlier update file, too, or run the topic through PubMed (surveil run).",
        )


def _after(
    last: AppliedFile,
    standing: Standing,
    files: Sequence[PubMedFile],
    md5_of: Callable[[PubMedFile], str],
) -> Due:
    for place, file in enumerate(files):
        if file.order > _order(last.name):
            return Due(place)
        known = standing.applied.get(file.name)
        if known is not None and md5_of(file) != known.md5:
            remark = f"{file.name} is not the file that was applied before; applied again from it."
            return Due(place, remarks=(remark,))
    return Due(len(files))


def _last(applied: Mapping[str, AppliedFile]) -> AppliedFile | None:
    return max(applied.values(), key=lambda file: _order(file.name), default=None)


def _order(name: str) -> tuple[int, int]:
    return PubMedFile(name, "", is_baseline=False).order


def _before(file: PubMedFile) -> tuple[int, int]:
    return file.year, file.number - 1
