"""A small topic for tests of signals and alerts: invented, with words and declared ties."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from surveillance.topics import (
    Guidance,
    KnownItem,
    Recipient,
    Recommendation,
    Schedule,
    Topic,
    Trials,
    WatchedTrial,
)

PUBLISHED = date(2024, 8, 2)
TODAY = date(2025, 1, 31)
WATCHED = "NCT05009394"


def known_item(key: str = "smith-2020", table: str = "table 2") -> KnownItem:
    return KnownItem(
        key=key,
        table=table,  # type: ignore[arg-type]  # pydantic checks it
        citation="Smith A (2020) Nerve operations. J Limb 1: 2–3",
        title="Nerve operations.",
        first_author="Smith",
        year=2020,
        journal="J Limb",
        volume="1",
        pages="2-3",
        design="cohort study",
        doi="",
        pmid="",
        expected_in=("medline",),
        recommendations=("1.4", "1.1"),
    )


def topic() -> Topic:
    return Topic(
        slug="nerve_operations",
        folder=Path("search_strategies/nerve_operations"),
        title="Nerve operations after amputation",
        guidance=Guidance(
            body="A guidance body",
            title="Nerve operations",
            url="https://example.org/guidance",
            published_search=PUBLISHED,
        ),
        schedule=Schedule(cron="0 6 * * 1", timezone="Europe/London"),
        strategies=(),
        trials=Trials(query="nerve"),
        recommendations=(
            Recommendation(id="1.1", text="May be used for pain.", words=("chronic pain",)),
            Recommendation(id="1.4", text="To prevent pain, research.", words=("pre-emptive",)),
            Recommendation(id="1.5", text="Says how 1.4 is done."),
            Recommendation(id="1.6", text="Research is needed.", always=True),
        ),
        watched_trials=(
            WatchedTrial(number=WATCHED, title="Three operations", recommendations=("1.6", "1.1")),
        ),
        recipients=(Recipient(name="Guidance team"),),
        known_items=(known_item(),),
    )
