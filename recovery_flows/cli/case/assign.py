"""`recovery assign`: who is in charge of which recoveries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, AsJson, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell
from recovery_flows.wording import counted

if TYPE_CHECKING:
    from recovery_flows.cases.case_officer import CaseOfficer

_REFUSED = 3
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Assigned:
    """What became of one recovery: who had it before, or why nothing was changed."""

    ref: str
    before: str = ""
    refused: str = ""


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(assign)


def assign(
    refs: Annotated[
        list[str] | None, typer.Argument(metavar="[REF]...", help="Open recoveries.")
    ] = None,
    *,
    to: Annotated[str, typer.Option(metavar="HANDLE", help="The officer in charge from now on.")],
    whole: Annotated[
        str, typer.Option("--all-of", metavar="HANDLE", help="All that this officer has.")
    ] = "",
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Put an officer in charge of recoveries. Each by itself.

    A supervisor assigns any; an officer hands over what is his and takes what nobody has.
    """
    from recovery_flows.cases.case_officer import officer_of
    from recovery_flows.errors import MisuseError

    if bool(refs) == bool(whole):
        raise MisuseError("name recoveries, or all of one officer: --all-of HANDLE")
    with opened() as installation:
        acting = installation.case_officer(acting_as)
        with installation.database.reading() as session:
            officer_of(session, to)
        wanted = list(_all_of(acting, whole)) if whole else list(refs or ())
        results = [_assigned(acting, ref, to) for ref in wanted]
    if as_json:
        say_json(results)
    else:
        tell([
            f"{one.ref}: {one.refused}" if one.refused
            else f"{one.ref}: {to} is in charge (before: {one.before or 'nobody'})"
            for one in results
        ] or [f"{whole} is in charge of no open recovery"])  # fmt: skip
        refused = sum(bool(one.refused) for one in results)
        if len(results) > 1:
            done = counted(len(results) - refused, "recovery", "recoveries")
            tell([f"{done} assigned, {refused} not"])
    if any(one.refused for one in results):
        raise typer.Exit(_REFUSED)


def _assigned(acting: CaseOfficer, ref: str, to: str) -> Assigned:
    from models.queries.cases.case_files import NoSuchRecoveryError, recovery_id_of
    from recovery_flows.errors import RecoveryFlowsError

    try:
        with acting.database.reading() as session:
            recovery_id = recovery_id_of(session, ref)
        return Assigned(ref, before=acting.assign(recovery_id, to))
    except NoSuchRecoveryError as error:
        return Assigned(ref, refused=str(error.args[0]))
    except RecoveryFlowsError as error:
        return Assigned(ref, refused=str(error))


def _all_of(acting: CaseOfficer, handle: str) -> Iterator[str]:
    """The references of all open recoveries that an officer is in charge of, page by page."""
    from models.queries.installation.officers import in_charge

    after = ""
    while True:
        with acting.database.reading() as session:
            page = in_charge(session, handle, after, _PAGE)
        if not page:
            return
        yield from page
        after = page[-1]
