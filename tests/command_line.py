"""The command as a user calls it, in the process of the test."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import pytest

from surveillance.cli import main, show

#: Columns of the terminal, unless a test sets others after `caller`.
WIDTH = "160"

#: Called with arguments: exit code, what was printed, what was said on the side.
Surveil = Callable[..., tuple[int, str, str]]


def caller(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *before: str
) -> Surveil:
    """What calls `surveil` with `before` and the arguments that it is given."""

    # A console reads the terminal's width when it is made, which is once for all tests.
    monkeypatch.setenv("COLUMNS", WIDTH)

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(show.out, "width", int(os.environ["COLUMNS"]))
        monkeypatch.setattr(sys, "argv", ["surveil", *before, *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call
