"""How processes beside the page are started: at once, by one that has loaded what they need."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext, SpawnContext

#: What learns, counts and reads strategies: loading it takes longer than most of that work.
LOADED = [
    "surveillance.pipeline.ranking",
    "surveillance.pipeline.week",
    "surveillance.triage.looking",
]


def beside() -> ForkServerContext | SpawnContext:
    """A way to start processes that does not fork this one, whose threads hold locks.

    Where the system can do it they are forked from one that was started for that and has no
    threads of its own (Python's documentation, "Contexts and start methods").
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    return context
