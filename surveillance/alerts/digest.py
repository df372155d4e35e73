"""The digest: what was searched, what a guidance team should know, what waits for a person."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from surveillance.alerts.coverage import Coverage
from surveillance.alerts.wording import one_line, shortened
from surveillance.signals.evidence_pages import page_of_evidence
from surveillance.signals.model import Evidence, Kind, Shown, Signal
from surveillance.signals.wording import counted
from surveillance.topics import Topic

#: Columns of the plain text (RFC 3676 asks for at most 78); a link is never broken.
COLUMNS = 78
#: More signals than this are counted, not listed, so that a digest stays a note.
MOST_SIGNALS = 30
#: Signals of which a team asks first what was measured, and against what.
_NEW_EVIDENCE = frozenset(
    {Kind.NEW_RANDOMISED_TRIAL, Kind.NEW_REGISTRATION, Kind.NEW_SYSTEMATIC_REVIEW}
)
#: A digest of more bytes than this, as a mail, lists fewer signals and counts the rest.
LARGEST = 100_000
#: So many remarks stand in a digest; what they are of is in the run's overview whole.
MOST_REMARKS = 20
# What a mail has beside its two parts, and by how much base64 makes those longer.
_HEADERS, _BASE64 = 4_000, 78 / 57
# No text of a source is longer in a digest, no word or number, and no signal has more evidence.
_LONGEST_LINE, _LONGEST_WORD, _MOST_EVIDENCE = 300, 100, 6
# Enough of a recommendation to recognise it by, and of the words that tie a signal to it.
_SHORT_TEXT = 54
_MOST_WORDS = 4
# A bullet or a number, after which the lines of an item stand.
_BULLET = re.compile(r" *(?:- |[0-9]+\. )?")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekInNumbers:
    """What runs did; PRISMA's words: records are identified, reports are screened.

    `runs` are those since the recipient's last message. A record is identified by each of them
    whose window holds it, so of several runs together only `new` counts it once.
    """

    runs: int = 1
    new: int = 0
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
    doubtful_links: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where signals are looked at: on a page, or by a command. `numbers` are theirs by key."""

    page: str = ""
    numbers: Mapping[str, int] = field(default_factory=dict)

    def of(self, signal: Signal) -> _Link | None:
        """Where one signal is; None where it has no number."""
        number = self.numbers.get(signal.key)
        if number is None:
            return None
        if self.page:
            return _Link(f"Signal {number}", f"{self.page}/signals/{number}", "")
        return _Link(f"surveil signals show {number}", "", "")

    def of_all(self, topic: str) -> _Link:
        """Where all signals of a topic are."""
        if self.page:
            return _Link("all signals", f"{self.page}/signals?topic={quote(topic)}", "")
        return _Link(f"surveil signals {topic}", "", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """How the recipient gets no more of these: pages or mails, for this topic and for all."""

    topic: str = ""
    all_topics: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestContent:
    """All that a digest tells, on the day `today`; `remarks` are warnings of the run.

    `banner` stands on top of everything that is sent out, the subject too. `period` is what it
    reports of (a week, a month); `too_light` counts signals below the weight that the recipient
    wants (`weight`).
    """

    topic: Topic
    today: date
    coverage: tuple[Coverage, ...]
    signals: tuple[Signal, ...]
    numbers: WeekInNumbers | None
    waiting: Waiting
    remarks: tuple[str, ...] = ()
    banner: str | None = None
    places: Places = field(default_factory=Places)
    leave: Leave | None = None
    period: str = "week"
    weight: str = "low"
    too_light: int = 0

    @property
    def before_day(self) -> str:
        """The words before its day; what is told where no run is reports of no week."""
        return f"{self.period} to" if self.numbers else "between runs, on"


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest ready to be sent: one subject line, one page that needs no other file, one note."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One signal as it is shown; `recommendations` are ids with the beginning of their texts."""

    weight: str
    headline: str
    recommendations: tuple[tuple[str, str], ...]
    sentence: str
    triggers: tuple[str, ...]
    words: tuple[str, ...]
    names: str
    links: tuple[_Link, ...]
    place: _Link | None
    number: int | None


@dataclass(frozen=True, slots=True)
class _Link:
    name: str
    url: str
    words: str


def compose(content: DigestContent) -> Digest:
    """The digest of `content`, the most important signals first; as a mail at most `LARGEST`.

    What sources wrote is escaped in the page and freed of control characters everywhere.
    """
    composed = _composed(content, most := MOST_SIGNALS)
    while most and mail_size(composed) > LARGEST:
        composed = _composed(content, most := most // 2)
    return composed


def mail_size(digest: Digest) -> float:
    """How many bytes a digest has as a mail, at most."""
    content = len(digest.html.encode()) + len(digest.text.encode())
    return _HEADERS + content * _BASE64


def _composed(content: DigestContent, most: int) -> Digest:
    signals = in_order(content)
    values = {
        "content": content,
        "title": shortened(content.topic.title, _LONGEST_LINE),
        "subject": subject(content),
        "lines": [_line(signal, content) for signal in signals[:most]],
        "unlisted": max(0, len(signals) - most),
        "everything": content.places.of_all(content.topic.slug),
        "numbers": _numbers(content.numbers, len(signals)),
        "waiting": _waiting(content.waiting),
        "remarks": _remarks(content.remarks),
    }
    templates = _templates()
    return Digest(
        subject=subject(content),
        html=templates.get_template("digest.html").render(values),
        text=_wrapped(templates.get_template("digest.txt").render(values)),
    )


def in_order(content: DigestContent) -> list[Signal]:
    """The signals, the most important first."""
    return sorted(content.signals, key=lambda signal: signal.importance)


def _remarks(remarks: Sequence[str]) -> list[str]:
    said = [shortened(remark, _LONGEST_LINE) for remark in remarks[:MOST_REMARKS]]
    left = len(remarks) - len(said)
    return [*said, f"And {counted(left, 'more remark')} in the run's overview."] if left else said


def subject(content: DigestContent) -> str:
    """What a digest says in a line."""
    found = counted(len(content.signals), "signal") if content.signals else "nothing new"
    banner = f"[{content.banner}] " if content.banner else ""
    title = shortened(content.topic.title, _LONGEST_LINE)
    return one_line(f"{banner}{title}: {found}, {content.before_day} {content.today}")


def _numbers(week: WeekInNumbers | None, signals: int) -> tuple[str, ...]:
    """The counts of a week or month; none where no run made any."""
    if week is None:
        return ()
    alone = f"{counted(week.identified, 'record')} identified"
    together = (
        f"{counted(week.runs, 'run')}: {counted(week.new, 'record')} identified for the first time"
    )
    return (
        f"{alone if week.runs == 1 else together}, {counted(week.duplicates, 'duplicate')}",
        f"new or changed, held against the strategy: {week.matched:,} match, "
        f"{week.cannot_tell:,} cannot tell yet, {week.not_matched:,} no match",
        f"screened: {week.screened_by_rule:,} by rule, {week.screened_by_people:,} by people",
        counted(signals, "signal"),
    )


def _waiting(waiting: Waiting) -> tuple[str, ...]:
    """What is not zero; nothing waits where this is empty."""
    counts = (
        (waiting.proposals, "screening proposal"),
        (waiting.doubtful_pairs, "doubtful pair"),
        (waiting.doubtful_links, "doubtful trial link"),
    )
    return tuple(counted(count, what) for count, what in counts if count)


def _line(signal: Signal, content: DigestContent) -> _Line:
    texts = {one.id: one.short or one.text for one in content.topic.recommendations}
    return _Line(
        weight=signal.weight,
        headline=shortened(signal.headline, _LONGEST_LINE),
        recommendations=tuple(
            (shortened(name, _LONGEST_WORD), shortened(texts.get(name, ""), _SHORT_TEXT))
            for name in signal.recommendations
        ),
        sentence=shortened(signal.sentence, 600),
        triggers=tuple(trigger.said for trigger in signal.triggers),
        names=_names(signal),
        words=tuple(shortened(word, _LONGEST_WORD) for word in signal.words[:_MOST_WORDS]),
        links=tuple(
            _link(evidence, f"{signal.headline} {signal.sentence}")
            for evidence in signal.evidence[:_MOST_EVIDENCE]
            if evidence.kind is not Shown.SEARCH
        ),
        place=content.places.of(signal),
        number=content.places.numbers.get(signal.key),
    )


def _names(signal: Signal) -> str:
    """The guidance's outcomes and comparators that new evidence names: what it may answer."""
    if signal.kind not in _NEW_EVIDENCE:
        return ""
    outcomes, comparators = ", ".join(signal.outcomes), ", ".join(signal.comparators)
    told = (("Outcomes", outcomes), ("Compared with", comparators))
    return one_line(" ".join(f"{what}: {names}." for what, names in told if names))


def _link(evidence: Evidence, said: str) -> _Link:
    """Where to look; the words that tell, unless they were `said` already."""
    identifier = shortened(evidence.identifier, _LONGEST_WORD)
    name, url = page_of_evidence(evidence.kind, identifier)
    told = evidence.words.rstrip(".") in said
    words = "" if told else shortened(evidence.words, 110)
    return _Link(f"{name} {identifier}", url, words)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("surveillance.alerts"),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters.update(counted=counted, one_line=one_line)
    return templates


def _wrapped(text: str) -> str:
    """Each line at most `COLUMNS` wide; an item's lines stand under each other."""
    return "".join(f"{part}\n" for line in text.splitlines() for part in _wrap(line))


def _wrap(line: str) -> list[str]:
    if len(line) <= COLUMNS:
        return [line.rstrip()]
    bullet = _BULLET.match(line)
    return textwrap.wrap(
        line,
        COLUMNS,
        subsequent_indent=" " * (bullet.end() if bullet else 0),
        break_long_words="://" not in line and "mailto:" not in line,
        break_on_hyphens=False,
    )
