"""State words say what is so: not closed before the closing, not frozen once it is paid."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.hold import HoldState
from models.facts import BankHoldState, BankPayoutState, HoldFact, PayoutFact
from models.money import Money
from models.queries.cases.case_files import load_file
from models.store.unit import Unit
from recovery_flows.cases.pages.recovery import written
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.cases.views.pending_approvals import pending_approvals
from recovery_flows.cli.page_text import page_lines
from recovery_flows.correspondence import answers
from recovery_flows.ledger.changeset import Changeset
from tests.screens.conftest import LAWS
from tests.screens.test_keys import type_fast

WHOLE = 5_000_000


def approve_return(unity: Any) -> None:
    (pending,) = (a for a in pending_approvals(unity.database, unity.laws) if a.act == "return")
    unity.case_officer("wang").approve(pending.approval_id)


def bank_pays(unity: Any, recovery: str, state: str, minor: int = WHOLE, reason: str = "") -> None:
    """The bank says what became of the one payout."""

    def take(unit: Unit, changes: Changeset) -> None:
        del unit
        (payout,) = (p for p in changes.file.payouts if p.state == "instructed")
        fact = PayoutFact(
            bank_ref="P-1", revision=1, order_ref=payout.id, state=BankPayoutState(state),
            amount=Money(minor, "CNY"), debited=Money(minor, "CNY"), booked_at=unity.now,
            booking_ref="B-1", modified_at=unity.now, reason=reason,
        )  # fmt: skip
        answers.apply_payout_fact(changes, payout.id, fact, unity.now)

    unity.answer_calls(recovery)
    unity.change(recovery, take)


def bank_holds(unity: Any, recovery: str, minor: int) -> None:
    """The bank shows what the freeze holds once it has paid."""

    def take(unit: Unit, changes: Changeset) -> None:
        del unit
        hold = next(h for h in changes.file.holds if h.state is HoldState.FROZEN)
        fact = HoldFact(
            bank_ref=hold.bank_ref, revision=hold.bank_revision + 1, order_ref=hold.id,
            state=BankHoldState.HELD, requested=Money(hold.requested_minor, "CNY"),
            held=Money(minor, "CNY"), acted_at=hold.acted_at, expires_at=hold.expires_at,
            modified_at=unity.now,
        )  # fmt: skip
        answers.apply_hold_fact(changes, hold.id, fact, LAWS, unity.now)

    unity.answer_calls(recovery)
    unity.change(recovery, take)


@pytest.fixture
def paid(unity: Any, returnable: str) -> str:
    """All of the loss was held, approved and paid back."""
    approve_return(unity)
    bank_pays(unity, returnable, "SETTLED")
    bank_holds(unity, returnable, 0)
    return returnable


async def test_a_recovery_whose_next_step_is_its_closing_is_not_called_closed(
    unity: Any, paid: str, wait: Any
) -> None:
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        text = await wait(pilot, app, "R-2026-0001", "propose closing the recovery")
        (row,) = (x for x in text.splitlines() if "R-2026-0001" in x and "CNY" in x)
        assert "to be closed" in row
        await type_fast(app, "enter")
        text = await wait(pilot, app, "Accounts and holds", "n propose closing the recovery")
        assert "◇ to be closed" in text
        assert "closed, all returned" not in text
    assert load(unity, paid).recovery.state == "open"


async def test_a_paid_account_is_called_paid_out_and_no_end_of_its_freeze_is_counted(
    unity: Any, paid: str, wait: Any
) -> None:
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await type_fast(app, "enter")
        text = await wait(pilot, app, "Accounts and holds", "✓ paid out")
        (row,) = (x for x in text.splitlines() if "2222" in x and "CNY" in x and "paid out" in x)
        assert "frozen" not in row
        assert "– – ✓ paid out" in " ".join(row.split())  # nothing held, no end
        assert "freeze ends" not in text
        await type_fast(app, "6")
        await wait(pilot, app, "No deadline runs")
    told = told_by_show(unity, paid)
    assert "paid out" in told
    assert "frozen" not in told.split("Last events")[0].split("measure ")[0]


async def test_a_closing_is_approved_over_words_and_a_positive_loss(
    unity: Any, paid: str, wait: Any
) -> None:
    unity.case_officer("li").advance(paid)
    app = unity.app("wang", start_screen="approvals")
    async with app.run_test(size=(100, 30)) as pilot:
        text = await wait(pilot, app, "reported", "CNY 50,000.00", "returned")
        assert "-50,000" not in text
        assert "returned_hold" not in text


async def test_a_refused_payout_is_an_officers_turn_and_not_the_engines(
    unity: Any, returnable: str, wait: Any
) -> None:
    approve_return(unity)
    bank_pays(unity, returnable, "REFUSED", reason="PAYEE_CLOSED")
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        text = await wait(pilot, app, "R-2026-0001", "the bank did not")
        (row,) = (x for x in text.splitlines() if "R-2026-0001" in x and "CNY" in x)
        assert "▸ you" in row
        assert "engine" not in row
        await type_fast(app, "enter")
        text = await wait(pilot, app, "Accounts and holds", "n look into it")
        assert "processing" not in text
        assert "✓ paid" not in text


async def test_a_payout_settled_with_less_is_shown_with_what_was_paid_not_as_paid(
    unity: Any, returnable: str, wait: Any
) -> None:
    approve_return(unity)
    bank_pays(unity, returnable, "SETTLED", minor=2_000_000)
    app = unity.app("li")
    async with app.run_test(size=(120, 60)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await type_fast(app, "enter")
        text = await wait(pilot, app, "≠ paid CNY 20,000.00")
        assert "✓ paid  " not in text
    told = told_by_show(unity, returnable)
    assert "CNY 50,000.00  ≠ paid CNY 20,000.00" in told


async def test_a_freeze_that_a_court_took_over_is_not_called_paid_out(
    unity: Any, returnable: str, wait: Any
) -> None:
    unity.hold(returnable)
    with unity.database.engine.begin() as raw:
        raw.exec_driver_sql("UPDATE hold SET state = 'disposed', held_minor = 0")
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await type_fast(app, "enter")
        text = await wait(pilot, app, "executed, nothing held any more")
        assert "paid out" not in text


async def test_the_command_and_the_screen_call_a_new_report_the_same(unity: Any, wait: Any) -> None:
    recovery = unity.report(100_000)
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        text = await wait(pilot, app, "R-2026-0001", "○ reported")
        assert "freezing" not in text.split("R-2026-0001")[1]
    told = told_by_show(unity, recovery)
    assert "reported" in told.splitlines()[0]
    assert "freezing" not in told


def load(unity: Any, recovery: str) -> Any:
    with unity.database.reading() as session:
        return load_file(session, recovery)


def told_by_show(unity: Any, recovery: str) -> str:
    """What `recovery show` prints."""
    page = recovery_page(unity.database, unity.laws, recovery, unity.now)
    return "\n".join(page_lines(written(page, LAWS, "UTC")))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_has_ended_is_told_once_and_no_word_of_its_state_is_cut(
    unity: Any, paid: str, wait: Any, size: Any
) -> None:
    unity.case_officer("li").advance(paid)
    (closing,) = pending_approvals(unity.database, unity.laws)
    unity.case_officer("wang").approve(closing.approval_id)
    app = unity.app("li")
    async with app.run_test(size=size) as pilot:
        await wait(pilot, app, "No open recovery")
        await type_fast(app, "c")
        text = await wait(pilot, app, "R-2026-0001", "✓ closed", "closed: all returned")
        row = next(x for x in text.splitlines() if "R-2026-0001" in x and "CNY" in x)
        assert "✓ closed " in row
        assert "…" not in row
        await type_fast(app, "enter")
        text = await wait(pilot, app, "Accounts and holds", "closed, all returned")
        assert text.count("closed: all returned") == 1
        assert "nothing for an officer" not in text
        assert "reported 2026-03-02 14:00:00 CST" in text


async def test_a_partners_connection_is_normal_and_not_a_breaker_that_is_closed(
    unity: Any, returnable: str, wait: Any
) -> None:
    app = unity.app("li", start_screen="partners")
    async with app.run_test(size=(120, 40)) as pilot:
        text = await wait(pilot, app, "connection", "● normal", "median", "90 %")
        assert "breaker" not in text
        assert "p50" not in text
    assert returnable
