"""`surveil triage` and `surveil user` as somebody calls them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from db.accounts import accounts
from db.session import Store
from surveillance.cli import app
from surveillance.cli.topics import make_workspace
from surveillance.errors import UnreadableInput
from tests.world import fresh_store, store_url

PASSWORD = "four words easily kept"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[tuple[dict[str, str], Store]]:
    make_workspace(tmp_path)
    told = {"SURVEIL_WORKSPACE": str(tmp_path), "SURVEIL_DATABASE_URL": store_url(tmp_path)}
    with fresh_store(tmp_path) as store:
        yield told, store


def user(told: dict[str, str], *arguments: str, typed: str = PASSWORD) -> str:
    done = CliRunner().invoke(app, ["user", *arguments], env=told, input=f"{typed}\n")
    assert done.exit_code == 0, done.exception
    assert typed not in done.output
    return done.output


def refused(told: dict[str, str], *arguments: str, typed: str = PASSWORD) -> str:
    done = CliRunner().invoke(app, ["user", *arguments], env=told, input=f"{typed}\n")
    assert done.exception is not None
    assert typed not in str(done.exception)
    return str(done.exception)


def test_accounts_from_the_terminal(workspace: tuple[dict[str, str], Store]) -> None:
    told, store = workspace
    user(told, "add", "Ann Marsh", "--role", "reviewer", "--password-stdin")
    user(told, "add", "Gail Obi", "--role", "admin", "--no-password")
    assert "already" in refused(told, "add", "ann  marsh", "--role", "admin", "--password-stdin")
    user(told, "role", "Ann Marsh", "--role", "specialist")
    user(told, "disable", "Ann Marsh")
    assert "Ann Marsh" in user(told, "list")
    with store.snapshot() as session:
        found = {one.account.name: one for one in accounts(session)}
    assert (found["Ann Marsh"].account.role, found["Ann Marsh"].account.enabled) == (
        "specialist", False,
    )  # fmt: skip
    assert found["Ann Marsh"].password_hash.startswith("$argon2id$")
    assert found["Gail Obi"].password_hash == ""
    assert "only administrator" in refused(told, "disable", "Gail Obi")
    assert "only administrator" in refused(told, "role", "Gail Obi", "--role", "reviewer")
    assert "no account" in refused(told, "password", "Nobody", "--password-stdin")


@pytest.mark.sqlite
def test_the_password_is_asked_for_twice_and_never_shown(
    workspace: tuple[dict[str, str], Store],
) -> None:
    told, store = workspace
    ours, theirs = os.openpty()
    command = [str(Path(sys.executable).with_name("surveil")), "user", "add", "Ann Marsh"]
    with subprocess.Popen(
        [*command, "--role", "reviewer"],
        env={**os.environ, **told},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        # Without a terminal of its own it asks at its input, which is one.
        start_new_session=True,
    ) as asking:
        said = ""
        for prompts in (1, 2):
            while said.count(": ") < prompts:
                said += os.read(ours, 1_000).decode()
            os.write(ours, f"{PASSWORD}\n".encode())
        assert asking.wait(60) == 0
        said += os.read(ours, 10_000).decode()
    os.close(theirs)
    os.close(ours)
    assert "Ann Marsh may sign in as reviewer." in said
    assert PASSWORD not in said
    with store.snapshot() as session:
        assert [one.account.name for one in accounts(session)] == ["Ann Marsh"]


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("too short", "12 to 128"),
        ("x" * 129, "12 to 128"),
        ("abababababab", "easily guessed"),
        ("i am ann marsh 2026", "easily guessed"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(
    workspace: tuple[dict[str, str], Store], password: str, why: str
) -> None:
    told, _ = workspace
    arguments = ("add", "Ann Marsh", "--role", "reviewer", "--password-stdin")
    assert why in refused(told, *arguments, typed=password)


@contextmanager
def running(told: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("surveil")), "triage", "--port", str(port)]
    with subprocess.Popen(
        command, env={**os.environ, **told}, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            yield f"http://127.0.0.1:{port}", server
        finally:
            server.kill()


@pytest.mark.slow
@pytest.mark.sqlite
def test_the_page_is_served_until_ctrl_c(workspace: tuple[dict[str, str], Store]) -> None:
    told, _ = workspace
    user(told, "add", "Ann Marsh", "--role", "reviewer", "--password-stdin")
    with running(told) as (address, server):
        until = time.monotonic() + 60
        while True:
            try:
                page = httpx.get(f"{address}/sign-in", timeout=60)
                break
            except httpx.TransportError:
                assert time.monotonic() < until
                assert server.poll() is None
                time.sleep(0.1)
        assert page.status_code == 200
        # What serves it, and in which version, is nobody's business (ASVS 14.3.3).
        assert "server" not in page.headers
        with httpx.Client(base_url=address, headers={"Accept": "text/html"}, timeout=60) as client:
            client.post("/sign-in", data={"name": "Ann Marsh", "password": PASSWORD})
            assert "Ann Marsh" in client.get("/").text
        server.send_signal(signal.SIGINT)
        _, said = server.communicate(timeout=60)
        assert f"The triage page: {address}" in said
        assert "Traceback" not in said


def test_a_port_that_is_taken_is_one_sentence(workspace: tuple[dict[str, str], Store]) -> None:
    told, _ = workspace
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(app, ["triage", "--port", port], env=told)
    assert isinstance(done.exception, UnreadableInput)
    assert f"nothing can listen at 127.0.0.1, port {port}" in str(done.exception)
