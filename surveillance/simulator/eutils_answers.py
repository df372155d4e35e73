"""The shapes of ESearch's and EFetch's answers, as captured (../shared/data/eutils restated)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from surveillance.simulator.answers import JSON, XML, Answer
from surveillance.strategy.evaluate.pubmed import PubMedQuery

_HEADER = {"type": "esearch", "version": "0.3"}
_ESEARCH_PROLOG = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n'
    '<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
)
_EFETCH_PROLOG = (
    '<?xml version="1.0" ?>\n'
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)
NO_ITEMS = "No items found."


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: all PMIDs counted, those of one page, and what is said of the query."""

    count: int
    page: tuple[str, ...]
    start: int
    query: PubMedQuery
    messages: tuple[str, ...] = ()
    web_env: str = ""
    query_key: int = 0


def search_answer(found: Found, *, as_json: bool, count_only: bool) -> Answer:
    """An ESearch result; with `count_only` every warning is dropped (source-facts, measured)."""
    if as_json:
        result = {"count": str(found.count)} if count_only else _as_json(found)
        return Answer.json({"header": _HEADER, "esearchresult": result})
    root = ElementTree.Element("eSearchResult")
    _add(root, "Count", str(found.count))
    if not count_only:
        _add_page(root, found)
        _add_findings(root, found)
    return _xml(_ESEARCH_PROLOG, root)


def search_error(message: str, *, as_json: bool) -> Answer:
    """An error under status 200; in JSON a newline stays raw inside the string, as it is live."""
    if as_json:
        text = json.dumps({"header": _HEADER, "esearchresult": {"ERROR": message}})
        return Answer(200, JSON, (text.replace("\\n", "\n") + "\n").encode())
    root = ElementTree.Element("eSearchResult")
    _add(root, "ERROR", message)
    return _xml(_ESEARCH_PROLOG, root)


def fetch_answer(articles: Iterable[bytes]) -> Answer:
    """A set of articles, each as stored."""
    body = b"\n".join(articles)
    opening, closing = b"<PubmedArticleSet>", b"</PubmedArticleSet>"
    return Answer(200, XML, _EFETCH_PROLOG.encode() + opening + body + closing)


def fetch_error(message: str) -> Answer:
    """A request that EFetch refuses: status 400 and an ERROR element (captured 2026)."""
    root = ElementTree.Element("eFetchResult")
    _add(root, "ERROR", message)
    return _xml('<?xml version="1.0" encoding="UTF-8" ?>\n', root, status=400)


def _as_json(found: Found) -> dict[str, Any]:
    query = found.query
    result: dict[str, Any] = {
        "count": str(found.count),
        "retmax": str(len(found.page)),
        "retstart": str(found.start),
    }
    if found.web_env:
        result |= {"querykey": str(found.query_key), "webenv": found.web_env}
    result |= {
        "idlist": list(found.page),
        "translationset": [],
        "querytranslation": query.translation,
    }
    if query.phrases_not_found or query.fields_ignored:
        # A tag that is passed over leaves `fieldsnotfound` empty (captured 2026).
        result["errorlist"] = {
            "phrasesnotfound": list(query.phrases_not_found),
            "fieldsnotfound": [],
        }
    if query.quoted_phrases_not_found or found.messages:
        result["warninglist"] = {
            "phrasesignored": [],
            "quotedphrasesnotfound": list(query.quoted_phrases_not_found),
            "outputmessages": list(found.messages),
        }
    return result


def _add_page(root: ElementTree.Element, found: Found) -> None:
    _add(root, "RetMax", str(len(found.page)))
    _add(root, "RetStart", str(found.start))
    if found.web_env:
        _add(root, "QueryKey", str(found.query_key))
        _add(root, "WebEnv", found.web_env)
    ids = ElementTree.SubElement(root, "IdList")
    for pmid in found.page:
        _add(ids, "Id", pmid)
    ElementTree.SubElement(root, "TranslationSet")
    _add(root, "QueryTranslation", found.query.translation)


def _add_findings(root: ElementTree.Element, found: Found) -> None:
    query = found.query
    if query.phrases_not_found:
        errors = ElementTree.SubElement(root, "ErrorList")
        for phrase in query.phrases_not_found:
            _add(errors, "PhraseNotFound", phrase)
    if query.quoted_phrases_not_found or found.messages:
        warnings = ElementTree.SubElement(root, "WarningList")
        for phrase in query.quoted_phrases_not_found:
            _add(warnings, "QuotedPhraseNotFound", phrase)
        for message in found.messages:
            _add(warnings, "OutputMessage", message)


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text


def _xml(prolog: str, root: ElementTree.Element, *, status: int = 200) -> Answer:
    body = prolog + ElementTree.tostring(root, encoding="unicode")
    return Answer(status, XML, body.encode())
