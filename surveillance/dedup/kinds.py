"""What kind of publication a record is: what stands beside an article, and is not the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from surveillance.dedup.conference import conference_sign
from surveillance.dedup.normalise import fold
from surveillance.records.model import Record

_NOTICE_TYPES = {
    "Published Erratum": "erratum",
    "Retraction of Publication": "retraction notice",
    "Retraction Notice": "retraction notice",
    "Expression of Concern": "expression of concern",
    "Comment": "comment",
}
_NOTICE_TITLES = (
    (
        re.compile(r"^(?:published |author )?(?:erratum|errata|corrigend\w+|correction)\b"),
        "erratum",
    ),
    (re.compile(r"^(?:retraction|notice of retraction|withdrawal)\b"), "retraction notice"),
    (re.compile(r"^(?:editorial )?expression of concern\b"), "expression of concern"),
    (re.compile(r"^(?:invited )?(?:comment(?:ary)?|discussion)\b(?: on| to)?"), "comment"),
    (re.compile(r"^(?:(?:author|authors|author s) )?(?:reply|response)\b(?: to)?"), "reply"),
)
_LETTER_ON = re.compile(r"^\s*\W?re:", re.IGNORECASE)
# Web of Science prints an erratum as the article's title and "(vol 9, pg 1223, 2009)".
_CORRECTED_PLACE = re.compile(r"\(vol\.? ?\d+,? (?:pg|p)\.? ?\w+", re.IGNORECASE)

_PREPRINT = re.compile(r"\b(?:medrxiv|biorxiv|arxiv|research square|ssrn|preprints?)\b")
# Cold Spring Harbor prints journals under 10.1101, too: its preprints are numbers or dates.
_PREPRINT_DOI = re.compile(r"^10\.(?:1101/(?:\d{6}$|20\d\d\.)|21203/|2139/|20944/)")
_REGISTRIES = re.compile(r"^(?:clinicaltrials gov|isrctn|ictrp|who ictrp|https? )|trial registry")


CONFERENCE, FULL_PAPER = "conference abstract", "full paper"


@dataclass(frozen=True, slots=True)
class Kind:
    """A record's kind, in the words in which people are told of it.

    `notice` is an erratum, a reply … or "article"; `stage` a preprint or a publication; `entry` a
    registry entry or a publication; `form` a conference abstract or a full paper; `trials` the
    numbers of ClinicalTrials.gov that it names.
    """

    notice: str
    stage: str
    entry: str
    form: str
    trials: frozenset[str]


def kind_of(record: Record, title: str, journal: tuple[str, ...], doi: str) -> Kind:
    """The kind of a record, from what it prints and its folded title, journal and DOI."""
    return Kind(
        notice=_notice(record, title) or "article",
        stage="preprint" if _is_preprint(record, journal, doi) else "publication",
        entry="registry entry" if _is_registry_entry(record) else "publication",
        form=CONFERENCE if conference_sign(record) else FULL_PAPER,
        trials=frozenset(n.upper() for n in record.registrations if n.upper().startswith("NCT")),
    )


def _notice(record: Record, title: str) -> str:
    for kind in record.publication_types:
        if kind in _NOTICE_TYPES:
            return _NOTICE_TYPES[kind]
    if _CORRECTED_PLACE.search(record.title):
        return "erratum"
    if _LETTER_ON.search(record.title):
        return "comment"
    return next((name for pattern, name in _NOTICE_TITLES if pattern.search(title)), "")


def _is_preprint(record: Record, journal: tuple[str, ...], doi: str) -> bool:
    return bool(
        "Preprint" in record.publication_types
        or _is_preprint_server(journal)
        or _PREPRINT_DOI.search(doi)
    )


@lru_cache(maxsize=65_536)
def _is_preprint_server(journal: tuple[str, ...]) -> bool:
    return bool(_PREPRINT.search(" ".join(journal)))


def _is_registry_entry(record: Record) -> bool:
    return record.source == "clinicaltrials" or any(
        map(_is_registry, (record.journal, *record.publication_types))
    )


@lru_cache(maxsize=65_536)
def _is_registry(text: str) -> bool:
    return bool(_REGISTRIES.search(fold(text)))
