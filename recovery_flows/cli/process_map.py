"""`recovery process map`: where recoveries are handed to somebody else, and how long they wait."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import AsJson, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from datetime import timedelta

    from recovery_flows.reports.process_map import ProcessMap


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Hand-overs and how long they wait.", no_args_is_help=True)
    group.callback()(_group)
    group.command("map")(map_)
    app.add_typer(group, name="process")


def _group() -> None:
    """Hand-overs and how long they wait."""


def map_(
    ref: Annotated[str, typer.Argument(metavar="[REF]", help="All recoveries otherwise.")] = "",
    *,
    without: Annotated[
        list[str] | None, typer.Option(metavar="LINK", help="What if it were not; repeat.")
    ] = None,
    template: Annotated[
        str, typer.Option(metavar="CODE", help="What if its requests went side by side.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show each kind of hand-over: how often, how long.

    Read from the signed history. What waits at the same time counts once; `spares` is what all
    would wait less without that kind. --without thinks a kind away;
    --template lets the hand-overs of its requests begin together, by one act.
    """
    from models.queries.audit.process_events import events_between
    from recovery_flows.cli.border import template_of
    from recovery_flows.errors import MisuseError
    from recovery_flows.reports.process_map import (
        CODES,
        LINKS,
        Happened,
        hand_overs,
        process_map,
        side_by_side,
    )

    left_out = tuple(without or ())
    for code in left_out:
        if code not in CODES:
            raise MisuseError(f"--without {code!r}: there are {', '.join(CODES)}")
    nouns = {link.noun for link in LINKS}
    names = frozenset[str]().union(*(link.gives | link.takes for link in LINKS))
    with opened() as installation:
        recovery_id = find(installation, ref) if ref else ""
        with installation.database.reading() as session:
            lines = events_between(session, nouns, names, recovery_id)
            found = hand_overs(Happened(*line) for line in lines)
    now, others = process_map(found), {}
    if left_out:
        others["without"] = f"without {', '.join(left_out)}", process_map(found, left_out)
    if template:
        together = side_by_side(found, template_of(template).together)
        others["template"] = f"by the template {template}", process_map(together, left_out)
    if as_json:
        say_json({"map": _figures(now), **{k: _figures(of) for k, (_, of) in others.items()}})
        return
    tell([*_lines(now), *(line for told, of in others.values() for line in _instead(told, of))])


def _figures(of: ProcessMap) -> dict[str, object]:
    return {
        "recoveries": of.recoveries, "hand_overs": of.count,
        "hours_one_after_another": _hours(of.one_after_another),
        "hours_side_by_side": _hours(of.side_by_side),
        "links": [
            {
                "link": one.link.code, "name": one.link.name, "count": one.count,
                "hours": _hours(one.waited), "median_hours": _hours(one.median),
                "spares_hours": _hours(one.alone),
            }
            for one in of.links
        ],
    }  # fmt: skip


def _lines(of: ProcessMap) -> Iterator[str]:
    yield f"{of.count} hand-overs in {of.recoveries} recoveries; {_total(of)}"
    if of.links:
        yield ""
        yield f"{'link':<9}{'count':>7}{'hours':>10}{'median':>9}{'spares':>9}  from whom to whom"
    for one in of.links:
        figures = (_hours(one.waited), _hours(one.median), _hours(one.alone))
        hours = "".join(f"{text:>{w}}" for text, w in zip(figures, (10, 9, 9), strict=True))
        yield f"{one.link.code:<9}{one.count:>7}{hours}  {one.link.name}"


def _instead(told: str, of: ProcessMap) -> Iterator[str]:
    yield ""
    yield f"{told}: {of.count} hand-overs; {_total(of)}"


def _total(of: ProcessMap) -> str:
    one, side = _hours(of.one_after_another), _hours(of.side_by_side)
    return f"{one} h one after another, {side} h as they ran side by side"


def _hours(length: timedelta) -> str:
    """Hours with one decimal, rounded down."""
    tenths = int(length.total_seconds()) // 360
    return f"{tenths // 10:,}.{tenths % 10}"
