"""One signal whole, on a terminal: what happened, what it touches, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from db.signals import StoredSignal
from surveillance.cli import show
from surveillance.signals.history import SignalEvent
from surveillance.topics import Topic

_COLOURS = {"high": "bold red", "medium": "yellow", "low": "cyan"}


def print_signal(stored: StoredSignal, topic: Topic) -> None:
    """Print a signal with its evidence, recommendations and history."""
    signal = stored.signal
    weight = str(signal.weight)
    show.out.print(f"{stored.id}. {signal.headline}", style="bold", markup=False)
    show.out.print(
        f"{weight}, {stored.status}, raised on {stored.raised_on}"
        + (f", version {stored.version}" if stored.version > 1 else ""),
        style=_COLOURS[weight],
        markup=False,
    )
    show.out.print(signal.sentence, markup=False)
    for line in _facts(stored, topic):
        show.out.print(line, markup=False)
    rows = [
        (str(event.happened_on), _said(event), event.made_by or show.UNTOLD, event.reason)
        for event in stored.events
    ]
    show.out.print(show.table("History", ("on", "what", "by", "why"), rows))


def _facts(stored: StoredSignal, topic: Topic) -> Iterator[str]:
    signal = stored.signal
    yield f"Meets: {', '.join(trigger.said for trigger in signal.triggers) or show.UNTOLD}"
    described = {one.id: one for one in topic.recommendations}
    for name in signal.recommendations:
        recommendation = described.get(name)
        text = recommendation.question or recommendation.text if recommendation else ""
        yield f"Recommendation {name}: {text}"
    for what, names in (("Outcomes", signal.outcomes), ("Compared with", signal.comparators)):
        if names:
            yield f"{what}: {', '.join(names)}"
    if signal.words:
        yield f"Words: {', '.join(signal.words)}"
    for evidence in signal.evidence:
        dated = f" (as of {evidence.version})" if evidence.version else ""
        yield f"Evidence: {evidence.kind} {evidence.identifier}{dated}: {evidence.words}"


def _said(event: SignalEvent) -> str:
    return f"{event.what}" + (f" (version {event.version})" if event.version > 1 else "")
