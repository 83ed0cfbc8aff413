"""Prefect tasks: a chunk of ids each; the work is in plain functions, Prefect keeps nothing.

What reads or writes the case database runs in a thread, so that the loop goes on meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from prefect import task
from prefect.cache_policies import NO_CACHE

from models.states import CallKind, Stage
from recovery_flows.flows import context, deciding, feed, outbox
from recovery_flows.flows.faults import WorkFailedError


@contextmanager
def _as_work() -> Iterator[None]:
    """Tell a failure of this program's own work from one of Prefect."""
    try:
        yield
    except Exception as error:
        raise WorkFailedError(error) from error


@task(name="decide", cache_policy=NO_CACHE, persist_result=False)
async def decide_chunk(stage: str, recovery_ids: list[str]) -> int:
    """Decide and record for a chunk of recoveries; return how many changed."""
    with _as_work():
        engine = context.current()
        return await asyncio.to_thread(deciding.decide, engine, Stage(stage), recovery_ids)


@task(name="send", cache_policy=NO_CACHE, persist_result=False)
async def send_batch(stage: str) -> int:
    """Send one batch of the stage's due calls; return how many were handled."""
    with _as_work():
        return await outbox.send_due(context.current(), deciding.CALLS[Stage(stage)])


@task(name="send-stops", cache_policy=NO_CACHE, persist_result=False)
async def send_stops() -> int:
    """Send what is to hold money; return how many calls were handled."""
    with _as_work():
        return await outbox.send_due(context.current(), [CallKind.HOLD])


@task(name="poll-partner", cache_policy=NO_CACHE, persist_result=False)
async def poll_partner(partner_id: str) -> int:
    """Read and book one partner's change feed; return how many recoveries changed."""
    with _as_work():
        return await feed.poll(context.current(), partner_id)
