"""`surveil trials`: the registered trials of a topic, and the reports that are tied to them."""

from __future__ import annotations

import typer

from surveillance.cli import trial_links

app = typer.Typer(
    help="Registered trials and their reports.", no_args_is_help=True, rich_markup_mode=None
)
trial_links.register(app)
