"""Notices on the evidence: expressions of concern of any age, errata that came since."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy.orm import Session

from db import records as record_rows
from db.records import StoredRecord
from surveillance.records import Correction
from surveillance.signals.report_rules import CONCERN

#: PubMed's names of the links from an article to what corrects it (NLM, CommentsCorrections).
ERRATA = frozenset({"ErratumIn", "CorrectedandRepublishedIn"})

# A citation as PubMed prints it: "J Limb. 2025 Jan;1(2):3", "J Limb. 2025;1:2".
_PRINTED = re.compile(r"\b((?:19|20)[0-9]{2})(?: ([A-Z][a-z]{2}))?")
_MONTHS = dict(
    zip(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        range(1, 13),
        strict=True,
    )
)


def new_notices(
    session: Session, records: Iterable[StoredRecord], published: date
) -> Iterator[Correction]:
    """The notices on a report that its guidance team may not know.

    An expression of concern counts whenever it came, as a retraction does. An erratum counts
    where the record was first seen without it, or where it was printed after the published
    search; one that was there already is part of what the guidance read.
    """
    told: set[str] = set()
    for stored in records:
        for notice in stored.record.corrections:
            name = notice.pmid or notice.citation
            if name not in told and _is_news(session, stored, notice, published):
                told.add(name)
                yield notice


def _is_news(session: Session, stored: StoredRecord, notice: Correction, published: date) -> bool:
    if notice.kind == CONCERN:
        return True
    if notice.kind not in ERRATA:
        return False
    first = record_rows.versions_of(session, stored.id)[0]
    return notice not in first.corrections or _printed_after(notice.citation, published)


def _printed_after(citation: str, day: date) -> bool:
    found = _PRINTED.search(citation)
    if found is None:
        return False
    year, month = int(found[1]), _MONTHS.get(found[2] or "", 0)
    return year > day.year or (year == day.year and month > day.month)
