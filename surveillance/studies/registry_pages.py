"""Where people read a registration: at its own registry, else at WHO's ICTRP."""

from __future__ import annotations

from urllib.parse import quote

from surveillance.records.trial_numbers import trial_number
from surveillance.studies.registrations import CLINICALTRIALS, ICTRP, ISRCTN

_PAGES = {
    CLINICALTRIALS: "https://clinicaltrials.gov/study/",
    ISRCTN: "https://www.isrctn.com/",
}
_COPIES = "https://trialsearch.who.int/Trial2.aspx?TrialID="


def page_of(number: str) -> tuple[str, str]:
    """The registry where a number can be read, and the address of its page there."""
    known = trial_number(number)
    if known is not None and known.registry in _PAGES:
        return known.registry, f"{_PAGES[known.registry]}{known.text}"
    return ICTRP, f"{_COPIES}{quote(number, safe='')}"
