"""`surveil alerts …`: the outbox, who wants no mail, and what came back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surveillance.errors import Place, UnreadableInput

if TYPE_CHECKING:
    from surveillance.settings import Settings

app = typer.Typer(
    help="The outbox: what was sent, to whom, and what was not.", no_args_is_help=True
)

Address = Annotated[str, typer.Argument(help="The address, as in topic.toml.")]
OfTopic = Annotated[
    str | None, typer.Option("--topic", metavar="TOPIC", help="Mail on this topic alone.")
]
OfAll = Annotated[bool, typer.Option("--all", help="Mail on every topic.")]


@app.command("list")
def list_(
    topic: Annotated[
        str | None, typer.Argument(metavar="[TOPIC]", help="One topic instead of all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the messages of the outbox with their states, tries and errors, newest first.

    Example: surveil alerts list targeted_muscle_reinnervation
    """
    from surveillance.cli import show
    from surveillance.pipeline.outbox import as_document, outbox

    found = outbox(_settings(), topic)
    if as_json:
        show.document([as_document(entry) for entry in found])
        return
    rows = [
        (
            str(entry.number),
            str(entry.created_on),
            f"{entry.recipient} ({entry.channel})",
            entry.state,
            entry.attempts,
            entry.subject,
            entry.last_error or show.UNTOLD,
        )
        for entry in found
    ]
    headers = ("id", "day", "to", "state", "tries", "subject", "error")
    show.out.print(show.table(f"{len(rows)} messages", headers, rows))


@app.command()
def retry(
    message: Annotated[int, typer.Argument(metavar="ID", help="A message of `alerts list`.")],
) -> None:
    """Let a message wait again that was given up, withdrawn, or came back.

    Example: surveil alerts retry 12
    """
    from surveillance.cli import show
    from surveillance.pipeline.outbox import retry as let_wait

    was = let_wait(_settings(), message)
    show.out.print(
        f"Message {message} to {was.recipient} was {was.state} and waits again; "
        "`surveil digest --send` sends it at once.",
        markup=False,
    )


@app.command()
def unsubscribe(address: Address, topic: OfTopic = None, all_: OfAll = False) -> None:
    """Send an address no more mail, on one topic or on all; what waits for it is withdrawn.

    Example: surveil alerts unsubscribe somebody@example.org --all
    """
    from surveillance.cli import show
    from surveillance.pipeline.outbox import unsubscribe as leave

    withdrawn = leave(_settings(), _sound(address), _which(topic, all_))
    show.out.print(
        f"No more mail to {address} on {topic or 'any topic'}; {withdrawn} that waited withdrawn.",
        markup=False,
    )


@app.command()
def resubscribe(address: Address, topic: OfTopic = None, all_: OfAll = False) -> None:
    """Send an address mail again, also where it was stopped because too much came back.

    Example: surveil alerts resubscribe somebody@example.org --topic targeted_muscle_reinnervation
    """
    from surveillance.cli import show
    from surveillance.pipeline.outbox import resubscribe as come_back

    had_stopped = come_back(_settings(), _sound(address), _which(topic, all_))
    said = "gets mail again" if had_stopped else "had not been stopped; nothing changed"
    show.out.print(f"{address} {said}.", markup=False)


@app.command()
def bounced(
    file: Annotated[str, typer.Argument(help="A mail that came back, or - for standard input.")],
) -> None:
    """Note that a mail came back, from the mail server's delivery status notification.

    Example: surveil alerts bounced returned.eml
    """
    from surveillance.cli import show
    from surveillance.pipeline.outbox import bounced as note

    returned = note(_settings(), _mail(file))
    for one in returned:
        then = "; nothing more is sent there" if one.paused else ""
        show.out.print(
            f"Message {one.message} came back from {one.address} ({one.status}){then}.",
            markup=False,
        )
    if not returned:
        show.out.print("Nobody is said not to have got the mail; nothing was noted.")


def _mail(file: str) -> bytes:
    from surveillance.alerts.bounces import MAX_BYTES

    if file == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with Path(file).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as fault:
        raise UnreadableInput(
            f"the file cannot be read: {fault.strerror or fault}.", place=Place(file)
        ) from None


def _which(topic: str | None, all_: bool) -> str:
    """The topic, or nothing for all of them."""
    from surveillance.cli.topics import topic_named

    if all_ == (topic is not None):
        raise UnreadableInput("name a topic by --topic, or give --all for every one.")
    return topic_named(topic).slug if topic else ""


def _sound(address: str) -> str:
    import re

    from surveillance.topics import MAIL_ADDRESS

    if not re.fullmatch(MAIL_ADDRESS, address):
        raise UnreadableInput(f"“{address}” is no address of mail.")
    return address


def _settings() -> Settings:
    from surveillance.settings import read_settings

    return read_settings()
