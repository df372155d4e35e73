"""Who has yet to be told what: unique by signal, recipient and channel."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import NamedTuple

from surveillance.signals.model import Signal
from surveillance.topics import Recipient


class DeliveryKey(NamedTuple):
    """What makes a delivery one: the same three are delivered once."""

    signal_key: str
    recipient: str
    channel: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A signal on its way to somebody over a channel."""

    signal: Signal
    recipient: str
    channel: str

    @property
    def signal_key(self) -> str:
        """The key of the signal that is delivered."""
        return self.signal.key

    @property
    def key(self) -> DeliveryKey:
        """What `due` is told of once this is in the outbox."""
        return DeliveryKey(self.signal.key, self.recipient, self.channel)


def due(
    signals: Iterable[Signal], recipients: Iterable[Recipient], delivered: Set[DeliveryKey]
) -> tuple[Delivery, ...]:
    """What is to be delivered and is not in `delivered`: the most important signals first."""
    ordered = sorted(signals, key=lambda signal: signal.importance)
    told_to = [(recipient.name, recipient.channel) for recipient in recipients]
    deliveries = (Delivery(signal, *who) for signal in ordered for who in told_to)
    distinct = {delivery.key: delivery for delivery in deliveries}
    return tuple(delivery for key, delivery in distinct.items() if key not in delivered)
