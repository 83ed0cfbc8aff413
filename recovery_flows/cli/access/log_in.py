"""`recovery officer login`: what an officer sets of his own log-in, and how it is reset."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Annotated

import typer

from recovery_flows.cli.officer import read_secret, tell_asked
from recovery_flows.cli.options import ActingAs, AsJson, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.running import wait_for_reader
from recovery_flows.cli.table import tell

_GROUP = "officer"


def attach(app: typer.Typer) -> None:
    """Add `login` to the group of officers, which is attached before."""
    (officers,) = (one.typer_instance for one in app.registered_groups if one.name == _GROUP)
    if officers is None:
        raise TypeError("the group of officers is none")
    group = typer.Typer(help="Set how an officer logs in to the browser.", no_args_is_help=True)
    group.command("set")(set_)
    group.command("second-factor")(second_factor)
    group.command()(codes)
    group.command()(reset)
    group.command()(show)
    officers.add_typer(group, name="login")


def set_(*, acting_as: ActingAs = "", as_json: AsJson = False) -> None:
    """Set your own password. A known one is asked for first."""
    from recovery_flows.access.own_log_in import set_password, state_of

    with opened() as installation:
        acting = installation.case_officer(acting_as)
        current = ask("current password: ") if state_of(acting).is_set else ""
        done = set_password(acting, read_secret("new password"), current)
    if as_json:
        say_json({"done": done})
    else:
        tell([done])
    wait_for_reader()


def second_factor(*, acting_as: ActingAs = "") -> None:
    """Set your own second factor: one-time passwords of an app."""
    from recovery_flows.access.own_log_in import set_second_factor
    from recovery_flows.access.second_factor import address_of, new_secret
    from recovery_flows.clock import wall_clock

    with opened() as installation:
        acting = installation.case_officer(acting_as)
        current = ask("password: ")
        secret = new_secret()
        handle = acting.officer.handle if acting.officer else ""
        tell([
            "Enter this secret in an app for one-time passwords, by time, of 6 digits:",
            "", f"    {_in_groups(secret)}", "",
            "or this address, which some apps take whole:",
            "", f"    {address_of(secret, handle, installation.settings.screen.unit_name)}", "",
        ])  # fmt: skip
        sys.stdout.flush()
        typed = ask("the one-time password that it shows: ", is_seen=True)
        made = set_second_factor(acting, secret, typed, current, wall_clock())
    tell(["", "The second factor is set.", *_codes_text(made)])
    wait_for_reader()


def codes(*, acting_as: ActingAs = "") -> None:
    """Make new recovery codes for when the second factor is lost."""
    from recovery_flows.access.own_log_in import make_codes

    with opened() as installation:
        made = make_codes(installation.case_officer(acting_as), ask("password: "))
    tell(_codes_text(made))


def reset(
    handle: Annotated[str, typer.Argument(help="Whose log-in counts no more.")],
    *,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Ask for a log-in to be reset. A second person confirms.

    Password, second factor and recovery codes end then; the officer sets new ones himself.
    """
    from models.entities.officer import Role
    from recovery_flows.access.registers import ask_log_in_reset

    with opened() as installation:
        acting = installation.case_officer(acting_as)
        change = ask_log_in_reset(acting, handle)
        asked_by = acting.actor(Role.SUPERVISOR).id
    tell_asked(f"the log-in of {handle} is reset", change, asked_by, as_json=as_json)


def show(*, acting_as: ActingAs = "", as_json: AsJson = False) -> None:
    """Show what is set of your own log-in."""
    from recovery_flows.access.own_log_in import state_of

    with opened() as installation:
        stored = state_of(installation.case_officer(acting_as))
    kept = stored.secrets if stored.is_set else None
    rows = {
        "password": kept is not None,
        "second_factor": bool(kept and kept.second_factor),
        "recovery_codes": len(kept.codes) if kept else 0,
    }
    if as_json:
        say_json(rows)
    else:
        tell([
            f"password        {'set' if rows['password'] else 'not set'}",
            f"second factor   {'set' if rows['second_factor'] else 'not set'}",
            f"recovery codes  {rows['recovery_codes']} left",
        ])  # fmt: skip


def ask(prompt: str, *, is_seen: bool = False) -> str:
    """What a person types, unseen unless `is_seen`; a line of standard input where it is a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return input(prompt) if is_seen else getpass(prompt)


def _codes_text(made: tuple[str, ...]) -> list[str]:
    return [
        "Recovery codes, shown this once. Each takes the place of one one-time password:",
        "", *(f"    {one}" for one in made), "",
        "Keep them on paper, apart from the device that makes the one-time passwords.",
    ]  # fmt: skip


def _in_groups(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
