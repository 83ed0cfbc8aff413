"""`recovery officer`: who may act."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, Roles, opened, roles_of
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import columns, tell

if TYPE_CHECKING:
    from recovery_flows.cli.composition import Installation

_HANDLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_SECRET_LENGTH_MIN = 12


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Manage officers.", no_args_is_help=True)
    group.command()(add)
    group.command()(dismiss)
    group.command("list")(list_)
    app.add_typer(group, name="officer")


def fit_handle(handle: str) -> str:
    """A handle that can be written anywhere; MisuseError says what one looks like."""
    from recovery_flows.errors import MisuseError

    if not _HANDLE.fullmatch(handle) or handle == "engine":
        raise MisuseError(
            "a handle is 1 to 40 letters, digits, dots, dashes or underscores, and not `engine`"
        )
    return handle


def add(
    handle: Annotated[str, typer.Argument(help="Name by which the officer acts.")],
    *,
    role: Roles = None,
    os_user: Annotated[str, typer.Option(help="Bind to this operating-system user.")] = "",
    secret_from_stdin: Annotated[
        bool, typer.Option("--secret-from-stdin", help="Bind to the secret on standard input.")
    ] = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Ask for a new officer. A second person confirms with `approve`."""
    from models.entities.officer import Role
    from recovery_flows.access.registers import ask_officer
    from recovery_flows.errors import MisuseError

    if bool(os_user) == secret_from_stdin:
        raise MisuseError("an officer is bound by --os-user or by --secret-from-stdin: name one")
    with opened() as installation:
        acting = installation.case_officer(acting_as)
        _check_free(installation, fit_handle(handle), os_user)
        secret = read_secret() if secret_from_stdin else ""
        roles = roles_of(role)
        change = ask_officer(acting, handle, roles, os_user=os_user, secret=secret)
        asked_by = acting.actor(Role.SUPERVISOR).id
    tell_asked(f"{handle} as {' and '.join(sorted(roles))}", change, asked_by, as_json=as_json)


def dismiss(
    handle: Annotated[str, typer.Argument(help="Who acts no more.")],
    *,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Ask for an officer to be dismissed. A second person confirms.

    What he did stays. His open recoveries are assigned to others before.
    """
    from models.entities.officer import Role
    from recovery_flows.access.registers import ask_dismissal

    with opened() as installation:
        acting = installation.case_officer(acting_as)
        change = ask_dismissal(acting, handle)
        asked_by = acting.actor(Role.SUPERVISOR).id
    tell_asked(f"{handle} acts no more", change, asked_by, as_json=as_json)


def tell_asked(what: str, change: str, asked_by: str, *, as_json: bool) -> None:
    """Say that a change was asked for and under which id another person confirms it."""
    if as_json:
        say_json({"asked": what, "by": asked_by, "change": change})
    else:
        tell([
            f"asked for by {asked_by}: {what}",
            f"another person confirms it: recovery approve {change}",
        ])  # fmt: skip


def case_time(installation: Installation) -> datetime:
    """Case time now."""
    from models.queries.installation.clock import case_now
    from recovery_flows.clock import wall_clock

    with installation.database.reading() as session:
        return case_now(session, wall_clock())


def _check_free(installation: Installation, handle: str, os_user: str) -> None:
    from models.queries.installation.officers import officer_by_os_user, officers
    from recovery_flows.errors import MisuseError

    with installation.database.reading() as session:
        taken = {o.handle for o in officers(session)}
        bound = officer_by_os_user(session, os_user) if os_user else None
    if handle in taken:
        raise MisuseError(f"there is an officer {handle} already")
    if bound is not None:
        raise MisuseError(f"the system user {os_user!r} is bound to {bound.handle} already")


def read_secret(prompt: str = "secret") -> str:
    """A new secret, typed twice unseen, or the first line where standard input is no terminal.

    MisuseError where it is short or the two differ.
    """
    from recovery_flows.errors import MisuseError

    if sys.stdin.isatty():
        secret = getpass(f"{prompt} ({_SECRET_LENGTH_MIN} characters or more): ")
        if getpass("once more: ") != secret:
            raise MisuseError("the two differ: nothing was done")
    else:
        secret = sys.stdin.readline().rstrip("\r\n")
        if not secret:
            told = f"at least {_SECRET_LENGTH_MIN} characters, typed here or as a line of input"
            raise MisuseError(f"{prompt}: {told}")
    if len(secret) < _SECRET_LENGTH_MIN:
        raise MisuseError(f"a secret has at least {_SECRET_LENGTH_MIN} characters")
    return secret


def list_(*, as_json: AsJson = False) -> None:
    """List who may act."""
    from models.queries.installation.officers import officers

    with opened() as installation, installation.database.reading() as session:
        found = officers(session)
    if as_json:
        say_json(found)
    else:
        rows = [(o.handle, " and ".join(sorted(o.roles))) for o in found]
        tell(columns(rows, ("officer", "roles")))
