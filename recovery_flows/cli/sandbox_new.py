"""Sandbox banks for a unit of one's own: a synthetic world made now, and how to register it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from models.entities.catalogue import table_of
from models.entities.officer import Role
from models.entities.partner import Partner
from models.queries.installation.officers import officers
from recovery_flows.cli.composition import Installation
from recovery_flows.cli.sandbox_process import BOOK, READY
from recovery_flows.clock import wall_clock
from recovery_flows.errors import MisuseError
from recovery_flows.sandbox.worlds.synthetic import synthetic_world
from recovery_flows.sandbox.worlds.world import World, install, write_reports

REPORTS = "sandbox-reports.csv"
HOME = "CN"
_BEGAN_BEFORE = timedelta(hours=24)
_PARTNER = table_of(Partner)


def make_sandbox(installation: Installation) -> None:
    """Put banks and a file of reports into a unit's folder; MisuseError in one that has partners.

    From then on its letters say that they are synthetic: it is no folder for real work.
    """
    folder = installation.data_dir
    with installation.database.reading() as session:
        if session.execute(sa.select(_PARTNER.c.id).limit(1)).first() is not None:
            raise MisuseError(
                f"the unit in {folder} has partners already: sandbox banks are for a new one; "
                "name another folder in RECOVERY_DATA_DIR and begin with `recovery init`"
            )
    if (folder / BOOK).exists():
        raise MisuseError(f"{folder} holds a sandbox already: `recovery sandbox` serves it")
    now = wall_clock()
    world = world_of_today(now)
    install(folder / BOOK, world)
    told = [r for r in world.reports if datetime.fromisoformat(r.reported_at) <= now]
    path = folder / REPORTS
    path.touch(mode=0o600)
    write_reports(path, told)


def world_of_today(now: datetime) -> World:
    """The demo's world, begun a day before `now`; its banks act while they are asked."""
    world = synthetic_world(starts_at=(now - _BEGAN_BEFORE).replace(minute=0, second=0))
    quick = tuple(replace(bank, answer_minutes=0, settle_minutes=0) for bank in world.banks)
    return replace(world, banks=quick)


def how_to_register(installation: Installation) -> Iterator[str]:
    """The commands by which two people make the banks that listen now their partners."""
    folder = installation.data_dir
    banks = json.loads((folder / READY).read_text(encoding="utf-8"))
    with installation.database.reading() as session:
        known = officers(session)
    asks = next((o.handle for o in known if Role.SUPERVISOR in o.roles), "SUPERVISOR")
    yield f"{len(banks)} sandbox partners listen on loopback; everything they tell is synthetic."
    yield "In another window, with the same RECOVERY_DATA_DIR, the supervisor asks for each:"
    yield from (f"  {_add(bank, asks)}" for bank in banks)
    yield f"Each asks for the secret of {asks}; RECOVERY_SECURITY__SECRET, set there, answers all."
    yield "The other person says yes to what `recovery approve` shows, with `recovery approve ID`."
    yield f"Then: recovery intake reports {shlex.quote(str(folder / REPORTS))}"
    yield "      recovery engine"
    yield "This window serves the banks until it is stopped; `recovery sandbox` serves them again."


def _add(bank: dict[str, str], asks: str) -> str:
    words = [
        "recovery", "partner", "add", bank["id"], "--as", asks, "--name", bank["name"],
        "--regime", bank["jurisdiction"], "--currency", bank["currency"], "--url", bank["url"],
        "--client-id", bank["client_id"],
    ]  # fmt: skip
    if bank["kind"] != "bank":
        words += ["--kind", bank["kind"]]
    if bank["jurisdiction"] == HOME:
        words.append("--home")
    return shlex.join(words)
