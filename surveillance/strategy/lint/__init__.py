"""The lint: what a peer reviewer of a strategy would ask about, found before the search is run.

Each rule is one function (`rule.Rule`); docs/lint.md has a section for each, printed from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from surveillance.strategy.lint import exclusion, fields, headings, lines, words
from surveillance.strategy.lint.rule import Context, Rule
from surveillance.strategy.mapping import Mapping
from surveillance.strategy.mesh import MeshTree
from surveillance.strategy.searchable import Searchable
from surveillance.strategy.strategy import Diagnostic, Severity, Strategy

__all__ = ["RULES", "lint"]

RULES: tuple[Rule, ...] = (
    lines.mixed_operators,
    lines.unused_line,
    lines.result_combines_nothing,
    lines.range_skips_line,
    lines.duplicate_line,
    lines.redundant_line,
    lines.redundant_term,
    lines.count_contradicts,
    words.short_root,
    words.wildcard_inside,
    words.unquoted_words,
    words.near_without_number,
    words.spelling_variant,
    words.typographic_character,
    words.repeated_term,
    fields.fields_disagree,
    fields.field_repeated,
    fields.field_not_carried,
    fields.field_missing_on_some,
    headings.unknown_heading,
    headings.renamed_heading,
    headings.unknown_subheading,
    headings.explode_without_narrower,
    headings.not_exploded,
    headings.heading_without_words,
    headings.words_without_heading,
    headings.emtree_not_mapped,
    exclusion.not_on_text_words,
    exclusion.not_animals,
    exclusion.limit_on_index_terms,
    exclusion.limit_to_language,
    exclusion.known_item_excluded,
)

#: The longest published strategies have some 400 lines; the rules compare lines with each other.
MOST_LINES = 1_000

_ORDER = {severity: place for place, severity in enumerate(Severity)}


def lint(
    strategy: Strategy,
    *,
    mesh: MeshTree | None = None,
    known_items: Iterable[Searchable] = (),
    vocabulary: Sequence[str] = (),
    mapping: Mapping | None = None,
) -> tuple[Diagnostic, ...]:
    """What was found while the strategy was read, and by the rules; by line, column and severity.

    `mesh`: the rules on headings need it, some of them a whole one. `known_items`: records that the
    strategy must find. `vocabulary`: words of some records, in order, for what a truncated
    root opens. `mapping`: the topic's table of what stands for Emtree's headings; an Embase
    strategy is read as published, its headings beside that as mapped.
    """
    context = Context(mesh, tuple(known_items), vocabulary, mapping)
    found = [*strategy.diagnostics]
    if len(strategy.lines) > MOST_LINES:
        found.append(_too_many(strategy))
    else:
        for rule in RULES:
            found += rule.diagnostics(strategy, context)
    return tuple(sorted(dict.fromkeys(found), key=_place))


def _too_many(strategy: Strategy) -> Diagnostic:
    beyond = strategy.lines[MOST_LINES].span
    return Diagnostic(
        "too-many-lines",
        Severity.WARNING,
        beyond.line,
        beyond.column,
        beyond.column + 1,
        f"There are {len(strategy.lines):,} lines; the rules look at up to {MOST_LINES:,}, and "
        "were not asked.",
        "Check that the file holds one strategy, with one search a line.",
    )


def _place(found: Diagnostic) -> tuple[int, int, int, str]:
    return found.line, found.column, _ORDER[found.severity], found.code
