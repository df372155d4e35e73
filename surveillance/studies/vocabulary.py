"""Other registries' words → ClinicalTrials.gov's, where they certainly mean the same.

What is not in these tables is kept as printed (status, study type) or left out (allocation,
phases): docs/registries.md prints the tables and says why. WHO's data set has no status for a
trial that is over: its “Complete” ends the recruitment (Trial Registration Data Set 1.3.1, item
18), and ICTRP's “Not Recruiting” stands for everything but “Recruiting”.
"""

from __future__ import annotations

import re

#: ISRCTN: what the registry sets by hand, or its CSV prints as the trial's status.
ISRCTN_STATUS = {
    "completed": "COMPLETED",
    "stopped": "TERMINATED",
    "suspended": "SUSPENDED",
}
#: ISRCTN's CSV: the recruitment's status of a trial whose own is “Ongoing”.
ISRCTN_RECRUITMENT = {
    "not yet recruiting": "NOT_YET_RECRUITING",
    "recruiting": "RECRUITING",
    "no longer recruiting": "ACTIVE_NOT_RECRUITING",
    "recruitment completed": "ACTIVE_NOT_RECRUITING",
}
ICTRP_STATUS = {
    "recruiting": "RECRUITING",
    "open to recruitment: actively recruiting participants": "RECRUITING",
    "not yet recruiting": "NOT_YET_RECRUITING",
    "pending": "NOT_YET_RECRUITING",
    "suspended": "SUSPENDED",
    "temporary halt": "SUSPENDED",
    "terminated": "TERMINATED",
    "withdrawn": "WITHDRAWN",
}
_KINDS = (("intervention", "INTERVENTIONAL"), ("observation", "OBSERVATIONAL"))
_EXPANDED = "expanded access"
_NOT_RANDOM = re.compile(r"\bnon?[- ]?randomi[sz]|\bnot randomi[sz]|randomi[sz]ed:\s*no\b", re.I)
_RANDOM = re.compile(r"\brandomi[sz](?:ed|ation)\b", re.I)
#: A study design that says it in so many words: “Allocation: Randomized. Masking: …”.
_ALLOCATION = re.compile(r"\ballocation:\s*([^.;\n]*)", re.I)
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4"}
_PHASE = re.compile(r"\b(IV|I{1,3}|[0-4])(?:[ab])?\b")
_EARLY = re.compile(r"\bearly phase (?:1|I)\b|\bphase 0\b", re.I)
_EUROPEAN = re.compile(r"\(phase (I{1,3}|IV)\):\s*(yes|no)", re.I)
#: ISRCTN prints the parts of the United Kingdom beside it.
_COUNTRIES = {
    "england": "United Kingdom",
    "scotland": "United Kingdom",
    "wales": "United Kingdom",
    "northern ireland": "United Kingdom",
    "united states of america": "United States",
}


def study_type(printed: str) -> str:
    """INTERVENTIONAL, OBSERVATIONAL or EXPANDED_ACCESS; else as printed."""
    told = printed.casefold()
    if told.startswith(_EXPANDED):
        return "EXPANDED_ACCESS"
    return next((name for word, name in _KINDS if told.startswith(word)), printed)


def allocation(*printed: str) -> str:
    """RANDOMIZED or NON_RANDOMIZED by the first text that says so in plain words; else empty."""
    for text in printed:
        said = _ALLOCATION.search(text)
        words = said[1] if said else text
        if re.search(r"randomi[sz]ed:\s*no\b", words, re.I):
            continue  # A trial with one arm allocates nothing, and is not non-randomised.
        if _NOT_RANDOM.search(words):
            return "NON_RANDOMIZED"
        if _RANDOM.search(words):
            return "RANDOMIZED"
    return ""


def phases(printed: str) -> tuple[str, ...]:
    """PHASE1 … PHASE4, EARLY_PHASE1 or NA; empty where the text is none of them."""
    text = printed.strip()
    if text.casefold() in {"n/a", "na", "not applicable"}:
        return ("NA",)
    if european := _EUROPEAN.findall(text):
        return tuple(f"PHASE{_ROMAN[one.upper()]}" for one, said in european if said == "yes")
    if _EARLY.search(text) or text == "0":
        return ("EARLY_PHASE1",)
    if len(text) > 40:
        return ()
    found = (_ROMAN.get(one, one) for one in _PHASE.findall(text))
    return tuple(sorted({f"PHASE{one}" for one in found if one != "0"}))


def country(printed: str) -> str:
    """A country by ClinicalTrials.gov's name, as far as another is certain; else as printed."""
    return _COUNTRIES.get(printed.casefold(), printed)
