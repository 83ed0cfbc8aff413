"""Money by other ways than a hold, as the restitution screen shows it, with what may be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.case_file import CaseFile
from models.entities.claim import CompensationState
from models.entities.hold import HoldKind, HoldState
from models.entities.recall import NEEDS_OFFICER, OPEN_RECALLS, WENT_OUT, RecallState
from models.entities.recovery import RecoveryState
from models.entities.voluntary_return import InstalmentState, ReturnRow, ReturnState
from models.language.phrase import phrase
from models.money import Money
from models.queries.cases.names import Names
from recovery_flows.correspondence.returns.compose import claim_number
from recovery_flows.recalls import lifecycle, returned_money
from recovery_flows.restitution import custody, voluntary, voluntary_steps


class WayAct(StrEnum):
    """What an officer may do on the screen; each is a command too."""

    INVITE = "voluntary invite"
    PLAN = "voluntary plan"
    REMIND = "voluntary remind"
    END_RETURN = "voluntary end"
    RECEIVE = "voluntary receive"
    RECALL_SENT = "recall sent"
    RECALL_ANSWER = "recall answer"
    RECALL_CHASE = "recall chase"
    RECALL_END = "recall end"
    UNCLAIMED_ANNOUNCE = "unclaimed announce"
    UNCLAIMED_CLAIMED = "unclaimed claimed"
    UNCLAIMED_TRANSFER = "unclaimed transfer"
    UNCLAIMED_REFUND = "unclaimed refund"
    CLAWBACK_REMIND = "clawback remind"
    CLAWBACK_WRITE_OFF = "clawback write-off"
    COURT_IDENTIFY = "court-list identify"
    COURT_SET_ASIDE = "court-list set-aside"
    COURT_END = "court-list end"
    VICTIM_SENT = "victim sent"
    THIRD_PARTY_FILE = "third-party file"
    THIRD_PARTY_DECIDE = "third-party decide"
    THIRD_PARTY_APPEAL = "third-party appeal"
    THIRD_PARTY_WITHDRAW = "third-party withdraw"
    THIRD_PARTY_PAY = "third-party pay"


@dataclass(frozen=True, slots=True)
class Way:
    """One voluntary return, receipt, recall or payment by others.

    `is_late` is whether somebody owes an answer or a sum; `parts` are sums with their days.
    """

    kind: str
    subject_id: str
    whose: str
    state: str
    came: Money
    of: Money
    due_at: datetime | None
    is_late: bool
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doable:
    """One act that the file allows now: on what, and what is typed for it."""

    act: WayAct
    subject_id: str
    text: str


def ways(file: CaseFile, names: Names) -> Iterator[Way]:
    """What was invited, received, called back and paid by others, the open ones first."""
    yield from _returns(file, names)
    yield from _receipts(file)
    yield from _recalls(file, names)
    for row in file.compensations:
        amount = Money(row.amount_minor, row.currency)
        payer = names.holder(row.payer_account_id, row.claim_id)
        whose = phrase(
            "{payer} for claim {claim_number}", payer=payer, claim_number=claim_number(row.claim_id)
        )
        came = amount if row.state is CompensationState.CONFIRMED else Money(0, row.currency)
        yield Way(
            phrase("paid by others"), row.id, whose, row.state, came, amount, None, is_late=False
        )


def _returns(file: CaseFile, names: Names) -> Iterator[Way]:
    for row in file.voluntary_returns:
        told = voluntary.standing(file, row)
        parts = voluntary.instalments_of(file, row.id)
        late = any(p.state is InstalmentState.OVERDUE for p in parts)
        yield Way(
            phrase("voluntary return"),
            row.id,
            names.account(row.account_id),
            row.state,
            told.received,
            told.promised,
            voluntary_steps.due_next(file, row),
            is_late=late or row.state is ReturnState.UNANSWERED,
            parts=tuple(
                phrase(
                    "part {number} {amount} {due_at:%d %b} {state}",
                    number=p.number,
                    amount=Money(p.amount_minor, p.currency),
                    due_at=p.due_at,
                    state=phrase(p.state),
                )
                for p in parts
                if p.state is not InstalmentState.REPLACED
            ),
        )


def _receipts(file: CaseFile) -> Iterator[Way]:
    for hold in file.holds:
        if hold.kind is HoldKind.CUSTODY and hold.state is HoldState.PENDING_APPROVAL:
            amount = Money(hold.requested_minor, hold.currency)
            nothing = Money(0, hold.currency)
            yield Way(
                phrase("receipt"),
                hold.id,
                hold.bank_ref,
                phrase("asked"),
                nothing,
                amount,
                None,
                is_late=False,
            )
        elif custody.is_received(hold) and not hold.return_id:
            amount = Money(hold.requested_minor, hold.currency)
            yield Way(
                phrase("receipt"),
                hold.id,
                hold.bank_ref,
                phrase("received"),
                amount,
                amount,
                None,
                is_late=False,
            )


def _recalls(file: CaseFile, names: Names) -> Iterator[Way]:
    for row in file.recalls:
        money = [c for c in file.recall_credits if c.recall_id == row.id]
        yield Way(
            phrase("recall"),
            row.id,
            phrase(
                "{victim} at {partner_id}",
                victim=names.victim(row.claim_id),
                partner_id=row.partner_id,
            ),
            row.state,
            returned_money.came(file, row),
            lifecycle.requested(row),
            row.due_at,
            is_late=row.state in NEEDS_OFFICER,
            parts=tuple(
                phrase(
                    "{amount} {arrived_at:%d %b} {state}",
                    amount=Money(c.amount_minor, c.currency),
                    arrived_at=c.arrived_at,
                    state=phrase(c.state),
                )
                for c in money
            ),
        )


def doable(file: CaseFile, names: Names) -> Iterator[Doable]:
    """What an officer may do now about money by other ways."""
    if file.recovery.state is not RecoveryState.OPEN:
        return
    going = {r.account_id for r in file.voluntary_returns if r.state is ReturnState.PROMISED}
    for row in file.voluntary_returns:
        yield from _of_return(file, row, names)
    for recall in file.recalls:
        of = phrase("the recall of {requested}", requested=lifecycle.requested(recall))
        if recall.state is RecallState.APPROVED:
            yield Doable(WayAct.RECALL_SENT, recall.id, phrase("say how {of} was sent", of=of))
        if recall.state in (
            RecallState.UNANSWERED,
            RecallState.UNPAID,
            RecallState.PARTLY_RETURNED,
        ):
            yield Doable(
                WayAct.RECALL_CHASE, recall.id, phrase("ask the bank again about {of}", of=of)
            )
        if recall.state in OPEN_RECALLS:
            yield Doable(WayAct.RECALL_END, recall.id, phrase("end {of}", of=of))
    if any(r.state in WENT_OUT for r in file.recalls):
        yield Doable(
            WayAct.RECALL_ANSWER, "", phrase("take a bank's camt.029 or pacs.004 from a file")
        )
    for asset in file.assets:
        if not asset.is_custody and asset.account_id not in going:
            whose = phrase(
                "the holder of {account} at {partner_id}",
                account=names.account(asset.account_id),
                partner_id=asset.partner_id,
            )
            yield Doable(
                WayAct.INVITE,
                asset.id,
                phrase("invite {whose} to give the money back", whose=whose),
            )


def _of_return(file: CaseFile, row: ReturnRow, names: Names) -> Iterator[Doable]:
    whose = names.account(row.account_id)
    if any(p.state is InstalmentState.OVERDUE for p in voluntary.instalments_of(file, row.id)):
        yield Doable(
            WayAct.REMIND, row.id, phrase("remind {whose} of what is overdue", whose=whose)
        )
    if row.state in (ReturnState.PROMISED, ReturnState.KEPT):
        yield Doable(
            WayAct.RECEIVE, row.id, phrase("enter money that came from {whose}", whose=whose)
        )
    if row.state is not ReturnState.ENDED:
        yield Doable(
            WayAct.PLAN, row.id, phrase("record what {whose} promises, part by part", whose=whose)
        )
    if row.state not in (ReturnState.ENDED, ReturnState.KEPT):
        yield Doable(
            WayAct.END_RETURN, row.id, phrase("expect nothing more from {whose}", whose=whose)
        )
