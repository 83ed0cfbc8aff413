"""The golden-hour lane: a stop never waits behind a bank, a sweep or Prefect."""

from __future__ import annotations

import asyncio

from models.entities.call import CallKind
from models.queries.cases.work import due_call_kinds
from recovery_flows.engine.context import Engine
from recovery_flows.engine.failures import sentence
from recovery_flows.engine.outbox.dispatch import send_due

_LOOK_SECONDS = 0.25
_BESIDE_MAX = 4
_LOOKS_BEFORE_FLOW = 2
_LOOKS_BEFORE_DIRECT = 4
_LONGEST_PAUSE_SECONDS = 5.0


class PriorityLane:
    """Sends stops that the sweep does not send: because it waits, fails or pauses.

    A sweep sends what it finds itself: only what is still there at a second look is taken out of
    its hands, and what Prefect does not run in time is sent without it, also where Prefect lets a
    flow wait for ever. Leases see to it that nothing leaves twice.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._flow: asyncio.Task[int] | None = None
        self._running: set[asyncio.Task[int]] = set()
        self._looks = 0

    async def run(self) -> None:
        """Look again and again until cancelled; a look that fails is told and tried again."""
        pause = _LOOK_SECONDS
        try:
            while True:
                await asyncio.sleep(pause)
                try:
                    await self._look()
                    pause = _LOOK_SECONDS
                except Exception as error:  # noqa: BLE001 - the lane ends only when it is told to
                    pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
                    self._engine.report(f"stops are looked for again: {sentence(error)}")
        finally:
            for flow in (*self._running, *([self._flow] if self._flow else [])):
                flow.cancel()

    async def _look(self) -> None:
        self._forget_ended()
        waits = await asyncio.to_thread(self._stops_are_due)
        self._looks = self._looks + 1 if waits else 0
        if self._looks < _LOOKS_BEFORE_FLOW:
            return
        if self._looks < _LOOKS_BEFORE_DIRECT and self._flow is None:
            self._flow = asyncio.create_task(self._by_flow())
        elif self._looks >= _LOOKS_BEFORE_DIRECT and len(self._running) < _BESIDE_MAX:
            self._running.add(asyncio.create_task(self._directly()))

    async def _by_flow(self) -> int:
        # Imported here: Prefect reads its settings when it is imported, after the server's start.
        from recovery_flows.engine.flows import priority_lane_flow

        return await priority_lane_flow()

    async def _directly(self) -> int:
        return await send_due(self._engine, [CallKind.HOLD])

    def _stops_are_due(self) -> bool:
        with self._engine.database.reading() as session:
            now, wall_now = self._engine.now(), self._engine.wall_now()
            return CallKind.HOLD in due_call_kinds(session, now, wall_now)

    def _forget_ended(self) -> None:
        ended = {flow for flow in self._running if flow.done()}
        self._running -= ended
        if self._flow is not None and self._flow.done():
            ended.add(self._flow)
            self._flow = None
        for flow in ended:
            error = flow.exception()
            if error is not None:
                # The stops are due still: the next look takes them.
                self._engine.report(f"stops are sent again: {sentence(error)}")
