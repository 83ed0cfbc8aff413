"""What commands have in common: options, the opened installation, finding a recovery."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Concatenate, ParamSpec

import typer

from recovery_flows.caller import name_officer
from recovery_flows.cli.table import show_instants_in, tell_what

if TYPE_CHECKING:
    from models.case_file import CaseFile
    from models.entities.officer import Role
    from models.queries.installation.officers import OfficerView
    from recovery_flows.cases.case_officer import CaseOfficer
    from recovery_flows.cli.composition import Installation

P = ParamSpec("P")
_HOURS_MAX = 1_000_000
"""More than a hundred years."""
ActingAs = Annotated[
    str,
    typer.Option(
        "--as", metavar="HANDLE", help="Act as this officer; prompts for the secret.",
        callback=name_officer,
    ),
]  # fmt: skip
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]
ColumnNames = Annotated[
    str,
    typer.Option(
        "--mapping", help="Whose columns: plain, amlsim, hi-small, synthfin or a .toml file."
    ),
]
Ref = Annotated[str, typer.Argument(metavar="REF", help="Reference of a recovery, or its id.")]
SeenVersion = Annotated[
    int | None, typer.Option("--seen-version", help="Refuse if the file has changed since.")
]
Knowing = Annotated[
    bool,
    typer.Option(
        "--allow-duplicate", "--knowing", help="Go on although another recovery has the account."
    ),
]
Now = Annotated[bool, typer.Option("--now", help="Send immediately, without the engine.")]


class PersonRole(StrEnum):
    """What a person can be; the engine's role is not given to people."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"


Roles = Annotated[list[PersonRole] | None, typer.Option("--role", help="Repeat for both roles.")]


def roles_of(given: list[PersonRole] | None) -> frozenset[Role]:
    """The roles named on the command line; officer when none was."""
    from models.entities.officer import Role

    return frozenset(Role(role.value) for role in given or [PersonRole.OFFICER])


@contextmanager
def opened() -> Iterator[Installation]:
    """The installation of the settings, its connections closed at the end."""
    from recovery_flows.cli.composition import answering, open_installation

    installation = open_installation()
    show_instants_in(lambda: installation.time_zone)
    try:
        with answering():
            yield installation
    finally:
        installation.whole.dispose()


def find(installation: Installation, ref: str) -> str:
    """The id of the recovery that `ref` names; NoSuchRecoveryError if there is none."""
    from models.queries.cases.case_files import recovery_id_of

    with installation.database.reading() as session:
        return recovery_id_of(session, ref)


def file_of(ref: str) -> CaseFile:
    """The case file of the recovery that `ref` names; NoSuchRecoveryError if there is none."""
    from models.queries.cases.case_files import load_file, recovery_id_of

    with opened() as installation, installation.database.reading() as session:
        return load_file(session, recovery_id_of(session, ref))


def act(
    ref: str,
    acting_as: str,
    as_json: bool,  # noqa: FBT001 - handed on as it came from the command line
    deed: Callable[Concatenate[CaseOfficer, str, P], str],
    *args: P.args,
    **named: P.kwargs,
) -> None:
    """Do one thing to one recovery as an officer, and tell what was done."""
    with opened() as installation:
        recovery_id = find(installation, ref)
        done = deed(installation.case_officer(acting_as), recovery_id, *args, **named)
    tell_what(done, as_json=as_json)


def viewer_of(installation: Installation, acting_as: str) -> OfficerView | None:
    """Who looks; somebody unknown may look too, and is told the least of other recoveries."""
    from recovery_flows.access.log_in import NobodyActsError

    try:
        return installation.officer(acting_as)
    except NobodyActsError:
        if acting_as:
            raise
        return None


def instant(text: str, option: str) -> datetime:
    """An instant as it is typed, with its offset from UTC."""
    from recovery_flows.errors import MisuseError

    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise MisuseError(
            f"{option} {text!r} is not a date and time such as 2026-03-02T10:15+08:00"
        )
    return at


def hours_from(now: datetime, hours: float) -> datetime:
    """So many hours later, or earlier where they are negative; MisuseError for too many."""
    from recovery_flows.errors import MisuseError

    if not abs(hours) <= _HOURS_MAX:  # nor where it is no number
        raise MisuseError(f"{abs(hours):g} hours are too many: {_HOURS_MAX} at most")
    return now + timedelta(hours=hours)
