"""PubMed's folders of files, baseline and daily update files, as NLM's server lists them.

Source: NLM, “Download MEDLINE/PubMed Data”: `pubmedYYnNNNN.xml.gz` and beside each its MD5.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from surveillance.simulator.answers import HTML, PLAIN, Answer

FOLDERS = ("baseline", "updatefiles")

_NAME = re.compile(r"pubmed\d{2}n\d{4}\.xml\.gz(\.md5)?")
_GZIP = "application/x-gzip"


@dataclass(frozen=True, slots=True)
class PubMedFiles:
    """The files of a folder's `baseline` and `updatefiles`, read when they are asked for."""

    folder: Path

    def answer(self, path: str) -> Answer:
        """`baseline/` is a page of links, `baseline/pubmed25n0001.xml.gz` a file; else 404."""
        below, _, name = path.partition("/")
        if below not in FOLDERS:
            return Answer.text("", status=404)
        folder = self.folder / below
        if not name:
            return Answer.text(_index(path, _files(folder)), media_type=HTML)
        file = folder / name
        if not _NAME.fullmatch(name) or not file.is_file():
            return Answer.text("", status=404)
        return Answer(200, PLAIN if name.endswith(".md5") else _GZIP, file.read_bytes())


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def _index(path: str, files: Iterable[Path]) -> str:
    """A page as the server writes it: a link, a time and a size on each line."""
    title = f"Index of /pubmed/{html.escape(path)}"
    links = "\n".join(map(_line, files))
    return (
        f"<!DOCTYPE HTML><html><head><title>{title}</title></head><body><h1>{title}</h1><pre>"
        f'Name  Last modified  Size<hr><a href="/pubmed/">Parent Directory</a>  -\n'
        f'<a href="README.txt">README.txt</a>  2025-01-31 10:00  4.5K\n{links}\n<hr></pre>'
        "</body></html>\n"
    )


def _line(file: Path) -> str:
    known = file.stat()
    changed = datetime.fromtimestamp(known.st_mtime, UTC)
    size = f"{known.st_size / 1024**2:.1f}M" if known.st_size > 1024**2 else str(known.st_size)
    return f'<a href="{file.name}">{file.name}</a>  {changed:%Y-%m-%d %H:%M}  {size}'
