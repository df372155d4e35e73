"""The MeSH tree: what it explodes, and what it refuses to read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from surveillance.strategy import mesh_tsv
from surveillance.strategy.mesh import MeshTree, MeshUnreadable
from surveillance.strategy.subheadings import SUBHEADINGS

HEADER = "DescriptorUI\tDescriptorName\ttree_location\n"
NERVES = (
    "D1\tNerves\tA08.800\nD2\tOptic Nerve\tA08.800.120\nD2\tOptic Nerve\tA09.371\n"
    "D3\tOptic Disk\tA09.371.500\nD4\tNeuropil\tA08.801\nD5\tFemale\t\n"
)
TOPIC_MESH = (
    Path(__file__).parents[3] / "search_strategies" / "targeted_muscle_reinnervation" / "mesh.tsv"
)


def written(folder: Path, text: str, name: str = "mesh.tsv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def nerves(tmp_path: Path) -> MeshTree:
    return MeshTree.load(written(tmp_path, HEADER + NERVES))


def test_explosion_holds_the_heading_and_all_below_it_at_each_of_its_places(
    nerves: MeshTree,
) -> None:
    assert nerves.explosion("Nerves") == frozenset({"Nerves", "Optic Nerve"})
    assert nerves.explosion("Optic Nerve") == frozenset({"Optic Nerve", "Optic Disk"})
    assert nerves.explosion("Optic Disk") == frozenset({"Optic Disk"})


def test_names_are_compared_without_regard_to_case(nerves: MeshTree) -> None:
    assert nerves.knows("optic NERVE")
    assert nerves.explosion("optic NERVE") == frozenset({"Optic Nerve", "Optic Disk"})


def test_a_number_that_only_begins_alike_is_not_below(nerves: MeshTree) -> None:
    tree = MeshTree.of([("A", "A01"), ("B", "A01.100"), ("C", "A01.100.100"), ("D", "A02")])
    assert tree.explosion("B") == frozenset({"B", "C"})
    assert "Neuropil" not in (nerves.explosion("Nerves") or ())
    uneven = MeshTree.of([("A", "A1"), ("B", "A10"), ("C", "A1.5")])
    assert uneven.explosion("A") == frozenset({"A", "C"})


def test_a_heading_that_the_tree_does_not_know_has_no_explosion(nerves: MeshTree) -> None:
    assert nerves.explosion("Sunlight") is None
    assert not nerves.knows("Sunlight")


def test_a_heading_outside_the_tree_explodes_to_itself(nerves: MeshTree) -> None:
    assert nerves.explosion("Female") == frozenset({"Female"})


def test_a_zipped_file_reads_the_same(tmp_path: Path, nerves: MeshTree) -> None:
    zipped = tmp_path / "mesh.tsv.gz"
    zipped.write_bytes(gzip.compress((HEADER + NERVES).encode()))
    assert MeshTree.load(zipped) == nerves


def test_the_year_is_that_of_a_comment_or_of_the_name(tmp_path: Path) -> None:
    assert MeshTree.load(written(tmp_path, HEADER + NERVES)).year is None
    assert MeshTree.load(written(tmp_path, "# MeSH 2023\n" + HEADER + NERVES)).year == 2023
    assert MeshTree.load(written(tmp_path, HEADER + NERVES, "mesh_trees_2024.tsv")).year == 2024


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", None, "there is no descriptor"),
        (HEADER, None, "there is no descriptor"),
        ("name\tnumber\nNerves\tA08\n", 1, "does not name the columns"),
        (HEADER + "D1\tNerves\n", 2, "2 columns"),
        ("# MeSH 2024\n" + HEADER + "D1\t\tA08\n", 3, "has no name"),
        (HEADER + "D1\tNerves\tA08.80\n", 2, "'A08.80' is not a tree number"),
        (HEADER + "D1\t" + "N" * 20_001 + "\tA08\n", 2, "longer than 20000"),
    ],
)
def test_a_faulty_file_is_named_with_its_line(
    tmp_path: Path, text: str, line: int | None, said: str
) -> None:
    with pytest.raises(MeshUnreadable, match=said) as caught:
        MeshTree.load(written(tmp_path, text))
    assert caught.value.line == line
    assert "mesh.tsv" in str(caught.value)
    assert "columns DescriptorUI" in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [gzip.compress((HEADER + NERVES).encode())[:-12], b"\x1f\x8bnonsense", b"\xff\xfe\x00D1"],
    ids=["cut short", "not gzip after all", "not UTF-8"],
)
def test_a_damaged_file_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mesh.tsv.gz"
    path.write_bytes(content)
    with pytest.raises(MeshUnreadable, match=r"mesh\.tsv\.gz"):
        MeshTree.load(path)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MeshUnreadable, match="No such file"):
        MeshTree.load(tmp_path / "nowhere.tsv")


def test_a_file_of_too_many_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mesh_tsv, "MOST_ROWS", 4)
    with pytest.raises(MeshUnreadable, match="more than 4 rows"):
        MeshTree.load(written(tmp_path, HEADER + NERVES))


def test_the_topic_carries_what_its_strategies_explode() -> None:
    tree = MeshTree.load(TOPIC_MESH)
    assert tree.year == 2024
    assert tree.explosion("Amputation, Surgical") == frozenset(
        {
            "Amputation, Surgical",
            "Disarticulation",
            "Hemipelvectomy",
        }
    )
    assert tree.explosion("Amputation Stumps") == frozenset({"Amputation Stumps"})
    assert tree.explosion("Pain, Intractable") == frozenset({"Pain, Intractable"})


@pytest.mark.shared
def test_the_topic_explodes_as_all_of_mesh_does(shared: Path) -> None:
    whole = MeshTree.load(shared / "data" / "mesh" / "mesh_trees_2024.tsv.gz")
    part = MeshTree.load(TOPIC_MESH)
    # 30,652 names; *Cytochromes c* and *Cytochromes c'* alone differ in nothing but punctuation.
    assert (whole.year, len(whole.places), len(whole.numbers_of)) == (2024, 64_342, 30_651)
    assert {name: part.explosion(name) for name in part.numbers_of} == {
        name: whole.explosion(name) for name in part.numbers_of
    }


def test_subheading_codes_are_two_letters_and_name_one_subheading_each() -> None:
    assert all(len(code) == 2 and code.islower() for code in SUBHEADINGS)
    assert len(set(SUBHEADINGS.values())) == len(SUBHEADINGS)
    assert (SUBHEADINGS["ir"], SUBHEADINGS["su"]) == ("innervation", "surgery")


@pytest.mark.shared
def test_every_subheading_of_a_real_update_file_has_a_code(shared: Path) -> None:
    with gzip.open(shared / "data" / "pubmed" / "pubmed21n1298.xml.gz", "rt") as text:
        found = {
            line.split(">")[1].split("<")[0].replace("&amp;", "&")
            for line in text
            if "<QualifierName" in line
        }
    assert len(found) > 50
    assert found <= set(SUBHEADINGS.values())
