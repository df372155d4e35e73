"""Lucene from Debian's `liblucene8-java`, through a small Java program compiled when it is run."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.texts import Text
from surveillance.strategy.nodes import Adjacency, And, Node, Not, Or, Phrase, Word

NAME = "Lucene"
SOURCE = Path(__file__).with_name("LuceneSearch.java")
JARS = Path("/usr/share/java")
NEEDED = ("lucene-core", "lucene-queries", "lucene-analyzers-common")
_REPEATS = 5


class LuceneAbsent(RuntimeError):
    """Java or Lucene's jars are not on this machine; the message says how to get them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The records that each query finds, and the best time for all of them together."""

    found: list[set[int]]
    index_seconds: float
    seconds: float
    peak_bytes: int


def class_path() -> str:
    """Where the jars are; raises `LuceneAbsent`."""
    found = [next(iter(sorted(JARS.glob(f"{name}-8*.jar"))), None) for name in NEEDED]
    if None in found or not shutil.which("javac"):
        raise LuceneAbsent("Lucene is absent: apt-get install liblucene8-java default-jdk-headless")
    return ":".join(map(str, found))


def ask(texts: Sequence[Text], trees: Sequence[Node], folder: Path) -> Answer:
    """Index the texts and run the queries in a Java process; files lie in `folder`."""
    jars = class_path()
    (folder / "records.tsv").write_text(
        "".join(f"{text.title}\t{text.abstract}\n" for text in texts), encoding="utf-8"
    )
    lines = [" ".join(polish(tree)) for tree in trees]
    (folder / "queries.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _run("javac", "-cp", jars, "-d", str(folder), str(SOURCE))
    command = ("java", "-Xmx2g", "-cp", f"{jars}:{folder}", "LuceneSearch")
    done = _run(*command, str(folder), str(_REPEATS))
    index_seconds, seconds, peak = done.stdout.split()
    rows = (folder / "found.txt").read_text().split("\n")[: len(trees)]
    found = [set(map(int, row.split())) for row in rows]
    return Answer(found, float(index_seconds), float(seconds), int(peak))


def polish(node: Node) -> Iterator[str]:
    """A tree in Polish notation: the operator, how many operands, the operands."""
    match node:
        case Word():
            yield from (("prefix", node.truncated_root) if node.truncated_root else _word(node))
        case Phrase():
            yield from ("phrase", str(len(node.words)))
            yield from (word.literal or "" for word in node.words)
        case And() | Or():
            yield from (type(node).__name__.lower(), str(len(node.operands)))
            for operand in node.operands:
                yield from polish(operand)
        case Not():
            yield "not"
            yield from (*polish(node.left), *polish(node.right))
        case Adjacency():
            yield from ("ordered" if node.ordered else "near", str(node.between))
            yield from (*polish(node.left), *polish(node.right))
        case _:
            raise TypeError(f"Lucene is not asked for {type(node).__name__}")


def _word(node: Word) -> tuple[str, str]:
    return "word", node.literal or ""


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
    return done
