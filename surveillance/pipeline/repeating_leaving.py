"""Who wants no mail, said again to a store in which runs are replayed."""

from __future__ import annotations

from db import subscriptions
from db.session import Store


def repeat_leaving(store: Store, scratch: Store) -> None:
    """Have the same people left as have by now: what passed them over does so there, too."""
    with store.transaction() as session:
        left = subscriptions.everybody_who_left(session)
    with scratch.transaction() as session:
        for address, topic, moment in left:
            subscriptions.unsubscribe(session, address, topic, moment)
