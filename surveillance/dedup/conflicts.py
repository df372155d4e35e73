"""What no score may merge: signs that two records alike are nevertheless two publications."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from surveillance.dedup.conference import conference_sign
from surveillance.dedup.normalise import Comparable, comparable, fold
from surveillance.records.model import Record

# Words spelt more alike than this are one word in two spellings (haemolytic, hemolytic).
_SAME_WORD = 85.0

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
_PREPRINT_DOI = re.compile(r"^10\.(?:1101|21203|2139|20944)/")
_COCHRANE_DOI = re.compile(r"^(10\.1002/14651858\.(?:cd|mr|ed)\d+)(?:\.pub(\d+))?$")
_REGISTRIES = re.compile(r"^(?:clinicaltrials gov|isrctn|ictrp|who ictrp|https? )|trial registry")

_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7",
          "viii": "8", "ix": "9", "x": "10"}  # fmt: skip
# "i", "v" and "x" are numerals only behind one of these.
_COUNTED = frozenset({"part", "phase", "type", "stage", "class", "grade", "study", "section"})
_OPPOSITES = (
    ("hyper", "hypo"), ("pre", "post"), ("intra", "inter"), ("intra", "extra"),
    ("macro", "micro"), ("male", "female"), ("men", "women"), ("vitro", "vivo"),
    ("afferent", "efferent"), ("inpatient", "outpatient"), ("upper", "lower"),
)  # fmt: skip


class ConflictKind(StrEnum):
    """Why two records may not be one publication."""

    PMID = "different PMIDs"
    TRIAL_NUMBER = "different trial numbers"
    PART = "different numbers in the title"
    WORD = "titles one word apart"
    NOTICE = "a notice or comment against an article"
    CONFERENCE = "a conference abstract against a full paper"
    PREPRINT = "a preprint against a publication"
    COCHRANE_VERSION = "two versions of a Cochrane review"
    REGISTRY = "a registry entry against a publication"


#: Kinds that settle the matter: PubMed gives one number to one publication, and a notice, a
#: preprint, an earlier version or a registry entry is related to a publication, not the same.
SETTLED = frozenset(
    {
        ConflictKind.PMID,
        ConflictKind.NOTICE,
        ConflictKind.PREPRINT,
        ConflictKind.COCHRANE_VERSION,
        ConflictKind.REGISTRY,
    }
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """One sign against a merge, with what each record says."""

    kind: ConflictKind
    a: str
    b: str


def find_conflicts(a: Record, b: Record) -> tuple[Conflict, ...]:
    """Every sign that `a` and `b` are two publications, in a fixed order."""
    found = (rule(a, b) for rule in _RULES)
    return tuple(conflict for conflict in found if conflict)


def _pmids(a: Record, b: Record) -> Conflict | None:
    ours, theirs = comparable(a).pmid, comparable(b).pmid
    return Conflict(ConflictKind.PMID, ours, theirs) if _contradict(ours, theirs) else None


def _trial_numbers(a: Record, b: Record) -> Conflict | None:
    ours, theirs = _nct_numbers(a), _nct_numbers(b)
    if not ours or not theirs or ours & theirs:
        return None
    return Conflict(ConflictKind.TRIAL_NUMBER, ", ".join(sorted(ours)), ", ".join(sorted(theirs)))


def _nct_numbers(record: Record) -> frozenset[str]:
    return frozenset(n.upper() for n in record.registrations if n.upper().startswith("NCT"))


def _notices(a: Record, b: Record) -> Conflict | None:
    return _unlike(ConflictKind.NOTICE, _notice(a) or "article", _notice(b) or "article")


def _notice(record: Record) -> str:
    for kind in record.publication_types:
        if kind in _NOTICE_TYPES:
            return _NOTICE_TYPES[kind]
    if _CORRECTED_PLACE.search(record.title):
        return "erratum"
    if _LETTER_ON.search(record.title):
        return "comment"
    title = comparable(record).title
    return next((name for pattern, name in _NOTICE_TITLES if pattern.search(title)), "")


def _preprints(a: Record, b: Record) -> Conflict | None:
    return _unlike(ConflictKind.PREPRINT, _publication(a), _publication(b))


def _publication(record: Record) -> str:
    form = comparable(record)
    preprint = (
        "Preprint" in record.publication_types
        or _PREPRINT.search(fold(record.journal))
        or _PREPRINT_DOI.search(form.doi)
    )
    return "preprint" if preprint else "publication"


def _cochrane_versions(a: Record, b: Record) -> Conflict | None:
    ours = _COCHRANE_DOI.match(comparable(a).doi)
    theirs = _COCHRANE_DOI.match(comparable(b).doi)
    if not ours or not theirs or ours[1] != theirs[1]:
        return None
    return _unlike(ConflictKind.COCHRANE_VERSION, ours[0], theirs[0])


def _registry_entries(a: Record, b: Record) -> Conflict | None:
    return _unlike(ConflictKind.REGISTRY, _registered(a), _registered(b))


def _registered(record: Record) -> str:
    entry = record.source == "clinicaltrials" or any(
        _REGISTRIES.search(fold(text)) for text in (record.journal, *record.publication_types)
    )
    return "registry entry" if entry else "publication"


def _parts(a: Record, b: Record) -> Conflict | None:
    ours, theirs = numerals(comparable(a).title), numerals(comparable(b).title)
    return _unlike(ConflictKind.PART, " ".join(ours), " ".join(theirs))


def numerals(title: str) -> tuple[str, ...]:
    """The numbers of a folded title, Roman ones as Arabic: "part ii of 3" → ("2", "3")."""
    found: list[str] = []
    previous = ""
    for word in title.split():
        if word in _ROMAN and (len(word) > 1 or previous in _COUNTED):
            found.append(_ROMAN[word])
        else:
            found.extend(number.lstrip("0") or "0" for number in re.findall(r"\d+", word))
        previous = word
    return tuple(sorted(found))


def _words(a: Record, b: Record) -> Conflict | None:
    ours, theirs = _word_difference(comparable(a), comparable(b))
    if not ours or not theirs or "".join(ours) == "".join(theirs):
        return None
    strange = [word for word in ours if not _spelt_alike(word, theirs)]
    strange += [word for word in theirs if not _spelt_alike(word, ours)]
    if not strange:
        return None
    return Conflict(ConflictKind.WORD, " ".join(ours), " ".join(theirs))


def _word_difference(a: Comparable, b: Comparable) -> tuple[list[str], list[str]]:
    if a.title.replace(" ", "") == b.title.replace(" ", ""):
        return [], []
    ours, theirs = Counter(a.title.split()), Counter(b.title.split())
    return list((ours - theirs).elements()), list((theirs - ours).elements())


def _spelt_alike(word: str, others: Iterable[str]) -> bool:
    return any(
        fuzz.ratio(word, other) >= _SAME_WORD and not _opposite(word, other) for other in others
    )


def _opposite(a: str, b: str) -> bool:
    return any(
        (a.replace(x, y, 1) == b and a != b) or (a.replace(y, x, 1) == b and a != b)
        for x, y in _OPPOSITES
    )


def _conferences(a: Record, b: Record) -> Conflict | None:
    if _one_place(comparable(a), comparable(b)):
        return None
    return _unlike(ConflictKind.CONFERENCE, _format(a), _format(b))


def _one_place(a: Comparable, b: Comparable) -> bool:
    """Printed at one place: then both are the abstract, and one database does not say so."""
    if a.year != b.year or _contradict(a.volume, b.volume) or _contradict(a.issue, b.issue):
        return False
    if a.pages and b.pages:
        return a.pages.first == b.pages.first
    return bool(a.volume and b.volume) or bool(a.doi and a.doi == b.doi)


def _contradict(a: str, b: str) -> bool:
    return bool(a and b and a != b)


def _format(record: Record) -> str:
    return "conference abstract" if conference_sign(record) else "full paper"


def _unlike(kind: ConflictKind, a: str, b: str) -> Conflict | None:
    return Conflict(kind, a, b) if a != b else None


_RULES: tuple[Callable[[Record, Record], Conflict | None], ...] = (
    _pmids,
    _trial_numbers,
    _notices,
    _preprints,
    _cochrane_versions,
    _registry_entries,
    _parts,
    _words,
    _conferences,
)
