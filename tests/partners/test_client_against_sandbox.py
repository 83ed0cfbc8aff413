"""The client against the sandbox, which was written from the same wire and shares no code."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.entities.hold import HoldKind
from models.facts import AccountRef, BankHoldState, BankPayoutState, Direction, LineKind, RawAnswer
from models.ids import CallId, HoldId, OfficerId, PartnerId, RecoveryId
from models.money import Money
from recovery_flows.errors import (
    OutcomeUnknownError,
    PartnerRefusedError,
    PartnerUnavailableError,
)
from recovery_flows.partners.rbp1 import wire
from recovery_flows.partners.rbp1.answers import check_answer
from recovery_flows.partners.rbp1.client import PartnerBank
from recovery_flows.partners.rbp1.connection import Line
from recovery_flows.partners.rbp1.limiter import Gate
from recovery_flows.partners.rbp1.orders import Approval, Authority, Limits

# As in the world that conftest installs.
A = PartnerId("bank-a")
SLOW = PartnerId("bank-b")
START = datetime(2026, 3, 1, tzinfo=UTC)
MULE = AccountRef(A, "6222", "Synthetic Mule")
BUSY = AccountRef(A, "6444", "Synthetic Shop")
VICTIM = AccountRef(SLOW, "6333", "Synthetic Victim")
LINES = 1_200
AUTHORITY = Authority(
    RecoveryId("rec-1"),
    OfficerId("officer-1"),
    "第142条",
    Approval("officer-2", "supervisor", START),
)


@pytest.fixture
def at_a(sandbox: Any, reach: Callable[..., PartnerBank]) -> PartnerBank:
    return reach(sandbox, A)


async def send(bank: PartnerBank, path: str, body: bytes, key: str) -> RawAnswer:
    number = json.loads(body).get("account", {}).get("number", MULE.number)
    limits = Limits(number, Money(100_000_000, "CNY"))
    return await bank.send(path, body, CallId(key), AUTHORITY, limits)


async def stop_mule(bank: PartnerBank, minor: int, key: str = "call-1") -> RawAnswer:
    body = wire.hold_body(
        HoldId(f"hold-{key}"), HoldKind.STOP, MULE, Money(minor, "CNY"), "第142条"
    )
    return await send(bank, wire.HOLDS_PATH, body, key)


async def test_the_bank_speaks_the_profile(at_a: PartnerBank) -> None:
    said = wire.parse_capabilities((await at_a.capabilities()).body, A)
    assert (said.bank_id, said.jurisdiction, said.currency) == (A, "CN", "CNY")


async def test_a_stop_holds_what_is_there_for_48_hours_and_the_balance_shows_it(
    sandbox: Any, at_a: PartnerBank
) -> None:
    answer = await stop_mule(at_a, 500_000)
    held = wire.parse_hold(answer.body, A)
    assert (answer.status_code, held.state) == (201, BankHoldState.PARTIALLY_HELD)
    assert (held.order_ref, held.requested.minor, held.held.minor) == (
        "hold-call-1", 500_000, 80_000
    )  # fmt: skip
    assert held.acted_at == sandbox.clock.now
    assert held.expires_at == sandbox.clock.now + timedelta(hours=48)
    balance = wire.parse_balance((await at_a.balance(MULE.number)).body, A)
    assert (balance.booked.minor, balance.held.minor) == (80_000, 80_000)


async def test_an_order_sent_twice_holds_once(at_a: PartnerBank) -> None:
    first, second = [await stop_mule(at_a, 30_000) for _ in range(2)]
    assert wire.parse_hold(first.body, A) == wire.parse_hold(second.body, A)
    balance = wire.parse_balance((await at_a.balance(MULE.number)).body, A)
    assert balance.held.minor == 30_000


async def test_a_key_used_for_another_order_is_refused(at_a: PartnerBank) -> None:
    await stop_mule(at_a, 30_000)
    with pytest.raises(PartnerRefusedError, match="IdempotencyKeyReused"):
        await stop_mule(at_a, 30_001)


async def test_a_freeze_takes_over_the_stop_and_a_release_lets_go(at_a: PartnerBank) -> None:
    stopped = wire.parse_hold((await stop_mule(at_a, 30_000)).body, A)
    until = START + timedelta(days=180)
    body = wire.hold_body(
        HoldId("hold-2"), HoldKind.FREEZE, MULE, Money(50_000, "CNY"), "m",
        expires_at=until, supersedes=stopped.bank_ref,
    )  # fmt: skip
    frozen = wire.parse_hold((await send(at_a, wire.HOLDS_PATH, body, "call-2")).body, A)
    assert (frozen.state, frozen.held.minor) == (BankHoldState.HELD, 50_000)
    assert frozen.expires_at == until
    before = wire.parse_hold((await at_a.hold(stopped.bank_ref)).body, A)
    assert before.state is BankHoldState.CONVERTED
    path = wire.release_path(frozen.bank_ref)
    part = await send(at_a, path, wire.release_body(Money(10_000, "CNY"), "r"), "call-3")
    assert wire.parse_hold(part.body, A).held.minor == 40_000
    rest = await send(at_a, path, wire.release_body(Money(40_000, "CNY"), "r"), "call-4")
    assert wire.parse_hold(rest.body, A).state is BankHoldState.RELEASED


async def test_a_payout_is_on_both_statements(
    sandbox: Any, at_a: PartnerBank, reach: Callable[..., PartnerBank]
) -> None:
    held = wire.parse_hold((await stop_mule(at_a, 80_000)).body, A)
    body = wire.payout_body("pay-1", held.bank_ref, Money(80_000, "CNY"), VICTIM, "dec-1", "back")
    paid = wire.parse_payout((await send(at_a, wire.PAYOUTS_PATH, body, "call-2")).body, A)
    assert (paid.state, paid.debited) == (BankPayoutState.SETTLED, Money(80_000, "CNY"))
    assert wire.parse_payout((await at_a.payout(paid.bank_ref)).body, A) == paid
    left, _ = await at_a.statement(MULE.number, START)
    came, _ = await reach(sandbox, SLOW).statement(VICTIM.number, sandbox.clock.now)
    for line, side in ((left.lines[-1], Direction.DEBIT), (came.lines[-1], Direction.CREDIT)):
        assert (line.kind, line.direction) == (LineKind.PAYOUT, side)
        assert (line.amount.minor, line.end_to_end_id) == (80_000, "pay-1")
    now = wire.parse_hold((await at_a.hold(held.bank_ref)).body, A)
    assert (now.state, now.held.minor) == (BankHoldState.PAID_OUT, 0)


async def test_a_long_statement_is_read_over_its_pages_and_sums(at_a: PartnerBank) -> None:
    fact, answers = await at_a.statement(BUSY.number, START)
    assert (len(answers), len(fact.lines)) == (2, LINES)
    assert fact.opening - fact.closing == Money(LINES * 7, "CNY")
    assert fact.lines[0].counter == VICTIM


async def test_a_statement_never_reaches_past_the_banks_now(
    sandbox: Any, at_a: PartnerBank
) -> None:
    fact, _ = await at_a.statement(MULE.number, START, START + timedelta(days=99))
    assert (fact.covers_from, fact.covers_to) == (START, sandbox.clock.now)
    first, second = fact.lines
    assert (first.kind, first.direction, first.counter) == (
        LineKind.TRANSFER, Direction.CREDIT, VICTIM,
    )  # fmt: skip
    assert (second.kind, second.direction, second.counter) == (
        LineKind.CASH, Direction.DEBIT, None,
    )  # fmt: skip


async def test_the_feed_tells_a_later_expiry_once_and_only_after_its_instant(
    sandbox: Any, at_a: PartnerBank
) -> None:
    held = wire.parse_hold((await stop_mule(at_a, 30_000)).body, A)
    before, _ = await at_a.events(None)
    assert before.items == (held,)
    assert (await at_a.events(before.reached))[0].items == ()
    sandbox.clock.now += timedelta(hours=49)
    after, _ = await at_a.events(before.reached)
    (expired,) = after.items
    assert (expired.bank_ref, expired.state) == (held.bank_ref, BankHoldState.EXPIRED)
    assert expired.modified_at == held.expires_at
    assert expired.revision > held.revision


async def test_a_feed_of_many_holds_is_read_over_its_pages(at_a: PartnerBank) -> None:
    keys = [f"call-{number}" for number in range(201)]
    await asyncio.gather(*(stop_mule(at_a, 1, key) for key in keys))
    page, answers = await at_a.events(None)
    assert len(answers) == 2
    assert {item.order_ref for item in page.items} == {f"hold-{key}" for key in keys}


async def test_a_slow_bank_first_promises_and_then_tells_by_its_feed(
    sandbox: Any, reach: Callable[..., PartnerBank]
) -> None:
    bank = reach(sandbox, SLOW)
    body = wire.hold_body(HoldId("hold-1"), HoldKind.STOP, VICTIM, Money(500, "CNY"), "m")
    answer = await send(bank, wire.HOLDS_PATH, body, "call-1")
    promised = wire.parse_hold(answer.body, SLOW)
    assert (answer.status_code, promised.state) == (202, BankHoldState.RECEIVED)
    sandbox.clock.now += timedelta(minutes=11)
    page, _ = await bank.events(promised.modified_at)
    assert [item.state for item in page.items] == [BankHoldState.HELD]


async def test_after_a_lost_answer_the_key_tells_what_was_done(
    sandbox: Any, at_a: PartnerBank
) -> None:
    sandbox.plant("timeout_after_acting", "POST /v1/holds")
    with pytest.raises(OutcomeUnknownError):
        await stop_mule(at_a, 30_000)
    past = await at_a.outcome(CallId("call-1"))
    assert past is not None
    answer = wire.parse_call(past.body, A, CallId("call-1"))
    assert answer is not None
    held = wire.parse_hold(check_answer(A, answer, CallId("call-1")).body, A)
    assert (held.state, held.held.minor) == (BankHoldState.HELD, 30_000)
    assert wire.parse_hold((await stop_mule(at_a, 30_000)).body, A) == held


async def test_after_a_lost_order_the_key_was_never_seen(sandbox: Any, at_a: PartnerBank) -> None:
    for kind in ("down", "error_500"):
        sandbox.plant(kind, "POST /v1/holds")
        with pytest.raises(OutcomeUnknownError):
            await stop_mule(at_a, 30_000)
        assert await at_a.outcome(CallId("call-1")) is None


async def test_an_order_the_bank_is_still_busy_with_stays_unknown(
    sandbox: Any, reach: Callable[..., PartnerBank]
) -> None:
    sandbox.plant("slow", "POST /v1/holds", seconds=60)
    bank = reach(sandbox, A, read_timeout_seconds=0.5)
    for _ in range(2):
        with pytest.raises(OutcomeUnknownError):
            await stop_mule(bank, 30_000)
    past = await reach(sandbox, A).outcome(CallId("call-1"))
    assert past is not None
    assert wire.parse_call(past.body, A, CallId("call-1")) is None


async def test_a_bank_that_is_too_busy_did_nothing(sandbox: Any, at_a: PartnerBank) -> None:
    sandbox.plant("rate_limited", "POST /v1/holds", seconds=1)
    with pytest.raises(PartnerUnavailableError) as caught:
        await stop_mule(at_a, 30_000)
    assert caught.value.retry_after_seconds == 1
    held = wire.parse_hold((await stop_mule(at_a, 30_000)).body, A)
    assert held.state is BankHoldState.HELD


async def test_a_wrong_name_an_unknown_account_and_an_empty_one_are_refused_as_such(
    at_a: PartnerBank,
) -> None:
    await stop_mule(at_a, 80_000)
    for place, (account, reason) in enumerate(
        (
            (AccountRef(A, MULE.number, "Somebody Else"), "NAME_MISMATCH"),
            (AccountRef(A, "000", "Synthetic Nobody"), "OTHER"),
            (MULE, "NO_BALANCE"),
        )
    ):
        body = wire.hold_body(
            HoldId(f"hold-{reason}"), HoldKind.STOP, account, Money(1, "CNY"), "m"
        )
        hold = wire.parse_hold((await send(at_a, wire.HOLDS_PATH, body, f"key-{place}")).body, A)
        assert (hold.state, hold.reason) == (BankHoldState.REFUSED, reason)


async def test_a_wrong_token_is_refused(
    sandbox: Any, open_bank: Callable[..., PartnerBank]
) -> None:
    bank = open_bank(Line(A, sandbox.rows[A]["url"], "wrong"), Gate(A))
    with pytest.raises(PartnerRefusedError, match="TokenInvalid"):
        await bank.capabilities()
