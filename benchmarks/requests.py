"""How many requests a run sends to PubMed, beside the fewest that could bring the same records.

The fewest: one search for every 9,999 records that are named, one fetch for every 200. What a run
counts line by line for the published history names no record and is told apart. The stand-in for
PubMed notes every request.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from surveillance.pipeline.opening import opened
from surveillance.pipeline.running import begin_walk, clock_for, finish, run_stage
from surveillance.settings import Settings
from surveillance.simulator import Simulator
from surveillance.simulator.answers import Asked
from surveillance.sources.pubmed import BATCH, MAX_PMIDS
from surveillance.topics import read_topic

HITS, NEW = 12_000, 40
FIRST, SECOND = date(2024, 8, 2), date(2024, 8, 9)

_ARTICLE = """<PubmedArticle><MedlineCitation Status="Publisher"><PMID Version="1">{pmid}</PMID>
<Article><Journal><Title>A journal</Title></Journal>
<ArticleTitle>Stump pain</ArticleTitle></Article></MedlineCitation><PubmedData><History>
<PubMedPubDate PubStatus="entrez"><Year>{day.year}</Year><Month>{day.month}</Month>
<Day>{day.day}</Day></PubMedPubDate></History></PubmedData></PubmedArticle>
"""
_TOPIC = """\
title = "A large topic"
recommendations = []
watched_trials = []
recipients = []
[guidance]
body = "A guidance body"
title = "A guideline"
url = "https://example.org/"
published_search = 2024-08-02
[schedule]
cron = "0 6 * * 1"
timezone = "Europe/London"
[[strategies]]
name = "medline"
file = "medline.txt"
dialect = "ovid-medline"
route = "pubmed"
database = "MEDLINE"
searched_on = 2024-08-02
[trials]
"""
_CRITERIA = Path(__file__).parents[1] / "search_strategies/targeted_muscle_reinnervation"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run sent, and the fewest requests for the same records."""

    named: int
    fetched: int
    searches: int
    fetches: int
    line_counts: int

    @property
    def fewest(self) -> int:
        """Searches that name all, and fetches that bring all."""
        return max(1, math.ceil(self.named / MAX_PMIDS)) + math.ceil(self.fetched / BATCH)

    @property
    def ratio(self) -> float:
        """Sent against the fewest, line counts apart."""
        return (self.searches + self.fetches) / self.fewest


def main() -> None:
    """Print the table: a first run with many hits, then a week in which a few are new."""
    table = Table("run", "records", "sent", "fewest", "ratio", "line counts", title="Requests")
    with tempfile.TemporaryDirectory() as folder:
        for name, sent in zip(("first run", "a week later"), measured(Path(folder)), strict=True):
            both = str(sent.searches + sent.fetches)
            numbers = (f"{sent.fetched:,}", both, str(sent.fewest), f"{sent.ratio:.2f}")
            table.add_row(name, *numbers, str(sent.line_counts))
    Console().print(table)


def measured(folder: Path) -> Iterator[Sent]:
    """What a first run with `HITS` hits sends, and the one after it with `NEW` more."""
    days = [FIRST - timedelta(days=place * 9_000 // HITS) for place in range(HITS)]
    _layer(folder / "holdings" / str(FIRST), 1, days)
    _layer(folder / "holdings" / str(SECOND), HITS + 1, [SECOND] * NEW)
    topic = folder / "search_strategies" / "large"
    topic.mkdir(parents=True)
    (topic / "topic.toml").write_text(_TOPIC, encoding="utf-8")
    (topic / "medline.txt").write_text("1 , (stump* adj3 pain*).tw. , 5\n", encoding="utf-8")
    for name in ("criteria.toml", "known_items.csv"):
        text = (_CRITERIA / name).read_text(encoding="utf-8")
        header = text.partition("\n")[0] + "\n"
        (topic / name).write_text(header if name.endswith("csv") else text, encoding="utf-8")
    with Simulator.open(
        folder / "holdings", FIRST, rate_limit=False, phrase_index=False
    ) as simulator:
        yield from (_searched(folder, simulator, day) for day in (FIRST, SECOND))


def _layer(folder: Path, first: int, days: Sequence[date]) -> None:
    folder.mkdir(parents=True)
    articles = (_ARTICLE.format(pmid=90_000_000 + n, day=day) for n, day in enumerate(days, first))
    xml = f"<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>"
    (folder / "pubmed.xml").write_text(xml, encoding="utf-8")


def _searched(folder: Path, simulator: Simulator, day: date) -> Sent:
    """The search of one run; records are not followed by number, for none was screened."""
    simulator.as_of = day
    simulator.requests.clear()
    settings = Settings(_env_file=None, workspace=folder, pubmed_url=simulator.pubmed_url)
    settings = settings.model_copy(update={"pubmed_pause": 0})
    with opened(settings) as store:
        topic = read_topic(folder / "search_strategies" / "large")
        walk = begin_walk(topic, settings, store, clock=clock_for(day))
        run_stage(walk, "search")
        finish(walk)
    return _counted(simulator.requests)


def _counted(requests: Sequence[Asked]) -> Sent:
    searches = [one for one in requests if one.path.endswith("esearch.fcgi")]
    counts = sum(one.parameters["retmax"] == "0" for one in searches)
    fetched = [one.parameters["id"].split(",") for one in requests if "id" in one.parameters]
    number = sum(map(len, fetched))
    return Sent(number, number, len(searches) - counts, len(fetched), counts)


if __name__ == "__main__":
    main()
