"""Where a piece of a signal's evidence can be read: what the place is called, and its address."""

from __future__ import annotations

from urllib.parse import quote

from surveillance.signals.model import Shown
from surveillance.studies.registry_pages import page_of


def page_of_evidence(kind: Shown, identifier: str) -> tuple[str, str]:
    """The name of the place, and an address of ours making; empty where there is no page.

    Only the number comes from a source, and it stands quoted in a path.
    """
    number = quote(identifier, safe="/")
    match kind:
        case Shown.PUBMED:
            return "PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{number}/"
        case Shown.REGISTRATION:
            return page_of(identifier)
        case Shown.DOI:
            return "DOI", f"https://doi.org/{number}"
    return str(kind).replace("_", " "), ""
