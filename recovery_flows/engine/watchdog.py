"""A sweep that waits for Prefect and does nothing itself is ended and begun anew."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from recovery_flows.errors import UnavailableError

_LOOK_SECONDS = 0.5
_END_SECONDS = 5.0
_OVERSLEPT_SECONDS = 5.0
"""A look that comes so late says that this process stood still: nobody else was asked meanwhile."""


class StalledError(UnavailableError):
    """A sweep stood still: its flows were not run, whatever Prefect's API said of them."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Prefect runs none of the flows for {seconds:.0f} s: they are begun anew")


class AtHand:
    """How much of the engine's own work runs now, and since when none does."""

    def __init__(self) -> None:
        self._running = 0
        self._idle_since = time.monotonic()

    @contextmanager
    def work(self) -> Iterator[None]:
        """Count a piece of work for as long as it runs."""
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
            self.touch()

    def touch(self) -> None:
        """Begin to count the time without work anew."""
        self._idle_since = time.monotonic()

    def idle_seconds(self) -> float:
        """For how long no work has run; 0 while some does."""
        return 0.0 if self._running else time.monotonic() - self._idle_since


async def watched(at_hand: AtHand, sweep: Coroutine[Any, Any, int], seconds: float) -> int:
    """What the sweep returns; StalledError when none of its work ran for so many seconds."""
    at_hand.touch()
    task = asyncio.create_task(sweep)
    try:
        while not task.done():
            asked_at = time.monotonic()
            await asyncio.wait({task}, timeout=min(_LOOK_SECONDS, seconds))
            if time.monotonic() - asked_at > _LOOK_SECONDS + _OVERSLEPT_SECONDS:
                at_hand.touch()
            if not task.done() and at_hand.idle_seconds() > seconds:
                raise StalledError(seconds)
        return task.result()
    finally:
        task.cancel()
        with contextlib.suppress(TimeoutError):
            # A flow that ends says so to the API, which may be what does not answer.
            async with asyncio.timeout(_END_SECONDS):
                await asyncio.wait({task})
