"""Raw text of a published strategy → its numbered entries, with positions and printed counts.

Numbering styles: ovid-semantics 1 (`1 x`, `1. x`, `1) x`, `1 , x , 2,815`, `- 7 , x`, a number
alone on its line, no numbers at all). What is not part of the strategy is left out and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from surveillance.strategy.nodes import Span
from surveillance.strategy.parse.counts import count_value
from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.glued_numbers import set_apart
from surveillance.strategy.parse.ovid_run_together import separated
from surveillance.strategy.parse.ovid_sections import of_database
from surveillance.strategy.parse.source import Piece, SourceText, shortened

# An appendix may skip a few numbers (the INAHTA strategy of the worked example lacks four).
LARGEST_GAP = 20
LARGEST_BARE_GAP = 5
LONGEST_COUNT = 40
# Below this share of numbered lines a leading number is part of a term (`24 hour urine.tw.`).
_NUMBERED_SHARE = 0.25

_FURNITURE = re.compile(
    r"""(?:[-•]\s*)?IP\s+overview\b.*
      | (?:[-•]\s*)?(?:©|\(c\)\s|Copyright\b).*
      | .*\bAll\s+rights\s+reserved\b.*
      | Page\s+\d+(?:\s+of\s+\d+)?
      | \d+\s+of\s+\d+
      | -\s?\d+\s?-
      | [-=_*\#\s•·–—‐]+
      | key\s*:.* | [a-z]{2}\s=\s[a-z].* | \[[a-z]{2}\s?=[^\[\]]*\]
      | (?:(?:\#|ID|No\.?|Search(?:es)?|Terms?|Query|Results?|Hits?)(?:\s+|$))+
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PREAMBLE = re.compile(
    r"""(?:Appendix|Table\s\d)\b.* | \#{1,2}\s.*
      | Database\(?s?\)?\s*:.* | (?:.*\b)?Search\s+strategy:?
      | (?:Date\s+)?Search(?:ed|es)?\b.*\b(?:via|on|:).* | (?:\[[^\[\]]{0,500}\]\s*){1,9}
      | (?:Ovid\s+)?(?:MEDLINE|EMBASE|PsycINFO|CENTRAL|AMED|CINAHL)\b(?!\s*[.)/$*]).*
      | [\w\s()]*:
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"""(?:[-•]\s+)?(?P<sign>\#|S(?=\d)|\[(?=\d{1,3}\]))?(?P<number>\d{1,3})
        (?:(?P<mark>\s*[.):,\]])(?=\s|\D)\s*
          | (?=\s|$)\s*+(?!(?:and|or|not|adj\d*)\b(?!\s*/)))""",
    re.VERBOSE | re.IGNORECASE,
)
# `3.1 or 2` in a text that leaves no space behind its numbers: line 3.
_BEFORE_DIGIT = re.compile(r"(?P<sign>\#)?(?P<number>\d{1,3})(?P<mark>[.):])(?=\d)")
_COUNT = re.compile(
    r"""(?: \s+,\s+(?P<comma>\d[\d,.\s]*)
          | \s+\((?P<bracketed>\d[\d,]*)\)
          | \t+\s*(?P<tabbed>\d[\d,]*)
          | (?<=[./)\]])\s+(?P<spaced>\d[\d,]*)
          | (?<=\.[a-z]{2}|,[a-z]{2})\s+(?P<unmarked>\d[\d,]*)
          | (?<=\d)\s+(?P<after>\d[\d,]*) )\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_OPEN_END = re.compile(r"\b(?:and|or|not|adj\d*)\s*\Z", re.IGNORECASE)
_COMBINATION = re.compile(r"(?:[\#\d\s(),/‐‑–-]|and|or|not)+", re.IGNORECASE)
_COMBINES_BY_NUMBER = re.compile(
    r"\b(?:and|or)\s?/\s?\d|\d\s?/\s?(?:and|or)\b|^\s*limit\s+\d|^\s*remove\s+duplicates\b"
    r"|(?:^|[\s(])\d{1,3}\s+(?:and|or|not)\s",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:and|or|not|adj\d*)\b(?!\s*/)|\)", re.IGNORECASE)
_BARE_COUNT = re.compile(r",?\s*\(?\d[\d,]*\)?")
_WHOLE = re.compile(
    r"""(?:\.[a-z]{2}(?:,[a-z]{2})*\.? | / | \] | \b(?:and|or)/[\d,‐‑–-]+ )
        (?:\s+\(?\d[\d,]*\)?)?\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
# A line that can only be one of its own: a command, or lines combined.
_ON_ITS_OWN = re.compile(
    r"""\s*(?: limit\s+\d+\s+to\b | remove\s+duplicates\s+from\s+\d | from\s+\d+\s+keep\b
      | \(*\d{1,3}\)*\s+(?:and|or|not)\s+[\d\s()andort,]{1,400}\Z )""",
    re.VERBOSE | re.IGNORECASE,
)
# What is no search, where none can go on: `II. Insulin therapy:`, `B) Trials*`, a sentence.
_TITLE = re.compile(r"(?:[A-Z]\)|[IVX]{1,5}[.)])\s.{1,200}|.{1,200}:")
_SEARCHES = re.compile(
    r"\.[a-z]{2}\b[.,]?|/|[*$#]|^\s*[\d(\[]|^(?:exp|limit|and|or|not|adj\d*)\b|\badj\d*\b",
    re.IGNORECASE,
)
_NUMBERS_LOOKED_AHEAD = 3
_COMMAND = re.compile(
    r"""\s*(?:limit\s.*[a-z")]\s+\(?\d[\d,]*\)? | remove\s+duplicates\s+from\s+\S+\s+\(?\d[\d,]*\)?)
        \s*\Z""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_COUNT_OF_COMMAND = re.compile(r"\s+\(?(?P<command>\d[\d,]*)\)?\s*\Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered line of a strategy as it stands in the source, before it is parsed."""

    number: int
    source: SourceText
    span: Span
    count_raw: str | None
    count: int | None


@dataclass(slots=True)
class _Draft:
    """An entry while its lines are gathered; `mark` is what stands behind its number."""

    number: int
    mark: str
    start: Span
    pieces: list[Piece] = field(default_factory=list)
    count_alone: Piece | None = None
    depth: int = 0

    @property
    def whole(self) -> bool:
        """True where it ends as a search ends: with a field, a heading or lines combined."""
        text = self.pieces[-1].text if self.pieces else ""
        return bool(_WHOLE.search(text) or _COMBINATION.fullmatch(text))

    @property
    def open(self) -> bool:
        """True where the search can't end here: an operand or a closing parenthesis lacks."""
        end = self.pieces[-1].text[-LONGEST_COUNT:] if self.pieces else ""
        return self.depth > 0 or end.endswith("-") or _OPEN_END.search(end) is not None

    def add(self, piece: Piece) -> None:
        """One more line of the entry, or its count where that stands on a line of its own."""
        if self.pieces and _BARE_COUNT.fullmatch(piece.text) and not piece.text.startswith(","):
            self.count_alone = piece
        elif piece.text:
            self.gather(piece)

    def gather(self, piece: Piece) -> None:
        """One more line of the search."""
        self.pieces.append(piece)
        self.depth += piece.text.count("(") - piece.text.count(")")


def read_entries(text: str, dialect: str, findings: Findings) -> tuple[Entry, ...]:
    """The entries of a strategy by ascending number; what is left out goes to `findings`.

    Of an appendix with several databases those under the header of the dialect's own.
    """
    pieces = of_database(list(_content(text, findings)), dialect, findings)
    pieces = [entry for piece in pieces for entry in separated(piece)]
    pieces = pieces if _has_numbers(pieces) else set_apart(pieces)
    drafts = _numbered(pieces, findings) if _has_numbers(pieces) else _unnumbered(pieces, findings)
    return tuple(_entry(draft, findings) for draft in drafts)


def _content(text: str, findings: Findings) -> Iterator[Piece]:
    """The lines that say something, without page furniture."""
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text.replace("\ufeff", " ")), start=1):
        piece = Piece(number, 1, raw).stripped()
        if piece.text and _FURNITURE.fullmatch(piece.text):
            findings.info("page-furniture", piece.span, f"Left out: “{shortened(piece.text)}”.")
        elif piece.text:
            yield piece


def _has_numbers(pieces: Sequence[Piece]) -> bool:
    """True where the entries carry their numbers."""
    found = [match for piece in pieces if (match := _NUMBERED.match(piece.text))]
    chain = 0
    for match in found:
        if int(match["number"]) > chain and (chain or int(match["number"]) == 1):
            chain = int(match["number"])
    if not found or len(found) < _NUMBERED_SHARE * len(pieces):
        return False
    first = _NUMBERED.match(pieces[0].text)
    return chain > 1 or (first is not None and not first["sign"])


def _unnumbered(pieces: Sequence[Piece], findings: Findings) -> Iterator[_Draft]:
    """Position is number (ovid-semantics 1); one long search goes on over its lines."""
    wrapped = _is_wrapped(pieces)
    draft: _Draft | None = None
    for piece in pieces:
        if wrapped and draft and (draft.open or _GOES_ON.match(piece.text)):
            draft.gather(piece)
        elif _PREAMBLE.fullmatch(piece.text):
            findings.info("preamble", piece.span, f"Left out: “{shortened(piece.text)}”.")
        else:
            if draft:
                yield draft
            draft = _Draft(draft.number + 1 if draft else 1, "", piece.span)
            draft.gather(piece)
    if draft:
        yield draft


def _is_wrapped(pieces: Sequence[Piece]) -> bool:
    """True for searches without references to one another whose parentheses close further down.

    Where lines are combined by number, each line of the text is one, however faulty.
    """
    if any(_COMBINATION.fullmatch(p.text) or _COMBINES_BY_NUMBER.search(p.text) for p in pieces):
        return False
    depths = [piece.text.count("(") - piece.text.count(")") for piece in pieces]
    return any(depths) and sum(depths) == 0


def _numbered(pieces: Sequence[Piece], findings: Findings) -> list[_Draft]:
    """The drafts of numbered entries; a numbering that begins again at 1 is a block of its own."""
    blocks: list[list[_Draft]] = [[]]
    repeated = False
    for index, piece in enumerate(pieces):
        last = blocks[-1][-1] if blocks[-1] else None
        match = _NUMBERED.match(piece.text) or _before_digit(piece, last)
        following = pieces[index + 1 :] if last is None else pieces[index + 1 : index + 5]
        if match and _begins_entry(match, last, following):
            repeated = False
            blocks[-1].append(_begun(match, piece))
        elif match and last and _begins_again(match, last):
            repeated = int(match["number"]) > 1
            if repeated:
                _left_out(_begun(match, piece), last.number, findings)
            else:
                blocks.append([_begun(match, piece)])
        elif last is None:
            findings.info("preamble", piece.span, f"Left out: “{shortened(piece.text)}”.")
        elif not repeated and _lost_its_number(piece, last, following):
            blocks[-1].append(_numberless(piece, last, findings))
        elif not repeated and _is_between(piece, last):
            _report_between(piece, findings)
        elif not repeated:
            last.add(piece)
    return _one_numbering(blocks, findings)


def _before_digit(piece: Piece, last: _Draft | None) -> re.Match[str] | None:
    """The next number with its mark right before another one; else it is a decimal."""
    match = _BEFORE_DIGIT.match(piece.text)
    if match is None or last is None or not last.whole or _mark(match) != last.mark:
        return None
    return match if int(match["number"]) == last.number + 1 else None


def _is_between(piece: Piece, last: _Draft) -> bool:
    """True for what titles or explains lines, behind a line that is whole.

    A search that is whole goes on with an operator or not at all.
    """
    if not piece.text[:1].isupper() or not last.whole or last.depth > 0:
        return False
    return bool(_TITLE.fullmatch(piece.text)) or not _SEARCHES.search(piece.text)


def _report_between(piece: Piece, findings: Findings) -> None:
    if _TITLE.fullmatch(piece.text):
        findings.info("label", piece.span, f"Left out: “{shortened(piece.text)}”.")
        return
    findings.warning(
        "text-between-lines",
        piece.span,
        f"“{shortened(piece.text)}” has no number and nothing that only a search has; it is left "
        "out.",
        "Number it if it is a line of the strategy.",
    )


def _lost_its_number(piece: Piece, last: _Draft, following: Sequence[Piece]) -> bool:
    """True for `80 and 81` behind a line that is whole, where the next number stands nowhere."""
    if not _ON_ITS_OWN.match(piece.text) or not last.whole:
        return False
    if _OPEN_END.search(last.pieces[-1].text):
        return False
    ahead = [_NUMBERED.match(p.text) for p in following[:_NUMBERS_LOOKED_AHEAD]]
    return all(match is None or int(match["number"]) != last.number + 1 for match in ahead)


def _numberless(piece: Piece, last: _Draft, findings: Findings) -> _Draft:
    number = last.number + 1
    findings.warning(
        "number-missing",
        piece.span,
        f"This line has no number; it is read as line {number}.",
        "Number every line of a strategy, or none.",
    )
    draft = _Draft(number, last.mark, piece.span)
    draft.gather(piece)
    return draft


def _one_numbering(blocks: Sequence[list[_Draft]], findings: Findings) -> list[_Draft]:
    """The first block, and those that go on with it under numbers printed from 1 again."""
    drafts = list(blocks[0])
    for block in blocks[1:]:
        if not _goes_on(block, drafts[-1].number):
            for draft in block:
                _left_out(draft, drafts[-1].number, findings)
            continue
        findings.warning(
            "numbering-restarts",
            block[0].start,
            "The numbers begin again at 1, but the lines are combined as if they went on: "
            f"this is read as line {drafts[-1].number + 1}.",
            "Number the lines of a strategy upwards, each number once.",
        )
        drafts += [replace(d, number=d.number + drafts[-1].number) for d in block]
    return drafts


def _goes_on(block: Sequence[_Draft], before: int) -> bool:
    """True where lines are combined that only a numbering through the whole text can mean."""
    combined = [(d.number, max(numbers)) for d in block if (numbers := _combines(d))]
    return any(highest >= number for number, highest in combined) and all(
        highest < number + before for number, highest in combined
    )


def _combines(draft: _Draft) -> list[int]:
    """The numbers in an entry that consists of line numbers and operators; else none."""
    text = " ".join(piece.text for piece in draft.pieces)
    if not _COMBINATION.fullmatch(text):
        return []
    return [int(number) for number in re.findall(r"\d{1,5}", text)]


def _left_out(draft: _Draft, behind: int, findings: Findings) -> None:
    findings.error(
        "number-repeated",
        draft.start,
        f"Line {draft.number} comes again after line {behind}; it is left out.",
        "Number the lines of a strategy upwards, each number once.",
    )


def _begun(match: re.Match[str], piece: Piece) -> _Draft:
    draft = _Draft(int(match["number"]), _mark(match), piece.span)
    rest = piece.without_first(match.end())
    if rest.text:
        draft.add(rest)
    return draft


def _mark(match: re.Match[str]) -> str:
    """What stands before and behind the number: `#`, a full stop, a comma, or nothing."""
    return (match["sign"] or "").upper() + (match["mark"] or "").strip()


def _signs_differ(mark: str, other: str) -> bool:
    return any((sign in mark) != (sign in other) for sign in "#S")


def _begins_entry(match: re.Match[str], last: _Draft | None, following: Sequence[Piece]) -> bool:
    """True where the number is the next one, or one a little later in the same style."""
    number = int(match["number"])
    alone = match.end() == len(match.string)
    if last is None:
        return number >= 1 and (not alone or bool(following))
    if _signs_differ(_mark(match), last.mark):
        return False
    if alone and last.number + 1 == number:
        # A count on its own line can look like the next number: then no query follows it.
        return bool(following) and not _BARE_COUNT.fullmatch(following[0].text)
    if last.number + 1 == number:
        return True
    if alone or _mark(match) != last.mark:
        return False
    # A bare number may as well begin the rest of a wrapped line, unless the line is whole.
    gap = LARGEST_GAP if last.mark else LARGEST_BARE_GAP * last.whole
    return last.number < number <= last.number + gap


def _begins_again(match: re.Match[str], last: _Draft) -> bool:
    """True for a line numbered like the ones before it, with a number that was there already."""
    mark = _mark(match)
    return bool(mark) and mark == last.mark and 1 <= int(match["number"]) <= last.number


def _entry(draft: _Draft, findings: Findings) -> Entry:
    source = SourceText.join(draft.pieces)
    count_raw, place = None, None
    found = _printed_count(source.text)
    if found:
        count_raw = found[found.lastindex or 0].strip()
        place = source.span(found.start(found.lastindex or 0), found.end())
        source = source.until(found.start())
    elif draft.count_alone:
        count_raw, place = draft.count_alone.text.strip(",() "), draft.count_alone.span
    count = count_value(count_raw, place, draft.number, findings)
    where = source.span(0, len(source.text)) if source.anchors else draft.start
    return Entry(draft.number, source, where, count_raw, count)


def _printed_count(text: str) -> re.Match[str] | None:
    """The count behind a query; group `lastindex` holds it."""
    pattern = _COUNT_OF_COMMAND if _COMMAND.match(text) else _COUNT
    found = pattern.search(text, max(0, len(text) - LONGEST_COUNT))
    if found and found.lastgroup == "after" and not _COMBINATION.fullmatch(text):
        return None
    # `10 and (28)` ends with a line, not with a count.
    return found if found and not _OPEN_END.search(text[: found.start()]) else None
