"""Figures of a decision about a third party's claim, and of what a wrong freeze was paid for."""

from __future__ import annotations

from collections.abc import Iterator

from models.case_file import CaseFile
from models.entities.outside.third_party_claim import ThirdPartyRow, ThirdPartyState
from models.figures import AccountNumber, Document, Figure, Reason
from models.money import Money
from recovery_flows.ledger.third_parties import blocked_minor, disputed_minor


def claim(file: CaseFile, name: str) -> Iterator[Figure]:
    """Which claim is upheld with how much, or rejected; what stays held; both sides' words."""
    row = next(t for t in file.third_party_claims if t.id == name)
    yield from _what(file, row)
    yield Figure("claimed", Money(row.claimed_minor, row.currency))
    granted = Money(row.granted_minor, row.currency)
    yield Figure("decision", "uphold" if row.granted_minor else "reject")
    yield Figure("granted", granted, is_headline=True)
    if row.released_minor and row.state is not ThirdPartyState.RELEASED:
        yield Figure("released before", Money(row.released_minor, row.currency))
    if row.hold_id:
        yield from _held(file, row)
    yield Figure("claimant's words", Reason(row.reason))
    if row.proof:
        yield Figure("claimant's paper", Document(row.proof))
    yield Figure("why", Reason(row.decision_reason))
    yield Figure("appeals before", str(row.appeals))
    yield Figure("asked by", row.asked_by)


def _held(file: CaseFile, row: ThirdPartyRow) -> Iterator[Figure]:
    """What is held, disputed and stays held: as it is until it is decided, then as it was."""
    blocked, disputed = row.blocked_minor, row.disputed_minor
    if row.state is ThirdPartyState.PROPOSED:
        blocked = blocked_minor(file, row.asset_id)
        disputed = disputed_minor(file, file.asset(row.asset_id))
    yield Figure("released of hold", row.hold_id)
    yield Figure("held there", Money(blocked, row.currency))
    yield Figure("disputed, traced to victims", Money(disputed, row.currency))
    yield Figure("stays held", Money(max(0, blocked - row.granted_minor), row.currency))


def payment(file: CaseFile, name: str) -> Iterator[Figure]:
    """What was paid for a wrong freeze: how much, whose money, when, by which booking and paper."""
    row = next(t for t in file.third_party_claims if t.id == name)
    yield from _what(file, row)
    yield Figure("paid", Money(row.granted_minor, row.currency), is_headline=True)
    yield Figure("paid from", row.paid_from.replace("_", " "))
    if row.paid_at is not None:
        yield Figure("paid at", row.paid_at)
    yield Figure("booking", row.booking)
    yield Figure("proof", Document(row.payment_proof))
    yield Figure("entered by", row.asked_by)


def _what(file: CaseFile, row: ThirdPartyRow) -> Iterator[Figure]:
    asset = file.asset(row.asset_id)
    yield Figure("bank", asset.partner_id)
    yield Figure("account", AccountNumber(asset.account_id))
    yield Figure("ground", row.ground.replace("_", " "))
