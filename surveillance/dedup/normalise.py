"""Comparable forms: what two databases print differently of one publication, made alike."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from surveillance.records.model import Author, Record

# A title or journal longer than this is not one; comparing it would only cost time.
MAX_TITLE = 1_000
MAX_ABSTRACT = 4_000

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon",
    "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
# Letters that Unicode does not decompose.
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
_TRANSLITERATION = str.maketrans(_GREEK | _LETTERS)
# "a" stays: hepatitis A is not hepatitis.
_SYNONYMS = {"vs": "versus", "and": "", "the": ""}

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
_NOT_WORD = re.compile(r"[^\w]+|_+")
# "… vascular impairment. [Chinese]", "… [Review] [53 refs]": a database's note, not the title.
_TRAILING_NOTE = re.compile(r"(?<=.)(?:\s*\[(?:[A-Za-z ,/.-]{2,60}|\d+ refs?)\]\.?){1,4}\s*$")
# What a publisher puts before the title of a retracted article; the article itself is meant.
_RETRACTED_MARK = re.compile(r"^\s*\[?retracted(?: article)?\s*[\]:]\s*", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_PAGE = re.compile(r"([a-z]*)(\d+)([a-z]*)(\d*)")
_CONFERENCE_TAIL = re.compile(r"[.\s]+Conference(?: Publication)?:.*$", re.IGNORECASE | re.DOTALL)
_JOURNAL_STOPWORDS = frozenset(
    {"of", "the", "and", "in", "for", "on", "a", "de", "der", "et", "und"}
)
_NO_AUTHOR = frozenset({"anonymous", "anon", "no authors listed", ""})


@dataclass(frozen=True, slots=True)
class Pages:
    """First and last page as comparable forms; `last` is empty for a single page."""

    first: str
    last: str = ""


@dataclass(frozen=True, slots=True)
class Comparable:
    """A record's comparable forms; an empty form is missing evidence, never a difference."""

    title: str
    original_title: str
    abstract: str
    surnames: tuple[str, ...]
    journal: tuple[str, ...]
    issn: str
    year: int | None
    volume: str
    issue: str
    pages: Pages | None
    doi: str
    pmid: str


@lru_cache(maxsize=16_384)
def comparable(record: Record) -> Comparable:
    """The comparable forms of `record`, kept for the pairs that it is compared in."""
    return Comparable(
        title=title_form(record.title),
        original_title=title_form(record.original_title),
        abstract=fold((record.abstract or "")[:MAX_ABSTRACT]),
        surnames=tuple(filter(None, (surname(author) for author in record.authors))),
        journal=journal_words(record.journal or record.journal_abbreviation),
        issn=re.sub(r"[^0-9X]", "", record.issn.upper())[:8],
        year=record.year,
        volume=leading_number(record.volume),
        issue=leading_number(record.issue),
        pages=pages_form(record.pages),
        doi=doi_form(record.doi),
        pmid=record.pmid.strip(),
    )


def fold(text: str) -> str:
    """`text` in lower case without tags, entities, diacritics and punctuation; Greek spelt out."""
    plain = _TAG.sub(" ", html.unescape(text))
    # Twice: some letters have a lower case only once they are decomposed.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    words = _NOT_WORD.sub(" ", letters.translate(_TRANSLITERATION)).split()
    return " ".join(filter(None, (_SYNONYMS.get(word, word) for word in words)))


def title_form(title: str) -> str:
    """A title folded, without brackets, a database's trailing note or the mark of retraction."""
    text = _RETRACTED_MARK.sub("", title[:MAX_TITLE]).strip()
    return fold(_TRAILING_NOTE.sub("", text) or text)


def doi_form(doi: str) -> str:
    """The bare DOI in lower case; empty where there is none ("S0016508594002283 [pii]")."""
    found = _DOI.search(doi)
    return found[0].rstrip(".,;)]").lower() if found else ""


def surname(author: Author) -> str:
    """An author's last name folded; a group's whole name; empty for "Anonymous"."""
    name = fold(author.last or author.collective)
    return "" if name in _NO_AUTHOR else name


def journal_words(journal: str) -> tuple[str, ...]:
    """A journal's name as words, without little words, place in brackets or conference."""
    name = _CONFERENCE_TAIL.sub("", journal[:MAX_TITLE])
    name = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", name)
    return tuple(word for word in fold(name).split() if word not in _JOURNAL_STOPWORDS)


def leading_number(text: str) -> str:
    """The number that a volume or issue begins with: "24 Suppl 1" → "24"; empty without one.

    "1)" is what an export leaves of "63 (Suppl 1)": no evidence of the volume.
    """
    if ")" in text and "(" not in text:
        return ""
    found = re.search(r"\d+", text)
    return found[0].lstrip("0") if found else ""


def pages_form(pages: str) -> Pages | None:
    """First and last page: `221-8`, `221-228` and `e221-e228` are alike, `S281` is not 281."""
    parts = [_page(part) for part in re.split(r"[-–—,;]+", pages.lower())]
    # "Suppl-29" and "Nov-19" (a spreadsheet's reading of 11-19) have lost their first page.
    if not parts[0]:
        return None
    first, last = parts[0], parts[1] if len(parts) > 1 else ""
    return Pages(first, "" if last == first else _full_last(first, last))


def _page(text: str) -> str:
    found = _PAGE.search(re.sub(r"\b(?:pp?|pages?|art(?:icle)?|no)\b\.?|\s", "", text))
    if not found:
        return ""
    before, number, after, sub = found.groups()
    # "70s" is how some databases print "S70"; "e221" is the electronic form of 221.
    marker = "s" if "s" in (before, after) else before.removeprefix("e")
    tail = f"{after}{sub}" if sub else ""
    return f"{marker}{number.lstrip('0')}{tail}"


def _full_last(first: str, last: str) -> str:
    """`221` to `8` is `228`: a shortened last page takes its beginning from the first."""
    if last.isdigit() and first.isdigit() and len(last) < len(first):
        return first[: len(first) - len(last)] + last
    return last
