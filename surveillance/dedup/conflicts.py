"""What no score may merge: signs that two records alike are nevertheless two publications."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, process

from surveillance.dedup.comparable import Comparable

# Words spelt more alike than this are one word in two spellings (haemolytic, hemolytic).
_SAME_WORD = 85.0

_COCHRANE_DOI = re.compile(r"^(10\.1002/14651858\.(?:cd|mr|ed)\d+)(?:\.pub(\d+))?$")
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
    ours, theirs = a.kind.trials, b.kind.trials
    if not ours or not theirs or ours & theirs:
        return None
    return Conflict(ConflictKind.TRIAL_NUMBER, ", ".join(sorted(ours)), ", ".join(sorted(theirs)))


def _notices(a: Comparable, b: Comparable) -> Conflict | None:
    return _unlike(ConflictKind.NOTICE, a.kind.notice, b.kind.notice)


def _preprints(a: Comparable, b: Comparable) -> Conflict | None:
    return _unlike(ConflictKind.PREPRINT, a.kind.stage, b.kind.stage)


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
    return _unlike(ConflictKind.REGISTRY, a.kind.entry, b.kind.entry)


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
    return _unlike(ConflictKind.CONFERENCE, a.kind.form, b.kind.form)


def _printed_at_one_place(a: Comparable, b: Comparable) -> bool:
    """Then both are the abstract, and one database does not say so."""
    if a.year != b.year or _contradict(a.volume, b.volume) or _contradict(a.issue, b.issue):
        return False
    if a.pages and b.pages:
        return a.pages.first == b.pages.first
    return bool(a.volume and b.volume) or bool(a.doi and a.doi == b.doi)


def _contradict(a: str, b: str) -> bool:
    return bool(a and b and a != b)


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
