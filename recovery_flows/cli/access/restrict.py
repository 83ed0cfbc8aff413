"""`recovery restrict`: who sees a recovery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.officer import tell_asked
from recovery_flows.cli.options import ActingAs, AsJson, find, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import instant_text, long_columns, tell

if TYPE_CHECKING:
    from models.entities.register_change import RegisterAct
    from models.queries.installation.restrictions import RestrictionView, Unseen

_Handles = Annotated[
    list[str] | None,
    typer.Option("--member", metavar="HANDLE", help="Who sees it from now on. Repeat it."),
]


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(restrict)


def restrict(
    ref: Annotated[
        str, typer.Argument(metavar="[REF]", help="A recovery; without one: list what you see.")
    ] = "",
    *,
    member: _Handles = None,
    add: Annotated[
        list[str] | None, typer.Option("--add", metavar="HANDLE", help="Let one more see it.")
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="HANDLE", help="Let one less see it.")
    ] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Let everybody see it again.")] = False,
    reason: Annotated[str, typer.Option(help="Why; kept encrypted.")] = "",
    listed: Annotated[bool, typer.Option("--list", help="List what is restricted.")] = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Restrict a recovery to named officers, or change who sees it.

    A supervisor asks, another person confirms with `approve`. Beside its members the case officer
    sees it, who asked and who confirmed. Nobody else finds it in any list, figure or search.
    """
    from recovery_flows.access.restrictions import ask_restriction
    from recovery_flows.errors import MisuseError

    if listed or not ref:
        if ref or member or add or remove or lift:
            raise MisuseError("--list stands alone: it lists every restriction that you see")
        _list(as_json=as_json)
        return
    act, named = _asked(member or [], add or [], remove or [], lift=lift)
    with opened() as installation:
        acting = installation.case_officer(acting_as)
        recovery_id = find(installation, ref)
        change = ask_restriction(acting, recovery_id, act, named, reason)
        asked_by = acting.officer.id if acting.officer else ""
    tell_asked(_told(ref, act, named), change, asked_by, as_json=as_json)


def _asked(
    member: Sequence[str], add: Sequence[str], remove: Sequence[str], *, lift: bool
) -> tuple[RegisterAct, Sequence[str]]:
    """What is asked for; MisuseError unless it is one thing."""
    from models.entities.register_change import RegisterAct
    from recovery_flows.errors import MisuseError

    given = [
        (act, named)
        for act, named in (
            (RegisterAct.RESTRICT, member), (RegisterAct.ADD_MEMBER, add),
            (RegisterAct.REMOVE_MEMBER, remove),
        )
        if named
    ]  # fmt: skip
    if lift:
        given.append((RegisterAct.LIFT_RESTRICTION, ()))
    if len(given) != 1:
        raise MisuseError(
            "name one of --member (who sees it, to restrict it), --add, --remove or --lift"
        )
    return given[0]


def _told(ref: str, act: RegisterAct, named: Sequence[str]) -> str:
    from models.entities.register_change import RegisterAct

    who = ", ".join(named)
    return {
        RegisterAct.RESTRICT: f"{ref} is restricted to {who}",
        RegisterAct.ADD_MEMBER: f"{who} becomes a member of {ref}",
        RegisterAct.REMOVE_MEMBER: f"{who} is no member of {ref} any more",
        RegisterAct.LIFT_RESTRICTION: f"{ref} is seen by everybody again",
    }[act]


def _list(*, as_json: bool) -> None:
    from models.queries.installation.restrictions import restrictions, unseen

    with opened() as installation, installation.database.reading() as session:
        vault = installation.database.vault
        found, others = restrictions(session, vault), unseen(session)
    if as_json:
        say_json({"restrictions": found, "not_seen": others})
    else:
        tell(_lines(found, others))


def _lines(found: Sequence[RestrictionView], others: Unseen) -> Iterator[str]:
    from recovery_flows.cases.pages.restricted import left_out

    rows = (
        (
            one.ref, ", ".join(one.members), one.owner or "-", instant_text(one.since),
            f"{one.asked_by}, {one.confirmed_by}", one.reason,
        )
        for one in found
    )  # fmt: skip
    titles = ("ref", "members", "case officer", "since", "agreed by", "reason")
    if found:
        yield from long_columns(rows, titles)
    elif not others.count:
        yield "No recovery is restricted."
    if others.count:
        yield left_out(others)
