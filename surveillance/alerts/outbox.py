"""Who has yet to be told what: settled once for each signal's version, recipient and channel."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from surveillance.signals.model import Signal
from surveillance.studies.weight import Weight
from surveillance.topics import Recipient


class VersionKey(NamedTuple):
    """What is settled once for a recipient and a channel: a signal's version."""

    signal_key: str
    version: int


@dataclass(frozen=True, slots=True)
class Raised:
    """A signal as the store has it: with its number and its version."""

    number: int
    version: int
    signal: Signal

    @property
    def key(self) -> VersionKey:
        """What is settled once."""
        return VersionKey(self.signal.key, self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a recipient stands when a run ends.

    `settled`: what was told, queued or passed over; `last_told_on`: the day of the last message;
    `joins`: the first run that knows them, while others were told before; `left`: unsubscribed.
    """

    settled: Set[VersionKey] = frozenset()
    last_told_on: date | None = None
    joins: bool = False
    left: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What becomes of a recipient's open signals: told now, and passed over for good.

    What is in neither waits for its day. `is_due` is true where a message is to be written, be
    it that nothing happened.
    """

    is_due: bool
    told: tuple[Raised, ...]
    passed_over: tuple[Raised, ...]
    too_light: int


def share(
    recipient: Recipient,
    raised: Iterable[Raised],
    this_run: Set[int],
    standing: Standing,
    today: date,
) -> Share:
    """What a recipient is told on a day, the most important first.

    Passed over for good is what is too light, what was raised while nobody wanted mail, and, for
    somebody who joins, what others were told before `this_run` (numbers of its signals).
    """
    rest = {one.key: one for one in raised if one.key not in standing.settled}.values()
    wanted = [one for one in rest if _is_for(recipient, one, this_run, standing)]
    kept = {one.key for one in wanted}
    passed_over = tuple(one for one in rest if one.key not in kept)
    is_due = not standing.left and _is_due(recipient, standing, today, news=bool(wanted))
    told = sorted(wanted, key=lambda one: one.signal.importance) if is_due else []
    light = sum(not _is_heavy(recipient, one.signal) for one in rest if one.number in this_run)
    return Share(is_due, tuple(told), passed_over, light)


def beginning(rhythm: str, day: date) -> date:
    """The first day of the time for which one message is due: the day, its week or its month."""
    match rhythm:
        case "weekly":
            return day - timedelta(days=day.weekday())
        case "monthly":
            return day.replace(day=1)
    return day


def _is_due(recipient: Recipient, standing: Standing, today: date, *, news: bool) -> bool:
    """At once: whenever there is news. Else once a week or month; quiet ones as wanted."""
    last = standing.last_told_on
    told_already = last is not None and last >= beginning(recipient.rhythm, today)
    if recipient.rhythm == "at once" and news:
        return True
    return not told_already and (news or recipient.quiet_weeks)


def _is_for(recipient: Recipient, one: Raised, this_run: Set[int], standing: Standing) -> bool:
    if standing.left or (standing.joins and one.number not in this_run):
        return False
    return _is_heavy(recipient, one.signal)


def _is_heavy(recipient: Recipient, signal: Signal) -> bool:
    return signal.weight.rank <= Weight(recipient.weight).rank
