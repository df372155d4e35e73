"""Texts of others made fit to stand in a note: one line, printable, short."""

from __future__ import annotations

import unicodedata


def one_line(text: str) -> str:
    """The text in one line without control characters, so that no title forges a mail's header
    or turns the direction of what follows (Unicode categories Cc, Cf, Cs, Co, Cn)."""
    # What is printable by Python's word has none of these, and most texts are.
    if text.isprintable():
        return " ".join(text.split())
    printable = (" " if unicodedata.category(c).startswith("C") else c for c in text)
    return " ".join("".join(printable).split())


def shortened(text: str, length: int) -> str:
    """At most `length` characters in one line, cut between words and marked where cut."""
    line = one_line(text)
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    return f"{(cut.rpartition(' ')[0] or cut).rstrip(',;:')}…"
