"""Titles as they are compared: without what a database writes before and behind them."""

from __future__ import annotations

import re

from surveillance.dedup.normalise import fold

# A title longer than this is none; comparing it would only cost time.
MAX_TITLE = 1_000

# What a publisher puts before the title of a retracted article; the article itself is meant.
_RETRACTED_MARK = re.compile(r"^\s*\[?retracted(?: article)?\s*[\]:]\s*", re.IGNORECASE)
_BEGINS_A_MARK = frozenset("rR[")
# "… vascular impairment. [Chinese]", "… [Review] [53 refs]": a database's note, not the title.
_TRAILING_NOTE = re.compile(r"(?<=.)(?:\s*\[(?:[A-Za-z ,/.-]{2,60}|\d+ refs?)\]\.?){1,4}\s*$")
# "[Erratum appears in Blood. 2009 Sep;9(9):2205 …]": PubMed's and Ovid's word on the article. It
# may hold brackets of its own and runs to the end.
_NOTES = (
    r"(?:(?:published|author) )?(?:errat|corrigend|correct(?:ed|ion)|comment|see comment|"
    r"republish|reprint|retract|summary for patients|plus commentary|review\b|discussion \d)"
)
_ON_THE_ARTICLE = re.compile(
    rf"\s*(?:\[{_NOTES}[^\n]{{0,600}}|\({_NOTES}[^()\n]{{0,300}}\)\.?\s*)$", re.IGNORECASE
)
_LANGUAGES = (
    "german|french|spanish|italian|portuguese|russian|chinese|japanese|polish|dutch|czech|danish|"
    "swedish|norwegian|finnish|hungarian|turkish|korean|hebrew|croatian|serbian|bulgarian|"
    "romanian|greek|ukrainian|slovak|slovene|persian|arabic|multilingual"
)
# Embase by Ovid: "Psychopharmacology in autism. French".
_LANGUAGE = re.compile(rf"(?<=\w{{3}}[.?!])\s*(?:{_LANGUAGES})\.?\s*$", re.IGNORECASE)
# What a spreadsheet leaves of a title that begins with "=" or "-".
_SPREADSHEET_FAULT = re.compile(r"#(?:NAME\?|REF!|VALUE!|N/A|DIV/0!|NUM!|NULL!)")
_BRACKET = re.compile(r"[\[\]()]")
_LAST_WORD_APART = re.compile(r"\w{3}[.?!]\s*\w{4,12}\.?\s*$")
_LAST_WORD = 40

# Titles of fewer words, or made of these alone, stand over many publications.
_SHORT_TITLE = 3
_GENERIC_WORDS = frozenset(
    {
        "editorial", "editor", "letter", "letters", "commentary", "discussion", "foreword",
        "introduction", "preface", "news", "contents", "index", "conclusion", "summary",
        "abstract", "abstracts", "poster", "posters", "session", "sessions", "scientific",
        "annual", "meeting", "conference", "congress", "proceedings", "program", "supplement",
        "to", "of", "in", "1", "2", "3",
    }
)  # fmt: skip
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7",
          "viii": "8", "ix": "9", "x": "10"}  # fmt: skip
# "i", "v" and "x" are numerals only behind one of these.
_COUNTED = frozenset({"part", "phase", "type", "stage", "class", "grade", "study", "section"})


def title_form(title: str) -> str:
    """A title folded, without brackets, a database's trailing note or the mark of retraction."""
    text = title[:MAX_TITLE].strip()
    if text[:1] in _BEGINS_A_MARK:
        text = _RETRACTED_MARK.sub("", text).strip()
    if text.startswith("#") and _SPREADSHEET_FAULT.match(text):
        return ""
    if _BRACKET.search(text) or _last_word_apart(text):
        text = _without_notes(text)
    return fold(text)


def _last_word_apart(text: str) -> bool:
    """Whether a single word stands behind the title's end."""
    tail = text[-_LAST_WORD:]
    # Most titles have no such sign but at their very end: a look is cheaper than a search.
    ends = "." in tail[:-1] or "?" in tail or "!" in tail
    return ends and _LAST_WORD_APART.search(tail) is not None


def _without_notes(text: str) -> str:
    for note in (_LANGUAGE, _ON_THE_ARTICLE, _TRAILING_NOTE, _LANGUAGE):
        text = note.sub("", text) or text
    return text


def is_generic(folded: str) -> bool:
    """Whether many publications have such a title: "Editorial", "Abstracts of the meeting"."""
    words = folded.split()
    return len(words) <= _SHORT_TITLE or _GENERIC_WORDS.issuperset(words)


def numerals(folded: str) -> tuple[str, ...]:
    """The numbers of a folded title, Roman ones as Arabic: "part ii of 3" → ("2", "3")."""
    found: list[str] = []
    previous = ""
    for word in folded.split():
        if word in _ROMAN and (len(word) > 1 or previous in _COUNTED):
            found.append(_ROMAN[word])
        else:
            found.extend(number.lstrip("0") or "0" for number in re.findall(r"\d+", word))
        previous = word
    return tuple(sorted(found))
