"""What a source was asked and what it answered, kept so that a run can be replayed.

Who asked is no part of a question: NCBI's key, the contact's address and the tool's name are left
out, so that they reach neither the store nor a message.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, Self
from urllib.parse import parse_qsl, urlsplit

from surveillance.errors import SourceFailed
from surveillance.sources.http import Answer, Request

_WHO_ASKED = frozenset({"api_key", "email", "tool"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer.

    `question` is the path below the source's address and the parameters. `content` is None where
    the answer was nothing but records whose payloads are kept: `records` are their hashes.
    """

    source: str
    question: Mapping[str, str]
    status: int
    content: bytes | None
    records: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: str, request: Request, answer: Answer) -> Self:
        """An answer kept whole; of a redirect, where it leads."""
        location = answer.headers.get("Location", "")
        moved = 300 <= answer.status < 400
        content = location.encode() if moved else answer.content
        return cls(source, question_of(request), answer.status, content)

    def answer(self, payload_of: Callable[[str], bytes]) -> Answer:
        """The answer again, its records put together from the payloads of their hashes."""
        content = self.content
        if content is None:
            content = b"<PubmedArticleSet>%b</PubmedArticleSet>" % b"\n".join(
                map(payload_of, self.records)
            )
        moved = 300 <= self.status < 400
        headers = {"Location": content.decode(errors="replace")} if moved else {}
        return Answer(self.status, content, headers)


Recorder = Callable[[Exchange], None]


def unrecorded(_: Exchange) -> None:
    """A recorder for who needs no replay."""


class Asks(Protocol):
    """What the sources ask through: the network's client, or what was recorded."""

    @property
    def name(self) -> str: ...

    def ask(self, request: Request) -> Answer: ...


def question_of(request: Request) -> dict[str, str]:
    """A request without who asked it and where: the end of its path, and its parameters.

    Three parts of a path tell every question apart (`MED/31688209/citations`), whatever the
    address of the service.
    """
    parts = urlsplit(request.url)
    form = (request.data or b"").decode()
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *parse_qsl(form)]
    pairs += (request.params or {}).items()
    asked = {name: value for name, value in pairs if name not in _WHO_ASKED}
    return {"path": "/".join(parts.path.split("/")[-3:]), **dict(sorted(asked.items()))}


class Replayed:
    """Answers from what was recorded, each as often and in the order in which it was given."""

    def __init__(self, name: str, answers: Iterable[tuple[Mapping[str, str], Answer]]) -> None:
        self.name = name
        self._answers: dict[frozenset[tuple[str, str]], deque[Answer]] = defaultdict(deque)
        for question, answer in answers:
            self._answers[frozenset(question.items())].append(answer)

    def ask(self, request: Request) -> Answer:
        """The next recorded answer; raises `SourceFailed` where nothing of the kind was asked."""
        question = question_of(request)
        waiting = self._answers.get(frozenset(question.items()))
        if not waiting:
            shown = " ".join(f"{name}={value}" for name, value in question.items())
            raise SourceFailed(
                f"{self.name} was not asked this in the run that is replayed: {shown[:300]}",
                hint="The topic's files, the rules or the store before it were others then.",
            )
        return waiting.popleft()
