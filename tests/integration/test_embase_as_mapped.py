"""An Embase strategy that the topic runs on PubMed: asked and verified as its table maps it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from surveillance.pipeline.alerting import preview_digest
from surveillance.pipeline.demonstration import PUBLISHED_SEARCH
from surveillance.pipeline.running import run_topic
from tests.world import World, contents, world


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def routed(tmp_path: Path) -> Iterator[World]:
    """The example topic with its Embase strategy sent to PubMed."""
    with world(tmp_path / "workspace") as made:
        file = made.topic.folder / "topic.toml"
        before, embase, after = file.read_text(encoding="utf-8").partition('name = "embase"')
        file.write_text(
            before + embase + after.replace('route = "file"', 'route = "pubmed"', 1),
            encoding="utf-8",
        )
        yield made


def verdicts(made: World) -> Counter[tuple[str, str]]:
    rows = contents(made.settings.store_url)["match"]
    return Counter((row["strategy"], row["verdict"]) for row in rows)


def test_it_finds_what_the_medline_strategy_finds_here(routed: World) -> None:
    found = run_topic(routed.topic, routed.settings, until=PUBLISHED_SEARCH)
    counted = verdicts(routed)
    assert counted["embase", "match"] == counted["medline", "match"] > 40
    assert any("34 of 34 found on PubMed" in remark for remark in found.remarks)
    (sent,) = {
        row["query"]
        for row in contents(routed.settings.store_url)["search"]
        if row["strategy"] == "embase"
    }
    assert '"Nerve Transfer"[mh:noexp]' in sent
    assert "nerve transplantation" not in sent.casefold()


def test_another_table_is_another_reading_whose_difference_is_reported(routed: World) -> None:
    run_topic(routed.topic, routed.settings, until=PUBLISHED_SEARCH)
    table = routed.topic.folder / "emtree.toml"
    replaced(table, 'mesh = ["Phantom Limb"]', "nothing = true")
    run_topic(routed.topic, routed.settings, until=PUBLISHED_SEARCH)
    (change,) = contents(routed.settings.store_url)["strategy_change"]
    assert (change["strategy"], change["because"]) == ("embase", ["how it is read"])
    assert change["version_before"] == change["version_after"]


def test_a_gap_in_the_table_loses_nothing_and_is_remarked_in_every_run(routed: World) -> None:
    table = routed.topic.folder / "emtree.toml"
    replaced(table, 'name = "neuralgia"', 'name = "neuralgias"')
    found = run_topic(routed.topic, routed.settings, until=PUBLISHED_SEARCH)
    assert [r for r in found.remarks if r.startswith("embase: neuralgia is not in the mapping")]
    counted = verdicts(routed)
    # What the heading alone would have decided is open, and so goes on to people.
    kept = counted["embase", "match"] + counted["embase", "cannot tell"]
    assert kept > counted["medline", "match"]
    digest = preview_digest(routed.topic, routed.settings)
    assert "neuralgia is not in the mapping" in " ".join(digest.split())
