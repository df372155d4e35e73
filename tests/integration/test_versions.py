"""A strategy's versions: kept, signed off, and compared at the next run after an edit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import delete
from typer.testing import CliRunner

from db.models import StrategyStateRow, StrategyVersionRow
from db.session import Store
from surveillance.cli import app
from surveillance.errors import UnreadableInput
from surveillance.pipeline.demonstration import LATER_WEEK, PUBLISHED_SEARCH
from surveillance.pipeline.running import run_topic
from surveillance.pipeline.versions import history, sign_off
from surveillance.strategy.strategy import content_hash
from tests.world import World, contents

TOPIC = "targeted_muscle_reinnervation"
RESULT = "31 , 29 not 30 , 386"


@pytest.fixture
def store(searched: World) -> Iterator[Store]:
    opened = Store(searched.settings.store_url)
    yield opened
    opened.close()


def edit(searched: World, old: str, new: str) -> None:
    file = searched.topic.folder / "medline.ovid.txt"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def verdicts_of_each_version(searched: World) -> list[dict[str, str]]:
    """For each version judged with, in order: the verdict by PMID."""
    tables = contents(searched.settings.store_url)
    pmids = {row["id"]: row["source_id"] for row in tables["record"]}
    records = {row["id"]: pmids[row["record_id"]] for row in tables["record_version"]}
    found: dict[str, dict[str, str]] = {}
    for row in tables["match"]:
        judged = found.setdefault(row["strategy_hash"], {})
        judged[records[row["record_version_id"]]] = row["verdict"]
    return list(found.values())


def name_of(searched: World) -> str:
    return next(one.name for one in searched.topic.strategies if one.route == "pubmed")


def test_a_run_keeps_the_text_that_it_used(searched: World) -> None:
    (row,) = contents(searched.settings.store_url)["strategy_version"]
    text = (searched.topic.folder / "medline.ovid.txt").read_text(encoding="utf-8")
    assert (row["text"], row["version"]) == (text, content_hash(text))
    assert row["first_used_on"] == PUBLISHED_SEARCH.isoformat()


def test_a_run_without_an_edit_reports_no_change(searched: World) -> None:
    again = run_topic(searched.topic, searched.settings, until=LATER_WEEK)
    assert contents(searched.settings.store_url)["strategy_change"] == []
    assert not any("changed" in remark for remark in again.remarks)


def test_an_edit_is_a_new_version_whose_difference_the_next_run_reports(searched: World) -> None:
    # Line 30 takes animal studies out; without it they are found.
    edit(searched, RESULT, "31 , 29 or 29 , 386")
    found = run_topic(searched.topic, searched.settings, until=PUBLISHED_SEARCH)
    (change,) = contents(searched.settings.store_url)["strategy_change"]
    assert (change["because"], change["lost"]) == (["its text"], [])
    before, after = verdicts_of_each_version(searched)
    # The wider query also brings records that the version before never had in hand.
    old, anew = before.keys() & set(change["gained"]), set(change["gained"]) - before.keys()
    assert old == {one for one in before if before[one] == "no match" != after[one]}
    assert all(after[one] != "no match" for one in anew)
    assert old or anew
    (remark,) = [remark for remark in found.remarks if "its text changed" in remark]
    assert change["gained"][0] in remark
    assert change["version_before"][:10] in remark
    assert change["version_after"][:10] in remark


def test_what_was_published_since_is_no_difference(searched: World) -> None:
    """The week's new records are found by both versions, and so by neither alone."""
    edit(searched, RESULT, "31 , 29 not 30 , 387")
    run_topic(searched.topic, searched.settings, until=LATER_WEEK)
    (change,) = contents(searched.settings.store_url)["strategy_change"]
    assert (change["gained"], change["lost"]) == ([], [])


def test_a_narrower_edit_names_what_is_no_longer_found(searched: World) -> None:
    edit(searched, RESULT, "31 , 29 not 29 , 0")
    run_topic(searched.topic, searched.settings, until=PUBLISHED_SEARCH)
    (change,) = contents(searched.settings.store_url)["strategy_change"]
    assert change["gained"] == []
    assert len(change["lost"]) > 30
    assert change["lost"] == sorted(change["lost"], key=lambda number: (len(number), number))


def test_an_edit_undone_is_a_change_again(searched: World) -> None:
    edit(searched, RESULT, "31 , 29 not 29 , 0")
    run_topic(searched.topic, searched.settings, until=PUBLISHED_SEARCH)
    edit(searched, "31 , 29 not 29 , 0", RESULT)
    run_topic(searched.topic, searched.settings, until=PUBLISHED_SEARCH)
    first, second = contents(searched.settings.store_url)["strategy_change"]
    assert (first["gained"], first["lost"]) == (second["lost"], second["gained"])


def test_another_mesh_tree_is_named_as_the_cause(searched: World) -> None:
    tree = searched.topic.folder / "mesh.tsv"
    tree.write_text(tree.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    run_topic(searched.topic, searched.settings, until=PUBLISHED_SEARCH)
    (change,) = contents(searched.settings.store_url)["strategy_change"]
    assert change["because"] == ["the MeSH tree"]


def test_a_store_from_before_versions_were_kept_still_tells_the_difference(
    searched: World, store: Store
) -> None:
    with store.transaction() as session:
        session.execute(delete(StrategyStateRow))
        session.execute(delete(StrategyVersionRow))
    edit(searched, RESULT, "31 , 29 not 29 , 0")
    run_topic(searched.topic, searched.settings, until=PUBLISHED_SEARCH)
    (change,) = contents(searched.settings.store_url)["strategy_change"]
    assert change["version_before"] == ""
    assert change["lost"]


def test_a_sign_off_is_of_the_version_in_the_folder(searched: World, store: Store) -> None:
    name = name_of(searched)
    sign_off(store, searched.topic, name, by="A. Librarian", note="PRESS, second reader")
    edit(searched, RESULT, "31 , 29 not 30 , 387")
    versions = [
        one for one in history(store, searched.topic)["versions"] if one["strategy"] == name
    ]
    by_current = {one["current"]: one for one in versions}
    assert by_current[True]["sign_offs"] == []
    (approval,) = by_current[False]["sign_offs"]
    assert (approval["signed_by"], approval["note"]) == ("A. Librarian", "PRESS, second reader")
    assert date.fromisoformat(approval["signed_at"][:10])


def test_an_edit_after_a_sign_off_is_remarked_until_it_is_signed(
    searched: World, store: Store
) -> None:
    def unsigned() -> list[str]:
        found = run_topic(searched.topic, searched.settings, until=PUBLISHED_SEARCH)
        return [remark for remark in found.remarks if "not signed off" in remark]

    name = name_of(searched)
    assert unsigned() == []
    sign_off(store, searched.topic, name, by="A. Librarian")
    edit(searched, RESULT, "31 , 29 not 30 , 387")
    assert len(unsigned()) == 1
    sign_off(store, searched.topic, name, by="A. Librarian")
    assert unsigned() == []


@pytest.mark.parametrize(
    ("strategy", "by"), [("nothing", "A. Librarian"), ("", "x"), ("MEDLINE", " ")]
)
def test_a_sign_off_of_nothing_or_by_nobody_is_refused(
    searched: World, store: Store, strategy: str, by: str
) -> None:
    with pytest.raises(UnreadableInput):
        sign_off(store, searched.topic, strategy, by=by)


def test_the_commands_sign_and_show(searched: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in searched.environment.items():
        monkeypatch.setenv(key, value)
    name = name_of(searched)
    edit(searched, RESULT, "31 , 29 not 29 , 0")
    run_topic(searched.topic, searched.settings, until=PUBLISHED_SEARCH)
    runner = CliRunner()
    signed = runner.invoke(app, ["topics", "sign-off", TOPIC, name, "--by", "A. Librarian"])
    assert (signed.exit_code, "signed off by A. Librarian" in signed.stdout) == (0, True)
    shown = runner.invoke(app, ["topics", "versions", TOPIC, "--json"])
    document = json.loads(shown.stdout)
    assert document["changes"][0]["lost"]
    assert [bool(one["sign_offs"]) for one in document["versions"] if one["current"]].count(
        True
    ) == 1
    table = runner.invoke(app, ["topics", "versions", TOPIC])
    assert "A. Librarian" in table.stdout
    assert document["changes"][0]["lost"][0] in table.stdout
