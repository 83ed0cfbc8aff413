"""What a second person is shown, and binds, where money goes to victims or comes in for them."""

from __future__ import annotations

from collections.abc import Iterator

from models.case_file import CaseFile
from models.entities.claim import CompensationState
from models.entities.recall import MatchedBy
from models.figures import AccountNumber, Document, Figure, Holder, Payee, Reason
from models.ids import digest
from models.money import Money
from recovery_flows.ledger.payout_parts import received_for


def receipt(file: CaseFile, hold_id: str) -> Iterator[Figure]:
    """Money that came in: where, how much, when, by which booking, for which promise."""
    hold = file.hold(hold_id)
    asset = file.asset(hold.asset_id)
    yield Figure("bank", asset.partner_id)
    yield Figure("our account", AccountNumber(asset.account_id))
    yield Figure("amount", Money(hold.requested_minor, hold.currency), is_headline=True)
    if hold.acted_at is not None:
        yield Figure("received at", hold.acted_at)
    yield Figure("booking", hold.bank_ref)
    row = next((r for r in file.voluntary_returns if r.id == hold.return_id), None)
    if row is not None:
        yield Figure("given back by the holder of", AccountNumber(row.account_id))
    called = next((c for c in file.clawbacks if c.id == hold.return_id), None)
    if called is not None:
        order = f"{called.id} of {Money(called.amount_minor, called.currency)}"
        yield Figure("called back by", order)
    yield Figure("proof", Document(hold.proof))
    yield Figure("entered by", hold.drafted_by)


def compensation(file: CaseFile, name: str) -> Iterator[Figure]:
    """What was paid to a victim: by whom, how much, when, by which booking, which proof."""
    row = next(k for k in file.compensations if k.id == name)
    yield Figure("claim", row.claim_id)
    yield Figure("paid by the holder of", AccountNumber(row.payer_account_id))
    yield Figure("its holder", Holder(row.payer_account_id, row.claim_id))
    yield Figure("amount", Money(row.amount_minor, row.currency), is_headline=True)
    yield Figure("paid at", row.paid_at)
    if row.booking:
        yield Figure("booking", row.booking)
    yield Figure("proof", Document(row.proof))
    yield Figure("entered by", row.entered_by)


def refund(file: CaseFile, name: str) -> Iterator[Figure]:
    """What the treasury paid to a payee who claimed late: of which share, when, which proof."""
    row = next(u for u in file.unclaimed if u.id == name)
    yield Figure("claim", row.claim_id)
    yield Figure("went to the treasury", Money(row.amount_minor, row.currency))
    yield Figure("refunded", Money(row.refunded_minor, row.currency), is_headline=True)
    if row.refunded_at is not None:
        yield Figure("refunded at", row.refunded_at)
    yield Figure("proof", Document(row.refund_proof))
    yield Figure("entered by", row.refund_entered_by)


def clawback(file: CaseFile, name: str) -> Iterator[Figure]:
    """Money of a payout to be given back: by whom, how much of what was paid, when, why."""
    row = next(c for c in file.clawbacks if c.id == name)
    paid = next(p for p in file.payouts if p.id == row.payout_id)
    yield Figure("claim", row.claim_id)
    yield Figure("paid to", AccountNumber(paid.payee_account_id))
    yield Figure("paid", Money(paid.credited_minor, row.currency))
    if paid.settled_at is not None:
        yield Figure("paid at", paid.settled_at)
    yield Figure("to be given back", Money(row.amount_minor, row.currency), is_headline=True)
    yield Figure("ground", row.ground.replace("_", " "))
    yield Figure("why", Reason(row.reason))
    yield Figure("asked by", row.asked_by)


def write_off(file: CaseFile, name: str) -> Iterator[Figure]:
    """What does not come back: how much of which order, on which ground, and why not."""
    row = next(c for c in file.clawbacks if c.id == name)
    came = received_for(file, name)
    yield Figure("claim", row.claim_id)
    yield Figure("ordered back", Money(row.amount_minor, row.currency))
    yield Figure("came back", Money(came, row.currency))
    left = max(0, row.amount_minor - came)
    yield Figure("written off", Money(left, row.currency), is_headline=True)
    yield Figure("ground", row.ground.replace("_", " "))
    yield Figure("why", Reason(row.write_off_reason))
    yield Figure("asked by", row.asked_by)


def court_list(file: CaseFile, list_id: str) -> Iterator[Figure]:
    """A court's list as it was typed: of which decision, on which account, every row of it."""
    found = next(c for c in file.court_lists if c.id == list_id)
    yield Figure("court's reference", found.reference)
    yield Figure("ordered at", found.ordered_at)
    yield Figure("account", AccountNumber(file.asset(found.asset_id).account_id))
    yield Figure("all rows", Money(found.total_minor, found.currency), is_headline=True)
    for row in (r for r in file.court_shares if r.list_id == list_id):
        whose = row.claim_id or "nobody known"
        yield Figure(f"line {row.line}", f"{Money(row.amount_minor, row.currency)} to {whose}")
    yield Figure("file", Document(found.proof))
    yield Figure("entered by", found.entered_by)


def court_list_end(file: CaseFile, list_id: str) -> Iterator[Figure]:
    """A court's list that is to be followed no more: which, about what, of how much, and why."""
    found = next(c for c in file.court_lists if c.id == list_id)
    yield Figure("court's reference", found.reference)
    yield Figure("ordered at", found.ordered_at)
    yield Figure("account", AccountNumber(file.asset(found.asset_id).account_id))
    yield Figure("all rows", Money(found.total_minor, found.currency), is_headline=True)
    yield Figure("why it ends", Reason(found.reason))


def court_set_aside(file: CaseFile, share_id: str) -> Iterator[Figure]:
    """A row of a court's list that is nobody's here: of which list, how much, and why."""
    return _court_row(file, share_id, "set aside")


def court_identify(file: CaseFile, share_id: str) -> Iterator[Figure]:
    """A row of a court's list and whose it is said to be: of which list, how much, and why."""
    row = next(s for s in file.court_shares if s.id == share_id)
    yield Figure("claim", row.claim_id or row.found_claim_id)
    yield from _court_row(file, share_id, "given by the court")


def _court_row(file: CaseFile, share_id: str, what: str) -> Iterator[Figure]:
    row = next(s for s in file.court_shares if s.id == share_id)
    found = next(c for c in file.court_lists if c.id == row.list_id)
    yield Figure("court's reference", found.reference)
    yield Figure("account", AccountNumber(file.asset(found.asset_id).account_id))
    yield Figure("line", str(row.line))
    yield Figure(what, Money(row.amount_minor, row.currency), is_headline=True)
    yield Figure("why", Reason(row.reason))


def recall(file: CaseFile, recall_id: str) -> Iterator[Figure]:
    """A payment to be called back: whose bank sends it, which payment, and the message itself."""
    row = next(r for r in file.recalls if r.id == recall_id)
    claim = next(c for c in file.claims if c.id == row.claim_id)
    yield Figure("to", f"{row.partner_id} by {row.channel}")
    yield Figure("paid from", AccountNumber(claim.victim_account_id))
    yield Figure("paid to", AccountNumber(claim.payee_account_id))
    yield Figure("amount", Money(row.requested_minor, row.currency), is_headline=True)
    yield Figure("paid at", claim.paid_at)
    if row.uetr or row.end_to_end_id:
        yield Figure("payment", row.uetr or row.end_to_end_id)
    yield Figure("case id in the message", row.case_ref)
    yield Figure("message", Document(row.message))
    yield Figure("drafted by", row.drafted_by)


_MATCHED = {
    MatchedBy.UETR: "by its UETR",
    MatchedBy.IDS: "by its ids",
    MatchedBy.PERSON: "by a person: the message names no recall",
}


def recall_credit(file: CaseFile, credit_id: str) -> Iterator[Figure]:
    """Money that came back: of which recall and how matched, how much, when, by which booking."""
    row = next(c for c in file.recall_credits if c.id == credit_id)
    of = next(r for r in file.recalls if r.id == row.recall_id)
    claim = next(c for c in file.claims if c.id == row.claim_id)
    yield Figure("recall", f"{of.case_ref} of {Money(of.requested_minor, of.currency)}")
    yield Figure("matched", _MATCHED[row.matched_by])
    yield Figure("to the victim's account", AccountNumber(claim.victim_account_id))
    yield Figure("amount", Money(row.amount_minor, row.currency), is_headline=True)
    if row.costs_minor:
        yield Figure("kept by banks", Money(row.costs_minor, row.costs_currency))
    yield Figure("arrived at", row.arrived_at)
    yield Figure("booking", row.booking)
    yield Figure("proof", Document(row.proof))
    yield Figure("entered by", row.entered_by)


def recall_reversal(file: CaseFile, credit_id: str) -> Iterator[Figure]:
    """Money that a bank has taken back: what had come, when it went, by which paper."""
    row = next(c for c in file.recall_credits if c.id == credit_id)
    yield from recall_credit(file, credit_id)
    yield Figure("counted", Money(row.counted_minor, file.recovery.currency))
    if row.reversed_at is not None:
        yield Figure("reversed at", row.reversed_at)
    yield Figure("proof of the reversal", Document(row.reversal_proof))
    yield Figure("reversal entered by", row.reversal_entered_by)


def allocation(file: CaseFile, allocation_id: str) -> Iterator[Figure]:
    """Who gets what, by which formula, from which hold."""
    found = next(a for a in file.allocations if a.id == allocation_id)
    yield Figure("method", found.method)
    yield Figure("formula", found.formula)
    if found.court_list_id:
        yield Figure("court's list", found.court_list_id)
    if found.fast_track:
        yield Figure("notice", f"none: fast track under {found.fast_track}")
    classes = {c.id: c.priority for c in file.claims}
    pool = Money(found.pool_minor, found.currency)
    yield Figure("pool", pool, is_headline=True)
    for payout in sorted(file.payouts_of(allocation_id), key=lambda p: p.id):
        bank = file.asset(file.hold(payout.hold_id).asset_id).partner_id
        amount = Money(payout.amount_minor, payout.currency)
        to, hold = payout.payee_account_id, payout.hold_id
        yield Figure("payee", Payee(payout.claim_id, to, amount, bank, hold))
        if classes.get(payout.claim_id):
            yield Figure("class of the claim", classes[payout.claim_id])
        if payout.unclaimed_id:
            yield from _treasury(file, payout.unclaimed_id, to)
        else:
            yield from _not_the_senders(file, payout.claim_id, to)
    # Trace, claims, holds, payees, other recoveries: a change of any of them voids the yes.
    yield Figure("rests on", Document(digest(found.basis)))


def _treasury(file: CaseFile, unclaimed_id: str, account_id: str) -> Iterator[Figure]:
    """Of a share that nobody has claimed: whose account it goes to, after which notice, and why."""
    row = next(u for u in file.unclaimed if u.id == unclaimed_id)
    yield Figure("goes to the treasury at", Holder(account_id, row.claim_id))
    yield Figure("announced at", row.announced_at)
    yield Figure("nobody claimed it by", row.due_at)
    yield Figure("under", row.law_row or "no row of the law")
    yield Figure("what was done to find the payee", Reason(row.reason))


def _not_the_senders(file: CaseFile, claim_id: str, account_id: str) -> Iterator[Figure]:
    """Of a payee other than the account that the money came from: whose, by whom and why."""
    claim = next((c for c in file.claims if c.id == claim_id), None)
    if claim is None or account_id == claim.victim_account_id:
        return
    paid = [
        k
        for k in file.compensations
        if (k.claim_id, k.payer_account_id, k.state)
        == (claim_id, account_id, CompensationState.CONFIRMED)
    ]
    if paid:
        for row in paid:
            yield Figure("has paid the victim", Money(row.amount_minor, row.currency))
            yield Figure("proof of it", Document(row.proof))
        return
    yield Figure("money came from", AccountNumber(claim.victim_account_id))
    yield Figure("its holder", Holder(account_id, claim_id))
    yield Figure("changed by", claim.payout_changed_by or "nobody")
    yield Figure("why", Reason(claim.payout_reason))


def payee(file: CaseFile, claim_id: str) -> Iterator[Figure]:
    """Another account for a claim's money: whose it is, instead of which, and why."""
    claim = next(c for c in file.claims if c.id == claim_id)
    yield Figure("claim", claim.id)
    yield Figure("pay to", AccountNumber(claim.asked_account_id))
    yield Figure("its holder", Holder(claim.asked_account_id, claim_id))
    yield Figure("instead of", AccountNumber(claim.payout_account_id))
    yield Figure("money came from", AccountNumber(claim.victim_account_id))
    yield Figure("why", Reason(claim.asked_reason))
