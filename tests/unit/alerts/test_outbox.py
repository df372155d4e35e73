"""Everybody is told of everything, once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surveillance.alerts.outbox import DeliveryKey, due
from surveillance.signals.model import Kind, Signal, signal_key
from surveillance.studies.weight import Weight
from surveillance.topics import Recipient


def signal(subject: str, weight: Weight = Weight.HIGH, headline: str = "") -> Signal:
    return Signal(
        topic="nerve_operations",
        kind=Kind.FOUND_LATE,
        subject=subject,
        key=signal_key(Kind.FOUND_LATE, subject),
        weight=weight,
        headline=headline,
        sentence="",
        recommendations=(),
        words=(),
        evidence=(),
    )


signals = st.lists(
    st.builds(signal, st.sampled_from("abcdef"), st.sampled_from(Weight)), max_size=8
)
recipients = st.lists(st.builds(Recipient, name=st.sampled_from(["team", "lead", "x"])), max_size=4)


@given(signals, recipients)
def test_delivering_twice_sends_nothing_new(raised: list[Signal], told: list[Recipient]) -> None:
    delivered = {delivery.key for delivery in due(raised, told, frozenset())}
    assert due(raised, told, delivered) == ()


@given(signals, recipients, st.data())
def test_what_is_due_and_what_was_delivered_make_everything_once(
    raised: list[Signal], told: list[Recipient], data: st.DataObject
) -> None:
    everything = {
        DeliveryKey(one.key, recipient.name, recipient.channel)
        for one in raised
        for recipient in told
    }
    delivered = data.draw(st.sets(st.sampled_from(sorted(everything)))) if everything else set()
    keys = [delivery.key for delivery in due(raised, told, delivered)]
    assert len(keys) == len(set(keys))
    assert set(keys) == everything - delivered


@given(signals, signals, recipients)
def test_a_later_signal_goes_out_alone(
    earlier: list[Signal], later: list[Signal], told: list[Recipient]
) -> None:
    delivered = {delivery.key for delivery in due(earlier, told, frozenset())}
    new = {one.key for one in later} - {one.key for one in earlier}
    again = due([*earlier, *later], told, delivered)
    assert {delivery.signal_key for delivery in again} == (new if told else set())


def test_a_signal_that_is_worded_anew_is_not_told_again() -> None:
    team = [Recipient(name="team")]
    (first,) = due([signal("a", headline="First trial")], team, frozenset())
    assert due([signal("a", headline="New trial")], team, {first.key}) == ()


def test_a_new_recipient_is_told_what_others_know() -> None:
    (first,) = due([signal("a")], [Recipient(name="team")], frozenset())
    both = [Recipient(name="team"), Recipient(name="lead")]
    assert [d.recipient for d in due([signal("a")], both, {first.key})] == ["lead"]


def test_the_most_important_is_due_first() -> None:
    raised = [signal("a", Weight.LOW), signal("b", Weight.HIGH), signal("c", Weight.MEDIUM)]
    weights = [d.signal.weight for d in due(raised, [Recipient(name="team")], frozenset())]
    assert weights == ["high", "medium", "low"]
