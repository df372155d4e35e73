"""PubMed through the E-utilities: searched whole or not at all, fetched and counted.

Source of every rule here: source-facts, "PubMed E-utilities". Bio.Entrez builds the requests;
its public functions are not used because they fix NCBI's host and know no timeout.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from Bio import Entrez

from surveillance.errors import SourceFailed, UnreadableInput
from surveillance.records.payload import Captured, Deleted
from surveillance.records.pubmed_xml import PubmedEntry, latest_versions, read_pubmed_xml
from surveillance.runs import Window
from surveillance.sources.esearch import (
    ESearchAnswer,
    NoAnswer,
    is_passing_error,
    read_esearch,
)
from surveillance.sources.exchanges import Asks, Exchange, Recorder, question_of, unrecorded
from surveillance.sources.http import Answer, Client, Request, RetryPolicy, address, shared_limiter
from surveillance.sources.whole import NotWhole, twice

log = logging.getLogger(__name__)

#: ESearch gives at most this many PMIDs of one query, whatever the documentation says.
MAX_PMIDS = 9_999
#: PMIDs asked for in one EFetch.
BATCH = 200
#: Seconds between two requests: 3 a second, 10 with a key, each with a margin.
INTERVAL, INTERVAL_WITH_KEY = 0.35, 0.11
#: PubMed's own open ends of a date range.
EARLIEST, LATEST = date(1800, 1, 1), date(3000, 12, 31)
#: About half of PubMed was created in the last 17 years; this only decides where a span is cut.
HALF_OF_PUBMED = timedelta(days=17 * 365)

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class DateField(StrEnum):
    """Which of a record's dates the window asks: CRDT, MHDA or LR.

    `CREATED` finds late additions, which an EDAT window misses; `INDEXED` finds records that
    gained MeSH; what exactly LR means is not verified (source-facts: U).
    """

    CREATED = "crdt"
    INDEXED = "mhda"
    REVISED = "lr"


#: Asks for whatever came or changed in a window, for any reason that PubMed dates.
ANY_CHANGE = (DateField.CREATED, DateField.INDEXED, DateField.REVISED)


@dataclass(frozen=True, slots=True)
class PubMedAnswer:
    """A search's whole answer: every PMID, in PubMed's order, and what PubMed said of the query.

    `translation` is how PubMed read the query; `warnings` names in plain words each part that it
    ignored or read otherwise.
    """

    pmids: tuple[str, ...]
    count: int
    translation: str
    warnings: tuple[str, ...]
    query_sent: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """Records asked for by PMID: those that came, those that didn't, those that NLM deleted.

    `merged` are PMIDs that PubMed answers with another record: old number and new. That record is
    among `captured`, and the old number is not missing.
    """

    captured: tuple[Captured, ...]
    missing: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()


class PubMed:
    """PubMed at `base_url` (the folder of `esearch.fcgi` and `efetch.fcgi`).

    NCBI wants `email` and `tool` with every request; neither they nor the key stand in an
    address, a message or a log: all requests are POSTs.
    """

    def __init__(
        self,
        base_url: str,
        *,
        email: str,
        api_key: str | None = None,
        tool: str = "guidance-surveillance",
        retry: RetryPolicy | None = None,
        interval: float | None = None,
        recorder: Recorder = unrecorded,
        client: Asks | None = None,
    ) -> None:
        """`recorder` is told of every answer; `client` stands in for the network."""
        self._base_url = base_url
        self._recorder = recorder
        self._identity = {"tool": tool, "email": email, "api_key": api_key}
        pace = INTERVAL_WITH_KEY if api_key else INTERVAL
        limiter = shared_limiter(base_url, pace if interval is None else interval)
        self._client = client or Client(
            "PubMed", limiter, secrets=(api_key or "",), private=(email,), retry=retry
        )

    def search(
        self,
        query: str,
        window: Window | None,
        *,
        by: tuple[DateField, ...] = (DateField.CREATED,),
    ) -> PubMedAnswer:
        """Every PMID that answers `query`, in `window` by any of the record's dates in `by`.

        More than 9,999 are asked for in slices by date, which must add up. What is not whole is
        asked for once more; raises `SourceFailed` where it is not whole then either.
        """
        if not query.strip():
            raise UnreadableInput("an empty query would return all of PubMed.")
        return twice(self._client.name, lambda: self._search(query, window, by))

    def _search(self, query: str, window: Window | None, by: tuple[DateField, ...]) -> PubMedAnswer:
        term = _term(query, window, by)
        whole = self._esearch(term)
        pmids = whole.pmids
        if whole.count > MAX_PMIDS:
            pmids = self._in_slices(query, window, by, whole.count)
        named = dict.fromkeys(pmids)
        if len(named) != whole.count:
            raise NotWhole(f"it counted {whole.count:,} records but named {len(named):,}")
        return PubMedAnswer(tuple(named), whole.count, whole.translation, whole.warnings, term)

    def count(self, query: str, window: Window | None, *, most: int = 0) -> ESearchAnswer:
        """How many records answer `query`, created in `window`, and what PubMed says of it.

        The first `most` of them are named, 9,999 at most. Raises `QueryRefused` where PubMed
        cannot search for it, `SourceFailed` where it twice names fewer or more than it counts.
        """
        # rettype=count would drop every warning (source-facts).
        term = _term(query, window, (DateField.CREATED,))
        return twice(self._client.name, lambda: self._count(term, most))

    def _count(self, term: str, most: int) -> ESearchAnswer:
        counted = self._esearch(term, most=most)
        named = len(set(counted.pmids))
        if most and named != min(counted.count, most):
            raise NotWhole(f"it counted {counted.count:,} records but named {named:,}")
        return counted

    def fetch(self, pmids: Iterable[str]) -> Fetched:
        """The records of `pmids`, the highest version of each, in the order asked.

        What did not come is asked for once more (an answer can be short without a word); what
        PubMed then does not even find by its number is named in `missing`. Raises `SourceFailed`,
        or `UnreadableInput` for what is no PMID.
        """
        asked = list(dict.fromkeys(map(_checked, pmids)))
        entries = self._efetch_all(asked)
        lacking = _lacking(asked, entries)
        again = self._efetch_all(lacking)
        entries += again
        merged, alone = self._merged(lacking, again)
        entries += alone
        arrived = {item.record.source_id: item for item in latest_versions(entries)}
        if strangers := arrived.keys() - {*asked, *merged.values()}:
            log.warning("PubMed sent records that were not asked for: %s", ", ".join(strangers))
        wanted = dict.fromkeys(merged.get(pmid, pmid) for pmid in asked)
        missing = tuple(pmid for pmid in wanted if pmid not in arrived)
        deleted = _deleted(entries)
        self._check_gone([pmid for pmid in missing if pmid not in deleted])
        return Fetched(
            captured=tuple(arrived[pmid] for pmid in wanted if pmid in arrived),
            missing=missing,
            deleted=deleted,
            merged=tuple(merged.items()),
        )

    def _check_gone(self, missing: Sequence[str]) -> None:
        """Raise where PubMed still delivers or finds what it did not deliver, twice.

        A record that is gone is a finding, and so is one that became another; one that was left
        out of an answer must not pass for either.
        """
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            by_number = " OR ".join(f"{pmid}[uid]" for pmid in batch)
            there = _pmids_of(self._efetch(batch))
            there.update(self.count(by_number, None, most=len(batch)).pmids)
            if there:
                raise SourceFailed(
                    f"PubMed holds {', '.join(sorted(there)[:5])} but did not deliver it, twice; "
                    "nothing was recorded as done.",
                    hint="Run again later.",
                )

    def _merged(
        self, lacking: Sequence[str], answer: Sequence[PubmedEntry]
    ) -> tuple[dict[str, str], list[PubmedEntry]]:
        """The PMIDs that PubMed answers with another record, and those records.

        `answer` is that to `lacking`. A record that was not asked for shows that there are some;
        each is then asked for alone.
        """
        if not _pmids_of(answer) - set(lacking):
            return {}, []
        alone = {pmid: self._efetch([pmid]) for pmid in _lacking(lacking, answer)}
        named = {pmid: _pmids_of(entries) for pmid, entries in alone.items()}
        merged = {pmid: min(found) for pmid, found in named.items() if len(found) == 1}
        return merged, [entry for pmid in merged for entry in alone[pmid]]

    def _in_slices(
        self, query: str, window: Window | None, by: tuple[DateField, ...], count: int
    ) -> tuple[str, ...]:
        """The PMIDs of more records than one answer holds; a date field after the other."""
        if len(by) > 1:
            answers = [self._search(query, window, (one,)) for one in by]
            return tuple(pmid for answer in answers for pmid in answer.pmids)
        span = Window((window and window.since) or EARLIEST, window.until if window else LATEST)
        return self._sliced(query, span, by, count)

    def _sliced(
        self, query: str, span: Window, by: tuple[DateField, ...], count: int
    ) -> tuple[str, ...]:
        """The PMIDs of a window that holds `count` of them, too many for one answer."""
        since = span.since or EARLIEST
        if since == span.until:
            raise SourceFailed(
                f"PubMed has {count:,} records for {since} alone and gives only {MAX_PMIDS:,}.",
                hint="Narrow the strategy.",
            )
        middle = _middle(since, span.until)
        halves = (Window(since, middle), Window(middle + timedelta(days=1), span.until))
        answers = [self._esearch(_term(query, half, by)) for half in halves]
        if sum(answer.count for answer in answers) != count:
            counts = " and ".join(f"{answer.count:,}" for answer in answers)
            raise NotWhole(
                f"it counted {count:,} records for {span} but {counts} in its two halves"
            )
        return tuple(
            pmid
            for half, answer in zip(halves, answers, strict=True)
            for pmid in (
                answer.pmids
                if answer.count <= MAX_PMIDS
                else self._sliced(query, half, by, answer.count)
            )
        )

    def _esearch(self, term: str, *, most: int = MAX_PMIDS) -> ESearchAnswer:
        return twice(self._client.name, lambda: self._esearch_once(term, most))

    def _esearch_once(self, term: str, most: int) -> ESearchAnswer:
        parameters = {"db": "pubmed", "term": term, "retmode": "json", "retmax": str(most)}
        request, answer = self._post("esearch.fcgi", parameters)
        try:
            read = read_esearch(answer.text, term)
        except NoAnswer as fault:
            raise NotWhole(fault.message.rstrip(".")) from None
        self._recorder(Exchange.of(self._client.name, request, answer))
        return read

    def _efetch_all(self, pmids: Sequence[str]) -> list[PubmedEntry]:
        return [
            entry
            for start in range(0, len(pmids), BATCH)
            for entry in self._efetch(pmids[start : start + BATCH])
        ]

    def _efetch(self, pmids: Sequence[str]) -> list[PubmedEntry]:
        return twice(self._client.name, lambda: self._efetch_once(pmids))

    def _efetch_once(self, pmids: Sequence[str]) -> list[PubmedEntry]:
        parameters = {"db": "pubmed", "id": ",".join(pmids), "retmode": "xml"}
        request, answer = self._post("efetch.fcgi", parameters, ends=b"Set>")
        try:
            entries = list(read_pubmed_xml(io.BytesIO(answer.content), name="PubMed's answer"))
        except UnreadableInput as fault:
            raise NotWhole(
                f"its records cannot be read: {fault.place}: {fault.message.rstrip('.')}"
            ) from None
        self._recorder(_of_records(self._client.name, request, answer, entries))
        return entries

    def _post(
        self, script: str, parameters: dict[str, Any], *, ends: bytes = b""
    ) -> tuple[Request, Answer]:
        """One request; a body that does not end with `ends` is half a body, and asked for again."""
        self._check_contact()
        built = Entrez._build_request(
            address(self._base_url, script), parameters | self._identity, post=True
        )

        def passing(answer: Answer) -> bool:
            whole = answer.content.rstrip().endswith((ends, b"Set/>"))
            return is_passing_error(answer.text) or (answer.status == 200 and not whole)

        request = Request("POST", built.full_url, data=built.data, headers=_FORM, transient=passing)
        return request, self._client.ask(request)

    def _check_contact(self) -> None:
        if not self._identity["email"] and urlsplit(self._base_url).hostname not in _LOOPBACK:
            raise UnreadableInput(
                "NCBI asks for an e-mail address with every request.",
                hint="Set SURVEIL_CONTACT_EMAIL to yours.",
            )


def _of_records(
    name: str, request: Request, answer: Answer, entries: Sequence[PubmedEntry]
) -> Exchange:
    """An answer of records, by their hashes alone where it holds nothing else."""
    hashes = tuple(entry.payload.sha256 for entry in entries if isinstance(entry, Captured))
    if len(hashes) < len(entries):
        return Exchange.of(name, request, answer)
    return Exchange(name, question_of(request), answer.status, None, hashes)


def _term(query: str, window: Window | None, by: tuple[DateField, ...]) -> str:
    """The query as sent: the window in the term, because `datetype` knows neither CRDT nor MHDA."""
    if window is None:
        return query
    since, until = window.since or EARLIEST, window.until
    ranges = (f'"{since:%Y/%m/%d}"[{one}] : "{until:%Y/%m/%d}"[{one}]' for one in by)
    return f"({query}) AND ({' OR '.join(ranges)})"


def _middle(since: date, until: date) -> date:
    """Where to cut a span so that both sides hold about as much: PubMed grows from year to year."""
    half_of_days = since + (until - since) // 2
    return half_of_days if until == LATEST else max(half_of_days, until - HALF_OF_PUBMED)


def _checked(pmid: str) -> str:
    if not (pmid.isascii() and pmid.isdecimal()):
        raise UnreadableInput(f"“{pmid[:40]}” is not a PMID; a PMID has digits only.")
    return pmid


def _lacking(asked: Sequence[str], entries: Iterable[PubmedEntry]) -> list[str]:
    answered = {*_deleted(entries), *_pmids_of(entries)}
    return [pmid for pmid in asked if pmid not in answered]


def _pmids_of(entries: Iterable[PubmedEntry]) -> set[str]:
    return {entry.record.source_id for entry in entries if isinstance(entry, Captured)}


def _deleted(entries: Iterable[PubmedEntry]) -> tuple[str, ...]:
    found = (pmid for e in entries if isinstance(e, Deleted) for pmid in e.pmids)
    return tuple(dict.fromkeys(found))
