"""How people and other programs name a report: its number, a PMID, a DOI, a record, a title."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db import records as record_rows
from db import reports as report_rows
from surveillance.dedup.normalise import doi_form, fold
from surveillance.errors import UnreadableInput
from surveillance.records import Record
from surveillance.topics import Topic

#: A title of fewer words (“Reply”, “In this issue”) names nothing.
LEAST_WORDS = 4
#: Neither database takes a row's number of more digits.
_DIGITS = 18
_PMID, _DOI, _REPORT = "pmid", "doi", "report"
#: DOIs are told from records (`source:number`) by how they begin.
_DOI_BEGINS = ("10.", "http://", "https://", "doi.org/", "dx.doi.org/")

_Reports = frozenset[int]
_NONE: _Reports = frozenset()


@dataclass(frozen=True, slots=True)
class ReportNames:
    """What each report of a topic is called; `present` is what a merged report is part of now."""

    topic: str
    present: Mapping[int, int]
    pmids: Mapping[str, _Reports]
    dois: Mapping[str, _Reports]
    titles: Mapping[str, _Reports]
    names: Mapping[str, _Reports]
    years: Mapping[int, frozenset[int]]

    def named(self, name: str) -> int:
        """The report of this name: number, `pmid:…`, `doi:…`, a bare DOI, or `source:number`.

        Raises `UnreadableInput` where there is none, or several.
        """
        text = name.strip()
        kind, colon, rest = text.partition(":")
        rest = rest.strip()
        if text.casefold().startswith(_DOI_BEGINS):
            found = self.dois.get(doi_form(text), _NONE)
        elif not colon:
            found = self._numbered(text) | self.pmids.get(text, _NONE)
        elif kind.casefold() == _REPORT:
            found = self._numbered(rest)
        elif kind.casefold() == _PMID:
            found = self.pmids.get(rest, _NONE)
        elif kind.casefold() == _DOI:
            found = self.dois.get(doi_form(rest), _NONE)
        else:
            found = self.names.get(text, _NONE)
        return self._only(text if text.isprintable() else "?", found)

    def of(self, numbers: Iterable[int], record: Record | None) -> int:
        """The report that somebody's row is about, by all that it says of itself.

        `numbers` are those by which we named it. Raises `UnreadableInput` where the names lead to
        no report, to several, or contradict each other.
        """
        said = {f"report {number}": self._numbered(str(number)) for number in numbers}
        for named, found in said.items():
            self._only(named, found)
        if record is not None:
            said |= self._identified(record)
        led = {named: found for named, found in said.items() if found}
        if not led:
            return self._only(*self._titled(record))
        common = frozenset.intersection(*led.values())
        if not common:
            raise UnreadableInput(f"{' and '.join(led)} are different reports.")
        return self._only(" and ".join(led), common)

    def _identified(self, record: Record) -> dict[str, _Reports]:
        doi = doi_form(record.doi)
        return {
            f"PMID {record.pmid}": self.pmids.get(record.pmid, _NONE) if record.pmid else _NONE,
            f"DOI {doi}": self.dois.get(doi, _NONE) if doi else _NONE,
        }

    def _titled(self, record: Record | None) -> tuple[str, _Reports]:
        if record is None:
            return "this row", _NONE
        named = record.title or record.doi or record.pmid or "this row"
        title = fold(record.title)
        if len(title.split()) < LEAST_WORDS:
            return named, _NONE
        return named, frozenset(
            report
            for report in self.titles.get(title, _NONE)
            if record.year is None or record.year in (self.years[report] or {record.year})
        )

    def _numbered(self, text: str) -> _Reports:
        if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
            return _NONE
        present = self.present.get(int(text))
        return frozenset([present]) if present is not None else _NONE

    def _only(self, named: str, found: _Reports) -> int:
        short = named if len(named) <= 100 else f"{named[:100]}…"
        if not found:
            raise UnreadableInput(f"{self.topic} has no report “{short}”.")
        if len(found) > 1:
            listed = ", ".join(f"report:{number}" for number in sorted(found)[:10])
            raise UnreadableInput(
                f"“{short}” is more than one report: {listed}.", hint="Name one of them so."
            )
        return next(iter(found))


def named_report(session: Session, topic: Topic, name: str) -> int:
    """`ReportNames.named`, without reading all records for a name that says where to look."""
    kind, _, number = name.strip().partition(":")
    known = kind.casefold() == _REPORT and number.isascii() and number.isdecimal()
    if known and len(number) <= _DIGITS:
        found = report_rows.report_numbered(session, int(number))
        if found is not None and found[0] == topic.slug:
            return found[1]
    if (report := _of_record(session, topic, name.strip())) is not None:
        return report
    return report_names(session, topic).named(name)


def _of_record(session: Session, topic: Topic, name: str) -> int | None:
    """The report with the record that is named `source:number`; None for any other name."""
    source, colon, number = name.partition(":")
    elsewhere = source.casefold() in {_REPORT, _PMID, _DOI} or name.casefold().startswith(
        _DOI_BEGINS
    )
    if not colon or elsewhere or not name.isprintable():
        return None
    known = record_rows.known_numbers(session, [(source, number)]).values()
    return next(iter(report_rows.report_places(session, topic.slug, known).values()), None)


def report_names(session: Session, topic: Topic) -> ReportNames:
    """The names of all reports of a topic."""
    places = report_rows.report_places(session, topic.slug)
    maps: dict[str, defaultdict[str, set[int]]] = {
        kind: defaultdict(set) for kind in ("pmids", "dois", "titles", "names")
    }
    years: defaultdict[int, set[int]] = defaultdict(set)
    for stored in record_rows.records_of(session, topic.slug, sorted(places)):
        record, report = stored.record, places[stored.id]
        maps["pmids"][record.pmid].add(report)
        maps["dois"][doi_form(record.doi)].add(report)
        maps["titles"][fold(record.title)].add(report)
        maps["names"][f"{record.source}:{record.source_id}"].add(report)
        years[report].update([record.year] if record.year else [])
    frozen = {kind: {k: frozenset(v) for k, v in one.items() if k} for kind, one in maps.items()}
    return ReportNames(
        topic=topic.slug,
        present=report_rows.present_numbers(session, topic.slug),
        years={report: frozenset(held) for report, held in years.items()},
        **frozen,
    )
