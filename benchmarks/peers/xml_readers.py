"""Readers of a gzipped update file of PubMed; each says how many records it read.

A reader's function imports what it needs and gives the function that reads: imports are not timed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from isal import igzip

Reader = Callable[[Path], int]

BENCH = Path(__file__).resolve().parents[2] / ".bench"


def ours() -> Reader:
    """All fields that are kept, with the payload of each record."""
    from surveillance.records import Captured  # noqa: PLC0415
    from surveillance.records.bounded import open_records  # noqa: PLC0415
    from surveillance.records.pubmed_xml import read_pubmed_xml  # noqa: PLC0415

    def read(file: Path) -> int:
        with open_records(file) as stream:
            return sum(isinstance(e, Captured) for e in read_pubmed_xml(stream, name=file))

    return read


def pubmed_parser() -> Reader:
    """What `parse_medline_xml` gives where nothing else is asked for."""
    # Behind everything else: the package's folder holds folders called tests and docs.
    sys.path.append(str(BENCH))
    from pubmed_parser import parse_medline_xml  # noqa: PLC0415

    return lambda file: sum(1 for _ in parse_medline_xml(str(file)))


def without_reading() -> Reader:
    """expat with handlers for start, end and text that do nothing; unpacked as we unpack.

    Counts 1: there is nothing that it could count.
    """

    def read(file: Path) -> int:
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda _name, _attributes: None
        parser.EndElementHandler = lambda _name: None
        parser.CharacterDataHandler = lambda _text: None
        with igzip.open(file) as stream:
            parser.ParseFile(stream)
        return 1

    return read


READERS: dict[str, Callable[[], Reader]] = {
    "surveillance": ours,
    "pubmed_parser": pubmed_parser,
    "expat, no-op handlers": without_reading,
}
