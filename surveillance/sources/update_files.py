"""NLM's files of PubMed, baseline and daily updates, from a folder or a server: checked, in order.

Source: NLM, “Download MEDLINE/PubMed Data”: `pubmedYYnNNNN.xml.gz`, numbered through from the
baseline's first to the newest update file, each with its MD5 beside it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol
from urllib.parse import urlsplit

from surveillance.errors import Place, SourceFailed, UnreadableInput
from surveillance.records.bounded import open_records
from surveillance.records.pubmed_xml import PubmedEntry, read_pubmed_xml
from surveillance.sources.http import Client, Request, RetryPolicy, address, shared_limiter

BASELINE, UPDATES = "baseline", "updatefiles"

_NAME = re.compile(r"pubmed(\d{2})n(\d{4,5})\.xml\.gz")
_LINK = re.compile(r'href="(pubmed\d{2}n\d{4,5}\.xml\.gz)"', re.IGNORECASE)
#: `MD5(pubmed26n1335.xml.gz)= 88b7…`, as NLM writes it, and `88b7…  pubmed26n1335.xml.gz`.
_MD5 = re.compile(r"(?:MD5\s*\(([^()]+)\)\s*=\s*)?([0-9a-f]{32})(?:\s+\*?(\S+))?", re.IGNORECASE)
_LONGEST_MD5 = 1_000
_BLOCK = 1024**2
_NOT_THERE = frozenset({403, 404})


@dataclass(frozen=True, slots=True)
class PubMedFile:
    """One of NLM's files: `folder` is where it lies below the place that was named."""

    name: str
    folder: str
    is_baseline: bool

    @property
    def year(self) -> int:
        """The year of the baseline that it belongs to, two digits."""
        return int(self.name[6:8])

    @property
    def number(self) -> int:
        """Its number, which goes on from the baseline to the update files."""
        return int(self.name[9:].partition(".")[0])

    @property
    def order(self) -> tuple[int, int]:
        """Its place in the sequence."""
        return self.year, self.number

    @property
    def path(self) -> str:
        """Its path below the place."""
        return f"{self.folder}/{self.name}" if self.folder else self.name


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a place in their order, without a gap, and what was left out and why."""

    files: tuple[PubMedFile, ...]
    remarks: tuple[str, ...] = ()


class _Place(Protocol):
    """A folder or a server."""

    def names(self, folder: str) -> list[str]:
        """The data files in a folder below the place; none where there is no such folder."""

    def md5_text(self, file: PubMedFile) -> str:
        """What stands in the MD5 file beside."""

    def holding(self, file: PubMedFile) -> AbstractContextManager[Path]:
        """The file on this machine for as long as it is read."""


class PubMedFiles:
    """NLM's files at `place`: a folder, or the address of one with an index page.

    Either has `baseline` and `updatefiles` in it, or the files themselves. `interval` is so many
    seconds between two requests to a server.
    """

    def __init__(
        self, place: str, *, retry: RetryPolicy | None = None, interval: float = 0.0
    ) -> None:
        self.place = place
        # A user and a password in an address are nobody's to read.
        self._shown = re.sub(r"//[^/@]*@", "//", place)
        is_address = urlsplit(place).scheme in {"http", "https"}
        self._at: _Place = _Server(place, retry, interval) if is_address else _Folder(Path(place))

    def listing(self) -> Listing:
        """The files of the newest year in their order.

        Raises `SourceFailed` naming the file that is missing in between, `UnreadableInput` where
        there is none at all.
        """
        files = self._named("", is_baseline=_last_step(self.place) == BASELINE)
        if not files:
            files = [
                *self._named(BASELINE, is_baseline=True),
                *self._named(UPDATES, is_baseline=False),
            ]
        if not files:
            raise UnreadableInput(
                "there is no file of PubMed here (pubmedYYnNNNN.xml.gz).",
                place=Place(self._shown),
                hint="Name a folder or an address with NLM's files, or with baseline and "
                "updatefiles in it.",
            )
        return _in_order(files)

    def md5_of(self, file: PubMedFile) -> str:
        """The MD5 that stands beside a file; raises `SourceFailed` where none does."""
        text = self._at.md5_text(file)
        found = _MD5.search(text) if len(text) <= _LONGEST_MD5 else None
        named = found and (found[1] or found[3] or file.name)
        if found is None or Path(named or "").name != file.name:
            raise SourceFailed(
                f"beside {file.name} there is no MD5 of it, so that it cannot be checked.",
                hint=f"Fetch {file.name}.md5 again, too.",
            )
        return found[2].lower()

    @contextmanager
    def entries(self, file: PubMedFile, md5: str) -> Iterator[Iterator[PubmedEntry]]:
        """The entries of a file whose MD5 holds, read one by one.

        Raises `SourceFailed` naming the file where the MD5 is another, or where it cannot be read
        to its end: keep nothing unless the iterator ends.
        """
        with self._at.holding(file) as path:
            found = _md5(path)
            if found != md5:
                raise SourceFailed(
                    f"{file.name} is damaged: its MD5 is {found}, not {md5}.",
                    hint="Fetch it again; nothing of it was kept.",
                )
            yield _readable(path, file)

    def _named(self, folder: str, *, is_baseline: bool) -> list[PubMedFile]:
        return [PubMedFile(name, folder, is_baseline) for name in self._at.names(folder)]


class _Folder:
    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise UnreadableInput("there is no such folder.", place=Place(folder))
        self._folder = folder

    def names(self, folder: str) -> list[str]:
        below = self._folder / folder
        if not below.is_dir():
            return []
        return [path.name for path in below.iterdir() if _NAME.fullmatch(path.name)]

    def md5_text(self, file: PubMedFile) -> str:
        beside = self._folder / f"{file.path}.md5"
        if not beside.is_file():
            return ""
        with beside.open("rb") as stream:
            return stream.read(_LONGEST_MD5 + 1).decode("ascii", errors="replace")

    @contextmanager
    def holding(self, file: PubMedFile) -> Iterator[Path]:
        yield self._folder / file.path


class _Server:
    def __init__(self, url: str, retry: RetryPolicy | None, interval: float) -> None:
        self._url = url
        self._client = Client("NLM's server", shared_limiter(url, interval), retry=retry)

    def names(self, folder: str) -> list[str]:
        index = Request("GET", address(self._url, f"{folder}/" if folder else ""))
        answer = self._client.ask(replace(index, expected=_NOT_THERE))
        links = _LINK.findall(answer.text) if answer.status not in _NOT_THERE else []
        return list(dict.fromkeys(links))

    def md5_text(self, file: PubMedFile) -> str:
        beside = Request("GET", address(self._url, f"{file.path}.md5"), expected=_NOT_THERE)
        answer = self._client.ask(beside)
        return "" if answer.status in _NOT_THERE else answer.text

    @contextmanager
    def holding(self, file: PubMedFile) -> Iterator[Path]:
        with TemporaryDirectory(prefix="surveil-") as folder:
            path = Path(folder) / file.name
            self._client.download(address(self._url, file.path), path)
            yield path


def _in_order(files: Iterable[PubMedFile]) -> Listing:
    """The newest year's files; update files count from behind the baseline's last number."""
    named = list(files)
    newest = max(file.year for file in named)
    remarks = []
    if older := sorted(file.name for file in named if file.year < newest):
        remarks.append(f"Of an earlier year than the newest file and left out: {_some(older)}.")
    ours = [file for file in named if file.year == newest]
    baseline = max((file.number for file in ours if file.is_baseline), default=0)
    early = [f for f in ours if not f.is_baseline and f.number <= baseline]
    if early:
        names = sorted(file.name for file in early)
        remarks.append(f"Older than the baseline and left out: {_some(names)}.")
    ordered = sorted((f for f in ours if f not in early), key=lambda file: file.order)
    _check_gaps(ordered)
    return Listing(tuple(ordered), tuple(remarks))


def _check_gaps(ordered: list[PubMedFile]) -> None:
    for one, following in pairwise(ordered):
        if following.number != one.number + 1:
            missing = f"pubmed{one.year:02}n{one.number + 1:04}.xml.gz"
            raise SourceFailed(
                f"{missing} is missing between {one.name} and {following.name}.",
                hint="Files are applied in order or not at all; fetch it, too.",
            )


def _some(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names):,} files ({names[0]} … {names[-1]})"


def _readable(path: Path, file: PubMedFile) -> Iterator[PubmedEntry]:
    """The entries, every fault named by the file as NLM calls it."""
    try:
        with open_records(path) as stream:
            yield from read_pubmed_xml(stream, name=file.name)
    except UnreadableInput as fault:
        where = fault.place or file.name
        raise SourceFailed(
            f"{file.name} cannot be read ({where}): {fault.message}",
            hint="Fetch it again; nothing of it was kept.",
        ) from None


def _md5(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, _plain_md5).hexdigest()
    except OSError as fault:
        raise SourceFailed(
            f"{path.name} cannot be read: {fault.strerror or type(fault).__name__}."
        ) from None


def _plain_md5() -> hashlib._Hash:
    """NLM's check against damage on the way; it protects against nobody."""
    return hashlib.md5(usedforsecurity=False)


def _last_step(place: str) -> str:
    return (urlsplit(place).path or place).rstrip("/").rpartition("/")[2]
