"""What of a topic's records is in play: followed by number, and allowed to be a report."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from db import comparing, identities
from db import records as record_rows
from db import reports as report_rows
from db import screening as screening_rows
from db.models import MatchRow
from db.records import StoredRecord
from surveillance.pipeline.reviewing import standings_of
from surveillance.pipeline.strategies import current_hashes
from surveillance.screening.rules import Verdict as Decision
from surveillance.strategy.evaluate.verdict import Verdict as Match
from surveillance.topics import Topic

SEARCHED_SOURCE = "pubmed"
#: The sources whose records are held against the strategies' exact meaning.
JUDGED_SOURCES = ("pubmed", "europepmc")
#: How a record came that no strategy of ours has to match.
IMPORTED, FOLLOWED, CITATION = "import", "followed", "citation"
UNJUDGED_ROUTES = (IMPORTED, FOLLOWED, CITATION)
#: So begins the name of a search for who cites a known item.
CITATIONS = "citations of "
#: How a record came that a translated strategy found at Europe PMC.
EUROPE_PMC = "europe pmc"


def followed_pmids(session: Session, topic: Topic) -> set[str]:
    """Known items, and the reports that nobody excluded: asked for by number in every run.

    One that PubMed merged is asked for by the number that it has now. A date window alone never
    shows that an old report was retracted (source-facts: E-utilities).
    """
    followed = set(known_item_pmids(session, topic).values())
    standings = standings_of(session, topic)
    wanted: set[int] = set()
    for report in report_rows.reports_of(session, topic.slug):
        person = standings.get(report.id, screening_rows.Standing()).person
        if person is None or person.verdict is not Decision.EXCLUDE:
            wanted.update(report.record_ids)
    for stored in record_rows.records_of(session, topic.slug, sorted(wanted)):
        if stored.record.pmid:
            followed.add(stored.record.pmid)
    now = identities.merged_numbers(session, SEARCHED_SOURCE)
    return {now.get(pmid, pmid) for pmid in followed}


def known_item_pmids(session: Session, topic: Topic) -> dict[str, str]:
    """The PMID of each known item that has one: as the topic says, else as it was recognised."""
    numbers = report_rows.known_items_of(session, topic.slug)
    found = {
        numbers[stored.id]: stored.record.pmid
        for stored in record_rows.records_of(session, topic.slug, sorted(numbers))
        if stored.record.pmid
    }
    return found | {item.key: item.pmid for item in topic.known_items if item.pmid}


def best(verdicts: Collection[Match]) -> Match | None:
    """With several strategies one match suffices; *cannot tell* outranks *no match*."""
    rank = [Match.NO_MATCH, Match.CANNOT_TELL, Match.MATCH]
    return max(verdicts, key=rank.index, default=None)


def newest_verdicts(session: Session, topic: Topic) -> dict[int, Match]:
    """The best verdict that the strategies, as they are now, give each record's newest version.

    A strategy that was changed and changed back has judged before: its verdict under the hashes
    that it has now counts, whenever it was given. Before it has judged, its last verdict stands.
    """
    hashes = current_hashes(topic)
    found: dict[int, Match] = {}
    for record_id, rows in record_rows.verdicts(session, topic.slug).items():
        last_version = max(row.record_version_id for row in rows)
        # Sorting is stable, so that the last row of a strategy is the one that counts.
        ordered = sorted(rows, key=lambda row: _rests_on(row, hashes))
        newest = {row.strategy: row for row in ordered if row.record_version_id == last_version}
        current = best([Match(row.verdict) for name, row in newest.items() if name in hashes])
        if current is not None:
            found[record_id] = current
    return found


def _rests_on(row: MatchRow, hashes: dict[str, tuple[str, str]]) -> bool:
    return hashes.get(row.strategy) == (row.strategy_hash, row.mesh_hash)


def records_in_play(session: Session, topic: Topic) -> list[StoredRecord]:
    """The records that go on to dedup: not *no match*, or not ours to judge."""
    numbers = numbers_in_play(session, topic)
    return [s for s in record_rows.records_of(session, topic.slug) if s.id in numbers]


def numbers_in_play(session: Session, topic: Topic) -> set[int]:
    """The numbers of the records in play, none of which is loaded for that.

    What somebody exported was matched by the database itself; what is followed by its number
    belongs to a report in play, whose retraction would stand in PubMed's record; what cites a
    known item was found for that.
    """
    verdicts = newest_verdicts(session, topic)
    return {
        number
        for number, source, route in comparing.came(session, topic.slug)
        if route in UNJUDGED_ROUTES
        or source not in JUDGED_SOURCES
        or verdicts.get(number, Match.NO_MATCH) is not Match.NO_MATCH
    }
