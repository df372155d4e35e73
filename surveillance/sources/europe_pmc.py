"""Europe PMC's REST service: searched by cursor, and asked who cites a record.

Source of the rules: docs/decisions/0016-europe-pmc.md, with what is documented and what is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from surveillance.errors import SourceFailed, UnreadableInput
from surveillance.records.europe_pmc import capture
from surveillance.records.payload import Captured
from surveillance.runs import Window
from surveillance.sources.exchanges import Asks, Exchange, Recorder, unrecorded
from surveillance.sources.http import (
    Answer,
    Client,
    Request,
    RetryPolicy,
    address,
    excerpt,
    shared_limiter,
)
from surveillance.sources.whole import NotWhole, json_object, twice

#: Results a page (the service gives up to 1,000). A whole result has some 20 KB, at most 1 MB.
PAGE = 100
#: Citing records a page: a few hundred bytes each.
CITATIONS_PAGE = 1_000
#: Seconds between two requests; the service publishes no limit.
PAUSE = 0.5
#: More than this is no surveillance search, and would fill the memory.
MOST_RESULTS = 50_000

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_REFUSED = frozenset({400, 404})
_LIMITED = b"rate limit exceeded"
_LAST_DAY = date(3000, 12, 31)
_CODE = re.compile(r"[A-Z]{2,10}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9]{1,40}")


@dataclass(frozen=True, slots=True)
class EuropePmcAnswer:
    """All records of a search, or all that cite a record; `count` is what Europe PMC counted."""

    captured: tuple[Captured, ...]
    count: int
    query_sent: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Page:
    """One page: the count that it names, its results, and the mark of the next (None: the last)."""

    count: int
    results: tuple[Any, ...]
    next_mark: str | None
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Gathered:
    """What the pages of one answer have brought."""

    count: int = -1
    found: dict[str, Captured] = field(default_factory=dict)
    warnings: dict[str, None] = field(default_factory=dict)

    def add(self, page: _Page) -> None:
        """Put a page to the others; one that brings nothing of what is still to come is wrong."""
        if self.count not in (-1, page.count):
            raise NotWhole(f"it counted {self.count:,} records, then {page.count:,}")
        self.count = page.count
        if page.count > MOST_RESULTS:
            raise SourceFailed(
                f"Europe PMC counted {page.count:,} records, more than {MOST_RESULTS:,}.",
                hint="Narrow the strategy or the window.",
            )
        before = len(self.found)
        self.found.update((one.record.source_id, one) for one in map(_captured, page.results))
        self.warnings.update(dict.fromkeys(page.warnings))
        if len(self.found) == before < page.count:
            trouble = "a page came twice" if page.results else "a page was empty"
            raise NotWhole(f"{trouble}: {self._counted}")
        if len(self.found) > page.count:
            raise NotWhole(self._counted)

    def check(self) -> None:
        """Raise where what came is not what was counted."""
        if len(self.found) != self.count:
            raise NotWhole(self._counted)

    @property
    def _counted(self) -> str:
        return f"it counted {self.count:,} records and sent {len(self.found):,}"


def beyond_pubmed(query: str) -> str:
    """`query` without what PubMed holds and without patents.

    Everything else stays, a source too that Europe PMC adds later.
    """
    return f"({query}) NOT (SRC:MED OR SRC:PAT)"


class EuropePmc:
    """Europe PMC at `base_url` (the folder of `search`), asked every `pause` seconds.

    `email`, which the service takes so that it can tell users of changes, stands in no address.
    """

    def __init__(
        self,
        base_url: str,
        *,
        email: str = "",
        pause: float = PAUSE,
        retry: RetryPolicy | None = None,
        recorder: Recorder = unrecorded,
        client: Asks | None = None,
    ) -> None:
        """`recorder` is told of every answer; `client` stands in for the network."""
        self._base_url = base_url
        self._email = email
        self._recorder = recorder
        limiter = shared_limiter(base_url, pause)
        self._client = client or Client("Europe PMC", limiter, private=(email,), retry=retry)

    def search(self, query: str, window: Window | None) -> EuropePmcAnswer:
        """Every record that answers `query`, in `window` by the day on which it came in.

        Starts once more from the first page where the pages do not make a whole. Raises
        `SourceFailed` where they don't then either, or where the query is refused.
        """
        if not query.strip():
            raise UnreadableInput("an empty query would return all of Europe PMC.")
        sent = _within(query, window)
        return twice(self._client.name, lambda: self._search(sent))

    def count(self, query: str, window: Window | None) -> int:
        """How many records answer `query`; raises `SourceFailed` as `search` does."""
        sent = _within(query, window)
        return twice(self._client.name, lambda: self._search_page(sent, "*").count)

    def citations(self, source: str, identifier: str) -> EuropePmcAnswer:
        """Every record that cites this one (`MED`, `31688209`), with all that is held of it.

        The list of citing records names only title, authors and journal; the records themselves
        are searched by number, so that they are the same as when a search finds them. Raises
        `SourceFailed` as `search` does, `UnreadableInput` for what is no identifier.
        """
        if not (_CODE.fullmatch(source) and _IDENTIFIER.fullmatch(identifier)):
            raise UnreadableInput(
                f"“{source[:40]}:{identifier[:40]}” is no record of Europe PMC.",
                hint="It is a source and a number there, like MED:31688209.",
            )
        return twice(self._client.name, lambda: self._citations(source, identifier))

    def _search(self, query: str) -> EuropePmcAnswer:
        whole = _Gathered()
        for page in self._pages(query):
            whole.add(page)
        whole.check()
        captured = tuple(whole.found.values())
        return EuropePmcAnswer(captured, whole.count, query, tuple(whole.warnings))

    def _pages(self, query: str) -> Iterator[_Page]:
        """Pages until one names no next, repeats a mark, or is short and all that was counted came.

        A short page alone is no end, and a mark alone no promise of more.
        """
        marks = {"*"}
        mark: str | None = "*"
        received = 0
        while mark is not None:
            page = self._search_page(query, mark)
            yield page
            received += len(page.results)
            mark = page.next_mark
            if mark in marks or (len(page.results) < PAGE and received >= page.count):
                return
            marks.add(mark or "")

    def _search_page(self, query: str, mark: str) -> _Page:
        """By POST: published strategies are too long for an address."""
        form = {
            "query": query,
            "resultType": "core",
            "synonym": "false",
            "format": "json",
            "pageSize": str(PAGE),
            "cursorMark": mark,
            **({"email": self._email} if self._email else {}),
        }
        request = Request(
            "POST",
            address(self._base_url, "searchPOST"),
            data=urlencode(form).encode(),
            headers=_FORM,
            expected=_REFUSED,
            transient=_is_passing,
        )
        document = _document(self._ask(request), later=mark != "*")
        return _Page(
            _count(document),
            _list(document, "resultList", "result"),
            _next_mark(document),
            _warnings(document, query),
        )

    def _citations(self, source: str, identifier: str) -> EuropePmcAnswer:
        whole = _Gathered()
        for page in self._citation_pages(source, identifier):
            whole.add(page)
        whole.check()
        full = self._by_number(whole.found)
        if lacking := whole.found.keys() - full.keys():
            whole.warnings[_known_by_citation(sorted(lacking))] = None
        captured = tuple(full.get(named, thin) for named, thin in whole.found.items())
        sent = f"{source}/{identifier}/citations"
        return EuropePmcAnswer(captured, whole.count, sent, tuple(whole.warnings))

    def _citation_pages(self, source: str, identifier: str) -> Iterator[_Page]:
        received = number = 0
        while True:
            number += 1
            page = self._citation_page(source, identifier, number)
            yield page
            received += len(page.results)
            if received >= page.count or not page.results:
                return

    def _citation_page(self, source: str, identifier: str, number: int) -> _Page:
        parameters = {"format": "json", "page": str(number), "pageSize": str(CITATIONS_PAGE)}
        request = Request(
            "GET",
            address(self._base_url, f"{source}/{identifier}/citations"),
            params=parameters,
            expected=_REFUSED,
            transient=_is_passing,
        )
        answer = self._ask(request)
        if answer.status == 404 and number == 1 and answer.content.lstrip().startswith(b"{"):
            return _Page(0, (), None, (f"Europe PMC does not know {source}:{identifier}.",))
        document = _document(answer, later=number > 1)
        return _Page(_count(document), _list(document, "citationList", "citation"), None)

    def _ask(self, request: Request) -> Answer:
        answer = self._client.ask(request)
        self._recorder(Exchange.of(self._client.name, request, answer))
        return answer

    def _by_number(self, named: Iterable[str]) -> dict[str, Captured]:
        """The records of these identifiers; what no search finds is left out."""
        found: dict[str, Captured] = {}
        for batch in _batches(list(named)):
            answer = self._search(" OR ".join(map(_number_query, batch)))
            found.update((one.record.source_id, one) for one in answer.captured)
        return found


def _within(query: str, window: Window | None) -> str:
    """The query in a window of days on which Europe PMC first indexed or entered a record.

    Without a beginning, what is later is taken out: a record without such a day is kept.
    """
    if window is None:
        return query
    if window.since is None:
        later = f"[{window.until + timedelta(days=1)} TO {_LAST_DAY}]"
        return f"({query}) NOT FIRST_IDATE:{later}"
    days = f"[{window.since} TO {window.until}]"
    return f"({query}) AND (FIRST_IDATE:{days} OR CREATION_DATE:{days})"


def _number_query(named: str) -> str:
    source, _, identifier = named.partition(":")
    return f'(EXT_ID:"{identifier}" AND SRC:{source})'


def _batches(named: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(named), PAGE):
        yield named[start : start + PAGE]


def _captured(result: Any) -> Captured:
    try:
        return capture(result)
    except UnreadableInput as fault:
        raise NotWhole(fault.message.rstrip(".")) from None


def _is_passing(answer: Answer) -> bool:
    """A page of somebody between, or a refusal for now, although the status says success."""
    begins = answer.content[:500].lstrip()
    return answer.status == 200 and (begins.startswith(b"<") or _LIMITED in begins.lower())


def _document(answer: Answer, *, later: bool) -> dict[str, Any]:
    """The JSON of an answer. A refusal of a `later` page is taken for a mark that expired."""
    if answer.status in _REFUSED and later:
        raise NotWhole(f"a later page was refused: {excerpt(answer.text)}")
    if answer.status in _REFUSED:
        raise SourceFailed(
            f"Europe PMC does not understand what was asked: {excerpt(answer.text)}.",
            hint="Mend the strategy, or the address of Europe PMC.",
        )
    return json_object(answer)


def _count(document: dict[str, Any]) -> int:
    count = document.get("hitCount")
    if isinstance(count, str) and count.isascii() and count.isdecimal() and len(count) < 12:
        count = int(count)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        said = excerpt(str(document.get("errMsg") or ""))
        raise NotWhole(f"it gave no count of its records{': ' + said if said else ''}")
    return count


def _list(document: dict[str, Any], *path: str) -> tuple[Any, ...]:
    part: Any = document
    for name in path:
        part = part.get(name) if isinstance(part, dict) else None
    if not isinstance(part, list):
        raise NotWhole("a page had no list of records")
    return tuple(part)


def _next_mark(document: dict[str, Any]) -> str | None:
    mark = document.get("nextCursorMark")
    return mark if isinstance(mark, str) and mark else None


def _warnings(document: dict[str, Any], query: str) -> tuple[str, ...]:
    """What the answer says of the request, where that is not what was asked."""
    echo = document.get("request")
    if not isinstance(echo, dict):
        return ()
    warnings = []
    if " ".join(str(echo.get("queryString", query)).split()) != " ".join(query.split()):
        warnings.append(f"Europe PMC searched for: {excerpt(str(echo['queryString']))}")
    if echo.get("synonym") is True:
        warnings.append("Europe PMC searched for synonyms too: it may find more.")
    return tuple(warnings)


def _known_by_citation(lacking: Sequence[str]) -> str:
    named = ", ".join(lacking[:5]) + (", …" if len(lacking) > 5 else "")
    return f"{len(lacking):,} citing records are known by their citation alone: {named}."
