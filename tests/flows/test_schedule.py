"""The flow does what `surveil run` does, and a schedule really fires."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from surveillance.pipeline.running import run_topic
from tests.world import World, contents, world

UNTIL = date(2024, 8, 2)
PATIENCE = 180

FLOW = """
import sys
from datetime import date
from pathlib import Path
from flows.serving import prefect_server

with prefect_server(Path(sys.argv[1])):
    from flows.weekly import weekly_surveillance
    print(weekly_surveillance("targeted_muscle_reinnervation", date(2024, 8, 2)))
"""


def environment(world: World) -> dict[str, str]:
    return {**os.environ, **world.environment}


@pytest.mark.slow
def test_the_flow_leaves_the_store_that_the_command_leaves(tmp_path: Path) -> None:
    with world(tmp_path / "command") as by_command:
        run_topic(by_command.topic, by_command.settings, until=UNTIL)
        expected = by_command.facts()
    with world(tmp_path / "flow") as by_flow:
        done = subprocess.run(
            [sys.executable, "-c", FLOW, str(tmp_path / "prefect")],
            env=environment(by_flow),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        assert "'identified'" in done.stdout
        assert by_flow.facts() == expected


@pytest.mark.slow
@pytest.mark.sqlite  # three minutes of waiting, and nothing in it is about the database
def test_a_schedule_really_fires(tmp_path: Path) -> None:
    with world(tmp_path / "workspace") as scheduled:
        topic_file = scheduled.topic.folder / "topic.toml"
        text = topic_file.read_text(encoding="utf-8")
        every_minute = text.replace('cron = "0 6 * * 1"', 'cron = "* * * * *"')
        assert every_minute != text
        topic_file.write_text(every_minute, encoding="utf-8")
        served = subprocess.Popen(
            # A shell that starts tests in the background has them ignore Ctrl-C: undone here.
            ["env", "--default-signal=INT", Path(sys.executable).parent / "surveil", "schedule"],
            env=environment(scheduled),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            assert wait_for_a_finished_run(scheduled), "no run within three minutes"
        finally:
            output = stopped(served)
    assert b"* * * * *" in output
    assert b"Traceback" not in output, output.decode()


def stopped(served: subprocess.Popen[bytes]) -> bytes:
    """Ctrl-C: every process of the terminal is told; what they had to say."""
    os.killpg(served.pid, signal.SIGINT)
    try:
        return served.communicate(timeout=PATIENCE)[0]
    except subprocess.TimeoutExpired:
        os.killpg(served.pid, signal.SIGKILL)
        served.communicate()
        raise


def wait_for_a_finished_run(scheduled: World) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        runs = contents(scheduled.settings.store_url).get("run", [])
        if any(run["state"] == "finished" for run in runs):
            return True
        time.sleep(2)
    return False
