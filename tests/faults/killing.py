"""A run in a process of its own that is killed by SIGKILL at a moment of its writing."""

from __future__ import annotations

import sys
from datetime import date

from surveillance.errors import SurveillanceError
from surveillance.triage.processes import beside
from tests.faults.cases import Sizes
from tests.faults.deaths import Death
from tests.faults.sizes import answers_of
from tests.faults.workspaces import Workspace

#: What a process that was killed leaves as its exit code, and what a failed run leaves.
KILLED, FAILED = -9, 3
_PATIENCE = 120


def run_and_kill(workspace: Workspace, until: date, sizes: Sizes, at: int) -> int:
    """The exit code of a process that runs the topic and dies at its moment `at`."""
    process = beside().Process(target=_run, args=(workspace, until, sizes, at))
    process.start()
    process.join(_PATIENCE)
    assert process.exitcode is not None, "the run hangs"
    return process.exitcode


def _run(workspace: Workspace, until: date, sizes: Sizes, at: int) -> None:
    with answers_of(sizes), Death().coming(at, of_process=True):
        try:
            workspace.run(until)
        except SurveillanceError:
            sys.exit(FAILED)
