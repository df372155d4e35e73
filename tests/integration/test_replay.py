"""Every run done again from what the store keeps gives the same store, and nobody is asked."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from db.session import Store
from surveillance.errors import SourceFailed, UnreadableInput
from surveillance.pipeline.deciding import Opinion, decide, take_back
from surveillance.pipeline.dedup_review import undo
from surveillance.pipeline.demonstration import PUBLISHED_SEARCH, SNAPSHOT
from surveillance.pipeline.importing import ImportRequest
from surveillance.pipeline.replaying import replay
from surveillance.pipeline.running import import_file, run_topic
from surveillance.pipeline.versions import sign_off
from surveillance.screening.rules import Verdict
from surveillance.simulator import Fault
from tests.small_world import FIRST, SECOND, THIRD, Article, SmallWorld, small_world, study
from tests.world import world

FOURTH = date(2024, 11, 1)


@pytest.fixture
def lived(tmp_path: Path) -> SmallWorld:
    """A topic whose three weeks see most of what can happen."""
    made = small_world(tmp_path)
    made.known_item("author-2024", 90000001)
    made.layer(
        FIRST,
        [Article(90000001), Article(90000002), Article(90000003)],
        studies=[study("NCT90000001", "A trial on amputation and neuroma")],
    )
    moved = study("NCT90000009", "A trial on amputation and neuroma", aliases=["NCT90000001"])
    made.layer(
        SECOND,
        [Article(90000004, created=date(2024, 8, 30)), Article(90000005, created=date(2023, 1, 1))],
        studies=[moved],
        merged='90000003 = "90000004"\n',
        deleted=[90000002],
    )
    retracted = ("Journal Article", "Retracted Publication")
    made.layer(THIRD, [Article(90000001, revised=date(2024, 9, 30), types=retracted)])
    return made


def test_three_weeks_replayed_give_the_same_store(lived: SmallWorld) -> None:
    with lived.serving():
        lived.run(FIRST)
        lived.run(SECOND)
        file = lived.topic.folder / "medline.ovid.txt"
        file.write_text(file.read_text().replace("adj3", "adj5"), encoding="utf-8")
        lived.run(THIRD)
        with closing(Store(lived.settings.store_url)) as store:
            sign_off(store, lived.topic, "medline", by="A. Librarian")
        asked = len(lived.simulator.requests)
        found = replay(lived.settings)
        assert (found.runs, found.differences) == (3, ())
        assert len(lived.simulator.requests) == asked


def test_what_people_said_of_pairs_is_said_again_between_the_runs(lived: SmallWorld) -> None:
    """PubMed merged two records in the second week; a person takes them apart before the third."""
    with lived.serving():
        lived.run(FIRST)
        lived.run(SECOND)
        with closing(Store(lived.settings.store_url)) as store:
            undone = undo(store, "pubmed:90000004", by="A. Reviewer")
        assert (len(undone.parts), undone.merged_by) == (2, "pubmed")
        lived.run(THIRD)
        places = {row["record_id"]: row["report_id"] for row in lived.rows("report_record")}
        assert len(set(places.values())) == len(places)
        assert replay(lived.settings).differences == ()


def test_what_people_decided_on_reports_is_said_again_between_the_runs(lived: SmallWorld) -> None:
    """One report is excluded after the first week, so that nobody follows it by its number."""
    with lived.serving():
        lived.run(FIRST)
        with closing(Store(lived.settings.store_url)) as store:
            for name, verdict in (("90000002", Verdict.EXCLUDE), ("90000003", Verdict.UNSURE)):
                said = Opinion(verdict=verdict, reason="too small", by="A. Reviewer")
                decide(store, lived.topic, f"pmid:{name}", said)
        lived.run(SECOND)
        with closing(Store(lived.settings.store_url)) as store:
            take_back(store, lived.topic, "pmid:90000003", stage="abstract", by="A. Reviewer")
            included = Opinion(verdict=Verdict.INCLUDE, by="B. Reviewer")
            decide(store, lived.topic, "pmid:90000005", included)
        lived.run(THIRD)
        by_people = [row for row in lived.rows("screening_decision") if row["made_by"] != "rule"]
        assert len([row for row in by_people if "Reviewer" in row["made_by"]]) == 4
        assert replay(lived.settings).differences == ()


def test_what_people_said_of_pairs_after_a_quiet_run_is_not_said_before_it(
    lived: SmallWorld,
) -> None:
    """The third week compares nothing anew: what is said after it could stand before it, too."""
    with lived.serving():
        lived.run(FIRST)
        lived.run(SECOND)
        before = lived.rows("pair_decision")
        lived.run(THIRD)
        assert lived.rows("pair_decision") == before
        with closing(Store(lived.settings.store_url)) as store:
            undo(store, "pubmed:90000004", by="A. Reviewer")
        assert replay(lived.settings).differences == ()


def test_what_people_decided_after_a_quiet_run_is_not_decided_before_it(lived: SmallWorld) -> None:
    """The fourth week follows a report by its number that somebody excludes only then."""
    with lived.serving():
        for day in (FIRST, SECOND, THIRD):
            lived.run(day)
        before = lived.rows("screening_decision")
        lived.run(FOURTH)
        assert lived.rows("screening_decision") == before
        with closing(Store(lived.settings.store_url)) as store:
            said = Opinion(verdict=Verdict.EXCLUDE, reason="too small", by="A. Reviewer")
            decide(store, lived.topic, "pmid:90000005", said)
        assert replay(lived.settings).differences == ()


def test_a_run_that_was_interrupted_is_replayed_as_far_as_it_came(lived: SmallWorld) -> None:
    with lived.serving():
        lived.run(FIRST)
        lived.simulator.faults.append(Fault.status(400, "no", path="studies"))
        with pytest.raises(SourceFailed, match="does not understand"):
            lived.run(SECOND)
        assert replay(lived.settings).differences == ()
        lived.run(SECOND)
        assert replay(lived.settings).differences == ()


def test_an_answer_that_was_changed_in_the_store_shows(lived: SmallWorld) -> None:
    with lived.serving():
        lived.run(FIRST)
        store = Store(lived.settings.store_url)
        with store.transaction() as session:
            session.execute(text("UPDATE topic_record SET route = 'revised'"))
        store.close()
        found = replay(lived.settings)
        assert any("topic_record: only here" in difference for difference in found.differences)
        assert any("topic_record: missing here" in difference for difference in found.differences)


def test_runs_by_other_rules_are_not_replayed(lived: SmallWorld) -> None:
    with lived.serving():
        lived.run(FIRST)
        store = Store(lived.settings.store_url)
        with store.transaction() as session:
            session.execute(text("""UPDATE run SET rule_versions = '{"dedup": "dedup-0"}'"""))
        store.close()
        with pytest.raises(UnreadableInput, match=r"run 1 .* other rules than today's \(dedup\)"):
            replay(lived.settings)


@pytest.mark.slow
def test_the_example_with_its_imports_replayed_gives_the_same_store(tmp_path: Path) -> None:
    with world(tmp_path / "workspace") as made:
        run_topic(made.topic, made.settings, until=PUBLISHED_SEARCH)
        for name in ("Embase", "CENTRAL"):
            file = SNAPSHOT / PUBLISHED_SEARCH.isoformat() / "exports" / f"{name.lower()}.ris"
            request = ImportRequest(file, name, PUBLISHED_SEARCH, expected=3)
            import_file(made.topic, request, made.settings)
        made.simulator.as_of = date(2025, 1, 31)
        run_topic(made.topic, made.settings, until=date(2025, 1, 31))
        assert replay(made.settings).differences == ()
