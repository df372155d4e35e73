"""A small world with reports that may be of a trial, and rules that cannot tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.small_world import FIRST, SECOND, THIRD, Article, SmallWorld, small_world, study

TRIAL, OTHER, LIKE = "NCT90000001", "NCT90000002", "NCT90000003"
OWN, BOTH, REVIEW, ALIKE = 90000001, 90000002, 90000003, 90000004
#: What two trials list as theirs, so that they may be one.
ELSEWHERE = "ISRCTN12345678"
WHAT = "Capsaicin cream against stump pain after amputation"


@contextmanager
def doubtful_world(folder: Path) -> Iterator[SmallWorld]:
    """A world whose first run makes one certain link and leaves four doubtful ones."""
    made = small_world(folder)
    pain = "Pain of the stump was measured in 20 people."
    made.layer(
        FIRST,
        [
            Article(OWN, abstract=f"{pain} Trial registration: {TRIAL}."),
            Article(BOTH, abstract=f"{pain} Trial registrations: {TRIAL} and {OTHER}."),
            Article(REVIEW, title="A review of stump pain", abstract=f"{pain} We found {OTHER}."),
            Article(ALIKE, title=WHAT, abstract=f"{pain} Capsaicin helped."),
        ],
        studies=[
            _listing(ELSEWHERE, study(TRIAL, "Amputation and neuroma: nerve transfer")),
            _listing(ELSEWHERE, study(OTHER, "Amputation and neuroma: mirror therapy")),
            _alike(),
        ],
    )
    later = Article(90000009, abstract=f"{pain} Trial registration: {OTHER}.")
    made.layer(SECOND, [later])
    made.layer(THIRD)
    with made.serving():
        yield made


def _listing(number: str, document: Any) -> Any:
    listed = document["protocolSection"]["identificationModule"]
    listed["secondaryIdInfos"] = [{"id": number}]
    return document


def _alike() -> Any:
    document = study(LIKE, f"{WHAT}: neuroma")
    protocol = document["protocolSection"]
    protocol["armsInterventionsModule"] = {"interventions": [{"name": "Capsaicin cream"}]}
    protocol["conditionsModule"] = {"conditions": ["Stump pain", "Neuroma"]}
    return document
