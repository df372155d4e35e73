"""What should not have happened, caught inside the headers: nobody sees a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)


class LastDoor:
    """Answers for a fault that nobody foresaw; the server's log has it whole.

    Starlette's own last door stands outside of all that is put around an answer, so that its
    answers lack the headers, and ends the connection under them.
    """

    def __init__(self, app: ASGIApp, *, answer: Callable[[Request, Exception], Response]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as fault:
            if begun or scope["type"] != "http":
                raise
            log.exception("%s %s", scope["method"], scope["path"])
            await self._answer(Request(scope), fault)(scope, receive, send)
