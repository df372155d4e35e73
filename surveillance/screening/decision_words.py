"""Decisions as screening tools write them → include, exclude or unsure, with stage and reason.

EPPI-Reviewer's screening codes begin with the word and go on with the stage or the reason
(“INCLUDE on title & abstract”, “EXCLUDE on population”, “INCLUDE for second opinion”). Rayyan
keeps everybody's word in a record's notes, divided by bars (Rayyan help centre, “Understanding
Your Rayyan Export Files”): `RAYYAN-INCLUSION: {"Ann"=>"Included"} | RAYYAN-EXCLUSION-REASONS: …`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from surveillance.screening.rules import Verdict

ABSTRACT, FULL_TEXT = "abstract", "full text"

_VERDICTS = {
    Verdict.INCLUDE: "include included in yes relevant accept accepted",
    Verdict.EXCLUDE: "exclude excluded out no irrelevant reject rejected",
    Verdict.UNSURE: "unsure maybe uncertain unclear query",
}
_WORDS = {word: verdict for verdict, words in _VERDICTS.items() for word in words.split()}
#: What says that nobody has decided.
_NOTHING = frozenset(("", "-", "–", "undecided", "unscreened", "not screened", "none", "n/a"))
_CODE = re.compile(
    r"(includ|exclud)(?:e|ed|ing)?\b\s*(?:[:,–-]|\b(?:on|for|at|by|because of|based on)\b)\s*(.+)",
    re.IGNORECASE,
)
_SECOND_OPINION = re.compile(r"\b(?:second|2nd) (?:opinion|reader|reviewer)\b", re.IGNORECASE)
_STAGES = (
    (
        ABSTRACT,
        re.compile(
            r"(?:title(?:s)?\s*(?:&|and|/|\+)\s*)?abstracts?|titles?|t\s*&\s*a|ti ?ab",
            re.IGNORECASE,
        ),
    ),
    (
        FULL_TEXT,
        re.compile(r"full[ -]?(?:texts?|reports?|documents?|papers?)", re.IGNORECASE),
    ),
)
_INCLUSION = re.compile(r"RAYYAN-INCLUSION:\s*\{(.*?)\}", re.DOTALL)
_SAID = re.compile(r'"((?:[^"\\]|\\.){1,200})"\s*=>\s*"([^"]{0,100})"')
_RAYYAN_REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*([^|]+)")
_EXCLUSION_REASON = re.compile(r"\bExclusion reason:\s*([^;|\n]+)", re.IGNORECASE)


class UnknownWord(ValueError):
    """A decision in words that are none of ours; `str()` is the word."""


@dataclass(frozen=True, slots=True)
class DecisionWord:
    """What is said of a report; stage, reason and person are empty where nothing says them."""

    verdict: Verdict
    stage: str = ""
    reason: str = ""
    by: str = ""


def read_word(text: str) -> DecisionWord | None:
    """A decision in a tool's words; None where it says that there is none.

    Raises `UnknownWord`.
    """
    plain = " ".join(text.split())
    if plain.casefold() in _NOTHING:
        return None
    if verdict := _WORDS.get(plain.casefold()):
        return DecisionWord(verdict)
    if _SECOND_OPINION.search(plain):
        return DecisionWord(Verdict.UNSURE)
    if found := _CODE.fullmatch(plain):
        verdict = Verdict.INCLUDE if found[1].casefold() == "includ" else Verdict.EXCLUDE
        return _coded(verdict, found[2])
    raise UnknownWord(plain)


def read_stage(text: str) -> str:
    """The stage that a text names as a whole; empty for an empty one. Raises `UnknownWord`."""
    plain = " ".join(text.split())
    for stage, named in _STAGES:
        if named.fullmatch(plain):
            return stage
    if plain:
        raise UnknownWord(plain)
    return ""


def read_notes(notes: str) -> tuple[DecisionWord, ...]:
    """The decisions in a record's notes, as Rayyan writes them; raises `UnknownWord`."""
    said: list[DecisionWord] = []
    reasons = _RAYYAN_REASONS.search(notes)
    reason = "; ".join(part.strip() for part in reasons[1].split(",")) if reasons else ""
    for inclusion in _INCLUSION.finditer(notes):
        for person, word in _SAID.findall(inclusion[1]):
            if decision := read_word(word):
                excluded = decision.verdict is Verdict.EXCLUDE
                said.append(
                    DecisionWord(decision.verdict, reason=reason if excluded else "", by=person)
                )
    return tuple(said)


def reason_in_notes(notes: str) -> str:
    """The reason that notes give as “Exclusion reason: …”, which is how Covidence does it."""
    found = _EXCLUSION_REASON.search(notes)
    return found[1].strip() if found else ""


def _coded(verdict: Verdict, rest: str) -> DecisionWord:
    try:
        return DecisionWord(verdict, stage=read_stage(rest))
    except UnknownWord:
        return DecisionWord(verdict, reason=rest if verdict is Verdict.EXCLUDE else "")
