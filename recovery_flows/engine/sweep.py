"""A sweep: whatever is due is done, stage by stage, until nothing is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable

from models.entities.asset import Stage
from models.queries.cases.work import due_call_kinds
from models.store.line_imports import undo_dead
from recovery_flows.cases.quarantine import deciding_on
from recovery_flows.cases.stages import STAGES
from recovery_flows.engine.context import Engine
from recovery_flows.engine.decisions import CALLS, due_by_stage
from recovery_flows.engine.event_feed import due_polls
from recovery_flows.engine.failures import PrefectAwayError, RestlessError, WorkFailedError
from recovery_flows.engine.flows import STAGE_FLOWS, poll, reconcile
from recovery_flows.engine.nightly import due_nights
from recovery_flows.engine.quarantine import quarantine

_ROUNDS_MAX = 200
LOOKS_MAX = 60
"""So often a recovery is decided on in one sweep; then a rule never comes to rest on it."""


async def sweep(engine: Engine) -> int:
    """Run the stage and poll flows until nothing is due; return how much was done.

    A recovery that never comes to rest is quarantined; the others go on. Raises PrefectAwayError
    where the flows cannot be run, WorkFailedError where the work as a whole fails.
    """
    done = 0
    looks: Counter[str] = Counter()
    if await asyncio.to_thread(undo_dead, engine.database, engine.wall()):
        engine.report(
            "an import of statements had been interrupted: it was taken out, import again"
        )
    for _ in range(_ROUNDS_MAX):
        step = await _round(engine, looks)
        if not step:
            return done
        done += step
    return done


async def _round(engine: Engine, looks: Counter[str]) -> int:
    done = 0
    if _sends(engine, Stage.FREEZING):
        # What holds money leaves before anything is read.
        done += await _stage(engine, Stage.FREEZING, looks)
    due_partners = await asyncio.to_thread(due_polls, engine)
    if due_partners:
        await _through_prefect(poll(due_partners))
        done += len(due_partners)
    for stage in STAGES:
        done += await _stage(engine, stage, looks)
    nights = due_nights(engine)
    return done + (await _through_prefect(reconcile(nights)) if nights else 0)


async def _stage(engine: Engine, stage: Stage, looks: Counter[str]) -> int:
    due = (await asyncio.to_thread(due_by_stage, engine)).get(stage, [])
    looks.update(due)
    restless = [recovery_id for recovery_id in due if looks[recovery_id] > LOOKS_MAX]
    for recovery_id in restless:
        error = RestlessError(looks[recovery_id])
        await asyncio.to_thread(quarantine, engine, deciding_on(recovery_id), error)
    calm = [recovery_id for recovery_id in due if looks[recovery_id] <= LOOKS_MAX]
    if not calm and not _sends(engine, stage):
        return 0
    return await _through_prefect(STAGE_FLOWS[stage](calm))


async def _through_prefect(flow: Awaitable[int]) -> int:
    """What a flow returns; what is not of our own work is Prefect's, whatever it calls it."""
    try:
        return await flow
    except WorkFailedError:
        raise
    except Exception as error:
        raise PrefectAwayError(error) from error


def _sends(engine: Engine, stage: Stage) -> bool:
    with engine.database.reading() as session:
        kinds = due_call_kinds(session, engine.now(), engine.wall())
    return bool(kinds & set(CALLS[stage]))
