"""A gate before each partner: so many calls at once, so many a second, none before it allows."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from models.ids import PartnerId
from models.language.phrase import stored_phrase
from models.trouble import Trouble
from recovery_flows.errors import PartnerUnavailableError

_ALL = ""


@dataclass(slots=True)
class _Bucket:
    """One token bucket, in seconds: what a call costs, how far ahead a burst may reach."""

    interval: float
    allowance: float
    full_at: float


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
        self._not_before = monotonic()
        self._buckets: dict[str, _Bucket] = {}
        if rate_per_second is not None:
            self.limit(_ALL, rate_per_second, burst)

    def limit(self, operation: str, per_second: float, burst: int) -> None:
        """Let calls of `operation` through at this rate, after `burst` at once."""
        interval = 1 / per_second
        self._buckets[operation] = _Bucket(interval, (burst - 1) * interval, self._monotonic())

    def close_for(self, seconds: float) -> None:
        """Let nobody through for `seconds` from now; an earlier, longer wish stays."""
        self._not_before = max(self._not_before, self._monotonic() + seconds)

    @asynccontextmanager
    async def passage(self, operation: str = _ALL) -> AsyncIterator[None]:
        """Hold one of the slots, once it is this caller's turn."""
        async with self._slots:
            await self._turn(operation)
            yield

    async def _turn(self, operation: str) -> None:
        await self._sleep_until(self._book(operation))
        # Another call may have been told to wait while this one slept.
        while self._monotonic() < self._not_before:
            await self._sleep_until(self._not_before)

    def _book(self, operation: str) -> float:
        now = self._monotonic()
        buckets = [self._buckets[name] for name in {_ALL, operation} & self._buckets.keys()]
        at = max(now, self._not_before, *(b.full_at - b.allowance for b in buckets))
        self._refuse_if_far(at - now)
        for bucket in buckets:
            bucket.full_at = max(bucket.full_at, at) + bucket.interval
        return at

    async def _sleep_until(self, at: float) -> None:
        wait_seconds = at - self._monotonic()
        self._refuse_if_far(wait_seconds)
        if wait_seconds > 0:
            await asyncio.sleep(wait_seconds)

    def _refuse_if_far(self, wait_seconds: float) -> None:
        if wait_seconds > self._patience:
            raise PartnerUnavailableError(
                self._partner, stored_phrase("its gate is closed"), math.ceil(wait_seconds),
                trouble=Trouble.TOO_MANY_CALLS,
            )  # fmt: skip
