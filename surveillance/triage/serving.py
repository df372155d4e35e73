"""The page served until somebody stops it."""

from __future__ import annotations

import sys

import uvicorn

from surveillance.settings import Settings
from surveillance.triage.app import create_app

#: Seconds after which a thread that computes lets another one go on. By default it is ten times as
#: long, and a page that asks the store fifteen times would wait that often for somebody's search.
_TURN = 0.0005


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Serve the page of a workspace; a proxy on this machine may say who asks, and how."""
    sys.setswitchinterval(_TURN)
    uvicorn.run(
        create_app(settings),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
    )
