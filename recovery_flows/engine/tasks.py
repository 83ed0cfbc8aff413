"""Prefect tasks: a chunk of ids each; the work is in plain functions, Prefect keeps nothing.

What reads or writes the case database runs in a thread, so that the loop goes on meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from prefect import task
from prefect.cache_policies import NO_CACHE

from models.entities.asset import Stage
from models.entities.call import CallKind
from recovery_flows.engine import context, decisions, event_feed, nightly
from recovery_flows.engine.context import Engine
from recovery_flows.engine.failures import WorkFailedError
from recovery_flows.engine.outbox import dispatch


@contextmanager
def _as_work() -> Iterator[Engine]:
    """The engine whose work it is; its failure is told from one of Prefect."""
    try:
        engine = context.current()
        with engine.at_hand.work():
            yield engine
    except Exception as error:
        raise WorkFailedError(error) from error


@task(name="decide", cache_policy=NO_CACHE, persist_result=False)
async def decide_chunk(recovery_ids: list[str]) -> int:
    """Decide and record for a chunk of recoveries; return how many changed."""
    with _as_work() as engine:
        return await asyncio.to_thread(decisions.decide, engine, recovery_ids)


@task(name="send", cache_policy=NO_CACHE, persist_result=False)
async def send_batch(stage: str) -> int:
    """Send one batch of the stage's due calls; return how many were handled."""
    with _as_work() as engine:
        return await dispatch.send_due(engine, decisions.CALLS[Stage(stage)])


@task(name="send-stops", cache_policy=NO_CACHE, persist_result=False)
async def send_stops() -> int:
    """Send what is to hold money; return how many calls were handled."""
    with _as_work() as engine:
        return await dispatch.send_due(engine, [CallKind.HOLD])


@task(name="reconcile-partner", cache_policy=NO_CACHE, persist_result=False)
async def reconcile_partner(partner_id: str) -> int:
    """Compare one partner's legal days that are over; return how many partners were."""
    with _as_work() as engine:
        return await nightly.reconcile_night(engine, partner_id)


@task(name="poll-partner", cache_policy=NO_CACHE, persist_result=False)
async def poll_partner(partner_id: str) -> int:
    """Read and book one partner's change feed; return how many recoveries changed."""
    with _as_work() as engine:
        return await event_feed.poll(engine, partner_id)
