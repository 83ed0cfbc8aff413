"""Prefect's client, which asks its server three times for a flow run where Prefect asks five times.

Which flow has a name is asked once. A run that has just been told to be running is not read again.
That a run has ended well is said while the engine goes on; the next run begins when it was heard.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from httpx import Response
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas import OrchestrationResult
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.responses import SetStateStatus, StateAcceptDetails

_FLOWS = ("POST", "/flows/")
_END_SECONDS = 5.0


class FewCalls(PrefectClient):
    """The client of one engine: whatever else is asked goes to the server as ever."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - of Prefect
        super().__init__(*args, **kwargs)
        self._flows: dict[str, Response] = {}
        self._begun: dict[UUID, FlowRun] = {}
        self._telling: asyncio.Task[OrchestrationResult[Any]] | None = None

    async def request(self, method: Any, path: Any, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401 - of Prefect
        """What the server answers; who the flow of a name is, as it answered before."""
        if (method, path) != _FLOWS:
            return await super().request(method, path, *args, **kwargs)
        name = str(kwargs["json"]["name"])
        if name not in self._flows:
            self._flows[name] = await super().request(method, path, *args, **kwargs)
        return self._flows[name]

    async def create_flow_run(self, *args: Any, **kwargs: Any) -> FlowRun:  # noqa: ANN401 - of Prefect
        """A new run, once the server has heard how the one before it ended."""
        telling, self._telling = self._telling, None
        try:
            if telling is not None:
                await telling
            run = await super().create_flow_run(*args, **kwargs)
        except Exception:
            self._flows.clear()  # it may be another server, which knows other flows
            raise
        self._begun[run.id] = run
        return run

    async def read_flow_run(self, flow_run_id: UUID) -> FlowRun:
        """A run; the first time, of one that was begun here, what its server has just said."""
        run = self._begun.pop(flow_run_id, None)
        if run is None or run.state is None or not run.state.is_running():
            return await super().read_flow_run(flow_run_id)
        begun = {"run_count": run.run_count + 1, "start_time": run.state.timestamp}
        return run.model_copy(update=begun)

    async def set_flow_run_state(
        self,
        flow_run_id: UUID | str,
        state: State[Any],
        force: bool = False,  # noqa: FBT001, FBT002 - of Prefect
    ) -> OrchestrationResult[Any]:
        """Say a new state of a run; of one that has ended well nobody waits for the answer.

        All that it did is recorded by then, and Prefect's word on it would change nothing.
        """
        saying = super().set_flow_run_state(flow_run_id, state, force)
        if force or not state.is_completed() or self._telling is not None:
            return await saying
        self._telling = asyncio.create_task(saying)
        return OrchestrationResult(
            state=state, status=SetStateStatus.ACCEPT, details=StateAcceptDetails()
        )

    async def drain(self) -> None:
        """Wait until the server has heard the last end, or for some seconds."""
        telling, self._telling = self._telling, None
        if telling is not None:
            done, _ = await asyncio.wait({telling}, timeout=_END_SECONDS)
            if not done:
                telling.cancel()
            elif not telling.cancelled():
                telling.exception()  # the run stays without an end there, where nothing counts
