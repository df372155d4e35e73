"""What `surveil dedup` found, written for other programs: clusters, the queue, every decision."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveillance.dedup.decide import RULES_VERSION, PairDecision, Verdict
from surveillance.dedup.deduplicate import Deduplication
from surveillance.dedup.waiting import waiting
from surveillance.pipeline.results_folder import keep, write_table
from surveillance.records.cells import harmless

CLUSTERS, REVIEW, DECISIONS = "clusters.csv", "review.csv", "decisions.jsonl"
RESULTS = (CLUSTERS, REVIEW, DECISIONS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found of records whose entry numbers are places in `names`.

    `decisions` has one for each pair that is not different at sight, by the pairs' numbers;
    `waiting` those that a person should look at, the likeliest duplicates first.
    """

    names: Sequence[str]
    clusters: tuple[tuple[int, ...], ...]
    decisions: tuple[PairDecision, ...]
    waiting: tuple[PairDecision, ...]

    @property
    def merged(self) -> int:
        """How many records are duplicates of another that stays."""
        return len(self.names) - len(self.clusters)


def outcome(names: Sequence[str], found: Deduplication) -> Outcome:
    """The decision that holds for each pair; a merge that a third record forbids is doubtful."""
    decided = (*found.decisions, *found.refused)
    standing = {(decision.record_a, decision.record_b): decision for decision in decided}
    decisions = tuple(standing[pair] for pair in sorted(standing))
    clusters = found.clustering.clusters
    report_of = {record: place for place, members in enumerate(clusters) for record in members}
    return Outcome(names, clusters, decisions, tuple(waiting(decisions, report_of)))


def write_results(found: Outcome, folder: Path) -> None:
    """The three files in `folder`; `RESULTS` names them."""
    names = found.names
    clusters = ((names[n], names[members[0]]) for members in found.clusters for n in members)
    write_table(folder / CLUSTERS, ("record_id", "cluster_id"), clusters)
    review = (
        (names[d.record_a], names[d.record_b], f"{d.score:.4f}", _reasons(d)) for d in found.waiting
    )
    write_table(folder / REVIEW, ("record_a", "record_b", "score", "reasons"), review)
    lines = (json.dumps(_as_json(d, names), ensure_ascii=False) + "\n" for d in found.decisions)
    _write(folder / DECISIONS, lines)


def _reasons(decision: PairDecision) -> str:
    return harmless(" ".join(decision.rule.split()))


def _as_json(decision: PairDecision, names: Sequence[str]) -> dict[str, Any]:
    return {
        "record_a": names[decision.record_a],
        "record_b": names[decision.record_b],
        "verdict": decision.verdict,
        "rule": decision.rule,
        "score": round(decision.score, 4),
        "rules_version": RULES_VERSION,
        "evidence": list(_evidence(decision)),
    }


def _evidence(decision: PairDecision) -> Iterator[dict[str, Any]]:
    """Each field's similarity, and what the two print unless they are different.

    Of a hundred pairs that are compared some ninety are different: their texts would fill the disk.
    """
    for item in decision.evidence:
        alike = None if item.similarity is None else round(item.similarity, 4)
        printed = {} if decision.verdict is Verdict.DIFFERENT else {"a": item.a, "b": item.b}
        yield {"field": item.field, "similarity": alike, **printed}


def _write(file: Path, lines: Iterable[str]) -> None:
    # A lone surrogate, which JSON lines can name, is escaped as JSON would have it.
    with file.open("w", encoding="utf-8", errors="backslashreplace") as opened:
        opened.writelines(lines)
        keep(opened)
