"""Prefect tasks: a chunk of ids each; the work is in plain functions, Prefect keeps nothing."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from models.states import Stage
from recovery_flows.flows import context, deciding, outbox


@task(name="decide", cache_policy=NO_CACHE, persist_result=False)
async def decide_chunk(stage: str, recovery_ids: list[str]) -> int:
    """Decide and record for a chunk of recoveries; return how many changed."""
    return deciding.decide(context.current(), Stage(stage), recovery_ids)


@task(name="send", cache_policy=NO_CACHE, persist_result=False)
async def send_batch(stage: str) -> int:
    """Send one batch of the stage's due calls; return how many were handled."""
    return await outbox.send_due(context.current(), deciding.CALLS[Stage(stage)])
