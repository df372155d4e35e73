"""One name for each record of several files: the file's own wherever no other record has it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from surveillance.records.cells import harmless

#: No database's number is longer; what is would only swell the results.
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Named:
    """Names in the order of the records; those of the files that stand more than once, and those
    that a spreadsheet would have run.
    """

    names: tuple[str, ...]
    repeated: tuple[str, ...]
    disarmed: tuple[str, ...]


def unique_names(files: Sequence[tuple[str, Sequence[str]]]) -> Named:
    """A name for each record of `files`: pairs of a file's label and what it calls its records.

    A name that stands once is kept. One that several files have gets its file's label before it,
    the second and later ones within a file get a number behind; a record without a name is
    called by its file and its place there. No two names are equal.
    """
    own = [[as_cell(name) for name in names] for _, names in files]
    times = Counter(name for names in own for name in names if name)
    in_files = Counter(name for names in own for name in set(names))
    taken = {name for name, number in times.items() if number == 1}
    made: list[str] = []
    for (label, _), names in zip(files, own, strict=True):
        met: dict[str, int] = defaultdict(int)
        for place, name in enumerate(names, 1):
            if times[name] == 1:
                made.append(name)
                continue
            met[name] += 1
            made.append(_free(_composed(label, place, name, met[name], in_files[name]), taken))
    repeated = (name for name, number in times.items() if number > 1)
    printed = (name for _, names in files for name in names)
    cells = (cell for names in own for cell in names)
    disarmed = {name for name, cell in zip(printed, cells, strict=True) if cell and cell != name}
    return Named(tuple(made), tuple(sorted(repeated)), tuple(sorted(disarmed)))


def as_cell(text: str) -> str:
    """Text that a spreadsheet shows and does not run: an apostrophe before what it would run.

    Empty for what is no name: too long, or with characters that cannot be printed.
    """
    if len(text) > MAX_NAME or not text.isprintable():
        return ""
    return harmless(text)


def _composed(label: str, place: int, name: str, nth: int, in_files: int) -> str:
    if not name:
        return harmless(f"{label}#{place}")
    composed = harmless(f"{label}:{name}") if in_files > 1 else name
    return composed if nth == 1 else f"{composed}#{nth}"


def _free(name: str, taken: set[str]) -> str:
    """The name, or the first with a number behind it that nobody has."""
    free = next(other for other in _numbered(name) if other not in taken)
    taken.add(free)
    return free


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}#{number}" for number in count(2))
