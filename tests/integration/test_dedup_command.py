"""`surveil dedup` as a script calls it: the contract's three files, from files of every kind."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from surveillance.dedup.decide import RULES_VERSION
from surveillance.errors import UnreadableInput
from surveillance.pipeline.dedup_files import gather
from surveillance.pipeline.results_folder import write_together
from tests.command_line import Surveil, caller

ROOT = Path(__file__).resolve().parents[2]
Item = TypeVar("Item")
Clusters = set[frozenset[str]]

COLUMNS = "record_id,title,author,year,journal,volume,number,pages,doi,abstract"


def table(*rows: tuple[str, ...]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows([COLUMNS.split(","), *rows])
    return made.getvalue()


TMR = "Targeted muscle reinnervation after transfemoral amputation: a randomised trial"
BONE = "Osseointegration for upper limb prostheses in a rural cohort"
PHANTOM = "Phantom limb pain in children after traumatic amputation"
PARTS = "Regenerative peripheral nerve interfaces in the lower limb. Part {}: technique"
MIRROR = "Mirror therapy delivered at home by video"
ORTHOTICS, HAND = "Prosthetics and Orthotics International", "Journal of Hand Surgery"
OKOYE, NOVAK = "Okoye, A. B.; van der Berg, C.", "Novak, P.; Adeyemi, K."
#: Known duplicates: e1 = m1 (other forms of journal, pages and authors), m2 = m3 (in one file);
#: e2 is the abstract of a meeting, m4 perhaps its paper; m5 and e3 are part I and part II.
MEDLINE = table(
    ("m1", TMR, OKOYE, "2021", HAND, "46", "3", "221-228", "10.5555/hand.1", "Sixty adults."),
    ("m2", BONE, "Marsh, E.; Ito, F.", "2019", ORTHOTICS, "43", "1", "15-22", "10.5555/poi.2", ""),
    ("m3", BONE.replace("upper ", "upper-"), "Marsh E; Ito F", "2019", "Prosthet Orthot Int", "43",
     "1", "15-22", "10.5555/poi.2", ""),
    ("m4", PHANTOM, "Silva, G.; Chen, H.", "2018", "Pain Practice", "18", "2", "100-109",
     "10.5555/pain.4", ""),
    ("m5", PARTS.format("I"), NOVAK, "2020", "Microsurgery", "40", "5", "501-509", "", ""),
    ("m6", "", "Anonymous", "2001", "", "", "", "", "", ""),
)  # fmt: skip
EMBASE = table(
    ("e1", f"{TMR.title()}.", "Okoye A.B.; van der Berg C.", "2021", "J Hand Surg", "46", "3",
     "221-8", "10.5555/hand.1", ""),
    ("e2", PHANTOM, "Silva G.; Chen H.", "2017", "Pain Practice", "17", "Supplement 1", "S12-S13",
     "10.5555/pain.abstract12", ""),
    ("e3", PARTS.format("II"), NOVAK, "2020", "Microsurgery", "40", "5", "510-518", "", ""),
    ("e4", MIRROR, "Haddad R.", "2022", "BMJ Open", "12", "7", "e050001", "10.5555/open.7", ""),
)  # fmt: skip
NAMES = ("clusters.csv", "review.csv", "decisions.jsonl")
TOGETHER = {frozenset({"m1", "e1"}), frozenset({"m2", "m3"})}
RIS = "TY  - JOUR\nAN  - {number}\nTI  - {title}\nAU  - Haddad, R.\nPY  - 2022\nER  - \n"


@pytest.fixture
def surveil(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Surveil:
    """The command as a user calls it: exit code, what was printed, what was said on the side."""

    return caller(monkeypatch, capsys, "dedup")


@pytest.fixture
def golden(tmp_path: Path) -> list[Path]:
    return put(tmp_path, {"medline.csv": MEDLINE, "embase.csv": EMBASE})


def put(folder: Path, files: dict[str, str | bytes]) -> list[Path]:
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return [folder / name for name in files]


def done(surveil: Surveil, files: Sequence[Path], out: Path) -> dict[str, Any]:
    code, said, aside = surveil(*files, "--out", out, "--json")
    assert code == 0, aside
    document: dict[str, Any] = json.loads(said)
    return document


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def clusters(out: Path) -> Clusters:
    found: dict[str, set[str]] = {}
    for row in rows(out / "clusters.csv"):
        found.setdefault(row["cluster_id"], set()).add(row["record_id"])
    return set(map(frozenset, found.values()))


def listed(folder: Path) -> list[str]:
    return sorted(place.name for place in folder.iterdir())


def merged(out: Path) -> Clusters:
    return {members for members in clusters(out) if len(members) > 1}


def decisions(out: Path) -> list[dict[str, Any]]:
    lines = (out / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def refused(surveil: Surveil, *arguments: object) -> str:
    """The one sentence of a call that ends with exit code 2."""
    code, said, aside = surveil(*arguments)
    assert (code, said) == (2, ""), aside
    lines = [line for line in aside.splitlines() if line.startswith("surveil: ")]
    assert len(lines) == 1, aside
    assert "Traceback" not in aside
    return lines[0]


def test_known_duplicates_in_two_files(
    surveil: Surveil, golden: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    document = done(surveil, golden, out)
    assert merged(out) == TOGETHER
    assert (document["records"], document["merged"], document["reports"]) == (10, 2, 8)
    assert document["files"] == {str(file): len(rows(file)) for file in golden}
    assert document["doubtful"] == len(rows(out / "review.csv"))
    assert document["pairs_compared"] == len(decisions(out))
    assert document["unread_lines"] == 0
    parts = [document[f"{step}_seconds"] for step in ("read", "match", "write")]
    assert document["seconds"] == pytest.approx(sum(parts), abs=0.01)


def test_clusters_hold_every_record_once_under_its_first(
    surveil: Surveil, golden: list[Path], tmp_path: Path
) -> None:
    done(surveil, golden, tmp_path / "out")
    text = (tmp_path / "out" / "clusters.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "record_id,cluster_id"
    found = rows(tmp_path / "out" / "clusters.csv")
    named = [row["record_id"] for file in golden for row in rows(file)]
    assert sorted(row["record_id"] for row in found) == sorted(named)
    assert {row["cluster_id"] for row in found} <= set(named)
    assert frozenset({"m6"}) in clusters(tmp_path / "out")  # no title, and yet a record


def test_what_is_doubtful_waits_the_likeliest_first(
    surveil: Surveil, golden: list[Path], tmp_path: Path
) -> None:
    done(surveil, golden, tmp_path / "out")
    text = (tmp_path / "out" / "review.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "record_a,record_b,score,reasons"
    found = rows(tmp_path / "out" / "review.csv")
    pairs = {frozenset((row["record_a"], row["record_b"])) for row in found}
    assert frozenset({"m5", "e3"}) in pairs
    assert not pairs & TOGETHER
    scores = [float(row["score"]) for row in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert all(row["reasons"] for row in found)


def test_every_decision_is_written_with_its_evidence(
    surveil: Surveil, golden: list[Path], tmp_path: Path
) -> None:
    done(surveil, golden, tmp_path / "out")
    found = decisions(tmp_path / "out")
    by_pair = {frozenset((d["record_a"], d["record_b"])): d for d in found}
    assert len(by_pair) == len(found)
    same = by_pair[frozenset({"m1", "e1"})]
    assert (same["verdict"], same["rules_version"]) == ("same", RULES_VERSION)
    assert same["rule"]
    assert 0 <= same["score"] <= 1
    evidence = {item["field"]: item for item in same["evidence"]}
    assert {evidence["pages"]["a"], evidence["pages"]["b"]} == {"221-228", "221-8"}
    assert evidence["title"]["similarity"] == 1.0
    for decision in found:
        printed = [item for item in decision["evidence"] if "a" in item]
        assert bool(printed) is (decision["verdict"] != "different")


def test_people_see_counts_and_seconds(
    surveil: Surveil, golden: list[Path], tmp_path: Path
) -> None:
    code, said, _ = surveil(*golden, "--out", tmp_path / "out")
    assert code == 0
    for row in ("records +│ +10", "duplicates merged +│ +2", "reports that remain +│ +8"):
        assert re.search(row, said), said
    assert "seconds in all" in said
    assert str(tmp_path / "out") in said.replace("\n", "")


def test_the_order_of_the_files_decides_nothing(
    surveil: Surveil, golden: list[Path], tmp_path: Path
) -> None:
    done(surveil, golden, tmp_path / "one")
    done(surveil, golden[::-1], tmp_path / "two")
    for name in NAMES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_formats_are_told_by_content_and_meet(surveil: Surveil, tmp_path: Path) -> None:
    nbib = (
        f"PMID- 39000001\nTI  - {MIRROR}.\nAU  - Haddad R\nDP  - 2022 Jul\nJT  - BMJ open\n"
        "VI  - 12\nIP  - 7\nPG  - e050001\nAID - 10.5555/open.7 [doi]\n"
    )
    ris = (
        f"TY  - JOUR\nAN  - L201\nTI  - {MIRROR}\nAU  - Haddad, R.\nPY  - 2022\nJF  - BMJ Open\n"
        "VL  - 12\nIS  - 7\nSP  - e050001\nDO  - 10.5555/open.7\nER  - \n"
    )
    files = put(
        tmp_path,
        {"a.txt": nbib, "b.ris": gzip.compress(ris.encode()), "c.csv": EMBASE.encode("utf-16")},
    )
    done(surveil, files, tmp_path / "out")
    assert merged(tmp_path / "out") == {frozenset({"39000001", "L201", "e4"})}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_table_keeps_its_record_ids_in_every_encoding(
    surveil: Surveil, tmp_path: Path, encoding: str, line_end: str
) -> None:
    text = 'record_id,title,pmid\n1,"Müller’s\nstump",39000001\n2,Another stump,\n3,,39000003\n'
    content = text.replace("\n", line_end).encode(encoding)
    document = done(surveil, put(tmp_path, {"a.csv": content}), tmp_path / "out")
    assert document["records"] == 3
    assert clusters(tmp_path / "out") == {frozenset({name}) for name in "123"}


def test_names_that_files_share_are_told_apart_and_the_others_stay(
    surveil: Surveil, tmp_path: Path
) -> None:
    files = put(
        tmp_path,
        {
            "a.ris": RIS.format(number="1", title="A stump") + RIS.format(number="7", title="Pain"),
            "b.ris": RIS.format(number="1", title="Nerve") + RIS.format(number="1", title="Skin"),
            "c.csv": "title,year\nOf no name,2020\n",
        },
    )
    code, _, aside = surveil(*files, "--out", tmp_path / "out")
    assert code == 0
    names = {row["record_id"] for row in rows(tmp_path / "out" / "clusters.csv")}
    assert names == {"a.ris:1", "7", "b.ris:1", "b.ris:1#2", "c.csv#1"}
    assert "1: more than one record is called so" in aside


def test_a_ris_record_s_running_number_is_its_name(surveil: Surveil, tmp_path: Path) -> None:
    ris = RIS.replace("AN  -", "ID  -")
    content = ris.format(number="1", title="A stump") + ris.format(number="2", title="Nerves")
    done(surveil, put(tmp_path, {"a.ris": content}), tmp_path / "out")
    assert clusters(tmp_path / "out") == {frozenset({"1"}), frozenset({"2"})}


def test_two_files_of_one_name_go_by_their_whole_path(surveil: Surveil, tmp_path: Path) -> None:
    files = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        files += put(tmp_path / folder, {"a.csv": f"title,year\nOf no name in {folder},2020\n"})
    done(surveil, files, tmp_path / "out")
    names = {row["record_id"] for row in rows(tmp_path / "out" / "clusters.csv")}
    assert names == {f"{file}#1" for file in files}


class Watcher:
    """Notes what it is shown, as a progress bar would show it."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[int, int]] = {}

    def follow(self, items: Iterable[Item], what: str, total: int) -> Iterator[Item]:
        for number, item in enumerate(items, 1):
            self.seen[what] = (number, total)
            yield item


def test_reading_is_watched_to_its_end(tmp_path: Path) -> None:
    rows_of = MEDLINE + f"m7,Large,,,,,,,,{'a' * 700_000}\n" * 20
    files = put(tmp_path, {"[b].ris": RIS.format(number="1", title="A"), "a.csv": rows_of})
    zipped = put(tmp_path, {"c.csv": gzip.compress(rows_of.replace("m", "n").encode(), 0)})
    watcher = Watcher()
    gathered = gather([*files, *zipped], watcher)
    assert len(gathered.entries) == 1 + 2 * 26
    assert watcher.seen == {
        "Reading file 1 of 3": (1, 1),
        "Reading file 2 of 3": (4, 4),
        "Reading file 3 of 3": (4, 4),
    }


HOSTILE = [
    '=HYPERLINK("http://127.0.0.1/","x")',
    "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "\uff1d1+1",
]


def test_no_cell_of_the_results_runs_in_a_spreadsheet(surveil: Surveil, tmp_path: Path) -> None:
    titles = [PHANTOM, "Of its own"]
    cells = [["record_id", "title", "author", "year", "doi"]]
    for number, name in enumerate([*HOSTILE, "-17", "x\x1b[31m", "y" * 5_000]):
        doi = f"10.5555/{number}"
        cells.append([name, titles[number > 1], "=1+1; Silva, G.", "2018", doi])
    file = tmp_path / "=1+1.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(cells)
    code, _, aside = surveil(file, "--out", tmp_path / "out")
    assert code == 0
    assert "would run such a name as a formula" in aside
    found = [row["record_id"] for row in rows(tmp_path / "out" / "clusters.csv")]
    assert sorted(found) == sorted(
        [*(f"'{name}" for name in HOSTILE), "-17", "'=1+1.csv#7", "'=1+1.csv#8"]
    )
    for name in ("clusters.csv", "review.csv"):
        for row in rows(tmp_path / "out" / name):
            for cell in row.values():
                assert cell == "-17" or not re.match("[=+\\-@\t\r\uff1d]", cell)


def test_unread_rows_are_named_with_their_lines(surveil: Surveil, tmp_path: Path) -> None:
    [file] = put(tmp_path, {"a.csv": f"{MEDLINE}m7,too,few\n" + "x,y\n" * 9})
    code, said, aside = surveil(file, "--out", tmp_path / "out", "--json")
    assert code == 0
    assert json.loads(said)["unread_lines"] == 10
    assert f"{file}, line 8: not read: a row of 3 cells where the header has 10" in aside
    assert "5 more lines were not read" in aside


BAD_FILES: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "line 1, column 1: the file is empty."),
    "a table of something else": ("a,b,c\n1,2,3\n", "line 1, column 1: this is a table, but no"),
    "rows that fit no header": (f"{COLUMNS}\n1,2\n", "line 2, column 1: no record could be read"),
    "a header alone": (COLUMNS + "\n", "no record could be read: it is empty"),
    "a quotation mark alone": (
        f'{MEDLINE}m7,"' + "a\n" * 1_100_000,
        "line 8, column 1: the table cannot be read from here on",
    ),
    "binary data late in a table": (
        MEDLINE.encode() + b"m7,\x00\x01\x02,,,,,,,,\n",
        "line 8, column 1: here stands binary data",
    ),
    "a line without an end": (
        MEDLINE + "m7," + "a" * 2_000_000,
        "line 8, column 1: the field “m7,aaa",
    ),
    "too many bad rows": (COLUMNS + "\n" + "x\n" * 100_001, "line 100002, column 1: more than"),
    "a bomb": (
        gzip.compress((MEDLINE + f"m7,{'a' * 900_000},,,,,,,,\n" * 80).encode(), 9),
        "unpacks to more than 67,108,864 bytes",
    ),
    "cut short": (gzip.compress(MEDLINE.encode() * 50)[:-20], "damaged or cut short"),
    "Russian in Windows-1251": (
        (MEDLINE + "m7,Ампутация нижней конечности и фантомная боль,,,,,,,,\n" * 3).encode(
            "cp1251"
        ),
        "line 8, column 1: the file is not UTF-8",
    ),
    "XML entities": (
        '<!DOCTYPE x [<!ENTITY a "b">]><PubmedArticleSet>&a;</PubmedArticleSet>',
        "line 1",
    ),
}


@pytest.mark.parametrize("fault", BAD_FILES)
def test_a_bad_file_is_one_sentence_and_nothing_is_written(
    surveil: Surveil, golden: list[Path], tmp_path: Path, fault: str
) -> None:
    content, says = BAD_FILES[fault]
    [bad] = put(tmp_path, {"z.csv": content})
    said = refused(surveil, *golden, bad, "--out", tmp_path / "new" / "out")
    assert str(bad) in said
    assert says in said
    assert not (tmp_path / "new").exists()


def test_a_file_that_is_missing_or_named_twice(
    surveil: Surveil, golden: list[Path], tmp_path: Path
) -> None:
    missing = refused(surveil, golden[0], tmp_path / "none.csv", "--out", tmp_path / "out")
    assert f"{tmp_path / 'none.csv'}: there is no such file." in missing
    (tmp_path / "link.csv").symlink_to(golden[0])
    twice = refused(surveil, golden[0], tmp_path / "link.csv", "--out", tmp_path / "out")
    assert "link.csv: this file is named twice" in twice
    assert not (tmp_path / "out").exists()


def test_no_file_and_no_folder_are_wrong_arguments(surveil: Surveil, golden: list[Path]) -> None:
    assert surveil("--out", "somewhere")[0] == 2
    assert surveil(golden[0])[0] == 2


def test_a_folder_s_other_files_stay_and_older_results_are_replaced(
    surveil: Surveil, golden: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    put(out, {"notes.txt": "mine", "clusters.csv": "old", ".hidden": "mine"})
    done(surveil, golden, out)
    done(surveil, golden, out)
    assert listed(out) == sorted([*NAMES, ".hidden", "notes.txt"])
    assert (out / "notes.txt").read_text() == "mine"
    assert merged(out) == TOGETHER


def test_a_place_for_results_that_is_none_is_refused_before_the_work(
    surveil: Surveil, golden: list[Path], tmp_path: Path
) -> None:
    assert "this is a file; name a folder" in refused(surveil, golden[0], "--out", golden[1])
    below = refused(surveil, golden[0], "--out", golden[1] / "out")
    assert "this is a file; name a folder" in below
    (tmp_path / "out" / "review.csv").mkdir(parents=True)
    taken = refused(surveil, tmp_path / "none.csv", "--out", tmp_path / "out")
    assert "a folder stands where a file is to be written" in taken
    assert listed(tmp_path / "out") == ["review.csv"]


@pytest.mark.parametrize("written", range(len(NAMES)))
def test_results_take_their_places_together_or_not_at_all(tmp_path: Path, written: int) -> None:
    out = tmp_path / "out"
    out.mkdir()
    put(out, {NAMES[0]: "old", NAMES[2]: "old"})

    def write_some(folder: Path) -> None:
        for name in NAMES[:written]:
            (folder / name).write_text("new")

    # Moving fails at the first file that was not written, after others have moved.
    with pytest.raises(UnreadableInput, match=r"the results cannot be written"):
        write_together(out, NAMES, write_some)
    assert {name: (out / name).read_text() for name in listed(out)} == {
        NAMES[0]: "old",
        NAMES[2]: "old",
    }


def test_a_disk_that_fills_leaves_what_was_there(tmp_path: Path) -> None:
    def fill(folder: Path) -> None:
        (folder / NAMES[0]).write_text("new")
        Path("/dev/full").write_text("new")

    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(UnreadableInput, match="No space left on device"):
        write_together(tmp_path / "a" / "b", NAMES, fill)
    assert not (tmp_path / "a").exists()


def test_every_block_of_python_on_the_page_runs(
    golden: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "dedup.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) >= 2
    names: dict[str, object] = {"__name__": __name__}
    for block in blocks:
        exec(compile(block, "docs/dedup.md", "exec"), names)
    assert merged(tmp_path / "duplicates") == TOGETHER
    assert golden[0].exists()
