"""Every real PubMed file of ../shared against a second reading, by the standard library's parser.

Written from NLM's description of the elements, path by path, sharing nothing with our reader.
"""

from __future__ import annotations

import gzip
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from surveillance.records import Captured, Deleted, Record
from surveillance.records.bounded import open_records
from surveillance.records.pubmed_xml import read_pubmed_xml

pytestmark = pytest.mark.shared

FOLDERS = (
    "pubmed/efetch-single",
    "pubmed/2021-samples",
    "pubmed/2026-samples",
    "pubmed/retractions",
)
MATH = "{http://www.w3.org/1998/Math/MathML}math"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
# Ours names the archives that are no registries; here the registries themselves (NLM, 2026).
REGISTRIES = {
    *("ANZCTR", "ChiCTR", "ClinicalTrials.gov", "CRiS", "CTIS", "CTRI", "DRKS", "EudraCT", "IRCT"),
    *("ISRCTN", "JapicCTI", "JMACCT", "JPRN", "jRCT", "LBCTR", "NTR", "PACTR", "ReBec", "REPEC"),
    *("RPCEC", "SLCTR", "TCTR", "UMIN CTR", "UMIN-CTR"),
}


def files(shared: Path) -> Iterator[Path]:
    data = shared / "data"
    for folder in FOLDERS:
        yield from sorted((data / folder).glob("*.xml"))
        yield from sorted((data / folder).glob("*.xml.gz"))
    yield data / "pubmed/pubmed-29768149.xml"
    yield from sorted((data / "eutils/biopython-tests").glob("pubmed*.xml"))


def root_of(path: Path) -> ET.Element:
    content = path.read_bytes()
    return ET.fromstring(gzip.decompress(content) if path.suffix == ".gz" else content)


def text(element: ET.Element | None) -> str:
    """The printed text; a formula's signs make one word."""
    if element is None:
        return ""
    inside = "".join([element.text or "", *(_with_tail(child) for child in element)])
    return " ".join(inside.split())


def _with_tail(child: ET.Element) -> str:
    inside = "".join([child.text or "", *map(_with_tail, child)])
    return ("".join(inside.split()) if child.tag == MATH else inside) + (child.tail or "")


def texts(element: ET.Element, path: str) -> list[str]:
    return [printed for found in element.findall(path) if (printed := text(found))]


def day_of(group: ET.Element | None) -> str:
    """Year-month-day, 1 where there is none."""
    if group is None or not group.findtext("Year"):
        return ""
    month = group.findtext("Month") or "1"
    number = MONTHS.index(month) + 1 if month in MONTHS else int(month)
    return f"{group.findtext('Year')}-{number:02}-{int(group.findtext('Day') or 1):02}"


def expected(article: ET.Element) -> dict[str, object]:
    citation = article.find("MedlineCitation")
    assert citation is not None
    history = {
        status: day_of(article.find(f"PubmedData/History/PubMedPubDate[@PubStatus='{status}']"))
        for status in ("entrez", "pubmed", "medline")
    }
    return {
        "pmid": text(citation.find("PMID")),
        "version": int(citation.find("PMID").get("Version") or 1),  # type: ignore[union-attr]
        "title": text(citation.find("Article/ArticleTitle")),
        "abstract": abstract(citation),
        "journal": text(citation.find("Article/Journal/Title")),
        "year": year(citation),
        "volume": text(citation.find("Article/Journal/JournalIssue/Volume")),
        "authors": [
            author(a)
            for a in citation.findall("Article/AuthorList/Author")
            if a.get("ValidYN") != "N"
        ],
        "doi": doi(article),
        "languages": texts(citation, "Article/Language"),
        "publication_types": texts(citation, "Article/PublicationTypeList/PublicationType"),
        "mesh": headings(citation),
        "keywords": texts(citation, "KeywordList/Keyword"),
        "created": history["entrez"],
        "entered": history["pubmed"],
        "indexed": history["medline"],
        "revised": day_of(citation.find("DateRevised")),
        "corrections": [
            (c.get("RefType"), text(c.find("PMID")), text(c.find("RefSource")))
            for c in citation.findall("CommentsCorrectionsList/CommentsCorrections")
            if c.get("RefType") != "Cites"
        ],
        "registrations": registrations(citation),
    }


def abstract(citation: ET.Element) -> str:
    sections = []
    for part in citation.findall("Article/Abstract/AbstractText"):
        label = part.get("Label") or ""
        printed = text(part)
        sections.append(
            f"{label}: {printed}" if label not in {"", "UNLABELLED"} and printed else printed
        )
    return " ".join(filter(None, sections))


def year(citation: ET.Element) -> int | None:
    issue = citation.find("Article/Journal/JournalIssue/PubDate")
    printed = (
        text(issue.find("Year")) or text(issue.find("MedlineDate")) if issue is not None else ""
    )
    found = [
        word for word in printed.replace("-", " ").split() if word.isdigit() and len(word) == 4
    ]
    return int(found[0]) if found else None


def author(element: ET.Element) -> tuple[str, ...]:
    names = ("LastName", "ForeName", "Initials", "CollectiveName")
    return tuple(text(element.find(name)) for name in names)


def doi(article: ET.Element) -> str:
    for location in article.findall("MedlineCitation/Article/ELocationID[@EIdType='doi']"):
        if location.get("ValidYN", "Y") == "Y":
            return text(location)
    return text(article.find("PubmedData/ArticleIdList/ArticleId[@IdType='doi']"))


def headings(citation: ET.Element) -> list[tuple[str, bool, list[tuple[str, bool]]]] | None:
    if citation.find("MeshHeadingList") is None:
        return None
    return [
        (text(d), starred(d), [(text(q), starred(q)) for q in heading.findall("QualifierName")])
        for heading in citation.findall("MeshHeadingList/MeshHeading")
        if (d := heading.find("DescriptorName")) is not None
    ]


def starred(element: ET.Element) -> bool:
    return element.get("MajorTopicYN") == "Y"


def registrations(citation: ET.Element) -> list[str]:
    numbers = [
        number
        for bank in citation.findall("Article/DataBankList/DataBank")
        if text(bank.find("DataBankName")) in REGISTRIES
        for number in texts(bank, "AccessionNumberList/AccessionNumber")
    ]
    return list(dict.fromkeys(numbers))


def ours(record: Record) -> dict[str, object]:
    days = {
        name: str(getattr(record.dates, name) or "")
        for name in ("created", "entered", "indexed", "revised")
    }
    mesh = record.mesh
    return {
        "pmid": record.pmid,
        "version": record.version,
        "title": record.title,
        "abstract": record.abstract or "",
        "journal": record.journal,
        "year": record.year,
        "volume": record.volume,
        "authors": [(a.last, a.fore, a.initials, a.collective) for a in record.authors],
        "doi": record.doi,
        "languages": list(record.languages),
        "publication_types": list(record.publication_types),
        "mesh": None
        if mesh is None
        else [(h.name, h.major, [(q.name, q.major) for q in h.qualifiers]) for h in mesh],
        "keywords": list(record.keywords),
        **days,
        "corrections": [(c.kind, c.pmid, c.citation) for c in record.corrections],
        "registrations": list(record.registrations),
    }


def test_each_field_of_each_record_is_what_a_second_parser_reads(shared: Path) -> None:
    compared = 0
    for path in files(shared):
        root = root_of(path)
        if root.tag != "PubmedArticleSet":
            continue
        with open_records(path) as stream:
            entries = list(read_pubmed_xml(stream, name=path))
        records = [e.record for e in entries if isinstance(e, Captured)]
        articles = root.findall("PubmedArticle")
        assert len(articles) + len(root.findall("PubmedBookArticle")) == len(records), path.name
        by_pmid = {(record.pmid, record.version): record for record in records}
        for article in articles:
            wanted = expected(article)
            assert ours(by_pmid[wanted["pmid"], wanted["version"]]) == wanted, path.name  # type: ignore[index]
            compared += 1
        deleted = [pmid for e in entries if isinstance(e, Deleted) for pmid in e.pmids]
        assert deleted == texts(root, "DeleteCitation/PMID")
    assert compared == 477
