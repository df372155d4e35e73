"""The stand-ins on loopback: one server for all sources, whose day can be moved on."""

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

from surveillance.simulator import clinicaltrials, europe_pmc
from surveillance.simulator.answers import Answer, Asked
from surveillance.simulator.eutils import MOST_IDS, EUtilities
from surveillance.simulator.faults import Delivery, Exchange, Fault
from surveillance.simulator.holdings import Holdings, Snapshot
from surveillance.simulator.pubmed_files import PubMedFiles
from surveillance.simulator.rate_limit import RateLimit
from surveillance.strategy.mesh import MeshTree

_EUTILS = "/entrez/eutils/"
_CLINICALTRIALS = "/api/v2/"
_EUROPE_PMC = "/europepmc/webservices/rest/"
_PUBMED_FILES = "/pubmed/"
_LARGEST_FORM = 10 * 1024**2
_MOST_PARAMETERS = 1_000
_BLANKS = b" " * 65_536
NO_FAULT = Fault()


@dataclass(slots=True)
class Simulator:
    """PubMed, ClinicalTrials.gov and Europe PMC as they stood on a day, served on 127.0.0.1.

    `requests` has everything that was asked, in order. `faults` befall the requests that they
    concern, the first in the queue first, each as often as it says. Assign `as_of` to move time on.
    """

    as_of: date
    snapshot: Snapshot
    eutils: EUtilities
    rate_limit: RateLimit | None
    files: PubMedFiles | None = None
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
        files: Path | None = None,
    ) -> Iterator[Self]:
        """Serve `folder` (see `holdings`) as of a day until the block ends.

        `phrase_index`, `most_ids`: see `EUtilities`; `files`: a folder with `baseline` and
        `updatefiles`, whatever the day. Raises `UnreadableInput` for `folder`.
        """
        eutils = EUtilities(mesh=mesh, phrase_index=phrase_index, most_ids=most_ids)
        limit = RateLimit() if rate_limit else None
        held = PubMedFiles(files) if files else None
        simulator = cls(as_of, Snapshot(folder), eutils, limit, held)
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
    def europepmc_url(self) -> str:
        """The base address of Europe PMC's REST service, with its slash."""
        return self._address + _EUROPE_PMC

    @property
    def pubmed_files_url(self) -> str:
        """The address of the folder of `baseline/` and `updatefiles/`, with its slash."""
        return self._address + _PUBMED_FILES

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

    def take(self, asked: Asked) -> tuple[Fault, tuple[Asked, ...]]:
        """Note what was asked; the fault that befalls it, and what was asked before on its path."""
        with self._lock:
            fault = self._next_fault(asked.path)
            before = self.requests if fault is not NO_FAULT else []
            earlier = tuple(one for one in before if one.path == asked.path)
            self.requests.append(asked)
            return fault, earlier

    def _next_fault(self, path: str) -> Fault:
        for place, fault in enumerate(self.faults):
            if path.endswith(fault.path):
                if fault.rest:
                    self.faults[place] = fault.rest
                else:
                    del self.faults[place]
                return fault
        return NO_FAULT

    def answer(self, asked: Asked, address: str) -> Answer:
        """The genuine answer to a request from `address`."""
        holdings = self.snapshot.on(self.as_of)
        if asked.path.startswith(_EUTILS):
            return self._eutils(asked, holdings, address)
        if asked.path.startswith(_CLINICALTRIALS):
            return self._clinicaltrials(asked, holdings)
        if asked.path.startswith(_EUROPE_PMC):
            return self._europe_pmc(asked)
        if asked.path.startswith(_PUBMED_FILES) and self.files:
            return self.files.answer(asked.path.removeprefix(_PUBMED_FILES))
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

    def _europe_pmc(self, asked: Asked) -> Answer:
        held = self.snapshot.europe_pmc_on(self.as_of)
        match asked.method, *asked.path.removeprefix(_EUROPE_PMC).split("/"):
            case ("GET", "search") | ("POST", "searchPOST"):
                return europe_pmc.search(asked.parameters, held)
            case ("GET", source, number, "citations"):
                return europe_pmc.citations(source, number, asked.parameters, held)
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
        self._answer(Asked(method, address.path, dict(pairs)))

    def _answer(self, asked: Asked) -> None:
        fault, earlier = self.server.simulator.take(asked)
        if fault.delivery is Delivery.RESET:
            self._reset()
            return
        answer = fault.respond(Exchange(asked, earlier, self._genuine))
        try:
            self._deliver(answer, fault)
        except ConnectionError:
            # The client has hung up: a drip, or more than it takes.
            self.close_connection = True

    def _genuine(self, asked: Asked) -> Answer:
        return self.server.simulator.answer(asked, self.client_address[0])

    def _deliver(self, answer: Answer, fault: Fault) -> None:
        body = answer.body
        if fault.delivery is not Delivery.DRIP:
            time.sleep(fault.seconds)
        self._head(answer, fault.announced or len(body))
        match fault.delivery:
            case Delivery.DRIP:
                self._drip(body, fault.seconds)
            case Delivery.TRUNCATED:
                self.wfile.write(body[: len(body) // 2])
            case Delivery.RESET_MIDWAY:
                self.wfile.write(body[: len(body) // 2])
                self._reset()
            case Delivery.FILLED:
                self._fill(body, fault.announced or len(body))
            case _:
                self.wfile.write(body)

    def _drip(self, body: bytes, seconds: float) -> None:
        """The first byte at once, the last one when the time is over."""
        begun, last = time.monotonic(), max(len(body) - 1, 1)
        for at in range(len(body)):
            time.sleep(max(0.0, begun + seconds * at / last - time.monotonic()))
            self.wfile.write(body[at : at + 1])

    def _fill(self, body: bytes, length: int) -> None:
        self.wfile.write(body[:length])
        for at in range(len(body), length, len(_BLANKS)):
            self.wfile.write(_BLANKS[: length - at])

    def _send(self, answer: Answer) -> None:
        self._head(answer, len(answer.body))
        self.wfile.write(answer.body)

    def _head(self, answer: Answer, length: int) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(length))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _reset(self) -> None:
        """Close with a TCP reset: no lingering, and no orderly shutdown by the server."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        os.close(self.connection.detach())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged: `Simulator.requests` has it."""
