"""`surveil strategy …`: a strategy read, translated and evaluated, without store or network."""

from __future__ import annotations

from surveillance.cli.strategy import benching, evaluating, explaining, linting, reading
from surveillance.cli.strategy.options import app, show_diagnostics

__all__ = ["app", "benching", "evaluating", "explaining", "linting", "reading", "show_diagnostics"]
