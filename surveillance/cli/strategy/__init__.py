"""`surveil strategy …`: a strategy read, translated and evaluated, without store or network."""

from __future__ import annotations

from surveillance.cli.strategy import evaluating, explaining, linting, reading
from surveillance.cli.strategy.options import app, show_diagnostics

__all__ = ["app", "evaluating", "explaining", "linting", "reading", "show_diagnostics"]
