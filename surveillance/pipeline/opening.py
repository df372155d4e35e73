"""A workspace's store and sources, as its settings name them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from db.session import Store
from surveillance.pipeline.walk import Sources
from surveillance.settings import Settings
from surveillance.sources.clinicaltrials import ClinicalTrials
from surveillance.sources.europe_pmc import EuropePmc
from surveillance.sources.exchanges import Recorder, unrecorded
from surveillance.sources.http import RetryPolicy
from surveillance.sources.pubmed import PubMed


def open_sources(settings: Settings, recorder: Recorder = unrecorded) -> Sources:
    """The sources that the settings name; `recorder` is told of every answer."""
    key = settings.ncbi_api_key
    retry = RetryPolicy(first_wait=settings.retry_wait)
    return Sources(
        pubmed=PubMed(
            settings.pubmed_url,
            email=settings.contact_email,
            api_key=key.get_secret_value() if key else None,
            interval=settings.pubmed_pause,
            retry=retry,
            recorder=recorder,
        ),
        trials=ClinicalTrials(
            settings.clinicaltrials_url,
            pause=settings.clinicaltrials_pause,
            retry=retry,
            recorder=recorder,
        ),
        europe_pmc=EuropePmc(
            settings.europepmc_url,
            email=settings.contact_email,
            pause=settings.europepmc_pause,
            retry=retry,
            recorder=recorder,
        ),
    )


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The workspace's store, its tables brought up to date; closed at the end."""
    settings.workspace.mkdir(parents=True, exist_ok=True)
    store = Store(settings.store_url)
    try:
        store.upgrade()
        yield store
    finally:
        store.close()
