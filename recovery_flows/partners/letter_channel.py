"""Which calls go by letter, and what each is about in words."""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.call import CallKind, CallRow, CallState
from models.entities.hold import HoldRow
from models.money import Money
from models.step_wording import Wording, say
from recovery_flows.ledger import hold_figures

ORDERS_OF_HOLDS = (CallKind.HOLD, CallKind.REQUEST)
LETTERS = frozenset(
    {
        CallKind.HOLD, CallKind.REQUEST, CallKind.RELEASE, CallKind.EXTEND, CallKind.STATEMENT,
        CallKind.PAYOUT, CallKind.BALANCE,
    }
)  # fmt: skip


def is_by_letter(file: CaseFile, call: CallRow) -> bool:
    """Whether people print, send and answer a call: its partner has no interface.

    What was printed or sent by hand stays a letter, also after its bank got an interface.
    """
    if call.kind not in LETTERS:
        return False
    if call.letter_digest or call.sent_how:
        return True
    return call.state is CallState.PLANNED and call.partner_id in file.by_letter


def order_of(file: CaseFile, hold: HoldRow) -> CallRow | None:
    """The open letter that orders a hold, if it went or is to go by letter."""
    for call in file.calls:
        ours = call.subject_id == hold.id and call.kind in ORDERS_OF_HOLDS
        if ours and not is_unasked(call):
            return call if is_by_letter(file, call) else None
    return None


def lies_unsent(file: CaseFile, subject_id: str) -> bool:
    """Whether a letter about this hold is still to be printed or sent."""
    return any(
        c.subject_id == subject_id and c.state is CallState.PLANNED and is_by_letter(file, c)
        for c in file.calls
    )


def is_unasked(call: CallRow) -> bool:
    """A letter of a bank's that answers none of ours."""
    return bool(call.sent_how) and not call.letter_digest


def account_of(file: CaseFile, call: CallRow) -> str:
    """The id of the account that a letter is about: an asset's, or a victim's own."""
    claim = next((c for c in file.claims if c.id == call.subject_id), None)
    return claim.victim_account_id if claim else file.asset(call.asset_id).account_id


def regime_of(file: CaseFile, call: CallRow) -> str:
    """Under whose law the account of a letter lies."""
    is_claim = any(c.id == call.subject_id for c in file.claims)
    return file.recovery.regime if is_claim else file.asset(call.asset_id).regime


def words(file: CaseFile, call: CallRow) -> Wording:
    """What a letter is about, with its sum: `stop-payment of CNY 1,000.00`."""
    if call.kind in (CallKind.STATEMENT, CallKind.BALANCE):
        return say(f"letter_{call.kind}")
    if call.kind is CallKind.PAYOUT:
        payout = next(p for p in file.payouts if p.id == call.subject_id)
        return say("letter_payout", amount=Money(payout.amount_minor, payout.currency))
    hold = file.hold(call.subject_id)
    if call.kind is CallKind.RELEASE:
        return say("letter_release", amount=releasing(hold))
    amount = Money(hold.requested_minor, hold.currency)
    if is_unasked(call):
        return say("letter_unasked", kind=hold.kind, amount=amount)
    if call.kind is CallKind.EXTEND:
        return say("letter_extend", amount=Money(hold.held_minor, hold.currency))
    if call.kind is CallKind.REQUEST:
        return say("letter_request", amount=amount)
    return say(f"letter_{hold.kind}", amount=amount)


def releasing(hold: HoldRow) -> Money:
    """What an ordered release lets go: all that the bank states to hold, or a part of it."""
    if hold.releasing_minor:
        return Money(hold.releasing_minor, hold.currency)
    return hold_figures.shown(hold)
