"""The numbers that trials have, whoever prints them how: one form for one number.

Registries of WHO's network (its primary registries and the data providers of ICTRP), each with
the form that it prints itself, the European numbers (EudraCT, CTIS) and WHO's universal trial
number. Forms after each registry's own pages and the lists of two programs that look for them in
texts: maia-sh/ctregistries (`registries.csv`) and trialstreamer's check of 428,822 numbers of
ICTRP. docs/registries.md prints this table.

A number is looked for in three ways. A text that should be a number (an entry of a registry, a
line of a watch list) may be any form. Running text has them as people write them, but for forms
that are other things there. A database's list of fields has them as the registry prints them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

# People write "NCT05009394", "nct05009394", "NCT 05009394", "NCT: 05009394", "NCT-05009394" and
# "NCT No. 05009394", and so for ISRCTN, of which they write "ISRCTN, 12345678", too.
_GAP = r"(?:\s?No\.?)?,?[\s:#+\-\u2010-\u2013]{0,3}"
# No ASCII letter, digit or underscore may touch the number, so that a longer token is not one.
# Chinese and Japanese, which put no space there, may.
_BEFORE, _AFTER = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"
#: What a number may begin with: asked first, so that a search is done with most words at once.
_FIRST = "(?=[12ACDEIJKLNPRSTU])"
#: What the Japanese registries' numbers have before them in WHO's portal.
_JAPAN = "(?:JPRN-)?"

CLINICALTRIALS, ISRCTN, UNIVERSAL = "ClinicalTrials.gov", "ISRCTN", "UTN"


class _Form(NamedTuple):
    """How a registry's number is recognised, and what it is written as; `{}` is the `number`.

    `gap` is what may stand between `letters` and number; `called` what may stand before a number
    that needs no letters; `behind` what may follow and is not the number's.
    """

    registry: str
    letters: str
    number: str
    written: str
    gap: str = ""
    called: str = ""
    behind: str = ""


_FORMS = (
    _Form(CLINICALTRIALS, "NCT", r"[0-9]{8}", "NCT{}", _GAP),
    _Form(ISRCTN, "ISRCTN", r"[0-9]{8}", "ISRCTN{}", _GAP),
    # Without its country (-DE) or “third country”: the number is the trial's, the entry a state's.
    _Form(
        "EUCTR",
        "EUCTR",
        r"(?:19|20)[0-9]{2}-0[0-9]{5}-[0-9]{2}",
        "EUCTR{}",
        called="EUCTR|EudraCT",
        behind=r"(?:-(?:[A-Z]{2,3}|3rd))?",
    ),
    # Without the last two digits, which count the applications for one trial.
    _Form(
        "CTIS",
        "CTIS",
        r"20[0-9]{2}-5[0-9]{5}-[0-9]{2}",
        "CTIS{}",
        called="CTIS|EU ?CT",
        behind=r"(?:-[0-9]{2})?",
    ),
    _Form("ANZCTR", "ACTRN", r"[0-9]{14}", "ACTRN{}", _GAP),
    _Form("ChiCTR", "ChiCTR", r"-?[A-Z]{2,5}-?[0-9]{8,10}|-?[0-9]{8,10}", "ChiCTR{}"),
    _Form("CTRI", "CTRI ?/ ?", r"[0-9]{4}/[0-9]{2,3}/[0-9]{6}", "CTRI/{}"),
    _Form("CRiS", "KCT", r"[0-9]{7}", "KCT{}", _GAP),
    _Form("DRKS", "DRKS", r"[0-9]{8}", "DRKS{}", _GAP),
    _Form("IRCT", "IRCT", r"[0-9]{8,14}(?:N[0-9]{1,3})?", "IRCT{}"),
    _Form("UMIN-CTR", f"{_JAPAN}UMIN", r"[0-9]{9}", "UMIN{}", _GAP),
    _Form("UMIN-CTR", "JPRN-", r"C0000[0-9]{5}", "{}"),
    _Form("jRCT", f"{_JAPAN}jRCT", r"s?[0-9]{9,10}", "jRCT{}"),
    _Form("JapicCTI", f"{_JAPAN}JapicCTI-?", r"[0-9]{6}", "JapicCTI-{}", _GAP),
    _Form("NTR", "NTR", r"[0-9]{3,4}", "NTR{}"),
    _Form("NL", "NL", r"[0-9]{4}(?!\.[0-9])", "NL{}"),
    _Form("NL-OMON", "NL-OMON", r"[0-9]{3,6}", "NL-OMON{}"),
    _Form("PACTR", "PACTR", r"[0-9]{15,16}", "PACTR{}", _GAP),
    _Form("REPEC", "PER-", r"[0-9]{3}-[0-9]{2}", "PER-{}"),
    _Form("ReBec", "RBR-", r"[0-9a-z]{6,8}", "RBR-{}"),
    _Form("RPCEC", "RPCEC", r"[0-9]{8}", "RPCEC{}", _GAP),
    _Form("SLCTR", "SLCTR ?/ ?", r"[0-9]{4}/[0-9]{3}", "SLCTR/{}"),
    _Form("TCTR", "TCTR", r"[0-9]{11}", "TCTR{}", _GAP),
)
# What is taken for a trial's number only where one is expected. In running text the short ones are
# more often a receptor (NTR1), a virus (NL63) or a substance (C000012345); WHO's number is no
# registry's; and no report that prints one of the others has been judged (benchmarks/links.py).
_IN_LISTS = (
    _Form(UNIVERSAL, r"(?:UTN:?\s?)?U", r"1111-[0-9]{4}-[0-9]{4}", "U{}"),
    _Form("UMIN-CTR", "", r"C0000[0-9]{5}", "{}"),
    _Form("NTR", "NTR", r"[0-9]{1,2}", "NTR{}"),
    _Form("NL", "NL", r"[0-9]{1,3}(?!\.[0-9])", "NL{}"),
    _Form("ITMCTR", "ITMCTR", r"[0-9]{10}", "ITMCTR{}", _GAP),
    _Form("JMACCT", f"{_JAPAN}JMA-IIA", r"[0-9]{5}", "JMA-IIA{}"),
    _Form("LBCTR", "LBCTR", r"[0-9]{10}", "LBCTR{}", _GAP),
)
_ALL = (*_FORMS, *_IN_LISTS)
# Some Japanese registry's, by WHO's letters: a field that lists it says that it is a number.
_OF_JAPAN = r"JPRN-\w{5,20}"


def _expected(form: _Form) -> str:
    return f"(?:(?:{form.called}){_GAP})?" if form.called else f"{form.letters}{form.gap}"


def _running(form: _Form) -> str:
    # A registry's name apart from the number is one of the words around, which tell of the number.
    if form.called:
        return f"(?:{form.called})?"
    return f"{form.letters}{form.gap}"


def _any_of(expressions: Iterable[str], after: str = "") -> re.Pattern[str]:
    together = "|".join(expressions)
    return re.compile(f"{_BEFORE}{_FIRST}(?:{together}){_AFTER}{after}", re.IGNORECASE)


_EXPECTED = _any_of(f"{_expected(form)}({form.number}){form.behind}" for form in _ALL)
_RUNNING = _any_of(
    (f"{_running(form)}({form.number}){form.behind}" for form in _FORMS), after="(?!-[0-9])"
)
#: A number as its registry prints it. It holds no group, and no number goes on over a line's end.
PRINTED = _any_of(
    (*(f"{form.letters}(?:{form.number}){form.behind}" for form in _FORMS), _OF_JAPAN)
)
#: Every number has two digits beside each other, but some that begin so.
_TWO_DIGITS = re.compile(r"[0-9][0-9]")
_NEEDS_NO_DIGITS = re.compile("(?:JPRN|RBR)-", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class TrialNumber:
    """A number in its one form, and the registry that gave it (`UTN`: WHO, to the trial)."""

    registry: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Found:
    """A number in a text: in the spelling that is compared, and where it stands."""

    number: str
    start: int
    end: int


# A topic may watch thousands of trials, each compared with every registration.
@lru_cache(maxsize=100_000)
def trial_number(text: str) -> TrialNumber | None:
    """The number that a text is and nothing else; None where it is none that is known here."""
    found = _EXPECTED.fullmatch(text.strip())
    return _number(found) if found else None


def trial_numbers(texts: Iterable[str]) -> tuple[TrialNumber, ...]:
    """Every number that stands in `texts`, where numbers are expected, each once, in order."""
    found = (_number(match) for text in texts for match in _EXPECTED.finditer(text))
    return tuple(dict.fromkeys(found))


def may_hold_a_number(text: str) -> bool:
    """A quick look: False where no registry's number can stand in a text."""
    if _TWO_DIGITS.search(text):
        return True
    return "-" in text and _NEEDS_NO_DIGITS.search(text) is not None


def numbers_in(text: str) -> Iterator[Found]:
    """Every registry's number in running text, in order."""
    if not may_hold_a_number(text):
        return
    for match in _RUNNING.finditer(text):
        yield Found(_number(match).text.upper(), *match.span())


def compared(number: str) -> str:
    """A registration number in the spelling that is compared; what is none stays as it is."""
    found = next(numbers_in(number.strip()), None)
    if found is None or found.start > 0:
        return number.strip().upper()
    return found.number


def is_number(text: str) -> bool:
    """Whether a text is a registry's number and nothing else: a sponsor's own is not."""
    found = next(numbers_in(text.strip()), None)
    return found is not None and found.start == 0 and found.end == len(text.strip())


def registry_of(number: str) -> str:
    """The registry that gave a number; empty where it is none that is known here."""
    known = trial_number(number)
    return known.registry if known else ""


def registries() -> tuple[str, ...]:
    """The names of the registries whose numbers are known."""
    return tuple(dict.fromkeys(form.registry for form in _ALL))


def _number(found: re.Match[str]) -> TrialNumber:
    # The groups of the expression are the numbers of the forms, in their order.
    place = found.lastindex or 1
    form, given = _ALL[place - 1], found[place].upper()
    if form.registry in {"jRCT", "ReBec"}:
        given = given.lower()
    elif form.registry == "ChiCTR":
        given = _chinese(given.strip("-"))
    return TrialNumber(form.registry, form.written.format(given))


def _chinese(given: str) -> str:
    """Without a dash before bare digits, and with one on either side of a kind (-TRC-)."""
    kind = given.rstrip("0123456789").rstrip("-")
    return f"-{kind}-{given.removeprefix(kind).lstrip('-')}" if kind else given
