"""The positional engine: many strategies over a batch of records at once, equal to `reference`.

    index = Index.of(records, Semantics())      # Iterable[Searchable]; cut into words once
    prepare(index, strategies, mesh=tree)       # optional: cut now what else they search
    for lines in evaluate_all(strategies, index, mesh=tree):     # dict[int, VerdictSet]
        lines[31].match.bit_count()             # how many records the line finds
        numbers(lines[31].cannot_tell)          # which can't be told, by their place in `records`

The reading of the unverified rules (`Semantics`) belongs to the index, since it decides what a
word is; a strategy is evaluated under that of its index.
"""

from surveillance.strategy.evaluate.positional.engine import evaluate_all
from surveillance.strategy.evaluate.positional.fields_searched import prepare
from surveillance.strategy.evaluate.positional.index import Index
from surveillance.strategy.evaluate.positional.verdicts import VerdictSet, numbers

__all__ = ["Index", "VerdictSet", "evaluate_all", "numbers", "prepare"]
