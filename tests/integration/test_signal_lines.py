"""The signals in memory are those of the store, whatever runs wrote and people said meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.session import Store
from db.signals import Raising, save_signals, signals_of
from surveillance.errors import SurveillanceError
from surveillance.pipeline.signal_lines import KeptSignals, SignalLines, signal_lines
from surveillance.pipeline.signal_words import SAID, say
from surveillance.signals.history import Happening, Status
from surveillance.signals.model import Kind, Signal, signal_key
from surveillance.studies.weight import Weight
from tests.world import fresh_store
from tests.world import store_url as store_url  # noqa: PLC0414 — on both databases

DAY = date(2025, 1, 31)
HERE, ELSEWHERE = "here", "elsewhere"
#: One that lapses where a run does not raise it, and one that stays true.
KINDS = (Kind.NEW_RANDOMISED_TRIAL, Kind.NEW_REGISTRATION)


def signal(
    place: int,
    topic: str = HERE,
    weight: Weight = Weight.HIGH,
    touched: Sequence[str] = ("1.1",),
    sentence: str = "in these words",
) -> Signal:
    kind, subject = KINDS[place % 2], f"report {place}"
    return Signal(
        topic=topic,
        kind=kind,
        subject=subject,
        key=signal_key(kind, subject),
        weight=weight,
        headline="Something is new",
        sentence=sentence,
        recommendations=tuple(touched),
        words=(),
        evidence=(),
    )


raised = st.builds(
    signal,
    st.integers(0, 4),
    st.sampled_from([HERE, HERE, ELSEWHERE]),
    st.sampled_from([*Weight]),
    st.lists(st.sampled_from(["1.1", "1.2"]), unique=True),
    st.sampled_from(["in these words", "in other words"]),
)
#: What a run raises; whether it tells changes again, and whether that is all there is.
Run = tuple[list[Signal], bool, bool]
run = st.tuples(st.lists(raised, max_size=4), st.booleans(), st.booleans())
#: What a person says of the signal of that number.
Word = tuple[int, Happening]
word = st.tuples(st.integers(1, 8), st.sampled_from([*SAID]))


def take(store: Store, step: Run | Word, day: date) -> None:
    """A run or a word; a word that may not be said is none."""
    if len(step) == 2:
        try:
            say(store, *step, by="Ann Marsh", reason="a reason")
        except SurveillanceError:
            return
        return
    signals, retell, whole = step
    for topic in (HERE, ELSEWHERE):
        mine = [one for one in signals if one.topic == topic]
        raising = Raising(topic, day, retell=retell, whole=whole)
        with store.transaction() as session:
            save_signals(session, raising, mine)


def told(lines: SignalLines) -> object:
    """All that a page learns of the signals in memory."""
    groups = {name: [one.id for one in some] for name, some in lines.by_recommendation.items()}
    return list(lines), [one.id for one in lines.ordered], groups


def as_stored(store: Store) -> list[tuple[object, ...]]:
    """The same by way of the whole signals."""
    with store.snapshot() as session:
        stored = signals_of(session, HERE)
    return [
        (
            one.id,
            one.signal.key,
            one.signal.kind,
            one.signal.weight,
            one.signal.recommendations,
            one.raised_on,
            one.status,
            one.signal.importance,
        )
        for one in stored
    ]


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    steps=st.lists(st.lists(run | word, min_size=1, max_size=4), min_size=1, max_size=4),
    first=st.lists(raised, min_size=1, max_size=4),
)
def test_kept_signals_are_those_of_the_store(
    steps: list[list[Run | Word]], first: list[Signal]
) -> None:
    with TemporaryDirectory() as folder, fresh_store(Path(folder)) as store:
        take(store, (first, True, True), DAY)
        kept = KeptSignals()
        for week, some in enumerate(steps):
            for step in some:
                take(store, step, DAY + timedelta(weeks=week))
            with store.snapshot() as session:
                lines = kept.of(session, HERE)
                assert told(lines) == told(signal_lines(session, HERE))
            fields = ("id", "key", "kind", "weight", "recommendations", "raised_on", "status")
            in_memory = [
                (*(getattr(line, name) for name in fields), line.importance) for line in lines
            ]
            assert in_memory == as_stored(store)


def test_nothing_is_read_again_where_nothing_changed(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store:
        take(store, ([signal(0)], True, True), DAY)
        kept = KeptSignals()
        with store.snapshot() as session:
            first = kept.of(session, HERE)
            assert kept.of(session, HERE) is first
        say(store, 1, Happening.SEEN, by="Ann Marsh")
        with store.snapshot() as session:
            assert [one.status for one in kept.of(session, HERE)] == [Status.SEEN]


def test_what_a_run_rewords_without_telling_is_seen(tmp_path: Path) -> None:
    """The topic weighs it otherwise now: nothing happened, and no event is noted."""
    with fresh_store(tmp_path) as store:
        take(store, ([signal(0)], True, True), DAY)
        kept = KeptSignals()
        with store.snapshot() as session:
            assert [one.weight for one in kept.of(session, HERE)] == [Weight.HIGH]
        lighter = signal(0, weight=Weight.LOW, touched=("1.2",))
        take(store, ([lighter], False, True), DAY)
        with store.snapshot() as session:
            (line,) = kept.of(session, HERE)
        assert (line.weight, line.recommendations) == (Weight.LOW, ("1.2",))


def test_whoever_began_earlier_sees_what_was_there_then(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store:
        take(store, ([signal(0)], True, True), DAY)
        kept = KeptSignals()
        with store.snapshot() as earlier:
            assert len(list(kept.of(earlier, HERE))) == 1
            say(store, 1, Happening.DISMISSED, by="Ann Marsh", reason="known")
            take(store, ([signal(0), signal(1)], True, True), DAY)
            with store.snapshot() as later:
                assert len(list(kept.of(later, HERE))) == 2
            (line,) = kept.of(earlier, HERE)
            assert line.status is Status.OPEN
        with store.snapshot() as session:
            statuses = [one.status for one in kept.of(session, HERE)]
        assert statuses == [Status.DISMISSED, Status.OPEN]


def test_those_of_a_week_stand_the_heaviest_first(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store:
        take(store, ([signal(0, weight=Weight.LOW)], True, False), DAY - timedelta(weeks=1))
        light, heavy = signal(2, weight=Weight.MEDIUM), signal(4)
        take(store, ([light, heavy], True, False), DAY)
        with store.snapshot() as session:
            raised = signal_lines(session, HERE).raised_since(DAY)
        assert [one.key for one in raised] == [heavy.key, light.key]
