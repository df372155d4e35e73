"""The page served until somebody stops it."""

from __future__ import annotations

import uvicorn

from surveillance.settings import Settings
from surveillance.triage.app import create_app


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Serve the page of a workspace; a proxy on this machine may say who asks, and how."""
    uvicorn.run(
        create_app(settings),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
    )
