"""Faults: what is answered in place of the genuine answer, and how it is put on the wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from surveillance.simulator import damage
from surveillance.simulator.answers import JSON, PLAIN, Answer, Asked
from surveillance.simulator.damage import Change


class Delivery(StrEnum):
    """How an answer is sent.

    Whole; not at all; reset in its middle; broken off in its middle in good order; byte by byte;
    or filled up with blanks to the length that it announces.
    """

    WHOLE = "whole"
    RESET = "reset"
    RESET_MIDWAY = "reset midway"
    TRUNCATED = "truncated"
    DRIP = "drip"
    FILLED = "filled"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, those before it on the same path, and how the stand-in would answer each."""

    asked: Asked
    earlier: tuple[Asked, ...]
    genuine: Callable[[Asked], Answer]


Respond = Callable[[Exchange], Answer]


def _genuine(exchange: Exchange) -> Answer:
    return exchange.genuine(exchange.asked)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with the next requests whose path ends in `path` ("" = any).

    `respond` gives what is answered, `delivery` how it is sent, `seconds` how long that takes
    (before the answer, or spread over it), `announced` the length that it claims, and `times` how
    many requests it befalls.
    """

    respond: Respond = _genuine
    delivery: Delivery = Delivery.WHOLE
    seconds: float = 0.0
    announced: int | None = None
    path: str = ""
    times: int = 1

    @property
    def rest(self) -> Self | None:
        """The fault that is left after one request."""
        return replace(self, times=self.times - 1) if self.times > 1 else None

    @classmethod
    def answered(cls, answer: Answer, *, path: str = "", times: int = 1) -> Self:
        """This answer instead of the genuine one."""
        return cls(lambda _: answer, path=path, times=times)

    @classmethod
    def changed(cls, change: Change, *, path: str = "", times: int = 1) -> Self:
        """The genuine answer, changed (`damage` has changes)."""
        return cls(lambda exchange: change(_genuine(exchange)), path=path, times=times)

    @classmethod
    def status(
        cls,
        status: int,
        body: str = "",
        *,
        media_type: str = PLAIN,
        headers: Mapping[str, str] | None = None,
        path: str = "",
    ) -> Self:
        """An answer of this status instead of the genuine one."""
        return cls.answered(Answer(status, media_type, body.encode(), headers or {}), path=path)

    @classmethod
    def limited(
        cls, *, times: int = 1, status: int = 429, retry_after: str = "0", path: str = ""
    ) -> Self:
        """A storm of refusals for asking too often; NCBI sends their body with status 200, too."""
        body = {"error": "API rate limit exceeded", "api-key": "127.0.0.1", "count": "4"}
        headers = {"Retry-After": retry_after} if status == 429 else {}
        answer = Answer(status, JSON, json.dumps(body | {"limit": "3"}).encode(), headers)
        return cls.answered(answer, path=path, times=times)

    # -- on the wire -------------------------------------------------------------------------

    @classmethod
    def reset(cls, *, path: str = "") -> Self:
        """The connection is reset before anything is answered."""
        return cls(delivery=Delivery.RESET, path=path)

    @classmethod
    def reset_midway(cls, *, path: str = "") -> Self:
        """The connection is reset in the middle of the genuine body."""
        return cls(delivery=Delivery.RESET_MIDWAY, path=path)

    @classmethod
    def truncated(cls, *, path: str = "") -> Self:
        """The genuine answer, announced at its full length and cut off in the middle."""
        return cls(delivery=Delivery.TRUNCATED, path=path)

    @classmethod
    def slow(cls, seconds: float, *, path: str = "") -> Self:
        """The genuine answer, `seconds` late."""
        return cls(seconds=seconds, path=path)

    @classmethod
    def drip(cls, seconds: float, *, path: str = "") -> Self:
        """The genuine answer byte by byte, over so many seconds."""
        return cls(delivery=Delivery.DRIP, seconds=seconds, path=path)

    @classmethod
    def huge(cls, megabytes: int = 100, *, path: str = "") -> Self:
        """The genuine answer, announced at this size and filled up with blanks."""
        return cls(delivery=Delivery.FILLED, announced=megabytes * 1024**2, path=path)

    # -- a body that is not what it seems ----------------------------------------------------

    @classmethod
    def cut_inside_entry(cls, *, path: str = "") -> Self:
        """Cut inside an entry, with the length of what is sent."""
        return cls.changed(damage.cut_inside_entry, path=path)

    @classmethod
    def gzip_cut(cls, *, path: str = "") -> Self:
        """Half of the body as gzip."""
        return cls.changed(damage.gzip_cut, path=path)

    @classmethod
    def web_page(cls, *, path: str = "") -> Self:
        """HTML instead of JSON or XML, with status 200."""
        return cls.changed(damage.web_page, path=path)

    @classmethod
    def raw_newline(cls, *, path: str = "") -> Self:
        """JSON with a raw line break in a string."""
        return cls.changed(damage.raw_newline, path=path)

    @classmethod
    def invalid_json(cls, *, path: str = "") -> Self:
        """JSON that ends too early."""
        return cls.changed(damage.invalid_json, path=path)

    @classmethod
    def binary(cls, *, path: str = "") -> Self:
        """Bytes that mean nothing."""
        return cls.changed(damage.binary, path=path)

    # -- counts and pages that do not fit together -------------------------------------------

    @classmethod
    def wrong_total(cls, by: int, *, path: str = "") -> Self:
        """A count that is too high or too low; never below 0."""
        return cls.changed(damage.counted(lambda count: max(count + by, 0)), path=path)

    @classmethod
    def zero_total(cls, *, path: str = "") -> Self:
        """A count of zero, and the ids all the same."""
        return cls.changed(damage.counted(lambda _: 0), path=path)

    @classmethod
    def page_again(cls, *, path: str = "") -> Self:
        """The page asked for before on this path comes again."""
        return cls(_page_before, path=path)

    @classmethod
    def page_skipped(cls, *, path: str = "") -> Self:
        """The page after the one asked for comes in its place; after the last, an empty one."""
        return cls(_page_after, path=path)

    @classmethod
    def empty_page(cls, *, path: str = "") -> Self:
        """A page without entries that names the next page as the genuine one does."""
        return cls.changed(damage.empty_page, path=path)

    @classmethod
    def page_missing(cls, *, path: str = "") -> Self:
        """A page without entries that says that it is the last."""
        return cls.changed(lambda answer: damage.without_mark(damage.empty_page(answer)), path=path)

    @classmethod
    def token_expired(cls, *, path: str = "") -> Self:
        """A refusal of the page, as if its token or mark were too old."""
        return cls.status(400, "`pageToken` is incorrect or has expired", path=path)

    @classmethod
    def id_missing(cls, *, path: str = "") -> Self:
        """A list without one of the ids that its count promises."""
        return cls.changed(damage.without_first, path=path)

    @classmethod
    def article_missing(cls, *, path: str = "") -> Self:
        """A set of articles without one of those asked for."""
        return cls.changed(damage.without_article, path=path)


def _page_before(exchange: Exchange) -> Answer:
    asked = exchange.earlier[-1] if exchange.earlier else exchange.asked
    return exchange.genuine(asked)


def _page_after(exchange: Exchange) -> Answer:
    answer = _genuine(exchange)
    later = damage.next_page(answer, exchange.asked.parameters)
    if later is None:
        return damage.empty_page(answer)
    return exchange.genuine(replace(exchange.asked, parameters=later))
