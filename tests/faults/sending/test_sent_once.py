"""Whatever breaks between us and the bank: each order has exactly one effect there."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from models.entities.call import CallState
from models.entities.hold import HoldState
from models.entities.ledger import LedgerAccount
from models.entities.officer import Role
from models.entities.payout import PayoutState
from models.queries.audit.verify import verify
from models.queries.cases.work import next_retry
from recovery_flows.cases.views.queue import queue
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.reports.unattended import DEFAULT_PATIENCE

LEASE_SECONDS = 120
PATHS = {"hold": "/v1/holds", "payout": "/v1/payouts", "release": "/v1/holds/{id}/release"}
OUTBOX = """
import asyncio, os, signal, sys
from pathlib import Path
from models.entities.call import CallKind
from recovery_flows.cli.composition import open_installation
from recovery_flows.engine.outbox import dispatch
from recovery_flows.engine.context import Engine, Pace

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

class DiesBeforeItSends(Engine):
    async def bank(self, partner_id):
        die()

folder, kind, moment = sys.argv[1:]
opened = open_installation(Path(folder))
hands = Engine
if moment == "marked sent":
    hands = DiesBeforeItSends
elif moment == "answered":
    dispatch.settle_results = die
engine = hands(opened.database, opened.laws, Pace(), "killed")
asyncio.run(dispatch.send_due(engine, [CallKind(kind)]))
"""
DESK = """
import os, signal, sys
from pathlib import Path
from recovery_flows.cli.composition import open_installation
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.access.log_in import by_system_user

opened = open_installation(Path(sys.argv[1]))
who = by_system_user(opened.database, "the-officer")
CaseOfficer(opened.database, opened.laws, who).advance(sys.argv[2])
os.kill(os.getpid(), signal.SIGKILL)
"""


async def killed(script: str, *words: str) -> None:
    """Run a script in a process of its own, which kills itself with signal 9."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, *words, cwd=Path(__file__).parents[3], env=dict(os.environ)
    )
    assert await child.wait() == -signal.SIGKILL


async def about_to_send(unit: Any, kind: str) -> None:
    """Everything is decided, and the call of this kind is the next to leave."""
    if kind == "payout":
        await unit.until("return")
        unit.approve()
        return
    unit.stop() if kind == "hold" else unit.advance()
    if kind == "release":
        unit.advance()
        await unit.sweep()
        (asked,) = (a for a in unit.file().approvals if a.state == "pending")
        unit.case_officer(Role.SUPERVISOR).deny(asked.id, "not the account that was meant")


def assert_done_once(unit: Any, kind: str) -> None:
    """One effect at the bank; our records say what the bank's book says; all proofs hold."""
    book, file = unit.sandbox.book(), unit.file()
    if kind == "payout":
        (payout,) = book["payouts"]
        credited = unit.sandbox.book(unit.sandbox.SLOW, unit.sandbox.VICTIM)["bookings"]
        assert [b["amount"]["amount"] for b in credited if b["kind"] == "PAYOUT"] == ["800.00"]
        assert payout["orderRef"] == file.payouts[0].id
        assert [p.state for p in file.payouts] == [PayoutState.SETTLED]
        assert term(file, LedgerAccount.RETURNED_HOLD) == 80_000
    else:
        (hold,) = book["holds"]
        assert hold["orderRef"] == unit.hold().id
        released = kind == "release"
        assert hold["amountHeld"]["amount"] == ("0.00" if released else "800.00")
        assert unit.hold().state is (HoldState.RELEASED if released else HoldState.STOPPED)
        assert term(file, LedgerAccount.HELD) == (0 if released else 80_000)
    assert_proofs_hold(unit)


def assert_proofs_hold(unit: Any) -> None:
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()
    assert verify(unit.database) == ()


def term(file: Any, account: LedgerAccount) -> int:
    return sum(b.claim_minor for b in file.balances if b.account is account)


def call_of(unit: Any, kind: str) -> Any:
    """The open call of a kind."""
    (call,) = (c for c in unit.file().calls if c.kind == kind)
    return call


@pytest.mark.parametrize("kind", ["hold", "payout", "release"])
async def test_an_order_whose_answer_is_lost_is_asked_for_by_key_and_never_sent_again(
    unit: Any, kind: str
) -> None:
    await about_to_send(unit, kind)
    call = f"POST {PATHS[kind]}"
    unit.sandbox.plant(
        {"call": call, "kind": "timeout_after_acting", "seconds": 3},
        {"call": call, "kind": "error_500"},
    )
    impatient = unit.hands("impatient", timeout_seconds=1)
    await unit.sweep(engine=impatient)
    await impatient.close()
    assert call_of(unit, kind).state is CallState.UNKNOWN
    assert "did not answer in time" in call_of(unit, kind).last_error
    await unit.sweep(after_seconds=2)
    assert_done_once(unit, kind)
    assert unit.call_events(kind)[-3:] == ["sent", "unknown", "answered"]
    # Nobody came by with that order a second time: the second fault still waits.
    assert [f["kind"] for f in unit.sandbox.planted()] == ["error_500"]


@pytest.mark.parametrize("moment", ["marked sent", "answered"])
@pytest.mark.parametrize("kind", ["hold", "payout"])
async def test_a_process_killed_around_the_sending_leaves_one_effect_at_the_bank(
    unit: Any, kind: str, moment: str
) -> None:
    await about_to_send(unit, kind)
    await killed(OUTBOX, str(unit.installation.data_dir), kind, moment)
    assert call_of(unit, kind).state is CallState.SENT
    orders = unit.sandbox.book()["payouts" if kind == "payout" else "holds"]
    assert len(orders) == (moment == "answered")
    # Case time may not run on before the dead one's lease has ended, or holds lapse meanwhile.
    with unit.database.reading() as session:
        assert next_retry(session) > unit.wall_now

    another = unit.hands("another process")
    await unit.sweep(engine=another)
    assert call_of(unit, kind).state is CallState.SENT, "the dead one's lease still runs"
    # The dead one's wall clock ran on while it started.
    await unit.sweep(after_seconds=LEASE_SECONDS + 60, engine=another)
    await unit.sweep(after_seconds=5, engine=another)
    await another.close()
    assert_done_once(unit, kind)
    again = [] if moment == "answered" else ["never_seen", "sent"]
    assert unit.call_events(kind)[-3 - len(again) :] == ["sent", "unknown", *again, "answered"]


async def test_a_process_killed_after_the_decision_was_kept_leaves_the_order_to_the_next(
    unit: Any,
) -> None:
    unit.advance()
    await killed(DESK, str(unit.installation.data_dir), unit.recovery_id)
    assert call_of(unit, "hold").state is CallState.PLANNED
    assert unit.sandbox.book()["holds"] == []
    await unit.sweep()
    assert_done_once(unit, "hold")
    await unit.sweep(after_seconds=LEASE_SECONDS + 5)
    assert len(unit.sandbox.book()["holds"]) == 1


async def test_while_a_bank_is_down_the_recovery_says_why_it_waits_and_then_goes_on(
    unit: Any,
) -> None:
    unit.stop()
    unit.sandbox.end()
    await unit.sweep()
    call = call_of(unit, "hold")
    assert (call.state, unit.hold().state) == (CallState.PLANNED, HoldState.ORDERED)
    why = "waiting for bank-home: hold (partner bank-home is not available: it cannot be reached)"
    assert why in [step.sentence for step in unit.page().steps]
    with unit.database.reading() as session:
        (line,) = queue(session, unit.wall_now, DEFAULT_PATIENCE, 10).lines
    assert line.sentence == why
    await unit.sweep(after_seconds=30)
    assert call_of(unit, "hold").state is CallState.PLANNED

    unit.sandbox.start()
    await unit.sweep(after_seconds=60)
    assert_done_once(unit, "hold")
    assert {"postponed", "answered"} <= set(unit.call_events("hold"))
    assert "not available" not in " ".join(step.sentence for step in unit.page().steps)


async def test_after_an_error_500_the_bank_is_asked_whether_it_acted_and_then_told_again(
    unit: Any,
) -> None:
    unit.stop()
    unit.sandbox.plant({"call": "POST /v1/holds", "kind": "error_500"})
    await unit.sweep()
    assert call_of(unit, "hold").state is CallState.UNKNOWN
    assert "HTTP 500" in call_of(unit, "hold").last_error
    assert unit.sandbox.book()["holds"] == []
    await unit.sweep(after_seconds=2)
    assert_done_once(unit, "hold")
    events = ["planned", "sent", "unknown", "never_seen", "sent", "answered"]
    assert unit.call_events("hold") == events


async def test_a_bank_that_asks_for_time_is_left_alone_for_that_long(unit: Any) -> None:
    unit.stop()
    unit.sandbox.plant({"call": "POST /v1/holds", "kind": "rate_limited", "seconds": 3})
    asked_at = time.monotonic()
    await unit.sweep()
    assert "not before 3 s" in call_of(unit, "hold").last_error
    await unit.sweep(after_seconds=2.5)
    assert unit.sandbox.book()["holds"] == []
    assert unit.call_events("hold") == ["planned", "sent", "postponed"]
    await unit.sweep(after_seconds=1)
    assert_done_once(unit, "hold")
    # The gate before the bank keeps real time, whatever the clock of the engine says.
    assert time.monotonic() - asked_at >= 3


async def test_what_a_bank_holds_of_an_order_is_what_counts_as_held(unit: Any) -> None:
    unit.stop()
    unit.sandbox.plant(
        {"call": "POST /v1/holds", "kind": "partial", "amount": "300.00", "times": 2}
    )
    await unit.sweep()
    hold = unit.hold()
    assert (hold.requested_minor, hold.held_minor) == (80_000, 30_000)
    assert hold.state is HoldState.STOPPED
    assert unit.sandbox.balance() == ("1000.00", "300.00")
    assert term(unit.file(), LedgerAccount.HELD) == 30_000
    assert_proofs_hold(unit)
    await unit.until("return")
    unit.approve()
    await unit.sweep()
    credited = unit.sandbox.book(unit.sandbox.SLOW, unit.sandbox.VICTIM)["bookings"]
    assert [b["amount"]["amount"] for b in credited if b["kind"] == "PAYOUT"] == ["300.00"]
    assert term(unit.file(), LedgerAccount.RETURNED_HOLD) == 30_000
    assert_proofs_hold(unit)
