"""`recovery doctor`: checks everything that a working day needs, and says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from recovery_flows.cli.options import AsJson
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import columns, tell
from recovery_flows.wording import counted

if TYPE_CHECKING:
    from pathlib import Path

    from config.settings import Settings
    from models.queries.cases.work import PartnerLine
    from recovery_flows.cli.composition import Installation
    from recovery_flows.engine.context import Engine

_UNAVAILABLE_EXIT_CODE = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `todo` is empty where it is well."""

    what: str
    says: str
    todo: str = ""


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(doctor)


def doctor(*, as_json: AsJson = False) -> None:
    """Check settings, keys, database, engine, partners."""
    findings = list(_findings())
    if as_json:
        say_json(findings)
    else:
        rows = [("problem" if f.todo else "ok", f.what, f.says) for f in findings]
        for line, finding in zip(columns(rows), findings, strict=True):
            tell([line, *([f"         do: {finding.todo}"] if finding.todo else [])])
    if any(finding.todo for finding in findings):
        raise typer.Exit(_UNAVAILABLE_EXIT_CODE)


def _findings() -> Iterator[Finding]:
    """Each depends on the ones before: the first that fails ends the look."""
    from config.settings import config_file, load_settings
    from models.engine import DatabaseMissingError
    from models.sealing.vault import KEY_FILE, Vault, VaultError
    from recovery_flows.cli.composition import DatabaseAwayError, SchemaError, open_installation

    settings = load_settings()
    file = config_file()
    origin = f"the environment over {file}" if file.exists() else f"the environment; no {file}"
    yield Finding("settings", origin)
    yield from _folders(settings)
    yield from _prefect(settings)
    try:
        Vault.load(settings.key_dir)
        yield Finding("key file", f"{settings.key_dir / KEY_FILE}, readable by you alone")
        installation = open_installation()
    except VaultError as error:
        yield Finding("key file", str(error), "recovery init, or restore it from your copy")
        return
    except (DatabaseMissingError, SchemaError) as error:
        yield Finding("database", str(error), "recovery init")
        return
    except DatabaseAwayError as error:
        yield Finding("database", str(error), "start it, or look at RECOVERY_DATABASE_URL")
        return
    yield Finding("database", f"{settings.database_place}, of this version")
    yield _heads(installation)
    yield _identity(installation)
    yield from _clock(installation)
    yield from _engine(installation)
    yield from _partners(installation)
    installation.database.dispose()


def open_to_others(folder: Path) -> str:
    """What is wrong with a folder that other users of the machine can look into; else empty."""
    if folder.exists() and folder.stat().st_mode & 0o077:
        return f"the folder {folder} is open to other users: run chmod 700 {folder}"
    return ""


def _folders(settings: Settings) -> Iterator[Finding]:
    """Folders and files that other users of the machine can read."""
    from recovery_flows.cli.fault_report import forget_old

    for what, folder in (("data folder", settings.data_dir), ("key folder", settings.key_dir)):
        why = open_to_others(folder)
        said, _, todo = why.partition(": run ")
        yield Finding(what, said or f"{folder}, for you alone", todo)
    loose = sorted(
        path.name
        for path in settings.data_dir.glob("*")
        if path.is_file() and path.stat().st_mode & 0o077
    )
    if loose:
        todo = f"chmod -R go-rwx {settings.data_dir}"
        yield Finding("files", f"{loose[0]} can be read by other users", todo)
    forget_old(settings.data_dir)


def _prefect(settings: Settings) -> Iterator[Finding]:
    """A named Prefect API that lets everybody in."""
    if settings.prefect.asks_nobody():
        says = f"{settings.prefect.api_url} is used without a credential: whoever reaches it"
        todo = "have it ask for one, and set prefect.auth or prefect.api_key"
        yield Finding("Prefect", f"{says} can stop the flows", todo)


def _heads(installation: Installation) -> Finding:
    database = installation.database
    heads, bad = database.heads.read(database.vault)
    if bad:
        return Finding("signed heads", bad[0], "recovery audit verify")
    if not heads:
        todo = "restore the file from your copy, then recovery audit verify"
        return Finding("signed heads", f"{database.heads.path} is missing", todo)
    return Finding("signed heads", counted(len(heads), "line"))


def _identity(installation: Installation) -> Finding:
    officer = installation.officer()
    if officer is None:
        todo = "recovery officer add HANDLE --os-user YOU, by an officer, or act with --as"
        return Finding("identity", "this system user is bound to no officer", todo)
    return Finding("identity", f"{officer.handle}, {' and '.join(sorted(officer.roles))}")


def _clock(installation: Installation) -> Iterator[Finding]:
    """The clocks of this machine and of the database's server, where they are too far apart."""
    from recovery_flows.clock import wall_clock
    from recovery_flows.engine.clocks import ClocksApartError, check_clock

    try:
        check_clock(installation.database, wall_clock())
    except ClocksApartError as error:
        said, _, todo = str(error).partition("; ")
        yield Finding("clock", said, todo)


def _engine(installation: Installation) -> Iterator[Finding]:
    from models.queries.installation.clock import engine_view
    from recovery_flows.cli.table import instant_text
    from recovery_flows.clock import wall_clock

    with installation.database.reading() as session:
        engine = engine_view(session, wall_clock())
    seen = "" if engine.beat_at is None else f", last seen {instant_text(engine.beat_at)}"
    says = f"{engine.state}{': ' if engine.message else ''}{engine.message}{seen}"
    yield Finding("engine", says, "" if engine.alive else "recovery engine")
    for machine in engine.silent:
        says = f"the one on {machine} gives no sign of life any more"
        yield Finding("engine", says, f"recovery engine, on {machine}")


def _partners(installation: Installation) -> list[Finding]:
    import asyncio

    from models.queries.cases.work import partners

    with installation.database.reading() as session:
        found = partners(session, installation.database.vault)
    if not found:
        return [Finding("partners", "none is registered", "recovery partner add")]
    return asyncio.run(_ask_all(installation, found))


async def _ask_all(installation: Installation, found: list[PartnerLine]) -> list[Finding]:
    import asyncio

    from recovery_flows.cli.sending import hands

    engine = hands(installation)
    try:
        return list(await asyncio.gather(*(_ask(engine, partner) for partner in found)))
    finally:
        await engine.close()


async def _ask(engine: Engine, partner: PartnerLine) -> Finding:
    """Ask a partner who it is; what it says must be what it is registered as."""
    import asyncio

    from models.entities.partner import PartnerChannel
    from models.ids import PartnerId
    from recovery_flows.errors import RecoveryFlowsError
    from recovery_flows.partners.rbp1 import wire

    what = f"partner {partner.id}"
    if partner.channel is PartnerChannel.LETTER:
        return Finding(what, f"{partner.name} is reached by letter: there is nothing to ask")
    try:
        async with asyncio.timeout(engine.pace.timeout_seconds):
            answer = await (await engine.bank(partner.id)).capabilities()
        told = wire.parse_capabilities(answer.body, PartnerId(partner.id))
    except TimeoutError:
        return Finding(what, "it did not answer in time", "look at its address and the network")
    except RecoveryFlowsError as error:
        return Finding(
            what, str(error), f"look at the network, or recovery partner add {partner.id}"
        )
    ours = (partner.id, partner.regime, partner.currency)
    theirs = (str(told.bank_id), told.jurisdiction, told.currency)
    if ours != theirs:
        says = f"registered as {' '.join(ours)}, says of itself {' '.join(theirs)}"
        return Finding(what, says, f"recovery partner add {partner.id} with what is right")
    return Finding(what, f"{partner.name} answers at {partner.base_url}")
