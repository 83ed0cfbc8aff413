"""Money that came in and what an insurer has paid, entered and waiting for a second person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.entities.officer import Role
from models.entities.outside.third_party_claim import DamagesSource, ThirdPartyGround
from models.entities.payout import ClawbackGround
from models.facts import AccountRef, BankPayoutState, PayoutFact
from models.money import Money
from models.queries.cases.case_files import load_file
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases import money_actions
from recovery_flows.cases.clawbacks import actions as clawbacks
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cases.court_lists import actions as court_lists
from recovery_flows.cases.money_actions import Incoming
from recovery_flows.cases.third_parties import actions as third_parties
from recovery_flows.cases.unclaimed import actions as unclaimed
from recovery_flows.correspondence import answers
from recovery_flows.intake.budget import Limits
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.recalls import actions
from tests.recall_messages import drafted, returned, sent, take
from tests.records.money.unclaimed_case import short_notice
from tests.records.treasury import register_treasury

OURS = AccountRef("treasury", "9999000000000077", "Synthetic Unit")
FISC = AccountRef("bank-slow", "9999000000000099", "Synthetic Treasury")
INSURER = AccountRef("bank-slow", "9999000000000088", "Synthetic Insurer")


def refuse(unit: Any, case_of: Callable[[Any, str], Any]) -> Any:
    """A report behind which no payment stands."""
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.case_officer().refuse_report(recovery_id, "no payment stands behind it")
    return case_of(unit, recovery_id)


def receive(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """Money came in by the promise of the mule's holder."""
    register_treasury(unit)
    case = begin(unit)
    officer = unit.case_officer()
    money_actions.invite(officer, case.recovery_id, "", "told at the interview", None)
    (row,) = case.file().voluntary_returns
    slip, amount = b"an invented bank slip", Money(10_000, "CNY")
    incoming = Incoming(OURS, "B-1", amount, unit.start, slip, row.id)
    money_actions.receive(officer, case.recovery_id, incoming)
    return case


def compensate(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """An insurer has paid the victim a part."""
    case = begin(unit)
    (claim,) = case.file().claims
    money_actions.compensate(
        unit.case_officer(), case.recovery_id, claim.id, INSURER, Money(40_000, "CNY"),
        unit.start, b"an invented letter", "I-1",
    )  # fmt: skip
    return case


def transferred(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """What came back is to go to the treasury."""
    short_notice(unit)
    case = begin(unit)
    unit.approve(case.recovery_id)
    (payout,) = case.file().payouts
    _bank_says(case, payout.id, "RETURNED")
    officer = unit.case_officer()
    unclaimed.announce(officer, case.recovery_id, payout.id, "letters came back")
    unit.later(24 * 31)
    case.decide()
    (row,) = case.file().unclaimed
    unclaimed.transfer(officer, case.recovery_id, row.id, FISC)
    return case


def refund(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """What came back went to the treasury; it has refunded the late payee."""
    case = transferred(unit, begin)
    officer, (row,) = unit.case_officer(), case.file().unclaimed
    unit.approve(case.recovery_id)
    _bank_says(case, next(p.id for p in case.file().payouts if p.unclaimed_id), "SETTLED")
    unit.later(24)
    slip, paid = b"an invented slip of the treasury", Money(30_000, "CNY")
    unclaimed.refund(officer, case.recovery_id, row.id, paid, unit.now, slip)
    return case


def court_list(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """A court has sent a list of who gets what; one row names nobody known."""
    case = begin(unit)
    (claim,) = case.file().claims
    return _listed(unit, case, f"{claim.id},300.00\nnobody here,40.00\n")


def _listed(unit: Any, case: Any, rows: str) -> Any:
    order = court_lists.Order("(2026) Invented 01 No. 7", unit.start)
    raw = f"claim,amount\n{rows}".encode()
    court_lists.import_list(
        unit.case_officer(), case.recovery_id, Path("court.csv"), raw, order, Limits()
    )
    return case


def clawback(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """What was paid went to a stranger; it is to be ordered back."""
    case = begin(unit)
    unit.approve(case.recovery_id)
    (payout,) = case.file().payouts
    _bank_says(case, payout.id, "SETTLED")
    clawbacks.order(
        unit.case_officer(), case.recovery_id, payout.id, Money(20_000, "CNY"),
        ClawbackGround.WRONG_PAYEE, "a twin account",
    )  # fmt: skip
    return case


def write_off(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """It was ordered back and does not come."""
    case = clawback(unit, begin)
    unit.approve(case.recovery_id)
    (row,) = case.file().clawbacks
    clawbacks.write_off(unit.case_officer(), case.recovery_id, row.id, "its holder is gone")
    return case


def _bank_says(case: Any, payout_id: str, state: str) -> None:
    with unit_of_work(case.unit.database) as work:
        changes = Changeset(load_file(work.session, case.recovery_id))
        payout = next(p for p in changes.file.payouts if p.id == payout_id)
        amount, now = Money(payout.amount_minor, payout.currency), case.unit.now
        fact = PayoutFact(
            bank_ref=f"P-{payout_id[-6:]}", revision=1, order_ref=payout_id,
            state=BankPayoutState(state), amount=amount, debited=amount, booked_at=now,
            booking_ref="B-1", modified_at=now, reason="",
        )  # fmt: skip
        answers.apply_payout_fact(changes, payout_id, fact, now)
        commit_changes(work, ENGINE, now, case.unit.laws, changes)
    case.close_calls()
    case.decide()


def recall(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """The victim's payment is to be called back."""
    case = begin(unit)
    drafted(unit, case.recovery_id)
    return case


def recalled(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """A part of it came back after costs."""
    case = begin(unit)
    drafted(unit, case.recovery_id)
    (asked,) = (a for a in case.file().approvals if (a.action, a.state) == ("recall", "pending"))
    unit.case_officer(Actor("wu", Role.SUPERVISOR)).approve(asked.id)
    sent(unit, case.recovery_id)
    take(unit, returned("180.00", costs="20.00"))
    return case


def reversed_again(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """Its bank took that part back after it had counted."""
    case = recalled(unit, begin)
    (asked,) = (a for a in case.file().approvals if a.action == "recall_credit")
    unit.case_officer(Actor("wu", Role.SUPERVISOR)).approve(asked.id)
    (credit,) = case.file().recall_credits
    actions.reversed_by_bank(
        unit.case_officer(), case.recovery_id, credit.recall_id, credit.booking,
        credit.arrived_at, b"%PDF synthetic reversal",
    )  # fmt: skip
    return case


def court_list_end(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """The court has withdrawn its list."""
    case = court_list(unit, begin)
    unit.approve(case.recovery_id)
    (found,) = case.file().court_lists
    court_lists.end(unit.case_officer(), case.recovery_id, found.id, "the court withdrew it")
    return case


def court_set_aside(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """A row of the court's list is nobody's here."""
    case = court_list(unit, begin)
    unit.approve(case.recovery_id)
    row = next(s for s in case.file().court_shares if s.state == "unknown")
    court_lists.set_aside(unit.case_officer(), case.recovery_id, row.id, "of another case")
    return case


def court_identify(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """The row of the court's list is this claim's, as its officer has found."""
    case = _listed(unit, begin(unit), "nobody here,40.00\n")
    unit.approve(case.recovery_id)
    (row,) = case.file().court_shares
    (claim,) = case.file().claims
    officer = unit.case_officer()
    court_lists.identify(officer, case.recovery_id, row.id, claim.id, "the court wrote so")
    return case


def third_party_claim(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """Somebody has sold goods for a part of the held money; the officer would leave it to him."""
    case = begin(unit)
    officer, recovery_id = unit.case_officer(), case.recovery_id
    filing = third_parties.Filing(
        ThirdPartyGround.GOOD_FAITH, "sold goods", "200.00", "", b"an invented invoice"
    )
    third_parties.file_claim(officer, recovery_id, filing)
    (row,) = case.file().third_party_claims
    third_parties.decide(officer, recovery_id, row.id, "150.00", "the invoice shows that much")
    return case


def damages_payment(unit: Any, begin: Callable[[Any], Any]) -> Any:
    """The holder of a frozen account was awarded 80.00, and they are paid."""
    case = begin(unit)
    officer, recovery_id = unit.case_officer(), case.recovery_id
    filing = third_parties.Filing(ThirdPartyGround.WRONG_FREEZE, "the rent bounced", "80.00")
    third_parties.file_claim(officer, recovery_id, filing)
    (row,) = case.file().third_party_claims
    third_parties.decide(officer, recovery_id, row.id, "", "its fees are shown")
    unit.approve(recovery_id)
    unit.later(24)
    slip = b"an invented slip of the unit"
    paid = third_parties.Paid("80.00", DamagesSource.UNIT_BUDGET, unit.now, "B-7", slip)
    third_parties.pay(officer, recovery_id, row.id, paid)
    return case


AFTER_A_RETURN = {
    ApprovalKind.RECEIPT: receive,
    ApprovalKind.COMPENSATION: compensate,
    ApprovalKind.REFUND: refund,
    ApprovalKind.CLAWBACK: clawback,
    ApprovalKind.CLAWBACK_WRITE_OFF: write_off,
}
"""Cases that begin with a return decision that waits for its second person."""
AFTER_A_FREEZE = {
    ApprovalKind.COURT_LIST: court_list,
    ApprovalKind.COURT_LIST_END: court_list_end,
    ApprovalKind.COURT_SET_ASIDE: court_set_aside,
    ApprovalKind.COURT_IDENTIFY: court_identify,
    ApprovalKind.RECALL: recall,
    ApprovalKind.RECALL_CREDIT: recalled,
    ApprovalKind.RECALL_REVERSAL: reversed_again,
    ApprovalKind.THIRD_PARTY_CLAIM: third_party_claim,
    ApprovalKind.DAMAGES_PAYMENT: damages_payment,
}
"""Cases that begin with a freeze that is in force."""
