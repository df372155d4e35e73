"""Tree → text in the syntax of a dialect, that reads back as the same tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from surveillance.strategy.nodes import Node
from surveillance.strategy.printing.cochrane import to_cochrane
from surveillance.strategy.printing.inahta import to_inahta
from surveillance.strategy.printing.ovid import to_ovid
from surveillance.strategy.printing.pubmed import to_pubmed

__all__ = ["to_text"]

_PRINTERS: Mapping[str, Callable[[Node], str]] = {
    "ovid-medline": to_ovid,
    "ovid-embase": to_ovid,
    "cochrane": to_cochrane,
    "inahta": to_inahta,
    "pubmed": to_pubmed,
}


def to_text(node: Node, dialect: str) -> str:
    """A tree in the syntax of its dialect. Raises `KeyError` for an unknown dialect."""
    return _PRINTERS[dialect](node)
