"""Tree → a source's own query, with a report of every loss."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from typing import cast

from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.strategy import Strategy
from surveillance.strategy.translate.losses import Direction, Loss
from surveillance.strategy.translate.walk import TranslatedLine, Translation

__all__ = [
    "Direction",
    "Loss",
    "Target",
    "TranslatedLine",
    "Translation",
    "needs_mesh",
    "translate",
]


class Target(StrEnum):
    """Where a translated query goes."""

    PUBMED = "pubmed"
    CLINICALTRIALS = "clinicaltrials"
    EUROPE_PMC = "europepmc"


# Europe PMC is not documented to explode (docs/decisions/0011); PubMed and Essie do.
_WITHOUT_EXPLOSION = frozenset({Target.EUROPE_PMC})

_MODULES = {
    Target.PUBMED: "pubmed",
    Target.CLINICALTRIALS: "clinicaltrials",
    Target.EUROPE_PMC: "europe_pmc",
}


def needs_mesh(target: Target | str) -> bool:
    """True for a target that does not explode headings itself: `translate` writes them out."""
    return Target(target) in _WITHOUT_EXPLOSION


def translate(
    strategy: Strategy,
    target: Target | str,
    *,
    line: int | None = None,
    mesh: MeshTree | None = None,
) -> Translation:
    """A strategy of any dialect as a query of `target`, for line `line` (None: the last).

    Whatever the strategy finds exactly, the query finds too, but for what a loss names otherwise.
    A strategy that gives no query has an error in `diagnostics`. `mesh`: the headings below an
    exploded one, for a target that does not explode by itself (`needs_mesh`); without it those
    headings are losses. Raises `ValueError` for a target that there is none of. A target's module
    is read when it is first asked for.
    """
    module = import_module(f"{__name__}.{_MODULES[Target(target)]}")
    to_target = cast("Callable[..., Translation]", module.translate)
    if needs_mesh(target):
        return to_target(strategy, line=line, mesh=mesh)
    return to_target(strategy, line=line)
