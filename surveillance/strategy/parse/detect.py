"""Which dialect a text is in, where nobody says so: marks of each dialect, weighed and counted.

The marks are what only one dialect has (ovid-semantics 1, 2, 5, 8, 9, 11). Ovid's two databases
share their syntax; what tells them apart is how their thesauri name headings (MeSH inverts and
capitalises, Emtree does neither), the fields that Embase alone has, and what the text says itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from surveillance.strategy.parse.tokens import plain

# What a text is, shows early; the rest would cost time alone.
_READ = 5_000
_MOST = 20

_TAGS = (
    r"tiab|title/abstract|ti|title|ab|tw|text\ words?|mesh(?:\ terms?|\ heading)?|mh|majr|pt"
    r"|publication\ type|sh|subheading|nm|supplementary\ concept|all(?:\ fields)?|ot|au|la|lang"
    r"|language|dp|pdat|edat|crdt|sb|filter|pmid|mesh\ major\ topic|ad|jour(?:nal)?|ta"
    r"|date\ -\ \w+|mesh\ subheading|other\ term|affiliation|author"
)
_OVID_CODES = r"ti|ab|tw|mp|kf|kw|hw|sh|fs|pt|nm|ot|af|jw|jn|au|la|rn|ui|tn|dv|dm"

_MARKS: Mapping[str, tuple[tuple[re.Pattern[str], int], ...]] = {
    "pubmed": (
        (
            re.compile(
                rf"[\w\"*)'/]\s?\[(?:{_TAGS})(?:\s?:\s?(?:noexp|~\d+))?\s?\]", re.IGNORECASE
            ),
            3,
        ),
        (re.compile(r"\[(?:tiab|ti|mesh|ad)\w*\s?:~\d", re.IGNORECASE), 6),
        (re.compile(r"\bPubMed\b", re.IGNORECASE), 1),
    ),
    "cochrane": (
        (re.compile(r"\bMeSH\s+descriptor\b|\[mh\s\^?[\"\w/]", re.IGNORECASE), 6),
        (re.compile(r"[\w\")*]:(?:ti|ab|kw|au|so|pt)(?:,(?:ti|ab|kw))*\b", re.IGNORECASE), 4),
        (re.compile(r"\b(?:near|next)(?:/\d{1,2})?\b", re.IGNORECASE), 2),
        (re.compile(r"\{\s?(?:and|or)\s\#\d", re.IGNORECASE), 6),
        (re.compile(r"\b(?:CENTRAL|Cochrane Library|DARE|CDSR)\b"), 1),
        (re.compile(r"^\s*\#\d{1,3}\s", re.MULTILINE), 1),
    ),
    "inahta": (
        (re.compile(r"\[mhe\]", re.IGNORECASE), 12),
        (re.compile(r"\bINAHTA\b", re.IGNORECASE), 12),
        (re.compile(r"\[(?:mh|mhe|abs|kw)\]", re.IGNORECASE), 2),
    ),
    "ovid": (
        (re.compile(rf"[\w*$?)\"'\]]\s?\.(?:{_OVID_CODES})(?:,\s?(?:{_OVID_CODES}))*\b\.?"), 3),
        (re.compile(r"\badj\d{1,2}\b|\bexp\s+\*?[\w\"][^/\n]{1,60}/", re.IGNORECASE), 3),
        (re.compile(r"\b(?:or|and)/\d|\d/(?:or|and)\b|\badj\b|^\s*limit\s", re.IGNORECASE), 3),
        (re.compile(r"[A-Za-z)\"]/(?=\s|$|[a-z]{2}\b|\))", re.MULTILINE), 2),
        (re.compile(r"\w\$", re.IGNORECASE), 1),
        (re.compile(r"\bOvid\b", re.IGNORECASE), 1),
    ),
}

_EMBASE: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"\bEmbase\b|\bEmtree\b", re.IGNORECASE), 3),
    (re.compile(r"\.(?:tn|dv|dm|my|dq|db)(?=[,.\s]|$)", re.MULTILINE), 3),
    (
        re.compile(
            r"""\b(?:nonhuman|human\ experiment|animal\ experiment|animal\ model|animal\ tissue
            |randomization|intermethod\ comparison|(?:double|single|triple)[\ -]blind\ procedure
            |crossover[\ -]procedure|controlled\ study|major\ clinical\ study|clinical\ study
            |parallel\ design|conference\ (?:abstract|paper|review))\s?/""",
            re.VERBOSE | re.IGNORECASE,
        ),
        3,
    ),
    # Ovid's limits name the same group by each thesaurus: Embase `human`, MEDLINE `humans`.
    (re.compile(r"^.{0,9}\blimit\s+\d{1,3}\s+to\s+\(?human\b", re.IGNORECASE | re.MULTILINE), 2),
    # Emtree has the singular; MeSH has had the plural since 2004.
    (re.compile(r"\b(?:animal|human)/(?!\w)|\bconference (?:abstract|paper)\b", re.IGNORECASE), 1),
)
_MEDLINE: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"\bMEDLINE\b(?!\s+journals)", re.IGNORECASE), 3),
    (re.compile(r"\.(?:nm|rs|ox|ps|px|kf|ed)(?=[,.\s]|$)", re.MULTILINE), 2),
    (
        re.compile(
            r"""\b(?:random\ allocation|(?:double|single)[\ -]blind\ method|animals|humans
            |cross[\ -]?over\ studies|as\ topic)\s?/""",
            re.VERBOSE | re.IGNORECASE,
        ),
        3,
    ),
    (re.compile(r"\b(?:controlled\ |clinical\ )trials?\.pt\b", re.IGNORECASE), 2),
    (re.compile(r"\b\w+, \w+(?: \w+)?/"), 1),
    (re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z]+(?: [A-Z][a-z]+)*/"), 1),
)
_ONE_LINE_BOOLEANS = re.compile(r"[^\n]*\b(?:AND|OR|NOT)\b[^\n]*\s*")


def detect(text: str) -> str:
    """The dialect that a text is most likely in; `ovid-medline` where nothing tells."""
    read = plain(text[:_READ])
    found = {dialect: _weight(read, marks) for dialect, marks in _MARKS.items()}
    # The strongest; of equals Ovid first, whose syntax is the commonest in print.
    best = max(("ovid", "pubmed", "cochrane", "inahta"), key=lambda dialect: found[dialect])
    if found[best] == 0:
        return "pubmed" if _ONE_LINE_BOOLEANS.fullmatch(read.strip()) else "ovid-medline"
    return best if best != "ovid" else _database(read)


def _database(text: str) -> str:
    """Ovid MEDLINE or Ovid Embase; of equals MEDLINE."""
    embase, medline = _weight(text, _EMBASE), _weight(text, _MEDLINE)
    return "ovid-embase" if embase > medline else "ovid-medline"


def _weight(text: str, marks: Iterable[tuple[re.Pattern[str], int]]) -> int:
    """How often the marks stand in the text, each at most so often that it can't drown the rest."""
    return sum(weight * min(len(mark.findall(text)), _MOST) for mark, weight in marks)
