"""`surveil signals`, `guidance`, `digest`, `watch`: what a guidance team should know, and does."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from surveillance.cli.people import By, user_name
from surveillance.cli.running import day
from surveillance.errors import DeliveryFailed, UnreadableInput

if TYPE_CHECKING:
    from db.signals import StoredSignal
    from surveillance.settings import Settings
    from surveillance.signals.history import Happening
    from surveillance.topics import Topic

OptionalTopic = Annotated[
    str | None, typer.Argument(metavar="[TOPIC]", help="One topic instead of all.")
]
Number = Annotated[int, typer.Argument(metavar="ID", help="The signal's number in the list.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for those who read it later.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

_LIST = "list"


class _ListedByDefault(TyperGroup):
    """`surveil signals [TOPIC]` lists, unless the first word is the name of a command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = [_LIST, *args]
        return super().parse_args(ctx, args)


signals_app = typer.Typer(
    cls=_ListedByDefault,
    help="What the guidance team should know.\n\n"
    "Example: surveil signals targeted_muscle_reinnervation --since 2025-01-01",
)
guidance_app = typer.Typer(help="What was decided of the guidance, and why.", no_args_is_help=True)


def register(main: typer.Typer) -> None:
    """Put these commands beside the others."""
    main.add_typer(signals_app, name="signals")
    main.add_typer(guidance_app, name="guidance")
    main.command()(digest)
    main.command()(watch)


@signals_app.command(_LIST)
def signals(
    topic: OptionalTopic = None,
    since: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="Raised on this day or later.")
    ] = None,
    open_only: Annotated[
        bool, typer.Option("--open", help="Only those that nobody acted on or dismissed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List what the guidance team should know.

    Example: surveil signals targeted_muscle_reinnervation --since 2025-01-01
    """
    from surveillance.cli import show
    from surveillance.pipeline.signalling import raised
    from surveillance.signals.history import Status

    found = [stored for one in _chosen(topic) for stored in raised(one, _settings(), since)]
    if open_only:
        found = [one for one in found if one.status in (Status.OPEN, Status.SEEN)]
    if as_json:
        show.document([_as_document(one) for one in found])
        return
    _print_banner()
    rows = [
        (
            s.id,
            str(s.raised_on),
            str(s.signal.weight),
            str(s.status),
            ", ".join(s.signal.recommendations) or show.UNTOLD,
            s.signal.headline,
        )
        for s in found
    ]
    headers = ("id", "raised", "weight", "status", "recommendations", "what happened")
    show.out.print(show.table(f"{len(rows)} signals", headers, rows))


@signals_app.command("show")
def show_signal(number: Number, by: By = None, as_json: AsJson = False) -> None:
    """Show one signal whole, with what became of it; it then counts as seen by you.

    Example: surveil signals show 4
    """
    from surveillance.cli import show
    from surveillance.cli.signal_page import print_signal
    from surveillance.pipeline.opening import opened
    from surveillance.pipeline.signal_words import say
    from surveillance.signals.history import Happening

    with opened(_settings()) as store:
        stored = say(store, number, Happening.SEEN, by=by or user_name())
    if as_json:
        show.document(_as_document(stored))
        return
    _print_banner()
    print_signal(stored, _chosen(stored.signal.topic)[0])


@signals_app.command("dismiss")
def dismiss(number: Number, reason: Reason = "", by: By = None, as_json: AsJson = False) -> None:
    """Dismiss a signal: it needs nothing. What is learnt later opens it again.

    Example: surveil signals dismiss 4 --reason "another procedure"
    """
    from surveillance.signals.history import Happening

    _say(number, Happening.DISMISSED, by, reason, as_json=as_json)


@signals_app.command("act")
def act(number: Number, reason: Reason = "", by: By = None, as_json: AsJson = False) -> None:
    """Note that a signal was acted on, and how.

    Example: surveil signals act 4 --reason "asked the committee's chair"
    """
    from surveillance.signals.history import Happening

    _say(number, Happening.ACTED_ON, by, reason, as_json=as_json)


@signals_app.command("reopen")
def reopen(number: Number, reason: Reason = "", by: By = None, as_json: AsJson = False) -> None:
    """Open a signal again that was dismissed or acted on.

    Example: surveil signals reopen 4 --reason "dismissed by mistake"
    """
    from surveillance.signals.history import Happening

    _say(number, Happening.REOPENED, by, reason, as_json=as_json)


@guidance_app.command("decide")
def decide(
    topic: Annotated[str, typer.Argument(metavar="TOPIC")],
    decision: Annotated[
        str, typer.Argument(metavar="DECISION", help='"no update", update, refresh or withdraw.')
    ],
    reason: Reason = "",
    signal: Annotated[
        list[int] | None,
        typer.Option("--signal", help="A signal that led to it; several may be given."),
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Keep a decision on the guidance: no update, update, refresh or withdraw.

    Example: surveil guidance decide my_topic "no update" --reason "one small trial"
    """
    from surveillance.cli import show
    from surveillance.pipeline.opening import opened
    from surveillance.pipeline.signal_words import decide_guidance
    from surveillance.signals.wording import counted

    described = _chosen(topic)[0]
    with opened(_settings()) as store:
        number, made = decide_guidance(
            store,
            described.slug,
            decision,
            by=by or user_name(),
            reason=reason,
            signals=tuple(signal) if signal else None,
        )
    if as_json:
        show.document({"id": number, **_decision_document(made)})
        return
    led = f"; {counted(len(made.signals), 'signal')} led to it" if made.signals else ""
    show.out.print(
        f"{described.slug}: {made.decision}, decided by {made.made_by} on {made.decided_on}{led}",
        markup=False,
    )


@guidance_app.command("log")
def log(topic: Annotated[str, typer.Argument(metavar="TOPIC")], as_json: AsJson = False) -> None:
    """List the decisions on the guidance, with the signals that led to each.

    Example: surveil guidance log my_topic
    """
    from surveillance.cli import show
    from surveillance.pipeline.opening import opened
    from surveillance.pipeline.signal_words import guidance_log
    from surveillance.signals.wording import counted

    described = _chosen(topic)[0]
    with opened(_settings()) as store, store.snapshot() as session:
        found = guidance_log(session, described.slug)
    if as_json:
        show.document(
            [
                {
                    "id": logged.number,
                    **_decision_document(logged.made),
                    "signals": [
                        {"id": one.id, "headline": one.signal.headline} for one in logged.led
                    ],
                }
                for logged in found
            ]
        )
        return
    rows = [
        (
            str(logged.made.decided_on),
            logged.made.decision,
            logged.made.made_by,
            logged.made.reason,
            "; ".join(f"{one.id} {one.signal.headline}" for one in logged.led) or show.UNTOLD,
        )
        for logged in found
    ]
    headers = ("decided", "decision", "by", "why", "signals that led to it")
    show.out.print(show.table(counted(len(rows), "decision"), headers, rows))


def digest(
    topic: OptionalTopic = None,
    send: Annotated[bool, typer.Option("--send", help="Deliver what waits in the outbox.")] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Print what the last run has to say (the default).")
    ] = False,
) -> None:
    """Show the digest of the last run, or send what was not sent yet.

    Example: surveil digest targeted_muscle_reinnervation --preview
    """
    from surveillance.cli import show
    from surveillance.pipeline.alerting import preview_digest, send_digest

    if send and preview:
        raise UnreadableInput("choose --send or --preview, not both.")
    failures: list[str] = []
    for one in _chosen(topic):
        if send:
            sent = send_digest(one, _settings())
            failures += sent.failures
            told = ", ".join(sent.places) or "nothing was sent"
            why = "" if sent.places or sent.failures else "nothing waits; "
            show.out.print(f"{one.slug}: {why}{told}", markup=False, soft_wrap=True)
        else:
            show.out.print(preview_digest(one, _settings()), markup=False, soft_wrap=True)
    if failures:
        raise DeliveryFailed(
            f"not delivered: {'; '.join(failures)}.",
            hint="It is kept and tried again; `surveil alerts list` shows it.",
        )


def watch(topic: OptionalTopic = None, as_json: AsJson = False) -> None:
    """Look for runs that failed or did not happen, and tell those who should know.

    `surveil schedule` does this every hour; call it from cron as well, where the schedule itself
    may fail. Example: surveil watch
    """
    from surveillance.cli import show
    from surveillance.pipeline.watching import watch_topic

    watched = {one.slug: watch_topic(one, _settings()) for one in _chosen(topic)}
    if as_json:
        show.document({slug: list(sentences) for slug, sentences in watched.items()})
        return
    for slug, sentences in watched.items():
        for sentence in sentences or ("every run happened that was due",):
            show.out.print(f"{slug}: {sentence}", markup=False, soft_wrap=True)


def _say(number: int, what: Happening, by: str | None, reason: str, *, as_json: bool) -> None:
    from surveillance.cli import show
    from surveillance.pipeline.opening import opened
    from surveillance.pipeline.signal_words import say

    with opened(_settings()) as store:
        stored = say(store, number, what, by=by or user_name(), reason=reason)
    if as_json:
        show.document(_as_document(stored))
        return
    show.out.print(f"signal {stored.id}: {stored.status}. {stored.signal.headline}", markup=False)


def _as_document(stored: StoredSignal) -> dict[str, Any]:
    return {
        "id": stored.id,
        "raised_on": str(stored.raised_on),
        "version": stored.version,
        "status": stored.status,
        **stored.signal.to_json(),
        "history": [
            {
                "what": event.what,
                "on": str(event.happened_on),
                "version": event.version,
                "by": event.made_by,
                "reason": event.reason,
            }
            for event in stored.events
        ],
    }


def _decision_document(made: Any) -> dict[str, Any]:
    return {
        "decision": made.decision,
        "reason": made.reason,
        "by": made.made_by,
        "decided_on": str(made.decided_on),
        "signals": list(made.signals),
    }


def _print_banner() -> None:
    from surveillance.cli import show

    if banner := _settings().banner:
        show.out.print(banner, style="bold", markup=False)


def _chosen(topic: str | None) -> list[Topic]:
    from surveillance.cli.topics import all_topics, topic_named

    return [topic_named(topic)] if topic else all_topics()


def _settings() -> Settings:
    from surveillance.settings import read_settings

    return read_settings()
