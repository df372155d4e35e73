"""The numbers that trials have, whoever prints them how: one form for one number.

Registries of WHO's network (its primary registries and the data providers of ICTRP), each with
the form that it prints itself, the European numbers (EudraCT, CTIS) and WHO's universal trial
number. Forms after each registry's own pages and the lists of two programs that look for them in
texts: maia-sh/ctregistries (`registries.csv`) and trialstreamer's check of 428,822 numbers of
ICTRP. docs/registries.md prints this table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

#: What may stand between a registry's letters and its digits.
_GAP = r"(?:\s?No\.?)?[\s:#\-\u2010-\u2013]{0,2}"
_BEFORE, _AFTER = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"

CLINICALTRIALS, ISRCTN, UNIVERSAL = "ClinicalTrials.gov", "ISRCTN", "UTN"


class _Form(NamedTuple):
    """How a registry's number is recognised, and what it is written as; `{}` is the first group."""

    registry: str
    pattern: str
    written: str


_FORMS = (
    _Form(CLINICALTRIALS, rf"NCT{_GAP}(\d{{8}})", "NCT{}"),
    _Form(ISRCTN, rf"ISRCTN{_GAP}(\d{{8}})", "ISRCTN{}"),
    # Without its country (-DE) or “third country”: the number is the trial's, the entry a state's.
    _Form(
        "EUCTR",
        rf"(?:(?:EUCTR|EudraCT){_GAP})?((?:19|20)\d\d-0\d{{5}}-\d\d)(?:-(?:[A-Z]{{2,3}}|3rd))?",
        "EUCTR{}",
    ),
    # Without the last two digits, which count the applications for one trial.
    _Form("CTIS", rf"(?:(?:CTIS|EU ?CT){_GAP})?(20\d\d-5\d{{5}}-\d\d)(?:-\d\d)?", "CTIS{}"),
    _Form(UNIVERSAL, r"(?:UTN:?\s?)?U(1111-\d{4}-\d{4})", "U{}"),
    _Form("ANZCTR", rf"ACTRN{_GAP}(\d{{14}})", "ACTRN{}"),
    _Form("ChiCTR", r"ChiCTR(-?[A-Z]{2,5}-\d{8}|-?\d{8,10})", "ChiCTR{}"),
    _Form("ITMCTR", rf"ITMCTR{_GAP}(\d{{10}})", "ITMCTR{}"),
    _Form("CTRI", r"CTRI\s?/\s?(\d{4}/\d{2,3}/\d{6})", "CTRI/{}"),
    _Form("CRiS", rf"KCT{_GAP}(\d{{7}})", "KCT{}"),
    _Form("DRKS", rf"DRKS{_GAP}(\d{{8}})", "DRKS{}"),
    _Form("IRCT", r"IRCT(\d{8,14}(?:N\d{1,3})?)", "IRCT{}"),
    _Form("UMIN-CTR", rf"(?:JPRN-)?UMIN{_GAP}(\d{{9}})", "UMIN{}"),
    _Form("UMIN-CTR", r"(?:JPRN-)?(C0000\d{5})", "{}"),
    _Form("jRCT", r"(?:JPRN-)?jRCT(s?\d{9,10})", "jRCT{}"),
    _Form("JapicCTI", rf"(?:JPRN-)?JapicCTI{_GAP}(\d{{6}})", "JapicCTI-{}"),
    _Form("JMACCT", r"(?:JPRN-)?JMA-IIA(\d{5})", "JMA-IIA{}"),
    _Form("LBCTR", rf"LBCTR{_GAP}(\d{{10}})", "LBCTR{}"),
    _Form("NTR", r"NTR(\d{1,4})", "NTR{}"),
    _Form("NL", r"NL(\d{1,4})(?!\.\d)", "NL{}"),
    _Form("NL-OMON", r"NL-OMON(\d{3,6})", "NL-OMON{}"),
    _Form("PACTR", rf"PACTR{_GAP}(\d{{15,16}})", "PACTR{}"),
    _Form("REPEC", r"PER-(\d{3}-\d{2})", "PER-{}"),
    _Form("ReBec", r"RBR-([0-9a-z]{6,8})", "RBR-{}"),
    _Form("RPCEC", rf"RPCEC{_GAP}(\d{{8}})", "RPCEC{}"),
    _Form("SLCTR", r"SLCTR\s?/\s?(\d{4}/\d{3})", "SLCTR/{}"),
    _Form("TCTR", rf"TCTR{_GAP}(\d{{11}})", "TCTR{}"),
)
_COMPILED = tuple(
    (form, re.compile(f"{_BEFORE}{form.pattern}{_AFTER}", re.IGNORECASE | re.ASCII))
    for form in _FORMS
)


@dataclass(frozen=True, slots=True, order=True)
class TrialNumber:
    """A number in its one form, and the registry that gave it (`UTN`: WHO, to the trial)."""

    registry: str
    text: str

    def __str__(self) -> str:
        return self.text


# A topic may watch thousands of trials, each compared with every registration.
@lru_cache(maxsize=100_000)
def trial_number(text: str) -> TrialNumber | None:
    """The number that a text is and nothing else; None where it is none that is known here."""
    for form, pattern in _COMPILED:
        if found := pattern.fullmatch(text.strip()):
            return _number(form, found)
    return None


def trial_numbers(texts: Iterable[str]) -> tuple[TrialNumber, ...]:
    """Every number that stands in `texts`, each once, in the order of the registries' table."""
    # No number goes on over the end of a line, so that one search does for all.
    together = "\n".join(texts)
    found = (
        _number(form, match) for form, pattern in _COMPILED for match in pattern.finditer(together)
    )
    return tuple(dict.fromkeys(found))


def same_number(one: str, other: str) -> bool:
    """Whether two texts are one number, however each registry prints it."""
    known = trial_number(one)
    return one == other or (known is not None and known == trial_number(other))


def registries() -> tuple[str, ...]:
    """The names of the registries whose numbers are known."""
    return tuple(dict.fromkeys(form.registry for form in _FORMS))


def _number(form: _Form, found: re.Match[str]) -> TrialNumber:
    given = found[1].upper()
    if form.registry in {"jRCT", "ReBec"}:
        given = given.lower()
    elif form.registry == "ChiCTR":
        given = given.removeprefix("-") if given.lstrip("-").isdigit() else f"-{given.lstrip('-')}"
    return TrialNumber(form.registry, form.written.format(given))
