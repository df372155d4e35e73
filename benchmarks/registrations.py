"""A week's comparison of many watched trials: seconds on one core, after the download.

    python -m benchmarks.registrations [N] [--changed K] [--weeks W] [--database URL] [--json]

N constructed trials (10,000), all watched, lie in a store, with W earlier weeks (1) in which K of
them changed (500). The answer of a week later has all of them, every document with the registry's
new stamp, K of them changed. Timed are the stages of a run after the download: the documents are
kept, records linked, signals raised, and alerts, feed and calendar written. The documents are as
large as the registry's: a seventh has posted results. Seconds are of our own processor, and beside
them those that passed.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from db import studies as study_rows
from db.session import Store
from db.signals import signals_of
from surveillance.pipeline.running import begin_walk, clock_for, finish, run_stage
from surveillance.records import Payload
from surveillance.settings import Settings
from surveillance.studies.reading import CLINICALTRIALS_JSON
from surveillance.topics import Topic, WatchedTrial, read_topic

TRIALS, CHANGED, WEEKS = 10_000, 500, 1
TOPIC = "benchmark"
EXAMPLE = Path(__file__).parents[1] / "search_strategies" / "targeted_muscle_reinnervation"
_STAGES = {
    "link": "records linked",
    "signal": "signals raised",
    "alert": "alerts, feed and calendar written",
}
FIRST = date(2024, 8, 2)
_WORDS = (
    "pain",
    "limb",
    "nerve",
    "muscle",
    "surgery",
    "stump",
    "phantom",
    "amputation",
    "prosthesis",
    "outcome",
    "score",
    "function",
    "quality",
    "sleep",
    "opioid",
    "randomised",
    "care",
    "of",
    "after",
    "with",
)
_STATUSES = ("RECRUITING", "COMPLETED", "ACTIVE_NOT_RECRUITING", "UNKNOWN", "TERMINATED")


@dataclass(slots=True)
class Measured:
    """What a week took, by step: seconds of the processor and seconds that passed."""

    trials: int
    megabytes: float
    versions: int = 0
    signals: int = 0
    digest: int = 0
    seconds: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """The seconds of the processor for all steps."""
        return sum(cpu for cpu, _ in self.seconds.values())

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Note how long what is inside takes."""
        began = (time.process_time(), time.perf_counter())
        yield
        done = (time.process_time(), time.perf_counter())
        self.seconds[name] = (done[0] - began[0], done[1] - began[1])


def main() -> None:
    """Measure and print."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite:///{Path(folder, 'surveil.db')}"
        found = measured(url, asked.trials, asked.changed, asked.weeks)
    if asked.json:
        print(json.dumps({"total": found.total, **_as_json(found)}, indent=2))
        return
    table = Table("step", "processor, s", "passed, s", title=_title(found))
    for column in table.columns[1:]:
        column.justify = "right"
    for name, (cpu, passed) in found.seconds.items():
        table.add_row(name, f"{cpu:.1f}", f"{passed:.1f}")
    table.add_row("in all", f"{found.total:.1f}", "", style="bold")
    Console(width=None if sys.stdout.isatty() else 100).print(table)


def measured(url: str, trials: int, changed: int, weeks: int) -> Measured:
    """The steps of one week after `weeks` weeks in which `changed` of the trials changed."""
    store = Store(url)
    try:
        store.upgrade()
        holdings = Holdings(trials)
        topic = _topic(holdings)
        _week(store, topic, holdings.answer(FIRST), FIRST, Measured(trials, 0))
        today = FIRST
        for _ in range(weeks):
            today += timedelta(days=7)
            holdings.change(changed)
            _week(store, topic, holdings.answer(today), today, Measured(trials, 0))
        today += timedelta(days=7)
        holdings.change(changed)
        answer = holdings.answer(today)
        size = sum(len(payload.content) for _, payload in answer) / 1e6
        found = Measured(trials, size)
        _week(store, topic, answer, today, found)
    finally:
        store.close()
    return found


def _topic(holdings: Holdings) -> Topic:
    """The example topic, with all trials on its watch list."""
    watched = (WatchedTrial(number, "A trial", ()) for number in holdings.numbers)
    return replace(read_topic(EXAMPLE), slug=TOPIC, watched_trials=tuple(watched), known_items=())


def _week(
    store: Store, topic: Topic, answer: list[tuple[str, Payload]], today: date, found: Measured
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, workspace=Path(folder), database_url=store.url)
        walk = begin_walk(topic, settings, store, clock=clock_for(today))
        with found.step("documents kept"):
            _keep(store, answer, today)
        answer.clear()
        for name, words in _STAGES.items():
            with found.step(words):
                run_stage(walk, name)
        finish(walk)
        _count(store, today, found)
        notes = (file.stat().st_size for file in walk.alerts_folder.glob("*.html"))
        found.digest = max(notes, default=0)


def _count(store: Store, today: date, found: Measured) -> None:
    with store.transaction() as session:
        raised = [one for one in signals_of(session, TOPIC) if one.raised_on == today]
        found.signals = len(raised)
        held = study_rows.registrations_of(session, TOPIC)
        found.versions = sum(len(stored.kept) for stored in held)


def _keep(store: Store, answer: list[tuple[str, Payload]], today: date) -> None:
    with store.transaction() as session:
        _save(session, answer, today)


def _save(session: Session, answer: list[tuple[str, Payload]], today: date) -> None:
    study_rows.save_registrations(
        session,
        answer,
        topic=TOPIC,
        route=study_rows.WATCHED,
        search_id=None,
        seen_on=today,
    )


class Holdings:
    """What the registry has: constructed studies, of which some change each week."""

    def __init__(self, trials: int) -> None:
        self._random = random.Random(7)
        # All show the same, kept once: the memory that is measured is the program's.
        tables = [self._table(number) for number in range(60)]
        self._results = {"outcomeMeasuresModule": {"outcomeMeasures": tables}}
        self.studies = [self._study(place) for place in range(1, trials + 1)]

    @property
    def numbers(self) -> list[str]:
        """The trials' numbers."""
        return [one["protocolSection"]["identificationModule"]["nctId"] for one in self.studies]

    def change(self, count: int) -> None:
        """Change so many studies: a date, the size, the status, a number that was posted."""
        for study in self._random.sample(self.studies, min(count, len(self.studies))):
            protocol = study["protocolSection"]
            month = self._random.randrange(1, 13)
            protocol["statusModule"]["primaryCompletionDateStruct"]["date"] = f"2027-{month:02}"
            protocol["statusModule"]["overallStatus"] = self._random.choice(_STATUSES)
            protocol["designModule"]["enrollmentInfo"]["count"] = self._random.randrange(10, 900)
            if study["hasResults"]:
                study["resultsSection"] = results = copy.deepcopy(study["resultsSection"])
                tables = results["outcomeMeasuresModule"]["outcomeMeasures"]
                cell = tables[0]["classes"][0]["categories"][0]["measurements"][0]
                cell["value"] = f"{cell['value']}1"

    def answer(self, today: date) -> list[tuple[str, Payload]]:
        """All studies as they are sent on a day: each with the day of the registry's data."""
        return [self._document(study, today) for study in self.studies]

    def _document(self, study: dict[str, Any], today: date) -> tuple[str, Payload]:
        study["derivedSection"]["miscInfoModule"]["versionHolder"] = today.isoformat()
        content = json.dumps(study, sort_keys=True, ensure_ascii=False).encode()
        number = study["protocolSection"]["identificationModule"]["nctId"]
        return number, Payload(content, CLINICALTRIALS_JSON)

    def _study(self, place: int) -> dict[str, Any]:
        study: dict[str, Any] = {
            "protocolSection": self._protocol(place),
            "derivedSection": {
                "miscInfoModule": {},
                "conditionBrowseModule": {"meshes": self._items(4, "term")},
            },
            "hasResults": place % 7 == 0,
        }
        if study["hasResults"]:
            study["resultsSection"] = self._results
        return study

    def _protocol(self, place: int) -> dict[str, Any]:
        year = self._random.randrange(2018, 2028)
        return {
            "identificationModule": {
                "nctId": f"NCT9{place:07}",
                "briefTitle": self._text(12),
                "officialTitle": self._text(25),
            },
            "statusModule": {
                "overallStatus": self._random.choice(_STATUSES),
                "startDateStruct": {"date": f"{year - 2}-01", "type": "ACTUAL"},
                "primaryCompletionDateStruct": {"date": f"{year}-06", "type": "ESTIMATED"},
                "completionDateStruct": {"date": f"{year + 1}-06", "type": "ESTIMATED"},
            },
            "descriptionModule": {
                "briefSummary": self._text(200),
                "detailedDescription": self._text(400),
            },
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["NA"],
                "designInfo": {"allocation": "RANDOMIZED"},
                "enrollmentInfo": {"count": self._random.randrange(10, 900), "type": "ESTIMATED"},
            },
            "armsInterventionsModule": {
                "armGroups": self._items(3, "label"),
                "interventions": self._items(3, "name"),
            },
            "outcomesModule": {
                "primaryOutcomes": self._items(2, "measure"),
                "secondaryOutcomes": self._items(12, "measure"),
            },
            "eligibilityModule": {"eligibilityCriteria": self._text(300)},
            "contactsLocationsModule": {
                "locations": [{"facility": self._text(5), "country": "Ireland"}] * 8
            },
        }

    def _table(self, place: int) -> dict[str, Any]:
        """The results of an outcome in three groups at five times, as the registry posts them."""
        groups = [{"id": f"OG{n:03}", "title": self._text(6)} for n in range(3)]
        return {
            "type": "PRIMARY" if place == 0 else "SECONDARY",
            "title": self._text(8),
            "description": self._text(60),
            "reportingStatus": "POSTED",
            "groups": groups,
            "classes": [
                {
                    "title": f"week {week}",
                    "categories": [
                        {
                            "measurements": [
                                {
                                    "groupId": group["id"],
                                    "value": str(self._random.randrange(100)),
                                    "spread": str(self._random.randrange(30)),
                                }
                                for group in groups
                            ]
                        }
                    ],
                }
                for week in range(5)
            ],
        }

    def _items(self, count: int, name: str) -> list[dict[str, str]]:
        return [{name: self._text(8), "description": self._text(30)} for _ in range(count)]

    def _text(self, words: int) -> str:
        return " ".join(self._random.choices(_WORDS, k=words))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("trials", nargs="?", type=int, default=TRIALS, metavar="N")
    parser.add_argument("--changed", type=int, default=CHANGED, metavar="K")
    parser.add_argument("--weeks", type=int, default=WEEKS, metavar="W")
    parser.add_argument("--database", metavar="URL", help="an empty one (a SQLite file)")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _title(found: Measured) -> str:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{found.trials:,} trials, {found.megabytes:,.0f} MB, {found.versions:,} versions, "
        f"{found.signals:,} signals, digest {found.digest / 1000:,.0f} kB; peak {peak:,.0f} MB"
    )


def _as_json(found: Measured) -> dict[str, Any]:
    return {
        "trials": found.trials,
        "versions": found.versions,
        "signals": found.signals,
        "digest": found.digest,
        "seconds": found.seconds,
    }


if __name__ == "__main__":
    main()
