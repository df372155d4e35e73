"""Raw text of a PubMed strategy → its entries, with positions and printed counts.

Three shapes are published: one search, wrapped or not; numbered lines (`#1 x`, `1. x`, a history
page of PubMed with counts and times, the newest line often first); and lines without numbers that
refer to one another by position. A text without numbers whose lines refer to nothing is one search:
so PubMed reads what is pasted into its box.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from surveillance.strategy.nodes import Span
from surveillance.strategy.parse.counts import count_value
from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.hash_lines import count_behind_reference
from surveillance.strategy.parse.source import Piece, SourceText, shortened
from surveillance.strategy.parse.tokens import plain

LARGEST_GAP = 20
# How far down the first numbered line may stand: titles and column heads come before it.
LONGEST_HEAD = 15
_LONGEST_TAIL = 60
# `#12` behind the lines 1 and 2 is a line that lacks, `#1204` may be line 1 with its count.
_SHORTEST_GLUED = 3

_FURNITURE = re.compile(
    r"""(?:(?:\#|No\.?|ID|Search(?:es)?(?:\s+number)?|Terms?|Query|Queries|Items?\s+found|Results?|Hits?
         |Time|Actions?|Details|Add(?:\s+to\s+builder)?|Sort\s+By|Filters|Search\s+Details)
         (?:[\s,:;|]+|$)){1,12}
      | (?:Recent\s+queries(?:\s+in\s+pubmed)?|History(?:\s+and\s+Search\s+Details)?)\W{0,3}
      | Page\s+\d+(?:\s+of\s+\d+)? | \d+\s+of\s+\d+ | [-=_*\s]{3,}
      | (?:©|Copyright\b).{0,200}
      | (?:Total\s+)?(?:references|results|hits|items\s+found|records)\s*[:=]?\s*\d[\d,.\s]*""",
    re.VERBOSE | re.IGNORECASE,
)
_SEARCHED = re.compile(r'[\[\]"*#]|\b(?:AND|OR|NOT)\b')
_TITLE = re.compile(
    r"""\#{1,6}\s.* | (?:Appendix|Database|Date|Supplement\w*|Table\s\d)\b.*
      | .*\bsearch\s+strateg(?:y|ies)\b.* | (?:MEDLINE|PubMed)\b[^\[\]"]*
      | Search(?:es)?\s*(?:\(?combinations?\)?)?:? | [^\[\]"*]{1,200}:""",
    re.VERBOSE | re.IGNORECASE,
)
_HEAD = re.compile(
    r"""(?:[-•]\s+)?(?:(?:Final\s+)?Search\s+)?(?P<hash>[\#(]?)(?P<label>\d{1,3}[a-z]?)
        (?P<mark>\s?[.):,](?!\d)|\)?)(?=[\s"(]|$)\s*""",
    re.VERBOSE | re.IGNORECASE,
)
# `#1pain [tiab]`, `#4#1 AND #2`: a copied table leaves no space behind its numbers.
_GLUED_HEAD = re.compile(r"(?P<hash>\#)(?P<label>\d{1,3})(?P<mark>)(?=[A-Za-z\#“])")
_LETTER_HEAD = re.compile(r"(?P<hash>)(?P<label>[A-Z])(?P<mark>[.)])\s+")
_FINAL_HEAD = re.compile(r"(?P<hash>)(?P<label>Final\s+search)(?P<mark>:)\s+", re.IGNORECASE)
_NO_ENTRY = re.compile(r"(?:and|or|not)\b(?![-*/?$#])|[)\]:&|]", re.IGNORECASE)
_OPEN_END = re.compile(r"(?:\b(?:and|or|not)|[&|(])\s*\Z", re.IGNORECASE)
_COMMAND = re.compile(
    r"(?:Add(?:\s+to\s+builder)?\s+)?Search(?::\s*|\s+(?!(?:and|or|not)\b))(?=\S)", re.IGNORECASE
)
_SEARCH_COLON = re.compile(r"Search:\s*(?=\S)", re.IGNORECASE)
_COMBINATION = re.compile(
    r"\(*\s*\#?\d{1,3}[a-z]?[\s)]*(?:\b(?:and|or|not)\b[\s(]*\#?\d{1,3}[a-z]?[\s)]*)+",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"\#\d")
_SORTED = re.compile(r"\s*\bSort\s+by:\s*[\w\s-]{1,40}$", re.IGNORECASE)
_TIME = re.compile(r"[\s,]+\d{1,2}:\d{2}(?::\d{2})?\s*$")
_COUNT = re.compile(
    r"""(?: (?<=[\])"*])\s*[,=]?\s+(?P<after>\d[\d,]*) | \t+\s*(?P<tabbed>\d[\d,]*)
      | (?<=\])(?P<glued>\d[\d,]*)
      | \s+\((?P<bracketed>\d[\d,]{3,})\) | (?<=\d)\s+(?P<combined>\d[\d,]*)
      | [\s.;,(]*(?:total\s+references|results?|hits|items\s+found|references|n)\s*[:=]\s*
        (?P<named>\d[\d,]*)\)? )\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_TIMED_COUNT = re.compile(r"[\s,]+(?P<timed>\d[\d,]*)\s*$")
_BARE_COUNT = re.compile(r"\d[\d,]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a strategy before it is parsed; `label` is what other lines call it."""

    number: int
    label: str
    source: SourceText
    span: Span
    count_raw: str | None
    count: int | None


@dataclass(slots=True)
class _Draft:
    """An entry while its lines are gathered."""

    label: str
    start: Span
    hash: str = ""
    pieces: list[Piece] = field(default_factory=list)
    count: Piece | None = None

    @property
    def text(self) -> str:
        return self.pieces[-1].text if self.pieces else ""


def read_entries(text: str, findings: Findings) -> tuple[Entry, ...]:
    """The entries by ascending number; what is left out goes to `findings`."""
    pieces = list(_content(text, findings))
    if _EXPORTED_HEAD.match(text):
        drafts = _exported(pieces)
    elif _has_numbers(pieces):
        drafts = _numbered(pieces, findings)
    elif _refers_by_position(pieces):
        drafts = _by_position(pieces, findings)
    else:
        drafts = _one_search(pieces, findings)
    numbers = _numbers(drafts, findings)
    command = _command_of(drafts)
    entries = [
        _entry(draft, n, command, findings) for draft, n in zip(drafts, numbers, strict=True)
    ]
    return tuple(sorted(entries, key=lambda entry: entry.number))


def labels(entries: Sequence[Entry]) -> Mapping[str, int]:
    """The number of each entry by the label that references use, in lower case."""
    return {entry.label.lower(): entry.number for entry in entries}


def _content(text: str, findings: Findings) -> Iterator[Piece]:
    """The lines that say something, without what the page prints around them."""
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text.replace("\ufeff", " ")), start=1):
        piece = Piece(number, 1, raw).stripped()
        if piece.text and _FURNITURE.fullmatch(piece.text):
            findings.info("page-furniture", piece.span, f"Left out: “{shortened(piece.text)}”.")
        elif piece.text:
            yield piece


# -- numbered lines ------------------------------------------------------------------------------


def _has_numbers(pieces: Sequence[Piece]) -> bool:
    """True where lines carry numbers that run on, upwards or downwards."""
    found = [(at, head) for at, piece in enumerate(pieces) if (head := _head(piece.text))]
    if not found or found[0][0] > LONGEST_HEAD:
        return False
    at, first = found[0]
    heads = [(at, head) for at, head in found if head["hash"] == first["hash"]]
    if len(heads) == 1:
        return at == 0 and bool(first["hash"] == "#" or first["mark"].strip() == ".")
    steps = [
        _label_value(after[1]["label"]) - _label_value(before[1]["label"])
        for before, after in pairwise(heads)
    ]
    widest = LARGEST_GAP if first["hash"] == "#" else 1
    running = sum(abs(step) <= widest for step in steps)
    return running >= max(1, len(steps) // 2)


def _head(text: str) -> re.Match[str] | None:
    """The number that a line begins with; `#1 OR #2` begins with a reference instead."""
    match = _HEAD.match(text) or _GLUED_HEAD.match(text)
    if match is None or _NO_ENTRY.match(text, match.end()):
        return None
    return match


def _label_value(label: str) -> int:
    """`2` for the label `2a`; 0 for one without a number."""
    return int(re.sub(r"\D", "", label) or 0)


def _numbered(pieces: Sequence[Piece], findings: Findings) -> list[_Draft]:
    drafts: list[_Draft] = []
    for at, piece in enumerate(pieces):
        head = _begins(piece, drafts)
        if head is not None:
            drafts.append(_begun(piece, head, pieces[at + 1 :], findings))
        elif drafts and drafts[-1].pieces and _BARE_COUNT.fullmatch(piece.text):
            drafts[-1].count = piece
        elif not drafts or _is_title(piece):
            findings.info("preamble", piece.span, f"Left out: “{shortened(piece.text)}”.")
        elif _combines_lines(piece) and drafts[-1].pieces and not _open(drafts[-1]):
            drafts.append(_unnumbered_combination(piece, drafts, findings))
        else:
            drafts[-1].pieces.append(piece)
    return list(_without_titles(drafts, findings))


def _without_titles(drafts: Sequence[_Draft], findings: Findings) -> Iterator[_Draft]:
    """Without a line such as `2 Population` over the lines 2a and 2b."""
    divided = {draft.label[:-1] for draft in drafts if draft.label[-1:].isalpha()}
    for draft in drafts:
        if draft.label not in divided or any(
            _SEARCHED.search(plain(piece.text)) for piece in draft.pieces
        ):
            yield draft
            continue
        for piece in draft.pieces:
            findings.info("label", piece.span, f"Left out: “{shortened(piece.text)}”.")


def _begins(piece: Piece, drafts: Sequence[_Draft]) -> re.Match[str] | None:
    """The head of a new entry; None where the line goes on with the one before."""
    if drafts and _open(drafts[-1]):
        return None
    head = _head(piece.text)
    if head is None:
        lettered = _LETTER_HEAD.match(piece.text) or _FINAL_HEAD.match(piece.text)
        return lettered if drafts and _COMBINES.search(piece.text) else None
    if not drafts:
        return head
    if drafts[0].hash and not head["hash"]:
        return None
    step = _label_value(head["label"]) - _label_value(drafts[-1].label)
    marked = bool(head["hash"] or head["mark"])
    return head if (abs(step) <= LARGEST_GAP if marked else step in (0, 1, -1)) else None


_COMBINES = re.compile(r"\b(?:and|or|not)\b", re.IGNORECASE)


def _open(draft: _Draft) -> bool:
    """True where the entry so far cannot be all: it ends with an operator."""
    return bool(_OPEN_END.search(draft.text[-20:]))


def _begun(
    piece: Piece, head: re.Match[str], following: Sequence[Piece], findings: Findings
) -> _Draft:
    draft = _Draft(" ".join(head["label"].lstrip("0").split()) or "0", piece.span, head["hash"])
    rest = piece.without_first(head.end())
    if not rest.text:
        return draft
    if following and _is_label(rest.text) and not _combines_lines(following[0]):
        findings.info("label", rest.span, f"Left out: “{shortened(rest.text)}”.")
    else:
        draft.pieces.append(rest)
    return draft


def _is_label(text: str) -> bool:
    """`Index test: clinical red flags` names what the search below it is about."""
    return ":" in text and not _SEARCHED.search(plain(text))


def _combines_lines(piece: Piece) -> bool:
    return bool(_COMBINATION.fullmatch(piece.text))


def _unnumbered_combination(piece: Piece, drafts: Sequence[_Draft], findings: Findings) -> _Draft:
    label = str(_label_value(drafts[-1].label) + 1)
    findings.warning(
        "line-without-number",
        piece.span,
        f"A combination of lines has no number of its own; it is read as line {label}.",
        "Number every line.",
    )
    return _Draft(label, piece.span, pieces=[piece])


def _numbers(drafts: Sequence[_Draft], findings: Findings) -> list[int]:
    """Each entry's number: its label where all are numbers, else its place."""
    labelled = [draft.label for draft in drafts]
    if all(re.fullmatch(r"\d+", label) for label in labelled):
        values = [int(label) for label in labelled]
        if 0 not in values and len(set(values)) == len(values):
            return values
    for draft, number in zip(drafts, range(1, len(drafts) + 1), strict=True):
        if draft.label != str(number):
            findings.info(
                "renumbered", draft.start, f"Line “{draft.label}” is read as line {number}."
            )
    return list(range(1, len(drafts) + 1))


# -- PubMed's own export -------------------------------------------------------------------------

_EXPORTED_HEAD = re.compile(r"\ufeff?\s*Search\s+number,\s?Query,", re.IGNORECASE)
_CELL = r"(\"(?:[^\"]|\"\")*+\"|[^,\"]*+)"
_EXPORTED = re.compile(rf"(\d{{1,4}}),{_CELL}" + rf"(?:,{_CELL})?" * 5)
_RESULTS = 6


def _exported(pieces: Sequence[Piece]) -> list[_Draft]:
    """The rows of a downloaded history: Search number,Query,Sort By,Filters,Details,Results,Time.

    A quotation mark stands doubled in a quoted cell; one of the two is read as a space, so that
    each character keeps its column.
    """
    drafts = []
    for piece in pieces:
        row = _EXPORTED.match(piece.text)
        if row is None:
            continue
        query = _cell(piece, row, 2)
        filters = _cell(piece, row, 4)
        if filters.text:
            filters = Piece(filters.line, filters.column, f"Filters: {filters.text}")
        results = _cell(piece, row, _RESULTS)
        drafts.append(
            _Draft(
                row[1],
                piece.span,
                pieces=[part for part in (query, filters) if part.text],
                count=results if results.text else None,
            )
        )
    return drafts


def _cell(piece: Piece, row: re.Match[str], group: int) -> Piece:
    raw = row[group] or ""
    quoted = raw.startswith('"')
    inner = raw[1:-1].replace('""', '" ') if quoted else raw
    return Piece(piece.line, piece.column + max(row.start(group), 0) + quoted, inner).stripped()


# -- lines without numbers -----------------------------------------------------------------------


def _refers_by_position(pieces: Sequence[Piece]) -> bool:
    """True where a line combines others by number, which stands nowhere else."""
    return len(pieces) > 1 and any(
        _COMBINATION.fullmatch(piece.text) or _REFERENCE.match(piece.text) for piece in pieces
    )


def _by_position(pieces: Sequence[Piece], findings: Findings) -> list[_Draft]:
    drafts: list[_Draft] = []
    for piece in pieces:
        if _is_title(piece):
            findings.info("preamble", piece.span, f"Left out: “{shortened(piece.text)}”.")
        elif drafts and (_open(drafts[-1]) or _OPERATOR_FIRST.match(piece.text)):
            drafts[-1].pieces.append(piece)
        else:
            drafts.append(_Draft(str(len(drafts) + 1), piece.span, pieces=[piece]))
    return drafts


_OPERATOR_FIRST = re.compile(r"(?:AND|OR|NOT)\b(?![-*/?$#])")


def _one_search(pieces: Sequence[Piece], findings: Findings) -> list[_Draft]:
    """All lines are one search, but for the titles above it."""
    first = 0
    while first + 1 < len(pieces) and _is_title(pieces[first]):
        piece = pieces[first]
        findings.info("preamble", piece.span, f"Left out: “{shortened(piece.text)}”.")
        first += 1
    kept = list(pieces[first:])
    return [_Draft("1", kept[0].span, pieces=kept)] if kept else []


def _is_title(piece: Piece) -> bool:
    return bool(_TITLE.fullmatch(piece.text)) and not _SEARCHED.search(plain(piece.text))


# -- counts --------------------------------------------------------------------------------------


def _command_of(drafts: Sequence[_Draft]) -> re.Pattern[str]:
    """What history pages print before every query; before one alone, `search` is a word."""
    every = len(drafts) > 1 and all(d.pieces and _COMMAND.match(d.pieces[0].text) for d in drafts)
    return _COMMAND if every else _SEARCH_COLON


def _entry(draft: _Draft, number: int, command: re.Pattern[str], findings: Findings) -> Entry:
    nothing = Piece(draft.start.line, draft.start.column, "")
    source = _without_command(SourceText.join(draft.pieces or [nothing]), command)
    source, raw, place = _counted(source, draft)
    if draft.count is not None:
        raw, place = draft.count.text, draft.count.span
    source = source.until(_without_tail(source.text, _SORTED))
    where = source.span(0, len(source.text)) if source.text else draft.start
    value = count_value(raw, place, number, findings)
    return Entry(number, draft.label, source, where, raw, value)


def _counted(source: SourceText, draft: _Draft) -> tuple[SourceText, str | None, Span]:
    """The query without the count and the time of day behind it, and that count."""
    end = _without_tail(source.text, _TIME)
    pattern = _TIMED_COUNT if end < len(source.text) else _COUNT
    source = source.until(end)
    found = pattern.search(source.text, max(0, end - _LONGEST_TAIL))
    if found is None and draft.hash:
        # `#2 AND #53156` in line 6 of a copied table: line 5 and its own count.
        found = count_behind_reference(source.text, _label_value(draft.label))
        if found and len(found[1]) >= _SHORTEST_GLUED:
            return source.until(found.start()), found[1], source.span(found.start(), found.end())
        found = None
    if found is None or not _is_count(found, source.text):
        return source, None, draft.start
    group = found.lastindex or 0
    return source.until(found.start()), found[group], source.span(found.start(group), found.end())


def _is_count(found: re.Match[str], text: str) -> bool:
    """A number behind a combination of lines is its count; behind other digits it is a term."""
    return found.lastgroup != "combined" or bool(_COMBINATION.fullmatch(text[: found.start()]))


def _without_tail(text: str, pattern: re.Pattern[str]) -> int:
    """Where the text ends without what the pattern finds at its end."""
    found = pattern.search(text, max(0, len(text) - _LONGEST_TAIL))
    return found.start() if found else len(text)


def _without_command(source: SourceText, command: re.Pattern[str]) -> SourceText:
    """Without `Add` and `Search`, which history pages print before the query."""
    match = command.match(source.text)
    skipped = match.end() if match else 0
    if not skipped or not source.anchors:
        return source
    (_, line, column), *others = source.anchors
    if others and others[0][0] < skipped:
        return source
    moved = ((0, line, column + skipped), *((at - skipped, x, y) for at, x, y in others))
    return SourceText(source.text[skipped:], moved)
