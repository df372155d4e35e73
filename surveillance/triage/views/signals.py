"""What a guidance team should know: the list, one signal whole, and what becomes of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, BackgroundTasks, Depends, Form, Query, Request, Response

from db import signals as signal_rows
from db.session import Store
from db.signal_lines import SignalLine
from db.signals import StoredSignal
from surveillance.accounts import Permission
from surveillance.errors import Changed, StoreFailed, UnreadableInput
from surveillance.pipeline.signal_lines import UNSETTLED, SignalLines
from surveillance.pipeline.signal_matter import report_about, trial_about
from surveillance.pipeline.signal_words import SAID, say
from surveillance.pipeline.versions import LONGEST_NOTE
from surveillance.signals.evidence_pages import page_of_evidence
from surveillance.signals.history import Happening, Status
from surveillance.studies.weight import Weight
from surveillance.topics import Topic
from surveillance.triage.gate import Here, HouseHere, Judge, Reader, own_form
from surveillance.triage.house import House, NotHere, RowNumber
from surveillance.triage.pages import base, go, page
from surveillance.triage.timeline import drawn, told_of

router = APIRouter()

#: Signals of one recommendation on a page: a first look, and a page of its own.
_FIRST_LOOK, _ON_A_PAGE = 20, 50
#: What stands below what: what nobody settled comes first.
_STATUSES = (Status.OPEN, Status.SEEN, Status.ACTED_ON, Status.DISMISSED, Status.LAPSED)
#: What can be said of a signal that stands so; the first is what is said most often.
_ACT, _DISMISS, _REOPEN = (
    (Happening.ACTED_ON, "Acted on"),
    (Happening.DISMISSED, "Dismiss"),
    (Happening.REOPENED, "Reopen"),
)
_CHOICES = {
    Status.ACTED_ON: (_REOPEN, _DISMISS),
    Status.DISMISSED: (_REOPEN, _ACT),
    Status.LAPSED: (_DISMISS, _ACT, _REOPEN),
}
_NOT_TIED = "No recommendation"
Short = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the list is narrowed to; empty: not narrowed."""

    topic: str = ""
    status: str = ""
    weight: str = ""
    recommendation: str = ""
    page: int = 1

    @property
    def any(self) -> bool:
        """Whether it is narrowed at all within its topic."""
        return bool(self.status or self.weight or self.recommendation)

    def of(self, lines: Iterable[SignalLine]) -> list[SignalLine]:
        """Those of these signals that are among them, whatever recommendation they touch."""
        return [
            line
            for line in lines
            if self.status in ("", line.status) and self.weight in ("", line.weight)
        ]

    def link(self, root: str) -> str:
        """The address of the list so narrowed."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        kept = {name: value for name, value in told.items() if value not in ("", 1)}
        return f"{root}/signals?{urlencode(kept)}"


@dataclass(frozen=True, slots=True)
class Group:
    """The signals on one recommendation that are shown, and where the others are."""

    heading: str
    text: str
    shown: Sequence[SignalLine]
    left: int = 0
    more: str = ""
    pages: tuple[tuple[str, str], ...] = ()


@router.get("/signals")
def signals(
    request: Request,
    session: Reader,
    house: HouseHere,
    *,
    topic: Short = "",
    status: Short = "",
    weight: Short = "",
    recommendation: Short = "",
    page_number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
) -> Response:
    """The signals by recommendation, the open ones first, the heaviest first."""
    topics = [house.topic(topic)] if topic else house.topics()
    chosen = Chosen(topic, status, weight, recommendation, page_number)
    root = base(request)
    with house.store.snapshot() as reading:
        held = [(one, house.signals.of(reading, one.slug)) for one in topics]
        groups = [group for one, lines in held for group in _groups(one, lines, chosen, root)]
        stored = signal_rows.signals_numbered(
            reading, {line.id for group in groups for line in group.shown}
        )
    every = [line for _, lines in held for line in chosen.of(lines)]
    return page(
        request,
        "signals/list.html",
        session,
        here="signals",
        topic=topics[0] if topic else None,
        chosen=chosen,
        statuses=_STATUSES,
        weights=(Weight.HIGH, Weight.MEDIUM, Weight.LOW),
        total=len(every),
        open=sum(line.status in UNSETTLED for line in every),
        groups=groups,
        stored=stored,
    )


def _groups(topic: Topic, lines: SignalLines, chosen: Chosen, root: str) -> Iterator[Group]:
    """A group for each recommendation in the topic's order; a signal stands in each it touches."""
    texts = {one.id: one.question or one.text for one in topic.recommendations}
    touched = lines.by_recommendation
    for name in (*texts, *sorted(touched.keys() - texts.keys() - {""}), ""):
        if chosen.recommendation not in ("", name or _NOT_TIED):
            continue
        if here := chosen.of(touched.get(name, ())):
            heading = f"Recommendation {name}" if name else _NOT_TIED
            if not chosen.topic:
                heading = f"{topic.title}: {heading[:1].lower()}{heading[1:]}"
            where = replace(chosen, topic=topic.slug, recommendation=name or _NOT_TIED)
            group = Group(heading, texts.get(name, ""), here)
            yield _page(group, where, root) if chosen.recommendation else _look(group, where, root)


def _look(group: Group, where: Chosen, root: str) -> Group:
    """The first signals of a group, and where all of it is."""
    left = len(group.shown) - _FIRST_LOOK
    if left <= 0:
        return group
    return replace(group, shown=group.shown[:_FIRST_LOOK], left=left, more=where.link(root))


def _page(group: Group, where: Chosen, root: str) -> Group:
    """One page of a group that is shown alone."""
    last = math.ceil(len(group.shown) / _ON_A_PAGE)
    number = min(where.page, last)
    turns = (("Earlier", number - 1), ("Later", number + 1))
    pages = tuple(
        (f"{words}: page {to} of {last}", replace(where, page=to).link(root))
        for words, to in turns
        if 1 <= to <= last
    )
    first = (number - 1) * _ON_A_PAGE
    return replace(group, shown=group.shown[first : first + _ON_A_PAGE], pages=pages)


@router.get("/signals/{number}")
def one_signal(
    request: Request, session: Reader, house: HouseHere, number: RowNumber, after: BackgroundTasks
) -> Response:
    """One signal whole; who may judge it has seen it then."""
    stored = _stored(house, number)
    if session.account.may(Permission.JUDGE) and not _was_seen(stored, session.account.name):
        # The page does not wait for a run that writes; what is noted is noted after it.
        after.add_task(_see, house.store, stored, session.account.name)
    return _shown(request, house, session, stored)


@router.post("/signals/{number}", dependencies=[Depends(own_form)])
def word_on_signal(
    request: Request,
    session: Judge,
    house: HouseHere,
    number: RowNumber,
    *,
    edition: Annotated[int, Form()],
    what: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Dismiss a signal, act on it, reopen it; nothing is kept where something happened since."""
    stored = _stored(house, number)
    try:
        said = say(
            house.store,
            number,
            _settling(what),
            by=session.account.name,
            reason=reason,
            edition=edition,
        )
    except (UnreadableInput, Changed) as fault:
        return _shown(request, house, session, _stored(house, number), fault=fault, reason=reason)
    return go(request, f"/signals/{stored.id}?told=It+is+kept:+{urlencode({'': said.status})[1:]}.")


def _settling(what: str) -> Happening:
    """What a person says by the form; raises `UnreadableInput` where that is nothing."""
    if what not in set(SAID) - {Happening.SEEN}:
        raise UnreadableInput("choose what becomes of the signal.")
    return Happening(what)


def _see(store: Store, stored: StoredSignal, by: str) -> None:
    try:
        say(store, stored.id, Happening.SEEN, by=by, edition=stored.edition)
    except (StoreFailed, Changed):
        # It stays unseen, or what it says now does: whoever opens it again has seen it.
        return


def _was_seen(stored: StoredSignal, by: str) -> bool:
    return any(
        (event.what, event.made_by, event.version) == (Happening.SEEN, by, stored.version)
        for event in stored.events
    )


def _stored(house: House, number: int) -> StoredSignal:
    with house.store.snapshot() as reading:
        stored = signal_rows.signal_by_id(reading, number)
    if stored is None:
        raise NotHere(f"there is no signal {number}.")
    return stored


def _shown(
    request: Request,
    house: House,
    session: Here,
    stored: StoredSignal,
    *,
    fault: UnreadableInput | Changed | None = None,
    reason: str = "",
) -> Response:
    topic = house.topic(stored.signal.topic)
    texts = {one.id: one.question or one.text for one in topic.recommendations}
    today = _today()
    with house.store.snapshot() as reading:
        report = report_about(reading, topic, stored.signal)
        trial = trial_about(reading, stored.signal, today)
    told = told_of(trial) if trial else []
    return page(
        request,
        "signals/one.html",
        session,
        status=200 if fault is None else 409 if isinstance(fault, Changed) else 422,
        here="signals",
        topic=topic,
        stored=stored,
        recommendations=[(name, texts.get(name, "")) for name in stored.signal.recommendations],
        evidence=[
            (one, *page_of_evidence(one.kind, one.identifier)) for one in stored.signal.evidence
        ],
        report=report,
        trial=trial,
        told_marks=told,
        drawing=drawn(trial, told, today) if trial else None,
        differences={one.after: one for one in trial.successive()} if trial else {},
        choices=_CHOICES.get(stored.status, (_ACT, _DISMISS)),
        longest=LONGEST_NOTE,
        fault=_sentence(fault, stored),
        reason=reason,
    )


def _sentence(fault: UnreadableInput | Changed | None, stored: StoredSignal) -> str:
    """What is wrong, in the page's words; a hint of the command line has no part in it."""
    if isinstance(fault, Changed):
        return (
            f"Nothing was kept: {fault.message} It stands at “{stored.status}” now, and the "
            "history below says why. What you wrote is still here."
        )
    return f"Nothing was kept: {fault.message}" if fault else ""


def _today() -> date:
    return datetime.now(UTC).date()
