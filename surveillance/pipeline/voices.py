"""Which of a topic's registrations speaks for its trial: a trial is news once.

A trial may be registered in several registries, and WHO's ICTRP has a copy of most entries. What
ICTRP says of a trial that is read at its own registry is no news: its copies lag behind, and a
copy that catches up is no change of the trial.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from db.studies import WATCHED, StoredRegistration
from surveillance.records.trial_numbers import trial_number
from surveillance.studies.joined import join
from surveillance.studies.merged import RANKS, merge
from surveillance.studies.registrations import ICTRP, Registration
from surveillance.topics import Topic


@dataclass(frozen=True, slots=True)
class Voice:
    """What a registration may tell: that its trial is new, and what changed in it.

    `trial` is the view over all registrations of the trial.
    """

    announced: bool
    tells_changes: bool
    trial: Registration


def first_asked(held: Iterable[StoredRegistration]) -> dict[str, date]:
    """The day on which each registry first gave a registration to the topic."""
    days: dict[str, date] = {}
    for stored in held:
        registry = stored.newest.registry
        days[registry] = min(stored.first_seen_on, days.get(registry, date.max))
    return days


def voices(
    topic: Topic, held: Sequence[StoredRegistration]
) -> Iterator[tuple[StoredRegistration, Voice]]:
    """What each registration may tell, in the order given."""
    found: dict[str, Voice] = {}
    watched = frozenset(_form(trial.number) for trial in topic.watched_trials)
    stored = {one.newest.kept_under: one for one in held}
    for trial in join(one.newest for one in held).trials:
        for one, voice in _of_trial(watched, [stored[member.kept_under] for member in trial]):
            found[one.number] = voice
    for one in held:
        yield one, found[one.number]


def _of_trial(
    watched: frozenset[str], members: list[StoredRegistration]
) -> Iterator[tuple[StoredRegistration, Voice]]:
    """The first that was seen announces the trial, unless it is watched: nobody is told then."""
    is_watched = any(one.route == WATCHED or _form(one.newest.number) in watched for one in members)
    first = min(members, key=_seen)
    directly = any(one.newest.registry != ICTRP for one in members)
    view = first.newest
    if len(members) > 1:
        view = merge(one.newest for one in members).registration
    for one in members:
        copied = one.newest.registry == ICTRP and directly
        yield one, Voice(one is first and not is_watched, not copied, view)


def _form(number: str) -> str:
    """A number in its one form, as far as that is known."""
    return str(trial_number(number) or number)


def _seen(one: StoredRegistration) -> tuple[date, int, str]:
    return one.first_seen_on, RANKS.index(one.newest.registry), one.number
