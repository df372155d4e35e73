"""Fields that PubMed indexes by whole names: headings, publication types, people, journals.

Source: NLM, PubMed User Guide, "PubMed data field descriptions"; ovid-semantics 5 and 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveillance.strategy.evaluate.words import is_stop_word
from surveillance.strategy.mesh_descriptors import name_key
from surveillance.strategy.nodes import Node, Phrase, Word
from surveillance.strategy.subheadings import SUBHEADINGS
from surveillance.strategy.translate.pubmed_words import literal, spellings

# Publication types of several words, as MeSH 2024 spells them ("Publication Characteristics").
# In a strategy they are words; PubMed's index has them with their hyphens and commas.
_PUBLICATION_TYPES = (
    *("Adaptive Clinical Trial", "Case Reports", "Classical Article", "Clinical Conference"),
    *("Clinical Study", "Clinical Trial", "Clinical Trial Protocol", "Clinical Trial, Phase I"),
    *("Clinical Trial, Phase II", "Clinical Trial, Phase III", "Clinical Trial, Phase IV"),
    *("Collected Work", "Comparative Study", "Consensus Development Conference"),
    *("Consensus Development Conference, NIH", "Controlled Clinical Trial"),
    *("Electronic Supplementary Materials", "English Abstract", "Equivalence Trial"),
    *("Evaluation Study", "Expression of Concern", "Government Publication"),
    *("Historical Article", "Introductory Journal Article", "Journal Article", "Legal Case"),
    *("Meta-Analysis", "Multicenter Study", "Network Meta-Analysis", "Newspaper Article"),
    *("Observational Study", "Patient Education Handout", "Personal Narrative"),
    *("Practice Guideline", "Pragmatic Clinical Trial", "Published Erratum"),
    *("Randomized Controlled Trial", "Retracted Publication", "Retraction Notice"),
    *("Scoping Review", "Systematic Review", "Technical Report", "Twin Study"),
    *("Validation Study", "Video-Audio Media"),
)


_NAMED: Mapping[str, str] = {name_key(name): name for name in _PUBLICATION_TYPES}

# Codes of whole names with PubMed's tag and the tag that finds no more than the code means.
_INDEXED: Mapping[str, tuple[str, str]] = {
    "sh": ("mh:noexp", "mh:noexp"),
    "pt": ("pt", "pt:noexp"),
    "fs": ("sh", "sh:noexp"),
}


@dataclass(frozen=True, slots=True)
class Named:
    """A name as PubMed takes it, with what finds no more (None: nothing does); `step`: the loss."""

    wider: str
    narrower: str | None
    step: str


def named(node: Node, codes: tuple[str, ...], dialect: str) -> Named | None:
    """A word or phrase in one of Ovid's fields of whole names; None where it is none that is sent.

    Cochrane and INAHTA search the words of a name.
    """
    if len(codes) != 1 or not isinstance(node, Word | Phrase) or not dialect.startswith("ovid"):
        return None
    words = node.words if isinstance(node, Phrase) else (node,)
    match codes[0]:
        case "sh" | "pt" | "fs" as code:
            return _indexed(words, code)
        case "la":
            return _of_one_word(words, "la", "PubMed compares the language's code")
        case "ui" | "pm":
            return _number(words)
        case "au":
            return _author(words)
        case "jn":
            return _journal(words)
    return None


def _plain(words: tuple[Word, ...]) -> str | None:
    """The words of a name; None with a wildcard, or a stop word, which may stand for any word."""
    texts = [literal(word) for word in words]
    if None in texts or (len(words) > 1 and any(map(is_stop_word, words))):
        return None
    return " ".join(text for text in texts if text)


def _indexed(words: tuple[Word, ...], code: str) -> Named | None:
    plain = _plain(words)
    name = plain and _known(plain, code)
    if not name:
        return None
    wider, narrower = _INDEXED[code]
    step = "" if wider == narrower else f"[{wider}] also finds the narrower ones"
    return Named(f'"{name}"[{wider}]', f'"{name}"[{narrower}]', step)


def _known(plain: str, code: str) -> str | None:
    """The name that these words are; of several words only where its spelling is known here."""
    if code == "fs":
        spelt = plain.replace(" and ", " & ")
        return SUBHEADINGS.get(plain) or (spelt if spelt in SUBHEADINGS.values() else None)
    if " " not in plain:
        return plain
    return _NAMED.get(plain) if code == "pt" else None


def _of_one_word(words: tuple[Word, ...], tag: str, step: str) -> Named | None:
    plain = _plain(words)
    return Named(f"{plain}[{tag}]", None, step) if plain and " " not in plain else None


def _number(words: tuple[Word, ...]) -> Named | None:
    """A PMID by its own tag; the other numbers of a record are article identifiers."""
    plain = _plain(words)
    if not plain or not plain.isdecimal():
        return None
    return Named(f"({plain}[pmid] OR {plain}[aid])", None, "also as another number of the article")


def _author(words: tuple[Word, ...]) -> Named | None:
    """Last name and initials; PubMed truncates initials by itself (User Guide, "Author")."""
    step = "also with further initials"
    kept: list[str] = []
    for word in words:
        plain = literal(word)
        if plain is None or (len(words) > 1 and is_stop_word(word)):
            break
        kept.append(plain)
    if kept:
        return Named(f"{' '.join(kept)}[au]", None, step)
    found = spellings(words[0])
    if found is None:
        return None
    texts = [f"{one}[au]" for one in found]
    return Named(texts[0] if len(texts) == 1 else f"({' OR '.join(texts)})", None, step)


def _journal(words: tuple[Word, ...]) -> Named | None:
    plain = _plain(words)
    return Named(f'"{plain}"[ta]', None, "by any of the journal's names") if plain else None
