"""MeSH in the Cochrane Library: `MeSH descriptor: [X] …` and `[mh "X"/SU]` (ovid-semantics 8)."""

from __future__ import annotations

import re

from surveillance.strategy.nodes import Fielded, Heading, Missing, Node, Or, Phrase, Span, Word
from surveillance.strategy.parse.faults import Findings
from surveillance.strategy.parse.hash_expressions import WORD, word
from surveillance.strategy.subheadings import SUBHEADINGS

_SHORT = re.compile(
    r"""\[\s*mh\b\s*(?P<single>\^)?\s*
        (?:"(?P<inside>\^)?(?P<quoted>[^"]*)"|(?P<bare>[^"/\[\]]*?))\s*
        (?P<focus>\[\s?mj\s?\])?\s*
        (?:/\s*(?P<codes>[^\[\]"]*?))?\s*(?P<focus_behind>\[\s?mj\s?\])?\s*\]""",
    re.VERBOSE | re.IGNORECASE,
)
_LONG = re.compile(
    r"""mesh\s+descriptors?\s?:?\s*
        (?:\[(?P<bracketed>[^\[\]]*)\]|"(?P<quoted>[^"]*)"|(?P<bare>.*?))\s*,?\s*
        (?P<option>explode\s+all(?:\s+trees)?|explode\s+trees?[\s\d,and]+?|explode
          |\d{1,2}\s+trees?(?:\(s\))?\s+exploded
          |this\s+term\s+only|single(?:\s+mesh)?\s+term)?\s*
        (?:in\s+(?:all\s+)?mesh\s+products)?\s*,?\s*
        (?:(?:and\s+)?with\s+qualifiers?(?:\(s\))?\s?:?\s*
            (?:\[(?P<qualifiers>[^\[\]]*)\]|(?P<codes>[a-z,\s]*)))?""",
    re.VERBOSE | re.IGNORECASE,
)
_ANY = re.compile(
    r"any\s+mesh\s+descriptor\s+(?:and\s+)?with\s+qualifiers?(?:\(s\))?\s?:?\s*\[([^\[\]]*)\]",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r'"(?P<name>[^"]*)"(?:/(?P<embase>exp|de|mj)|\[(?:mh|mesh)(?P<pubmed>:noexp)?\])', re.IGNORECASE
)
_CODE_BY_NAME = {name: code for code, name in SUBHEADINGS.items()}


def heading(text: str, span: Span, findings: Findings) -> Node:
    """What `text`, one heading with all that belongs to it, asks for; faults go to `findings`."""
    short = _SHORT.fullmatch(text)
    if short:
        return _short(short, span, findings)
    elsewhere = _ELSEWHERE.fullmatch(text)
    if elsewhere:
        return _as_elsewhere(elsewhere, span, findings)
    of_any = _ANY.fullmatch(text)
    if of_any and (codes := _qualifiers(of_any[1], span, findings)):
        return _floating(codes, span)
    long = _LONG.fullmatch(text)
    if long and _name(long["bracketed"] or long["quoted"] or long["bare"] or ""):
        return _long(long, span, findings)
    return _unreadable(text, span, findings)


def _short(match: re.Match[str], span: Span, findings: Findings) -> Node:
    codes = _qualifiers(match["codes"] or "", span, findings)
    name = _name(match["quoted"] or match["bare"] or "")
    if not name and codes:
        return _floating(codes, span)
    return _heading(
        name,
        span,
        findings,
        explode=not (match["single"] or match["inside"]),
        focus=bool(match["focus"] or match["focus_behind"]),
        subheadings=codes,
    )


def _long(match: re.Match[str], span: Span, findings: Findings) -> Node:
    option = (match["option"] or "").lower()
    name = _name(match["bracketed"] or match["quoted"] or match["bare"] or "").rstrip(",")
    if not option:
        findings.warning(
            "explode-unsaid",
            span,
            f"It is not said whether “{name}” is exploded; it is, as the host does unasked.",
            "Write “explode all trees” or “this term only”.",
        )
    elif re.search(r"\d", option):
        findings.warning(
            "explode-one-tree",
            span,
            f"“{name}” is exploded in some trees only; it is read as exploded in all.",
            "Name the narrower headings if the others are too many.",
        )
    return _heading(
        name,
        span,
        findings,
        explode=not option or "explode" in option,
        focus=False,
        subheadings=_qualifiers(match["qualifiers"] or match["codes"] or "", span, findings),
    )


def _as_elsewhere(match: re.Match[str], span: Span, findings: Findings) -> Node:
    findings.warning(
        "foreign-heading",
        span,
        f"{match[0]} is written as in another database; it is read as a MeSH heading.",
        'Write [mh "Pain"], or [mh ^"Pain"] without what is narrower.',
    )
    embase = (match["embase"] or "").lower()
    return _heading(
        _name(match["name"]),
        span,
        findings,
        explode=embase == "exp" if embase else match["pubmed"] is None,
        focus=embase == "mj",
        subheadings=(),
    )


def _heading(
    name: str,
    span: Span,
    findings: Findings,
    *,
    explode: bool,
    focus: bool,
    subheadings: tuple[str, ...],
) -> Node:
    if not name:
        return _unreadable("[mh]", span, findings)
    if re.search(r"[*?]", name):
        return _truncated(name, span, findings)
    return Heading(name, explode, focus, subheadings, span=span)


def _name(raw: str) -> str:
    return " ".join(raw.replace('"', " ").replace("^", " ").split())


def _truncated(name: str, span: Span, findings: Findings) -> Node:
    """`[mh asthma*]`: any heading with these words; what is narrower than they is not said."""
    words = tuple(word(match[0]).at(span) for match in WORD.finditer(name))
    if not words:
        return _unreadable(name, span, findings)
    findings.warning(
        "truncated-heading",
        span,
        f"“{name}” is no heading; it is read as words in the names of headings.",
        "Write the heading out.",
    )
    operand = words[0] if len(words) == 1 else Phrase(words, quoted=True, span=span)
    return Fielded(operand, ("mh",), span=span)


def _unreadable(text: str, span: Span, findings: Findings) -> Missing:
    findings.error(
        "heading-unreadable",
        span,
        f"“{text[:60]}” names no heading; what it finds is unknown.",
        'Write a heading as [mh "Pain"] or MeSH descriptor: [Pain] explode all trees.',
    )
    return Missing(text, span=span)


# -- qualifiers ----------------------------------------------------------------------------------


def _qualifiers(raw: str, span: Span, findings: Findings) -> tuple[str, ...]:
    """Two-letter codes of `SU,TH` or of `surgery - SU, therapy - TH`; a name alone is looked up."""
    codes: dict[str, None] = {}
    for part in raw.split(","):
        stated = " ".join(part.split()).lower()
        match = re.fullmatch(r"(?:.{1,60}? ?- ?)?([a-z]{2})", stated)
        code = match[1] if match else _CODE_BY_NAME.get(stated.replace(" and ", " & "))
        if code:
            codes[code] = None
        elif stated:
            findings.warning(
                "qualifier-unknown",
                span,
                f"“{stated[:60]}” is no qualifier of MeSH; it is left out.",
                "Write the qualifier with its code: [surgery - SU].",
            )
    return tuple(codes)


def _floating(codes: tuple[str, ...], span: Span) -> Node:
    """`[mh /SU]`: that qualifier with any heading, by its name, which is what records carry."""
    named = tuple(_named(code, span) for code in codes)
    operand = named[0] if len(named) == 1 else Or(named, span=span)
    return Fielded(operand, ("sh",), span=span)


def _named(code: str, span: Span) -> Node:
    words = tuple(Word((text,), span=span) for text in words_of_subheading(code))
    return words[0] if len(words) == 1 else Phrase(words, quoted=True, span=span)


def words_of_subheading(code: str) -> tuple[str, ...]:
    """The words of a qualifier's name, without `&`; of an unknown one its code."""
    return tuple(re.findall(r"[^\W_]+", SUBHEADINGS.get(code, code)))
