"""A triage page served on loopback from a workspace of its own, and people signed in there."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from argon2 import PasswordHasher

from db.accounts import add_account
from db.session import Store
from surveillance.accounts import Account, Role
from surveillance.pipeline.accounts import add_user
from surveillance.settings import Settings
from surveillance.triage.app import create_app
from surveillance.triage.gate import COOKIE

PASSWORD = "four words easily kept"
#: Who signs in at a desk: a name for each role.
PEOPLE = {
    Role.REVIEWER: "Rae Viewer",
    Role.SPECIALIST: "Spec Ialist",
    Role.GUIDANCE: "Gui Dance",
    Role.ADMIN: "Ad Min",
}


@dataclass(frozen=True)
class Page:
    """A served page; `url` is its address with the path that it is under."""

    url: str
    settings: Settings
    store: Store

    def client(self, cookies: dict[str, str] | None = None) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, headers={"Accept": "text/html"}, cookies=cookies, timeout=30
        )

    @contextmanager
    def signed_in(self, role: Role = Role.REVIEWER, name: str = "") -> Iterator[httpx.Client]:
        """A client with a session of somebody of that role."""
        with self.client() as client:
            told = {"name": name or PEOPLE[role], "password": PASSWORD}
            answer = client.post("/sign-in", data=told)
            assert answer.status_code == 303, answer.text
            assert COOKIE in client.cookies
            yield client

    def add(self, name: str, role: Role = Role.REVIEWER) -> None:
        add_user(self.store, name, role, PASSWORD, by="the test")


def csrf(client: httpx.Client, path: str = "/me") -> str:
    """The word that a page's forms hold."""
    found = re.search(r'<meta name="csrf" content="([^"]+)">', client.get(path).text)
    assert found
    return found.group(1)


@cache
def _hashed() -> str:
    """The password as it is kept: made once, for it is meant to take its time."""
    return PasswordHasher().hash(PASSWORD)


@contextmanager
def served(folder: Path, store_url: str, *, path: str = "", **more: Any) -> Iterator[Page]:
    """The page of the workspace in `folder`, with an account of each role; `path`: a sub-path.

    `more` are further settings.
    """
    address = f"http://127.0.0.1:{{port}}{path}"
    told: dict[str, Any] = {
        "workspace": folder,
        "database_url": store_url,
        "page_url": address.format(port=1),
    }
    settings = Settings(**(told | more))
    store = Store(settings.store_url)
    store.upgrade()
    with store.transaction() as session:
        for role, name in PEOPLE.items():
            add_account(session, Account(name, role), _hashed(), datetime.now(UTC))
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings, beforehand=False), host="127.0.0.1", port=0, log_level="error"
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Page(address.format(port=port), settings, store)
    finally:
        server.should_exit = True
        thread.join(10)
        store.close()
