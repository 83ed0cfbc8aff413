"""All groups of commands, attached to one app, and what runs the words of a command line."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any

import typer
from typer.main import get_command, get_command_name, get_group

from recovery_flows.cli import doctor, officer, process_map, processes, serve, setup, verify
from recovery_flows.cli.abroad import xborder
from recovery_flows.cli.access import log_in, restrict, web
from recovery_flows.cli.case import (
    actions,
    approve,
    assign,
    authorities,
    channels,
    deadlines,
    discrepancy,
    document,
    group_figures,
    hold,
    incoming,
    letter,
    multi_agency,
    privacy,
    reveal,
    show,
    stop,
    tracing_rule,
)
from recovery_flows.cli.intake import command as intake
from recovery_flows.cli.partner import command as partner
from recovery_flows.cli.queue import changes, together
from recovery_flows.cli.restitution import (
    allocate,
    claim,
    clawback,
    court_list,
    objection,
    recall,
    rounds,
    third_party,
    unclaimed,
    victim,
    voluntary,
)
from recovery_flows.cli.trace import command as trace

EXIT_CODES = (
    "Exit codes: 0 done, 1 unexpected, 2 misuse, 3 refused, 4 not available, 5 disagreement. "
    "The data folder is RECOVERY_DATA_DIR."
)

app = typer.Typer(
    name="recovery",
    help="Gets stolen money back: freezing, tracing, cross-border requests, restitution.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def command_for(words: list[str]) -> Callable[..., Any]:
    """What runs these words: only the group that they name is drawn up, if they name one.

    A service runs whatever its callers name.
    """
    return whole_command() if words[:1] == ["serve"] else _drawn_up(words[0] if words else "")


@cache
def _drawn_up(word: str) -> Callable[..., Any]:
    """The group or the command of that name, or all of them; once in a process."""
    attach(app)
    only = named(app, word)
    return get_command(app) if only is None else get_group(only)


@cache
def whole_command() -> Callable[..., Any]:
    """What runs any command, each of which imports what it needs only when it runs.

    Once in a process: drawing up the tree of all commands costs as much as many a command.
    """
    attach(app)
    return get_command(app)


def attach(app: typer.Typer) -> None:
    """Attach every group, in the order in which a unit needs them; once is enough."""
    if app.registered_groups:
        return
    # Plain text: it is read in pipes and logs too, and drawing boxes costs a tenth of a second.
    app.rich_markup_mode = None
    app.info.epilog = EXIT_CODES
    for group in (
        setup,
        doctor,
        officer,
        log_in,
        partner,
        intake,
        show,
        changes,
        reveal,
        restrict,
        privacy,
        process_map,
        deadlines,
        group_figures,
        trace,
        allocate,
        stop,
        actions,
        together,
        assign,
        discrepancy,
        hold,
        channels,
        authorities,
        xborder,
        incoming,
        multi_agency,
        letter,
        document,
        tracing_rule,
        claim,
        objection,
        voluntary,
        unclaimed,
        clawback,
        court_list,
        third_party,
        recall,
        rounds,
        victim,
        approve,
        processes,
        serve,
        web,
        verify,
    ):
        group.attach(app)


def named(app: typer.Typer, word: str) -> typer.Typer | None:
    """The same app with nothing but the group or command of that name; None if there is none.

    Drawing up all 150 commands takes a tenth of what a short command costs.
    """
    groups = [group for group in app.registered_groups if group.name == word]
    commands = [
        command
        for command in app.registered_commands
        if command.callback
        and (command.name or get_command_name(command.callback.__name__)) == word
    ]
    if not groups and not commands:
        return None
    only = copy(app)
    only.registered_groups, only.registered_commands = groups, commands
    return only
