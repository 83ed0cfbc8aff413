"""`recovery approve`: a second person approves or denies exact figures."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.first_lines import first_of, more_follow
from recovery_flows.cli.options import ActingAs, AsJson, Knowing, Now, opened
from recovery_flows.cli.output import say_json_list
from recovery_flows.cli.queue.together import STDIN, named_or_read, tell_results
from recovery_flows.cli.table import tell, tell_what

if TYPE_CHECKING:
    from recovery_flows.cases.case_officer import CaseOfficer
    from recovery_flows.cli.composition import Installation


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(approve)


def approve(
    approval_ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[APPROVAL_ID]...",
            help="Without one: list what waits. `-` reads them, one a line.",
        ),
    ] = None,
    *,
    deny: Annotated[bool, typer.Option("--deny", help="Say no; takes --reason.")] = False,
    reason: Annotated[str, typer.Option(help="Why not.")] = "",
    authority: Annotated[
        str, typer.Option(help="Who approved outside of the program: level, number, date.")
    ] = "",
    knowing: Knowing = False,
    now: Now = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Approve or deny. Without an id: list what awaits approval.

    Several are approved each by itself, with a result for each: what was sent first, a renewal, a
    closing. Any other kind is approved alone. A terminal gets the first 200 of the list, a pipe
    and --json all.

    A yes and a no alike are carried out at once: nothing is held back as on the terminal. A no to
    what was sent first takes it back at its bank, which then lets the money go.
    """
    from recovery_flows.errors import MisuseError

    ids = named_or_read(approval_ids or [])
    is_several = len(ids) > 1 or approval_ids == [STDIN]
    if deny != bool(reason):
        raise MisuseError("a denial takes both --deny and --reason")
    if deny and authority:
        raise MisuseError("--authority is of an approval, not of a denial")
    if is_several and (deny or authority or now or knowing):
        raise MisuseError(
            "--deny, --authority, --allow-duplicate and --now are of one APPROVAL_ID, "
            "given by itself"
        )
    with opened() as installation:
        if not approval_ids:
            _list(installation, acting_as, as_json=as_json)
        elif is_several:
            _several(installation, ids, acting_as, as_json=as_json)
        else:
            acting = installation.case_officer(acting_as)
            denial = reason if deny else None
            done = _decided(acting, ids[0], denial, authority, knowing=knowing)
            _tell(installation, ids[0], done, now=now, as_json=as_json)


def _decided(
    acting: CaseOfficer, approval_id: str, denial: str | None, authority: str, *, knowing: bool
) -> str:
    from recovery_flows.access.registers import decide, is_change

    if is_change(approval_id):
        return decide(acting, approval_id, is_yes=denial is None, reason=denial or "")
    if denial is not None:
        return acting.deny(approval_id, denial, knowing=knowing)
    return acting.approve(approval_id, authority, knowing=knowing)


def _several(installation: Installation, ids: list[str], acting_as: str, *, as_json: bool) -> None:
    from recovery_flows.cases.together.acts import approve_each

    results = list(approve_each(installation.case_officer(acting_as), ids))
    tell_results(results, "approved", as_json=as_json)


def _tell(
    installation: Installation, approval_id: str, done: str, *, now: bool, as_json: bool
) -> None:
    from models.queries.cases.approvals import recovery_of_approval
    from recovery_flows.access.registers import is_change
    from recovery_flows.cli.sending import tell_done

    if is_change(approval_id):
        tell_what(done, as_json=as_json)
        return
    with installation.database.reading() as session:
        recovery_id = recovery_of_approval(session, approval_id) or ""
    tell_done(installation, recovery_id, done, now=now, as_json=as_json)


def _list(installation: Installation, acting_as: str, *, as_json: bool) -> None:
    from models.queries.installation.clock import case_now
    from recovery_flows.cases.pages.approvals import EMPTY, in_full
    from recovery_flows.cases.views.pending_approvals import waiting_approvals
    from recovery_flows.cli.options import viewer_of
    from recovery_flows.cli.page_text import section_lines
    from recovery_flows.clock import wall_clock

    viewer = viewer_of(installation, acting_as)
    pending = waiting_approvals(installation.database, installation.laws, viewer)
    if as_json:
        say_json_list(pending)
        return
    listed, is_more = first_of(pending)
    first = next(listed, None)
    if first is None:
        tell([EMPTY])
        return
    with installation.database.reading() as session:
        now = case_now(session, wall_clock())
    for approval in chain((first,), listed):
        tell(section_lines(in_full(approval, now), installation.time_zone))
    if is_more:
        tell([more_follow()])
