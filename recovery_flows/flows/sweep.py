"""A sweep: whatever is due is done, stage by stage, until nothing is."""

from __future__ import annotations

from models.queries.work import due_call_kinds
from models.states import Stage
from recovery_flows.flows.context import Engine
from recovery_flows.flows.deciding import CALLS, STAGES, due_by_stage
from recovery_flows.flows.feed import due_polls
from recovery_flows.flows.nightly import due_nights
from recovery_flows.flows.stages import STAGE_FLOWS, poll, reconcile

_ROUNDS_MAX = 200


class RestlessError(RuntimeError):
    """The same recoveries were due again and again: a rule never comes to rest."""


async def sweep(engine: Engine) -> int:
    """Run the stage and poll flows until nothing is due; return how much was done."""
    done = 0
    for _ in range(_ROUNDS_MAX):
        step = await _round(engine)
        if not step:
            return done
        done += step
    stuck = sorted({i for ids in due_by_stage(engine).values() for i in ids})
    raise RestlessError(f"these recoveries never come to rest: {', '.join(stuck[:5])}")


async def _round(engine: Engine) -> int:
    done = 0
    if _sends(engine, Stage.FREEZING):
        # What holds money leaves before anything is read.
        done += await STAGE_FLOWS[Stage.FREEZING](due_by_stage(engine).get(Stage.FREEZING, []))
    due_partners = due_polls(engine)
    if due_partners:
        await poll(due_partners)
        done += len(due_partners)
    for stage in STAGES:
        due = due_by_stage(engine).get(stage, [])
        if due or _sends(engine, stage):
            done += await STAGE_FLOWS[stage](due)
    nights = due_nights(engine)
    return done + (await reconcile(nights) if nights else 0)


def _sends(engine: Engine, stage: Stage) -> bool:
    with engine.database.reading() as session:
        kinds = due_call_kinds(session, engine.now(), engine.wall())
    return bool(kinds & set(CALLS[stage]))
