"""Decisions made in other tools: their exports read back, and files that nobody should trust."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from surveillance.errors import UnreadableInput
from surveillance.records.ris import ris_fields
from tests.decision_desk import RECORDS, Desk, desk

ANN = ("--by", "Ann")
#: The columns of Covidence's CSV, as programs name them that read it.
COVIDENCE = (
    *("Title", "Authors", "Abstract", "Published Year", "Published Month", "Journal", "Volume"),
    *("Issue", "Pages", "Accession Number", "DOI", "Ref", "Covidence #", "Study", "Notes", "Tags"),
)


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made


def exported(table: Desk, name: str, *arguments: str) -> str:
    file = table.folder / name
    assert table.decide("--export", file, "--with-excluded", *arguments).exit_code == 0
    return file.read_text(encoding="utf-8-sig")


def ris_records(text: str) -> list[list[tuple[str, str]]]:
    return [
        ris_fields(f"{block}\nER  - \n")
        for block in re.split(r"\nER  - *\n", text)
        if block.strip()
    ]


def eppi_reviewer(fields: list[tuple[str, str]], item: int) -> str:
    """What EPPI-Reviewer writes of an item that came as these fields (its ExportItemToRIS)."""

    def of(tag: str) -> str:
        return next((text for name, text in fields if name == tag), "")

    first, _, last = of("SP").partition("-")
    lines = [
        *("TY  - JOUR", f"T1  - {of('TI')}", f"JF  - {of('JF')}"),
        *(f"A1  - {text}" for tag, text in fields if tag == "AU"),
        *("ST  - Marsh (2020)", "KW  - eppi-reviewer", f"PY  - {of('PY')}", f"DA  - {of('PY')}///"),
        *(f"Y1  - {of('PY')}///", f"AB  - {of('AB')}", f"DO  - {of('DO')}", f"VL  - {of('VL')}"),
        *(f"IS  - {of('IS')}", f"SP  - {first}", f"EP  - {last}", "CY  - ", f"U1  - {item}"),
        *(f"N1  - {of('N1')}", "ER  - ", "", ""),
    ]
    return "\r\n".join(lines)


def covidence(records: list[list[tuple[str, str]]], notes: str = "") -> str:
    """The columns of Covidence's CSV, from RIS that was imported there."""
    made = io.StringIO()
    table = csv.DictWriter(made, COVIDENCE, restval="")
    table.writeheader()
    for number, fields in enumerate(records, 1):
        of = dict(reversed(fields))
        row = {"Title": of["TI"], "Authors": of["AU"], "Abstract": of["AB"]}
        row |= {"Published Year": of["PY"], "Journal": of["JF"], "Accession Number": of["AN"]}
        row |= {"DOI": of["DO"], "Covidence #": f"#{number}", "Study": "Marsh 2020"}
        table.writerow(row | {"Notes": notes})
    return made.getvalue()


def test_eppi_reviewers_lists_by_code_come_back_with_the_code_of_the_whole_list(
    table: Desk,
) -> None:
    records = ris_records(exported(table, "waiting.ris"))
    half = len(records) // 2
    lists = {
        "include": "".join(eppi_reviewer(one, n) for n, one in enumerate(records[:half])),
        "exclude": "".join(eppi_reviewer(one, n) for n, one in enumerate(records[half:])),
    }
    for verdict, text in lists.items():
        file = table.write(f"{verdict}.txt", text)
        told = table.decided(verdict, "--from", file, "--reason", "not our question", *ANN)
        assert told["new"] == text.count("TY  -")
    said = {report: verdict for report, _, verdict, _ in table.said()}
    reports = list(dict.fromkeys(table.reports()))
    assert list(said.values()) == ["include"] * half + ["exclude"] * (len(reports) - half)
    assert list(said) == reports


def test_codes_in_a_table_are_read_with_their_stage_and_reason(table: Desk) -> None:
    a, b, c, d = (f"surveil-report-{n}" for n in dict.fromkeys(table.reports()[:5]))
    text = (
        "ID,Codes\n"
        f"{a},INCLUDE on title & abstract; INCLUDE on full text\n"
        f"{b},EXCLUDE on population\n"
        f"{c},INCLUDE for second opinion\n"
        f"{d},\n"
    )
    told = table.decided("--from", table.write("codes.csv", text), *ANN)
    assert (told["new"], told["without_decision"]) == (4, 1)
    said = [(one["stage"], one["verdict"], one["criterion"]) for one in told["decisions"]]
    assert said == [
        ("abstract", "include", ""),
        ("abstract", "exclude", "population"),
        ("abstract", "unsure", ""),
        ("full text", "include", ""),
    ]


def test_codes_that_are_columns_are_read_by_their_ticks(table: Desk) -> None:
    a, b, c, _ = dict.fromkeys(table.reports()[:5])
    text = (
        "report;INCLUDE on title & abstract;EXCLUDE on population;Comment\n"
        f"{a};1;;yes\n{b};0;x;\n{c};;;\n"
    )
    told = table.decided("--from", table.write("wide.csv", text), *ANN)
    assert [one["verdict"] for one in told["decisions"]] == ["include", "exclude"]
    assert told["without_decision"] == 1


def test_covidences_lists_come_back_with_the_reason_from_their_notes(table: Desk) -> None:
    records = ris_records(exported(table, "waiting.ris"))
    irrelevant = table.write("irrelevant.csv", covidence(records[:2]))
    assert "line 2" in table.refused("exclude", "--from", irrelevant, *ANN)
    told = table.decided("exclude", "--from", irrelevant, *ANN, "--reason", "irrelevant")
    assert told["new"] == 2
    full = table.write("full.csv", covidence(records[2:5]))
    assert table.decided("include", "--from", full, *ANN)["new"] == 3
    notes = "Exclusion reason: Wrong population; Ann (2025-02-03 10:11:12)(Select): see p. 3"
    excluded = table.write("excluded.csv", covidence(records[2:4], notes))
    told = table.decided("--from", excluded, "--stage", "full-text", *ANN)
    assert [(one["verdict"], one["reason"]) for one in told["decisions"]] == [
        ("exclude", "Wrong population")
    ] * 2


@pytest.mark.parametrize("ending", ["csv", "ris"])
def test_rayyans_notes_decide_for_each_of_its_people(table: Desk, ending: str) -> None:
    table.two_reviewers()
    text = exported(table, f"waiting.{ending}", *ANN)
    notes = (
        '{name} | RAYYAN-INCLUSION: {{"Ann"=>"Included", "Ben"=>"Excluded", "Cat"=>"Undecided"}} | '
        "RAYYAN-LABELS: Included,small | RAYYAN-EXCLUSION-REASONS: wrong population,foreign "
        'language | USER-NOTES: {{"Ann"=>["Excluded?"]}}'
    )
    field = r"N1  - (surveil-report-\d+)" if ending == "ris" else r",(surveil-report-\d+),(?=\w+,)"
    quoted = notes.replace('"', '""') if ending == "csv" else notes
    whole = f"N1  - {quoted}" if ending == "ris" else f',"{quoted}",'
    filled = re.sub(field, lambda found: whole.format(name=found[1]), text)
    told = table.decided("--from", table.write(f"articles.{ending}", filled), "--by", "Nobody")
    assert {one["by"] for one in told["decisions"]} == {"Ann", "Ben"}
    reports = sorted(set(table.reports()))
    assert [one[0] for one in table.said()] == [n for n in reports for _ in "ab"]
    assert {(v, who) for _, _, v, who in table.said()} == {("include", "Ann"), ("exclude", "Ben")}
    reasons = {one["reason"] for one in told["decisions"] if one["by"] == "Ben"}
    assert reasons == {"wrong population; foreign language"}
    assert {one["state"] for one in table.waiting("--by", "Cat")} == {"conflict"}


def test_a_custom_field_of_ris_decides_only_where_it_cannot_be_about_anything_else(
    table: Desk,
) -> None:
    a, b, c, d = (f"AN  - surveil-report-{n}" for n in dict.fromkeys(table.reports()[:5]))
    text = "".join(
        f"TY  - JOUR\n{name}\n{field}\nER  - \n\n"
        for name, field in (
            *((a, "C1  - No"), (b, "C4  - EXCLUDE on population")),
            *((c, "LB  - Included"), (d, "C2  - include this in the table of drugs")),
        )
    )
    told = table.decided("--from", table.write("said.ris", text), *ANN)
    assert [one["verdict"] for one in told["decisions"]] == ["exclude", "include"]
    assert told["without_decision"] == 2


def test_a_list_without_our_name_goes_by_pmid_doi_and_title(table: Desk) -> None:
    text = (
        "Title,DOI,PMID,Year,Decision\n"
        "another title,,91000002,,include\n"
        ",10.5555/desk.3,,,include\n"
        "nerve TRANSFER for painful stumps: part 4,,,2024,include\n"
    )
    told = table.decided("--from", table.write("said.csv", text), *ANN)
    assert [one["report"] for one in told["decisions"]] == table.reports()[2:5]


def test_the_same_file_twice_adds_nothing(table: Desk) -> None:
    report = table.reports()[2]
    file = table.write("said.csv", f"report,decision,reason\n{report},exclude,population\n")
    assert table.decided("--from", file, *ANN)["new"] == 1
    again = table.decided("--from", file, *ANN)
    assert (again["new"], again["stood_already"]) == (0, 1)
    assert "0 decisions taken" in table.decide("--from", file, *ANN).stdout


FAULTS: dict[str, tuple[str | bytes, str]] = {
    "no report": (
        "report,decision\n{a},include\n99999,include\n",
        "line 3: .* no report “report 99",
    ),
    "no title": ("title,decision\nNobody knows this paper here,include\n", "line 2: .*no report"),
    "a short title": ("title,year,decision\nReply,2020,include\n", "line 2: .*no report “Reply”"),
    "another year": (
        "title,year,decision\nNerve transfer for painful stumps part 4,1999,include\n",
        "line 2: .*no report",
    ),
    "contradicting names": (
        "report,doi,decision\n{a},10.5555/desk.3,include\n",
        "line 2: report {a} and DOI 10.5555/desk.3 are different reports",
    ),
    "an unknown word": ("report,decision\n{a},include\n{b},perhaps\n", "line 3: “perhaps” is no"),
    "a binary word": ("report,decision\n{a},\x1b[2J\n", "line 2: “�\\[2J” is no decision"),
    "an unknown stage": ("report,decision,stage\n{a},include,final\n", "line 2: “final” is no"),
    "two words": (
        "report,decision\n{a},include\n{a},unsure\n",
        "line 3: Ann says unsure .* line 2",
    ),
    "no reason": ("report,decision\n{a},exclude\n", "line 2: the exclusion of report {a} needs"),
    "a long reason": (
        "report,decision,reason\n{a},exclude," + "x" * 3_000 + "\n",
        "line 2: a reason is text of up to 2,000",
    ),
    "a name that is none": ("report,decision,by\n{a},include,rule\n", "line 2: a decision needs"),
    "a short row": ("report,decision\n{a}\n", "line 2: a row of 1 cells where the header has 2"),
    "a long row": ("report,decision\n{a},include,more\n", "line 2: a row of 3 cells"),
    "nobody's columns": ("colour,decision\nred,include\n", "line 1: no column says which report"),
    "a torn quotation": ('report,decision\n{a},"include\n{b},unsure\n', "line 2: the table cannot"),
    "an endless cell": (
        "report,decision\n{a}," + "x" * 1_100_000,
        "line 2, column 1: the field .* has more",
    ),
    "too many columns": ("report" + ",c" * 17_000 + "\n", "more than 16,384 columns"),
    "full text of nothing": (
        "report,decision,stage\n{a},include,full text\n",
        "line 2: report {a} is not decided on its abstract",
    ),
    "RIS of nobody": ("TY  - JOUR\nT1  - Reply\nC1  - include\nER  - \n", "line 1: .*no report"),
    "an empty file": ("", "there is no record in the file"),
    "blanks": (" \n\n", "there is no record in the file"),
    "a header alone": ("report,decision\n", "there is no record in the file"),
    "a PDF": (b"%PDF-1.7\n\x00\x01", "this is a PDF"),
    "a ZIP": (b"PK\x03\x04" + bytes(100), "ZIP"),
    "binary data": (b"report,decision\n1,\x00\x00\n", "line 2.*binary"),
    "Cyrillic of no known encoding": (
        b"report,decision\n1," + "да".encode("cp1251") * 60,
        "",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_file_with_a_fault_is_refused_as_a_whole_with_its_line(table: Desk, name: str) -> None:
    text, sentence = FAULTS[name]
    a, b = sorted(set(table.reports()))[:2]
    if isinstance(text, str):
        text = text.replace("{a}", str(a)).replace("{b}", str(b))
    said = table.refused("--from", table.write("said.csv", text), *ANN)
    assert re.search(sentence.replace("{a}", str(a)), said), said
    assert len(said) < 700
    assert str(table.folder / "said.csv") in said


def test_every_faulty_line_is_named_beside_the_first(table: Desk) -> None:
    report = table.reports()[0]
    rows = "".join("99999,include\n" for _ in range(8))
    file = table.write("said.csv", f"report,decision\n{report},include\n{rows}{report},maybe so\n")
    said = table.refused("--from", file, *ANN)
    assert (
        "line 3:" in said and "So with lines 4, 5, 6, 7, 8 and 3 more. Nothing was stored" in said
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_are_read(table: Desk, encoding: str) -> None:
    report = table.reports()[2]
    text = f"report\tdecision\treason\n{report}\texclude\tzu früh – naïve Fälle\n"
    file = table.write("said.tsv", text.encode(encoding))
    (told,) = table.decided("--from", file, *ANN)["decisions"]
    assert told["reason"] == "zu früh – naïve Fälle"


def test_what_a_spreadsheet_would_run_is_disarmed(tmp_path: Path) -> None:
    hostile = replace(
        RECORDS[2], title='=HYPERLINK("http://x.example","x")', abstract="@SUM(1)\x1b"
    )
    with desk(tmp_path, [*RECORDS[:2], hostile, *RECORDS[3:]]) as made:
        rows = list(csv.DictReader(io.StringIO(exported(made, "waiting.csv"))))
        (disarmed,) = [row for row in rows if "HYPERLINK" in row["title"]]
        assert disarmed["title"].startswith("'=") and disarmed["abstract"].startswith("'@")
        shown = made.decide("--list").stdout
        assert "\x1b" not in shown


def test_a_records_own_text_cannot_name_another_report(tmp_path: Path) -> None:
    """A title and an abstract are somebody else's words: our name in them names nothing."""
    liar = replace(RECORDS[2], title="surveil-report-6", abstract="surveil-report-7 include")
    with desk(tmp_path, [*RECORDS[:2], liar, *RECORDS[3:]]) as made:
        files = {
            f"waiting.{ending}": exported(made, f"waiting.{ending}") for ending in ("ris", "csv")
        }
        for number, name in enumerate(files):
            told = made.decided("unsure", "--from", made.folder / name, *ANN)
            assert (len(told["decisions"]), told["new"]) == (6, 0 if number else 6)
        assert {row["report_id"] for row in made.rows()} == set(made.reports())


def test_a_missing_file_and_a_folder_are_a_sentence(table: Desk) -> None:
    for path in (table.folder, table.folder / "none.csv"):
        done = table.decide("--from", path, *ANN)
        assert isinstance(done.exception, UnreadableInput)
