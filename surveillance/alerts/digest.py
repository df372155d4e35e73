"""The digest: what was searched, what a guidance team should know, what waits for a person."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from surveillance.alerts.coverage import Coverage
from surveillance.alerts.wording import counted, one_line, shortened
from surveillance.signals.model import Evidence, Shown, Signal
from surveillance.topics import Topic

#: Columns of the plain text (RFC 3676 asks for at most 78); a link is never broken.
COLUMNS = 78
#: More signals than this are counted, not listed, so that a digest stays a note.
MOST_SIGNALS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekInNumbers:
    """What the run did; PRISMA's words: records are identified, reports are screened."""

    identified: int = 0
    duplicates: int = 0
    matched: int = 0
    cannot_tell: int = 0
    not_matched: int = 0
    screened_by_rule: int = 0
    screened_by_people: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What only a person can settle."""

    doubtful_pairs: int = 0
    proposals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestContent:
    """All that a digest tells, on the day `today`; `remarks` are warnings of the run.

    `banner` stands on top of everything that is sent out, the subject too.
    """

    topic: Topic
    today: date
    coverage: tuple[Coverage, ...]
    signals: tuple[Signal, ...]
    numbers: WeekInNumbers
    waiting: Waiting
    remarks: tuple[str, ...] = ()
    banner: str | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest ready to be sent: one subject line, one page that needs no other file, one note."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One signal as it is shown."""

    weight: str
    headline: str
    recommendations: tuple[tuple[str, str], ...]
    sentence: str
    words: tuple[str, ...]
    links: tuple[_Link, ...]


@dataclass(frozen=True, slots=True)
class _Link:
    name: str
    url: str
    words: str


def compose(content: DigestContent) -> Digest:
    """The digest of `content`, the most important signals first.

    What sources wrote is escaped in the page and freed of control characters everywhere.
    """
    signals = sorted(content.signals, key=lambda signal: signal.importance)
    values = {
        "content": content,
        "title": one_line(content.topic.title),
        "subject": _subject(content, signals),
        "lines": [_line(signal, content.topic) for signal in signals[:MOST_SIGNALS]],
        "unlisted": max(0, len(signals) - MOST_SIGNALS),
        "quiet": not signals,
    }
    templates = _templates()
    return Digest(
        subject=_subject(content, signals),
        html=templates.get_template("digest.html").render(values),
        text=_wrapped(templates.get_template("digest.txt").render(values)),
    )


def _subject(content: DigestContent, signals: Sequence[Signal]) -> str:
    found = counted(len(signals), "signal") if signals else "nothing new"
    banner = f"[{content.banner}] " if content.banner else ""
    return one_line(f"{banner}{content.topic.title}: {found}, week to {content.today}")


def _line(signal: Signal, topic: Topic) -> _Line:
    texts = {recommendation.id: recommendation.text for recommendation in topic.recommendations}
    return _Line(
        weight=signal.weight,
        headline=one_line(signal.headline),
        recommendations=tuple(
            (name, shortened(texts.get(name, ""), 90)) for name in signal.recommendations
        ),
        sentence=shortened(signal.sentence, 600),
        words=tuple(one_line(word) for word in signal.words),
        links=tuple(_link(evidence) for evidence in signal.evidence),
    )


def _link(evidence: Evidence) -> _Link:
    number = quote(evidence.identifier, safe="/")
    names = {
        Shown.PUBMED: ("PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{number}/"),
        Shown.REGISTRATION: ("ClinicalTrials.gov", f"https://clinicaltrials.gov/study/{number}"),
        Shown.DOI: ("DOI", f"https://doi.org/{number}"),
        Shown.RECORD: ("record", ""),
        Shown.KNOWN_ITEM: ("known item", ""),
    }
    name, url = names[evidence.kind]
    identifier = one_line(evidence.identifier)
    return _Link(f"{name} {identifier}", url, shortened(evidence.words, 160))


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("surveillance.alerts"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters.update(counted=counted, one_line=one_line)
    return templates


def _wrapped(text: str) -> str:
    """Each line at most `COLUMNS` wide; what follows a bullet keeps its indent."""
    return "".join(f"{part}\n" for line in text.splitlines() for part in _wrap(line))


def _wrap(line: str) -> list[str]:
    if len(line) <= COLUMNS:
        return [line.rstrip()]
    indent = " " * (len(line) - len(line.lstrip(" -")))
    return textwrap.wrap(
        line,
        COLUMNS,
        subsequent_indent=indent,
        break_long_words="://" not in line,
        break_on_hyphens=False,
    )
