"""A gate before each partner: so many calls at once, so many a second, none before it allows."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from models.ids import PartnerId
from recovery_flows.errors import PartnerUnavailableError


class Gate:
    """At most `in_flight` calls at once and, if given, `rate_per_second` after a `burst`.

    A wait longer than `patience_seconds` is not slept away (flows are short): it raises
    PartnerUnavailableError with the seconds left, before anything is sent. Times are transport
    time; a gate belongs to one event loop.
    """

    def __init__(
        self,
        partner: PartnerId,
        in_flight: int = 10,
        *,
        rate_per_second: float | None = None,
        burst: int = 1,
        patience_seconds: float = 5,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._partner, self._patience, self._monotonic = partner, patience_seconds, monotonic
        self._slots = asyncio.Semaphore(in_flight)
        self._interval = 0 if rate_per_second is None else 1 / rate_per_second
        self._allowance = (burst - 1) * self._interval
        self._bucket_full_at = self._not_before = monotonic()

    def close_for(self, seconds: float) -> None:
        """Let nobody through for `seconds` from now; an earlier, longer wish stays."""
        self._not_before = max(self._not_before, self._monotonic() + seconds)

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[None]:
        """Hold one of the slots, once it is this caller's turn."""
        async with self._slots:
            await self._turn()
            yield

    async def _turn(self) -> None:
        await self._sleep_until(self._book())
        # Another call may have been told to wait while this one slept.
        while self._monotonic() < self._not_before:
            await self._sleep_until(self._not_before)

    def _book(self) -> float:
        now = self._monotonic()
        at = max(now, self._not_before, self._bucket_full_at - self._allowance)
        self._refuse_if_far(at - now)
        self._bucket_full_at = max(self._bucket_full_at, at) + self._interval
        return at

    async def _sleep_until(self, at: float) -> None:
        wait_seconds = at - self._monotonic()
        self._refuse_if_far(wait_seconds)
        if wait_seconds > 0:
            await asyncio.sleep(wait_seconds)

    def _refuse_if_far(self, wait_seconds: float) -> None:
        if wait_seconds > self._patience:
            raise PartnerUnavailableError(
                self._partner, "its gate is closed", math.ceil(wait_seconds)
            )
