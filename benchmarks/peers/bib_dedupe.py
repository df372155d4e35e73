"""bib-dedupe on a table of records: clusters, the pairs that it leaves to a person, the cost.

A program of its own, run by the Python of the environment that `make bench` gives the peer (it
needs an older NumPy), and isolated (`-I`), for it has the name of the package that it imports:

    .bench/bib_dedupe/bin/python -I benchmarks/peers/bib_dedupe.py RECORDS.csv ANSWER.json
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
from bib_dedupe import bib_dedupe, cluster


def main() -> None:
    """Read, deduplicate on one core, write the answer."""
    table, answer = map(Path, sys.argv[1:3])
    before = _peak()
    records = pd.read_csv(table, dtype=str, keep_default_na=False)
    begun = time.process_time()
    matched = _matched(records)
    clusters = cluster.get_connected_components(matched)
    seconds = time.process_time() - begun
    answer.write_text(
        json.dumps(
            {
                "clusters": [sorted(map(int, members)) for members in clusters],
                "merged": _pairs(matched, "duplicate"),
                "review": _pairs(matched, "maybe"),
                "seconds": seconds,
                "peak_bytes": _peak() - before,
            }
        ),
        encoding="utf-8",
    )


def _matched(records: Any) -> Any:
    prepared = bib_dedupe.prep(records, verbosity_level=0, cpu=1)
    blocked = bib_dedupe.block(prepared, verbosity_level=0, cpu=1)
    return bib_dedupe.match(blocked, verbosity_level=0, cpu=1)


def _pairs(matched: Any, label: str) -> list[tuple[int, int]]:
    if matched.empty:
        return []
    labelled = matched[matched["duplicate_label"] == label]
    return [(int(a), int(b)) for a, b in labelled[["ID_1", "ID_2"]].values.tolist()]


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
