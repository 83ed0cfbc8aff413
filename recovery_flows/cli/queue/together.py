"""`recovery accept`, and what commands on several recoveries at once have in common."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from recovery_flows.cases.together.acts import Result

STDIN = "-"
_REFUSED = 3


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(accept)


def accept(
    refs: Annotated[
        list[str], typer.Argument(metavar="REF...", help="Reports; `-` reads them, one a line.")
    ],
    *,
    case_number: Annotated[
        str, typer.Option(help="Of the first; the others count up from its last digits.")
    ],
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Accept reports under case numbers. Each by itself.

    One that is no report any more is left as it is, and so is its number.
    """
    from recovery_flows.cases.together.acts import accept_each, counted_up
    from recovery_flows.errors import MisuseError

    wanted = named_or_read(refs)
    if not counted_up(case_number, len(wanted)):
        raise MisuseError(f"--case-number {case_number!r} must end in digits, to count up from")
    with opened() as installation:
        results = list(accept_each(installation.case_officer(acting_as), wanted, case_number))
    tell_results(results, "accepted", as_json=as_json)


def named_or_read(given: Sequence[str]) -> list[str]:
    """What the command line names, each once; `-` alone reads one a line from standard input."""
    from recovery_flows.errors import MisuseError

    if list(given) != [STDIN]:
        return list(dict.fromkeys(given))
    found = list(dict.fromkeys(line.split()[0] for line in sys.stdin if line.strip()))
    if not found:
        raise MisuseError("standard input names nothing: give one a line")
    return found


def tell_results(results: Sequence[Result], what: str, *, as_json: bool) -> None:
    """A line for each, then how many; exit code 3 where one was refused."""
    refused = sum(bool(one.refused) for one in results)
    if as_json:
        say_json(results)
    else:
        tell(f"✕ {one.named}: {one.refused}" if one.refused else f"✓ {one.done}" for one in results)
        if len(results) > 1:
            tell([f"{len(results) - refused} {what}, {refused} not"])
    if refused:
        raise typer.Exit(_REFUSED)
