"""NLM's descriptor XML fetched: one file a year, some 20 MB compressed."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from surveillance.errors import SourceFailed
from surveillance.sources.http import Client, RateLimiter, Request, RetryPolicy

#: desc2024.xml has 310 MB, its .gz 20.
MAX_BYTES = 600 * 1024**2

_BEGINNINGS = (b"\x1f\x8b", b"<", b"\xef\xbb\xbf<", b"DescriptorUI", b"#")


def is_address(origin: str) -> bool:
    """True for what is fetched rather than read from disk."""
    return urlsplit(origin).scheme in {"http", "https"}


def of_year(template: str, today: date) -> str:
    """The address of this year's file: NLM publishes a year's MeSH before it begins."""
    return template.replace("{year}", str(today.year))


def file_name(url: str) -> str:
    """`desc2024.gz`: the last part of the address, which says the year."""
    return urlsplit(url).path.rpartition("/")[2] or "mesh"


def fetch_descriptors(url: str, retry: RetryPolicy | None = None) -> bytes:
    """The file as it was sent.

    Raises `SourceFailed` where the service does not answer, breaks off, refuses, or sends
    something that is neither XML nor a table.
    """
    client = Client("NLM's MeSH server", RateLimiter(0.0), retry=retry, max_bytes=MAX_BYTES)
    content = client.ask(Request("GET", url)).content
    if not content.startswith(_BEGINNINGS) or content[:200].lstrip().lower().startswith(_PAGES):
        raise SourceFailed(
            "NLM's MeSH server sent something that is no file of descriptors.",
            hint="Check the address, or fetch the file yourself and name it with --from.",
        )
    return content


# A page for people instead of the file.
_PAGES = (b"<!doctype html", b"<html")
