"""PubMed's query language read as PubMed reads it, silent ignores included.

Source: NLM, PubMed User Guide (phrases, truncation, Booleans, tags, proximity, characters);
ovid-semantics 11; source-facts, "PubMed E-utilities" (what was measured of the silent ignores).
Shares no code with the translation of strategies, so that the two can be held against each other.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache

from surveillance.strategy.evaluate.pubmed_vocabulary import (
    DATE_FIELDS,
    EXPLODING_FIELDS,
    FIELDS,
    FIELDS_NOT_CARRIED,
    PROXIMITY_FIELDS,
    STOPWORDS,
    Field,
)

LONGEST_QUERY = 1_000_000
DEEPEST_NESTING = 100
SHORTEST_TRUNCATED_ROOT = 4
_MAXIMUM_DATE = date(3000, 12, 31)

PhraseIndex = Callable[[str, str], bool]
"""Does PubMed's index of this field ("Title/Abstract") hold this phrase?"""


class PubMedQueryRefused(ValueError):
    """A query that this reading of PubMed doesn't answer; the message says why in one sentence."""


class Operator(StrEnum):
    """PubMed's Booleans: capitals only, read left to right."""

    AND = "AND"
    OR = "OR"
    NOT = "NOT"


@dataclass(frozen=True, slots=True)
class Term:
    """Words in one field, next to each other in the order typed.

    `truncated`: the last word stands for every word that begins so. `whole`: typed in quotation
    marks (matters for authors alone, whose initials are otherwise truncated).
    """

    words: tuple[str, ...]
    field: Field
    typed: str
    truncated: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Proximity:
    """All words in any order with at most `between` other words inside the stretch they span."""

    words: tuple[str, ...]
    field: Field
    typed: str
    between: int


@dataclass(frozen=True, slots=True)
class Indexed:
    """A heading, subheading or publication type, with or without the narrower ones."""

    name: str
    field: Field
    explode: bool
    subheading: str = ""
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class DateRange:
    """A date field between two days, both included."""

    field: Field
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class NothingFound:
    """What PubMed does not find in its index; it retrieves no record."""

    typed: str


@dataclass(frozen=True, slots=True)
class NotCarried:
    """A term in a field that PubMed has and our records lack: asked of a record, it is refused."""

    typed: str
    tag: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands combined strictly left to right."""

    first: Tree
    steps: tuple[tuple[Operator, Tree], ...]


Tree = Term | Proximity | Indexed | DateRange | NothingFound | NotCarried | Chain


@dataclass(frozen=True, slots=True)
class PubMedQuery:
    """A query as PubMed understands it.

    `tree` is None where nothing is left to search. `translation` is what ESearch echoes as
    `querytranslation`. `phrases_not_found` and `quoted_phrases_not_found` are its
    warnings; `silently_ignored` is what PubMed does without saying so, and of that
    `fields_ignored` are the tags in whose place all fields are searched. `fields_not_carried` are
    the tags that PubMed reads and our records can't answer.
    """

    text: str
    tree: Tree | None
    translation: str
    phrases_not_found: tuple[str, ...] = ()
    quoted_phrases_not_found: tuple[str, ...] = ()
    silently_ignored: tuple[str, ...] = ()
    fields_ignored: tuple[str, ...] = ()
    fields_not_carried: tuple[str, ...] = ()


@lru_cache(maxsize=16_384)
def words_of(text: str) -> tuple[str, ...]:
    """Letters and digits in lower case without accents; all other characters separate.

    Source: User Guide, "PubMed character conversions".
    """
    plain = text if text.isascii() else _NOT_ASCII.sub(_without_accents, text)
    return tuple(re.findall(r"[^\W_]+", plain.lower()))


_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


def _without_accents(letters: re.Match[str]) -> str:
    folded = unicodedata.normalize("NFKD", letters.group()).casefold()
    return "".join(c for c in folded if not unicodedata.combining(c))


def parse_query(text: str, *, known_phrases: PhraseIndex | None = None) -> PubMedQuery:
    """Read a query as PubMed would; without `known_phrases` every phrase counts as indexed.

    Simplified: untagged words are searched in all fields and ANDed (no automatic term mapping),
    and an entry term of MeSH does not lead to its heading. Raises `PubMedQueryRefused` for a query
    over the limits on length or nesting.
    """
    if len(text) > LONGEST_QUERY:
        raise PubMedQueryRefused(
            f"The query has {len(text):,} characters; at most {LONGEST_QUERY:,} are read."
        )
    return _Parser(text, known_phrases).query()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


_TOKENS = re.compile(
    r"""(?P<quoted>"[^"]*")
      | (?P<tag>\[[^\[\]]*\])
      | (?P<open>\() | (?P<close>\))
      | (?P<operator>(?:AND|OR|NOT)(?![^\s()\[\]"&|])|[&|])
      | (?P<word>[^\s()\[\]"&|]+)""",
    re.VERBOSE,
)
_SYMBOLS = {"&": Operator.AND, "|": Operator.OR}


def _tokens(text: str) -> Iterator[_Token]:
    """The query's pieces; a lone quotation mark or bracket is a space (User Guide)."""
    for match in _TOKENS.finditer(text):
        yield _Token(match.lastgroup or "", match.group(), match.start(), match.end())


def _field_name(bracket: str) -> str:
    """`text word` for `[Text  Word:~2]`."""
    return " ".join(bracket[1:-1].partition(":")[0].lower().split())


@dataclass(frozen=True, slots=True)
class _Tag:
    """What stands in square brackets, read."""

    field: Field
    explode: bool = True
    between: int | None = None


@dataclass(slots=True)
class _Findings:
    """What PubMed says, and what it does without saying."""

    phrases: list[str] = field(default_factory=list)
    quoted_phrases: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    not_carried: list[str] = field(default_factory=list)

    def ignored_field(self, tag: str, why: str) -> None:
        """A tag that PubMed passes over: all fields are searched, nothing is said."""
        self.fields.append(tag)
        self.silent.append(f"{tag}: {why}")


class _Parser:
    """Recursive descent over the tokens; recursion follows parentheses alone."""

    def __init__(self, text: str, known_phrases: PhraseIndex | None) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._position = 0
        self._depth = 0
        self._known = known_phrases
        self._found = _Findings()

    def query(self) -> PubMedQuery:
        tree = self._chain()
        found = self._found
        return PubMedQuery(
            text=self._text,
            tree=tree,
            translation=translation(tree, self._text),
            phrases_not_found=tuple(found.phrases),
            quoted_phrases_not_found=tuple(found.quoted_phrases),
            silently_ignored=tuple(found.silent),
            fields_ignored=tuple(found.fields),
            fields_not_carried=tuple(found.not_carried),
        )

    def _peek(self) -> _Token | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _next_is(self, kind: str) -> bool:
        token = self._peek()
        return token is not None and token.kind == kind

    def _next(self) -> _Token:
        token = self._tokens[self._position]
        self._position += 1
        return token

    def _chain(self) -> Tree | None:
        """Operands up to the closing parenthesis or the end, left to right."""
        first: Tree | None = None
        steps: list[tuple[Operator, Tree]] = []
        operator = Operator.AND
        while not self._at_end_of_group():
            if self._next_is("operator"):
                operator = self._operator()
                continue
            operand = self._operand()
            if operand is not None and first is None:
                first = operand
            elif operand is not None:
                steps.append((operator, operand))
            operator = Operator.AND  # PubMed puts AND between concepts
        if first is None:
            return None
        return Chain(first, tuple(steps)) if steps else first

    def _at_end_of_group(self) -> bool:
        """At the closing parenthesis; one too many is passed over."""
        while not self._depth and self._next_is("close"):
            self._next()
            self._found.silent.append("): a parenthesis without its opening")
        return self._peek() is None or self._next_is("close")

    def _operator(self) -> Operator:
        text = self._next().text
        return _SYMBOLS[text] if text in _SYMBOLS else Operator(text)

    def _operand(self) -> Tree | None:
        if self._next_is("open"):
            return self._group()
        if self._next_is("tag"):
            self._found.silent.append(f"{self._next().text}: a tag without a term")
            return None
        return self._term()

    def _group(self) -> Tree | None:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise PubMedQueryRefused(
                f"Parentheses are nested deeper than {DEEPEST_NESTING} at character "
                f"{self._next().start + 1}."
            )
        self._next()
        tree = self._chain()
        if self._next_is("close"):
            self._next()
        else:
            self._found.silent.append("(: a parenthesis without its closing")
        self._depth -= 1
        if self._next_is("tag"):
            # `(a OR b)[tiab]` searches all fields and says nothing (source-facts, measured).
            self._found.ignored_field(self._next().text, "a tag on a group")
        return tree

    def _term(self) -> Tree | None:
        start = self._next()
        end = start
        while start.kind == "word" and self._next_is("word"):
            end = self._next()
        typed = self._text[start.start : end.end]
        if not self._next_is("tag"):
            return self._untagged(typed, quoted=start.kind == "quoted")
        bracket = self._next().text
        if _field_name(bracket) in FIELDS_NOT_CARRIED:
            self._found.not_carried.append(bracket)
            return NotCarried(typed, bracket)
        tag = self._tag(bracket)
        if tag is None:
            return self._untagged(typed, quoted=start.kind == "quoted")
        return self._tagged(typed, bracket, tag, quoted=start.kind == "quoted")

    def _tag(self, bracket: str) -> _Tag | None:
        """The tag's meaning; None, and silence, for one that PubMed doesn't know."""
        name, modifier = _field_name(bracket), bracket[1:-1].partition(":")[2].strip().lower()
        if name not in FIELDS:
            self._found.ignored_field(bracket, "an unknown tag")
            return None
        searched = FIELDS[name]
        between = re.fullmatch(r"~(\d{1,4})", modifier)
        if between and searched in PROXIMITY_FIELDS:
            return _Tag(searched, between=int(between.group(1)))
        if modifier and not (modifier == "noexp" and searched in EXPLODING_FIELDS):
            self._found.silent.append(f"{bracket}: the field takes no such modifier")
        return _Tag(searched, explode=modifier != "noexp")

    def _tagged(self, typed: str, bracket: str, tag: _Tag, *, quoted: bool) -> Tree | None:
        text = typed.strip('"')
        if tag.field in DATE_FIELDS:
            return self._date(text, typed, tag.field)
        if tag.field in EXPLODING_FIELDS:
            return self._indexed(text, typed + bracket, tag, quoted=quoted)
        if tag.between is not None:
            near = self._proximity(text, typed + bracket, tag, quoted=quoted)
            if near is not None:
                return near
        if tag.field is Field.ALL:
            return self._untagged(typed, quoted=quoted)
        return self._phrase(text, typed + bracket, tag.field, quoted=quoted)

    def _proximity(self, text: str, typed: str, tag: _Tag, *, quoted: bool) -> Proximity | None:
        """None where PubMed drops the operator: wildcard, one word, no quotation marks."""
        words = words_of(text)
        if tag.between is None or "*" in text or len(words) < 2 or not quoted:
            self._found.silent.append(f"{typed}: the proximity operator")
            return None
        return Proximity(words, tag.field, text, tag.between)

    def _phrase(self, text: str, typed: str, searched: Field, *, quoted: bool) -> Tree | None:
        """Words of one field as a phrase, if the phrase index has it (User Guide, ovid 11.6)."""
        term = self._words(text, searched, quoted=quoted)
        if term is None:
            return None
        if self._knows(term):
            return term
        if quoted:
            return self._quoted_not_found(typed)
        if len(term.words) == 1 or _hyphenated(text):
            return self._not_found(text)
        return self._split(text, searched)

    def _split(self, text: str, searched: Field) -> Tree | None:
        """An unknown phrase: the last word keeps the tag, the others are searched everywhere.

        Source: User Guide, "Searching for a phrase", the example of psittacine flight[tw].
        """
        *leading, last = text.split()
        tree = self._untagged(" ".join(leading), quoted=False)
        return _combined(tree, Operator.AND, self._phrase(last, last, searched, quoted=False))

    def _untagged(self, typed: str, *, quoted: bool) -> Tree | None:
        """All fields: a quoted phrase as one, other words ANDed without stop words."""
        if quoted:
            phrase = self._words(typed.strip('"'), Field.ALL, quoted=True)
            if phrase is None or self._knows(phrase):
                return phrase
            self._found.quoted_phrases.append(typed)
        pieces = typed.strip('"').split()
        if len(pieces) > 1 and all(re.fullmatch(r"\d{1,8}", piece) for piece in pieces):
            return self._identifiers(pieces)
        tree: Tree | None = None
        for piece in pieces:
            tree = _combined(tree, Operator.AND, self._word_anywhere(piece))
        return tree

    def _identifiers(self, pieces: list[str]) -> Tree:
        """Numbers one after another are PMIDs, ORed (User Guide, "PMID")."""
        first, *rest = (Term((piece,), Field.PMID, piece) for piece in pieces)
        return Chain(first, tuple((Operator.OR, term) for term in rest))

    def _word_anywhere(self, piece: str) -> Tree | None:
        term = self._words(piece, Field.ALL, quoted=False)
        if term is None or (len(term.words) == 1 and term.words[0] in STOPWORDS):
            return None  # "PubMed ignores stopwords in searches"
        return term if self._knows(term) else self._not_found(piece)

    def _words(self, text: str, searched: Field, *, quoted: bool) -> Term | None:
        """The words with their truncation; a `*` that cannot truncate becomes a space."""
        words = words_of(text)
        if not words:
            return None
        body = text.rstrip()
        truncated = body.endswith("*") and len(words[-1]) >= SHORTEST_TRUNCATED_ROOT
        if "*" in (body[:-1] if truncated else body):
            self._found.silent.append(f"{text}: a * that cannot truncate")
        shown = " ".join(re.findall(r"[^\W_]+", text)) or text
        return Term(words, searched, shown + "*" * truncated, truncated, quoted)

    def _knows(self, term: Term) -> bool:
        if term.truncated:
            return True
        if len(term.words) == 1 and term.words[0] in STOPWORDS and term.field is not Field.ALL:
            return False  # `the[tiab]` is not found (captured 2026, stopword_phrase_not_found)
        return self._known is None or self._known(term.field.value, term.typed)

    def _indexed(self, text: str, typed: str, tag: _Tag, *, quoted: bool) -> Tree | None:
        heading, _, subheading = (part.strip() for part in text.partition("/"))
        truncated = heading.endswith("*") and not subheading
        name = heading.rstrip("*").strip() if truncated else heading
        if not words_of(name):
            return None
        if truncated and len("".join(words_of(name))) < SHORTEST_TRUNCATED_ROOT:
            self._found.silent.append(f"{text}: a * that cannot truncate")
            truncated = False
        if not truncated and self._known is not None and not self._known(tag.field.value, name):
            return self._quoted_not_found(typed) if quoted else self._not_found(text)
        # "Truncation turns off … the process that includes … more specific terms."
        return Indexed(name, tag.field, tag.explode and not truncated, subheading, truncated)

    def _date(self, text: str, typed: str, searched: Field) -> Tree:
        first, colon, last = (part.strip() for part in text.partition(":"))
        if not colon:
            last = self._end_of_split_range() or first
        begin, end = _day(first, last=False), _day(last, last=True)
        if begin is None or end is None:
            return self._not_found(typed)
        return DateRange(searched, begin, end)

    def _end_of_split_range(self) -> str | None:
        """The end of a range whose dates are tagged one by one: `a[dp] : b[dp]`."""
        tail = self._tokens[self._position : self._position + 3]
        if len(tail) == 3 and tail[0].text == ":" and tail[2].kind == "tag":
            self._position += 3
            return tail[1].text.strip('"')
        if len(tail) >= 2 and tail[0].text.startswith(":") and tail[1].kind == "tag":
            self._position += 2
            return tail[0].text[1:]
        return None

    def _not_found(self, text: str) -> NothingFound:
        self._found.phrases.append(text)
        return NothingFound(text)

    def _quoted_not_found(self, typed: str) -> NothingFound:
        """Dropped into `quotedphrasesnotfound` while the rest is searched (source-facts)."""
        self._found.quoted_phrases.append(typed)
        return NothingFound(typed)


def _hyphenated(text: str) -> bool:
    return bool(re.search(r"\w-\w", text)) and " " not in text.strip()


def _combined(left: Tree | None, operator: Operator, right: Tree | None) -> Tree | None:
    if left is None or right is None:
        return left if right is None else right
    if isinstance(left, Chain):
        return Chain(left.first, (*left.steps, (operator, right)))
    return Chain(left, ((operator, right),))


_DATE = re.compile(r"(\d{4})(?:/(\d{1,2}))?(?:/(\d{1,2}))?")


def _day(text: str, *, last: bool) -> date | None:
    """`2024`, `2024/03` or `2024/03/15`: the first or the last day meant; None if no date."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year = int(match.group(1))
    month = int(match.group(2) or (12 if last else 1))
    if not (year >= 1 and 1 <= month <= 12):
        return None
    days = calendar.monthrange(year, month)[1]
    day = int(match.group(3) or (days if last else 1))
    return min(date(year, month, min(day, days)), _MAXIMUM_DATE) if 1 <= day <= 31 else None


def finds_nothing(tree: Tree) -> bool:
    """True where a tree retrieves no record, whatever the records are."""
    if not isinstance(tree, Chain):
        return isinstance(tree, NothingFound)
    nothing = finds_nothing(tree.first)
    for operator, operand in tree.steps:
        if operator is Operator.AND:
            nothing = nothing or finds_nothing(operand)
        elif operator is Operator.OR:
            nothing = nothing and finds_nothing(operand)
    return nothing


def translation(tree: Tree | None, text: str) -> str:
    """What ESearch echoes; the text as typed where nothing can be found (captured 2026)."""
    if tree is None or finds_nothing(tree):
        return text
    return _echo(tree)


def _echo(tree: Tree) -> str:
    match tree:
        case Chain():
            return _echo_chain(tree)
        case DateRange():
            return f"{_slashed(tree.first)}:{_slashed(tree.last)}[{tree.field}]"
        case Indexed():
            return _echo_indexed(tree)
        case Proximity():
            return f'"{tree.typed}"[{tree.field}:~{tree.between}]'
        case Term():
            return f'"{tree.typed}"[{tree.field}]'
        case NothingFound():
            return tree.typed
        case NotCarried():
            return tree.typed + tree.tag


def _slashed(day: date) -> str:
    return day.isoformat().replace("-", "/")


def _echo_indexed(tree: Indexed) -> str:
    name = f"{tree.name}/{tree.subheading}" if tree.subheading else tree.name
    star, noexp = "*" * tree.truncated, "" if tree.explode or tree.truncated else ":noexp"
    return f'"{name}{star}"[{tree.field}{noexp}]'


def _echo_chain(chain: Chain) -> str:
    """Left to right; an operand of OR that was not found is left out (captured 2026)."""
    alternatives = [op for op, _ in chain.steps[:1]] == [Operator.OR]
    parts = [] if alternatives and finds_nothing(chain.first) else [_echo_operand(chain.first)]
    for operator, operand in chain.steps:
        if operator is Operator.OR and finds_nothing(operand):
            continue
        parts += [operator.value] if parts else []
        parts.append(_echo_operand(operand))
    return " ".join(parts)


def _echo_operand(tree: Tree) -> str:
    return f"({_echo(tree)})" if isinstance(tree, Chain) else _echo(tree)
