"""The shapes of the snapshot's source files, and how a week's revisions change what was there."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from surveillance.toml_files import STRICT, read_toml

BANNER = "CONSTRUCTED DEMONSTRATION DATA"
PUBLISHED_SEARCH = date(2024, 8, 2)
LATER_WEEK = date(2025, 1, 31)

#: Reserved: PubMed has assigned no number near these, and 10.5555 is Crossref's prefix for tests.
Pmid = Annotated[str, Field(pattern=r"^900\d{5}$")]
Nct = Annotated[str, Field(pattern=r"^NCT\d{8}$")]
Doi = Annotated[str, Field(pattern=r"^(10\.5555/demo\.[a-z0-9.-]+)?$")]


@dataclass(frozen=True, config=STRICT)
class Vocabulary:
    """Journals with their abbreviation; headings, qualifiers, publication types with their UI."""

    journals: dict[str, str]
    headings: dict[str, str]
    qualifiers: dict[str, str]
    publication_types: dict[str, str]


@dataclass(frozen=True, config=STRICT)
class Correction:
    """A link to another record, as PubMed's `CommentsCorrections`."""

    kind: Literal["ErratumFor", "RetractionIn", "RetractionOf"]
    pmid: Pmid
    citation: str


@dataclass(frozen=True, config=STRICT)
class Article:
    """One article; without `pmid` PubMed does not hold it.

    `headings` are written as MEDLINE prints them: `*Heading` and `Heading/*qualifier` for major
    ones. `created` is the day the record entered PubMed, `indexed` the day it gained MeSH.
    """

    key: str
    title: str
    authors: tuple[str, ...]
    journal: str
    year: int
    types: tuple[str, ...]
    pmid: Pmid | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    abstract: str = ""
    created: date | None = None
    indexed: date | None = None
    revised: date | None = None
    status: Literal["MEDLINE", "PubMed-not-MEDLINE", "In-Data-Review", "Publisher"] = "MEDLINE"
    headings: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    registrations: tuple[Nct, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def doi(self) -> str:
        """The constructed DOI."""
        return f"10.5555/demo.{self.key}"


@dataclass(frozen=True, config=STRICT)
class ArticleRevision:
    """What a week changed in the record of an article; what is None stays."""

    key: str
    types: tuple[str, ...] | None = None
    indexed: date | None = None
    revised: date | None = None
    status: Literal["MEDLINE"] | None = None
    headings: tuple[str, ...] | None = None
    corrections: tuple[Correction, ...] | None = None


@dataclass(frozen=True, config=STRICT)
class Study:
    """One registration, in the registry's own values."""

    nct: Nct
    title: str
    status: str
    study_type: Literal["INTERVENTIONAL", "OBSERVATIONAL"]
    enrollment: int
    start: str
    primary_completion: str
    completion: str
    first_posted: str
    updated: str
    countries: tuple[str, ...]
    conditions: tuple[str, ...]
    interventions: tuple[str, ...]
    primary_outcomes: tuple[str, ...]
    summary: str
    allocation: str = ""
    masking: str = "NONE"
    enrollment_type: Literal["ACTUAL", "ESTIMATED"] = "ESTIMATED"
    primary_completion_type: Literal["ACTUAL", "ESTIMATED"] = "ESTIMATED"
    completion_type: Literal["ACTUAL", "ESTIMATED"] = "ESTIMATED"


@dataclass(frozen=True, config=STRICT)
class StudyRevision:
    """What a week changed in a registration; what is None stays."""

    nct: Nct
    updated: str
    status: str | None = None
    primary_completion: str | None = None
    primary_completion_type: Literal["ACTUAL"] | None = None
    completion: str | None = None
    completion_type: Literal["ACTUAL"] | None = None
    enrollment_type: Literal["ACTUAL"] | None = None


@dataclass(frozen=True, config=STRICT)
class Exported:
    """A record of another database: of an article of ours, told differently, or of its own."""

    export: Literal["embase", "central", "cdsr", "inahta"]
    accession: str
    article: str = ""
    title: str | None = None
    authors: tuple[str, ...] | None = None
    journal: str | None = None
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: Doi | None = None
    abstract: str | None = None
    kind: str = ""
    registration: str = ""


@dataclass(frozen=True, config=STRICT)
class BesidePubMed:
    """A record of Europe PMC that PubMed does not hold: a preprint, a thesis."""

    key: str
    source: Literal["PPR", "ETH"]
    id: Annotated[str, Field(pattern=r"^(PPR)?900\d{5}$")]
    title: str
    authors: tuple[str, ...]
    published_by: str
    year: int
    types: tuple[str, ...]
    indexed: date
    abstract: str
    keywords: tuple[str, ...] = ()
    cites: tuple[Pmid, ...] = ()

    @property
    def doi(self) -> str:
        """The constructed DOI."""
        return f"10.5555/demo.{self.key}"


@dataclass(frozen=True, config=STRICT)
class _BesidePubMed:
    records: tuple[BesidePubMed, ...]


@dataclass(frozen=True, config=STRICT)
class _Articles:
    articles: tuple[Article, ...]


@dataclass(frozen=True, config=STRICT)
class _Studies:
    studies: tuple[Study, ...]


@dataclass(frozen=True, config=STRICT)
class _Exports:
    records: tuple[Exported, ...]


@dataclass(frozen=True, config=STRICT)
class _Week:
    revisions: tuple[ArticleRevision, ...]
    articles: tuple[Article, ...]
    studies: tuple[Study, ...]
    study_revisions: tuple[StudyRevision, ...]


@dataclass(frozen=True, config=STRICT)
class Week:
    """What is new or changed by a day, each record whole."""

    day: date
    articles: tuple[Article, ...]
    studies: tuple[Study, ...]
    beside_pubmed: tuple[BesidePubMed, ...] = ()


@dataclass(frozen=True, config=STRICT)
class Source:
    """The whole source; the exports are those of the first day."""

    vocabulary: Vocabulary
    weeks: tuple[Week, ...]
    exports: tuple[Exported, ...]


def read_source(folder: Path) -> Source:
    """The source in `folder`; raises `UnreadableInput` with file, line and column."""
    known = read_toml(folder / "known.toml", _Articles).articles
    lookalikes = read_toml(folder / "lookalikes.toml", _Articles).articles
    articles = (*known, *lookalikes)
    studies = read_toml(folder / "studies.toml", _Studies).studies
    later = read_toml(folder / f"week_{LATER_WEEK}.toml", _Week)
    return Source(
        vocabulary=read_toml(folder / "vocabulary.toml", Vocabulary),
        weeks=(
            Week(PUBLISHED_SEARCH, articles, studies),
            Week(
                LATER_WEEK,
                (*_revised_articles(articles, later.revisions), *later.articles),
                (*_revised_studies(studies, later.study_revisions), *later.studies),
                read_toml(folder / "europe_pmc.toml", _BesidePubMed).records,
            ),
        ),
        exports=read_toml(folder / "exports.toml", _Exports).records,
    )


def _revised_articles(
    articles: tuple[Article, ...], revisions: tuple[ArticleRevision, ...]
) -> tuple[Article, ...]:
    by_key = {article.key: article for article in articles}
    return tuple(_revised(by_key[revision.key], revision) for revision in revisions)


def _revised_studies(
    studies: tuple[Study, ...], revisions: tuple[StudyRevision, ...]
) -> tuple[Study, ...]:
    by_number = {study.nct: study for study in studies}
    return tuple(_revised(by_number[revision.nct], revision) for revision in revisions)


Original = TypeVar("Original", Article, Study)


def _revised(original: Original, revision: ArticleRevision | StudyRevision) -> Original:
    given = {field.name: getattr(revision, field.name) for field in fields(revision)}
    return replace(original, **{name: value for name, value in given.items() if value is not None})
