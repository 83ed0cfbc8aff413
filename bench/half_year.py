"""Six months of holds with banks that misbehave: `python -m bench.half_year --holds 500`.

Nothing may lapse in silence, nothing may be sent twice, the books must be right at the end. Banks
let holds go by mistake on planted instants, and each mistake has to be found by the first poll that
reaches the bank after it. Exit code 1 when any of it fails.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bench.half_year_count import Findings, count
from bench.half_year_play import Play
from bench.half_year_world import BANKS, HalfYear
from config.settings import load_settings
from models.entities.officer import Role
from recovery_flows.cli.composition import FirstOfficer, make_installation
from recovery_flows.cli.sandbox_process import register_banks
from recovery_flows.sandbox.server import running
from recovery_flows.sandbox.worlds.world import install

DAYS = 200


def simulate(holds: int, seed: int, days: int, folder: Path) -> Findings:
    """Play so many days with so many first holds; what was found at the end."""
    world = HalfYear(holds, seed).world()
    book = folder / "sandbox.sqlite3"
    install(book, world)
    people = tuple(
        FirstOfficer(f"synthetic-{role}", frozenset({role}), os_user=f"synthetic-{role}")
        for role in (Role.OFFICER, Role.SUPERVISOR)
    )
    installation = make_installation(
        load_settings(folder / "data"), people, stands_at=world.starts_at
    )
    play = Play(installation, world, seed, days)
    keys = installation.signer.public_jwks()
    with running(book, lambda: play.now, folder / "ready.json", keys) as banks:
        register_banks(installation.database, banks, "CN")
        play.urls = {bank["id"]: bank["url"] for bank in banks}
        found = asyncio.run(_played(play, book))
    installation.database.dispose()
    return found


async def _played(play: Play, book: Path) -> Findings:
    try:
        await play.run()
        return await count(play, book)
    finally:
        await play.engine.close()


def main() -> int:
    """Simulate, print what was found, say by the exit code whether all of it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--holds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--days", type=int, default=DAYS)
    given = parser.parse_args()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        found = simulate(given.holds, given.seed, given.days, Path(folder))
    spent = timedelta(seconds=round(time.perf_counter() - begun))
    lines = [f"{given.days} days, {given.holds} reports, {len(BANKS)} banks, played in {spent}"]
    lines += [f"  {name}: {value}" for name, value in found.lines()]
    sys.stdout.write("\n".join(lines) + "\n")
    if not found.all_hold:
        sys.stdout.write(json.dumps(found.flaws, indent=1) + "\n")
    return 0 if found.all_hold else 1


if __name__ == "__main__":
    sys.exit(main())
