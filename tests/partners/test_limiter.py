from __future__ import annotations

import asyncio
import time

import pytest

from models.ids import PartnerId
from recovery_flows.errors import PartnerUnavailableError
from recovery_flows.partners.rbp1.limiter import Gate
from tests.patience import PATIENCE_SECONDS

BANK = PartnerId("bank-a")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_no_more_than_so_many_are_in_flight_at_once() -> None:
    gate, inside, most = Gate(BANK, in_flight=3), 0, 0

    async def call() -> None:
        nonlocal inside, most
        async with gate.passage():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(call() for _ in range(10)))
    assert (most, inside) == (3, 0)


async def test_what_comes_after_a_burst_passes_at_the_rate() -> None:
    gate, at = Gate(BANK, rate_per_second=20, burst=3), []
    start = time.monotonic()
    for _ in range(6):
        async with gate.passage():
            at.append(time.monotonic() - start)
    assert at[5] >= 0.14


async def test_a_burst_passes_at_once_and_again_after_a_rest() -> None:
    clock = Clock()
    gate = Gate(BANK, rate_per_second=1, burst=2, patience_seconds=0, monotonic=clock)
    for _ in range(2):
        async with gate.passage():
            pass
    with pytest.raises(PartnerUnavailableError):
        async with gate.passage():
            pass
    clock.now += 2
    for _ in range(2):
        async with gate.passage():
            pass


async def test_a_closed_gate_refuses_and_names_the_seconds_left_until_it_opens() -> None:
    clock = Clock()
    gate = Gate(BANK, monotonic=clock)
    gate.close_for(60)
    gate.close_for(10)
    clock.now += 20
    with pytest.raises(PartnerUnavailableError) as caught:
        async with gate.passage():
            pytest.fail("went through a closed gate")
    assert caught.value.retry_after_seconds == 40
    clock.now += 40
    async with gate.passage():
        pass


async def test_a_short_wait_is_waited() -> None:
    gate = Gate(BANK)
    start = time.monotonic()
    gate.close_for(0.05)
    async with gate.passage():
        assert time.monotonic() - start >= 0.05


async def test_a_gate_closed_while_a_call_waits_for_its_turn_holds_that_call_too() -> None:
    gate = Gate(BANK, rate_per_second=1, patience_seconds=9)

    async def second() -> None:
        async with gate.passage():
            pytest.fail("went through a gate that was closed while it slept")

    async with gate.passage():
        pass
    waiting = asyncio.create_task(second())
    # It has gone to sleep when this goes on, and cannot wake before the gate is closed.
    await asyncio.sleep(0)
    gate.close_for(60)
    with pytest.raises(PartnerUnavailableError):
        await waiting


async def test_a_refused_call_gives_its_slot_back() -> None:
    clock = Clock()
    gate = Gate(BANK, in_flight=1, patience_seconds=0.1, monotonic=clock)
    gate.close_for(60)
    with pytest.raises(PartnerUnavailableError):
        async with gate.passage():
            pass
    clock.now += 60
    async with asyncio.timeout(PATIENCE_SECONDS), gate.passage():
        pass
