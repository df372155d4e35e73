"""Comparable forms: what two databases print differently of one publication, made alike."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon",
    "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
# Letters that Unicode does not decompose.
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
_TRANSLITERATION = str.maketrans(_GREEK | _LETTERS)
_SIGNS = {code: " " for code in range(128) if not chr(code).isalnum()}
# "a" stays: hepatitis A is not hepatitis.
_SYNONYMS = {"vs": "versus", "and": "", "the": ""}
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
_NOT_WORD = re.compile(r"[^\w]+|_+")

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_PUNCTUATION = {"%28": "(", "%29": ")", "%3a": ":", "%3b": ";", "%3c": "<", "%3e": ">", "%2f": "/"}


def fold(text: str) -> str:
    """`text` in lower case without tags, entities, diacritics and punctuation; Greek spelt out."""
    if text.isascii() and "&" not in text and "<" not in text:
        words = text.lower().translate(_SIGNS).split()
    else:
        words = _foreign_words(text)
    if _SYNONYMS.keys().isdisjoint(words):
        return " ".join(words)
    return " ".join(filter(None, [_SYNONYMS.get(word, word) for word in words]))


def _foreign_words(text: str) -> list[str]:
    plain = _TAG.sub(" ", html.unescape(text))
    # Twice: some letters have a lower case only once they are decomposed.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", letters.translate(_TRANSLITERATION)).split()


def without_diacritics(text: str) -> str:
    """`text` in Latin letters without marks, its capitals kept."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", html.unescape(text))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return "".join(_LETTERS.get(c, _LETTERS.get(c.lower(), c)) for c in letters)


def doi_form(doi: str) -> str:
    """The bare DOI in lower case; empty where there is none ("S0016508594002283 [pii]")."""
    found = _DOI.search(doi)
    if not found:
        return ""
    bare = found[0].rstrip(".,;)]").lower()
    if "%" not in bare:
        return bare
    # Addresses have their signs encoded: "…/s0735-1097%2813%2962048-3".
    return _PERCENT.sub(lambda sign: _PUNCTUATION.get(sign[0], sign[0]), bare)


@lru_cache(maxsize=65_536)
def leading_number(text: str) -> str:
    """The number that a volume or issue begins with: "24 Suppl 1" → "24"; empty without one.

    "1)" is what an export leaves of "63 (Suppl 1)": no evidence of the volume.
    """
    if ")" in text and "(" not in text:
        return ""
    found = re.search(r"\d+", text)
    return found[0].lstrip("0") if found else ""
