"""`recovery init`: keys, database, the first two persons; an older database is upgraded."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import AsJson
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from config.settings import Settings
    from recovery_flows.cli.composition import FirstOfficer


class Standing(StrEnum):
    """What `init` found."""

    NEW = "made"
    OLDER = "brought up to date"
    THERE = "there already"


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(init)


def init(
    *,
    officer: Annotated[
        str, typer.Option(metavar="HANDLE", help="The first officer; default: your user name.")
    ] = "",
    officer_os_user: Annotated[
        str, typer.Option(metavar="USER", help="The first officer's user; default: yourself.")
    ] = "",
    supervisor: Annotated[
        str, typer.Option(metavar="HANDLE", help="The second person, who types a secret.")
    ] = "",
    supervisor_os_user: Annotated[
        str, typer.Option(metavar="USER", help="Bind the supervisor to this user, not a secret.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Make keys and database, with you and a supervisor.

    From then on these two appoint officers and register partners, neither of them alone.
    """
    from config.settings import load_settings
    from models.queries.installation.officers import officers
    from recovery_flows.cli.composition import make_installation

    settings = load_settings()
    standing = _standing(settings)
    first: tuple[FirstOfficer, ...] = ()
    if standing is Standing.NEW:
        first = _first_two(officer, officer_os_user, supervisor, supervisor_os_user)
    installation = make_installation(settings, first)
    with installation.database.reading() as session:
        known = officers(session)
    installation.database.dispose()
    if as_json:
        say_json(
            {
                "standing": standing,
                "data_dir": str(settings.data_dir),
                "key_dir": str(settings.key_dir),
                "officers": known,
            }
        )
        return
    tell(_sentences(settings, standing, tuple(o.handle for o in first)))


def _first_two(
    officer: str, officer_os_user: str, supervisor: str, supervisor_os_user: str
) -> tuple[FirstOfficer, ...]:
    """The officer, this system user or the one named, and the supervisor, who is another."""
    from models.entities.officer import Role
    from recovery_flows.caller import system_user
    from recovery_flows.cli.composition import FirstOfficer
    from recovery_flows.cli.officer import fit_handle, read_secret
    from recovery_flows.errors import MisuseError

    user = officer_os_user or system_user()
    mine = fit_handle(officer or user)
    if not supervisor:
        raise MisuseError("name the second person too: --supervisor HANDLE")
    theirs = fit_handle(supervisor)
    if theirs == mine or supervisor_os_user == user:
        raise MisuseError("the supervisor is another person than the first officer")
    secret = "" if supervisor_os_user else read_secret(f"secret of {theirs}")
    return (
        FirstOfficer(mine, frozenset({Role.OFFICER}), os_user=user),
        FirstOfficer(theirs, frozenset({Role.SUPERVISOR}), supervisor_os_user, secret),
    )


def _standing(settings: Settings) -> Standing:
    """What is there; MisuseError where a database lost its key: a new one would open nothing."""
    from models.engine import make_engine, missing
    from models.schema import has_schema, is_known, schema_is_current
    from models.sealing.signed_heads import HeadFile
    from models.sealing.vault import KEY_FILE
    from recovery_flows.cli.composition import SchemaError, answering
    from recovery_flows.cli.doctor import open_to_others
    from recovery_flows.errors import MisuseError

    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in (settings.data_dir, settings.key_dir):
        if why := open_to_others(folder):
            raise MisuseError(why)
    engine = make_engine(settings.database_url.get_secret_value())
    with answering():
        is_there, is_current = has_schema(engine), schema_is_current(engine)
        if is_there and not is_current and not is_known(engine):
            raise SchemaError(
                "the case database is of a newer version of the program than this, or its version "
                "mark was changed by hand"
            )
    engine.dispose()
    key = settings.key_dir / KEY_FILE
    if is_there and not key.exists():
        raise MisuseError(
            f"the case database is there and its key file {key} is not: restore it from a copy, "
            "as a new key would open nothing that is sealed"
        )
    if not is_there:
        heads = HeadFile(settings.key_dir)
        if heads.is_begun():
            raise missing("the case database holds nothing", heads)
        return Standing.NEW
    return Standing.THERE if is_current else Standing.OLDER


def _sentences(settings: Settings, standing: Standing, first: tuple[str, ...]) -> list[str]:
    place = f"data in {settings.data_dir}, keys in {settings.key_dir}"
    if standing is Standing.THERE:
        return [f"there already, nothing was changed: {place}"]
    if standing is Standing.OLDER:
        return [f"the database was brought up to date: {place}"]
    officer, supervisor = first
    return [
        f"made: {place}",
        f"{officer} is the first officer, {supervisor} the supervisor",
        "a supervisor asks for officers and partners, and another person confirms them",
        "keep a copy of the key folder apart from the data: without it nothing sealed opens",
    ]
