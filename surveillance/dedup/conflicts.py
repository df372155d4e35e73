"""What no score may merge: signs that two records alike are nevertheless two publications."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, process

from surveillance.dedup.comparable import Comparable
from surveillance.dedup.conference import conference_sign
from surveillance.dedup.normalise import fold
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
# Cold Spring Harbor prints journals under 10.1101, too: its preprints are numbers or dates.
_PREPRINT_DOI = re.compile(r"^10\.(?:1101/(?:\d{6}$|20\d\d\.)|21203/|2139/|20944/)")
_COCHRANE_DOI = re.compile(r"^(10\.1002/14651858\.(?:cd|mr|ed)\d+)(?:\.pub(\d+))?$")
_REGISTRIES = re.compile(r"^(?:clinicaltrials gov|isrctn|ictrp|who ictrp|https? )|trial registry")

_OPPOSITES = (
    ("hyper", "hypo"), ("pre", "post"), ("intra", "inter"), ("intra", "extra"),
    ("macro", "micro"), ("male", "female"), ("men", "women"), ("vitro", "vivo"),
    ("afferent", "efferent"), ("inpatient", "outpatient"), ("upper", "lower"),
    ("short", "long"), ("acute", "chronic"), ("left", "right"), ("child", "adult"),
    ("children", "adults"), ("boys", "girls"), ("mothers", "fathers"), ("maternal", "paternal"),
    ("high", "low"), ("increase", "decrease"), ("before", "after"), ("with", "without"),
    ("positive", "negative"), ("early", "late"), ("young", "old"), ("younger", "older"),
    ("anterior", "posterior"), ("medial", "lateral"), ("proximal", "distal"),
    ("systolic", "diastolic"), ("primary", "secondary"), ("primary", "tertiary"),
    ("alpha", "beta"), ("alpha", "gamma"), ("beta", "gamma"), ("first", "second"),
    ("second", "third"), ("first", "third"), ("agonist", "antagonist"), ("rat", "mouse"),
    ("rats", "mice"), ("human", "animal"), ("benefits", "harms"), ("efficacy", "safety"),
    ("prevention", "treatment"), ("diagnosis", "treatment"), ("gain", "loss"),
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
    COCHRANE_YEAR = "a Cochrane review of two years"
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


def find_conflicts(a: Comparable, b: Comparable, *, one_place: bool) -> tuple[Conflict, ...]:
    """Every sign that `a` and `b` are two publications, in a fixed order.

    `one_place` says that they begin on one page of one volume: then their titles may be two
    translations, or one misspelt, though not of opposite meaning.
    """
    found = [rule(a, b) for rule in _RULES]
    if a.solid != b.solid:
        if not (one_place and _one_says_more(a.numerals, b.numerals)):
            found.append(_parts(a, b))
        found.append(_opposed(a, b) if one_place else _words(a, b))
    return tuple(conflict for conflict in found if conflict)


def _pmids(a: Comparable, b: Comparable) -> Conflict | None:
    return Conflict(ConflictKind.PMID, a.pmid, b.pmid) if _contradict(a.pmid, b.pmid) else None


def _trial_numbers(a: Comparable, b: Comparable) -> Conflict | None:
    ours, theirs = _nct_numbers(a.record), _nct_numbers(b.record)
    if not ours or not theirs or ours & theirs:
        return None
    return Conflict(ConflictKind.TRIAL_NUMBER, ", ".join(sorted(ours)), ", ".join(sorted(theirs)))


def _nct_numbers(record: Record) -> frozenset[str]:
    return frozenset(n.upper() for n in record.registrations if n.upper().startswith("NCT"))


def _notices(a: Comparable, b: Comparable) -> Conflict | None:
    return _unlike(ConflictKind.NOTICE, _notice(a) or "article", _notice(b) or "article")


def _notice(form: Comparable) -> str:
    for kind in form.record.publication_types:
        if kind in _NOTICE_TYPES:
            return _NOTICE_TYPES[kind]
    if _CORRECTED_PLACE.search(form.record.title):
        return "erratum"
    if _LETTER_ON.search(form.record.title):
        return "comment"
    return next((name for pattern, name in _NOTICE_TITLES if pattern.search(form.title)), "")


def _preprints(a: Comparable, b: Comparable) -> Conflict | None:
    return _unlike(ConflictKind.PREPRINT, _publication(a), _publication(b))


def _publication(form: Comparable) -> str:
    preprint = (
        "Preprint" in form.record.publication_types
        or _PREPRINT.search(" ".join(form.journal))
        or _PREPRINT_DOI.search(form.doi)
    )
    return "preprint" if preprint else "publication"


def _cochrane_reviews(a: Comparable, b: Comparable) -> Conflict | None:
    """Two versions of a review: by the versions in their DOIs or, where one says none, by year."""
    ours, theirs = _COCHRANE_DOI.match(a.doi), _COCHRANE_DOI.match(b.doi)
    if ours and theirs:
        if ours[1] != theirs[1]:
            return None
        return _unlike(ConflictKind.COCHRANE_VERSION, ours[0], theirs[0])
    if not (_cochrane(a) and _cochrane(b)) or a.year is None or b.year is None:
        return None
    return _unlike(ConflictKind.COCHRANE_YEAR, str(a.year), str(b.year))


def _cochrane(form: Comparable) -> bool:
    return bool(_COCHRANE_DOI.match(form.doi)) or form.journal[:2] == ("cochrane", "database")


def _registry_entries(a: Comparable, b: Comparable) -> Conflict | None:
    return _unlike(ConflictKind.REGISTRY, _registered(a.record), _registered(b.record))


def _registered(record: Record) -> str:
    entry = record.source == "clinicaltrials" or any(
        _REGISTRIES.search(fold(text)) for text in (record.journal, *record.publication_types)
    )
    return "registry entry" if entry else "publication"


def _parts(a: Comparable, b: Comparable) -> Conflict | None:
    return _unlike(ConflictKind.PART, " ".join(a.numerals), " ".join(b.numerals))


def _one_says_more(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether one title has numbers where the other has none of its own: "[3H]" left out."""
    ours, theirs = Counter(a), Counter(b)
    return not (ours - theirs and theirs - ours)


def _words(a: Comparable, b: Comparable) -> Conflict | None:
    ours, theirs = _word_difference(a, b)
    if not ours or not theirs or "".join(ours) == "".join(theirs):
        return None
    strange = [word for word in ours if not _spelt_alike(word, theirs)]
    strange += [word for word in theirs if not _spelt_alike(word, ours)]
    if not strange:
        return None
    return Conflict(ConflictKind.WORD, " ".join(ours), " ".join(theirs))


def _opposed(a: Comparable, b: Comparable) -> Conflict | None:
    """Words of which one title has one and the other its opposite."""
    ours, theirs = _word_difference(a, b)
    if any(_opposite(word, other) for word in ours for other in theirs):
        return Conflict(ConflictKind.WORD, " ".join(ours), " ".join(theirs))
    return None


def _word_difference(a: Comparable, b: Comparable) -> tuple[list[str], list[str]]:
    ours, theirs = Counter(a.title.split()), Counter(b.title.split())
    return list((ours - theirs).elements()), list((theirs - ours).elements())


def _spelt_alike(word: str, others: Sequence[str]) -> bool:
    found = process.extractOne(word, others, scorer=fuzz.ratio, score_cutoff=_SAME_WORD)
    return found is not None and not _opposite(word, found[0])


def _opposite(a: str, b: str) -> bool:
    return any(
        (a.replace(x, y, 1) == b and a != b) or (a.replace(y, x, 1) == b and a != b)
        for x, y in _OPPOSITES
    )


def _conferences(a: Comparable, b: Comparable) -> Conflict | None:
    if _printed_at_one_place(a, b):
        return None
    return _unlike(ConflictKind.CONFERENCE, _format(a.record), _format(b.record))


def _printed_at_one_place(a: Comparable, b: Comparable) -> bool:
    """Then both are the abstract, and one database does not say so."""
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


_RULES: tuple[Callable[[Comparable, Comparable], Conflict | None], ...] = (
    _pmids,
    _trial_numbers,
    _notices,
    _preprints,
    _cochrane_reviews,
    _registry_entries,
    _conferences,
)
