"""A small topic and small holdings, written by code: what a test of one event needs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from surveillance.pipeline.overview import Overview
from surveillance.pipeline.running import run_topic
from surveillance.settings import Settings
from surveillance.simulator import Simulator
from surveillance.topics import Topic, read_topic
from tests.world import contents, make_tables, store_url

EXAMPLE = Path(__file__).parents[1] / "search_strategies" / "targeted_muscle_reinnervation"
FIRST, SECOND, THIRD = date(2024, 8, 2), date(2024, 9, 6), date(2024, 10, 4)

TOPIC = """\
title = "A small topic"
[guidance]
body = "A guidance body"
title = "A small guideline"
url = "https://example.org/"
published_search = 2024-08-02
[schedule]
cron = "0 6 * * 1"
timezone = "Europe/London"
[[strategies]]
name = "medline"
file = "medline.ovid.txt"
dialect = "ovid-medline"
route = "pubmed"
database = "MEDLINE ALL (Ovid)"
searched_on = 2024-08-02
[trials]
query = "amputation AND neuroma"
strategies = ["medline"]
[europe_pmc]
strategies = ["medline"]
citations = true
[[recommendations]]
id = "1.1"
text = "All of it."
always = true
[[watched_trials]]
nct = "NCT90000001"
title = "The watched trial"
recommendations = ["1.1"]
[[recipients]]
name = "the team"
"""
STRATEGY = """\
1 , exp Amputation Stumps/ , 10
2 , (stump* adj3 pain*).tw. , 5
3 , 1 or 2 , 12
"""
KNOWN = (
    "key,table,citation,title,first_author,year,journal,volume,pages,design,doi,pmid,"
    "expected_in,recommendations\n"
)


@dataclass(frozen=True)
class Article:
    """A constructed citation of PubMed; dates are those of PubMed's own history."""

    pmid: int
    title: str = "Stump pain"
    abstract: str = "Pain of the stump was measured in 20 people."
    created: date = date(2024, 1, 1)
    indexed: date | None = None
    revised: date | None = None
    mesh: tuple[str, ...] = ()
    types: tuple[str, ...] = ("Journal Article",)
    doi: str = ""
    #: Notices on it, as PubMed links them: RefType, citation, PMID.
    notices: tuple[tuple[str, str, int], ...] = ()

    @property
    def xml(self) -> str:
        headings = "".join(
            f"<MeshHeading><DescriptorName>{name}</DescriptorName></MeshHeading>"
            for name in self.mesh
        )
        types = "".join(f"<PublicationType>{kind}</PublicationType>" for kind in self.types)
        notices = "".join(
            f'<CommentsCorrections RefType="{kind}"><RefSource>{citation}</RefSource>'
            f"<PMID>{pmid}</PMID></CommentsCorrections>"
            for kind, citation, pmid in self.notices
        )
        status = "MEDLINE" if self.mesh else "Publisher"
        return f"""<PubmedArticle><MedlineCitation Status="{status}">
<PMID Version="1">{self.pmid}</PMID>{_dated("DateRevised", self.revised or self.created)}
<Article><Journal><JournalIssue><PubDate><Year>{self.created.year}</Year></PubDate></JournalIssue>
<Title>A journal</Title></Journal><ArticleTitle>{self.title} ({self.pmid})</ArticleTitle>
<ELocationID EIdType="doi">{self.doi or f"10.5555/{self.pmid}"}</ELocationID>
<Abstract><AbstractText>{self.abstract}</AbstractText></Abstract>
<AuthorList><Author><LastName>Author{self.pmid}</LastName><Initials>A</Initials></Author></AuthorList>
<Language>eng</Language><PublicationTypeList>{types}</PublicationTypeList></Article>
<CommentsCorrectionsList>{notices}</CommentsCorrectionsList>
<MeshHeadingList>{headings}</MeshHeadingList></MedlineCitation><PubmedData><History>
{_dated('PubMedPubDate PubStatus="entrez"', self.created)}
{_dated('PubMedPubDate PubStatus="pubmed"', self.created)}
{_dated('PubMedPubDate PubStatus="medline"', self.indexed or self.created)}
</History></PubmedData></PubmedArticle>""".replace(
            "<MeshHeadingList></MeshHeadingList>", ""
        ).replace("<CommentsCorrectionsList></CommentsCorrectionsList>\n", "")


def _dated(tag: str, day: date) -> str:
    parts = f"<Year>{day.year}</Year><Month>{day.month}</Month><Day>{day.day}</Day>"
    return f"<{tag}>{parts}</{tag.split(maxsplit=1)[0]}>"


def study(nct: str, title: str, *, aliases: Sequence[str] = (), status: str = "RECRUITING") -> Any:
    """A constructed study document."""
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": nct,
                "nctIdAliases": list(aliases),
                "briefTitle": title,
            },
            "statusModule": {
                "overallStatus": status,
                "studyFirstPostDateStruct": {"date": "2024-08-20"},
            },
            "designModule": {"designInfo": {"allocation": "RANDOMIZED"}},
        },
        "derivedSection": {},
    }


@dataclass
class SmallWorld:
    """A workspace with the small topic, and the simulator's layers to write."""

    workspace: Path
    holdings: Path
    known: list[str] = field(default_factory=list)
    _simulator: Simulator | None = None

    def layer(
        self,
        day: date,
        articles: Sequence[Article] = (),
        *,
        studies: Sequence[Any] = (),
        merged: str = "",
        deleted: Sequence[int] = (),
        results: Sequence[Any] = (),
    ) -> None:
        """What PubMed, the registry and Europe PMC have that is new on a day."""
        folder = self.holdings / day.isoformat()
        (folder / "studies").mkdir(parents=True, exist_ok=True)
        (folder / "europepmc").mkdir(exist_ok=True)
        gone = "".join(f"<PMID>{pmid}</PMID>" for pmid in deleted)
        entries = "".join(one.xml for one in articles)
        entries += f"<DeleteCitation>{gone}</DeleteCitation>" if gone else ""
        xml = f"<PubmedArticleSet>{entries}</PubmedArticleSet>"
        (folder / "pubmed.xml").write_text(xml, encoding="utf-8")
        for document in studies:
            nct = document["protocolSection"]["identificationModule"]["nctId"]
            (folder / "studies" / f"{nct}.json").write_text(json.dumps(document))
        for number, result in enumerate(results):
            (folder / "europepmc" / f"{number}.json").write_text(json.dumps(result))
        if merged:
            (folder / "merged.toml").write_text(merged, encoding="utf-8")

    def known_item(self, key: str, pmid: int, title: str = "") -> None:
        """A study that the guidance used."""
        self.known.append(
            f"{key},table 2,A citation,{title or f'Stump pain ({pmid})'},Author{pmid} A,2024,"
            f"A journal,,,cohort study,10.5555/{pmid},{pmid},medline,1.1\n"
        )

    @property
    def topic(self) -> Topic:
        return read_topic(self.workspace / "search_strategies" / "small")

    @property
    def simulator(self) -> Simulator:
        assert self._simulator is not None
        return self._simulator

    @property
    def settings(self) -> Settings:
        return Settings(
            _env_file=None,
            workspace=self.workspace,
            database_url=store_url(self.workspace),
            pubmed_url=self.simulator.pubmed_url,
            clinicaltrials_url=self.simulator.clinicaltrials_url,
            europepmc_url=self.simulator.europepmc_url,
            pubmed_pause=0,
            clinicaltrials_pause=0,
            europepmc_pause=0,
            contact_email="test@example.org",
        )

    @contextmanager
    def serving(self, *, rate_limit: bool = False) -> Iterator[None]:
        """Write the topic as it now is, and serve the layers."""
        folder = self.workspace / "search_strategies" / "small"
        folder.mkdir(parents=True)
        (folder / "topic.toml").write_text(TOPIC, encoding="utf-8")
        (folder / "medline.ovid.txt").write_text(STRATEGY, encoding="utf-8")
        (folder / "known_items.csv").write_text(KNOWN + "".join(self.known), encoding="utf-8")
        shutil.copy(EXAMPLE / "criteria.toml", folder)
        make_tables(self.workspace)
        with Simulator.open(
            self.holdings, FIRST, rate_limit=rate_limit, phrase_index=False
        ) as simulator:
            self._simulator = simulator
            yield

    def run(self, day: date, *, full: bool = False) -> Overview:
        """The week's run, with the sources as they are on its day."""
        self.simulator.as_of = day
        return run_topic(self.topic, self.settings, until=day, full=full)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table of the store."""
        return contents(self.settings.store_url)[table]

    def route(self, source_id: str | int) -> str:
        """By which route the topic came to a record first; "" where it never did."""
        numbers = {row["source_id"]: row["id"] for row in self.rows("record")}
        routes = {row["record_id"]: row["route"] for row in self.rows("topic_record")}
        return str(routes.get(numbers.get(str(source_id)), ""))

    def signals(self) -> list[str]:
        """The headlines of all signals."""
        return [row["content"]["headline"] for row in self.rows("signal")]


def small_world(folder: Path) -> SmallWorld:
    """An empty one below `folder`."""
    return SmallWorld(folder / "workspace", folder / "holdings")
