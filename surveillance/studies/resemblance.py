"""Links without a number: reports that resemble a registered trial, for a person to judge.

Only a few trials are compared with a report: those that share its rarer words. So it stays quick
with ten thousand registrations.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from math import log

from surveillance.records import Record
from surveillance.studies.likeness import Described, Likeness, likeness
from surveillance.studies.links import (
    Certainty,
    Link,
    Place,
    kind_of_many,
    registration_numbers,
)
from surveillance.studies.one_trial import Trial, Trials
from surveillance.studies.subject_words import telling_stems

#: Trials that are compared with one report, and trials that may share a word that still counts.
_COMPARED, _MOST_SHARING = 20, 200
#: Words that a report and a trial must share to be compared.
_LEAST_SHARED = 2
#: Points that another trial must be behind for the first to be the one.
_AHEAD = 3
#: Trials that one report is put before a person with.
_SHOWN = 3


class Resemblance:
    """Trials by the words of their titles, for finding those that a report resembles."""

    def __init__(self, trials: Trials) -> None:
        self.trials = trials
        self._by_stem: defaultdict[str, list[str]] = defaultdict(list)
        self._by_number: dict[str, Trial] = {}
        for trial in trials.trials:
            self._by_number[trial.number] = trial
            for stem in telling_stems(_blocked_by(trial)):
                self._by_stem[stem].append(trial.number)

    def links(self, record: Record) -> tuple[Link, ...]:
        """The trials that a record without a number resembles, the likest first, as links.

        None for a record that names any trial, and for reviews and comments.
        """
        if kind_of_many(record) or registration_numbers(record):
            return ()
        report = Described(record)
        found = [likeness(report, trial) for trial in self._candidates(report)]
        alike = sorted((one for one in found if one.telling), key=_likest_first)
        return tuple(self._link(one, alike) for one in alike[:_SHOWN])

    def _candidates(self, report: Described) -> Iterator[Trial]:
        """The trials that share most of the report's rarer words."""
        weights: Counter[str] = Counter()
        shared: Counter[str] = Counter()
        for stem in sorted(telling_stems((report.record.title,)) | self._rare(report)):
            holders = self._by_stem.get(stem, ())
            if 0 < len(holders) <= _MOST_SHARING:
                weight = int(1000 * log(1 + len(self._by_number) / len(holders)))
                for number in holders:
                    weights[number] += weight
                shared.update(holders)
        several = [number for number in weights if shared[number] >= _LEAST_SHARED]
        best = sorted(several, key=lambda number: (-weights[number], number))[:_COMPARED]
        return (self._by_number[number] for number in best)

    def _rare(self, report: Described) -> set[str]:
        """Words of the abstract that very few trials have."""
        return {stem for stem in report.stems if len(self._by_stem.get(stem, ())) in (1, 2, 3)}

    def _link(self, one: Likeness, alike: list[Likeness]) -> Link:
        rivals = [other for other in alike if self._rivals(one, other)]
        certain = one.overwhelming and not rivals
        against = [f"but {what}" for what in one.contradictions]
        also = [f"{rivals[0].number} is as like"] if rivals else []
        return Link(
            number=one.number,
            where=Place.LIKENESS,
            words="",
            certainty=Certainty.CERTAIN if certain else Certainty.DOUBTFUL,
            reasons=(*one.agreements, *against, *also),
        )

    def _rivals(self, one: Likeness, other: Likeness) -> bool:
        """Whether another trial is nearly as like; registrations of one trial are no rivals."""
        another = self.trials.key(one.number) != self.trials.key(other.number)
        return another and other.points > one.points - _AHEAD


def _blocked_by(trial: Trial) -> Iterable[str]:
    return (trial.title, trial.official_title, trial.acronym, *trial.interventions)


def _likest_first(one: Likeness) -> tuple[int, str]:
    return -one.points, one.number
