"""The benchmark of a week's comparison, small: every step is done and nothing is missed."""

from __future__ import annotations

from pathlib import Path

from benchmarks.registrations import measured


def test_a_small_week_is_compared(tmp_path: Path) -> None:
    found = measured(f"sqlite:///{tmp_path / 'surveil.db'}", trials=200, changed=10, weeks=2)
    assert found.trials == 200
    assert found.versions == 200 + 3 * 10
    assert 10 <= found.changed <= 30
    assert 0 < found.overdue < 200
    assert set(found.seconds) == {
        "documents kept",
        "registrations listed, to link records",
        "versions compared, for signals",
        "every newest version read, and overdue results",
    }
    # 10,000 may take a minute of one core.
    assert found.total < 60 * 200 / 10_000
