"""The breaker: opens after failures in a row, lets one try, remembers across processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.facts import RawAnswer
from models.ids import CallId, PartnerId
from recovery_flows.errors import (
    OutcomeUnknownError,
    PartnerRefusedError,
    PartnerUnavailableError,
    RecoveryFlowsError,
)
from recovery_flows.partners.rbp1.breaker import FAILURES_MAX, Breaker, BreakerState, breaker_state

A = PartnerId("bank-a")
START = datetime(2026, 3, 1, tzinfo=UTC)


class Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now


def fail(breaker: Breaker, error: RecoveryFlowsError) -> None:
    with pytest.raises(type(error)), breaker.passage():
        raise error


def away() -> PartnerUnavailableError:
    return PartnerUnavailableError(A, "it hung up")


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(A, clock)
    for _ in range(FAILURES_MAX):
        assert breaker.state is BreakerState.CLOSED
        fail(breaker, away())
    return breaker


def test_it_opens_after_failures_in_a_row_and_says_how_long() -> None:
    breaker = opened(Clock())
    assert breaker.state is BreakerState.OPEN
    with pytest.raises(PartnerUnavailableError, match="5 times in a row; not before 2 s"):
        breaker.passage().__enter__()


def test_a_success_between_starts_the_count_again() -> None:
    breaker = Breaker(A, Clock())
    for _ in range(FAILURES_MAX - 1):
        fail(breaker, away())
    with breaker.passage():
        pass
    fail(breaker, away())
    assert (breaker.state, breaker.failures) == (BreakerState.CLOSED, 1)


def test_after_the_wait_one_tries_and_the_others_wait_for_it() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += timedelta(seconds=3)
    assert breaker.state is BreakerState.HALF_OPEN
    with breaker.passage(), pytest.raises(PartnerUnavailableError):
        breaker.passage().__enter__()
    assert breaker.state is BreakerState.CLOSED


def test_each_failed_try_doubles_the_wait_up_to_five_minutes() -> None:
    clock = Clock()
    breaker = opened(clock)
    waits = []
    for _ in range(10):
        assert breaker.open_until is not None
        waits.append((breaker.open_until - clock.now).total_seconds())
        clock.now = breaker.open_until
        fail(breaker, away())
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_a_try_that_was_cancelled_gives_its_turn_back() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += timedelta(seconds=3)
    with pytest.raises(KeyboardInterrupt), breaker.passage():
        raise KeyboardInterrupt
    with breaker.passage():
        pass
    assert breaker.state is BreakerState.CLOSED


def test_a_no_and_a_too_many_are_answers_of_a_bank_that_is_well() -> None:
    breaker = Breaker(A, Clock())
    busy = PartnerUnavailableError(A, "RateLimited", 1, (RawAnswer(429, b"", ""),))
    for _ in range(2 * FAILURES_MAX):
        fail(breaker, PartnerRefusedError(A, "Forbidden", "", 403))
        fail(breaker, busy)
    assert breaker.state is BreakerState.CLOSED
    for _ in range(FAILURES_MAX):
        fail(breaker, OutcomeUnknownError(A, CallId("k")))
    assert breaker.state is BreakerState.OPEN


def test_another_process_goes_on_where_this_one_was() -> None:
    clock = Clock()
    first = opened(clock)
    second = Breaker(A, clock, first.failures, first.open_until)
    assert second.state is BreakerState.OPEN
    assert breaker_state(first.failures, first.open_until, clock.now) is BreakerState.OPEN
