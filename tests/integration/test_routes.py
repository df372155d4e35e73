"""How a record comes to a topic, and what becomes of it: seen first, indexed late, revised, caught
up, merged, deleted, cited, renumbered."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from surveillance.errors import SourceFailed
from surveillance.pipeline import asking
from surveillance.pipeline.alerting import preview_digest
from surveillance.pipeline.importing import ImportRequest
from surveillance.pipeline.running import STAGES, import_file
from surveillance.simulator import Fault
from surveillance.sources import pubmed as pubmed_module
from tests.small_world import (
    EXAMPLE,
    FIRST,
    SECOND,
    STRATEGY,
    THIRD,
    Article,
    SmallWorld,
    small_world,
    study,
)

OFF_TOPIC = "Something else"
KNOWN_ITEM, OTHER = Article(90000001), Article(90000002)
NEW = date(2024, 8, 30)


@pytest.fixture
def made(tmp_path: Path) -> SmallWorld:
    """Two citations that the strategy matches, one of them a known item, and the watched trial."""
    world = small_world(tmp_path)
    world.known_item("author-2024", KNOWN_ITEM.pmid)
    watched = study("NCT90000001", "A trial on amputation and neuroma")
    world.layer(FIRST, [KNOWN_ITEM, OTHER], studies=[watched])
    return world


def test_a_record_is_told_apart_by_what_brought_it(made: SmallWorld) -> None:
    before = Article(90000010, OFF_TOPIC, OFF_TOPIC)
    late = Article(90000011, OFF_TOPIC, OFF_TOPIC)
    made.layer(FIRST, [KNOWN_ITEM, OTHER, before, late])
    made.layer(
        SECOND,
        [
            Article(90000012, created=NEW),
            Article(90000010, revised=NEW),
            Article(90000011, OFF_TOPIC, OFF_TOPIC, indexed=NEW, mesh=("Amputation Stumps",)),
            Article(90000013, created=date(2023, 5, 5)),
        ],
    )
    with made.serving():
        made.run(FIRST)
        overview = made.run(SECOND)
        assert made.route(90000012) == asking.CREATED
        assert made.route(90000011) == asking.INDEXED
        assert made.route(90000010) == asking.REVISED
        assert made.route(90000013) == asking.CAUGHT_UP
        assert any(
            "1 records that PubMed finds for medline came by no window" in r
            for r in overview.remarks
        )
        rows = dict(overview.rows)
        assert (rows["  new to the topic"], rows["    late-indexed"], rows["    by no window"]) == (
            4,
            1,
            1,
        )


def test_what_an_unfinished_run_brought_is_told_by_the_run_that_took_its_place(
    made: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.layer(SECOND, [Article(90000003, created=NEW)])
    with made.serving():
        made.run(FIRST)

        def dies(_: object) -> dict[str, int]:
            raise KeyboardInterrupt

        monkeypatch.setitem(STAGES, "verify", dies)
        with pytest.raises(KeyboardInterrupt):
            made.run(SECOND)
        monkeypatch.undo()
        after = made.run(THIRD)
        remark = (
            "Run 2 for 2024-09-06 was left unfinished. What it brought (1 new) is kept and gone "
            "through here, but not counted as new."
        )
        assert dict(after.rows)["  new to the topic"] == 0
        assert remark in after.remarks
        assert remark in " ".join(preview_digest(made.topic, made.settings).split())
        assert remark not in made.run(date(2024, 10, 11)).remarks


def test_mesh_that_changes_later_is_judged_again(made: SmallWorld) -> None:
    """Headings come within days now, and curators may still change them (source-facts)."""
    wrong = Article(90000020, OFF_TOPIC, OFF_TOPIC, created=NEW, mesh=("Amputation Stumps",))
    right = Article(
        90000020, OFF_TOPIC, OFF_TOPIC, created=NEW, revised=date(2024, 9, 20), mesh=("Pain",)
    )
    made.layer(SECOND, [wrong])
    made.layer(THIRD, [right])
    with made.serving():
        shutil.copy(EXAMPLE / "mesh.tsv", made.topic.folder)
        made.run(FIRST)
        made.run(SECOND)
        assert verdicts(made, 90000020) == ["match"]
        made.run(THIRD)
        assert verdicts(made, 90000020) == ["match", "no match"]


def verdicts(made: SmallWorld, pmid: int) -> list[str]:
    (record,) = (row["id"] for row in made.rows("record") if row["source_id"] == str(pmid))
    versions = {row["id"] for row in made.rows("record_version") if row["record_id"] == record}
    return [row["verdict"] for row in made.rows("match") if row["record_version_id"] in versions]


def test_an_old_report_that_changes_outside_every_window_is_seen(made: SmallWorld) -> None:
    """No date shows it (source-facts), so what is in play is fetched by number in every run."""
    erratum = Article(90000002, abstract="Pain of the stump was measured in 12 people, not in 20.")
    made.layer(SECOND, [erratum, Article(90000001, types=("Retracted Publication",))])
    with made.serving():
        made.run(FIRST)
        made.run(SECOND)
        versions = [row["content"]["abstract"] for row in made.rows("record_version")]
        assert [text for text in versions if "not in 20" in text]
        assert len([text for text in versions if "not in 20" not in text]) == 3
        assert any("was retracted" in line for line in made.signals())
        judged = {row["record_version_id"] for row in made.rows("match")}
        assert judged == {row["id"] for row in made.rows("record_version")}


def test_a_full_run_asks_from_the_beginning_and_counts_each_line(made: SmallWorld) -> None:
    with made.serving():
        made.run(FIRST)
        made.run(SECOND)
        asked = [row for row in made.rows("search") if row["source"] == "pubmed"]
        assert [row["since"] for row in asked] == [None, "2024-07-26", None]
        made.run(THIRD, full=True)
        newest = [row for row in made.rows("search") if row["source"] == "pubmed"][-1]
        assert newest["since"] is None
        counts = [row for row in made.rows("line_count") if row["search_id"] == newest["id"]]
        assert [(row["line"], row["count"]) for row in counts] == [(1, 0), (2, 2), (3, 2)]


def test_another_mesh_year_is_searched_from_the_beginning(made: SmallWorld) -> None:
    with made.serving():
        made.run(FIRST)
        tree = made.topic.folder / "mesh.tsv"
        shutil.copy(EXAMPLE / "mesh.tsv", tree)
        made.run(SECOND)
        pubmed = [row for row in made.rows("search") if row["source"] == "pubmed"]
        assert [row["since"] for row in pubmed] == [None, None]
        made.run(THIRD)
        pubmed = [row for row in made.rows("search") if row["source"] == "pubmed"]
        assert [row["since"] for row in pubmed][2:] == ["2024-08-30", None]


def test_a_merged_pmid_is_followed_and_stays_one_report(made: SmallWorld) -> None:
    made.layer(
        SECOND,
        [Article(90000030, "Another title", OFF_TOPIC)],
        merged=f'{KNOWN_ITEM.pmid} = "90000030"\n',
    )
    with made.serving():
        made.run(FIRST)
        overview = made.run(SECOND)
        assert dict(overview.rows)["  merged by PubMed"] == 1
        numbers = {row["source_id"]: row["id"] for row in made.rows("record")}
        reports = {row["record_id"]: row["report_id"] for row in made.rows("report_record")}
        assert reports[numbers["90000030"]] == reports[numbers[str(KNOWN_ITEM.pmid)]]
        made.simulator.requests.clear()
        made.run(THIRD)
        fetched = [
            a.parameters["id"] for a in made.simulator.requests if a.path.endswith("efetch.fcgi")
        ]
        assert "90000030" in ",".join(fetched)
        assert str(KNOWN_ITEM.pmid) not in ",".join(fetched)


def test_a_known_item_that_pubmed_deletes_is_a_signal(made: SmallWorld) -> None:
    made.layer(SECOND, deleted=[KNOWN_ITEM.pmid])
    with made.serving():
        made.run(FIRST)
        made.run(SECOND)
        assert any(
            "PubMed no longer holds a study in your evidence table" in line
            for line in made.signals()
        )
        checks = [row for row in made.rows("known_item_check") if row["key"] == "author-2024"]
        assert [row["verdict"] for row in checks] == ["match", "deleted"]
        made.run(THIRD)
        assert sum("no longer holds" in line for line in made.signals()) == 1


def test_each_run_notes_which_lines_find_each_known_item(made: SmallWorld) -> None:
    with made.serving():
        made.run(FIRST)
        (check,) = made.rows("known_item_check")
        assert (check["verdict"], check["lines"]) == ("match", {"medline": [2, 3]})


def test_a_known_item_lost_found_and_lost_again_is_signalled_twice(made: SmallWorld) -> None:
    lost = STRATEGY.replace("3 , 1 or 2", "3 , 2 not 2")
    with made.serving():
        file = made.topic.folder / "medline.ovid.txt"
        for day, text in (
            (FIRST, STRATEGY),
            (date(2024, 8, 9), lost),
            (date(2024, 8, 16), STRATEGY),
            (date(2024, 8, 23), lost),
            (date(2024, 8, 30), lost),
        ):
            file.write_text(text, encoding="utf-8")
            made.run(day)
        told = [line for line in made.signals() if "no longer found" in line]
        assert len(told) == 2
        assert "no longer found again" in told[1]


def test_a_renumbered_trial_keeps_its_versions_links_and_recommendations(made: SmallWorld) -> None:
    names_it = Article(90000040, abstract="Stump pain. Registered as NCT90000001.", created=NEW)
    moved = study(
        "NCT90000009",
        "A trial on amputation and neuroma",
        aliases=["NCT90000001"],
        status="COMPLETED",
    )
    made.layer(SECOND, studies=[moved])
    made.layer(THIRD, [names_it])
    with made.serving():
        made.run(FIRST)
        made.run(SECOND)
        assert any(line.startswith("NCT90000009: ") for line in made.signals())
        made.run(THIRD)
        assert "A report names the watched trial NCT90000009" in made.signals()
        assert [row["nct"] for row in made.rows("registration_alias")] == ["NCT90000009"]
        changed = next(
            row
            for row in made.rows("signal")
            if row["content"]["headline"].startswith("NCT90000009: ")
        )
        assert changed["content"]["recommendations"] == ["1.1"]


def test_a_trial_that_only_the_wider_query_finds_is_kept_and_not_signalled(
    made: SmallWorld,
) -> None:
    """The registry knows no adjacency: its answer is held against the strategy's exact meaning."""
    far = study("NCT90000051", "Stump care in a world of very many other things and pain")
    near = study("NCT90000052", "Stump pain after surgery")
    made.layer(SECOND, studies=[far, near])
    with made.serving():
        made.run(FIRST)
        made.run(SECOND)
        assert {row["nct"] for row in made.rows("topic_registration")} >= {
            "NCT90000051",
            "NCT90000052",
        }
        told = " ".join(made.signals())
        assert "NCT90000052" in told
        assert "NCT90000051" not in told


def preprint(number: int, title: str, **more: Any) -> dict[str, Any]:
    result = {
        "id": f"PPR{number}",
        "source": "PPR",
        "title": title,
        "abstractText": "Pain of the stump was measured in 20 people.",
        "firstIndexDate": "2024-08-30",
        "pubYear": "2024",
        "pubTypeList": {"pubType": ["preprint"]},
        **more,
    }
    return {"result": result, "cites": [f"MED:{KNOWN_ITEM.pmid}"] if more else []}


def test_preprints_and_citing_reports_come_by_europe_pmc(made: SmallWorld) -> None:
    citing = Article(90000060, OFF_TOPIC, OFF_TOPIC, created=NEW)
    made.layer(
        SECOND,
        [citing],
        results=[
            preprint(1, "Stump pain, a preprint"),
            preprint(2, OFF_TOPIC, abstractText=OFF_TOPIC),
            {
                "result": {
                    "id": "90000060",
                    "source": "MED",
                    "pmid": "90000060",
                    "title": OFF_TOPIC,
                },
                "cites": [f"MED:{KNOWN_ITEM.pmid}"],
            },
        ],
    )
    with made.serving():
        made.run(FIRST)
        made.run(SECOND)
        assert made.route("PPR:PPR1") == "europe pmc"
        assert made.route("PPR:PPR2") == "citation"
        assert made.route(90000060) == "citation"
        versions = len(made.rows("record_version"))
        made.run(THIRD)
        assert len(made.rows("record_version")) == versions


def test_an_empty_pubmed_is_an_outage_not_an_answer(made: SmallWorld) -> None:
    with made.serving():
        made.run(FIRST)
        before = made.rows("watermark")
        nothing = '{"esearchresult": {"count": "0", "idlist": [], "querytranslation": "stump"}}'
        made.simulator.faults.extend([Fault.status(200, nothing, path="esearch.fcgi")] * 2)
        with pytest.raises(SourceFailed, match="looks like an outage"):
            made.run(SECOND)
        assert made.rows("watermark") == before


def test_an_empty_europe_pmc_is_an_outage_and_what_slipped_past_it_is_caught_up(
    made: SmallWorld,
) -> None:
    made.layer(SECOND, results=[preprint(1, "Stump pain, a preprint")])
    early = preprint(3, "Stump pain, another", firstIndexDate="2024-01-05")
    made.layer(FIRST, results=[early])
    with made.serving():
        made.run(FIRST)
        before = made.rows("watermark")
        nothing = '{"hitCount": 0, "resultList": {"result": []}}'
        made.simulator.faults.extend([Fault.status(200, nothing, path="searchPOST")] * 2)
        with pytest.raises(SourceFailed, match="looks like an outage"):
            made.run(SECOND)
        kept = [row for row in made.rows("watermark") if row["source"] == "europepmc"]
        assert kept == [row for row in before if row["source"] == "europepmc"]
        made.simulator.faults.append(Fault.status(200, nothing, path="searchPOST"))
        made.run(SECOND)
        assert made.route("PPR:PPR1") == "europe pmc"


def test_an_edited_strategy_run_for_an_earlier_day_begins_its_own_watermark(
    made: SmallWorld,
) -> None:
    """What the version before had covered is not covered by this one."""
    with made.serving():
        made.run(FIRST)
        made.run(SECOND)
        file = made.topic.folder / "medline.ovid.txt"
        file.write_text(STRATEGY.replace("adj3", "adj4"), encoding="utf-8")
        made.run(date(2024, 8, 10))
        marks = {
            row["source"]: row["covered_until"]
            for row in made.rows("watermark")
            if row["strategy"] == "medline"
        }
        assert marks["pubmed"] == marks["europepmc"] == "2024-08-10"
        made.run(THIRD)
        windows = [
            row["since"]
            for row in made.rows("search")
            if row["source"] == "europepmc" and row["strategy"] == "medline"
        ]
        assert "2024-08-03" in windows


def test_a_run_for_an_earlier_day_is_no_outage(made: SmallWorld) -> None:
    with made.serving():
        made.run(SECOND)
        made.run(date(2023, 1, 1))
        made.run(THIRD)
        assert {
            row["covered_until"] for row in made.rows("watermark") if row["strategy"] == "medline"
        } == {"2024-10-04"}


def test_a_record_that_a_file_brings_never_replaces_what_pubmed_says(
    made: SmallWorld, tmp_path: Path
) -> None:
    retracted = Article(90000002, types=("Retracted Publication",), revised=NEW)
    made.layer(SECOND, [retracted])
    old = tmp_path / "old.xml"
    old.write_text(f"<PubmedArticleSet>{OTHER.xml}</PubmedArticleSet>", encoding="utf-8")
    with made.serving():
        topic = made.topic.folder / "topic.toml"
        by_file = BY_FILE
        topic.write_text(
            topic.read_text().replace("[trials]", by_file + "[trials]"), encoding="utf-8"
        )
        made.run(FIRST)
        made.run(SECOND)
        request = ImportRequest(old, "Embase", THIRD)
        imported, _ = import_file(made.topic, request, made.settings)
        assert any("are PubMed's own" in remark for remark in imported.remarks)
        versions = [
            row for row in made.rows("record_version") if row["content"]["pmid"] == "90000002"
        ]
        assert versions[-1]["content"]["publication_types"] == ["Retracted Publication"]


BY_FILE = """\
[[strategies]]
name = "embase"
file = "medline.ovid.txt"
dialect = "ovid-medline"
route = "file"
database = "Embase"
searched_on = 2024-08-02
"""


def test_more_than_can_be_named_is_held_by_count(
    made: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A strategy that finds more than PubMed names at once is sliced where the count has grown."""
    monkeypatch.setattr(pubmed_module, "MAX_PMIDS", 1)
    monkeypatch.setattr(asking, "MAX_PMIDS", 1)
    made.layer(SECOND, [Article(90000070, created=date(2023, 5, 5))])
    with made.serving():
        made.simulator.eutils.most_ids = 1
        one_a_day = [Article(90000001), Article(90000002, created=date(2024, 2, 2))]
        made.layer(FIRST, one_a_day)
    with_days = small_world(made.workspace.parent / "days")
    with_days.known_item("author-2024", KNOWN_ITEM.pmid)
    with_days.layer(FIRST, one_a_day, studies=[study("NCT90000001", "A trial")])
    with_days.layer(SECOND, [Article(90000070, created=date(2023, 5, 5))])
    with with_days.serving():
        with_days.simulator.eutils.most_ids = 1
        with_days.run(FIRST)
        with_days.run(SECOND)
        assert with_days.route(90000070) == asking.CAUGHT_UP
