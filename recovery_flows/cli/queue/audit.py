"""`recovery audit list`: who did what, when, to which recovery."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.first_lines import first_of, more_follow
from recovery_flows.cli.options import ActingAs, AsJson, opened, viewer_of
from recovery_flows.cli.output import say_json_lines
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from models.queries.looks.trail import TrailLine


def audit_list(
    *,
    actor: Annotated[str, typer.Option(metavar="OFFICER", help="Whose acts.")] = "",
    kind: Annotated[str, typer.Option(help="Such as hold, approved or hold.approved.")] = "",
    recovery: Annotated[str, typer.Option(metavar="REF", help="Of one recovery.")] = "",
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="A day, today, or a time back such as 8h.")
    ] = "",
    until: Annotated[str, typer.Option(metavar="WHEN", help="Up to then, the day included.")] = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """List who did what, when, to which recovery.

    The newest first; instants are of the unit's zone, with --json of UTC. A terminal gets the first
    200, a pipe and --json all. Looks at personal data, and files of it, are events too.
    """
    from models.queries.installation.clock import case_now
    from recovery_flows.cases.trail.reading import look_of, whole_trail
    from recovery_flows.clock import wall_clock

    asked = {"officer": actor, "kind": kind, "recovery": recovery, "since": since, "until": until}
    with opened() as installation, installation.database.reading() as session:
        officer = viewer_of(installation, acting_as)
        now, zone = case_now(session, wall_clock()), installation.time_zone
        look = look_of(session, _filter_of(asked), now, zone)
        lines = whole_trail(session, look, officer)
        if as_json:
            say_json_lines(_Trail(now), "events", lines)
        else:
            tell(_table(lines, zone, is_filtered=any(asked.values())))


def _filter_of(asked: dict[str, str]) -> str:
    """The options as the screen's filter; MisuseError where one is not finished or has blanks."""
    from recovery_flows.errors import MisuseError

    for name, value in asked.items():
        if value.split() != [value] and value:
            raise MisuseError(f"{name}: {value!r} has blanks; write it without")
    return " ".join(f"{name}:{value}" for name, value in asked.items() if value)


def _table(lines: Iterable[TrailLine], zone: str, *, is_filtered: bool) -> Iterator[str]:
    from recovery_flows.cases.trail.written import COLUMNS, row
    from recovery_flows.cli.page_text import long_table

    first, is_more = first_of(lines)
    one = next(first, None)
    if one is None:
        yield "No event matches." if is_filtered else "No event yet."
        return
    yield from long_table(COLUMNS, map(row, chain([one], first)), zone)
    yield more_follow() if is_more else f"times are of {zone}"


@dataclass(frozen=True, slots=True)
class _Trail:
    """The JSON of the list: case time, then the events."""

    now: datetime
    events: tuple[TrailLine, ...] = ()
