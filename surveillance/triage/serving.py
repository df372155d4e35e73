"""The page served until somebody stops it."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress

import uvicorn

from surveillance.settings import Settings
from surveillance.triage.app import create_app

#: Seconds after which a thread that computes lets another one go on. By default it is ten times as
#: long, and a page that asks the store fifteen times would wait that often for somebody's search.
_TURN = 0.0005


def serve(settings: Settings, at: socket.socket) -> None:
    """Serve the page of a workspace; a proxy on this machine may say who asks, and how."""
    sys.setswitchinterval(_TURN)
    config = uvicorn.Config(
        create_app(settings),
        log_level="warning",
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
    )
    # Ctrl-C is how it is meant to end.
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[at])
