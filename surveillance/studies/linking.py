"""All records of a topic linked to its registrations: by number, then by likeness."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from surveillance.records import Record
from surveillance.studies.links import Link, find_links
from surveillance.studies.one_trial import Trials
from surveillance.studies.resemblance import Resemblance


def link_all(
    records: Mapping[int, Record], trials: Trials, proposed: Collection[str] = ()
) -> Iterator[tuple[int, tuple[Link, ...]]]:
    """The links of each record, those without any left out.

    Without a number, a record is held only against trials that have no certain report yet, and
    those that were `proposed` for one before: what waits for a person goes on waiting.
    """
    by_number = {number: find_links(record, trials) for number, record in records.items()}
    reported = {
        trials.key(one.number) for found in by_number.values() for one in found if one.certain
    }
    resemblance = Resemblance(trials.only(lambda number: _open(number, trials, reported, proposed)))
    for number, links in by_number.items():
        found = links or resemblance.links(records[number])
        if found:
            yield number, found


def _open(
    number: str, trials: Trials, reported: Collection[str], proposed: Collection[str]
) -> bool:
    return number in proposed or trials.key(number) not in reported
