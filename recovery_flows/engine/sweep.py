"""A sweep: whatever is due is done, stage by stage, until nothing is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable

from models.entities.asset import Stage
from models.store.statements.line_imports import undo_dead
from recovery_flows.cases.quarantine import deciding_on
from recovery_flows.cases.stages import STAGES
from recovery_flows.engine.context import Engine
from recovery_flows.engine.decisions import due_by_stage, stages_to_send
from recovery_flows.engine.event_feed import due_polls
from recovery_flows.engine.failures import PrefectAwayError, RestlessError, WorkFailedError
from recovery_flows.engine.flows import STAGE_FLOWS, poll, reconcile
from recovery_flows.engine.nightly import due_nights
from recovery_flows.engine.quarantine import quarantine

LOOKS_MAX = 60
"""So often a recovery is decided on in one sweep; then a rule never comes to rest on it."""


async def sweep(engine: Engine) -> int:
    """Run the stage and poll flows until nothing is due; return how much was done.

    A recovery that never comes to rest is quarantined; the others go on. Raises PrefectAwayError
    where the flows cannot be run, WorkFailedError where the work as a whole fails.
    """
    looks: Counter[str] = Counter()
    if await asyncio.to_thread(undo_dead, engine.database, engine.wall_now()):
        engine.report(
            "an import of statements had been interrupted: it was taken out, import again"
        )
    done = 0
    while step := await _round(engine, looks):
        done += step
    return done


async def _round(engine: Engine, looks: Counter[str]) -> int:
    done = 0
    if Stage.FREEZING in stages_to_send(engine):
        # What holds money leaves before anything is read.
        due = await _due(engine, looks)
        done += await _stage(Stage.FREEZING, due.get(Stage.FREEZING, []))
    due_partners = await asyncio.to_thread(due_polls, engine)
    if due_partners:
        await _through_prefect(poll(due_partners))
        done += len(due_partners)
    due = await _due(engine, looks)
    to_send = stages_to_send(engine)
    for stage in STAGES:
        if due.get(stage) or stage in to_send:
            done += await _stage(stage, due.get(stage, []))
            to_send = stages_to_send(engine)
    nights = due_nights(engine)
    return done + (await _through_prefect(reconcile(nights)) if nights else 0)


async def _due(engine: Engine, looks: Counter[str]) -> dict[Stage, list[str]]:
    """What is due by the stage in which it stands; a recovery that never rests is quarantined."""
    due = await asyncio.to_thread(due_by_stage, engine)
    for ids in due.values():
        looks.update(ids)
        for recovery_id in [named for named in ids if looks[named] > LOOKS_MAX]:
            ids.remove(recovery_id)
            error = RestlessError(looks[recovery_id])
            await asyncio.to_thread(quarantine, engine, deciding_on(recovery_id), error)
    return due


async def _stage(stage: Stage, due: list[str]) -> int:
    """Run a stage's flow."""
    return await _through_prefect(STAGE_FLOWS[stage](due))


async def _through_prefect(flow: Awaitable[int]) -> int:
    """What a flow returns; what is not of our own work is Prefect's, whatever it calls it."""
    try:
        return await flow
    except WorkFailedError:
        raise
    except Exception as error:
        raise PrefectAwayError(error) from error
