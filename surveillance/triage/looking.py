"""One strategy looked at as a whole: read, linted, translated, held against the known items.

What `surveil strategy lint` and `translate` do with a file, on a text; see `aside` for how it is
kept from taking too long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from surveillance.errors import UnreadableInput
from surveillance.records import Record
from surveillance.strategy.evaluate.positional import Index, evaluate_all
from surveillance.strategy.evaluate.verdict import NotEvaluable, Verdict
from surveillance.strategy.lint import lint
from surveillance.strategy.mapping import EMBASE, Mapping, mapped
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.parse import StrategyUnreadable, read_strategy
from surveillance.strategy.strategy import Diagnostic, Strategy
from surveillance.strategy.translate import Target, Translation, translate
from surveillance.strategy_files import read_mapping_file, read_mesh_file

#: Characters of a strategy on a page: the longest published ones have some 60,000.
LONGEST = 200_000
#: Findings and losses that a page shows.
MOST_SHOWN = 500
#: Trees that are kept read: a topic's own part, the workspace's whole one.
_TREES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be looked at; `dialect` empty: detected.

    `mesh` is for translation and evaluation, `lint_mesh` for the lint, which wants the whole tree
    where there is one. `known` are the known items that have a record, by their keys.
    """

    text: str
    dialect: str = ""
    target: str = Target.PUBMED
    result_line: int | None = None
    mesh: Path | None = None
    lint_mesh: Path | None = None
    mapping: Path | None = None
    known: tuple[tuple[str, Record], ...] = ()


@dataclass(frozen=True, slots=True)
class KnownFound:
    """A known item: the verdict of the result line on it, and the lines that match it."""

    key: str
    verdict: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen; findings and losses beyond `MOST_SHOWN` are counted only.

    `not_evaluated` says why the known items could not be held against it, empty where they were.
    """

    strategy: Strategy
    findings: tuple[Diagnostic, ...]
    more_findings: int
    translation: Translation
    known: tuple[KnownFound, ...]
    not_evaluated: str = ""


def look_at(asked: Asked) -> Looked:
    """Look at a strategy; raises `UnreadableInput` where the text is none that can be read."""
    if len(asked.text) > LONGEST:
        raise UnreadableInput(
            f"this has {len(asked.text):,} characters; a page reads up to {LONGEST:,}.",
            hint="`surveil strategy lint` reads longer ones from a file.",
        )
    try:
        strategy = read_strategy(asked.text, asked.dialect or None)
    except StrategyUnreadable as fault:
        raise UnreadableInput(str(fault)) from None
    mapping = read_mapping_file(asked.mapping) if asked.mapping else None
    meant = mapped(strategy, mapping or Mapping()) if strategy.dialect == EMBASE else strategy
    findings = lint(
        strategy,
        mesh=_tree(asked.lint_mesh),
        known_items=[record for _, record in asked.known],
        mapping=mapping if strategy.dialect == EMBASE else None,
    )
    mesh = _tree(asked.mesh)
    known, why_not = _held_against(meant, asked, mesh)
    return Looked(
        strategy=_shortened(strategy),
        findings=findings[:MOST_SHOWN],
        more_findings=max(0, len(findings) - MOST_SHOWN),
        translation=translate(meant, Target(asked.target), line=asked.result_line, mesh=mesh),
        known=known,
        not_evaluated=why_not,
    )


def _held_against(
    strategy: Strategy, asked: Asked, mesh: MeshTree | None
) -> tuple[tuple[KnownFound, ...], str]:
    result = asked.result_line or strategy.result_line
    if not asked.known or result is None or strategy.line(result) is None:
        return (), ""
    index = Index.of([record for _, record in asked.known])
    try:
        (judged,) = evaluate_all([strategy], index, mesh=mesh)
    except NotEvaluable as fault:
        return (), fault.message
    found = []
    for place, (key, _) in enumerate(asked.known):
        by_line = {number: verdicts.of(place) for number, verdicts in judged.items()}
        matching = [number for number, verdict in by_line.items() if verdict is Verdict.MATCH]
        found.append(KnownFound(key, str(by_line[result]), tuple(matching)))
    return tuple(found), ""


def _shortened(strategy: Strategy) -> Strategy:
    """The strategy without what the findings say already: they come from another process."""
    return Strategy(strategy.dialect, strategy.lines)


def _tree(file: Path | None) -> MeshTree | None:
    if file is None or not file.is_file():
        return None
    stamp = file.stat()
    return _read_tree(str(file), stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=_TREES)
def _read_tree(file: str, changed: int, size: int) -> MeshTree:  # noqa: ARG001 — they tell versions
    return read_mesh_file(Path(file))


def held_lines(strategy: Strategy, source: Sequence[str]) -> dict[int, str]:
    """Each line's text as it stands in its source, with the line ends that it goes over."""
    held = {}
    for line in strategy.lines:
        span = line.span
        rows = list(source[span.line - 1 : span.end_line])
        if not rows:
            held[line.number] = line.text
            continue
        rows[-1] = rows[-1][: span.end_column - 1]
        rows[0] = rows[0][span.column - 1 :]
        held[line.number] = "\n".join(rows)
    return held
