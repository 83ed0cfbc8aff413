"""`recovery rounds`: each division of a recovery, what was paid of it and what is reserved why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from recovery_flows.cli.options import AsJson, Ref, find, opened
from recovery_flows.cli.output import plain, say_json
from recovery_flows.cli.table import spoken, tell

if TYPE_CHECKING:
    from recovery_flows.restitution.rounds import Round


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("rounds")(rounds)


def rounds(ref: Ref, *, as_json: AsJson = False) -> None:
    """Show the rounds of a return: pool, paid, reserves, counters."""
    from models.queries.cases.case_files import load_file
    from recovery_flows.restitution.rounds import rounds_of

    with opened() as installation:
        recovery_id = find(installation, ref)
        with installation.database.reading() as session:
            found = rounds_of(load_file(session, recovery_id))
    if as_json:
        say_json([{**plain(one), "release": one.release} for one in found])
    elif found:
        tell(line for one in found for line in _lines(one))
    else:
        tell(["no division yet"])


def _lines(one: Round) -> Iterator[str]:
    from recovery_flows.restitution.rounds import REASONS

    yield f"Round {one.number} of {one.asset_id}: {spoken(one.method)}, {spoken(one.state)}"
    yield f"  {'pool':<12}{one.pool!s:>22}"
    yield f"  {'paid':<12}{one.paid!s:>22}"
    for reason, money in one.reserves.items():
        yield f"  {spoken(reason):<12}{money!s:>22}  {REASONS[reason]}"
    yield f"  {one.release}"
