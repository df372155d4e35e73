"""`surveil signals` and `surveil digest`: what a guidance team should know, and how it is told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from surveillance.cli.running import day
from surveillance.errors import DeliveryFailed, UnreadableInput

if TYPE_CHECKING:
    from surveillance.settings import Settings
    from surveillance.topics import Topic

OptionalTopic = Annotated[
    str | None, typer.Argument(metavar="[TOPIC]", help="One topic instead of all.")
]


def register(main: typer.Typer) -> None:
    """Put these commands beside the others."""
    main.command()(signals)
    main.command()(digest)


def signals(
    topic: OptionalTopic = None,
    since: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="Raised on this day or later.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List what the guidance team should know.

    Example: surveil signals targeted_muscle_reinnervation --since 2025-01-01
    """
    from surveillance.cli import show
    from surveillance.pipeline.signalling import raised

    found = [stored for one in _chosen(topic) for stored in raised(one, _settings(), since)]
    if as_json:
        show.document(
            [{"id": s.id, "raised_on": str(s.raised_on), **s.signal.to_json()} for s in found]
        )
        return
    rows = [
        (
            s.id,
            str(s.raised_on),
            str(s.signal.weight),
            ", ".join(s.signal.recommendations) or "–",
            s.signal.headline,
        )
        for s in found
    ]
    if banner := _settings().banner:
        show.out.print(banner, style="bold", markup=False)
    headers = ("id", "raised", "weight", "recommendations", "what happened")
    show.out.print(show.table(f"{len(rows)} signals", headers, rows))


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


def _chosen(topic: str | None) -> list[Topic]:
    from surveillance.cli.topics import all_topics, topic_named

    return [topic_named(topic)] if topic else all_topics()


def _settings() -> Settings:
    from surveillance.settings import read_settings

    return read_settings()
