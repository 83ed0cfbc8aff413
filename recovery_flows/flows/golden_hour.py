"""The golden-hour lane: a stop never waits behind a bank that is slow to answer another call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from models.queries.work import due_call_kinds
from models.states import CallKind
from recovery_flows.flows.context import Engine

_LOOK_SECONDS = 0.25
_BESIDE_MAX = 4


class GoldenHourLane:
    """Sends stops that are ordered while the sweep waits for somebody.

    A sweep sends what it finds itself: only what is still there at a second look is taken out of
    its hands. Leases see to it that nothing leaves twice.
    """

    def __init__(self, engine: Engine, is_away: Callable[[BaseException], bool]) -> None:
        self._engine, self._is_away = engine, is_away
        self._running: set[asyncio.Task[int]] = set()
        self.sweep_is_busy = False

    async def run(self) -> None:
        """Look again and again until cancelled; what went wrong in a flow is raised here."""
        # Imported here: Prefect reads its settings when it is imported, after the server's start.
        from recovery_flows.flows.stages import golden_hour

        waited = False
        try:
            while True:
                await asyncio.sleep(_LOOK_SECONDS)
                self._look_at_ended()
                waits = self.sweep_is_busy and self._stops_are_due()
                if waits and waited and len(self._running) < _BESIDE_MAX:
                    self._running.add(asyncio.create_task(golden_hour()))
                waited = waits
        finally:
            for flow in self._running:
                flow.cancel()

    def _stops_are_due(self) -> bool:
        with self._engine.database.reading() as session:
            now, wall = self._engine.now(), self._engine.wall()
            return CallKind.HOLD in due_call_kinds(session, now, wall)

    def _look_at_ended(self) -> None:
        ended = {flow for flow in self._running if flow.done()}
        self._running -= ended
        for flow in ended:
            error = flow.exception()
            # Without Prefect the stops stay due; the sweep says so and brings it back.
            if error is not None and not self._is_away(error):
                raise error
