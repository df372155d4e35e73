"""Same, different or doubtful: the automatic step, which merges only what is certain.

A wrong merge is a lost study, a missed duplicate a reviewer's minute: so every rule that merges
needs agreement on the text, the people and the place, and the rest waits for a person
(docs/decisions/0007-two-step-dedup.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from surveillance.dedup.candidates import Entry
from surveillance.dedup.conflicts import SETTLED, Conflict
from surveillance.dedup.normalise import title_form
from surveillance.dedup.similarity import FieldEvidence, Similarity, compare
from surveillance.records.model import Record

#: Stored with every decision; raised whenever a rule, a key or a threshold changes.
RULES_VERSION = "dedup-1"

# Titles of fewer words, or made of these alone, stand over many publications.
_SHORT_TITLE = 3
_GENERIC_WORDS = frozenset(
    {
        "editorial", "editor", "letter", "letters", "commentary", "discussion", "foreword",
        "introduction", "preface", "news", "contents", "index", "conclusion", "summary",
        "abstract", "abstracts", "poster", "posters", "session", "sessions", "scientific",
        "annual", "meeting", "conference", "congress", "proceedings", "program", "supplement",
        "to", "of", "in", "1", "2", "3",
    }
)  # fmt: skip

_WEIGHTS = {
    "title": 0.40,
    "authors": 0.15,
    "year": 0.08,
    "journal": 0.08,
    "volume": 0.06,
    "pages": 0.10,
    "doi": 0.08,
    "abstract": 0.05,
}


class Verdict(StrEnum):
    """What a decision says of a pair."""

    SAME = "same"
    DIFFERENT = "different"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class PairDecision:
    """A decision on a pair of records, with all that it rests on.

    `record_a` < `record_b` are the entries' numbers; `score` is how alike they are (0–1, a
    similarity and not a probability); `rule` says in words which rule decided.
    """

    record_a: int
    record_b: int
    verdict: Verdict
    rule: str
    score: float
    evidence: tuple[FieldEvidence, ...] = ()
    by_person: bool = False


def decide_pair(a: Entry, b: Entry) -> PairDecision:
    """The rules' decision on a pair; the same whichever record is named first."""
    if a.id > b.id:
        a, b = b, a
    similarity = compare(a.record, b.record)
    verdict, rule = _judge(similarity, a.record, b.record)
    return PairDecision(a.id, b.id, verdict, rule, score(similarity), similarity.fields)


def score(similarity: Similarity) -> float:
    """The weighted mean of the fields that both records have (0–1); 0 where they share none."""
    known = [
        (weight, value)
        for field, weight in _WEIGHTS.items()
        if (value := similarity.of(field)) is not None
    ]
    total = sum(weight for weight, _ in known)
    return round(sum(weight * value for weight, value in known) / total, 4) if total else 0.0


def _judge(similarity: Similarity, a: Record, b: Record) -> tuple[Verdict, str]:
    for conflict in similarity.conflicts:
        if conflict.kind in SETTLED:
            return Verdict.DIFFERENT, _words(conflict)
    if similarity.of("pmid") == 1.0:
        return _same_pmid(similarity)
    if similarity.conflicts:
        verdict = Verdict.DOUBTFUL if _alike(similarity) else Verdict.DIFFERENT
        return verdict, _words(similarity.conflicts[0])
    if _certain(similarity, generic=_generic(a) or _generic(b)):
        return Verdict.SAME, "title, authors and place agree"
    if _alike(similarity):
        return Verdict.DOUBTFUL, f"alike, but {_what_is_open(similarity)}"
    return Verdict.DIFFERENT, "not alike"


def _same_pmid(similarity: Similarity) -> tuple[Verdict, str]:
    title = similarity.of("title")
    # A number mistyped in an export would join two strangers.
    if title is not None and title < 0.6:
        return Verdict.DOUBTFUL, "same PMID, but the titles are not alike"
    return Verdict.SAME, "same PMID"


def _words(conflict: Conflict) -> str:
    return f"{conflict.kind} ({conflict.a or 'none'} | {conflict.b or 'none'})"


def _certain(similarity: Similarity, *, generic: bool) -> bool:
    of = similarity.of
    if (of("title") or 0.0) < 0.95 or not _people_agree(similarity) or _disagreements(similarity):
        return False
    if of("doi") == 0.0:
        return _every_place_agrees(similarity)
    if generic:
        return _at_least(of("journal"), 0.8) and of("volume") == 1.0 and _content_agrees(similarity)
    if of("year") != 1.0:
        return of("pages") == 1.0 or of("doi") == 1.0
    return _place_agrees(similarity)


def _people_agree(similarity: Similarity) -> bool:
    of = similarity.of
    if of("authors") is None:
        return _at_least(of("abstract"), 0.9) or of("doi") == 1.0
    return _at_least(of("authors"), 0.6 if of("first author") == 1.0 else 0.8)


def _disagreements(similarity: Similarity) -> tuple[str, ...]:
    """The fields of the place that contradict each other."""
    least = {"year": 0.8, "journal": 0.6, "volume": 1.0, "pages": 0.7}
    return tuple(
        field
        for field, enough in least.items()
        if (value := similarity.of(field)) is not None and value < enough
    )


def _every_place_agrees(similarity: Similarity) -> bool:
    """What outweighs two DOIs: many publications have two (a publisher's and a repository's)."""
    places = ("first author", "year", "volume", "pages")
    return all(similarity.of(field) == 1.0 for field in places) and _at_least(
        similarity.of("journal"), 0.8
    )


def _content_agrees(similarity: Similarity) -> bool:
    of = similarity.of
    return of("doi") == 1.0 or of("pages") == 1.0 or _at_least(of("abstract"), 0.9)


def _place_agrees(similarity: Similarity) -> bool:
    of = similarity.of
    if of("doi") == 1.0 or of("pages") == 1.0:
        return True
    if not _at_least(of("journal"), 0.8):
        return False
    in_volume = of("volume") == 1.0 and (of("issue") == 1.0 or _at_least(of("pages"), 0.7))
    return in_volume or _at_least(of("abstract"), 0.9)


def _alike(similarity: Similarity) -> bool:
    """Worth a person's minute: one title by the same people at a place that fits, or one DOI.

    A DOI alone is not enough: all abstracts of a supplement may carry the supplement's.
    """
    of = similarity.of
    people = of("authors")
    if of("doi") == 1.0 and (_at_least(of("title"), 0.75) or _at_least(people, 0.5)):
        return True
    if _at_least(of("title"), 0.6) and _every_place_agrees(similarity):
        return True
    if not _at_least(of("title"), 0.9) or (people is not None and people < 0.5):
        return False
    return len(_disagreements(similarity)) < (2 if people is None else 3)


def _what_is_open(similarity: Similarity) -> str:
    """What keeps a pair from being certain, in words."""
    opened = list(_disagreements(similarity))
    if similarity.of("doi") == 0.0:
        opened.append("doi")
    if opened:
        return f"{', '.join(opened)} differ"
    missing = [
        field for field in ("authors", "year", "journal", "pages") if similarity.of(field) is None
    ]
    return f"{', '.join(missing)} missing" if missing else "the evidence is thin"


def _generic(record: Record) -> bool:
    words = title_form(record.title).split()
    return len(words) <= _SHORT_TITLE or _GENERIC_WORDS.issuperset(words)


def _at_least(value: float | None, least: float) -> bool:
    return value is not None and value >= least
