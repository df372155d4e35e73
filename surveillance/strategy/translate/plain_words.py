"""Words as every target takes them: plain letters and digits, one by one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from surveillance.strategy.evaluate.words import is_stop_word
from surveillance.strategy.nodes import Word

_LETTERS = re.compile(r"[^\W_]+")
# What is left of *Parkinson's* after the apostrophe: a source may have kept it on the name.
_POSSESSIVE = "s"


def plain(text: str) -> str | None:
    """Lower-case ASCII letters and digits; None for letters that have no such form.

    No source says how it folds other letters, so that they are never sent.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    folded = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    return folded if folded.isascii() and folded.isalnum() else None


def is_asked(word: Word) -> bool:
    """False for what need not stand in a record: stop words (ovid-semantics 3) and a lone `s`."""
    return not is_stop_word(word) and word.literal != _POSSESSIVE


def words_asked(words: Iterable[Word]) -> tuple[Word, ...]:
    """The words that are worth asking for; empty where that is none of them."""
    return tuple(filter(is_asked, words))


def words_of_name(name: str) -> tuple[Word, ...] | None:
    """The words of a heading's name that are asked; None where one of them can't be sent.

    `Pain, Intractable` is *pain* and *intractable*: a text has them in the other order.
    """
    words = words_asked(Word((letters,)) for letters in _LETTERS.findall(name))
    if not words or any(plain(word.literal or "") is None for word in words):
        return None
    return words


def quotable(name: str) -> str | None:
    """A name as it can stand in quotation marks, else None."""
    name = " ".join(name.split())
    return name if name.isprintable() and not set('"\\') & set(name) else None
