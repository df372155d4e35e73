"""ClinicalTrials.gov, API version 2: searched page by page and asked by number.

Source of every rule here: source-facts, "ClinicalTrials.gov API v2".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from surveillance.errors import SourceFailed, UnreadableInput
from surveillance.records.payload import Payload
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

MEDIA_TYPE = "application/json"
#: Studies a page. Documents with results reach 1.5 MB, so a page stays below 40 MB.
PAGE = 25
#: A page may be empty (source-facts); so many more than the studies need are followed.
SPARE_PAGES = 20
#: More than this is no surveillance search, and would fill the memory.
MOST_STUDIES = 20_000
#: Seconds between two requests, as the registry's robots.txt asks.
PAUSE = 1.0

_NCT = re.compile(r"^NCT\d{8}$")
_NCT_IN = re.compile(r"NCT\d{8}")
_MOVED = frozenset({301, 302, 307, 308})


@dataclass(frozen=True, slots=True)
class StudyDocument:
    """One study as the registry holds it now.

    The payload is the study's JSON with sorted keys and nothing else changed, so that the same
    content has the same hash whether it came on a page or by its number.
    """

    nct: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class TrialsAnswer:
    """The studies of a search or of a list of numbers.

    `total` is how many the registry counted (of a list: how many numbers were asked for);
    `missing` are the numbers that it does not know, `renumbered` those that it answers with a
    study of another number: old and new.
    """

    documents: tuple[StudyDocument, ...]
    total: int
    query_sent: str
    missing: tuple[str, ...] = ()
    renumbered: tuple[tuple[str, str], ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know of the answer, a sentence each."""
        moved = (f"{old} is now {new}." for old, new in self.renumbered)
        return (*moved, *(f"{nct} was not delivered." for nct in self.missing))


class ClinicalTrials:
    """ClinicalTrials.gov at `base_url` (the folder of `studies`), asked every `pause` seconds."""

    def __init__(
        self,
        base_url: str,
        *,
        pause: float = PAUSE,
        retry: RetryPolicy | None = None,
        recorder: Recorder = unrecorded,
        client: Asks | None = None,
    ) -> None:
        """`recorder` is told of every answer; `client` stands in for the network."""
        self._studies_url = address(base_url, "studies")
        self._recorder = recorder
        limiter = shared_limiter(base_url, pause)
        self._client = client or Client("ClinicalTrials.gov", limiter, retry=retry)

    def search(self, query: str) -> TrialsAnswer:
        """Every study that answers `query`, in the registry's own search language.

        Starts once more from the first page where an answer is not whole: a page token expired,
        a page came twice, the studies do not add up to the count. Raises `SourceFailed` where it
        is not whole then either, or where the registry refuses the query.
        """
        if not query.strip():
            raise UnreadableInput("an empty query would return the whole registry.")
        documents = self._whole({"query.term": query})
        return TrialsAnswer(documents, len(documents), query)

    def studies(self, ncts: Iterable[str]) -> TrialsAnswer:
        """The studies of these numbers, in the order asked; old numbers lead to the new study.

        Raises `UnreadableInput` for what is no NCT number, `SourceFailed` as `search` does.
        """
        asked = list(dict.fromkeys(map(_checked, ncts)))
        found: dict[str, StudyDocument] = {}
        for start in range(0, len(asked), PAGE):
            documents = self._whole({"filter.ids": "|".join(asked[start : start + PAGE])})
            found.update((document.nct, document) for document in documents)
        by_number = {nct: found.get(nct) or self._by_number(nct) for nct in asked}
        current = {document.nct: document for document in by_number.values() if document}
        return TrialsAnswer(
            documents=tuple(current.values()),
            total=len(asked),
            query_sent="|".join(asked),
            missing=tuple(nct for nct, document in by_number.items() if document is None),
            renumbered=tuple(
                (nct, document.nct)
                for nct, document in by_number.items()
                if document and document.nct != nct
            ),
        )

    def _whole(self, parameters: Mapping[str, str]) -> tuple[StudyDocument, ...]:
        return twice(self._client.name, lambda: self._pages(parameters))

    def _pages(self, parameters: Mapping[str, str]) -> tuple[StudyDocument, ...]:
        """All pages of one query: as many studies as the first page counts, each once.

        An empty page on the way is no end; one that brings only what came before is a page twice.
        """
        asked = {**parameters, "pageSize": str(PAGE), "countTotal": "true"}
        page = self._page(asked)
        total = _total(page)
        if total > MOST_STUDIES:
            raise SourceFailed(
                f"ClinicalTrials.gov counted {total:,} studies, more than {MOST_STUDIES:,}.",
                hint="Narrow the query.",
            )
        found = dict(_documents(page))
        seen: set[str] = set()
        most = total // PAGE + SPARE_PAGES
        while token := page.get("nextPageToken"):
            if len(seen) >= most:
                raise NotWhole(f"it counted {total:,} studies and gives page after page")
            page = self._page({**asked, "pageToken": str(token)})
            documents = dict(_documents(page))
            if token in seen or (documents and found.keys() >= documents.keys()):
                raise NotWhole("a page came twice")
            seen.add(token)
            found.update(documents)
        if len(found) != total:
            raise NotWhole(f"it counted {total:,} studies and its pages add up to {len(found):,}")
        return tuple(found.values())

    def _page(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        answer = self._ask(
            Request(
                "GET",
                self._studies_url,
                params=parameters,
                expected=frozenset({400}),
                transient=_is_passing,
            )
        )
        if answer.status == 400 and "pageToken" in parameters:
            # The registry was refreshed in between.
            raise NotWhole(f"a page token expired ({excerpt(answer.text)})")
        if answer.status == 400:
            raise SourceFailed(
                f"ClinicalTrials.gov does not understand the query: {excerpt(answer.text)}.",
                hint="Mend the topic's trials query.",
            )
        return json_object(answer)

    def _by_number(self, nct: str) -> StudyDocument | None:
        """One study by a number that it has or had; None where the registry twice knows none."""
        once = twice(self._client.name, lambda: self._study(nct))
        return once or twice(self._client.name, lambda: self._study(nct))

    def _study(self, nct: str) -> StudyDocument | None:
        """An old number may be answered with a redirect to the new one, which is asked for here."""
        answer = self._ask_study(nct)
        if answer.status in _MOVED and (
            moved := _NCT_IN.search(answer.headers.get("Location", ""))
        ):
            answer = self._ask_study(moved[0])
        if answer.status == 404:
            return None
        return _study_document(json_object(answer))

    def _ask_study(self, nct: str) -> Answer:
        return self._ask(
            Request(
                "GET",
                f"{self._studies_url}/{nct}",
                expected=_MOVED | {404},
                transient=_is_passing,
            )
        )

    def _ask(self, request: Request) -> Answer:
        answer = self._client.ask(request)
        self._recorder(Exchange.of(self._client.name, request, answer))
        return answer


def _checked(nct: str) -> str:
    number = nct.strip().upper()
    if not _NCT.match(number):
        raise UnreadableInput(
            f"“{nct[:40]}” is not a number of ClinicalTrials.gov.", hint="It is NCT and 8 digits."
        )
    return number


def _is_passing(answer: Answer) -> bool:
    """A page of somebody between, or a refusal for now, although the status says success."""
    begins = answer.content[:200].lstrip()
    return answer.status == 200 and begins.startswith((b"<", b'{"error"'))


def _total(page: Mapping[str, Any]) -> int:
    total = page.get("totalCount")
    if not isinstance(total, int):
        raise NotWhole("it gave no count of its studies")
    return total


def _documents(page: Mapping[str, Any]) -> Iterable[tuple[str, StudyDocument]]:
    studies = page.get("studies")
    if not isinstance(studies, list):
        raise NotWhole("it gave a page without a list of studies")
    for study in studies:
        document = _study_document(study)
        yield document.nct, document


def _study_document(study: Any) -> StudyDocument:
    try:
        nct = str(study["protocolSection"]["identificationModule"]["nctId"])
    except (KeyError, TypeError):
        nct = ""
    if not _NCT.match(nct):
        raise NotWhole("it sent a study without its number")
    content = json.dumps(study, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return StudyDocument(nct, Payload(content.encode(), MEDIA_TYPE))
