from __future__ import annotations

import io
from datetime import date

import pytest

from surveillance.errors import UnreadableInput
from surveillance.records import Author, Captured, Record, RecordDates
from surveillance.records.bounded import BoundedStream
from surveillance.records.endnote_xml import read_endnote_xml
from surveillance.records.text import UnreadLine


def styled(text: str) -> str:
    return f'<style face="normal" font="default" size="100%">{text}</style>'


WRAPPED = "Pain is\n    common; p &lt; 0.05."
RECORD = f"""\
<record><database name="Stumps.enl" path="C:\\Stumps.enl">Stumps.enl</database>
<source-app name="EndNote" version="21.2">EndNote</source-app><rec-number>928</rec-number>
<ref-type name="Journal Article">17</ref-type>
<contributors><authors><author>{styled("Okoye, A. B.")}</author>
<author>{styled("Stump Study Group,")}</author></authors></contributors>
<titles><title>{styled("Targeted ")}<style face="italic">muscle</style>{styled(" work")}</title>
<secondary-title>{styled("J Stumps")}</secondary-title></titles>
<periodical><full-title>Journal of Stumps</full-title><abbr-1>J Stumps</abbr-1></periodical>
<pages>{styled("221-8")}</pages><volume>{styled("12")}</volume><number>{styled("3")}</number>
<keywords><keyword>{styled("Amputation")}</keyword><keyword>{styled("")}</keyword></keywords>
<dates><year>{styled("2024")}</year><pub-dates><date>{styled("Jul 26")}</date></pub-dates></dates>
<isbn>{styled("1234-567X (Electronic)&#xD;0001-2345 (Linking)")}</isbn>
<accession-num>{styled("39000001")}</accession-num>
<abstract>{styled(WRAPPED)}</abstract>
<notes>{styled("ClinicalTrials.gov NCT05009394")}</notes><custom2>{styled("PMC1234567")}</custom2>
<electronic-resource-num>{styled("10.5555/stumps.1")}</electronic-resource-num>
<remote-database-name>Medline</remote-database-name><language>{styled("eng")}</language>
<work-type>Clinical Trial</work-type><research-notes>own words</research-notes></record>"""


def library(*records: str) -> str:
    return f"<xml><records>{''.join(records)}</records></xml>"


def read(text: str) -> tuple[tuple[Captured, ...], tuple[UnreadLine, ...]]:
    stream = BoundedStream(io.BytesIO(text.encode()), "stumps.xml")
    return read_endnote_xml(stream, source="embase", name="stumps.xml")


def test_a_record_of_endnote_is_read() -> None:
    [item], unread = read(library(RECORD))
    assert unread == ()
    assert item.record == Record(
        source="embase",
        source_id="39000001",
        pmid="39000001",
        pmcid="PMC1234567",
        doi="10.5555/stumps.1",
        title="Targeted muscle work",
        abstract="Pain is common; p < 0.05.",
        authors=(Author("Okoye", initials="AB"), Author(collective="Stump Study Group")),
        journal="Journal of Stumps",
        journal_abbreviation="J Stumps",
        issn="1234-567X",
        year=2024,
        volume="12",
        issue="3",
        pages="221-8",
        languages=("eng",),
        publication_types=("Clinical Trial",),
        keywords=("Amputation",),
        registrations=("NCT05009394",),
        dates=RecordDates(published=date(2024, 1, 1)),
    )


def test_the_payload_is_the_record_s_element_and_reads_back_equal() -> None:
    [item], _ = read(library(RECORD))
    assert item.payload.content.startswith(b"<record>")
    assert b"own words" in item.payload.content
    [again], _ = read(item.payload.content.decode())
    assert again == item


def test_records_without_title_and_number_are_named_with_line_and_number() -> None:
    empty = "\n<record><rec-number>929</rec-number><titles><title/></titles></record>\n"
    captured, unread = read(library(RECORD, empty, RECORD))
    assert len(captured) == 2
    line = RECORD.count("\n") + 2
    assert unread == (UnreadLine(line, "record 929", "a record with neither title nor number"),)


def test_a_record_far_down_a_file_is_named_with_its_true_line() -> None:
    _, unread = read(library("\n" * 100_000, "<record></record>"))
    assert [line.line for line in unread] == [100_001]


def test_programs_that_write_no_styles_are_read() -> None:
    titles = "<titles><title>A</title><secondary-title>Stumps</secondary-title></titles>"
    [item], _ = read(library(f"<record>{titles}</record>"))
    assert (item.record.title, item.record.journal) == ("A", "Stumps")


def test_editors_of_a_book_are_no_authors_of_its_chapter() -> None:
    people = (
        "<contributors><authors><author>One, A.</author></authors><secondary-authors>"
        "<author>Two, B.</author></secondary-authors></contributors>"
    )
    kind = '<ref-type name="Book Section">5</ref-type>'
    [item], _ = read(library(f"<record>{kind}{people}<titles><title>A</title></titles></record>"))
    assert [author.last for author in item.record.authors] == ["One"]


ENTITY = '<!DOCTYPE xml [<!ENTITY a "lol">]>'
EXTERNAL = '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (library(RECORD)[:-30], r"stumps\.xml, line \d+, column \d+: this is not whole XML"),
        ("<xml>", "not whole XML"),
        ("", "not whole XML"),
        (ENTITY + library(RECORD), "declares XML entities"),
        (EXTERNAL + library("<record><titles><title>&a;</title></titles></record>"), "entities"),
        (library("<record>" * 300), "not whole XML"),
        (library("<record>" + f"<notes>{'x' * 1_000_000}</notes>" * 17), "larger than"),
        (
            library(f"<record><titles><title>{'x' * 1_100_000}</title></titles></record>"),
            "more than 1,048,576 characters",
        ),
    ],
    ids=["cut short", "no end", "empty", "entity", "external", "deep", "entry", "title"],
)
def test_damage_and_hostile_files_are_refused(text: str, says: str) -> None:
    with pytest.raises(UnreadableInput, match=says):
        read(text)
