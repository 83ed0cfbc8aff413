"""`recovery serve`: one unit for several system users, none of whom reads its keys."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from recovery_flows.cli.options import opened
from recovery_flows.cli.output import say
from recovery_flows.cli.running import run_here

_AHEAD = (
    "models.store.unit",
    "recovery_flows.cases.case_officer",
    "recovery_flows.cli.composition",
    "recovery_flows.cli.demo.show",
    "recovery_flows.reports.statistics",
    "tui.opening",
)
"""What most commands import: once, before the first of them, with all of the terminal."""


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(serve)


def serve(
    ctx: typer.Context,
    *,
    socket: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Where officers' programs connect.")
    ] = None,
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
) -> None:
    """Serve this unit to officers with system users of their own.

    They set RECOVERY_SERVICE_SOCKET to PATH and use every command and the terminal as ever; only
    this process's user reads the database and the keys.
    """
    from config.settings import load_settings
    from recovery_flows.cli.access.door import door_of
    from recovery_flows.cli.composition import laws
    from recovery_flows.errors import MisuseError
    from recovery_flows.service.client import is_for_service
    from recovery_flows.service.server import serve as serve_at
    from tui.later import load_rest

    with opened():
        pass  # a unit that is not there is better said now than to each caller
    path = socket or load_settings().service_socket
    if path is None:
        raise MisuseError("name the socket: --socket PATH, such as /run/recovery-flows/unit.sock")
    for name in _AHEAD:
        import_module(name)
    load_rest(lambda: True)
    tuple(laws().values())  # read here, once, and not in each caller's process
    command = ctx.find_root().command

    def run() -> None:
        """The command of `sys.argv` for the caller of this process."""
        if not is_for_service(sys.argv[1:]):
            raise MisuseError("this command is no matter of a service: it runs where it is typed")
        _check_is_officer()
        command()

    parent = sys.stdin.fileno() if with_parent else None
    serve_at(path.absolute(), lambda: run_here(run), say, door_of(load_settings()), parent)


def _check_is_officer() -> None:
    from recovery_flows.access.log_in import NobodyActsError, by_system_user
    from recovery_flows.caller import entered_officer, system_user

    if entered_officer():
        return  # by his own log-in; he is read anew when he acts
    user = system_user()
    with opened() as installation:
        if by_system_user(installation.database, user) is None:
            raise NobodyActsError(
                f"the system user {user} is bound to no officer of this unit: a supervisor asks "
                f"for one by `recovery officer add HANDLE --os-user {user}`"
            )
