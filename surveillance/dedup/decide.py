"""Same, different or doubtful: the automatic step, which merges only what is certain.

A wrong merge is a lost study, a missed duplicate a reviewer's minute: so a pair is merged only
where its probability is high *and* nothing stands against it, and the rest waits for a person
(docs/decisions/0007-two-step-dedup.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from surveillance.dedup.candidates import Entry
from surveillance.dedup.comparable import Comparable
from surveillance.dedup.conflicts import SETTLED, Conflict, find_conflicts
from surveillance.dedup.kinds import CONFERENCE
from surveillance.dedup.probability import probability
from surveillance.dedup.similarity import (
    FieldEvidence,
    Values,
    bare_evidence,
    compare,
    contained,
    evidence,
    strangers,
)

#: Stored with every decision; raised whenever a rule, a key, a weight or a threshold changes.
RULES_VERSION = "dedup-3"

#: From this probability on a pair is merged if nothing stands against it, and from this one on it
#: waits for a person: docs/dedup.md shows what other thresholds would do.
CERTAIN = 0.97
WORTH_A_LOOK = 0.05
#: On one page of one volume no second article of the authors begins: less is needed there.
CERTAIN_AT_ONE_PAGE = 0.8

_AGREES = 0.95
_SAID = {"doi": "DOI", "pmid": "PMID"}


class Verdict(StrEnum):
    """What a decision says of a pair."""

    SAME = "same"
    DIFFERENT = "different"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class PairDecision:
    """A decision on a pair of records, with all that it rests on.

    `record_a` < `record_b` are the entries' numbers; `score` is the probability (0–1) that they
    are one publication, before what stands against it is looked at; `rule` gives the reasons.
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
    ours, theirs = a.form, b.form
    if strangers(ours, theirs):
        return PairDecision(a.id, b.id, Verdict.DIFFERENT, "not alike", 0.0)
    values = compare(ours, theirs)
    inside = contained(ours, theirs)
    generic = ours.generic or theirs.generic
    score = probability(values, contained=inside, generic=generic)
    verdict, rule = _judge(ours, theirs, values, score, contained=inside)
    shown = verdict is not Verdict.DIFFERENT
    found = evidence(ours, theirs, values) if shown else bare_evidence(values)
    return PairDecision(a.id, b.id, verdict, rule, score, found)


def signs_against(
    a: Comparable, b: Comparable, values: Values, *, contained: bool
) -> tuple[Conflict, ...]:
    """The signs that two records are two publications, however alike they are."""
    return find_conflicts(a, b, one_place=_one_place(a, b, values, contained=contained))


def _judge(
    a: Comparable, b: Comparable, values: Values, score: float, *, contained: bool
) -> tuple[Verdict, str]:
    if values["pmid"] == 1.0:
        return _same_pmid(values)
    if score < WORTH_A_LOOK:
        return Verdict.DIFFERENT, "not alike"
    one_place = _one_place(a, b, values, contained=contained)
    conflicts = find_conflicts(a, b, one_place=one_place)
    for conflict in conflicts:
        if conflict.kind in SETTLED:
            return Verdict.DIFFERENT, _words(conflict)
    if conflicts:
        return Verdict.DOUBTFUL, _words(conflicts[0])
    against = [
        *_unlike_titles(values, one_place=one_place, contained=contained),
        *_another_place(values),
        *_no_place(values),
    ]
    if (a.generic or b.generic) and not _content_agrees(values):
        against.append("many publications have the title")
    if against:
        return Verdict.DOUBTFUL, f"alike, but {', '.join(against)}"
    one_page = one_place and _at_one_page(values, contained=contained)
    if score >= (CERTAIN_AT_ONE_PAGE if one_page else CERTAIN):
        return Verdict.SAME, _reasons(values)
    return Verdict.DOUBTFUL, f"alike, but {_what_is_open(values)}"


def _same_pmid(values: Values) -> tuple[Verdict, str]:
    title = values["title"]
    # A number mistyped in an export would join two strangers.
    if title is not None and title < 0.6:
        return Verdict.DOUBTFUL, "same PMID, but the titles are not alike"
    return Verdict.SAME, "same PMID"


def _words(conflict: Conflict) -> str:
    return f"{conflict.kind} ({conflict.a or 'none'} | {conflict.b or 'none'})"


def _one_place(a: Comparable, b: Comparable, values: Values, *, contained: bool) -> bool:
    """Whether both begin on one page of one volume, or have one DOI and nothing against it.

    Of a conference several abstracts of one group may stand on one page.
    """
    if values["first author"] != 1.0 or not _at_least(values["year"], 0.8):
        return False
    if values["volume"] == 0.0 or not _missing_or(values["abstract"], 0.75):
        return False
    if CONFERENCE in (a.kind.form, b.kind.form):
        return False
    if values["pages"] == 1.0 and values["year"] == 1.0 and _at_least(values["journal"], 0.75):
        return True
    titles = contained or _at_least(values["title"], 0.75)
    return values["doi"] == 1.0 and values["pages"] != 0.0 and titles


def _at_one_page(values: Values, *, contained: bool) -> bool:
    """Whether titles that are alike stand on one page: a subtitle left out, a word misprinted."""
    return values["pages"] == 1.0 and (contained or _at_least(values["title"], 0.88))


def _unlike_titles(values: Values, *, one_place: bool, contained: bool) -> Iterator[str]:
    title = values["title"]
    if title is None:
        yield "one has no title"
    elif title < 0.75 and not contained and not (one_place and _at_least(values["abstract"], 0.97)):
        yield "titles differ"


def _another_place(values: Values) -> Iterator[str]:
    """The fields that say that the two stand at different places."""
    pages, volume, year, doi = (values[name] for name in ("pages", "volume", "year", "doi"))
    here = pages == 1.0 or doi == 1.0
    if pages == 0.0 and doi != 1.0 and not _only_pages_differ(values):
        yield "pages differ"
    # "S77" and "77" are one page of a supplement's volume; else an abstract and its paper.
    if pages == 0.8 and volume != 1.0 and doi != 1.0:
        yield "pages differ"
    if volume == 0.0 and (not here or 0.0 in (doi, year)):
        yield "volume differs"
    if year == 0.0 and (not here or doi == 0.0):
        yield "year differs"
    if not _missing_or(values["journal"], 0.5) and not here:
        yield "journal differs"
    if doi == 0.0 and not (here or _same_issue(values)):
        yield "DOI differs"


def _no_place(values: Values) -> Iterator[str]:
    """Where nothing says where, a meeting's abstract may bear the title of the later paper."""
    place = ("volume", "pages", "doi")
    if all(values[field] is None for field in place) and not _at_least(values["abstract"], 0.9):
        yield "volume, pages and DOI are missing"


def _only_pages_differ(values: Values) -> bool:
    """One text in one issue: a page misprinted, or a number in its place ("c1804")."""
    same = ("title", "authors", "year", "volume")
    return (
        all(values[field] == 1.0 for field in same)
        and values["issue"] != 0.0
        and values["doi"] is None
        and _at_least(values["abstract"], 0.9)
    )


def _same_issue(values: Values) -> bool:
    return values["volume"] == 1.0 and (
        values["issue"] == 1.0 or _at_least(values["abstract"], 0.97)
    )


def _content_agrees(values: Values) -> bool:
    """What a title that many publications have needs beside it."""
    text = _at_least(values["abstract"], 0.9)
    if not (_at_least(values["authors"], 0.75) or values["doi"] == 1.0 or text):
        return False
    if values["pages"] == 1.0 or values["doi"] == 1.0:
        return values["volume"] != 0.0 and _at_least(values["journal"], 0.75)
    return text and values["volume"] == 1.0 and _at_least(values["journal"], 0.75)


def _reasons(values: Values) -> str:
    """Why a pair is certain, in words: "title, authors, year and pages agree; issue differs"."""
    agree = [_said(f) for f, v in values.items() if v is not None and v >= _AGREES]
    differ = [_said(f) for f, v in values.items() if v is not None and v < _AGREES and f != "doi"]
    words = f"{', '.join(agree)} agree"
    if differ:
        words += f"; {', '.join(differ)} not wholly"
    if _missing_or(values["doi"], 1.0):
        return words
    return f"{words}; DOI differs{' in one character' if values['doi'] == 0.5 else ''}"


def _said(field: str) -> str:
    return _SAID.get(field, field)


def _what_is_open(values: Values) -> str:
    """What keeps a pair from being certain, in words."""
    opened = [_said(f) for f, v in values.items() if v is not None and v < _AGREES]
    if opened:
        return f"{', '.join(opened)} not wholly"
    needed = ("authors", "year", "journal", "volume", "pages")
    missing = [field for field in needed if values[field] is None]
    return f"{', '.join(missing)} missing" if missing else "the evidence is thin"


def _at_least(value: float | None, least: float) -> bool:
    return value is not None and value >= least


def _missing_or(value: float | None, least: float) -> bool:
    return value is None or value >= least
