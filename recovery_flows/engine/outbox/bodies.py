"""From a saved call to the bytes that go out: built once, fixed, the same on every retry."""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.call import TASK_CALLS, CallKind
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldRow
from models.entities.officer import Role
from models.facts import AccountRef
from models.ids import HoldId, OfficerId, RecoveryId
from models.money import Money
from models.queries.cases.work import CallLine, account_ref
from models.store.unit import Unit
from recovery_flows.engine.outbox.abroad_bodies import (
    message_path_and_body,
    request_limits,
    request_mandate,
    request_path_and_body,
)
from recovery_flows.engine.outbox.task_bodies import mandate_of, task_limits, task_path_and_body
from recovery_flows.errors import DisagreementError
from recovery_flows.freezing import renewal
from recovery_flows.law import terms
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import hold_figures
from recovery_flows.partners import letter_channel
from recovery_flows.partners.rbp1 import wire
from recovery_flows.partners.rbp1.orders import Approval, Authority, Limits


class NoBankReferenceError(DisagreementError):
    """An order about a hold that its bank cannot be told which."""

    def __init__(self, hold_id: str) -> None:
        super().__init__(
            f"hold {hold_id} has no reference of its bank, so that no order about it can be sent: "
            "ask its desk and enter it with `recovery hold reference`"
        )


def path_and_body(unit: Unit, file: CaseFile, call: CallLine, laws: Regimes) -> tuple[str, bytes]:
    """Where an order goes and what it says; raises LookupError if its subject is gone."""
    if call.kind in TASK_CALLS:
        return task_path_and_body(unit, file, call, laws)
    if call.kind is CallKind.ABROAD:
        return request_path_and_body(unit, file, call)
    if call.kind is CallKind.MESSAGE:
        return message_path_and_body(unit, file, call)
    if call.kind in (CallKind.HOLD, CallKind.REQUEST):
        return wire.HOLDS_PATH, _hold_body(unit, file, call, laws)
    if call.kind is CallKind.RELEASE:
        hold = file.hold(call.subject_id)
        decided = letter_channel.releasing(hold)
        return wire.release_path(_bank_ref(hold)), wire.release_body(
            decided, "released by decision"
        )
    if call.kind is CallKind.EXTEND:
        hold = file.hold(call.subject_id)
        ends = renewal.new_end(hold, laws[file.asset(hold.asset_id).regime])
        return wire.extend_path(_bank_ref(hold)), wire.extend_body(ends)
    return wire.PAYOUTS_PATH, _payout_body(unit, file, call)


def _bank_ref(hold: HoldRow) -> str:
    if not hold.bank_ref:
        raise NoBankReferenceError(hold.id)
    return hold.bank_ref


def _hold_body(unit: Unit, file: CaseFile, call: CallLine, laws: Regimes) -> bytes:
    hold = file.hold(call.subject_id)
    asset = file.asset(hold.asset_id)
    law = laws[asset.regime]
    row = law.row(hold.law_row)
    ends = None
    if hold.kind is not HoldKind.STOP and hold.ordered_at is not None:
        ends = terms.due_at(row.limit, hold.ordered_at, law)
    supersedes = file.hold(hold.supersedes_id).bank_ref if hold.supersedes_id else ""
    return wire.hold_body(
        HoldId(hold.id),
        hold.kind,
        _account(unit, asset.account_id),
        Money(hold.requested_minor, hold.currency),
        f"{row.instrument}, {row.article}",
        expires_at=ends,
        supersedes=supersedes or None,
        request_ref=hold.request_id or None,
    )


def _payout_body(unit: Unit, file: CaseFile, call: CallLine) -> bytes:
    payout = next(p for p in file.payouts if p.id == call.subject_id)
    return wire.payout_body(
        payout.id,
        _bank_ref(file.hold(payout.hold_id)),
        Money(payout.amount_minor, payout.currency),
        _account(unit, payout.payee_account_id),
        payout.allocation_id,
        f"return {file.recovery.ref}",
    )


def limits_of(unit: Unit, file: CaseFile, call: CallLine) -> Limits:
    """Which account a call is about, and the most that it may touch, as the file says it now."""
    amount = None
    if call.kind in TASK_CALLS:
        return task_limits(unit, file, call)
    if call.kind in (CallKind.ABROAD, CallKind.MESSAGE):
        return request_limits(file, call)
    if call.kind in (CallKind.STATEMENT, CallKind.BALANCE):
        account_id = statement_account(file, call)
    elif call.kind is CallKind.HOLD_QUERY:
        hold = hold_figures.asked_about(file, call.subject_id)
        account_id = file.asset(hold.asset_id).account_id
    elif call.kind is CallKind.PAYOUT:
        payout = next(p for p in file.payouts if p.id == call.subject_id)
        account_id = file.asset(file.hold(payout.hold_id).asset_id).account_id
        amount = Money(payout.amount_minor, payout.currency)
    else:
        hold = file.hold(call.subject_id)
        account_id = file.asset(hold.asset_id).account_id
        amount = Money(hold.requested_minor, hold.currency)
    return Limits(_account(unit, account_id).number, amount)


def _account(unit: Unit, account_id: str) -> AccountRef:
    known = unit.opened.get(account_id)
    return known or account_ref(unit.session, unit.vault, account_id)


def authority_of(file: CaseFile, call: CallLine, laws: Regimes) -> Authority:
    """Who asks by which law, and who approved it, as far as somebody has."""
    approval = next((a for a in file.approvals if a.id == call.approval_id), None)
    said = None
    if approval is not None and approval.decided_at is not None:
        said = Approval(approval.decided_by, Role.SUPERVISOR, approval.decided_at)
    recovery, requester = RecoveryId(call.recovery_id), OfficerId(call.requester)
    return Authority(recovery, requester, _mandate(file, call, laws), said)


def _mandate(file: CaseFile, call: CallLine, laws: Regimes) -> str:
    if call.noun is EntityKind.TASK:
        return mandate_of(file, laws)
    if call.kind in (CallKind.ABROAD, CallKind.MESSAGE):
        return request_mandate(file, call)
    if call.noun is not EntityKind.HOLD:
        return f"{call.kind} of {file.recovery.ref}"
    hold = file.hold(call.subject_id)
    row = laws[file.asset(hold.asset_id).regime].row(hold.law_row)
    return f"{row.instrument}, {row.article}"


def statement_account(file: CaseFile, call: CallLine) -> str:
    """Which account a statement call asks about: an asset's, or a claim's own."""
    for claim in file.claims:
        if claim.id == call.subject_id:
            return claim.victim_account_id
    return file.asset(call.subject_id).account_id
