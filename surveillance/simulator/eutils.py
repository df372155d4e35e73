"""PubMed's E-utilities: ESearch, EFetch and the history server, over holdings.

Source: source-facts, "PubMed E-utilities"; NCBI, "Entrez Programming Utilities Help"; answers
captured in 2026. What PubMed means by a query is `strategy.evaluate.pubmed`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from threading import Lock

from surveillance.simulator.answers import Answer
from surveillance.simulator.eutils_answers import (
    NO_ITEMS,
    Found,
    fetch_answer,
    fetch_error,
    search_answer,
    search_error,
)
from surveillance.simulator.holdings import Holdings
from surveillance.strategy.evaluate.pubmed import (
    PubMedQuery,
    PubMedQueryRefused,
    matches,
    parse_query,
    require_carried,
)
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.subheadings import SUBHEADINGS

MOST_IDS = 9_999
DEFAULT_PAGE = 20
LARGEST_FETCH = 10_000
LONGEST_HISTORY = 1_000

# `datetype` knows these three (source-facts); the others go into the term as tags. What it does
# with another value is not documented: it counts as the publication date here.
_DATE_TAGS = {"pdat": "dp", "edat": "edat", "mdat": "lr"}


class _Refused(ValueError):
    """Parameters that cannot be answered; the message goes into the answer."""


@dataclass(slots=True)
class History:
    """The history server: the PMIDs of earlier searches by WebEnv and query key."""

    _sets: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _lock: Lock = field(default_factory=Lock)

    def add(self, web_env: str, pmids: tuple[str, ...]) -> tuple[str, int]:
        """Keep a set, in the environment named or in a new one: its WebEnv and query key."""
        with self._lock:
            if web_env not in self._sets:
                web_env = f"MCID_{next(self._numbers):024x}"
                self._sets[web_env] = []
                if len(self._sets) > LONGEST_HISTORY:
                    self._sets.pop(next(iter(self._sets)))
            self._sets[web_env].append(pmids)
            return web_env, len(self._sets[web_env])

    def get(self, web_env: str, query_key: str) -> tuple[str, ...] | None:
        """The PMIDs kept, or None where there is no such set."""
        kept = self._sets.get(web_env, [])
        number = int(query_key) if query_key.isascii() and query_key.isdigit() else 0
        return kept[number - 1] if 1 <= number <= len(kept) else None


@dataclass(slots=True)
class EUtilities:
    """The stand-in's ESearch and EFetch.

    `most_ids` is the cap on what one search gives (9,999 live; lower it to test splitting).
    Without `phrase_index` every phrase counts as indexed; with it, those that the holdings have.
    """

    mesh: MeshTree | None = None
    phrase_index: bool = True
    most_ids: int = MOST_IDS
    history: History = field(default_factory=History)

    def search(self, parameters: Mapping[str, str], holdings: Holdings, as_of: date) -> Answer:
        """ESearch; `as_of` is the day that `reldate` counts back from."""
        as_json = parameters.get("retmode") == "json"
        try:
            found = self._found(parameters, holdings, as_of)
        except _Refused as refusal:
            return search_error(str(refusal), as_json=as_json)
        except PubMedQueryRefused as refusal:
            return search_error(f"Search Backend failed: {refusal}", as_json=as_json)
        count_only = parameters.get("rettype") == "count"
        return search_answer(found, as_json=as_json, count_only=count_only)

    def fetch(self, parameters: Mapping[str, str], holdings: Holdings) -> Answer:
        """EFetch: the articles asked for, in the order asked, unknown PMIDs left out.

        A PMID that was merged into another is answered with the record of that one.
        """
        try:
            _check_database(parameters)
            _check_retmode(parameters)
            pmids = self._asked(parameters)
        except _Refused as refusal:
            return fetch_error(str(refusal))
        known = filter(None, map(holdings.citation, pmids))
        return fetch_answer(item.payload.content for item in known)

    def _found(self, parameters: Mapping[str, str], holdings: Holdings, as_of: date) -> Found:
        _check_database(parameters)
        start = _number(parameters, "retstart", 0)
        self._check_start(start)
        query, pmids = self._retrieved(parameters, holdings, as_of)
        wanted = _number(parameters, "retmax", DEFAULT_PAGE)
        size = min(wanted, self.most_ids - start)
        messages = [NO_ITEMS] if not pmids else []
        if start and size < wanted and len(pmids) > self.most_ids:
            # From the first page on the clamping is silent (source-facts: "silently or with …").
            messages.append(f"Restrictions achieved. start and count adjusted to {start}, {size}")
        page = pmids[start : start + size]
        env, key = "", 0
        if parameters.get("usehistory") == "y":
            env, key = self.history.add(parameters.get("WebEnv", ""), pmids)
        return Found(len(pmids), page, start, query, tuple(messages), env, key)

    def _check_start(self, start: int) -> None:
        if start >= self.most_ids:
            raise _Refused(
                f"Search Backend failed: Exception:\n'retstart' cannot be larger than "
                f"{self.most_ids - 1}. For PubMed, ESearch can only retrieve the first "
                f"{self.most_ids:,} records matching the query. To obtain more than "
                f"{self.most_ids:,} PubMed records, consider using EDirect that contains "
                "additional logic to batch PubMed search results automatically so that an "
                "arbitrary number can be retrieved. For details see "
                "https://www.ncbi.nlm.nih.gov/books/NBK25499/"
            )

    def _retrieved(
        self, parameters: Mapping[str, str], holdings: Holdings, as_of: date
    ) -> tuple[PubMedQuery, tuple[str, ...]]:
        """The query as read and the PMIDs of it, of an earlier set, or of both together."""
        term, key = parameters.get("term", "").strip(), parameters.get("query_key", "")
        if not term and not key:
            raise _Refused("Empty term and query_key - nothing todo")
        earlier = self._earlier(parameters) if key else tuple(holdings.citations)
        query = parse_query(
            _with_dates(term, parameters, as_of),
            known_phrases=PhraseIndex(holdings, self.mesh) if self.phrase_index else None,
        )
        require_carried(query)
        pmids = tuple(
            pmid
            for pmid in earlier
            if pmid in holdings.citations
            and (not term or matches(query, holdings.citations[pmid].record, self.mesh))
        )
        return query, pmids

    def _earlier(self, parameters: Mapping[str, str]) -> tuple[str, ...]:
        key = parameters.get("query_key", "")
        kept = self.history.get(parameters.get("WebEnv", ""), key)
        if kept is None:
            raise _Refused(f"Unable to obtain query #{key}")
        return kept

    def _asked(self, parameters: Mapping[str, str]) -> tuple[str, ...]:
        if "query_key" not in parameters:
            return _pmids(parameters.get("id", ""))
        start = _number(parameters, "retstart", 0)
        self._check_start(start)
        size = min(_number(parameters, "retmax", LARGEST_FETCH), LARGEST_FETCH)
        # A page that straddles the cap comes back short without a word (source-facts).
        return self._earlier(parameters)[: self.most_ids][start : start + size]


@dataclass(slots=True)
class PhraseIndex:
    """PubMed's phrase index, as far as the holdings go: a phrase is known if a record has it.

    Headings are known if the tree has them, too; subheadings all are.
    """

    _holdings: Holdings
    _mesh: MeshTree | None

    def __call__(self, searched: str, phrase: str) -> bool:
        """Is this phrase indexed in the field of this name?"""
        if searched == "MeSH Subheading":
            return phrase.lower() in {*SUBHEADINGS, *SUBHEADINGS.values()}
        if searched.startswith("MeSH") and self._mesh is not None and self._mesh.knows(phrase):
            return True
        query = parse_query(f'"{phrase}"[{searched}]')
        captured = self._holdings.citations.values()
        return any(matches(query, item.record, self._mesh) for item in captured)


def _check_database(parameters: Mapping[str, str]) -> None:
    database = parameters.get("db", "pubmed")
    if database != "pubmed":
        raise _Refused(f"Invalid db name specified: {database}")


def _check_retmode(parameters: Mapping[str, str]) -> None:
    if parameters.get("retmode", "xml") != "xml":
        raise _Refused("This stand-in answers retmode=xml alone.")


def _number(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, "")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else default


def _pmids(text: str) -> tuple[str, ...]:
    """The PMIDs in a list, each once; what is no number is passed over while one is left."""
    pieces = [piece.strip() for piece in text.split(",")]
    pmids = dict.fromkeys(piece for piece in pieces if re.fullmatch(r"[0-9]{1,10}", piece))
    if not pmids:
        raise _Refused("ID list is empty! Possibly it has no correct IDs.")
    return tuple(pmids)


def _with_dates(term: str, parameters: Mapping[str, str], as_of: date) -> str:
    """The term with the range of `mindate` and `maxdate` (both or neither) or of `reldate`."""
    first, last = parameters.get("mindate", ""), parameters.get("maxdate", "")
    if parameters.get("reldate", "").isdigit():
        day = as_of - timedelta(days=_number(parameters, "reldate", 0))
        first, last = day.isoformat().replace("-", "/"), "3000"
    if not (first and last):
        return term
    tag = _DATE_TAGS.get(parameters.get("datetype", "pdat"), "dp")
    return f"({term}) AND {first}:{last}[{tag}]"
