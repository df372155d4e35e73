"""NLM's files as tests make them: articles in PubMed XML, packed, with their MD5 beside; and
topics that consist of one strategy."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self
from xml.sax.saxutils import escape

from surveillance.pipeline.bulk import run_bulk
from surveillance.pipeline.running import run_topic
from surveillance.pipeline.walk import Progress
from surveillance.settings import Settings
from surveillance.simulator import Simulator
from surveillance.topics import Topic, list_topics, read_topic
from tests.world import contents, store_url


@dataclass(frozen=True)
class Article:
    """A record as an update file has it; `created`, `revised` and `indexed` are its dates."""

    pmid: int
    title: str
    created: date
    revised: date | None = None
    indexed: date | None = None
    abstract: str = ""
    headings: tuple[str, ...] = ()
    version: int = 1

    def xml(self) -> str:
        """The record's element, as NLM prints it."""
        revised = self.revised or self.created
        history = "".join(
            f'<PubMedPubDate PubStatus="{status}">{_parts(day)}</PubMedPubDate>'
            for status, day in (
                ("pubmed", self.created),
                ("medline", self.indexed or self.created),
                ("entrez", self.created),
            )
        )
        named = "".join(
            f'<MeshHeading><DescriptorName UI="D1" MajorTopicYN="N">{escape(name)}'
            "</DescriptorName></MeshHeading>"
            for name in self.headings
        )
        abstract = f"<AbstractText>{escape(self.abstract)}</AbstractText>"
        status = "MEDLINE" if self.headings else "Publisher"
        return (
            f'<PubmedArticle><MedlineCitation Status="{status}" Owner="NLM">'
            f'<PMID Version="{self.version}">{self.pmid}</PMID>'
            f"<DateRevised>{_parts(revised)}</DateRevised>"
            '<Article PubModel="Print"><Journal><Title>A Journal</Title>'
            f"<JournalIssue><PubDate><Year>{self.created.year}</Year></PubDate></JournalIssue>"
            f"</Journal><ArticleTitle>{escape(self.title)}</ArticleTitle>"
            f"{f'<Abstract>{abstract}</Abstract>' if self.abstract else ''}"
            "<Language>eng</Language><PublicationTypeList>"
            '<PublicationType UI="D016428">Journal Article</PublicationType>'
            "</PublicationTypeList></Article>"
            f"{f'<MeshHeadingList>{named}</MeshHeadingList>' if named else ''}"
            f"</MedlineCitation><PubmedData><History>{history}</History></PubmedData>"
            "</PubmedArticle>"
        )


def article_set(articles: Iterable[Article], deleted: Sequence[int] = ()) -> bytes:
    """A file's content: the articles, then the PMIDs that are deleted."""
    gone = "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in deleted)
    records = "\n".join(article.xml() for article in articles)
    tail = f"<DeleteCitation>{gone}</DeleteCitation>" if gone else ""
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n{records}\n{tail}'
    return f"{text}</PubmedArticleSet>\n".encode()


def put_file(folder: Path, name: str, content: bytes, *, form: str = "nlm") -> Path:
    """A file as NLM gives it out, packed (unless it is) with its MD5 beside."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = content if content[:2] == b"\x1f\x8b" else gzip.compress(content, mtime=0)
    (folder / name).write_bytes(packed)
    put_md5(folder / name, form=form)
    return folder / name


def put_md5(file: Path, *, form: str = "nlm") -> None:
    """The MD5 of a file beside it, as NLM writes it or as `md5sum` does."""
    found = hashlib.md5(file.read_bytes()).hexdigest()
    text = f"MD5({file.name})= {found}\n" if form == "nlm" else f"{found}  {file.name}\n"
    file.with_name(f"{file.name}.md5").write_text(text)


def put_topic(workspace: Path, slug: str, strategy: str, *, dialect: str = "ovid-medline") -> Topic:
    """A topic with this strategy and nothing else."""
    folder = workspace / "search_strategies" / slug
    folder.mkdir(parents=True)
    (folder / "strategy.txt").write_text(strategy, encoding="utf-8")
    (folder / "criteria.toml").write_text(_CRITERIA, encoding="utf-8")
    (folder / "known_items.csv").write_text(_KNOWN_ITEMS, encoding="utf-8")
    (folder / "topic.toml").write_text(_TOPIC.format(slug=slug, dialect=dialect), encoding="utf-8")
    return read_topic(folder)


def settings_for(workspace: Path, simulator: Simulator) -> Settings:
    """A workspace's settings, its sources the simulator, with a store of its own."""
    workspace.mkdir(parents=True, exist_ok=True)
    return Settings(
        _env_file=None,
        workspace=workspace,
        database_url=store_url(workspace),
        pubmed_url=simulator.pubmed_url,
        pubmed_files_url=simulator.pubmed_files_url,
        clinicaltrials_url=simulator.clinicaltrials_url,
        europepmc_url=simulator.europepmc_url,
        pubmed_pause=0,
        clinicaltrials_pause=0,
        europepmc_pause=0,
        pubmed_files_pause=0,
        contact_email="test@example.org",
    )


class Both:
    """Two workspaces with the same topics: one asks E-utilities, the other reads the files."""

    def __init__(
        self, folder: Path, simulator: Simulator, topics: Mapping[str, str], mesh: Path
    ) -> None:
        self.simulator = simulator
        self.files = folder / "files" / "updatefiles"
        self.asked, self.read = (settings_for(folder / name, simulator) for name in _WORKSPACES)
        for settings in (self.asked, self.read):
            shutil.copy(mesh, settings.workspace / "mesh.tsv")
            for slug, strategy in topics.items():
                put_topic(settings.workspace, slug, strategy)

    @classmethod
    def searched(
        cls,
        folder: Path,
        simulator: Simulator,
        topics: Mapping[str, str],
        mesh: Path,
        *,
        until: date,
    ) -> Self:
        """Both after the same first search through E-utilities."""
        made = cls(folder, simulator, topics, mesh)
        made.ask(made.asked, until)
        made.ask(made.read, until)
        return made

    def ask(self, settings: Settings, until: date) -> None:
        """A run of every topic through E-utilities, as PubMed stands on that day."""
        self.simulator.as_of = until
        for topic in topics_of(settings):
            run_topic(topic, settings, until=until)

    def bulk(self, until: date, *, place: str = "", progress: Progress | None = None) -> None:
        """A run of every topic from the files."""
        run_bulk(topics_of(self.read), self.read, place=place, until=until, progress=progress)


def topics_of(settings: Settings) -> list[Topic]:
    """Every topic of a workspace."""
    names = list_topics(settings.topics_folder)
    return [read_topic(settings.topics_folder / name) for name in names]


def facts(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """What the two routes must agree on."""
    return {
        name: [{key: row[key] for key in row if key not in _MOMENTS} for row in rows]
        for name, rows in contents(settings.store_url).items()
        if name not in _DIFFERENT
    }


#: What the routes differ in, and why: how they asked (searches with their results and counts),
#: what was answered to be replayed, and which files were read. When each stage ran, and by which
#: search a record came first, is told by the others.
_DIFFERENT = {"search", "search_result", "line_count", "exchange", "applied_file"}
_MOMENTS = {"started_at", "finished_at", "seconds", "first_search_id"}
_WORKSPACES = ("asked", "read")


def _parts(day: date) -> str:
    return f"<Year>{day.year}</Year><Month>{day.month}</Month><Day>{day.day}</Day>"


_TOPIC = """
title = "{slug}"
recommendations = []
watched_trials = []
recipients = []
trials = {{}}

[guidance]
body = "A body"
title = "A guidance"
url = "https://example.org/"
published_search = 2020-01-01

[schedule]
cron = "0 6 * * 1"
timezone = "Europe/London"

[[strategies]]
name = "main"
file = "strategy.txt"
dialect = "{dialect}"
route = "pubmed"
database = "MEDLINE"
searched_on = 2020-01-01
"""
_CRITERIA = """
source = "constructed"

[[criteria]]
kind = "designs"
name = "publication type: news"
reason = "news are no studies"
exclude = ["news"]
"""
_KNOWN_ITEMS = (
    "key,table,citation,title,first_author,year,journal,volume,pages,design,doi,pmid,"
    "expected_in,recommendations\n"
)
