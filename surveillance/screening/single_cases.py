"""A report of one person: "a 34-year-old woman", "in a kidney transplant recipient"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from surveillance.screening import count_cues as cues
from surveillance.screening.language import Evidence, Passage, in_any_case

_PERSON = (
    r"(?:wom[ae]n|man|lady|gentleman|boy|girl|female|male|patient|child|infant|neonate|newborn|"
    r"baby|toddler|adolescent|teenager|adult|individual|person|recipient|athlete|survivor)"
    r"(?![-’'\w]|\s(?:population|sample|cohort|group|registry|model|rat|mouse|dog|cat|horse|pig|"
    r"rabbit|care|education|safety|portal|satisfaction|perspective|with a history of))"
)
_WORDS = r"(?:[^\W_][\w'’/-]*[ ,]+){0,7}?"
# Whose case is told: a model or a vignette has a person of some age, too, but nothing happens.
_AGED = re.compile(
    r"\ban?\s(?:[^\W\d_]\w*\s){0,2}?(?:\d{1,3}|[a-z]+(?:-[a-z]+)?)(?:-| )"
    r"(?:year|yr|month|week|day)s?(?:-| )old\b[^.;]{0,120}?\b(?:present(?:ed|ing|s)|"
    r"admitted|referred|(?:was|is|had been) (?:\w+ )?(?:diagnosed|found|treated|seen)|who|"
    r"complain\w*|suffer\w+|underwent|developed|visited|experienced|sustained|came)\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:report|reports|reported|present|presents|presented|describe|describes|described|"
    r"case of|discuss|successfully treated)\s(?:\w+\s){0,6}?(?:an?|one)\s"
    rf"{_WORDS}{_PERSON}",
    re.IGNORECASE,
)
_IN_ONE = re.compile(rf"\b(?:in|of|with|from|for)\s(?:an?|one)\s{_WORDS}{_PERSON}", re.IGNORECASE)
_CASE_OF = re.compile(
    r"\b(?:report|reports|reported|present|presents|presented|describe|describes|described) "
    r"(?:and (?:review|discuss) )?(?:the|an?|one) (?:[\w-]+ ){0,3}case\b"
    r"(?![- ](?:series|control|study|studies|report of))",
    re.IGNORECASE,
)
_THE_PATIENT = re.compile(
    r"\bthe patient (?:was|is) an? (?:[\w-]+ )?(?:\d{1,3}|[a-z]+(?:-[a-z]+)?)(?:-| )"
    r"(?:year|yr|month|week|day)s?(?:-| )old\b",
    re.IGNORECASE,
)
# Only where nobody is counted: an essay may speak of a patient, but not of what became of ours.
_OUR_PATIENT = re.compile(r"\bour patient\b", re.IGNORECASE)
_CASE_REPORT = re.compile(
    r"\ba (?:\w+ )?case (?:report|of)\b|:\s*(?:a )?case report\b|^case report\b", re.IGNORECASE
)
#: Where `_REPORTED` and `_CASE_OF` may begin: to search for this, in lower case, is far faster.
_REPORTING = re.compile(r"report|present|describe|discuss|case of|successfully treated")


# Whoever tells of others besides tells of one of their own.
_OUR_ONE = re.compile(
    r"\b[Oo]ur (?:own )?(?:patient|case)"
    r"(?=[.,;)]| (?:is|was|had|has|did|who|presented|showed|developed|represents|highlights|"
    r"illustrates|suggests|demonstrates|received|underwent)\b)"
)


def of_one_patient(passages: Sequence[Passage]) -> bool:
    """Whether a text calls one patient or case its own: others are those of the literature."""
    return any(_OUR_ONE.search(passage.text) for passage in passages)


def single_case(passages: Sequence[Passage]) -> Evidence | None:
    """The words that tell of one person; None where no text does."""
    for passage in passages:
        search = _in_title if passage.part == "title" else _in_abstract
        if found := search(passage.text):
            return passage.quote(found.start(), found.end())
    return None


def _in_title(text: str) -> re.Match[str] | None:
    return _IN_ONE.search(text) or _CASE_REPORT.search(text)


def _in_abstract(text: str) -> re.Match[str] | None:
    """The first that tells; what a text can't have without a certain word waits for that word."""
    told = in_any_case(text)
    reporting = [found.start() for found in _REPORTING.finditer(told)]
    return (
        _first(_REPORTED, text, reporting)
        or ("old" in told and _AGED.search(text))
        or _first(_CASE_OF, text, reporting)
        or ("the patient" in told and _THE_PATIENT.search(text))
        or ("our patient" in told and _OUR_PATIENT.search(text))
        or None
    )


def _first(pattern: re.Pattern[str], text: str, places: Sequence[int]) -> re.Match[str] | None:
    return next(filter(None, (pattern.match(text, place) for place in places)), None)


def another_person(case: Evidence, passages: Sequence[Passage]) -> bool:
    """Whether a second person stands beside the one told of: "and a control individual"."""
    (passage,) = (passage for passage in passages if passage.part == case.part)
    return any(cues.ONE_MORE_AFTER.match(passage.text, place) for place in (case.start, case.end))
