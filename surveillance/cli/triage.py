"""`surveil triage` and `surveil user`: the page, and who may sign in there."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from surveillance.cli.people import user_name
from surveillance.errors import UnreadableInput

users = typer.Typer(help="Accounts of the triage page.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="As it will stand beside decisions.")]
RoleName = Annotated[
    str, typer.Option("--role", metavar="ROLE", help="reviewer, specialist, guidance or admin.")
]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


def register(main: typer.Typer) -> None:
    """Put these commands beside the others."""
    main.command()(triage)
    main.add_typer(users, name="user")


def triage(
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8000,
) -> None:
    """Serve the triage page until Ctrl-C.

    Example: surveil triage --port 8000
    """
    from surveillance.cli import show
    from surveillance.settings import read_settings
    from surveillance.triage.listening import listening

    settings = read_settings()
    at = listening(host, port)
    told = settings.page_url or f"http://{host}:{port}"
    # Whoever opens it now is answered when all is loaded, a few seconds later.
    show.err.print(f"The triage page: {told}\nCtrl-C stops it.", markup=False)
    from surveillance.triage.serving import serve

    serve(settings, at)


@users.command("add")
def add(
    name: Name,
    role: RoleName,
    password_stdin: FromInput = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Signs in with the identity provider alone.")
    ] = False,
) -> None:
    """Make an account; the password is asked for.

    Example: surveil user add "Ann Marsh" --role reviewer
    """
    from surveillance.accounts import checked_role
    from surveillance.cli import show
    from surveillance.pipeline.accounts import add_user
    from surveillance.pipeline.opening import opened
    from surveillance.settings import read_settings

    wanted = checked_role(role)
    password = None if no_password else _password(from_input=password_stdin)
    with opened(read_settings()) as store:
        account = add_user(store, name, wanted, password, by=user_name())
    show.out.print(f"{account.name} may sign in as {account.role}.", markup=False)


@users.command("list")
def list_() -> None:
    """List the accounts.

    Example: surveil user list
    """
    from db.accounts import accounts
    from surveillance.cli import show
    from surveillance.pipeline.opening import opened
    from surveillance.settings import read_settings

    with opened(read_settings()) as store, store.snapshot() as session:
        found = accounts(session)
    rows = [
        (
            one.account.name,
            one.account.role,
            "yes" if one.account.enabled else "no",
            "password" if one.password_hash else "identity provider",
            f"{one.created_at:%Y-%m-%d}",
        )
        for one in found
    ]
    headers = ("name", "role", "may sign in", "with", "since")
    show.out.print(show.table(f"{len(rows)} accounts", headers, rows))


@users.command("password")
def password(name: Name, password_stdin: FromInput = False) -> None:
    """Give an account a new password; its sessions end.

    Example: surveil user password "Ann Marsh"
    """
    from surveillance.cli import show
    from surveillance.pipeline.accounts import set_password
    from surveillance.pipeline.opening import opened
    from surveillance.settings import read_settings

    given = _password(from_input=password_stdin)
    with opened(read_settings()) as store:
        set_password(store, name, given, by=user_name())
    show.out.print(f"{name} has a new password, and its sessions have ended.", markup=False)


@users.command("role")
def role(name: Name, role: RoleName) -> None:
    """Give somebody another role.

    Example: surveil user role "Ann Marsh" --role specialist
    """
    from surveillance.accounts import checked_role
    from surveillance.cli import show
    from surveillance.pipeline.accounts import change_role
    from surveillance.pipeline.opening import opened
    from surveillance.settings import read_settings

    with opened(read_settings()) as store:
        change_role(store, name, checked_role(role), by=user_name())
    show.out.print(f"{name} is {role} now.", markup=False)


@users.command("disable")
def disable(name: Name) -> None:
    """Let somebody no longer sign in; sessions end at once.

    Example: surveil user disable "Ann Marsh"
    """
    _enable(name, enabled=False)


@users.command("enable")
def enable(name: Name) -> None:
    """Let somebody sign in again.

    Example: surveil user enable "Ann Marsh"
    """
    _enable(name, enabled=True)


def _enable(name: str, *, enabled: bool) -> None:
    from surveillance.cli import show
    from surveillance.pipeline import accounts
    from surveillance.pipeline.opening import opened
    from surveillance.settings import read_settings

    with opened(read_settings()) as store:
        accounts.enable(store, name, enabled=enabled, by=user_name())
    show.out.print(f"{name} may {'' if enabled else 'no longer '}sign in.", markup=False)


def _password(*, from_input: bool) -> str:
    """A password as it is typed twice, or as one line of the input; it is never shown."""
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UnreadableInput("there is no terminal to ask at.", hint="Use --password-stdin.")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked
