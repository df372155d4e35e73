"""A Prefect server for whoever has none: started on loopback, stopped with us.

Prefect's own temporary server never creates scheduled runs (measured with 3.8.8: a deployment on
a ten-second interval did not fire once in 80 seconds), so `serve` alone would wait for ever.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from surveillance.errors import SurveillanceError

#: Seconds until a server that does not answer is given up; it migrates its database first.
START_LIMIT = 180

#: Seconds that Prefect gets to send its last logs and events.
LAST_WORDS = 10

_SERVER = (sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--no-ui")


@contextmanager
def prefect_server(home: Path) -> Iterator[str]:
    """The address of a Prefect API: the one that the environment names, else one of our own.

    Sets the environment of this process, so it must be entered before Prefect is imported.
    Raises `SurveillanceError` where our own server does not start.
    """
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    if address := os.environ.get("PREFECT_API_URL"):
        yield address
        return
    os.environ["PREFECT_HOME"] = str(home.resolve())
    port = _free_port()
    address = os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.log").open("ab") as log:
        server = subprocess.Popen(  # noqa: S603 — our own interpreter, our own arguments
            [*_SERVER, "--port", str(port)],
            stdout=log,
            stderr=log,
            # Ctrl-C reaches every process of the terminal; the server must outlive the others,
            # which still have to tell it that they stop.
            start_new_session=True,
        )
    try:
        _wait_until_it_answers(server, address, home / "server.log")
        yield address
    finally:
        _let_prefect_finish()
        server.terminate()
        server.wait(timeout=30)
        del os.environ["PREFECT_API_URL"]


def _let_prefect_finish() -> None:
    """Have Prefect send its last logs and events while there is a server to take them.

    Left to the end of the process, it would try to reach the stopped server for over a minute.
    """
    if "prefect" in sys.modules:
        from prefect.events.worker import EventsWorker
        from prefect.logging.handlers import APILogWorker

        APILogWorker.drain_all(timeout=LAST_WORDS)
        EventsWorker.drain_all(timeout=LAST_WORDS)


def _wait_until_it_answers(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if requests.get(f"{address}/health", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.5)
    raise SurveillanceError(f"Prefect's server did not start; {log} says why.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
