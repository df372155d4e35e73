"""A workspace whose example topic has reports that wait: for tests of people's decisions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from db import pair_log
from db import records as record_rows
from db import reports as report_rows
from db import screening as screening_rows
from db.screening import Proposal, Standing
from db.session import Store
from surveillance.cli import app
from surveillance.cli.topics import EXAMPLE, make_workspace
from surveillance.dedup.clusters import cluster
from surveillance.dedup.decide import PairDecision
from surveillance.dedup.decide import Verdict as Same
from surveillance.pipeline.reviewing import standings_of
from surveillance.records import Author, Captured, Payload, Record
from surveillance.screening.rules import ScreeningProposal, Verdict
from surveillance.topics import Topic, read_topic
from tests.world import contents, fresh_store, store_url

DAY = date(2025, 1, 31)
#: The first two are one report; the rules exclude the last two.
RECORDS = tuple(
    Record(
        source="embase" if number == 0 else "pubmed",
        source_id=f"L{number}" if number == 0 else str(91000000 + number),
        title=f"Nerve transfer for painful stumps, part {max(number, 1)}",
        abstract=f"Pain of the stump was measured in {20 + number} people, =1+1.",
        authors=(Author("Marsh", initials="E"), Author("Ito", "Fumiko", "F")),
        journal="A Journal of Stumps",
        year=2020 + number,
        doi=f"10.5555/desk.{max(number, 1)}",
        pmid=str(91000000 + number) if number else "",
    )
    for number in range(7)
)
EXCLUDED = (5, 6)


@dataclass(frozen=True)
class Desk:
    """The workspace, and the records' numbers in the order of `RECORDS`."""

    folder: Path
    store: Store
    records: tuple[int, ...]

    @property
    def topic(self) -> Topic:
        return read_topic(self.folder / "search_strategies" / EXAMPLE)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SURVEIL_WORKSPACE": str(self.folder),
            "SURVEIL_DATABASE_URL": store_url(self.folder),
            "COLUMNS": "160",
        }

    def decide(self, *arguments: str | Path) -> Result:
        told = ["decide", EXAMPLE, *map(str, arguments)]
        return CliRunner().invoke(app, told, env=self.environment)

    def decided(self, *arguments: str | Path) -> Any:
        """What a command that succeeds prints as JSON."""
        done = self.decide(*arguments, "--json")
        assert done.exit_code == 0, done.exception
        return json.loads(done.stdout)

    def refused(self, *arguments: str | Path) -> str:
        """The sentence with which a command ends that stores nothing."""
        before = self.rows()
        done = self.decide(*arguments)
        assert done.exception is not None
        assert self.rows() == before
        return str(done.exception)

    def rows(self) -> list[dict[str, Any]]:
        """What people said, oldest first."""
        rows = contents(store_url(self.folder))["screening_decision"]
        return [row for row in rows if row["made_by"] != "rule"]

    def said(self) -> list[tuple[int, str, str, str]]:
        return [(r["report_id"], r["stage"], r["verdict"], r["made_by"]) for r in self.rows()]

    def reports(self) -> list[int]:
        """The report of each record, in the order of `RECORDS`."""
        with self.store.transaction() as session:
            places = report_rows.report_places(session, EXAMPLE)
        return [places[number] for number in self.records]

    def standings(self, stage: str = "abstract") -> dict[int, Standing]:
        with self.store.transaction() as session:
            return standings_of(session, self.topic, stage)

    def waiting(self, *arguments: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.decided("--list", *arguments)["waiting"]
        return found

    def two_reviewers(self) -> None:
        file = self.folder / "search_strategies" / EXAMPLE / "topic.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(f"{text}\n[screening]\nreviewers = 2\n", encoding="utf-8")

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.folder / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def says(self, a: int, b: int, verdict: Same) -> None:
        """A person says of two records that they are the same, or not."""
        one, other = sorted((self.records[a], self.records[b]))
        with self.store.transaction() as session:
            said = PairDecision(one, other, verdict, "a person", 1.0, by_person=True)
            report_rows.save_decisions(
                session, EXAMPLE, [said], made_by="D. Ecider", rule_version="-", today=DAY
            )
            log = pair_log.log_of(session, EXAMPLE)
            clusters = cluster(self.records, log).clusters
            report_rows.save_clusters(session, EXAMPLE, clusters, {})


@contextmanager
def desk(folder: Path, records: Sequence[Record] = RECORDS) -> Iterator[Desk]:
    """A fresh one below `folder`."""
    make_workspace(folder)
    with fresh_store(folder) as store:
        yield Desk(folder, store, _fill(store, records))


def _fill(store: Store, records: Sequence[Record]) -> tuple[int, ...]:
    captured = [Captured(one, Payload(one.source_id.encode(), "text/plain")) for one in records]
    with store.transaction() as session:
        saved = record_rows.save_captured(
            session, captured, topic=EXAMPLE, route="import", seen_on=DAY
        )
        same = PairDecision(saved.ids[0], saved.ids[1], Same.SAME, "a rule", 0.99)
        report_rows.save_decisions(
            session, EXAMPLE, [same], made_by=report_rows.RULE, rule_version="-", today=DAY
        )
        log = pair_log.log_of(session, EXAMPLE)
        clusters = cluster(saved.ids, log).clusters
        report_rows.save_clusters(session, EXAMPLE, clusters, dict.fromkeys(saved.ids, DAY))
        places = report_rows.report_places(session, EXAMPLE)
        for number, record_id in enumerate(saved.ids[1:], 1):
            verdict = Verdict.EXCLUDE if number in EXCLUDED else Verdict.UNSURE
            said = ScreeningProposal(verdict, "population", "no stump", "cohort study", (), ())
            proposal = Proposal(said, ("rules", "criteria", "content"), None)
            screening_rows.save_proposal(session, places[record_id], proposal, today=DAY)
    return saved.ids
