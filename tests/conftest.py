from __future__ import annotations

from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder ../shared, which users don't have; a test that needs it is skipped there."""
    if not _SHARED.is_dir():
        pytest.skip("../shared is not here; this test compares with the real files in it")
    return _SHARED
