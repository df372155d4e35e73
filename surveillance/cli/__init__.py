"""The command line. Each command says what it did to people, or one JSON document with --json.

Commands import what they need when they are called, so that `surveil --help` and
`surveil strategy …` begin at once.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Any

import typer
from typer.core import TyperGroup

from surveillance.cli import (
    alerts,
    bulk,
    decide,
    dedup,
    dedup_review,
    demo,
    export,
    mesh,
    rank,
    report,
    running,
    screen,
    store,
    strategy,
    topics,
    triage,
    trials,
    watching,
)
from surveillance.errors import (
    Busy,
    DeliveryFailed,
    SourceFailed,
    Stopped,
    StoreFailed,
    SurveillanceError,
)

DONE, NEEDS_A_PERSON, UNREADABLE, NOT_DONE, UNFORESEEN = 0, 1, 2, 3, 70
#: What a shell gives for a program that Ctrl-C ended.
STOPPED = 130


class _Commands(TyperGroup):
    """All commands; Ctrl-C, which the library would end without a word, becomes a sentence."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Stopped(
                "stopped.", hint="What was finished is kept; the same command goes on from there."
            ) from None


app = typer.Typer(
    name="surveil",
    cls=_Commands,
    help="Reruns published search strategies and tells guidance teams what changed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain help: rich's costs a third of a second before the first letter.
    rich_markup_mode=None,
)
app.add_typer(strategy.app, name="strategy")
app.add_typer(topics.app, name="topics")
app.add_typer(store.app, name="db")
app.add_typer(mesh.app, name="mesh")
app.add_typer(rank.app, name="rank")
app.add_typer(trials.app, name="trials")
app.add_typer(report.app, name="report")
app.add_typer(alerts.app, name="alerts")
demo.register(app)
topics.register(app)
running.register(app)
bulk.register(app)
dedup.register(app)
dedup_review.register(app)
screen.register(app)
decide.register(app)
export.register(app)
watching.register(app)
store.register(app)
triage.register(app)


def main() -> None:
    """Run a command; every error that a user can meet ends as one sentence and an exit code."""
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal may lack a character of a title; it is then shown by its number.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        app()
    except (SourceFailed, StoreFailed, Busy, DeliveryFailed) as fault:
        _end(str(fault), NOT_DONE)
    except Stopped as fault:
        _end(str(fault), STOPPED)
    except SurveillanceError as fault:
        _end(str(fault), UNREADABLE)
    except BrokenPipeError:
        # Somebody closed the pipe (`surveil … | head`); nothing is wrong.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
    except Exception as fault:  # noqa: BLE001 — the last door: a user never sees a traceback
        _end(_unforeseen(fault), UNFORESEEN)


def _end(sentence: str, code: int) -> None:
    print(f"surveil: {sentence}", file=sys.stderr)
    sys.exit(code)


def _unforeseen(fault: Exception) -> str:
    if os.environ.get("SURVEIL_DEBUG"):
        raise fault
    return (
        f"this should not have happened: {type(fault).__name__}: {fault}. "
        "What was finished is kept. Set SURVEIL_DEBUG=1 to see where, and tell us."
    )
