"""`surveil rank`: a labelled file replayed, and unread reports in order with their why."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter

import pytest
from typer.testing import CliRunner, Result

from db import records as record_rows
from db import reports as report_rows
from db import screening as screening_rows
from db.session import Store
from surveillance.cli.rank import app
from surveillance.cli.topics import EXAMPLE, make_workspace
from surveillance.errors import UnreadableInput
from surveillance.pipeline.rank_files import read_labelled
from surveillance.pipeline.ranking import ranking
from surveillance.records import Captured, Payload, Record
from surveillance.screening.rules import Verdict
from surveillance.topics import read_topic
from tests.world import fresh_store, store_url

SETS = Path(__file__).resolve().parents[3] / "shared" / "data" / "screening"
DAY = date(2025, 1, 31)
HEADER = ("record_id", "title", "abstract", "label")
KEYS = {"n", "included", "wss95", "wss100", "rrf10", "atd", "seconds", "order"}


def table(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue()


def labelled(count: int = 40) -> list[tuple[str, ...]]:
    wanted = "neuroma after amputation, and nerves transferred"
    other = "statins for pressure in the heart"
    return [
        HEADER,
        *(
            (f"r{n}", wanted if n % 5 == 0 else other, f"{'pain' if n % 2 else 'study'}", label)
            for n in range(count)
            for label in ("1" if n % 5 == 0 else "0",)
        ),
    ]


def written(folder: Path, text: str, name: str = "labelled.csv") -> Path:
    file = folder / name
    file.write_bytes(text.encode())
    return file


def simulate(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["simulate", *arguments])


def replayed(file: Path, seed: int = 1) -> dict[str, object]:
    done = simulate(str(file), "--seed", str(seed), "--json")
    assert done.exit_code == 0, done.output
    content: dict[str, object] = json.loads(done.stdout)
    return content


def test_a_replay_says_what_the_contract_names(tmp_path: Path) -> None:
    found = replayed(written(tmp_path, table(labelled())))
    assert found.keys() >= KEYS
    assert (found["n"], found["included"]) == (40, 8)
    assert found["wss100"] == pytest.approx(1 - 7 / 38)
    assert found["atd"] == pytest.approx(3 / 38)
    order, start = found["order"], found["start"]
    assert isinstance(order, list) and isinstance(start, list)
    assert sorted([*order, *start]) == sorted(row[0] for row in labelled()[1:])


def test_the_same_seed_gives_the_same_order_and_another_another_start(tmp_path: Path) -> None:
    file = written(tmp_path, table(labelled()))
    assert replayed(file, 2)["order"] == replayed(file, 2)["order"]
    assert len({str(replayed(file, seed)["start"]) for seed in range(5)}) > 1


def test_people_get_a_table(tmp_path: Path) -> None:
    done = simulate(str(written(tmp_path, table(labelled()))))
    assert done.exit_code == 0
    assert "work saved at 95 % recall" in done.stdout


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_may_stand_in_any_order_with_others_between_them(
    tmp_path: Path, delimiter: str
) -> None:
    rows = [(row[3], "2020", *row[:3]) for row in labelled()]
    rows[0] = ("Label", "year", "record_id", "Title", "abstract")
    read = read_labelled(written(tmp_path, table(rows, delimiter)))
    assert read.names[5] == "r5"
    assert sum(read.included) == 8


def test_a_gzipped_table_with_a_mark_and_breaks_in_a_cell_is_read(tmp_path: Path) -> None:
    rows = [*labelled(), ("last", "Two\nlines", "of\r\ntext", "1")]
    file = tmp_path / "labelled.csv.gz"
    file.write_bytes(gzip.compress(f"\ufeff{table(rows)}".encode()))
    assert read_labelled(file).names[-1] == "last"


def test_what_real_tables_do_is_borne(tmp_path: Path) -> None:
    """A name for two records, and control characters that a PDF left in an abstract."""
    abstract = f"\x01 74, \x01 90, \x012 test{' and what was seen of it' * 20}"
    rows = [HEADER, ("1", "a", abstract, "1"), ("1", "b", "", "0")]
    assert read_labelled(written(tmp_path, table(rows))).names == ("1", "1")


@pytest.mark.shared
@pytest.mark.parametrize("file", sorted(SETS.glob("*.csv.gz")), ids=lambda file: file.name)
def test_every_labelled_set_is_read(file: Path) -> None:
    if file.name.startswith("iddo_"):
        with pytest.raises(UnreadableInput, match="labelled included"):
            read_labelled(file)
    else:
        assert len(read_labelled(file).names) > 200


@pytest.mark.parametrize(
    ("rows", "said", "line"),
    [
        pytest.param([("record_id", "title", "label")], "no column abstract", 1, id="column"),
        pytest.param([HEADER, ("1", "a", "b", "yes")], "“yes”, neither 0 nor 1", 2, id="label"),
        pytest.param([HEADER, ("1", "a", "b", "")], "“”, neither", 2, id="no label"),
        pytest.param([HEADER, ("1", "a", "b", "0")], "labelled included (1)", None, id="all 0"),
        pytest.param([HEADER, ("1", "a", "b", "1")], "labelled excluded (0)", None, id="all 1"),
        pytest.param([HEADER, ("1", "a\n\nb", "", "1"), ("2", "c")], "too few", 5, id="cells"),
        pytest.param([HEADER, ("", "a", "", "1"), ("2", "b", "", "0")], "record_id", 2, id="name"),
        pytest.param([HEADER], "labelled included", None, id="no record"),
        pytest.param([], "no column record_id, title", 1, id="empty"),
    ],
)
def test_what_is_no_labelled_table_is_refused_with_its_line(
    tmp_path: Path, rows: list[tuple[str, ...]], said: str, line: int | None
) -> None:
    file = written(tmp_path, table(rows))
    with pytest.raises(UnreadableInput) as refused:
        read_labelled(file)
    assert said in str(refused.value)
    assert str(file) in str(refused.value)
    assert refused.value.place is not None
    assert refused.value.place.line == line


@pytest.mark.parametrize("content", [b"PK\x03\x04\x00", b"\x1f\x8b damaged", b"\x00\x01" * 50])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "labelled.csv"
    file.write_bytes(content)
    with pytest.raises(UnreadableInput, match=r"labelled\.csv"):
        read_labelled(file)


@pytest.mark.parametrize(
    "texts",
    [
        [("", ""), ("", ""), ("", "")],
        [("same", "same")] * 3,
        [("神经瘤", "治疗"), ("Невромы", "культи"), ("نورم", "")],
        [("long", "word " * 150_000), ("long", "x" * 900_000), ("&lt;b&gt;", "&#0;")],
    ],
    ids=["empty", "identical", "other scripts", "long"],
)
def test_three_records_of_any_kind_are_replayed(
    tmp_path: Path, texts: list[tuple[str, str]]
) -> None:
    rows = [(str(n), *text, "1" if n == 0 else "0") for n, text in enumerate(texts)]
    found = replayed(written(tmp_path, table([HEADER, *rows])))
    assert found["wss95"] is None
    assert isinstance(found["order"], list)
    assert len(found["order"]) == 1


@dataclass(frozen=True)
class Desk:
    """A workspace whose example topic has reports, by number in the order of their titles."""

    folder: Path
    store: Store
    reports: tuple[int, ...]

    def decide(self, place: int, verdict: Verdict) -> None:
        with self.store.transaction() as session:
            screening_rows.save_persons_decision(
                session,
                self.reports[place],
                verdict,
                reason="read",
                made_by="A. Reviewer",
                today=DAY,
            )

    def order(self) -> list[int]:
        """The unread reports' places among the titles, as they are ranked."""
        topic = read_topic(self.folder / "search_strategies" / EXAMPLE)
        with self.store.transaction() as session:
            return [self.reports.index(one.report) for one in ranking(session, topic).reports]

    def show(self, *arguments: str) -> Result:
        environment = {
            "SURVEIL_WORKSPACE": str(self.folder),
            "SURVEIL_DATABASE_URL": store_url(self.folder),
            "COLUMNS": "200",
        }
        return CliRunner().invoke(app, ["show", EXAMPLE, *arguments], env=environment)


NEUROMA = [f"Targeted muscle reinnervation for neuroma after amputation {n}" for n in range(4)]
RATION = [f"Total mixed ration in dairy cows, milk yield and feed {n}" for n in range(6)]


def fill(
    store: Store, titles: Sequence[str], *, first: int = 900, day: date = DAY
) -> tuple[int, ...]:
    records = [
        Record(source="embase", source_id=str(first + n), title=title, abstract=f"{title}. " * 3)
        for n, title in enumerate(titles)
    ]
    with store.transaction() as session:
        saved = record_rows.save_captured(
            session,
            [Captured(one, Payload(one.source_id.encode(), "text/plain")) for one in records],
            topic=EXAMPLE,
            route="import",
            seen_on=day,
        )
        alone = tuple((number,) for number in saved.ids)
        report_rows.save_clusters(session, EXAMPLE, alone, dict.fromkeys(saved.ids, day))
        places = report_rows.report_places(session, EXAMPLE)
    return tuple(places[number] for number in saved.ids)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    make_workspace(tmp_path)
    with fresh_store(tmp_path) as store:
        yield Desk(tmp_path, store, fill(store, [*RATION, *NEUROMA]))


def test_before_any_decision_the_criteria_begin(desk: Desk) -> None:
    assert set(desk.order()[:4]) == {6, 7, 8, 9}
    shown = json.loads(desk.show("--json").stdout)
    assert (shown["unread"], shown["included"], shown["excluded"], shown["cold"]) == (
        10,
        0,
        0,
        True,
    )


def test_decisions_teach_and_what_is_decided_is_not_listed(desk: Desk) -> None:
    desk.decide(0, Verdict.INCLUDE)
    desk.decide(6, Verdict.EXCLUDE)
    order = desk.order()
    assert set(order[:5]) == {1, 2, 3, 4, 5}
    assert sorted(order) == [1, 2, 3, 4, 5, 7, 8, 9]


def test_unsure_is_no_label_and_waits_elsewhere(desk: Desk) -> None:
    before = desk.order()
    desk.decide(0, Verdict.UNSURE)
    assert desk.order() == [place for place in before if place]
    assert json.loads(desk.show("--json").stdout)["cold"]


def test_the_reports_of_a_new_week_find_their_places(desk: Desk) -> None:
    desk.decide(6, Verdict.INCLUDE)
    desk.decide(0, Verdict.EXCLUDE)
    new = fill(desk.store, ["Reinnervation of muscle for neuroma", "Feed of cows"], first=990)
    topic = read_topic(desk.folder / "search_strategies" / EXAMPLE)
    with desk.store.transaction() as session:
        order = [one.report for one in ranking(session, topic).reports]
    assert order.index(new[0]) < 4
    assert order.index(new[1]) >= 4


def test_show_lists_the_first_with_the_words_that_put_them_there(desk: Desk) -> None:
    desk.decide(6, Verdict.INCLUDE)
    desk.decide(0, Verdict.EXCLUDE)
    shown = desk.show("--limit", "3")
    assert shown.exit_code == 0, shown.output
    assert "8 reports to read" in shown.stdout
    assert "learnt from 1 included and 1 excluded reports" in shown.stdout
    found = json.loads(desk.show("--limit", "3", "--json").stdout)["reports"]
    assert [one["place"] for one in found] == [1, 2, 3]
    words = {each["term"] for each in found[0]["lifted"]}
    assert words & {"neuroma", "amputation", "reinnervation", "targeted", "muscle"}


def piles(desk: Desk) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(desk.show("--json").stdout)["piles"]
    return found


def test_until_enough_is_read_it_says_what_it_takes(desk: Desk) -> None:
    for place in (6, 7, 8, 0):
        desk.decide(place, Verdict.INCLUDE if place > 5 else Verdict.EXCLUDE)
    desk.decide(1, Verdict.UNSURE)
    (pile,) = piles(desk)
    assert (pile["reports"], pile["unread"], pile["found"], pile["recall"]) == (10, 6, 3, 0.95)
    assert not pile["may_stop"]
    assert pile["cost"] == 6
    shown = " ".join(desk.show().stdout.split())
    assert "Read on (10 reports that came by 2025-01-31). It cannot be said yet" in shown


def test_what_comes_after_the_first_reading_is_a_pile_of_its_own(desk: Desk) -> None:
    for place in range(10):
        desk.decide(place, Verdict.EXCLUDE if place < 6 else Verdict.INCLUDE)
    assert piles(desk) == []
    fill(desk.store, ["Reinnervation for neuroma", "Feed"], first=990, day=date(2025, 2, 7))
    (pile,) = piles(desk)
    assert (pile["until"], pile["reports"], pile["found"]) == ("2025-02-07", 2, 0)
    assert pile["recall"] == 0.99


def test_before_anything_is_decided_all_that_is_there_is_one_pile(desk: Desk) -> None:
    fill(desk.store, ["Feed"], first=990, day=date(2025, 2, 7))
    (pile,) = piles(desk)
    assert (pile["reports"], pile["unread"]) == (11, 11)


def test_it_says_why_nothing_is_left_out_unread(desk: Desk) -> None:
    said = json.loads(desk.show("--json").stdout)["auto_exclusion"]
    assert (said["allowed"], said["includes_to_go"]) == (False, 299)
    assert "Nothing is left out unread" in desk.show().stdout


def test_an_empty_topic_has_nothing_to_rank(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    with fresh_store(tmp_path) as store:
        assert json.loads(Desk(tmp_path, store, ()).show("--json").stdout)["reports"] == []


@pytest.mark.slow
def test_ten_thousand_reports_are_ranked_while_somebody_waits(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    words = [f"word{n}" for n in range(3000)]
    titles = [
        " ".join(words[(n * 37 + k * k * 11) % 3000] for k in range(60)) for n in range(10_000)
    ]
    with fresh_store(tmp_path) as store:
        desk = Desk(tmp_path, store, fill(store, titles))
        for place in range(20):
            desk.decide(place, Verdict.INCLUDE if place < 5 else Verdict.EXCLUDE)
        topic = read_topic(tmp_path / "search_strategies" / EXAMPLE)
        begun = perf_counter()
        with store.transaction() as session:
            found = ranking(session, topic, limit=20)
        seconds = perf_counter() - begun
    assert found.unread == 9_980
    print(f"10,000 reports ranked in {seconds:.1f} s")
