"""The demo's own folder: its world, its identities, what it remembers between runs."""

from __future__ import annotations

import csv
import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from config.settings import Settings, default_data_dir, load_settings
from models.engine import make_engine, open_database
from models.entities.catalogue import table_of
from models.entities.event import Event
from models.entities.installation import InstallationKind
from models.entities.officer import Role
from models.queries.installation.demo_mark import is_demo
from models.schema import has_schema
from models.sealing.signed_heads import HeadFile
from models.sealing.vault import VaultError
from models.store.installation import has_no_seals
from recovery_flows.cli.composition import (
    DEMO_IDENTITIES,
    FirstOfficer,
    Installation,
    make_installation,
    open_installation,
)
from recovery_flows.cli.sandbox_process import BOOK
from recovery_flows.errors import MisuseError
from recovery_flows.sandbox.worlds.amlsim import amlsim_world
from recovery_flows.sandbox.worlds.synthetic import synthetic_world
from recovery_flows.sandbox.worlds.world import (
    World,
    WorldObjection,
    WorldRecall,
    install,
    write_reports,
)

_EVENTS = table_of(Event)
PLAN, REPORTS = "demo-plan.json", "demo-reports.csv"
OFFICER, SUPERVISOR, SENDER = "lin", "chen", "wu"
"""Who drafts, who approves, and who sends what those two have drafted and approved."""
HOME = "CN"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the demo plays: where it begins, how coarse its desk hours are, what it tells."""

    world: str
    starts_at: str
    desk_hours_seconds: int
    every_event: bool
    notes: tuple[str, ...]
    objections: tuple[WorldObjection, ...] = ()
    recalls: tuple[WorldRecall, ...] = ()
    gives_back: str = ""
    goes_abroad: str = ""
    sold_for: str = ""
    court_gives: str = ""

    def begins(self) -> datetime:
        """When the story begins, in case time."""
        return datetime.fromisoformat(self.starts_at)


def default_folder() -> Path:
    """Beside the user's data, never in it."""
    data = Path(os.environ.get("RECOVERY_DATA_DIR") or default_data_dir())
    return data if (data / PLAN).exists() else data.with_name(f"{data.name}-demo")


def open_folder(folder: Path, data: Path | None, limit: int | None, *, fresh: bool) -> Installation:
    """The demo's installation: gone on with where it stopped, or made (anew with `fresh`)."""
    folder = folder.absolute()
    keys = load_settings(folder).key_dir
    if fresh:
        _remove(folder, keys)
    if (folder / PLAN).exists():
        return _gone_on_with(folder)
    if _is_demo(folder):
        # Without its plan it was killed while it was made: nothing has happened in it yet.
        _remove(folder, keys)
    if folder.exists() and any(folder.iterdir()):
        raise MisuseError(f"{folder} holds something that is not a demo: name another with --dir")
    _refuse_one_in_use(folder)
    return _make(folder, _world(data, limit), data)


def _refuse_one_in_use(folder: Path) -> None:
    """A demo begins in an empty database and with keys of its own, also on a server."""
    settings = load_settings(folder)
    if _is_in_use(settings):
        raise MisuseError(
            f"the case database {settings.database_place} is in use: name an empty one in "
            "RECOVERY_DATABASE_URL"
        )
    if (heads := HeadFile(settings.key_dir)).is_begun():
        raise MisuseError(f"{heads.path} is another unit's: name another folder with --dir")


def _is_in_use(settings: Settings) -> bool:
    """Whether the case database holds anything; a file that is not there is not made."""
    engine = make_engine(settings.database_url.get_secret_value())
    is_file = engine.dialect.name == "sqlite"
    try:
        if is_file and not Path(settings.database_place).exists():
            return False
        return has_schema(engine)
    finally:
        engine.dispose()


def _gone_on_with(folder: Path) -> Installation:
    """A demo that was played before; a plan that lies in a unit's folder makes no demo of it."""
    opened = open_installation(folder)
    if not opened.is_demo:
        opened.database.dispose()
        raise MisuseError(f"{folder} is a unit's, not a demo: name another with --dir")
    return opened


def _remove(folder: Path, keys: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not _is_demo(folder):
        raise MisuseError(f"{folder} is not a demo folder: --fresh does not touch it")
    settings = load_settings(folder)
    if not Path(settings.database_place).is_relative_to(settings.data_dir) and _is_in_use(settings):
        # Its keys would be gone, and what they open would stay.
        raise MisuseError(
            f"the demo's database {settings.database_place} does not go with its folder: name an "
            "empty one in RECOVERY_DATABASE_URL, and another folder with --dir"
        )
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(keys, ignore_errors=True)


def _is_demo(folder: Path) -> bool:
    """Whether it may be removed: its history was made for a demo, or nothing was begun in it.

    A file alone says nothing: anybody can put one into a unit's folder.
    """
    settings = load_settings(folder)
    if not (folder / DEMO_IDENTITIES).exists():
        return False
    # Whatever the database says: where heads were signed, somebody has worked.
    heads = HeadFile(settings.key_dir).path
    has_history = heads.exists() and heads.stat().st_size > 0
    engine = make_engine(settings.database_url.get_secret_value())
    try:
        if not has_schema(engine) or has_no_seals(engine):
            return not has_schema(engine) and not has_history
        database = open_database(settings.database_url.get_secret_value(), settings.key_dir)
    except VaultError:
        return False
    finally:
        engine.dispose()
    try:
        with database.reading() as session:
            is_empty = session.execute(sa.select(_EVENTS.c.seq).limit(1)).first() is None
        return (is_empty and not has_history) or is_demo(database)
    finally:
        database.dispose()


def _world(data: Path | None, limit: int | None) -> World:
    if data is None:
        return synthetic_world()
    try:
        return amlsim_world(data, limit=limit)
    except (ValueError, OSError) as error:
        raise MisuseError(str(error)) from error


def _make(folder: Path, world: World, data: Path | None) -> Installation:
    identities = {name: secrets.token_urlsafe(16) for name in (OFFICER, SUPERVISOR, SENDER)}
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_private(folder / DEMO_IDENTITIES, json.dumps(identities))
    first = (
        FirstOfficer(OFFICER, frozenset({Role.OFFICER}), secret=identities[OFFICER]),
        FirstOfficer(SUPERVISOR, frozenset({Role.SUPERVISOR}), secret=identities[SUPERVISOR]),
        FirstOfficer(SENDER, frozenset({Role.OFFICER}), secret=identities[SENDER]),
    )
    installation = make_installation(
        load_settings(folder), first, stands_at=world.starts_at, kind=InstallationKind.DEMO
    )
    install(folder / BOOK, world)
    write_reports(folder / REPORTS, world.reports)
    plan = Plan(
        world=data.name if data else "synthetic",
        starts_at=world.starts_at.isoformat(),
        desk_hours_seconds=int(timedelta(hours=6 if data else 1).total_seconds()),
        every_event=data is None,
        notes=world.notes,
        objections=world.objections,
        recalls=world.recalls,
        gives_back=world.gives_back,
        goes_abroad=world.goes_abroad,
        sold_for=world.sold_for,
        court_gives=world.court_gives,
    )
    # Written last and at one stroke: a folder with a plan is complete.
    draft = folder / f"{PLAN}.new"
    _write_private(draft, json.dumps(asdict(plan)))
    draft.replace(folder / PLAN)
    return installation


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def read_plan(folder: Path) -> Plan:
    """What this folder plays."""
    body = json.loads((folder / PLAN).read_text("utf-8"))
    objections = tuple(WorldObjection(**one) for one in body.get("objections", ()))
    recalls = tuple(WorldRecall(**one) for one in body.get("recalls", ()))
    told = {"notes": tuple(body["notes"]), "objections": objections, "recalls": recalls}
    return Plan(**{**body, **told})


@dataclass(frozen=True, slots=True)
class PlannedReport:
    """One row of the demo's complaint file and when it is handed in."""

    reported_at: datetime
    row: dict[str, str]


def planned_reports(folder: Path) -> list[PlannedReport]:
    """All reports of the world, in the order in which they are handed in."""
    with (folder / REPORTS).open(encoding="utf-8", newline="") as file:
        rows = [
            PlannedReport(datetime.fromisoformat(row["reported_at"]), row)
            for row in csv.DictReader(file)
        ]
    return sorted(rows, key=lambda r: (r.reported_at, r.row["external_ref"]))


def write_batch(path: Path, reports: list[PlannedReport]) -> None:
    """Write the complaint file of one desk hour."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(reports[0].row))
        writer.writeheader()
        writer.writerows(r.row for r in reports)
