"""The benchmark of a week's comparison, small: every step is done and nothing is missed."""

from __future__ import annotations

from pathlib import Path

from benchmarks.registrations import measured


def test_a_small_week_is_compared(tmp_path: Path) -> None:
    found = measured(f"sqlite:///{tmp_path / 'surveil.db'}", trials=200, changed=10, weeks=2)
    assert found.trials == 200
    assert found.versions == 200 + 3 * 10
    assert 5 <= found.signals <= 20
    assert 0 < found.digest <= 100_000
    assert set(found.seconds) == {
        "documents kept",
        "records linked",
        "signals raised",
        "alerts, feed and calendar written",
    }
