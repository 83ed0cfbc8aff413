"""The four stages and the poll as Prefect flows: fetch, decide, record, send; ids only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from prefect import flow

from models.entities.asset import Stage
from recovery_flows.engine import context
from recovery_flows.engine.decisions import due_by_stage, stages_to_send
from recovery_flows.engine.runtime.no_stored_results import refuse_stored_results
from recovery_flows.engine.tasks import (
    decide_chunk,
    poll_partner,
    reconcile_partner,
    send_batch,
    send_stops,
)

refuse_stored_results()
_BATCHES_MAX = 100
_AGAIN_MAX = 5


async def _run_stage(stage: Stage, recovery_ids: list[str]) -> int:
    """Send what is planned already, decide, then send whatever was planned, by any stage.

    What the answers have made due at this stage is decided in the same run.
    """
    engine = context.current()
    done = await _send([stage])
    done += await _decide(recovery_ids)
    done += await _send(list(STAGE_FLOWS))
    for _ in range(_AGAIN_MAX if done else 0):
        due = await asyncio.to_thread(due_by_stage, engine)
        if stage not in due:
            break
        done += await _decide(due[stage])
        done += await _send(list(STAGE_FLOWS))
    return done


async def _decide(recovery_ids: list[str]) -> int:
    done, size = 0, context.current().pace.chunk_size
    for start in range(0, len(recovery_ids), size):
        done += await decide_chunk(recovery_ids[start : start + size])
    return done


async def _send(stages: list[Stage]) -> int:
    """Send the calls of these stages, the first stage first; no task is run where there is none."""
    engine, done, left = context.current(), 0, list(stages)
    for _ in range(_BATCHES_MAX * len(stages)):
        due = await asyncio.to_thread(stages_to_send, engine)
        first = next((stage for stage in due if stage in left), None)
        if first is None:
            break
        sent = await send_batch(first.value)
        done += sent
        if not sent:
            left.remove(first)
    return done


@flow(name="freezing", persist_result=False, validate_parameters=False)
async def freezing(recovery_ids: list[str]) -> int:
    """Stops drafted and sent, freezes after them, lapses named."""
    return await _run_stage(Stage.FREEZING, recovery_ids)


@flow(name="tracing", persist_result=False, validate_parameters=False)
async def tracing(recovery_ids: list[str]) -> int:
    """Statements asked for, money traced, new accounts handed back to freezing."""
    return await _run_stage(Stage.TRACING, recovery_ids)


@flow(name="cross-border", persist_result=False, validate_parameters=False)
async def cross_border(recovery_ids: list[str]) -> int:
    """Requests drafted for money abroad, sent once approved."""
    return await _run_stage(Stage.CROSS_BORDER, recovery_ids)


@flow(name="restitution", persist_result=False, validate_parameters=False)
async def restitution(recovery_ids: list[str]) -> int:
    """Allocations drafted, notices ended, approved payouts and releases sent."""
    return await _run_stage(Stage.RESTITUTION, recovery_ids)


@flow(name="poll", persist_result=False, validate_parameters=False)
async def poll(partner_ids: list[str]) -> int:
    """The change feeds that are due read and booked, all at once: a slow bank holds up no other."""
    return sum(await asyncio.gather(*(poll_partner(p) for p in partner_ids)))


@flow(name="golden-hour", persist_result=False, validate_parameters=False)
async def priority_lane_flow() -> int:
    """Stops sent while a sweep still waits for a slow bank."""
    return await send_stops()


@flow(name="reconcile", persist_result=False, validate_parameters=False)
async def reconcile(partner_ids: list[str]) -> int:
    """Legal days that are over, compared with the banks' own figures; how many banks were."""
    return sum(await asyncio.gather(*(reconcile_partner(p) for p in partner_ids)))


@flow(name="advance", persist_result=False, validate_parameters=False)
async def advance(recovery_id: str) -> int:
    """One recovery pushed through whatever is due for it, when a person asks."""
    done = 0
    for stage in STAGE_FLOWS:
        done += await decide_chunk([recovery_id])
        done += await send_batch(stage.value)
    return done


STAGE_FLOWS: dict[Stage, Callable[[list[str]], Awaitable[int]]] = {
    Stage.FREEZING: freezing,
    Stage.TRACING: tracing,
    Stage.CROSS_BORDER: cross_border,
    Stage.RESTITUTION: restitution,
}
FLOW_NAMES = (
    "freezing", "tracing", "cross-border", "restitution", "poll", "golden-hour", "reconcile",
    "advance",
)  # fmt: skip
