"""The command as a user calls it, in the process of the test."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from surveillance.cli import main

#: Called with arguments: exit code, what was printed, what was said on the side.
Surveil = Callable[..., tuple[int, str, str]]


def caller(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *before: str
) -> Surveil:
    """What calls `surveil` with `before` and the arguments that it is given."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["surveil", *before, *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call
