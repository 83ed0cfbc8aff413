"""Every fault in what follows a stop: releases, renewals, payouts, statements, looks at a balance.

Each cell: one effect in the bank's own book, the right state here, nothing open, nothing lost.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from models.action_kinds import ActionKind
from models.entities.call import CallKind
from models.entities.hold import HoldKind, HoldState
from models.entities.ledger import LedgerAccount
from models.entities.payout import PayoutState
from models.facts import AccountRef
from recovery_flows.cases import discrepancy_actions
from recovery_flows.engine import event_feed
from recovery_flows.partners.page import partner_pages
from recovery_flows.sandbox.states import FaultKind
from tests.faults.sending.matrix.effects import assert_two_figures

Outcome = Callable[[Any], Awaitable[None]]


def at_home(unit: Any, kind: str) -> list[tuple[str, str]]:
    """State and sum of each hold of a kind in the bank's own book."""
    book = unit.sandbox.book()
    return [(h["status"], h["amountHeld"]["amount"]) for h in book["holds"] if h["kind"] == kind]


def term(unit: Any, account: LedgerAccount) -> int:
    """A term of the ledger, in the currency of the loss."""
    return sum(b.claim_minor for b in unit.file().balances if b.account is account)


async def stop_again(unit: Any, amount: str, left: str) -> None:
    """A freeze that is gone is told, and with the next key stopped again."""
    freeze = unit.hold(HoldKind.FREEZE)
    assert (freeze.state, freeze.held_minor) == (HoldState.LAPSED, 0)
    assert term(unit, LedgerAccount.HELD) == 0
    assert unit.page().steps[0].sentence == f"stop CNY {amount} again: the freeze has lapsed"
    unit.advance()
    await unit.come_to_rest()
    assert at_home(unit, "stop")[-1][1] == left
    unit.assert_books_hold()
    assert await unit.differences() == []


def frozen(told: str, minor: int) -> Outcome:
    """What the bank's book shows of the freeze is what ours says."""

    async def _check(unit: Any) -> None:
        assert at_home(unit, "freeze") == [("HELD", told)]
        freeze = unit.hold(HoldKind.FREEZE)
        assert (freeze.state, freeze.held_minor) == (HoldState.FROZEN, minor)
        assert (freeze.releasing_minor, term(unit, LedgerAccount.HELD)) == (0, minor)
        assert unit.found == []

    return _check


async def all_let_go(unit: Any) -> None:
    assert at_home(unit, "freeze") == [("RELEASED", "0.00")]
    # What was to be let go by decision is not stopped again.
    await stop_again(unit, "500.00", "500.00")


def renewed(minor: int) -> Outcome:
    """Prolonged once, to the same end in both books."""

    async def _check(unit: Any) -> None:
        await frozen("800.00", minor)(unit)
        freeze = unit.hold(HoldKind.FREEZE)
        (there,) = (h for h in unit.sandbox.book()["holds"] if h["kind"] == "freeze")
        assert there["expiresAt"] == freeze.expires_at.isoformat().replace("+00:00", "Z")
        assert (freeze.renewals, freeze.renewal) == (1, "")

    return _check


async def lapsed_after_its_renewal(unit: Any) -> None:
    await renewed(80_000)(unit)
    unit.later(7)
    await unit.come_to_rest()
    assert at_home(unit, "freeze") == [("EXPIRED", "0.00")]
    await stop_again(unit, "800.00", "800.00")


async def let_go_after_its_renewal(unit: Any) -> None:
    assert at_home(unit, "freeze") == [("RELEASED", "0.00")]
    assert unit.hold(HoldKind.FREEZE).renewals == 1
    await stop_again(unit, "800.00", "800.00")


def credited(unit: Any, number: str = "") -> list[str]:
    book = unit.sandbox.book(unit.sandbox.SLOW, number or unit.sandbox.VICTIM)
    return [b["amount"]["amount"] for b in book["bookings"] if b["kind"] == "PAYOUT"]


async def paid(unit: Any) -> None:
    assert credited(unit) == ["800.00"]
    assert [p.state for p in unit.file().payouts] == [PayoutState.SETTLED]
    assert term(unit, LedgerAccount.RETURNED_HOLD) == 80_000
    assert unit.found == []


async def paid_but_a_cent(unit: Any) -> None:
    """Returned is what the victim got; what the bank says it took is a cent off, and found."""
    assert credited(unit) == ["800.00"]
    assert term(unit, LedgerAccount.RETURNED_HOLD) == 80_000
    assert unit.found == ["CNY -0.01"]


async def paid_short(unit: Any) -> None:
    """Half is credited and booked as returned; the rest is held, owed, and waits for a look."""
    assert credited(unit) == ["400.00"]
    assert term(unit, LedgerAccount.RETURNED_HOLD) == term(unit, LedgerAccount.HELD) == 40_000
    assert unit.found == []
    assert [c.state for c in unit.file().claims] == ["verified"]
    assert {d.kind for d in unit.file().discrepancies} == {"amount_differs"}
    assert len(unit.file().allocations) == 1
    for found in unit.file().discrepancies:
        discrepancy_actions.resolve(
            unit.case_officer(), unit.recovery_id, found.id, "the bank has mistyped"
        )
    await unit.until("return")
    unit.approve()
    await unit.come_to_rest()
    assert credited(unit) == ["400.00", "400.00"]
    assert term(unit, LedgerAccount.RETURNED_HOLD) == 80_000
    unit.assert_books_hold()


async def paid_twice(unit: Any) -> None:
    """Our order counts once; what nobody ordered stands with the bank until a person asks it."""
    assert credited(unit) == ["800.00", "800.00"]
    assert term(unit, LedgerAccount.RETURNED_HOLD) == 80_000
    assert unit.found == []
    unit.later(2)
    await event_feed.poll(unit.engine, unit.sandbox.HOME)
    with unit.database.reading() as session:
        pages = partner_pages(session, unit.database.vault, unit.installation.laws, unit.wall_now)
    (home,) = [page for page in pages if page.row.id == unit.sandbox.HOME]
    assert "1 of its items are none of ours" in home.row.last_error
    assert [p.state for p in unit.file().payouts] == [PayoutState.SETTLED]


async def sent_back(unit: Any) -> None:
    """The victim is owed again, a person asks why; then it is paid to an account that takes it."""
    await paid(unit)
    unit.later(30)
    await event_feed.poll(unit.engine, unit.sandbox.HOME)
    await unit.come_to_rest()
    assert [p.state for p in unit.file().payouts] == [PayoutState.RETURNED]
    assert term(unit, LedgerAccount.RETURNED_HOLD) == 0
    await frozen("800.00", 80_000)(unit)
    kinds = {d.kind for d in unit.file().discrepancies if d.state == "open"}
    assert kinds == {"payout_not_paid", "contradicts_outcome"}
    assert unit.page().steps[0].action == ActionKind.RESOLVE_DISCREPANCY
    for found in unit.file().discrepancies:
        discrepancy_actions.resolve(
            unit.case_officer(), unit.recovery_id, found.id, "the victim's account is closed"
        )
    (claim,) = unit.file().claims
    other = AccountRef(unit.sandbox.SLOW, unit.sandbox.BUSY, "Synthetic Shop")
    unit.case_officer().change_payee(unit.recovery_id, claim.id, other, "the victim names this one")
    unit.approve()
    await unit.until("return")
    unit.approve()
    await unit.come_to_rest()
    states = sorted(p.state for p in unit.file().payouts)
    assert states == [PayoutState.RETURNED, PayoutState.SETTLED]
    assert credited(unit, unit.sandbox.BUSY) == ["800.00"]
    assert term(unit, LedgerAccount.RETURNED_HOLD) == 80_000
    unit.assert_books_hold()


async def paid_when_money_is_there(unit: Any) -> None:
    """Refused for want of money that the bank holds: a person asks; then two decide once more."""
    await refused(unit)
    assert "did not carry out a payout of CNY 800.00" in unit.page().steps[0].sentence
    (found,) = [d for d in unit.file().discrepancies if d.state == "open"]
    discrepancy_actions.resolve(
        unit.case_officer(), unit.recovery_id, found.id, "the bank had a fault that day"
    )
    await unit.come_to_rest()
    assert unit.page().steps[0].sentence == "submit the restitution order"
    await pay_again(unit)
    assert credited(unit) == ["800.00"]


async def paid_to_another_account(unit: Any) -> None:
    """Refused for its name: another account of the victim is paid."""
    await refused(unit)
    assert "name another account of the victim" in unit.page().steps[0].sentence
    (claim,) = unit.file().claims
    other = AccountRef(unit.sandbox.SLOW, unit.sandbox.BUSY, "Synthetic Shop")
    unit.case_officer().change_payee(
        unit.recovery_id, claim.id, other, "the bank knows another name"
    )
    unit.approve()
    await pay_again(unit)
    assert (credited(unit), credited(unit, unit.sandbox.BUSY)) == ([], ["800.00"])


async def refused(unit: Any, *drafted: PayoutState) -> None:
    assert credited(unit) == []
    states = {p.state for p in unit.file().payouts}
    assert states == {PayoutState.REFUSED, *drafted}
    await frozen("800.00", 80_000)(unit)


async def pay_again(unit: Any) -> None:
    await unit.until("return")
    unit.approve()
    await unit.come_to_rest()
    states = sorted(p.state for p in unit.file().payouts)
    assert states == [PayoutState.REFUSED, PayoutState.SETTLED]
    assert term(unit, LedgerAccount.RETURNED_HOLD) == 80_000
    unit.assert_books_hold()
    assert await unit.differences() == []


async def traced(unit: Any) -> None:
    """The statement is in whole: stop and trace agree on all of the loss."""
    file = unit.file()
    assert at_home(unit, "stop") == [("HELD", "800.00")]
    assert [p.claim_minor for p in file.trace.positions] == [80_000]
    assert file.assets[0].statement_to is not None
    assert term(unit, LedgerAccount.HELD) == 80_000
    with unit.database.reading() as session:
        lines = session.connection().exec_driver_sql("SELECT COUNT(*) FROM statement_line")
        assert lines.scalar_one() == 1
    assert unit.found == []


def seen(minor: int) -> Outcome:
    """Money is in the watched account: a stop of it is drafted, and nothing is ordered yet."""

    async def _check(unit: Any) -> None:
        assert at_home(unit, "stop") == [("REFUSED", "0.00")]
        drafts = [h for h in unit.file().holds if h.state is HoldState.DRAFT and h.supersedes_id]
        assert [h.requested_minor for h in drafts] == [minor]
        assert unit.file().assets[0].watch == ""
        assert unit.found == []

    return _check


def but_a_cent(right: Outcome, minor: int) -> Outcome:
    """The figure that the bank showed last is booked, and a person looks at the two of them."""

    async def _check(unit: Any) -> None:
        await right(unit)
        assert_two_figures(unit, minor - 1, minor)

    return _check


async def seen_the_next_time(unit: Any) -> None:
    assert unit.file().assets[0].watch == "on"
    unit.later(26)
    await unit.come_to_rest()
    await seen(50_000)(unit)


CLEAN: dict[str, Outcome] = {
    CallKind.RELEASE: frozen("500.00", 50_000),
    CallKind.EXTEND: renewed(80_000),
    CallKind.PAYOUT: paid,
    CallKind.HOLD_QUERY: paid,
    CallKind.STATEMENT: traced,
    CallKind.BALANCE: seen(50_000),
}
OTHERWISE: dict[tuple[str, FaultKind], Outcome] = {
    (CallKind.RELEASE, FaultKind.OFF_BY_A_CENT): but_a_cent(frozen("500.00", 50_000), 50_000),
    (CallKind.RELEASE, FaultKind.LET_GO): all_let_go,
    (CallKind.EXTEND, FaultKind.OFF_BY_A_CENT): but_a_cent(renewed(80_000), 80_000),
    (CallKind.EXTEND, FaultKind.LAPSES_EARLY): lapsed_after_its_renewal,
    (CallKind.EXTEND, FaultKind.LET_GO): let_go_after_its_renewal,
    (CallKind.PAYOUT, FaultKind.OFF_BY_A_CENT): paid_but_a_cent,
    (CallKind.PAYOUT, FaultKind.PAYS_SHORT): paid_short,
    (CallKind.PAYOUT, FaultKind.PAYS_TWICE): paid_twice,
    (CallKind.PAYOUT, FaultKind.COMES_BACK): sent_back,
    (CallKind.PAYOUT, FaultKind.NO_MONEY): paid_when_money_is_there,
    (CallKind.PAYOUT, FaultKind.WRONG_NAME): paid_to_another_account,
    # A look at a balance is booked nowhere: the stop asks for what was seen.
    (CallKind.BALANCE, FaultKind.OFF_BY_A_CENT): seen(49_999),
    (CallKind.BALANCE, FaultKind.NO_MONEY): seen_the_next_time,
}


async def test_a_call_that_meets_a_fault_has_one_effect_and_the_right_state_follows(
    play_out: Any, column: str, fault: FaultKind
) -> None:
    unit = await play_out(column, fault)
    await OTHERWISE.get((column, fault), CLEAN[column])(unit)
