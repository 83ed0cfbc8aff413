"""`recovery group`: what some recoveries together say of a group of offenders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import AsJson, find, opened
from recovery_flows.cli.output import plain, say_json
from recovery_flows.cli.table import columns, tell
from recovery_flows.wording import counted

if TYPE_CHECKING:
    from recovery_flows.reports.group_figures import GroupFigures, HopCost

Refs = Annotated[list[str], typer.Argument(metavar="REF...", help="The group's recoveries.")]


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("group")(group)


def group(refs: Refs, *, as_json: AsJson = False) -> None:
    """Show what a group took, what is secured, returned, kept."""
    from models.queries.cases.case_files import load_files
    from recovery_flows.reports.group_figures import group_figures

    with opened() as installation:
        ids = [find(installation, ref) for ref in refs]
        with installation.database.reading() as session:
            found = group_figures(load_files(session, ids))
    if as_json:
        say_json([_plain(one) for one in found])
    else:
        tell(line for one in found for line in _lines(one))


def _plain(one: GroupFigures) -> dict[str, object]:
    hops = [{**plain(hop), "cost": _percent(hop)} for hop in one.hops]
    return {**plain(one), "secured": plain(one.secured), "hops": hops}


def _percent(hop: HopCost) -> str:
    from recovery_flows.restitution.explanation import percent

    return "n/a" if hop.cost is None else percent(hop.cost)


def _lines(one: GroupFigures) -> Iterator[str]:
    whole = counted(len(one.recoveries), "recovery", "recoveries")
    yield f"{whole}, {counted(one.claims, 'claim')}: {', '.join(one.recoveries)}"
    yield from columns(
        [
            ("taken", str(one.taken), "upheld losses"),
            ("held", str(one.held), "by banks and by the unit, now"),
            ("returned", str(one.returned), "to victims, by every way"),
            ("treasury", str(one.treasury), "nobody has claimed it"),
            ("others", str(one.others), "by a court's order, or to bona fide third parties"),
            ("kept", str(one.kept), "at most: dissipated, traced but not frozen, untraced"),
        ],
        right=(1,),
    )
    yield f"taken = held + returned + treasury + others + kept; secured {one.secured}"
    rows = [
        (
            str(h.hop), str(h.accounts), str(h.reached), str(h.fees), _percent(h), str(h.left),
            str(h.stayed),
        )
        for h in one.hops
    ]  # fmt: skip
    if rows:
        head = ("hop", "accounts", "reached", "fees", "cost", "left otherwise", "lies there")
        yield from columns(rows, head, right=range(7))
