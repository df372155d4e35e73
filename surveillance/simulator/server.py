"""The stand-ins on loopback: one server for both sources, whose day can be moved on."""

from __future__ import annotations

import os
import socket
import struct
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from surveillance.simulator import clinicaltrials
from surveillance.simulator.answers import Answer, Asked, Fault, FaultKind
from surveillance.simulator.eutils import MOST_IDS, EUtilities
from surveillance.simulator.holdings import Holdings, Snapshot
from surveillance.simulator.rate_limit import RateLimit
from surveillance.strategy.mesh import MeshTree

_EUTILS = "/entrez/eutils/"
_CLINICALTRIALS = "/api/v2/"
_LARGEST_FORM = 10 * 1024**2
_MOST_PARAMETERS = 1_000


@dataclass(slots=True)
class Simulator:
    """PubMed and ClinicalTrials.gov as they stood on a day, served on 127.0.0.1.

    `requests` has everything that was asked, in order. `faults` are answered before anything
    else, each once, the first that concerns the path asked. Assign `as_of` to move time on.
    """

    as_of: date
    snapshot: Snapshot
    eutils: EUtilities
    rate_limit: RateLimit | None
    requests: list[Asked] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    _server: ThreadingHTTPServer | None = None
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    @contextmanager
    def open(
        cls,
        folder: Path,
        as_of: date,
        *,
        rate_limit: bool = True,
        mesh: MeshTree | None = None,
        phrase_index: bool = True,
        most_ids: int = MOST_IDS,
    ) -> Iterator[Self]:
        """Serve `folder` (see `holdings`) as of a day until the block ends.

        `phrase_index`, `most_ids`: see `EUtilities`. Raises `UnreadableInput` for the folder.
        """
        eutils = EUtilities(mesh=mesh, phrase_index=phrase_index, most_ids=most_ids)
        limit = RateLimit() if rate_limit else None
        simulator = cls(as_of, Snapshot(folder), eutils, limit)
        with simulator._serving():
            yield simulator

    @property
    def pubmed_url(self) -> str:
        """The base address of the E-utilities, with its slash."""
        return self._address + _EUTILS

    @property
    def clinicaltrials_url(self) -> str:
        """The base address of ClinicalTrials.gov's API, with its slash."""
        return self._address + _CLINICALTRIALS

    @property
    def _address(self) -> str:
        if self._server is None:
            raise RuntimeError("the simulator is not open")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def _serving(self) -> Iterator[None]:
        self._server = _Server(self)
        thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def take_fault(self, asked: Asked) -> Fault | None:
        """Note what was asked, and take the first fault that concerns it off the queue."""
        with self._lock:
            self.requests.append(asked)
            for fault in self.faults:
                if asked.path.endswith(fault.path):
                    self.faults.remove(fault)
                    return fault
        return None

    def answer(self, asked: Asked, address: str) -> Answer:
        """The genuine answer to a request from `address`."""
        holdings = self.snapshot.on(self.as_of)
        if asked.path.startswith(_EUTILS):
            return self._eutils(asked, holdings, address)
        if asked.path.startswith(_CLINICALTRIALS):
            return self._clinicaltrials(asked, holdings)
        return Answer.text("", status=404)

    def _eutils(self, asked: Asked, holdings: Holdings, address: str) -> Answer:
        api_key = asked.parameters.get("api_key", "")
        refusal = self.rate_limit.refusal(address, api_key) if self.rate_limit else None
        if refusal is not None:
            return refusal
        match asked.path.removeprefix(_EUTILS):
            case "esearch.fcgi":
                return self.eutils.search(asked.parameters, holdings, self.as_of)
            case "efetch.fcgi":
                return self.eutils.fetch(asked.parameters, holdings)
        return Answer.text("", status=404)

    def _clinicaltrials(self, asked: Asked, holdings: Holdings) -> Answer:
        match asked.path.removeprefix(_CLINICALTRIALS).split("/"):
            case ["studies"]:
                return clinicaltrials.studies(asked.parameters, holdings.studies, self.as_of)
            case ["studies", number]:
                return clinicaltrials.study(number, asked.parameters, holdings.studies)
        return Answer.text("", status=404)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    """HTTP/1.0: one request a connection, so that a fault concerns one request alone."""

    server: _Server

    def do_GET(self) -> None:
        self._handle("GET", "")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > _LARGEST_FORM:
            self._send(Answer.text("", status=413))
            return
        self._handle("POST", self.rfile.read(int(length)).decode(errors="replace"))

    def _handle(self, method: str, form: str) -> None:
        address = urlsplit(self.path)
        try:
            pairs = parse_qsl(
                f"{address.query}&{form}", keep_blank_values=True, max_num_fields=_MOST_PARAMETERS
            )
        except ValueError:
            self._send(Answer.text("", status=400))
            return
        asked = Asked(method, address.path, dict(pairs))
        fault = self.server.simulator.take_fault(asked)
        if fault is None:
            self._send(self._genuine(asked))
        else:
            self._fail(fault, asked)

    def _genuine(self, asked: Asked) -> Answer:
        return self.server.simulator.answer(asked, self.client_address[0])

    def _fail(self, fault: Fault, asked: Asked) -> None:
        match fault.kind:
            case FaultKind.ANSWER:
                self._send(fault.answer or self._genuine(asked))
            case FaultKind.RESET:
                self._reset()
            case FaultKind.TRUNCATED:
                self._send(self._genuine(asked), share=0.5)
            case FaultKind.SLOW:
                time.sleep(fault.seconds)
                self._send(self._genuine(asked))

    def _send(self, answer: Answer, *, share: float = 1.0) -> None:
        """Send an answer; with a smaller `share` announce it whole and break off."""
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body[: int(len(answer.body) * share)])

    def _reset(self) -> None:
        """Close with a TCP reset: no lingering, and no orderly shutdown by the server."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        os.close(self.connection.detach())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged: `Simulator.requests` has it."""
