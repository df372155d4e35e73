"""Builds the demonstration's snapshot from its source: a few TOML files that a person can review.

`python -m surveillance.simulator.snapshot_builder` writes the files; a test fails when they are
not what the source says (docs/decisions/0006-snapshot.md).
"""

from surveillance.simulator.snapshot_builder.build import SNAPSHOT, built_files, write

__all__ = ["SNAPSHOT", "built_files", "write"]
