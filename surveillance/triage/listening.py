"""The place where the page is reached, taken before anything that takes time is loaded."""

from __future__ import annotations

import socket

from surveillance.errors import UnreadableInput


def listening(host: str, port: int) -> socket.socket:
    """A socket that takes whoever comes from now on; raises `UnreadableInput` where none can be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as fault:
        raise UnreadableInput(
            f"nothing can listen at {host}, port {port}: {fault.strerror or fault}.",
            hint="Choose another one with --port.",
        ) from None
