"""`recovery`: one command for the unit; every error is one sentence and a documented exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import typer
from typer.main import get_command, get_group

from recovery_flows.caller import name_officer
from recovery_flows.cli.running import run_here
from recovery_flows.collecting import collect_seldom

app = typer.Typer(
    name="recovery",
    help="Gets stolen money back: freezing, tracing, cross-border requests, restitution.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@cache
def _load_commands() -> Callable[..., Any]:
    """Attach the groups, each of which imports what it needs only when it runs; what runs them.

    Once in a process: drawing up the tree of all commands costs as much as many a command.
    """
    from recovery_flows.cli import commands

    commands.attach(app)
    return get_command(app)


def _command_for(words: list[str]) -> Callable[..., Any]:
    """What runs these words: only the group that they name is drawn up, if they name one.

    A service runs whatever its callers name.
    """
    return _load_commands() if words[:1] == ["serve"] else _drawn_up(words[0] if words else "")


@cache
def _drawn_up(word: str) -> Callable[..., Any]:
    """The group or the command of that name, or all of them; once in a process."""
    from recovery_flows.cli import commands

    commands.attach(app)
    only = commands.named(app, word)
    return get_command(app) if only is None else get_group(only)


def main() -> None:
    """Run the command; exits with 0 to 5 as `--help` says, 130 when stopped.

    Where the environment names the service of a unit, it runs there on this terminal.
    """
    from recovery_flows.service.client import is_for_service, run_there, service_socket

    there = service_socket()
    if there is not None and is_for_service(sys.argv[1:]):
        sys.exit(run_there(there, sys.argv[1:]))
    # Whatever a command writes is for this user alone, also what a library writes for it.
    os.umask(0o077)
    # Pydantic would read about every installed package to find plugins, of which there are none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    name_officer("")
    collect_seldom()
    run_here(_command_for(sys.argv[1:]))


if __name__ == "__main__":
    main()
