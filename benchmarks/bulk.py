"""Many topics on a real update file: seconds by the bulk route, and what E-utilities would take.

    python -m benchmarks.bulk [--records FILE.xml.gz] [--topics N]

The file is read once and every topic's translated query is evaluated on every record, batch by
batch, as `surveil bulk` does. The topics are strategies drawn by a seed, with adjacency, wildcards
and headings, as in `benchmarks.strategies`. Through E-utilities a topic asks twice (its window,
and everything) and fetches 200 records a request; the requests are counted, and one topic is asked
for real of the simulator with the same records. NCBI allows 3 requests a second, and that alone is
a bound.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.generated import as_strategies, full_trees
from benchmarks.texts import records_of, texts_of
from surveillance.pipeline.bulk_queries import BulkQueries, BulkQuery, closed_tree
from surveillance.pipeline.bulk_sweep import Sweep
from surveillance.pipeline.strategies import ReadyStrategy
from surveillance.records.bounded import open_records
from surveillance.records.pubmed_xml import read_pubmed_xml
from surveillance.runs import Window
from surveillance.simulator import Simulator
from surveillance.sources.pubmed import ANY_CHANGE, BATCH, INTERVAL, PubMed
from surveillance.strategy.translate import Target, translate
from surveillance.topics import TopicStrategy

RECORDS = Path(".bench/data/pubmed21n1298.xml.gz")
TOPICS, ASKED, SEED = 200, 1, 2026
WINDOW = Window(date(2021, 5, 30), date(2021, 6, 7))


def drawn(file: Path, count: int) -> list[ReadyStrategy]:
    """So many strategies that PubMed can be asked with, from the words of the records."""
    trees = full_trees(texts_of(records_of(file)), seed=SEED, count=2 * count)
    strategies = as_strategies(trees)
    translated = [(one, translate(one, Target.PUBMED)) for one in strategies]
    no_mesh = closed_tree(None)
    described = TopicStrategy(
        "drawn", "drawn.txt", "ovid-medline", "pubmed", "MEDLINE", date(2021, 1, 1)
    )
    found = [
        ReadyStrategy(described, strategy, translation, no_mesh, (str(place), ""))
        for place, (strategy, translation) in enumerate(translated)
        if translation.parts
    ]
    return found[:count]


def swept(file: Path, topics: Sequence[ReadyStrategy]) -> tuple[float, Counter[int]]:
    """Seconds for one pass over the file, and how many records each topic found."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as payloads, open_records(file) as stream:
        queries = BulkQueries([BulkQuery(topic, 0) for topic in topics])
        sweep = Sweep(queries, (), payloads)
        sweep.read(read_pubmed_xml(stream), 0)
        found = Counter(query for one in sweep.found.values() for query in one.queries)
    return time.perf_counter() - began, found


def asked(file: Path, topics: Sequence[ReadyStrategy]) -> tuple[float, int]:
    """Seconds and requests for these topics through E-utilities of the simulator."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / file.name).symlink_to(file.resolve())
        with Simulator.open(
            Path(folder), WINDOW.until, rate_limit=False, phrase_index=False
        ) as simulator:
            pubmed = PubMed(simulator.pubmed_url, email="bench@example.org", interval=0)
            pubmed.count("stroke[ti]", None)  # the simulator reads its files at the first request
            simulator.requests.clear()
            began = time.perf_counter()
            for topic in topics:
                for part in topic.translation.parts:
                    answer = pubmed.search(part, WINDOW, by=ANY_CHANGE)
                    pubmed.count(part, Window(None, WINDOW.until), most=1)
                    pubmed.fetch(answer.pmids)
            return time.perf_counter() - began, len(simulator.requests)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=Path, default=RECORDS)
    parser.add_argument("--topics", type=int, default=TOPICS)
    options = parser.parse_args()
    topics = drawn(options.records, options.topics)
    seconds, found = swept(options.records, topics)
    requests = sum(
        2 * len(topic.translation.parts) + math.ceil(found[place] / BATCH)
        for place, topic in enumerate(topics)
    )
    few_seconds, few_requests = asked(options.records, topics[:ASKED])
    table = Table(title=f"{len(topics)} topics on {options.records.name}", title_justify="left")
    for header in ("route", "topics", "seconds", "requests", "what it is"):
        table.add_column(header, justify="left" if header in {"route", "what it is"} else "right")
    table.add_row(
        "bulk", str(len(topics)), f"{seconds:.1f}", "2",
        f"the file read and evaluated; {found.total():,} found",
    )  # fmt: skip
    table.add_row(
        "E-utilities", str(len(topics)), f"≥ {requests * INTERVAL:.0f}", f"{requests:,}",
        f"{1 / INTERVAL:.1f} requests a second, as NCBI allows; the answers' time not counted",
    )  # fmt: skip
    table.add_row(
        "simulator", str(min(ASKED, len(topics))), f"{few_seconds:.1f}", f"{few_requests:,}",
        "asked and fetched without a limit, the stand-in's own time included",
    )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
