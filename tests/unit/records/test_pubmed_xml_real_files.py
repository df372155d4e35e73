"""Every real file of ../shared, read whole; figures and fields held against other readings."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from Bio import Entrez

from surveillance.errors import UnreadableInput
from surveillance.records import Captured, Deleted, Record
from surveillance.records.bounded import open_records
from surveillance.records.json_lines import from_json, to_json
from surveillance.records.pubmed_xml import PubmedEntry, read_pubmed_xml

pytestmark = pytest.mark.shared


def entries_of(path: Path) -> list[PubmedEntry]:
    with open_records(path) as stream:
        return list(read_pubmed_xml(stream, name=path))


def records_of(path: Path) -> Iterator[Record]:
    return (entry.record for entry in entries_of(path) if isinstance(entry, Captured))


@pytest.mark.slow
def test_the_update_file_of_2021_has_the_figures_that_are_known_of_it(shared: Path) -> None:
    path = shared / "data/pubmed/pubmed21n1298.xml.gz"
    entries = indexed = registered = retracted = deleted = 0
    pmids = set()
    with open_records(path) as stream:
        for entry in read_pubmed_xml(stream, name=path):
            if isinstance(entry, Deleted):
                deleted += len(entry.pmids)
                continue
            record = entry.record
            entries += 1
            pmids.add(record.pmid)
            indexed += record.mesh is not None
            registered += any(number.startswith("NCT") for number in record.registrations)
            retracted += record.retracted
    assert (entries, len(pmids), deleted) == (20_788, 20_783, 20)
    assert (indexed, registered, retracted) == (335, 170, 4)


@pytest.mark.parametrize(
    ("file", "records", "deleted"),
    [
        ("2026-samples/pubmed26n1334.xml.gz", 30, 0),
        ("2026-samples/pubmed26n1335.xml.gz", 30, 6),
        ("2021-samples/pubmed20n1016.xml.gz", 26, 262),
        ("2021-samples/pubmed21n1004.xml.gz", 88, 0),
    ],
)
def test_samples_of_update_files_are_read_whole(
    shared: Path, file: str, records: int, deleted: int
) -> None:
    entries = entries_of(shared / "data/pubmed" / file)
    assert sum(isinstance(entry, Captured) for entry in entries) == records
    assert sum(len(e.pmids) for e in entries if isinstance(e, Deleted)) == deleted


def test_retracted_paper_and_notice_are_told_apart(shared: Path) -> None:
    folder = shared / "data/pubmed/retractions"
    [paper] = records_of(folder / "pubmed_retracted_publication.xml")
    [notice] = records_of(folder / "pubmed_retraction_notice.xml")
    [citing] = records_of(folder / "pubmed_citing_paper.xml")
    assert (paper.retracted, notice.retracted, citing.retracted) == (True, False, False)
    assert [correction.kind for correction in notice.corrections] == ["RetractionOf"]


def test_single_answers_are_read_or_refused_by_their_kind(shared: Path) -> None:
    """Three of them are answers of other databases."""
    refused = []
    for path in sorted((shared / "data/pubmed/efetch-single").glob("*.xml")):
        try:
            entries = entries_of(path)
        except UnreadableInput:
            refused.append(path.name)
        else:
            assert len(entries) == 1, path.name
    assert refused == [
        "clinvar_vcv_12000.xml",
        "medgen_concept_336867.xml",
        "sample_related_pmids_result.xml",
    ]


def test_every_real_record_survives_json(shared: Path) -> None:
    for path in sorted((shared / "data/pubmed/2021-samples").glob("*.gz")):
        for record in records_of(path):
            assert from_json(to_json(record)) == record


def test_fields_agree_with_biopythons_reading(shared: Path) -> None:
    """Bio.Entrez reads by NLM's DTD, which it brings along: another path through the same file."""
    compared = 0
    for number in (4, 5, 6, 7):
        path = shared / f"data/eutils/biopython-tests/pubmed{number}.xml"
        with path.open("rb") as file:
            expected = Entrez.read(file)["PubmedArticle"]
        for record, other in zip(records_of(path), expected, strict=True):
            citation = other["MedlineCitation"]
            article = citation["Article"]
            assert record.pmid == str(citation["PMID"])
            assert record.title == plain(article["ArticleTitle"])
            assert len(record.authors) == len(article["AuthorList"])
            assert record.journal == str(article["Journal"]["Title"])
            assert record.publication_types == tuple(map(str, article["PublicationTypeList"]))
            headings = citation.get("MeshHeadingList", ())
            assert [h.name for h in record.mesh or ()] == [
                str(h["DescriptorName"]) for h in headings
            ]
            for label in article.get("Abstract", {}).get("AbstractText", ()):
                assert plain(label) in (record.abstract or "")
            compared += 1
    assert compared == 4


def plain(markup: str) -> str:
    """Bio.Entrez keeps inline markup and MathML as text."""
    markup = re.sub(r"<math.*?</math>", lambda found: bare(found[0]), markup, flags=re.DOTALL)
    return " ".join(re.sub(r"</?(?:i|b|u|sub|sup)>", "", markup).split())


def bare(math: str) -> str:
    return "".join(re.sub(r"<[^>]+>", "", math).split())


def test_fields_agree_with_a_second_reading_by_the_standard_library(shared: Path) -> None:
    for path in sorted((shared / "data/pubmed/2026-samples").glob("*.xml.gz")):
        with open_records(path) as stream:
            articles = ET.fromstring(stream.read()).findall("PubmedArticle")
        for record, article in zip(records_of(path), articles, strict=True):
            assert record.pmid == article.findtext("MedlineCitation/PMID")
            assert record.status == article.find("MedlineCitation").get("Status")  # type: ignore[union-attr]
            assert len(record.mesh or ()) == len(article.findall(".//MeshHeading"))
            assert len(record.keywords) == len(
                [k for k in article.findall(".//Keyword") if "".join(k.itertext()).strip()]
            )
            doi = article.find(".//ELocationID[@EIdType='doi'][@ValidYN='Y']")
            assert doi is None or record.doi == (doi.text or "").strip()
            created = article.find(".//PubMedPubDate[@PubStatus='entrez']")
            assert created is not None
            assert record.dates.created is not None
            assert record.dates.created.day == int(created.findtext("Day") or 0)
