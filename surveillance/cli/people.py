"""Who speaks: `--by`, or the user name of whoever is at the terminal."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from surveillance.errors import UnreadableInput

By = Annotated[str | None, typer.Option("--by", help="Who decides; left out: your user name.")]


def user_name() -> str:
    """The user's name; raises `UnreadableInput` where the system does not know it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise UnreadableInput(
            "your user name is not known.", hint='Say who decides with --by "A. Reviewer".'
        ) from None
