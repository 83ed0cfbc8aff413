"""What Prefect's server does while nothing happens: next to nothing.

Its background work (history that is deleted, by the hour) is done by a worker that looks ten times
a second for more, by way of a thread, and uvicorn wakes as often to see whether it is to end: an
idle server took 2.2 percent of a core. Nothing of ours waits for either.
"""

from __future__ import annotations

import asyncio
import queue
from datetime import timedelta
from functools import partial
from importlib import import_module
from types import FrameType
from typing import Any

import uvicorn

_SELDOM_SECONDS = 5


class QuietServer(uvicorn.Server):
    """uvicorn's server, which sleeps until it is told to end."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, and wake up for it."""
        super().handle_exit(sig, frame)
        asyncio.get_running_loop().call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        """Wait for the end without looking ten times a second."""
        await self._told.wait()


def look_seldom() -> None:
    """From now on the background worker of a server of this process looks every few seconds.

    To be called before the server is made.
    """
    from docket import Worker
    from prefect.server.api import background_workers

    seldom = timedelta(seconds=_SELDOM_SECONDS)
    worker = partial(Worker, minimum_check_interval=seldom, scheduling_resolution=seldom)
    vars(background_workers)["Worker"] = worker
    # It hops to a thread ten times a second; the package has no types.
    vars(import_module("burner_redis.pubsub"))["PubSub"]._queue_get = _next_message  # noqa: SLF001


async def _next_message(subscriber: Any, timeout: float | None) -> Any:  # noqa: ANN401, ASYNC109
    """What was published, or None after a while: in place of the same by a thread that waits."""
    try:
        return subscriber._queue.get_nowait()  # noqa: SLF001
    except queue.Empty:
        await asyncio.sleep(max(timeout or 0, _SELDOM_SECONDS))
        return None
