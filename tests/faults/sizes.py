"""How much one answer holds, set for a while: slices and pages without thousands of records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType

from surveillance.pipeline import asking
from surveillance.sources import clinicaltrials, europe_pmc, pubmed
from tests.faults.cases import Sizes


@contextmanager
def answers_of(sizes: Sizes) -> Iterator[None]:
    """Answers of these sizes inside the block."""
    settings: tuple[tuple[ModuleType, str, int], ...] = (
        (pubmed, "MAX_PMIDS", sizes.pmids),
        (asking, "MAX_PMIDS", sizes.pmids),
        (pubmed, "BATCH", sizes.batch),
        (clinicaltrials, "PAGE", sizes.page),
        (europe_pmc, "PAGE", sizes.page),
        (europe_pmc, "CITATIONS_PAGE", sizes.page),
    )
    with ExitStack() as stack:
        for module, name, value in settings:
            stack.callback(setattr, module, name, getattr(module, name))
            setattr(module, name, value)
        yield
