"""Unclaimed shares, clawbacks and courts' lists, as the restitution screen shows them."""

from __future__ import annotations

from collections.abc import Iterator

from models.case_file import CaseFile
from models.entities.allocation import CourtListState, CourtShareState
from models.entities.payout import (
    KEPT_UNCLAIMED,
    OPEN_CLAWBACKS,
    ClawbackState,
    UnclaimedState,
)
from models.entities.recovery import RecoveryState
from models.language.phrase import phrase
from models.money import Money
from models.queries.cases.names import Names
from recovery_flows.cases.views.other_ways import Doable, Way, WayAct
from recovery_flows.correspondence.returns.compose import claim_number
from recovery_flows.ledger.payout_parts import received_for
from recovery_flows.restitution.court.rows import due_minor
from recovery_flows.restitution.refused_payouts import NOT_PAID
from recovery_flows.restitution.unclaimed import is_going


def ways(file: CaseFile, names: Names) -> Iterator[Way]:
    """One line for each unclaimed share, clawback, and court's list with unknown names."""
    for share in file.unclaimed:
        amount = Money(share.amount_minor, share.currency)
        refunded = Money(share.refunded_minor, share.currency)
        yield Way(
            phrase("unclaimed share"),
            share.id,
            names.victim(share.claim_id),
            share.state,
            refunded,
            amount,
            share.due_at if share.state is UnclaimedState.ANNOUNCED else None,
            is_late=share.state is UnclaimedState.TERM_ENDED,
        )
    for row in file.clawbacks:
        amount = Money(row.amount_minor, row.currency)
        came = Money(received_for(file, row.id), row.currency)
        whose = phrase("paid for claim {claim_number}", claim_number=claim_number(row.claim_id))
        yield Way(
            phrase("clawback"), row.id, whose, row.state, came, amount,
            row.due_at if row.state in OPEN_CLAWBACKS else None,
            is_late=row.state is ClawbackState.OVERDUE,
        )  # fmt: skip
    for court in file.court_lists:
        rows = [r for r in file.court_shares if r.list_id == court.id]
        unknown = sum(r.state is CourtShareState.UNKNOWN for r in rows)
        is_open = court.state is CourtListState.IN_FORCE and bool(unknown)
        told = phrase("{rows} rows, {unknown} of nobody known", rows=len(rows), unknown=unknown)
        total = Money(court.total_minor, court.currency)
        paid = sum(r.amount_minor - due_minor(file, r) for r in rows if r.claim_id)
        yield Way(
            phrase("court's list"),
            court.id,
            court.reference,
            court.state,
            Money(paid, court.currency),
            total,
            None,
            is_late=is_open,
            parts=(told,),
        )


def doable(file: CaseFile) -> Iterator[Doable]:
    """What an officer may do now about them."""
    if file.recovery.state is RecoveryState.OPEN:
        yield from _unclaimed(file)
        yield from _clawbacks(file)
        yield from _court_rows(file)


def _unclaimed(file: CaseFile) -> Iterator[Doable]:
    known = {u.payout_id for u in file.unclaimed}
    for payout in file.payouts:
        if payout.state in NOT_PAID and not payout.unclaimed_id and payout.id not in known:
            amount = Money(payout.amount_minor, payout.currency)
            text = phrase(
                "announce {amount} that did not reach {claim_number}",
                amount=amount,
                claim_number=claim_number(payout.claim_id),
            )
            yield Doable(WayAct.UNCLAIMED_ANNOUNCE, payout.id, text)
    for share in file.unclaimed:
        of = phrase("the unclaimed {amount}", amount=Money(share.amount_minor, share.currency))
        if share.state is UnclaimedState.TERM_ENDED and not is_going(file, share):
            yield Doable(
                WayAct.UNCLAIMED_TRANSFER, share.id, phrase("send {of} to the treasury", of=of)
            )
        if share.state in KEPT_UNCLAIMED:
            yield Doable(
                WayAct.UNCLAIMED_CLAIMED, share.id, phrase("the payee of {of} came forward", of=of)
            )
        if share.state is UnclaimedState.TREASURY:
            yield Doable(WayAct.UNCLAIMED_REFUND, share.id, phrase("enter a refund of {of}", of=of))


def _clawbacks(file: CaseFile) -> Iterator[Doable]:
    for row in file.clawbacks:
        of = phrase("the {amount} ordered back", amount=Money(row.amount_minor, row.currency))
        if row.state in OPEN_CLAWBACKS:
            yield Doable(WayAct.RECEIVE, row.id, phrase("enter what came of {of}", of=of))
        if row.state in (ClawbackState.ORDERED, ClawbackState.OVERDUE):
            yield Doable(WayAct.CLAWBACK_REMIND, row.id, phrase("remind of {of}", of=of))
            yield Doable(WayAct.CLAWBACK_WRITE_OFF, row.id, phrase("write off {of}", of=of))


def _court_rows(file: CaseFile) -> Iterator[Doable]:
    lists = {c.id for c in file.court_lists if c.state is CourtListState.IN_FORCE}
    for row in file.court_shares:
        is_open = row.state is CourtShareState.UNKNOWN and file.pending(row.id) is None
        if row.list_id in lists and is_open:
            of = phrase(
                "line {line} of the court's list: {amount}",
                line=row.line,
                amount=Money(row.amount_minor, row.currency),
            )
            yield Doable(WayAct.COURT_IDENTIFY, row.id, phrase("say whose it is: {of}", of=of))
            yield Doable(WayAct.COURT_SET_ASIDE, row.id, phrase("set aside {of}", of=of))
    for found in file.court_lists:
        if found.id in lists and file.pending(found.id) is None:
            yield Doable(
                WayAct.COURT_END,
                found.id,
                phrase("the court withdrew {reference}", reference=found.reference),
            )
