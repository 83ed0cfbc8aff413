"""Sends what an action has ordered: in this process, or the engine does it later."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell
from recovery_flows.wording import counted

if TYPE_CHECKING:
    from models.engine import Database
    from recovery_flows.cli.composition import Installation
    from recovery_flows.engine.context import Engine

_NO_ENGINE = "no engine is running: start `recovery engine`, or add --now to send in this process"


def hands(
    installation: Installation, kind: str = "command", database: Database | None = None
) -> Engine:
    """The engine of this process; the caller closes it in the event loop that used it.

    It works on everything, unless `database` is what somebody may see, to ask about that.
    """
    from recovery_flows.cli.border import border_channels, state_groups
    from recovery_flows.engine.context import Engine

    name = f"{kind}-{os.getpid()}"
    return Engine(
        database or installation.whole,
        installation.laws,
        installation.pace(),
        name,
        signer=installation.signer,
        channels=border_channels(state_groups()),
    )


def tell_done(
    installation: Installation,
    recovery_id: str,
    done: str,
    *,
    now: bool,
    as_json: bool,
    more: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Print what was done; send what is due (`now`) or leave it to the engine; `more` is JSON."""
    from models.queries.installation.clock import engine_view
    from recovery_flows.clock import wall_clock

    if not as_json:
        tell([done])
    sent = advance_here(installation, recovery_id) if now else None
    with installation.database.reading() as session:
        engine = engine_view(session, wall_clock())
    if as_json:
        say_json({"done": done, "engine_alive": engine.alive, "steps_here": sent, **more})
    elif sent is not None:
        tell([f"{counted(sent, 'step')} of the engine done in this process"])
    elif not engine.alive:
        tell([_NO_ENGINE])


def advance_here(installation: Installation, recovery_id: str) -> int:
    """Run the flow `advance` for one recovery in this process; return how much was done."""
    import asyncio

    from recovery_flows.engine.loop import PrefectLink, at_work

    engine = hands(installation)
    link = PrefectLink.of(installation.settings)
    link.start()

    async def run() -> int:
        # Imported here: Prefect reads its settings when it is imported, after `start`.
        from recovery_flows.engine.flows import advance
        from recovery_flows.engine.joined_traces import trace_anew

        try:
            async with at_work(engine):
                await asyncio.to_thread(trace_anew, engine)
                return await advance(recovery_id)
        finally:
            await engine.close()

    try:
        return asyncio.run(run())
    finally:
        link.stop()
