"""One term of PubMed, with its tag → a node: words, phrase, proximity, heading or date.

What PubMed ignores in silence is read as PubMed runs it, and said (source: NLM, PubMed User Guide;
ovid-semantics 11; shared/reference/source-facts, what was measured of silence). Truncation stands
in the tree as typed, short roots included: what it finds is for engines and translations.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from surveillance.strategy.nodes import (
    ANY,
    And,
    DateRange,
    Fielded,
    Heading,
    Missing,
    Near,
    Node,
    Phrase,
    Span,
    Word,
)
from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.pubmed_tags import DATES, Tag
from surveillance.strategy.parse.source import SourceText, shortened
from surveillance.strategy.parse.words import begins_with_wildcard, word
from surveillance.strategy.pubmed_stop_words import STOP_WORDS
from surveillance.strategy.subheadings import SUBHEADINGS

SHORTEST_ROOT = 4

# Letters and digits with the wildcards of other hosts, which authors take along; `:` separates.
_WORD = re.compile(r"[*$?]{0,9}[^\W_][^\W_*$?#]*(?:[*$?#]+[^\W_]*)*")
_OTHER_WILDCARD = re.compile(r"(?<=\w)[?$#]|[?$#](?=\w)")
_DATE = re.compile(r"(\d{4})(?:\s?[/-]\s?(\d{1,2})(?:\s?[/-]\s?(\d{1,2}))?)?")
_RELATIVE = re.compile(r"(?:the\s+)?(?:last|past)\s+\d{1,4}\s+(?:day|week|month|year)s?", re.I)
_BOOLEAN = re.compile(r"(?<![^\W_])(?:and|or|not)(?![^\W_])", re.IGNORECASE)
_END_OF_TIME = "3000"
_AROUND_DATE = " .,;'\""
_OVID_PREFIX = re.compile(r"exp(?:lode)?\s+(?=\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """A term as typed: its text without quotation marks, and where that text begins."""

    text: str
    start: int
    end: int
    quoted: bool


class TermReader:
    """Reads the terms of one entry; faults go to `findings`."""

    def __init__(self, source: SourceText, findings: Findings) -> None:
        self._source = source
        self._findings = findings

    def untagged(self, term: Term) -> Node | None:
        """Searched in all fields: a phrase in quotation marks, else words that PubMed maps itself.

        None where nothing is left to search.
        """
        if term.quoted:
            return self._phrase(term, quoted=True)
        pieces = [self._phrase(piece, quoted=True) for piece in _pieces(term)]
        found = [node for node in pieces if node is not None]
        if not found:
            return None
        self._tell_mapping(term)
        kept = [node for node in found if not _is_stop_word(node)] or found
        return kept[0] if len(kept) == 1 else And(tuple(kept), implied=True, span=self._span(term))

    def tagged(self, term: Term, tag: Tag, tag_text: str, end: int) -> Node | None:
        """A term with its tag, which ends at offset `end`; None where it says nothing."""
        span = self._source.span(term.start, end)
        if tag.unknown:
            self._unknown_modifier(tag, tag_text, span)
        if tag.code in DATES:
            return self._date(term, tag, tag_text, span)
        if tag.code in ("mh", "majr"):
            return self._heading(term, tag, span)
        if tag.between is not None:
            return self._near(term, tag, tag_text, span)
        return self._fielded(term, tag, span)

    # -- words -------------------------------------------------------------------------------

    def _fielded(self, term: Term, tag: Tag, span: Span) -> Node | None:
        operand = self._phrase(term, quoted=_is_one_name(term))
        return None if operand is None else Fielded(operand, (_code(tag),), span=span)

    def _phrase(self, term: Term, *, quoted: bool) -> Node | None:
        """The words of a term. What holds a hyphen is looked up whole, as in quotation marks."""
        words = self._words(term)
        if len(words) < 2:
            return words[0] if words else None
        return Phrase(words, quoted=quoted, span=self._span(term))

    def _words(self, term: Term) -> tuple[Word, ...]:
        found = tuple(
            self._word(match[0], term.start + match.start()) for match in _WORD.finditer(term.text)
        )
        self._check_wildcards(term, found)
        return found

    def _word(self, text: str, start: int) -> Word:
        # `$2` limits in Ovid alone; here the digit is a letter like others.
        typed = re.sub(r"(?<=[$*])(?=\d)", "*", text)
        return word(typed, self._source.span(start, start + len(text)))

    def _check_wildcards(self, term: Term, words: Sequence[Word]) -> None:
        span = self._span(term)
        if _OTHER_WILDCARD.search(term.text):
            self._findings.warning(
                "wildcard-ignored",
                span,
                f"“{term.text}” holds a wildcard that PubMed does not have: there it is a space.",
                "Write the spellings out; PubMed has the asterisk at the end of a term alone.",
            )
        elif any(begins_with_wildcard(found) for found in words):
            self._findings.warning(
                "leading-wildcard",
                span,
                f"“{term.text}” begins with a wildcard, which PubMed does not take.",
                "Write the beginning of the word out.",
            )
        elif any(ANY in found.parts[:-1] for found in words) or any(
            ANY in found.parts for found in words[:-1]
        ):
            self._findings.warning(
                "inner-truncation",
                span,
                f"“{term.text}” has an asterisk before its end; PubMed takes it there as a space.",
                "Put the asterisk at the end of the last word.",
            )
        elif any(_is_short(found) for found in words):
            self._findings.warning(
                "short-truncation",
                span,
                f"PubMed ignores the truncation of “{term.text}” in silence: it needs "
                f"{SHORTEST_ROOT} letters before the asterisk.",
                "Write the words out that the truncation stands for.",
            )

    def _tell_mapping(self, term: Term) -> None:
        if term.text.endswith("*"):
            return  # "Truncation turns off automatic term mapping"
        self._findings.info(
            "automatic-term-mapping",
            self._span(term),
            f"“{shortened(term.text)}” has no tag: PubMed adds headings and synonyms of its own to "
            "it, which are not known here; it is read as these words in all fields.",
        )

    # -- proximity ---------------------------------------------------------------------------

    def _near(self, term: Term, tag: Tag, tag_text: str, span: Span) -> Node | None:
        """All words in one window; without quotation marks, with `*` or alone: no proximity."""
        words = self._words(term)
        reason = _no_proximity(term, words)
        if not words:
            return None
        if reason:
            self._findings.error(
                "proximity-ignored",
                span,
                f"PubMed ignores the proximity of “{term.text}”{tag_text} in silence: {reason}.",
                "Put two or more words without truncation in quotation marks before the tag.",
            )
            return self._fielded(term, tag, span)
        near = Near(words, tag.between or 0, span=self._span(term))
        return Fielded(near, (tag.code,), span=span)

    # -- headings ----------------------------------------------------------------------------

    def _heading(self, term: Term, tag: Tag, span: Span) -> Node | None:
        name = " ".join(term.text.split())
        if not _WORD.search(name):
            return None
        if any(re.search(r"[*?$#]", match[0]) for match in _WORD.finditer(name)):
            return self._truncated_heading(term, tag, span)
        name, subheadings = self._subheadings(self._without_prefix(name, span), span)
        return Heading(name, tag.explode, tag.code == "majr", subheadings, span=span)

    def _without_prefix(self, name: str, span: Span) -> str:
        rest = _OVID_PREFIX.sub("", name, count=1)
        if rest == name:
            return name
        self._findings.error(
            "exp-in-pubmed",
            span,
            f"“{name}” begins with Ovid's “exp”, which PubMed does not have; it is read as the "
            f"heading “{rest}”.",
            "Take “exp” out: [mh] explodes by itself.",
        )
        return rest

    def _subheadings(self, name: str, span: Span) -> tuple[str, tuple[str, ...]]:
        """`HIV Infections/drug therapy` → its heading and the subheading's two letters."""
        heading, slash, rest = name.partition("/")
        if not slash or not _WORD.search(heading):
            return name, ()
        known = [_subheading(part) for part in re.split(r"[,/]", rest)]
        found = tuple(dict.fromkeys(code for code in known if code))
        if not all(known):
            self._findings.error(
                "unknown-subheading",
                span,
                f"“{rest.strip()}” names a subheading that MeSH does not have; “{heading.strip()}” "
                "is read without it.",
                "Write the subheading's name or its two letters behind the slash.",
            )
        return heading.strip(), found

    def _truncated_heading(self, term: Term, tag: Tag, span: Span) -> Node | None:
        """No name of a heading: words in headings (`arthrit*[mh]`)."""
        self._findings.warning(
            "truncated-heading",
            span,
            f"“{term.text}” is no heading's name: PubMed finds all headings that begin so, and "
            "nothing narrower.",
            "Write the heading out.",
        )
        return self._fielded(term, Tag(tag.code), span)

    # -- dates -------------------------------------------------------------------------------

    def _date(self, term: Term, tag: Tag, tag_text: str, span: Span) -> Node | None:
        """`2020`, `2020/05:2021`, `last 5 years`; 3000 as the end stands for no end."""
        text = term.text.strip(_AROUND_DATE)
        if not _WORD.search(text):
            return None
        if _RELATIVE.fullmatch(text):
            return self._relative_date(text, tag, span)
        first, colon, last = (part.strip(_AROUND_DATE) for part in text.partition(":"))
        begin, end = _day(first), _day(last if colon else first)
        if begin is None or end is None:
            return self._unreadable_date(text, tag_text, span)
        if end == _END_OF_TIME and begin != _END_OF_TIME:
            return DateRange(tag.code, begin, None, span=span)
        return DateRange(tag.code, begin, end, span=span)

    def _relative_date(self, text: str, tag: Tag, span: Span) -> Node:
        self._findings.warning(
            "relative-date",
            span,
            f"“{text}” moves with the day of the search; which days it meant is not in the text.",
            "Write the dates out.",
        )
        words = tuple(word(match[0]) for match in _WORD.finditer(text))
        return Fielded(Phrase(words, quoted=True), (tag.code,), span=span)

    def _unreadable_date(self, text: str, tag_text: str, span: Span) -> Missing:
        self._findings.error(
            "date-unreadable",
            span,
            f"“{shortened(text)}” is not a date that PubMed reads; what it finds is unknown.",
            "Write dates as 2020, 2020/05 or 2020/05/17, and a range with a colon.",
        )
        return Missing(f'"{text}"{tag_text}', span=span)

    # -- faults ------------------------------------------------------------------------------

    def _unknown_modifier(self, tag: Tag, tag_text: str, span: Span) -> None:
        proximity = "~" in tag.unknown
        self._findings.error(
            "proximity-ignored" if proximity else "unknown-modifier",
            span,
            f"PubMed ignores “{tag.unknown}” in {tag_text} in silence: "
            + ("proximity works in [ti], [tiab] and [ad], up to ~1000." if proximity else "")
            + ("" if proximity else "this field has no such thing."),
            f"Write [{tag.code}].",
        )

    def _span(self, term: Term) -> Span:
        return self._source.span(term.start, term.end)


def _pieces(term: Term) -> list[Term]:
    """What spaces separate, each with its place."""
    return [
        Term(match[0], term.start + match.start(), term.start + match.end(), quoted=False)
        for match in re.finditer(r"\S+", term.text)
        if _WORD.search(match[0])
    ]


def _is_one_name(term: Term) -> bool:
    """In quotation marks, hyphenated, or with a Boolean in it that is a word: `wit and humor`."""
    return term.quoted or len(_pieces(term)) == 1 or bool(_BOOLEAN.search(term.text))


def _code(tag: Tag) -> str:
    return tag.code if tag.explode else f"{tag.code}:noexp"


def _is_stop_word(node: Node) -> bool:
    return isinstance(node, Word) and (node.literal or "").casefold() in STOP_WORDS


def _is_short(found: Word) -> bool:
    root = found.truncated_root
    return root is not None and len(root) < SHORTEST_ROOT


def _no_proximity(term: Term, words: Sequence[Word]) -> str:
    """Why PubMed drops the proximity of a term (User Guide, "Proximity searching"); empty: not."""
    if any(found.literal is None for found in words):
        return "it holds truncation"
    if not term.quoted:
        return "it is not in quotation marks"
    return "it is one word" if len(words) < 2 else ""


def _subheading(text: str) -> str | None:
    """The two letters of a subheading that is written as such, or by its name."""
    plain = " ".join(text.lower().replace(" and ", " & ").split())
    return plain if plain in SUBHEADINGS else _CODE_BY_SUBHEADING.get(plain)


_CODE_BY_SUBHEADING = {name: code for code, name in SUBHEADINGS.items()}


def _day(text: str) -> str | None:
    """`2020/5/7` is 2020-05-07; None for what is not a date."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = match[1], match[2], match[3]
    if not (1 <= int(month or 1) <= 12 and 1 <= int(day or 1) <= 31):
        return None
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])
