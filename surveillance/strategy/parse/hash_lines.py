"""Raw text of a strategy that names its lines `#n` → its numbered entries, with printed counts.

The Cochrane Library and INAHTA refer to lines as `#4`. Their lines are numbered `#4 x 71`,
`4 , x , 71`, `4. x`, or not at all (ovid-semantics 1 and 8); numbers may lack, and then stay what
they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from surveillance.strategy.nodes import Span
from surveillance.strategy.parse.counts import count_value
from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.lines import Entry
from surveillance.strategy.parse.source import Piece, SourceText, shortened

# An appendix may skip a few numbers (the INAHTA strategy of the worked example lacks four).
LARGEST_GAP = 20
LONGEST_COUNT = 40
# Where so many lines end with a number, all such numbers are counts (`#2 TMR 221`).
_COUNTED_SHARE = 0.6
# Below this share of numbered lines a leading number is part of a term (`24 hour urine`).
_NUMBERED_SHARE = 0.25

_FURNITURE = re.compile(
    r"""(?:[-•]\s*)?IP\s+overview\b.* | (?:[-•]\s*)?(?:©|\(c\)\s|Copyright\b).*
      | .{0,200}\bAll\s+rights\s+reserved\b.* | Page\s+\d+(?:\s+of\s+\d+)? | \d+\s+of\s+\d+
      | -\s?\d+\s?- | [-=_*\s]{3,} | Notes?\s?:.*
      | (?:Search\s+Name|Date\s+Run|Last\s+Saved|Comments?)\s?:.*
      | (?:(?:\#|ID|No\.?|Search(?:es)?|Terms?|Query|Results?|Hits?)(?:\s+|$)){1,6}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PREAMBLE = re.compile(
    r"""(?:Appendix|Table\s\d)\b.* | \#{2,6}\s.*
      | Database\(?s?\)?\s?:.* | (?:.{0,200}\b)?Search\s+strategy:?
      | (?:Date\s+)?Search(?:ed|es)?\b.*\b(?:via|on|:).* | \[(?!\s?mh\b)[^\[\]]*\]
      | (?:The\s+)?(?:Cochrane\s+(?:Library|Central)|(?-i:CENTRAL|INAHTA)|International\s+HTA)\b.*
      | [\w\s()]{1,200}:
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What begins the strategy of another database, behind the lines of this one.
_SECTION = re.compile(
    r"""Appendix\b.* | (?=[^*"\#\[{]{1,200}$)(?=.{0,200}\b(?:search|strateg|Ovid|EBSCO|database))
        .{0,100}\b(?:MEDLINE|EMBASE|PubMed|PsycINFO|CINAHL|Scopus|LILACS|AMED|Web\s+of\s+Science)\b.*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_OPERATOR = r"(?:and|or|not|near|next)\b(?![-'*?$])"
_HASHED = re.compile(
    rf"(?:[-•]\s+)?\#\s?(?P<number>\d{{1,4}})(?P<mark>\s?[.):,](?=\s|$)|(?=[\s\#(\[{{*\"A-Za-z]|$))"
    rf"\s*+(?P<operator>(?={_OPERATOR}))?",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    rf"""(?:[-•]\s+)?(?P<number>\d{{1,3}})
         (?P<mark>\s?[.):,](?=\s|\D|$)|(?=\s|$))\s*+(?P<operator>(?={_OPERATOR}))?""",
    re.VERBOSE | re.IGNORECASE,
)
_COUNT = re.compile(
    r"""(?: \s+,\s*(?P<comma>\d[\d,.\s]*) | \s+\((?P<bracketed>\d[\d,]*)\)
          | \t\s*(?P<tabbed>\d[\d,]*)
          | (?<=[)\]}"*])\s+(?P<behind>\d[\d,]*)
          | (?:(?<=trees)|(?<=only)|(?<=rials)|(?<=views)|(?<=,kw))\s+(?P<marked>\d[\d,]*)
          | (?:(?<=[)\]}])|(?<=trees)|(?<=only)|(?<=rials)|(?<=views)|(?<=,kw))(?P<glued>\d[\d,]*)
          | \s+(?P<spaced>\d[\d,]*) )\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_COMBINED = re.compile(r"[\s(){}#\d,-]*(?:(?:and|or|not)\b[\s(){}#\d,-]*)*", re.IGNORECASE)
_BARE_COUNT = re.compile(r",?\s*\(?(\d[\d,]*)\)?")
_ENDS_IN_YEAR = re.compile(r"\b(?:to|and|-)\s+(?:[A-Z][a-z]{2,8}\s+)?(?:19|20)\d\d\s*$")
_OPEN_END = re.compile(r"(?:\b(?:and|or|not|near(?:/\d+)?|next(?:/\d+)?)|[,:({\[])\s*\Z", re.I)
_OPEN_BEGIN = re.compile(r"(?:and|or|not|near|next)\b|[)\]},:]", re.IGNORECASE)


@dataclass(slots=True)
class _Draft:
    """An entry while its lines are gathered; `mark` is what stands behind its number."""

    number: int
    mark: str
    start: Span
    pieces: list[Piece] = field(default_factory=list)
    depth: int = 0

    def add(self, piece: Piece) -> None:
        """One more line of the entry."""
        self.pieces.append(piece)
        self.depth += piece.text.count("(") - piece.text.count(")")

    @property
    def ends(self) -> str:
        """The last characters gathered."""
        return f" {self.pieces[-1].text[-LONGEST_COUNT:]}" if self.pieces else ""

    @property
    def open(self) -> bool:
        """True where the search can't end here: an operand or a closing parenthesis lacks."""
        return self.depth > 0 or _OPEN_END.search(self.ends) is not None


def read_entries(text: str, findings: Findings) -> tuple[Entry, ...]:
    """The entries of a strategy by ascending number; what is left out goes to `findings`."""
    pieces = list(_content(text, findings))
    if any(_is_hashed(piece.text) for piece in pieces):
        drafts = _numbered(pieces, _HASHED, findings)
    elif _has_numbers(pieces):
        drafts = _numbered(pieces, _PLAIN, findings)
    else:
        drafts = _unnumbered(pieces, findings)
    counted = _are_counted(drafts)
    last = drafts[-1] if drafts else None
    return tuple(_entry(draft, counted, findings, last=draft is last) for draft in drafts)


def _content(text: str, findings: Findings) -> Iterator[Piece]:
    """The lines that say something, without page furniture."""
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text.replace("\ufeff", " ")), start=1):
        piece = Piece(number, 1, raw).stripped()
        if piece.text and _FURNITURE.fullmatch(piece.text):
            findings.info("page-furniture", piece.span, f"Left out: “{shortened(piece.text)}”.")
        elif piece.text:
            yield piece


def _is_hashed(text: str) -> bool:
    """True for `#4 pain`; `#4 or #5` may as well be a line without a number."""
    match = _HASHED.match(text)
    return match is not None and match["operator"] is None


def _has_numbers(pieces: Sequence[Piece]) -> bool:
    """True where the entries carry plain numbers, from 1 upwards."""
    found = [int(match["number"]) for piece in pieces if (match := _numbering(piece.text))]
    if not found or len(found) < _NUMBERED_SHARE * len(pieces):
        return False
    return 1 in found and (len(found) > 1 or _numbering(pieces[0].text) is not None)


def _numbering(text: str) -> re.Match[str] | None:
    """The number before a search; `2 or 3` is none."""
    match = _PLAIN.match(text)
    return match if match and (match["operator"] is None or match["mark"].strip()) else None


def _unnumbered(pieces: Sequence[Piece], findings: Findings) -> list[_Draft]:
    """Position is number (ovid-semantics 1); what can't end where its line ends goes on."""
    drafts: list[_Draft] = []
    for piece in pieces:
        if drafts and (drafts[-1].open or _OPEN_BEGIN.match(piece.text)):
            drafts[-1].add(piece)
        elif _PREAMBLE.fullmatch(piece.text):
            findings.info("preamble", piece.span, f"Left out: “{shortened(piece.text)}”.")
        else:
            drafts.append(_Draft(len(drafts) + 1, "", piece.span))
            drafts[-1].add(piece)
    return drafts


# -- numbered ------------------------------------------------------------------------------------


def _numbered(pieces: Sequence[Piece], style: re.Pattern[str], findings: Findings) -> list[_Draft]:
    drafts: list[_Draft] = []
    repeated = False
    for piece in _each_entry_apart(pieces, style, findings):
        match = style.match(piece.text)
        last = drafts[-1] if drafts else None
        if match and _begins_entry(match, last, style):
            repeated = False
            drafts.append(_begun(match, piece))
        elif match and last and _begins_again(match, last, style):
            repeated = True
            _report_repeated(match, last, piece, findings)
        elif last is None:
            findings.info("preamble", piece.span, f"Left out: “{shortened(piece.text)}”.")
        elif not last.open and _SECTION.fullmatch(piece.text):
            _report_section(piece, findings)
            break
        elif not repeated:
            last.add(piece)
    return drafts


def _begun(match: re.Match[str], piece: Piece) -> _Draft:
    draft = _Draft(int(match["number"]), match["mark"].strip(), piece.span)
    rest = piece.without_first(match.end())
    if rest.text:
        draft.add(rest)
    return draft


def _begins_entry(match: re.Match[str], last: _Draft | None, style: re.Pattern[str]) -> bool:
    """True where the number is the next one, or one a little later in the same style."""
    number = int(match["number"])
    if last is None:
        return number >= 1 and match["operator"] is None
    if not last.number < number <= last.number + LARGEST_GAP:
        return False
    if style is _HASHED:
        # A line refers to lines before it, so that this number is no reference.
        return match["operator"] is None or (number == last.number + 1 and not last.open)
    alike = match["mark"].strip() == last.mark
    if match["operator"] is not None:
        return number == last.number + 1 and alike and bool(last.mark)
    if match.end() == len(match.string):
        # A number on a line of its own is the count of an entry that lacks it, else a number.
        return number == last.number + 1 and (not last.pieces or _ends_with_count(last))
    return number == last.number + 1 or (alike and not last.open)


def _ends_with_count(draft: _Draft) -> bool:
    return _COUNT.search(draft.ends) is not None


def _begins_again(match: re.Match[str], last: _Draft, style: re.Pattern[str]) -> bool:
    """True for a line numbered like the ones before it, with a number that was there already.

    The rest of a wrapped line may begin with a reference to a line: `#7 or` goes on with `#8`.
    """
    if last.open or match.end() == len(match.string) or int(match["number"]) > last.number:
        return False
    mark = match["mark"].strip()
    if style is _HASHED:
        return mark == last.mark and match["operator"] is None
    return mark == last.mark and bool(mark)


def _report_section(piece: Piece, findings: Findings) -> None:
    findings.warning(
        "another-strategy",
        piece.span,
        f"“{shortened(piece.text)}” begins another strategy; what follows is left out.",
        "Keep each strategy in a file of its own.",
    )


def _report_repeated(match: re.Match[str], last: _Draft, piece: Piece, findings: Findings) -> None:
    findings.error(
        "number-repeated",
        piece.span,
        f"Line {match['number']} comes again after line {last.number}; it is left out.",
        "Number the lines of a strategy upwards, each number once.",
    )


def _each_entry_apart(
    pieces: Sequence[Piece], style: re.Pattern[str], findings: Findings
) -> Iterator[Piece]:
    """The pieces, those cut that hold several entries: `#1 pain #2 limb #3 #1 and #2`.

    A line refers to lines before it. So `#2` behind line 1 begins line 2, unless that begins
    elsewhere or an operator stands before it.
    """
    begun = {int(match["number"]) for piece in pieces if (match := style.match(piece.text))}
    number = 0
    for piece in pieces:
        match = style.match(piece.text)
        number = max(number, int(match["number"])) if match else number
        begin = 0
        for at in _numbers_inside(piece.text) if style is _HASHED else ():
            if not number or number + 1 in begun or not _begins_next(piece.text, at, number + 1):
                continue
            yield piece.without_first(begin, piece.text[begin:at].rstrip())
            begin, number = at, number + 1
            column = piece.column + begin
            findings.warning(
                "run-together",
                Span(piece.line, column, piece.line, column + len(str(number)) + 1),
                f"Line {number} stands on the same line of the text as the one before it.",
                "Give each line of the strategy a line of its own.",
            )
        yield piece.without_first(begin)


def _numbers_inside(text: str) -> Iterator[int]:
    """Where `#n` stands in a text, but for its beginning."""
    return (match.end() for match in re.finditer(r"\s(?=#\d{1,4}\s)", text))


def _begins_next(text: str, at: int, number: int) -> bool:
    """True where the entry of that number may begin: no operator stands before or behind it."""
    match = _HASHED.match(text, at)
    if match is None or int(match["number"]) != number or match["operator"] is not None:
        return False
    return not _OPEN_END.search(text[max(0, at - LONGEST_COUNT) : at])


# -- counts --------------------------------------------------------------------------------------


def _are_counted(drafts: Sequence[_Draft]) -> bool:
    """True where so many lines end with a number that such numbers are counts."""
    ends = sum(_ends_with_count(draft) for draft in drafts)
    return len(drafts) > 1 and ends >= _COUNTED_SHARE * len(drafts)


def _entry(draft: _Draft, counted: bool, findings: Findings, *, last: bool) -> Entry:
    kept = _up_to_count(draft.pieces, counted, first=last)
    source = SourceText.join(kept)
    found = _printed_count(source.text, counted, draft.number)
    count_raw, place = None, None
    if found:
        group = found.lastindex or 0
        count_raw = found[group].strip()
        place = source.span(found.start(group), found.end(group))
        source = source.until(found.start())
    _report_left_out(draft.pieces[len(kept) :], draft.number, findings)
    count = count_value(count_raw, place, draft.number, findings)
    where = source.span(0, len(source.text)) if source.anchors else draft.start
    return Entry(draft.number, source, where, count_raw, count)


def _up_to_count(pieces: Sequence[Piece], counted: bool, *, first: bool) -> Sequence[Piece]:
    """The pieces of the search, the one with its count last; what follows a count is no search.

    `first`: up to the first count, for the last entry, behind which other text may stand.
    """
    ends = list(_possible_ends(pieces, counted))
    if not ends:
        return pieces
    return pieces[: ends[0] if first and counted else ends[-1]]


def _possible_ends(pieces: Sequence[Piece], counted: bool) -> Iterator[int]:
    """How many pieces there are up to each count behind which the search does not go on."""
    depth = 0
    for end, piece in enumerate(pieces, start=1):
        depth += piece.text.count("(") - piece.text.count(")")
        found = _COUNT.search(f" {piece.text[-LONGEST_COUNT:]}")
        if found and end == len(pieces):
            yield end
        elif found and depth <= 0 and (counted or found.lastgroup not in _UNSURE):
            behind = pieces[end].text
            if not _OPEN_BEGIN.match(behind) and not _OPEN_END.search(
                found.string[: found.start()]
            ):
                yield end


_UNSURE = frozenset({"spaced", "glued"})


def _printed_count(text: str, counted: bool, number: int) -> re.Match[str] | None:
    """The count behind the search of entry `number`; group `lastindex` holds it."""
    found = _COUNT.search(text, max(0, len(text) - LONGEST_COUNT))
    if found is None or _ENDS_IN_YEAR.search(text):
        return count_behind_reference(text, number) if counted else None
    if counted or found.lastgroup in {"comma", "tabbed"}:
        return found
    if found.lastgroup == "glued" or _is_open(text[: found.start()]):
        return None
    if found.lastgroup != "spaced":
        return found
    # Behind `#1 or #2` stands a count, behind `type` a term.
    combined = "#" in text and _COMBINED.fullmatch(text[: found.start()])
    return found if combined else None


def count_behind_reference(text: str, number: int) -> re.Match[str] | None:
    """`#1 or #2241300` in line 3 ends with a reference to line 2 and its count of 241,300."""
    found = re.search(r"#(\d{2,12})\s*$", text[-LONGEST_COUNT:])
    digits = found[1] if found else ""
    lines = [digits[:n] for n in range(1, len(digits)) if 1 <= int(digits[:n]) < number]
    if len(lines) != 1 or int(digits) < number:
        return None
    return re.compile(rf"(?<=#{lines[0]})(\d+)\s*$").search(text)


def _is_open(text: str) -> bool:
    return text.count("(") > text.count(")") or _OPEN_END.search(text[-LONGEST_COUNT:]) is not None


def _report_left_out(pieces: Sequence[Piece], number: int, findings: Findings) -> None:
    for piece in pieces:
        findings.warning(
            "text-after-count",
            piece.span,
            f"“{shortened(piece.text)}” stands behind the count of line {number}; it is left out.",
            "Number it if it is a line of the strategy.",
        )
