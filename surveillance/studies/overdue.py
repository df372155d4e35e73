"""Results that are due, and were neither posted nor reported.

US law asks for the results of an *applicable clinical trial* one year after its primary completion
(FDAAA 801; 42 CFR 11.44). A registration doesn't say whether it is one. It is told from the fields
as the FDAAA TrialsTracker tells it (DeVito, Bacon and Goldacre, *Lancet* 2020;395:361–369): a trial
of a product that the FDA regulates, beyond phase 1, no feasibility study of a device, completed
since the final rule took effect. One that began before the rule is *probably* applicable.

Of any other trial a guidance team still waits for the results: they are counted in the same way,
and it is said that no law asks for them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from surveillance.studies.dates import last_day
from surveillance.studies.registrations import Reference, Registration, RegistryDate

#: The final rule took effect (42 CFR 11).
_FINAL_RULE = date(2017, 1, 18)
#: The registry has so long to post what was submitted (42 CFR 11.52), and TrialsTracker calls
#: nothing overdue before.
_POSTING = timedelta(days=30)
#: A delay that the sponsor certified ends two years later (42 CFR 11.44(b) and (c)), and no later
#: than three years after completion, as far as TrialsTracker follows it.
_DELAY, _LONGEST = 2, 3

# "J Clin Oncol. 2015 Mar 1;33(7):…": the year stands after the journal's full stop.
_PUBLISHED = re.compile(r"\. ((?:19|20)[0-9]{2})\b")
_PHASES = frozenset({"PHASE2", "PHASE3", "PHASE4", "NA"})
_PRODUCTS = frozenset(
    {
        "BIOLOGICAL",
        "COMBINATION_PRODUCT",
        "DEVICE",
        "DIAGNOSTIC_TEST",
        "DRUG",
        "GENETIC",
        "RADIATION",
    }
)
_UNITED_STATES = frozenset(
    {
        "American Samoa",
        "Guam",
        "Northern Mariana Islands",
        "Puerto Rico",
        "U.S. Virgin Islands",
        "United States",
        "Virgin Islands (U.S.)",
    }
)


class Law(StrEnum):
    """Whether US law asks for a trial's results, as far as its registration shows."""

    APPLICABLE = "applicable"
    PROBABLE = "probably applicable"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Due:
    """When a trial's results are due: the day, and the rule that it is counted by, in sentences."""

    on: date
    law: Law
    rule: str


@dataclass(frozen=True, slots=True)
class Overdue:
    """Results that should be there: since when, for how many days, and by which rule."""

    number: str
    due_on: date
    days: int
    law: Law
    rule: str


def overdue(registration: Registration, today: date, *, reported: bool = False) -> Overdue | None:
    """What is overdue of a trial on a day, by its newest version; None where nothing is.

    `reported`: a report of its results is linked. What the registration itself lists counts as
    well (see `_reports`), and so do results under the registry's review.
    """
    due = results_due(registration)
    if due is None or today <= due.on + _POSTING or reported or _answered(registration):
        return None
    return Overdue(registration.number, due.on, (today - due.on).days, due.law, due.rule)


def results_due(registration: Registration) -> Due | None:
    """When the results are due, whether they are there or not.

    None where none can be: nobody took part, treatment outside a trial, no date of completion.
    """
    completion = registration.primary_completion or registration.completion
    completed = last_day(completion.text) if completion else None
    if completion is None or completed is None or _has_no_results(registration):
        return None
    standard, longest = _years_after(completed, 1), _years_after(completed, _LONGEST)
    if standard is None or longest is None:
        return None
    certified = last_day(registration.delay_certified)
    delayed = _years_after(certified, _DELAY) if certified else None
    on = max(standard, min(delayed, longest)) if delayed else standard
    law = _law(registration, completed)
    delay = f" The sponsor certified a delay on {certified}." if on > standard else ""
    primary = registration.primary_completion is not None
    return Due(on, law, f"{_asked(law)} {_counted(completion, primary=primary)}{delay}")


def _has_no_results(registration: Registration) -> bool:
    nobody = registration.enrolment == 0 and registration.enrolment_type == "ACTUAL"
    return (
        nobody or registration.status == "WITHDRAWN" or registration.study_type == "EXPANDED_ACCESS"
    )


def _answered(registration: Registration) -> bool:
    """True where results are posted or on their way there, or a publication of them is listed."""
    completion = registration.primary_completion or registration.completion
    year = int(completion.text[:4]) if completion else 0
    return (
        registration.has_results
        or registration.under_review
        or bool(registration.results_first_submitted)
        or any(_reports(reference, year) for reference in registration.references)
    )


def _reports(reference: Reference, completed_in: int) -> bool:
    """Whether a publication may report the results: none is older than the trial's completion.

    Sponsors list papers as RESULT that appeared before the trial began (NCT03475563); NLM's own
    (DERIVED) are protocols before, and mostly results after (NCT03630471).
    """
    if not reference.pmid or reference.type not in {"RESULT", "DERIVED"}:
        return False
    years = _PUBLISHED.findall(reference.citation)
    return int(years[-1]) >= completed_in if years else reference.type == "RESULT"


def _law(registration: Registration, completed: date) -> Law:
    start = last_day(registration.start.text) if registration.start else None
    covered = (
        registration.study_type == "INTERVENTIONAL"
        and not _PHASES.isdisjoint(registration.phases)
        and registration.primary_purpose != "DEVICE_FEASIBILITY"
        and completed >= _FINAL_RULE
    )
    if start is None or not covered:
        return Law.NONE
    if registration.fda_regulated_drug or registration.fda_regulated_device:
        return Law.APPLICABLE if start >= _FINAL_RULE else Law.PROBABLE
    return Law.PROBABLE if start < _FINAL_RULE and _may_be_regulated(registration) else Law.NONE


def _may_be_regulated(registration: Registration) -> bool:
    """An entry from before the registry asked, with a product and a site in the United States."""
    unasked = registration.fda_regulated_drug is registration.fda_regulated_device is None
    return (
        unasked
        and not _PRODUCTS.isdisjoint(registration.intervention_types)
        and not _UNITED_STATES.isdisjoint(registration.countries)
    )


def _asked(law: Law) -> str:
    match law:
        case Law.APPLICABLE:
            return "US law (42 CFR 11.44) asks for results"
        case Law.PROBABLE:
            return "US law (42 CFR 11.44) probably asks for results"
        case Law.NONE:
            return "No law that the registration shows asks for results, but they are expected"


def _counted(completion: RegistryDate, *, primary: bool) -> str:
    which = "primary completion" if primary else "completion"
    printed = f" (counted from the end of {completion})" if len(completion.text) < 10 else ""
    sentence = f"12 months after {which}, {completion}{printed}."
    if completion.type != "ACTUAL":
        sentence += " That date is an estimate which nobody has confirmed."
    return sentence


def _years_after(day: date, years: int) -> date | None:
    """The same day in another year, 28 February for a leap day; None past the calendar's end."""
    if day.year + years > date.max.year:
        return None
    if (day.month, day.day) == (2, 29):
        return date(day.year + years, 2, 28)
    return day.replace(year=day.year + years)
