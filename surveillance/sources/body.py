"""The body of an answer, read within limits of size and time, packed or not.

urllib3 would unpack by itself, but it reads on until a packed stream yields something, and waits
until a whole block is there: an answer that drips would never meet a deadline.
"""

from __future__ import annotations

import time
import zlib
from typing import BinaryIO

from urllib3 import BaseHTTPResponse

_BLOCK = 65_536
#: zlib's own way to say: a gzip or a zlib header, whichever is there.
_ANY_HEADER = 32 + zlib.MAX_WBITS
#: What is asked for; a body packed otherwise is refused.
ACCEPTED = "gzip"


class Unusable(Exception):
    """A body that must not, or cannot, be read to its end; `str()` completes “PubMed …”."""


class Damaged(Exception):
    """A body whose packing is broken or cut short."""


class _Gunzip:
    """Unpacks a stream of gzip members, never more than is asked for."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_ANY_HEADER)
        self._begun = False

    def unpack(self, data: bytes, limit: int) -> bytes:
        """What `data` unpacks to, at most `limit` bytes of it."""
        unpacked = bytearray()
        while data and len(unpacked) < limit:
            if self._member.eof:
                self._member = zlib.decompressobj(_ANY_HEADER)
            self._begun = True
            try:
                unpacked += self._member.decompress(data, limit - len(unpacked))
            except zlib.error:
                raise Damaged from None
            data = self._member.unused_data
        return bytes(unpacked)

    def end(self) -> None:
        """Raise `Damaged` where the stream ends inside a member."""
        if self._begun and not self._member.eof:
            raise Damaged


def read_body(response: BaseHTTPResponse, *, max_bytes: int, seconds: float) -> bytes:
    """The unpacked body; raises `Unusable` beyond the limits and `Damaged` for broken packing."""
    deadline = time.monotonic() + seconds
    if (response.length_remaining or 0) > max_bytes:
        raise Unusable(f"announced more than {max_bytes:,} bytes in one answer")
    gunzip = _gunzip(response.headers.get("Content-Encoding", "identity"))
    body = bytearray()
    received = 0
    while data := response.read1(_BLOCK, decode_content=False):
        received += len(data)
        body += gunzip.unpack(data, max_bytes + 1 - len(body)) if gunzip else data
        if max(received, len(body)) > max_bytes:
            raise Unusable(f"sent more than {max_bytes:,} bytes in one answer")
        if time.monotonic() > deadline:
            raise Unusable(f"took more than {seconds:.0f} s to answer")
    if gunzip:
        gunzip.end()
    return bytes(body)


def write_body(
    response: BaseHTTPResponse, file: BinaryIO, *, max_bytes: int, seconds: float
) -> None:
    """The body into a file as it was sent, block by block; raises `Unusable` beyond the limits.

    What the server calls its packing is not looked at: a packed file stays packed.
    """
    deadline = time.monotonic() + seconds
    received = 0
    while data := response.read1(_BLOCK, decode_content=False):
        received += len(data)
        if received > max_bytes:
            raise Unusable(f"sent more than {max_bytes:,} bytes in one file")
        if time.monotonic() > deadline:
            raise Unusable(f"took more than {seconds:.0f} s to send a file")
        file.write(data)


def _gunzip(encoding: str) -> _Gunzip | None:
    name = encoding.strip().casefold()
    if name in {"", "identity"}:
        return None
    if name in {"gzip", "x-gzip"}:
        return _Gunzip()
    raise Unusable(f"packed its answer as “{name[:40]}”, which was not asked for")
