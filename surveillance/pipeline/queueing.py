"""Who gets which signals of a run, composed and put into the outbox, in one transaction."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial

from sqlalchemy.orm import Session

from db import outbox as outbox_rows
from db import runs as run_rows
from db import subscriptions
from surveillance.alerts.digest import DigestContent, Leave, Places, WeekInNumbers, compose
from surveillance.alerts.message import Content, Draft
from surveillance.alerts.outbox import Share, Standing, share
from surveillance.alerts.unsubscribing import Leaving, WayOut
from surveillance.alerts.webhook_formats import payload
from surveillance.pipeline.composing import content_between_runs, content_of, numbers_of
from surveillance.pipeline.post import Post
from surveillance.runs import Run
from surveillance.topics import Recipient, Topic

#: What a digest reports of, by the recipient's rhythm.
_PERIODS = {"at once": "week", "weekly": "week", "monthly": "month"}


#: A message of a run by its name, which the outbox may have numbered.
_OF_RUN = re.compile(r"-run-([0-9]+)(?:-[0-9]+)?$")


def name_of(run: Run) -> str:
    """What the messages of a run are called; the outbox numbers them from the second on."""
    return f"{run.topic}-{run.today}-run-{run.id}"


def _run_of(name: str) -> int | None:
    """The run whose message is called so; None for one that was sent between runs."""
    found = _OF_RUN.search(name)
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Occasion:
    """When something is told: after a run, or between runs where one failed or did not happen.

    `raised` are the numbers of the signals that it raised; `compose` gives what all messages have
    in common. Only with a run numbers are told, and a quiet time, too.
    """

    name: str
    today: date
    raised: frozenset[int]
    compose: Callable[[], DigestContent]
    run: int | None = None


def queue_alerts(session: Session, topic: Topic, run: Run, post: Post, banner: str) -> None:
    """Settle for each recipient what becomes of every signal; compose and queue what is due."""
    raised = frozenset(one.number for one in outbox_rows.raised_by(session, run))
    compose = partial(content_of, session, topic, run, banner)
    _Queueing(session, topic, Occasion(name_of(run), run.today, raised, compose, run.id), post).do()


def queue_between_runs(
    session: Session,
    topic: Topic,
    raised: frozenset[int],
    *,
    post: Post,
    today: date,
    banner: str,
) -> None:
    """Queue what was raised while no run was under way; nobody is told that nothing was."""
    compose = partial(content_between_runs, session, topic, today, banner)
    name = f"{topic.slug}-{today}-watch"
    _Queueing(session, topic, Occasion(name, today, raised, compose), post).do()


def new_identity(post: Post) -> str:
    """A Message-ID that no message ever had (RFC 5322, 3.6.4)."""
    return f"<{uuid.uuid4().hex}.surveil@{post.domain}>"


class _Queueing:
    """One occasion's alerts on their way into the outbox."""

    def __init__(self, session: Session, topic: Topic, occasion: Occasion, post: Post) -> None:
        self._session = session
        self._topic = topic
        self._occasion = occasion
        self._post = post
        self._raised = outbox_rows.raised_of(session, topic.slug)

    def do(self) -> None:
        known = outbox_rows.subscribers(self._session, self._topic.slug)
        # Files are called as the run is, so they come before the names with numbers.
        for recipient in sorted(self._topic.recipients, key=lambda one: one.channel != "file"):
            joins = bool(known) and (recipient.name, recipient.channel) not in known
            self._settle(recipient, joins=joins)

    def _settle(self, recipient: Recipient, *, joins: bool) -> None:
        standing = self._standing(recipient, joins=joins)
        part = share(recipient, self._raised, self._occasion.raised, standing, self._occasion.today)
        who = (self._topic.slug, recipient.name, recipient.channel)
        outbox_rows.subscribe(self._session, *who, self._occasion.today)
        wanted = bool(part.told) or self._occasion.run is not None
        if part.is_due and wanted and not self._is_needless(recipient, part):
            self._queue(recipient, part)
        nothing = self._draft(recipient, self._occasion.name)
        outbox_rows.pass_over(self._session, nothing, part.passed_over)

    def _standing(self, recipient: Recipient, *, joins: bool) -> Standing:
        who = (self._topic.slug, recipient.name, recipient.channel)
        return Standing(
            settled=outbox_rows.settled(self._session, *who),
            last_told_on=outbox_rows.last_told_on(self._session, *who),
            joins=joins,
            left=subscriptions.has_left(self._session, recipient.address, self._topic.slug),
        )

    def _is_needless(self, recipient: Recipient, part: Share) -> bool:
        """Of an address whose mail comes back, only news wait until it works again."""
        address = recipient.address
        return bool(address) and not part.told and subscriptions.is_paused(self._session, address)

    def _queue(self, recipient: Recipient, part: Share) -> None:
        content = replace(
            self._common,
            signals=tuple(one.signal for one in part.told),
            numbers=self._numbers(recipient),
            period=_PERIODS[recipient.rhythm],
            weight=recipient.weight,
            too_light=part.too_light,
        )
        subject, body = composed(content, recipient, self._post)
        draft = replace(
            self._draft(recipient, outbox_rows.free_name(self._session, self._occasion.name)),
            subject=subject,
            content=body,
        )
        outbox_rows.queue(self._session, draft, new_identity(self._post), part.told)

    def _numbers(self, recipient: Recipient) -> WeekInNumbers | None:
        """What was done since the recipient was last told of a run; the first time, in this one."""
        run = self._occasion.run
        if run is None:
            return None
        who = (self._topic.slug, recipient.name, recipient.channel)
        names = outbox_rows.names_told(self._session, *who)
        told = next(filter(None, map(_run_of, names)), None)
        earlier = (
            run_rows.finished_between(self._session, self._topic.slug, told, run) if told else []
        )
        return numbers_of(self._session, [*earlier, run])

    @cached_property
    def _common(self) -> DigestContent:
        """What all its messages have in common; it takes a look at every report."""
        content = self._occasion.compose()
        numbers = {one.signal.key: one.number for one in self._raised}
        return replace(content, places=Places(page=self._post.page, numbers=numbers))

    def _draft(self, recipient: Recipient, name: str) -> Draft:
        return Draft(
            topic=self._topic.slug,
            recipient=recipient.name,
            channel=recipient.channel,
            place=recipient.place,
            name=name,
            subject="",
            content=Content(),
            created_on=self._occasion.today,
        )


def composed(content: DigestContent, recipient: Recipient, post: Post) -> tuple[str, Content]:
    """Subject and content for a recipient's channel."""
    match recipient.channel:
        case "webhook":
            return compose(content).subject, Content(payload=payload(recipient.format, content))
        case "email":
            return _mail(content, recipient.address, post.way_out)
    digest = compose(content)
    return digest.subject, Content(text=digest.text, html=digest.html)


def _mail(content: DigestContent, address: str, way_out: WayOut) -> tuple[str, Content]:
    """A digest that says how one gets no more of them."""
    topic, everything = Leaving(address, content.topic.slug), Leaving(address)
    page, mail = way_out.link(topic), way_out.mail(topic)
    leave = Leave(
        topic=page or mail, all_topics=way_out.link(everything) or way_out.mail(everything)
    )
    digest = compose(replace(content, leave=leave))
    body = Content(text=digest.text, html=digest.html, leave_page=page, leave_mail=mail)
    return digest.subject, body
