"""What is shipped as its makers publish it is what the docs say it is."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_file_of_others_is_the_one_that_the_docs_name() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    named = re.findall(r"`(surveillance/\S+\.js)`.*?SHA-256 `([0-9a-f]{64})`", page)
    assert [file for file, _ in named] == ["surveillance/triage/static/htmx.min.js"]
    for file, expected in named:
        assert hashlib.sha256((ROOT / file).read_bytes()).hexdigest() == expected
