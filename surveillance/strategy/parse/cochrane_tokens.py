"""The Cochrane Library's syntax cut into tokens (ovid-semantics 8; Search Manager help)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveillance.strategy.parse.tokens import Kind, Token

_PIECE = r"[*?$]*[^\W_]+(?:[*?$]+[^\W_]*)*"
# Hyphens and apostrophes belong to the word (Ulster); a stop or a slash inside one separates as
# little.
_JOINT = r"[-'/.&]"
_CODES = r"(?!or\b|no\b)[a-z]{2,3}(?:\s?,\s?(?!or\b|no\b)[a-z]{2,3}\b){0,10}"
_NUMBERS = r"\#?\s?\d{1,5}(?:\s?[,-]\s?\#?\s?\d{1,5}){0,200}"
_BOXES = (
    r"Title,?\s+Abstract,?\s+(?:and\s+|or\s+)?Keywords?|Record\s+Title|Abstract|Keywords?|Author"
    r"|All\s+Text|Source|Publication\s+Type"
)

# Every repetition that could meet another has a limit, so that no text takes long.
_TOKEN = re.compile(
    rf"""
      (?P<heading>
          \[\s{{0,3}}mh\b[^\[\]]{{0,300}}(?:\[\s?mj\s?\][^\[\]]{{0,100}})?\]
        | \bany\s{{1,3}}mesh\s{{1,3}}descriptor\s{{1,3}}(?:and\s+)?with\s+qualifiers?(?:\(s\))?\s?:?
          \s{{0,3}}\[[^\[\]]{{1,500}}\]
        | \bmesh\s{{1,3}}descriptors?\b\s?:?\s{{0,3}}
          (?: \[[^\[\]]{{1,300}}\] | "[^"]{{1,300}}"
            | (?:(?!\bmesh\b)[^\[\]"()\#:{{}}]){{1,200}}?
              (?=\s{{0,3}},?\s{{0,3}}(?:\b(?:explode|this\s+term|single\s|with\s+qualifier)|\d{{1,2}}\s+tree))
            | [^\[\]"()\#:{{}}]{{1,200}}?(?=\s{{0,3}}(?:$|\)|\b(?:or|not)\b)) )
          (?:\s{{0,3}},?\s{{0,3}}(?:explode\s+all(?:\s+trees)?
            | explode\s+trees?\s+\d{{1,2}}(?:\s?(?:,|and)\s?\d{{1,2}}){{0,10}} | explode\b
            | \d{{1,2}}\s+trees?(?:\(s\))?\s+exploded
            | this\s+term\s+only | single(?:\s+mesh)?\s+term))?
          (?:\s{{0,3}}in\s+(?:all\s+)?mesh\s+products)?
          (?:\s{{0,3}},?\s{{0,3}}(?:and\s+)?with\s+qualifiers?(?:\(s\))?\s?:?\s{{0,3}}
              (?:\[[^\[\]]{{0,500}}\] | [a-z]{{2}}\b(?:\s?,\s?[a-z]{{2}}\b){{0,20}}))?
        | "[^"]{{1,200}}"(?:/(?:exp|de|mj)\b|\[(?:mh|mesh)(?::noexp)?\]) )
    | (?P<lines>
          \{{\s?(?:and|or)\s[\s\#\d,-]{{1,2000}}\}}
        | \b(?:and|or)\s?/\s?{_NUMBERS}
        | ^(?:and|or)\s{{1,3}}\#{_NUMBERS}(?=\s{{0,9}}$)
        | \#\s?\d{{1,5}}\s?-\s?\#?\s?\d{{1,5}} )
    | (?P<quoted>"[^"]*")
    | (?P<field> \s?:\s?{_CODES}(?![\w*?]) | (?-i:\bin\s+(?:{_BOXES})(?![\w*?])))
    | (?P<operator>\b(?:and\s{{1,3}}not|and|or|not
          |near\s?/\s?\d{{1,9}}|near\d{{1,2}}|near|adj\d{{0,2}}|next\s?/\s?\d{{1,9}}|next)\b
          (?![*?$]|{_JOINT}[*?$]*[^\W_]))
    | (?P<reference>\#\s?\d{{1,5}}\b)
    | (?P<open>[({{]) | (?P<close>[)}}])
    | (?P<word>{_PIECE}(?:{_JOINT}{_PIECE})*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_BOX = re.compile(rf"in\s+(?:{_BOXES})")
_BEFORE_FIELD = frozenset({Kind.WORD, Kind.QUOTED, Kind.CLOSE, Kind.FIELD})


def tokens(text: str) -> Iterator[Token]:
    """The tokens of an entry, without spaces.

    A colon and letters are a field if there is such a field, or if the colon stands close behind a
    term or a group: `Objective: to treat` has none.
    """
    position = 0
    before: Kind | None = None
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None  # noqa: S101 — `other` takes any character
        token = Token(Kind(match.lastgroup or Kind.OTHER), match[0], position, match.end())
        if token.kind is Kind.FIELD and not _is_field(token.text, before):
            token = Token(Kind.OTHER, text[position], position, position + 1)
        position = token.end
        if not token.text.isspace():
            before = token.kind
            yield token


def _is_field(text: str, before: Kind | None) -> bool:
    if set(codes_of(text)) <= KNOWN:
        return _BOX.fullmatch(text) is None or before in _BEFORE_FIELD
    return before in _BEFORE_FIELD and " " not in text


def codes_of(text: str) -> tuple[str, ...]:
    """The codes of a field: `:ti,ab,kw`, or a box of the search form, `in Record Title`."""
    named = _BOX.fullmatch(text)
    if named is None:
        return tuple(re.findall(r"[a-z]{2,3}", text.lower()))
    name = re.sub(r"[\s,]+", " ", text.removeprefix("in")).strip().lower()
    return _BOX_CODES.get(name, ("ti", "ab", "kw"))


_BOX_CODES = {
    "record title": ("ti",),
    "abstract": ("ab",),
    "keyword": ("kw",),
    "keywords": ("kw",),
    "author": ("au",),
    "all text": ("all",),
    "source": ("so",),
    "publication type": ("pt",),
}

# Fields that our records don't carry: accession number, code of the group. `ky` is `kw` in the
# Cochrane Register of Studies.
_NOT_CARRIED = frozenset({"an", "cc"})
KNOWN = _NOT_CARRIED | {"ti", "ab", "kw", "au", "so", "pt", "doi", "ky", "all", "sh", "mh"}
"""The codes of the Cochrane Library; `sh` and `mh` are how subheadings and truncated headings are
kept in the tree."""
