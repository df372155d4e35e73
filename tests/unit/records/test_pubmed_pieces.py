"""The quick reader against the careful one, which follows the stream event by event."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from surveillance.errors import UnreadableInput
from surveillance.records import Captured, Deleted
from surveillance.records import pubmed_pieces as pieces_module
from surveillance.records.bounded import BoundedStream
from surveillance.records.pubmed_pieces import Pieces
from surveillance.records.pubmed_quick import read_piece
from surveillance.records.pubmed_xml import PubmedEntry, read_pubmed_xml

PROLOG = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "x">\n'
)
#: A comment before the set is nothing that NLM prints: such a file is read with care throughout.
WITH_CARE = "<!-- -->"

plain = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="<>&\ufffe\uffff"
    ),
    max_size=12,
)
blank = st.sampled_from(["", " ", "\n  ", "\r\n", "\t"])
odd = st.sampled_from(
    [
        "&lt;",
        "&amp;",
        "&quot;",
        "&#x2265;",
        "&#8239;",
        "<![CDATA[a < b]]>",
        "<![CDATA[</PubmedArticle>]]>",
        "<![CDATA[</PubmedArticle><PubmedArticle>]]>",
        "<!-- said </PubmedArticle> -->",
        "<!-- <PubmedArticle> -->",
        "<?pmcsd ?>",
        "<?x </PubmedArticle><PubmedArticle>?>",
        "<i>in <b>two</b></i>",
        "<sub/>",
        "<sup></sup>",
        '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mi>x</mml:mi>\n<mml:mo>=</mml:mo></mml:math>',
    ]
)
content = st.lists(plain | odd | blank, max_size=5).map("".join)
quote = st.sampled_from("\"'")


@st.composite
def attributes(draw: st.DrawFn, /, **values: str) -> str:
    """In any order, in either quotes, with white space of any kind before each."""
    gap = st.sampled_from([" ", "\n", "  "])
    names = draw(st.permutations(list(values)))
    return "".join(f"{draw(gap)}{n}={(q := draw(quote))}{values[n]}{q}" for n in names)


@st.composite
def articles(draw: st.DrawFn) -> str:
    number = draw(st.integers(1, 10**8))
    status = draw(attributes(Status="MEDLINE", Owner="NLM"))
    label = draw(attributes(Label="RESULTS", NlmCategory="RESULTS"))
    valid = draw(attributes(EIdType="doi", ValidYN="Y"))
    month = draw(
        st.sampled_from(["", "<Month>Jul</Month>", "<Month>13</Month>", "<Month>1</Month>"])
    )
    space, end = draw(blank), draw(st.sampled_from(["", " ", "\n"]))
    stray = draw(st.just("") | odd)
    return (
        f"<PubmedArticle{end}>{space}<MedlineCitation{status}>{stray}"
        f"<PMID>{number}</PMID>{space}<Article><Journal><JournalIssue><PubDate><Year>2024</Year>{month}"
        f"</PubDate></JournalIssue><Title>{draw(content)}</Title></Journal>"
        f"<ArticleTitle>{draw(content)}</ArticleTitle>{space}"
        f"<ELocationID{valid}>{draw(content)}</ELocationID>"
        f"<Abstract><AbstractText{label}>{draw(content)}</AbstractText></Abstract>"
        f"<AuthorList><Author><LastName>{draw(content)}</LastName></Author></AuthorList>"
        f"</Article></MedlineCitation></PubmedArticle{draw(st.sampled_from(['', ' ']))}>"
    )


between = st.sampled_from(
    [
        "",
        "\n",
        "  \n",
        "<!-- between -->",
        "<?between?>",
        "<DeleteCitation><PMID>7</PMID></DeleteCitation>",
    ]
)


@st.composite
def sets(draw: st.DrawFn) -> str:
    """The set without its prolog."""
    listed = draw(st.lists(st.tuples(between, articles()), max_size=4))
    inside = "".join(gap + article for gap, article in listed)
    return f"<PubmedArticleSet>{inside}{draw(between)}</PubmedArticleSet>\n"


def read(text: str, piece_bytes: int = 400) -> list[PubmedEntry]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces_module, "PIECE_BYTES", piece_bytes)
        return list(read_pubmed_xml(io.BytesIO(text.encode()), name="week.xml"))


def refusal(text: str, piece_bytes: int = 400) -> str:
    with pytest.raises(UnreadableInput) as caught:
        read(text, piece_bytes)
    return str(caught.value)


def kept(entry: PubmedEntry) -> object:
    """What is kept, the payload as XML says the same thing: order of attributes, no quotes."""
    if isinstance(entry, Deleted):
        return entry
    return entry.record, etree.tostring(etree.fromstring(entry.payload.content), method="c14n")


@given(sets(), st.sampled_from([60, 400, 100_000]))
def test_the_quick_reader_reads_what_the_careful_one_reads(text: str, piece_bytes: int) -> None:
    quick = read(PROLOG + text, piece_bytes)
    careful = read(PROLOG + WITH_CARE + text, piece_bytes)
    assert [*map(kept, quick)] == [*map(kept, careful)]


@given(sets())
def test_each_payload_reads_back_to_its_record_and_to_itself(text: str) -> None:
    for entry in read(PROLOG + text):
        if isinstance(entry, Captured):
            [again] = read_pubmed_xml(io.BytesIO(entry.payload.content))
            assert isinstance(again, Captured)
            assert again.record == entry.record


@given(sets(), st.data())
def test_a_file_cut_anywhere_is_refused(text: str, data: st.DataObject) -> None:
    whole = (PROLOG + text).rstrip()
    cut = whole.encode()[: data.draw(st.integers(0, len(whole.encode()) - 1))]
    with pytest.raises(UnreadableInput):
        list(read_pubmed_xml(io.BytesIO(cut), name="week.xml"))


@given(sets(), st.data())
@example("<PubmedArticleSet></PubmedArticleSet>\n", None)
def test_faults_are_said_as_the_careful_reader_says_them(
    text: str, data: st.DataObject | None
) -> None:
    """A stray sign anywhere in the set: either both refuse it at one place or both read it."""
    at = data.draw(st.integers(0, len(text))) if data else 0
    broken = text[:at] + "<" + text[at:]
    # The comment stands where the prolog ends, on its last line: it must not move the column.
    prolog = PROLOG + "\n"
    quick, careful = _said(prolog + broken), _said(PROLOG + WITH_CARE + "\n" + broken)
    assert quick == careful


def _said(text: str) -> object:
    try:
        return [*map(kept, read(text))]
    except UnreadableInput as fault:
        return str(fault)


ARTICLE = (
    "<PubmedArticle><MedlineCitation Status='X'><PMID>{}</PMID><Article><ArticleTitle>{}"
    "</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
)


def in_a_set(*entries: str, gap: str = "\n") -> str:
    return f"{PROLOG}<PubmedArticleSet>{gap}{gap.join(entries)}{gap}</PubmedArticleSet>\n"


@pytest.mark.parametrize("gap", ["\n", ""])
def test_a_fault_far_into_the_file_is_named_with_its_own_line_and_column(gap: str) -> None:
    entries = [ARTICLE.format(n, "Title") for n in range(1, 100)]
    text = in_a_set(*entries, "<Wrong></Right>", gap=gap)
    before = text[: text.index("</Right>") + len("</Right>")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    said = refusal(text)
    assert said.startswith(f"week.xml, line {line}, column {column}:")


def test_an_entry_that_is_no_record_is_named_with_its_line() -> None:
    entries = [ARTICLE.format(n, "Title") for n in range(1, 50)]
    text = in_a_set(*entries, ARTICLE.format("12x", "Title"), *entries)
    assert refusal(text).startswith("week.xml, line 53, column 1: “12x” is not a PMID")


@pytest.mark.parametrize("piece_bytes", [60, 400, 100_000])
@pytest.mark.parametrize("rest", ["", "\n", "\n</PubmedArticleSe", "<!-- </PubmedArticleSet> -->"])
def test_a_file_that_ends_between_two_entries_is_refused(rest: str, piece_bytes: int) -> None:
    entries = [ARTICLE.format(n, "Title") for n in range(1, 10)]
    whole = in_a_set(*entries).rstrip()
    cut = whole.removesuffix("\n</PubmedArticleSet>") + rest
    assert "not whole PubMed XML" in refusal(cut, piece_bytes)


@pytest.mark.parametrize(
    "odd_one",
    [
        f"<Other>{ARTICLE.format(98, 'within')}</Other>",
        ARTICLE.format(98, "Title").replace("</Article>", f"</Article>{ARTICLE.format(99, 'in')}"),
        "<Other/>",
        "</PubmedArticleSet><PubmedArticleSet>",
        "stray text",
        "&eacute;",
        "&eacute; <Other/>",
    ],
)
def test_what_is_no_entry_is_taken_as_the_careful_reader_takes_it(odd_one: str) -> None:
    entries = [ARTICLE.format(n, "Title") for n in range(1, 10)]
    text = in_a_set(*entries[:5], odd_one, *entries[5:])
    assert _said(text) == _said(
        text.replace("<PubmedArticleSet>", WITH_CARE + "<PubmedArticleSet>", 1)
    )


def test_after_a_piece_that_needs_care_all_others_are_read() -> None:
    entries = [ARTICLE.format(n, "Title") for n in range(1, 41)]
    entries[20] = ARTICLE.format(21, "<![CDATA[</PubmedArticle>]]>")
    read_all = read(in_a_set(*entries))
    assert [e.record.pmid for e in read_all if isinstance(e, Captured)] == [
        str(n) for n in range(1, 41)
    ]


def test_numbers_for_signs_are_written_as_signs_in_the_payload() -> None:
    """As EFetch prints them; update files print the signs, and the payload is the same."""
    [by_number] = read(in_a_set(ARTICLE.format(1, "&#x2265;").replace("'", '"')))
    [by_sign] = read(in_a_set(ARTICLE.format(1, "≥").replace("'", '"')))
    assert by_number == by_sign


def test_a_stream_that_gives_byte_by_byte_is_read_whole() -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 1, 1))

    text = in_a_set(*[ARTICLE.format(n, "Title") for n in range(1, 30)])
    assert len(list(read_pubmed_xml(Dripping(text.encode())))) == 29


@pytest.mark.parametrize("digits", ["9" * 12, "9" * 5_000])
def test_numbers_that_no_calendar_has_are_left_out(digits: str) -> None:
    dated = ARTICLE.replace(
        "<Article>",
        f"<DateRevised><Year>2024</Year><Month>{digits}</Month><Day>{digits}</Day></DateRevised><Article>",
    )
    [entry] = read(
        in_a_set(dated.format(1, "Title").replace("<PMID>", f"<PMID Version='{digits}'>"))
    )
    assert isinstance(entry, Captured)
    assert str(entry.record.dates.revised) == "2024-01-01"
    assert entry.record.version == 1


def test_files_as_nlm_prints_them_are_read_by_pieces() -> None:
    """Else the quick reader would be right by never reading anything."""
    entries = [ARTICLE.format(n, "Title <?pmcsd ?> &#x2265;") for n in range(1, 2_000)]
    stream = BoundedStream(io.BytesIO(in_a_set(*entries).encode()), "week.xml")
    read_quickly = [read_piece(piece) for piece in Pieces(stream)]
    assert len(read_quickly) > 3
    assert sum(len(entries or ()) for entries in read_quickly) == 1_999
