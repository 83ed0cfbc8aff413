"""`recovery authorities`: who is asked in a State, and how."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, opened
from recovery_flows.cli.output import plain, say_json
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from recovery_flows.cross_border.authorities import AuthorityEntry

_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
StateCode = Annotated[str, typer.Option("--state", metavar="CODE", help="Such as DE.")]


def attach(app: typer.Typer) -> None:
    """Add the group of this module; without a subcommand it lists."""
    group = typer.Typer(help="Authorities of States: who is asked, and how.")
    group.callback(invoke_without_command=True)(authorities)
    group.command()(enter)
    app.add_typer(group, name="authorities")


def authorities(
    context: typer.Context,
    *,
    state: StateCode = "",
    channel: Annotated[str, typer.Option(metavar="CODE", help="Such as eu_freeze.")] = "",
    as_json: AsJson = False,
) -> None:
    """List authorities of States: who is asked, and how.

    What comes with the program, and what two people of the unit have entered. A row whose source
    was read more than 180 days ago is marked.
    """
    if context.invoked_subcommand:
        return
    from config.authorities import read_authorities
    from models.queries.installation.authorities import entered_authorities
    from models.queries.installation.clock import case_now
    from recovery_flows.clock import wall_clock
    from recovery_flows.cross_border.authorities import directory, found

    with opened() as installation, installation.database.reading() as session:
        entered = entered_authorities(session)
        today = case_now(session, wall_clock()).date()
    rows = list(found(directory(read_authorities(), entered), state.upper(), channel))
    if as_json:
        say_json([{**plain(row), "stale": row.is_stale(today)} for row in rows])
    else:
        tell([line for row in rows for line in _lines(row, today)] or [_none(state, channel)])


def _lines(row: AuthorityEntry, today: date) -> Iterator[str]:
    yield f"{row.id}  {row.country}  {row.name}" + (f", {row.role}" if row.role else "")
    yield f"  channels {', '.join(row.channels)}; languages {', '.join(row.languages)}"
    for name, text in (
        ("holidays", row.holidays), ("attach", row.attachments), ("address", row.address),
    ):  # fmt: skip
        if text:
            yield f"  {name}: {text}"
    old = "  ! read more than 180 days ago: check it" if row.is_stale(today) else ""
    whose = "entered by two people" if row.entered else "comes with the program"
    yield f"  source: {row.source}, read {row.checked_on}; {whose}{old}"


def _none(state: str, channel: str) -> str:
    asked = " ".join(part for part in (state.upper(), channel) if part)
    return f"no authority {asked} is in the directory: a supervisor enters one"


def enter(
    authority: Annotated[str, typer.Argument(metavar="ID", help="Such as de-bfj.")],
    *,
    state: StateCode,
    name: Annotated[str, typer.Option(help="Its name.")],
    channel: Annotated[list[str], typer.Option(metavar="CODE", help="It accepts; repeat.")],
    language: Annotated[list[str], typer.Option(metavar="CODE", help="Such as de; repeat.")],
    source: Annotated[str, typer.Option(help="Where it says so, with its article.")],
    checked_on: Annotated[str, typer.Option(metavar="DAY", help="When it was read.")],
    role: Annotated[str, typer.Option(help="Such as central authority.")] = "",
    holidays: Annotated[str, typer.Option(help="Days on which it does not work.")] = "",
    attach: Annotated[str, typer.Option(help="What a request brings with it.")] = "",
    address: Annotated[str, typer.Option(help="Where letters go.")] = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Enter or change an authority. A second person confirms."""
    from models.queries.installation.clock import case_now
    from recovery_flows.access.registers import ask_authority
    from recovery_flows.cli.case.channels import border_channels, state_groups
    from recovery_flows.cli.officer import tell_asked
    from recovery_flows.clock import wall_clock
    from recovery_flows.cross_border.authorities import check_entry
    from recovery_flows.errors import MisuseError

    if not _ID.fullmatch(authority):
        raise MisuseError("an id is small letters, digits and dashes, such as de-bfj")
    values = {
        "country": state.upper(), "name": name.strip(), "role": role.strip(),
        "channels": ",".join(channel), "languages": ",".join(language),
        "holidays": holidays.strip(), "attachments": attach.strip(), "address": address.strip(),
        "source": source.strip(), "checked_on": checked_on.strip(),
    }  # fmt: skip
    groups = state_groups()
    with opened() as installation:
        with installation.database.reading() as session:
            today = case_now(session, wall_clock()).date()
        members = groups["iso_3166"].members
        check_entry(values, members, tuple(border_channels(groups)), today)
        acting = installation.case_officer(acting_as)
        change = ask_authority(acting, authority, values)
        asked_by = acting.officer.id if acting.officer else ""
    tell_asked(f"{authority} in the directory", change, asked_by, as_json=as_json)
