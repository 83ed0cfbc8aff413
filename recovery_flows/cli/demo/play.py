"""Plays the demo: starts banks and Prefect, prints the story, ends with the figures."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import datetime

from recovery_flows.cli.border import border_channels, state_groups
from recovery_flows.cli.composition import Installation
from recovery_flows.cli.demo.drive import Drive
from recovery_flows.cli.demo.figures import tell_figures
from recovery_flows.cli.demo.folder import HOME, read_plan
from recovery_flows.cli.demo.story import Story
from recovery_flows.cli.output import say
from recovery_flows.cli.sandbox_process import SandboxProcess, register_banks
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.failures import WorkFailedError
from recovery_flows.engine.loop import PrefectLink, at_work, guarded_sweep, sign_of_life
from recovery_flows.engine.watchdog import StalledError

# The lease is short: a demo that was killed waits it out before it asks what became of its calls.
_PACE = Pace(
    poll_seconds=300,
    poll_ceiling_seconds=6 * 3600,
    watch_seconds=5 * 86_400,
    lease_seconds=12,
    reconcile_days=7,
)
_TRIES_MAX = 10


def play(installation: Installation, pace_seconds: float = 0) -> None:
    """Play the demo of this folder to its end, or on from where it was stopped."""
    plan = read_plan(installation.data_dir)
    say(f"recovery demo · world: {plan.world} · SYNTHETIC DATA")
    for note in plan.notes:
        say(f"  {note}")
    installation.database.hurry()
    sandbox = SandboxProcess(installation.data_dir)
    link = PrefectLink.of(installation.settings)
    engine = Engine(
        installation.database,
        installation.laws,
        _PACE,
        f"demo-{os.getpid()}",
        signer=installation.signer,
        channels=border_channels(state_groups()),
    )
    try:
        link.begin()  # beside the banks, which come up meanwhile
        banks = sandbox.start()
        register_banks(installation.database, banks, HOME)
        names = ", ".join(f"{b['name']} ({b['kind']}, {b['jurisdiction']})" for b in banks)
        say(f"  partners on loopback: {names}")
        sign_of_life(engine, "starting", "Prefect's server is coming up")
        say(f"  Prefect API: {link.start()}")
        asyncio.run(_drive(installation, engine, link, sandbox, pace_seconds))
        tell_figures(installation, engine)
    finally:
        link.stop()
        sandbox.stop()
        sign_of_life(engine, "stopped", "the demo has finished")


async def _begun_anew(engine: Engine, link: PrefectLink, say_now: Callable[[str], None]) -> int:
    """Run one sweep, retried like the engine's where Prefect is late or the machine is busy."""
    for pause in range(_TRIES_MAX):
        try:
            return await guarded_sweep(engine, link, say_now)
        except (StalledError, WorkFailedError) as error:
            say_now(f"{error}: tried again")
            await asyncio.sleep(pause)
    return await guarded_sweep(engine, link, say_now)


async def _drive(
    installation: Installation,
    engine: Engine,
    link: PrefectLink,
    sandbox: SandboxProcess,
    pace_seconds: float,
) -> None:
    story = Story(installation)

    def tell(at: datetime, text: str) -> None:
        story.tell(at, text)

    def say_now(text: str) -> None:
        story.tell(engine.now(), text)

    async def sweep(hands: Engine) -> int:
        if not sandbox.alive():
            register_banks(installation.database, sandbox.start(), HOME)
        sign_of_life(hands, "working")
        done = await _begun_anew(hands, link, say_now)
        story.unfold()
        return done

    try:
        async with at_work(engine):
            drive = Drive(installation, engine, tell, pace_seconds)
            await drive.run(sweep)
            story.unfold()
    finally:
        await engine.close()
