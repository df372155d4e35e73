"""A topic's strategies made ready: read, translated, and stamped with what they rest on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from surveillance.errors import Place, UnreadableInput
from surveillance.strategy.mapping import Mapping, mapped, unmapped
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.strategy import Diagnostic, Severity, Strategy, content_hash
from surveillance.strategy.translate import Target, Translation, translate
from surveillance.strategy_files import read_mapping_file, read_mesh_file, read_strategy_file
from surveillance.toml_files import read_text
from surveillance.topics import Topic, TopicStrategy

#: Raised whenever parsing, translation or evaluation changes what is found: all is judged again.
EVALUATION_VERSION = "exact-2"

EMBASE = "ovid-embase"


@dataclass(frozen=True, slots=True)
class ReadyStrategy:
    """A strategy that can be asked and verified; `hashes` are those of its text and its MeSH.

    One of Embase is `strategy` as mapped: what it means here, and what records are held against.
    """

    described: TopicStrategy
    strategy: Strategy
    translation: Translation
    mesh: MeshTree | None
    hashes: tuple[str, str]

    @property
    def name(self) -> str:
        """What the topic calls it."""
        return self.described.name

    @property
    def result_line(self) -> int | None:
        """The line whose records are wanted; None: the last."""
        return self.described.result_line


def ready_strategies(topic: Topic) -> list[ReadyStrategy]:
    """Every strategy of the topic that PubMed is asked with.

    Raises `UnreadableInput` naming file, line and column where one has no query, or has an error
    in a line that its result rests on: what is found would not be what was published.
    """
    mesh = read_mesh_file(topic.mesh_file) if topic.mesh_file else None
    hashes = current_hashes(topic)
    return [
        make_ready(topic, described, mesh, hashes[described.name])
        for described in topic.strategies
        if described.name in hashes
    ]


def current_hashes(topic: Topic) -> dict[str, tuple[str, str]]:
    """What the verdicts of each strategy that PubMed is asked with rest on: its text, its MeSH."""
    mesh = hashlib.sha256(topic.mesh_file.read_bytes()).hexdigest() if topic.mesh_file else ""
    return {
        described.name: (_version(topic, described), mesh)
        for described in filter(_asks_pubmed, topic.strategies)
    }


def _version(topic: Topic, described: TopicStrategy) -> str:
    """A strategy's version: its text, how it is read, which line is wanted, and the engine."""
    text = content_hash(read_text(topic.strategy_file(described)))
    parts = [text, described.dialect, str(described.result_line), EVALUATION_VERSION]
    if described.dialect == EMBASE and topic.mapping_file:
        parts.append(content_hash(read_text(topic.mapping_file)))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def make_ready(
    topic: Topic, described: TopicStrategy, mesh: MeshTree | None, hashes: tuple[str, str]
) -> ReadyStrategy:
    """One strategy read and translated; raises `UnreadableInput`."""
    file = topic.strategy_file(described)
    strategy = _as_mapped(topic, described)
    translation = translate(strategy, Target.PUBMED, line=described.result_line)
    reached = strategy.reached_from(described.result_line or strategy.result_line or 0)
    for fault in (*strategy.errors, *translation.diagnostics):
        if _stands_in(strategy, reached, fault):
            raise UnreadableInput(
                f"{fault.message} {fault.hint}".strip(),
                place=Place(file, fault.line, fault.column),
                hint="Nothing was searched; mend the strategy and run again.",
            )
    return ReadyStrategy(described, strategy, translation, mesh, hashes)


def remarks_on_mapping(topic: Topic) -> tuple[str, ...]:
    """A sentence on each strategy with headings that no table maps: what rests on them is open."""
    found = []
    for described in filter(_asks_pubmed, topic.strategies):
        strategy = _as_mapped(topic, described)
        names = sorted({heading.name for heading in unmapped(strategy)})
        if names:
            are = "is" if len(names) == 1 else "are"
            found.append(
                f"{described.name}: {', '.join(names)} {are} not in the mapping table; "
                "not asked for, and open on every record."
            )
    return tuple(found)


def _asks_pubmed(described: TopicStrategy) -> bool:
    return described.route == "pubmed"


def _as_mapped(topic: Topic, described: TopicStrategy) -> Strategy:
    """A strategy of the topic as it means here; raises `UnreadableInput`."""
    strategy = read_strategy_file(topic.strategy_file(described), described.dialect)
    return mapped(strategy, mapping_of(topic))


def mapping_of(topic: Topic) -> Mapping:
    """What stands for Embase's headings; without a table nothing does."""
    return read_mapping_file(topic.mapping_file) if topic.mapping_file else Mapping()


def _stands_in(strategy: Strategy, reached: tuple[int, ...], fault: Diagnostic) -> bool:
    """Whether an error stands in a line that the result rests on, or in none."""
    if fault.severity is not Severity.ERROR:
        return False
    spans = {line.number: line.span for line in strategy.lines}
    holding = [n for n, span in spans.items() if span.line <= fault.line <= span.end_line]
    return not holding or any(number in reached for number in holding)
