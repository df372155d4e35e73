"""How well two readers agree: Cohen's kappa, its interval, and where they differ.

Kappa is agreement beyond what chance would give (Cohen 1960, Educational and Psychological
Measurement 20:37). Its standard error is that of Fleiss, Cohen and Everitt (1969), Psychological
Bulletin 72:323.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from statistics import NormalDist

from surveillance.screening.exact_bounds import at_least
from surveillance.screening.rules import Verdict

# Below this share of the rarer verdict kappa is low even where people hardly differ.
_RARE = 0.1


@dataclass(frozen=True, slots=True)
class Pair:
    """What two readers said of one report before either saw the other's word."""

    report: int
    first: Verdict
    second: Verdict


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well two readers agree on so many reports.

    `raw` is the share on which they say the same. `kappa` and its interval are None where it is
    not defined; `statement` says why. `included` is the share that each of them includes.
    """

    reports: int
    raw: float | None
    kappa: float | None
    interval: tuple[float, float] | None
    included: tuple[float, float] | None
    conflicts: tuple[Pair, ...]
    statement: str


def agreement(pairs: Sequence[Pair], confidence: float = 0.95) -> Agreement:
    """The agreement of two readers, and the reports on which they differ."""
    if not pairs:
        return Agreement(0, None, None, None, None, (), "No report was read by two people yet.")
    table = _Table(pairs)
    conflicts = tuple(pair for pair in pairs if pair.first is not pair.second)
    raw = 1 - len(conflicts) / len(pairs)
    included = (table.first[Verdict.INCLUDE], table.second[Verdict.INCLUDE])
    kappa = interval = None
    # One verdict for all from both: chance alone agrees fully, and nothing lies beyond it.
    if not table.one_verdict:
        kappa = (raw - table.by_chance) / (1 - table.by_chance)
        interval = _interval(table, kappa, confidence)
    statement = _statement(table, conflicts, kappa, interval, confidence)
    return Agreement(len(pairs), raw, kappa, interval, included, conflicts, statement)


class _Table:
    """The pairs as shares: of each pair of verdicts, and of each reader's verdicts."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self.reports = len(pairs)
        share = 1 / len(pairs)
        both = [(pair.first, pair.second) for pair in pairs]
        self.share = {
            (one, two): both.count((one, two)) * share for one in Verdict for two in Verdict
        }
        self.first = {v: sum(one is v for one, _ in both) * share for v in Verdict}
        self.second = {v: sum(two is v for _, two in both) * share for v in Verdict}
        self.by_chance = fsum(self.first[v] * self.second[v] for v in Verdict)
        self.one_verdict = len({verdict for pair in both for verdict in pair}) == 1

    def standard_error(self, kappa: float) -> float:
        beyond = 1 - self.by_chance
        agreed = fsum(
            self.share[v, v] * (1 - (self.first[v] + self.second[v]) * (1 - kappa)) ** 2
            for v in Verdict
        )
        differing = fsum(
            share * (self.second[one] + self.first[two]) ** 2
            for (one, two), share in self.share.items()
            if one is not two
        )
        spread = agreed + (1 - kappa) ** 2 * differing
        spread -= (kappa - self.by_chance * (1 - kappa)) ** 2
        return sqrt(max(0.0, spread) / self.reports) / beyond


def _interval(table: _Table, kappa: float, confidence: float) -> tuple[float, float]:
    if kappa == 1:
        # No disagreement has no spread, but a handful of reports is no proof of perfection.
        raw = at_least(table.reports, table.reports, (1 + confidence) / 2)
        return max(-1.0, (raw - table.by_chance) / (1 - table.by_chance)), 1.0
    away = NormalDist().inv_cdf((1 + confidence) / 2) * table.standard_error(kappa)
    return max(-1.0, kappa - away), min(1.0, kappa + away)


def _statement(
    table: _Table,
    conflicts: Sequence[Pair],
    kappa: float | None,
    interval: tuple[float, float] | None,
    confidence: float,
) -> str:
    agreed = table.reports - len(conflicts)
    said = f"Two readers say the same of {agreed:,} of {table.reports:,} reports."
    if kappa is None or interval is None:
        return f"{said} Kappa is not defined: both give all reports the same verdict."
    low, high = interval
    said = f"{said} Kappa is {kappa:.2f} ({confidence:.0%} interval {low:.2f} to {high:.2f})."
    shares = table.first[Verdict.INCLUDE], table.second[Verdict.INCLUDE]
    rarer = min(sum(shares) / 2, 1 - sum(shares) / 2)
    if rarer >= _RARE:
        return said
    return (
        f"{said} They include {shares[0]:.0%} and {shares[1]:.0%}: where one verdict is so rare, "
        "a few differences make kappa low."
    )
