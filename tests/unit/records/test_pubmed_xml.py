# ruff: noqa: E501 - XML as NLM prints it
from __future__ import annotations

import gzip
import io
from datetime import date
from pathlib import Path

import pytest

from surveillance.errors import UnreadableInput
from surveillance.records import (
    Author,
    Captured,
    Correction,
    Deleted,
    IndexedHeading,
    Qualifier,
    Record,
)
from surveillance.records import bounded as bounded_module
from surveillance.records.bounded import BoundedStream, open_records
from surveillance.records.pubmed_xml import latest_versions, read_pubmed_xml

ARTICLE = """
<PubmedArticle>
  <MedlineCitation Status="MEDLINE" Owner="NLM">
    <PMID Version="2">90000001</PMID>
    <DateRevised><Year>2024</Year><Month>08</Month><Day>09</Day></DateRevised>
    <Article PubModel="Print-Electronic">
      <Journal>
        <ISSN IssnType="Electronic">1234-5679</ISSN>
        <JournalIssue CitedMedium="Internet">
          <Volume>12</Volume><Issue>3 Suppl</Issue>
          <PubDate><Year>2024</Year><Month>Jul</Month></PubDate>
        </JournalIssue>
        <Title>Journal of stumps</Title>
        <ISOAbbreviation>J Stumps</ISOAbbreviation>
      </Journal>
      <ArticleTitle>Targeted <i>muscle</i> reinnervation: T<sub>1</sub> &amp; beyond.</ArticleTitle>
      <Pagination><StartPage>221</StartPage><EndPage>228</EndPage></Pagination>
      <ELocationID EIdType="doi" ValidYN="N">10.5555/wrong</ELocationID>
      <ELocationID EIdType="doi" ValidYN="Y">10.5555/right</ELocationID>
      <Abstract>
        <AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">Pain is common.</AbstractText>
        <AbstractText Label="RESULTS">It   fell by
          <b>half</b>.</AbstractText>
        <AbstractText/>
        <CopyrightInformation>Copyright nobody.</CopyrightInformation>
      </Abstract>
      <AuthorList CompleteYN="Y">
        <Author ValidYN="Y"><LastName>Okoye</LastName><ForeName>Ada B</ForeName><Initials>AB</Initials></Author>
        <Author ValidYN="N"><LastName>Okoy</LastName></Author>
        <Author ValidYN="Y"><CollectiveName>Stump Study Group</CollectiveName></Author>
      </AuthorList>
      <Language>eng</Language><Language>ger</Language>
      <DataBankList CompleteYN="Y">
        <DataBank><DataBankName>ClinicalTrials.gov</DataBankName>
          <AccessionNumberList><AccessionNumber>NCT05009394</AccessionNumber></AccessionNumberList></DataBank>
        <DataBank><DataBankName>ISRCTN</DataBankName>
          <AccessionNumberList><AccessionNumber>ISRCTN12345678</AccessionNumber></AccessionNumberList></DataBank>
        <DataBank><DataBankName>GENBANK</DataBankName>
          <AccessionNumberList><AccessionNumber>AB000001</AccessionNumber></AccessionNumberList></DataBank>
      </DataBankList>
      <PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>
      <VernacularTitle>Gezielte Reinnervation.</VernacularTitle>
    </Article>
    <MedlineJournalInfo><MedlineTA>J Stumps</MedlineTA></MedlineJournalInfo>
    <ChemicalList><Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI="D000700">Analgesics</NameOfSubstance></Chemical></ChemicalList>
    <SupplMeshList><SupplMeshName Type="Disease" UI="C000001">Stump disease</SupplMeshName></SupplMeshList>
    <CommentsCorrectionsList>
      <CommentsCorrections RefType="RetractionIn"><RefSource>J Stumps. 2024;13:1</RefSource><PMID Version="1">90000009</PMID></CommentsCorrections>
      <CommentsCorrections RefType="Cites"><RefSource>J Old. 1999</RefSource><PMID Version="1">90000008</PMID></CommentsCorrections>
    </CommentsCorrectionsList>
    <MeshHeadingList>
      <MeshHeading><DescriptorName UI="D000673" MajorTopicYN="N">Amputation Stumps</DescriptorName>
        <QualifierName UI="Q000294" MajorTopicYN="Y">innervation</QualifierName></MeshHeading>
      <MeshHeading><DescriptorName UI="D006801" MajorTopicYN="N">Humans</DescriptorName></MeshHeading>
    </MeshHeadingList>
    <OtherAbstract Type="Publisher" Language="ger"><AbstractText>Schmerz ist häufig.</AbstractText></OtherAbstract>
    <KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">TMR</Keyword></KeywordList>
  </MedlineCitation>
  <PubmedData>
    <History>
      <PubMedPubDate PubStatus="received"><Year>2023</Year><Month>1</Month><Day>1</Day></PubMedPubDate>
      <PubMedPubDate PubStatus="entrez"><Year>2024</Year><Month>7</Month><Day>26</Day><Hour>6</Hour></PubMedPubDate>
      <PubMedPubDate PubStatus="pubmed"><Year>2024</Year><Month>7</Month><Day>27</Day></PubMedPubDate>
      <PubMedPubDate PubStatus="medline"><Year>2024</Year><Month>8</Month><Day>1</Day></PubMedPubDate>
    </History>
    <ArticleIdList>
      <ArticleId IdType="pubmed">90000001</ArticleId>
      <ArticleId IdType="doi">10.5555/other</ArticleId>
      <ArticleId IdType="pmc">PMC9000001</ArticleId>
    </ArticleIdList>
    <ReferenceList><Reference><ArticleIdList><ArticleId IdType="pmc">PMC1</ArticleId></ArticleIdList></Reference></ReferenceList>
  </PubmedData>
</PubmedArticle>
"""

BARE = """
<PubmedArticle><MedlineCitation Status="{status}"><PMID Version="{version}">{pmid}</PMID>
<Article><Journal><JournalIssue><PubDate>{published}</PubDate></JournalIssue><Title>J</Title></Journal>
<ArticleTitle>{title}</ArticleTitle>{more}</Article></MedlineCitation></PubmedArticle>
"""

BOOK = """
<PubmedBookArticle><BookDocument><PMID Version="1">90000002</PMID>
<ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId></ArticleIdList>
<Book><Publisher><PublisherName>P</PublisherName></Publisher>
<BookTitle book="b">Handbook of stumps</BookTitle>
<PubDate><Year>2020</Year><Month>02</Month></PubDate>
<AuthorList Type="editors"><Author><LastName>Editor</LastName></Author></AuthorList>
<CollectionTitle book="c">Limb collection</CollectionTitle></Book>
<ArticleTitle book="b" part="c1">Nerves of the stump</ArticleTitle>
<Language>eng</Language>
<AuthorList Type="authors"><Author><LastName>Writer</LastName><Initials>W</Initials></Author></AuthorList>
<PublicationType UI="D016454">Review</PublicationType>
<Abstract><AbstractText>All about nerves.</AbstractText></Abstract></BookDocument>
<PubmedBookData><History><PubMedPubDate PubStatus="entrez"><Year>2020</Year><Month>3</Month><Day>4</Day></PubMedPubDate></History></PubmedBookData>
</PubmedBookArticle>
"""


def bare(
    pmid: str = "90000003",
    *,
    version: int = 1,
    status: str = "Publisher",
    published: str = "<Year>2024</Year>",
    title: str = "A title",
    more: str = "",
) -> str:
    return BARE.format(
        pmid=pmid, version=version, status=status, published=published, title=title, more=more
    )


def in_a_set(*entries: str, prolog: str = "") -> bytes:
    return (prolog + "<PubmedArticleSet>" + "".join(entries) + "</PubmedArticleSet>").encode()


def read(content: bytes) -> list[Captured | Deleted]:
    return list(read_pubmed_xml(io.BytesIO(content), name="week.xml"))


def read_one(content: bytes) -> Record:
    [entry] = read(content)
    assert isinstance(entry, Captured)
    return entry.record


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableInput) as refused:
        read(content)
    return str(refused.value)


def test_every_field_of_an_article_is_read() -> None:
    record = read_one(in_a_set(ARTICLE))
    assert (record.source, record.source_id, record.pmid) == ("pubmed", "90000001", "90000001")
    assert (record.version, record.status) == (2, "MEDLINE")
    assert record.title == "Targeted muscle reinnervation: T1 & beyond."
    assert record.abstract == "BACKGROUND: Pain is common. RESULTS: It fell by half."
    assert record.other_abstracts == ("Schmerz ist häufig.",)
    assert record.original_title == "Gezielte Reinnervation."
    assert record.authors == (
        Author("Okoye", "Ada B", "AB"),
        Author(collective="Stump Study Group"),
    )
    assert (record.journal, record.journal_abbreviation) == ("Journal of stumps", "J Stumps")
    assert (record.issn, record.volume, record.issue) == ("1234-5679", "12", "3 Suppl")
    assert (record.pages, record.year) == ("221-228", 2024)
    assert (record.doi, record.pmcid) == ("10.5555/right", "PMC9000001")
    assert record.languages == ("eng", "ger")
    assert record.publication_types == ("Journal Article",)
    assert record.keywords == ("TMR",)
    assert record.substances == ("Analgesics", "Stump disease")
    assert record.registrations == ("NCT05009394", "ISRCTN12345678")
    assert record.corrections == (Correction("RetractionIn", "90000009", "J Stumps. 2024;13:1"),)
    assert record.retracted


def test_signs_of_a_formula_make_one_word() -> None:
    formula = (
        '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"> <mml:mi>V</mml:mi> '
        "<mml:msub> <mml:mi>O</mml:mi> <mml:mn>2</mml:mn> </mml:msub> </mml:math>"
    )
    record = read_one(in_a_set(bare(title=f"Uptake ({formula}) <!-- a remark -->of oxygen")))
    assert record.title == "Uptake (VO2) of oxygen"


def test_headings_keep_their_stars_and_qualifiers() -> None:
    assert read_one(in_a_set(ARTICLE)).mesh == (
        IndexedHeading("Amputation Stumps", "D000673", False, (Qualifier("innervation", True),)),
        IndexedHeading("Humans", "D006801"),
    )


def test_the_five_dates_are_told_apart() -> None:
    dates = read_one(in_a_set(ARTICLE)).dates
    assert dates.created == date(2024, 7, 26)
    assert dates.entered == date(2024, 7, 27)
    assert dates.indexed == date(2024, 8, 1)
    assert dates.revised == date(2024, 8, 9)
    assert dates.published == date(2024, 7, 1)


def test_a_record_without_headings_is_not_yet_indexed_unless_its_status_is_final() -> None:
    assert read_one(in_a_set(bare())).mesh is None
    assert read_one(in_a_set(bare())).headings() is None
    assert read_one(in_a_set(bare(status="PubMed-not-MEDLINE"))).headings() == ()


def test_a_record_without_abstract_has_none() -> None:
    assert read_one(in_a_set(bare())).abstract is None


def test_a_chapter_is_read_with_its_book_and_collection() -> None:
    record = read_one(in_a_set(BOOK))
    assert (record.title, record.journal) == ("Nerves of the stump", "Handbook of stumps")
    assert record.collection_title == "Limb collection"
    assert record.authors == (Author("Writer", initials="W"),)
    assert (record.year, record.publication_types) == (2020, ("Review",))
    assert record.dates.created == date(2020, 3, 4)


@pytest.mark.parametrize(
    ("printed", "year", "published"),
    [
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", 1998, date(1998, 1, 1)),
        ("<MedlineDate>Spring 2001</MedlineDate>", 2001, date(2001, 1, 1)),
        ("<Year>2024</Year><Season>Winter</Season>", 2024, date(2024, 1, 1)),
        ("<Year>2024</Year><Month>02</Month><Day>31</Day>", 2024, date(2024, 2, 1)),
        ("<Year>2024</Year><Month>Feb</Month><Day>29</Day>", 2024, date(2024, 2, 29)),
        ("<Year>2024</Year><Month>13</Month><Day>1</Day>", 2024, date(2024, 1, 1)),
        ("", None, None),
    ],
)
def test_publication_dates_are_read_as_far_as_they_go(
    printed: str, year: int | None, published: date | None
) -> None:
    record = read_one(in_a_set(bare(published=printed)))
    assert (record.year, record.dates.published) == (year, published)


@pytest.mark.parametrize(
    ("printed", "pages"),
    [
        ("<Pagination><MedlinePgn>221-8</MedlinePgn></Pagination>", "221-8"),
        ("<Pagination><StartPage>e12</StartPage></Pagination>", "e12"),
        ('<ELocationID EIdType="pii" ValidYN="Y">e1234</ELocationID>', "e1234"),
        ('<ELocationID EIdType="pii" ValidYN="Y">S0161-6420(20)31140-5</ELocationID>', ""),
    ],
)
def test_pages_come_from_where_the_publisher_put_them(printed: str, pages: str) -> None:
    assert read_one(in_a_set(bare(more=printed))).pages == pages


def test_capitals_of_older_records_do_not_hide_a_retraction() -> None:
    kinds = (
        "<PublicationTypeList><PublicationType>RETRACTED PUBLICATION</PublicationType>"
        "</PublicationTypeList>"
    )
    assert read_one(in_a_set(bare(more=kinds))).retracted
    assert not read_one(in_a_set(bare(more=kinds.replace("RETRACTED", "RETRACTION OF")))).retracted


def test_deletions_are_read() -> None:
    deletion = "<DeleteCitation><PMID Version='1'>1</PMID><PMID>2</PMID></DeleteCitation>"
    assert read(in_a_set(bare(), deletion))[1:] == [Deleted(("1", "2"))]


def test_a_payload_reads_back_to_the_same_record() -> None:
    for entry in read(in_a_set(ARTICLE, BOOK, bare())):
        assert isinstance(entry, Captured)
        assert read_one(entry.payload.content) == entry.record
        assert b"PubmedArticleSet" not in entry.payload.content


def test_the_same_entry_has_the_same_hash_wherever_it_stands() -> None:
    [alone] = read(in_a_set(ARTICLE))
    among = read(in_a_set(bare(), ARTICLE, bare("90000004")))[1]
    assert isinstance(alone, Captured)
    assert isinstance(among, Captured)
    assert alone.payload.sha256 == among.payload.sha256


def test_the_highest_version_counts_and_deletions_take_effect_in_file_order() -> None:
    deletion = "<DeleteCitation><PMID>90000005</PMID></DeleteCitation>"
    entries = read(
        in_a_set(
            bare("90000004", version=2, title="second"),
            bare("90000004", version=1, title="first"),
            bare("90000005"),
            deletion,
        )
    )
    assert [item.record.title for item in latest_versions(entries)] == ["second"]


def test_an_empty_set_has_no_records() -> None:
    assert read(b"<PubmedArticleSet></PubmedArticleSet>") == []


def test_a_file_cut_short_is_named_with_line_and_column() -> None:
    content = in_a_set("\n", ARTICLE)
    message = refusal(content[: len(content) // 2])
    assert message.startswith("week.xml, line ")
    assert "column" in message
    assert "not whole PubMed XML" in message


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>Sorry</body></html>", "web page"),
        (b"<html><head><title>Error</title></head></html>", "web page"),
        (b"<eFetchResult><ERROR>ID list is empty!</ERROR></eFetchResult>", "<eFetchResult>"),
        (b'{"error":"API rate limit exceeded"}', "not whole PubMed XML"),
        (in_a_set("<PubmedArticle><MedlineCitation/></PubmedArticle>"), "without Article"),
        (in_a_set(bare("12x")), "“12x” is not a PMID"),
    ],
)
def test_what_is_not_pubmed_xml_is_refused_in_plain_words(content: bytes, says: str) -> None:
    assert says in refusal(content)
    assert refusal(content).startswith("week.xml, line ")


def test_external_entities_are_refused_and_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    prolog = f'<!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    assert "declares XML entities" in refusal(in_a_set(bare(title="&x;"), prolog=prolog))


def test_entities_that_multiply_are_refused() -> None:
    levels = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "lol">' for n in range(9)
    )
    content = in_a_set(bare(title="&l8;"), prolog=f"<!DOCTYPE PubmedArticleSet [{levels}]>")
    assert "declares XML entities" in refusal(content)


def test_the_doctype_of_real_files_is_accepted_and_not_fetched() -> None:
    prolog = (
        '<?xml version="1.0"?><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" '
        '"http://127.0.0.1:1/pubmed.dtd">'
    )
    assert read_one(in_a_set(bare(), prolog=prolog)).title == "A title"


def test_elements_nested_without_end_are_refused() -> None:
    assert "not whole" in refusal(in_a_set(bare(title="<b>" * 3_000 + "</b>" * 3_000)))


def test_one_endless_entry_is_refused_before_it_fills_the_memory() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += 1
            return (
                b"<PubmedArticleSet><PubmedArticle>"
                if self.given == 1
                else b"<b>" + b"x" * 32_000 + b"</b>"
            )

    endless = Endless()
    with pytest.raises(UnreadableInput, match="one entry is larger"):
        list(read_pubmed_xml(endless, name="endless.xml"))
    assert endless.given < 600


def test_many_small_entries_are_not_one_large_one() -> None:
    content = in_a_set(*[bare(str(pmid)) for pmid in range(1, 2_001)])
    stream = BoundedStream(io.BytesIO(content), "week.xml", entry_limit=len(content) // 4)
    assert len(list(read_pubmed_xml(stream, name="week.xml"))) == 2_000


def test_gzip_is_seen_through(tmp_path: Path) -> None:
    path = tmp_path / "week.xml.gz"
    path.write_bytes(gzip.compress(in_a_set(ARTICLE)))
    with open_records(path) as stream:
        assert len(list(read_pubmed_xml(stream, name=path))) == 1


def test_a_gzip_file_cut_short_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "week.xml.gz"
    path.write_bytes(gzip.compress(in_a_set(ARTICLE * 50))[:-30])
    with (
        pytest.raises(UnreadableInput, match=r"week\.xml\.gz, line \d+.*cut short"),
        open_records(path) as stream,
    ):
        list(read_pubmed_xml(stream, name=path))


def test_a_gzip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_module, "FREE_BYTES", 1_000_000)
    path = tmp_path / "bomb.xml.gz"
    path.write_bytes(gzip.compress(b"<PubmedArticleSet>" + b" " * 20_000_000))
    with (
        pytest.raises(UnreadableInput, match="unpacks to more than"),
        open_records(path) as stream,
    ):
        list(read_pubmed_xml(stream, name=path))
