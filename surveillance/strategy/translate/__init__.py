"""Tree → a source's own query, with a report of every loss."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from typing import cast

from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate.losses import Direction, Loss
from surveillance.strategy.translate.walk import TranslatedLine, Translation

__all__ = ["Direction", "Loss", "Target", "TranslatedLine", "Translation", "translate"]


class Target(StrEnum):
    """Where a translated query goes."""

    PUBMED = "pubmed"
    CLINICALTRIALS = "clinicaltrials"
    EUROPE_PMC = "europepmc"


_MODULES = {
    Target.PUBMED: "pubmed",
    Target.CLINICALTRIALS: "clinicaltrials",
    Target.EUROPE_PMC: "europe_pmc",
}


def translate(strategy: Strategy, target: Target | str, *, line: int | None = None) -> Translation:
    """A strategy of any dialect as a query of `target`, for line `line` (None: the last).

    Whatever the strategy finds exactly, the query finds too, but for what a loss names otherwise.
    A strategy that gives no query has an error in `diagnostics`. Raises `ValueError` for a target
    that there is none of. A target's module is read when it is first asked for.
    """
    module = import_module(f"{__name__}.{_MODULES[Target(target)]}")
    to_target = cast("Callable[..., Translation]", module.translate)
    return to_target(strategy, line=line)
