"""Which of a report's records speaks first, as the topic says or by default."""

from __future__ import annotations

from surveillance.pipeline.in_play import SEARCHED_SOURCE
from surveillance.sources.files import source_of
from surveillance.topics import ASKED, Topic

#: What is asked by the program itself, and the source that its records carry.
_ASKED = dict(zip((name.casefold() for name in ASKED), (SEARCHED_SOURCE, "europepmc"), strict=True))


def source_priority(topic: Topic) -> tuple[str, ...]:
    """The sources of records in the order in which their values are shown.

    What is fetched anew every week comes first by default: an export stays as it was.
    """
    pubmed, europe_pmc = ASKED
    databases = [one.database for one in topic.strategies if one.route == "file"]
    named = topic.dedup.priority or (pubmed, *databases, europe_pmc)
    return tuple(dict.fromkeys(_source(topic, name) for name in named))


def _source(topic: Topic, name: str) -> str:
    wanted = name.casefold()
    if wanted in _ASKED:
        return _ASKED[wanted]
    strategy = next(
        one for one in topic.strategies if wanted in (one.name.casefold(), one.database.casefold())
    )
    return SEARCHED_SOURCE if strategy.route == "pubmed" else source_of(strategy.database)
