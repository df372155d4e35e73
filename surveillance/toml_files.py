"""TOML files that people edit: read, checked against a shape, and each fault given its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from surveillance.errors import Place, UnreadableInput
from surveillance.records.text import decode

Shape = TypeVar("Shape")

#: For pydantic dataclasses that mirror a file: frozen, and a key nobody reads is a fault.
STRICT = ConfigDict(extra="forbid")

_UNKNOWN_KEY = ("unexpected_keyword_argument", "extra_forbidden")
#: How pydantic marks that a key, not its value, is at fault.
_OF_KEY = "[key]"

MAX_BYTES = 1_000_000

#: How files begin that are no text: ZIP (Word, LibreOffice), gzip, PDF, RTF, Word 97, PNG.
_NO_TEXT = (b"PK\x03\x04", b"\x1f\x8b", b"%PDF-", b"{\\rtf", b"\xd0\xcf\x11\xe0", b"\x89PNG")
#: Where one character in so many is a control character or could not be decoded, it is no text.
MOST_UNPRINTED = 10
_UNPRINTED = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")


def read_toml(path: Path, shape: type[Shape]) -> Shape:
    """The file as `shape`.

    Raises `UnreadableInput` with file, line and column where it is missing, too large, not TOML,
    has an unknown key, lacks one, or has a value of the wrong kind.
    """
    text = read_text(path)
    try:
        document = tomllib.loads(text)
    except RecursionError:
        raise UnreadableInput("the file nests its values too deeply.", place=Place(path)) from None
    except ValueError as fault:  # tomllib's own error, and numbers too long to be read
        raise UnreadableInput(_message(fault), place=_toml_place(path, text, fault)) from None
    return check(document, shape, path, text)


def check(document: dict[str, Any], shape: type[Shape], path: Path, text: str) -> Shape:
    """`document`, which was read from `path`, as `shape`; raises `UnreadableInput`."""
    try:
        return TypeAdapter(shape).validate_python(document)
    except ValidationError as fault:
        # A misspelt key is also missing under its right name: the misspelling is what to mend.
        first = min(fault.errors(), key=lambda error: error["type"] not in _UNKNOWN_KEY)
        keys = [part for part in first["loc"] if isinstance(part, str) and part != _OF_KEY]
        kind = _UNKNOWN_KEY[0] if first["loc"][-1] == _OF_KEY else first["type"]
        line, column = locate(text, keys, _entry(first["loc"]))
        raise UnreadableInput(
            _explain(kind, ".".join(keys), first["msg"]), place=Place(path, line, column)
        ) from None


def read_text(path: Path) -> str:
    """The text of a file that a person edits, in UTF-8, UTF-16 or Windows-1252.

    Line ends are `\n`. Raises `UnreadableInput` where it is missing, too large, or no plain text.
    """
    content = _content(path)
    try:
        text = "" if content.startswith(_NO_TEXT) else decode(content)
    except UnreadableInput as fault:
        raise UnreadableInput(fault.message, place=Place(path)) from None
    if content.startswith(_NO_TEXT) or len(_UNPRINTED.findall(text)) * MOST_UNPRINTED > len(text):
        raise UnreadableInput(
            "the file cannot be read: it is not plain text.",
            place=Place(path),
            hint="Save it as plain text in UTF-8.",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UnreadableInput("there is no such file.", place=Place(path)) from None
    except IsADirectoryError:
        raise UnreadableInput(
            "the file cannot be read: it is a folder.", place=Place(path), hint="Name a file."
        ) from None
    except OSError as fault:
        raise UnreadableInput(
            f"the file cannot be read: {fault.strerror or fault}.", place=Place(path)
        ) from None
    if len(content) > MAX_BYTES:
        raise UnreadableInput(f"the file is larger than {MAX_BYTES:,} bytes.", place=Place(path))
    return content


def locate(text: str, keys: Sequence[str], entry: int | None = None) -> tuple[int, int]:
    """Line and column of the innermost of `keys` that the text shows, counting from 1.

    `entry` says which of several `[[tables]]` is meant (from 0). tomllib keeps no positions,
    so the line is looked for: first the table, then the key in it.
    """
    lines = text.splitlines()
    header = _header_line(lines, keys, entry)
    first = 0 if header is None else header + 1
    headers = (n for n in range(first, len(lines)) if lines[n].lstrip().startswith("["))
    table = range(first, next(headers, len(lines)))
    for key in reversed(keys):
        pattern = re.compile(rf"^(\s*)[\"']?{re.escape(key)}[\"']?\s*(?:=|\.)")
        for number in table:
            if found := pattern.match(lines[number]):
                return number + 1, len(found.group(1)) + 1
    return (header or 0) + 1, 1


def _header_line(lines: list[str], keys: Sequence[str], entry: int | None) -> int | None:
    """The line (from 0) of the innermost table that `keys` name; None: the file's own keys."""
    best = None
    for depth in range(1, len(keys) + 1):
        header = re.compile(rf"^\s*\[\[?\s*{re.escape('.'.join(keys[:depth]))}\s*\]\]?")
        found = [number for number, line in enumerate(lines) if header.match(line)]
        if found:
            best = found[min(entry or 0, len(found) - 1)]
    return best


def _entry(location: tuple[int | str, ...]) -> int | None:
    return next((part for part in location if isinstance(part, int)), None)


def _explain(kind: str, key: str, message: str) -> str:
    match kind:
        case kind if kind in _UNKNOWN_KEY:
            return f"unknown key “{key}”; remove it or mend its spelling."
        case "missing":
            return f"the key “{key}” is missing."
    return f"“{key}”: {message}."


def _message(fault: ValueError) -> str:
    reason = re.sub(r"\s*\(at .*\)$", "", str(fault))
    return f"this is not valid TOML: {reason[:1].lower()}{reason[1:]}."


def _toml_place(path: Path, text: str, fault: ValueError) -> Place:
    if found := re.search(r"at line (\d+), column (\d+)", str(fault)):
        return Place(path, int(found[1]), int(found[2]))
    if "end of document" in str(fault):
        return Place(path, max(1, len(text.splitlines())))
    return Place(path)
