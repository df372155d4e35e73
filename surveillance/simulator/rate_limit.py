"""E-utilities' rate limit: 3 requests a second for an address, 10 with an API key."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from surveillance.simulator.answers import JSON, Answer

WITHOUT_KEY = 3
WITH_KEY = 10


@dataclass(slots=True)
class RateLimit:
    """Counts the requests of the last `window` seconds for each caller."""

    window: float = 1.0
    clock: Callable[[], float] = time.monotonic
    _asked: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _lock: Lock = field(default_factory=Lock)

    def refusal(self, address: str, api_key: str) -> Answer | None:
        """The 429 for a caller over the limit, else None (body and headers: captured 2026)."""
        caller, limit = (api_key, WITH_KEY) if api_key else (address, WITHOUT_KEY)
        count = self._count(caller)
        return _too_many(caller, count, limit) if count > limit else None

    def _count(self, caller: str) -> int:
        with self._lock:
            now = self.clock()
            asked = self._asked[caller]
            while asked and now - asked[0] >= self.window:
                asked.popleft()
            asked.append(now)
            return len(asked)


def _too_many(caller: str, count: int, limit: int) -> Answer:
    body = (
        f'{{"error":"API rate limit exceeded","api-key":"{caller}",'
        f'"count":"{count}","limit":"{limit}"}}'
    )
    headers = {
        "Retry-After": "2",
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": "0",
    }
    return Answer(429, JSON, body.encode(), headers)
