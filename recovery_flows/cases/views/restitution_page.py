"""The restitution of one recovery: claims, rounds, rules, objections, next step.

Claims are read by the page, so that only the names on it are decrypted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models.case_file import CaseFile
from models.engine import Database
from models.entities.allocation import AllocationRow, AllocationState
from models.entities.claim import ClaimRow, ObjectionState
from models.entities.event import EntityKind
from models.entities.payout import PayoutState
from models.language.stored import read_back
from models.money import Money
from models.queries.cases.case_files import load_file
from models.queries.cases.history import reasons_of
from models.queries.cases.names import Names, names_of
from models.queries.installation.clock import case_now
from recovery_flows.cases import next_steps
from recovery_flows.cases.views import all_ways
from recovery_flows.cases.views.page import payout_line
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.cases.views.restitution_views import (
    ClaimStanding,
    ObjectionLine,
    RestitutionPage,
    RoundLine,
    RuleLine,
    ShareLine,
)
from recovery_flows.correspondence.returns.compose import claim_number
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.outstanding_losses import GOING, LOST
from recovery_flows.ledger.recalled import counted_of
from recovery_flows.ledger.unclaimed_money import refunded_minor, to_treasury_of
from recovery_flows.restitution.allocation import is_round
from recovery_flows.restitution.basis import number_of
from recovery_flows.restitution.comparison import Comparison, booked, compare
from recovery_flows.restitution.explanation import page_of
from recovery_flows.restitution.methods.catalogue import moved_minor
from recovery_flows.restitution.payouts import ENDED
from recovery_flows.restitution.rounds import REASONS, Round, rounds_of


def restitution_page(
    database: Database,
    laws: Regimes,
    recovery_id: str,
    wall_now: datetime,
    look: QueueQuery,
    limit: int,
    allocation_id: str = "",
) -> RestitutionPage:
    """At most `limit` claims of a recovery, and all that is decided and paid in it.

    The rules are compared over `allocation_id`; without it over the distribution under way, or the
    last one.
    """
    with database.reading() as session:
        file, now = load_file(session, recovery_id), case_now(session, wall_now)
        why = reasons_of(session, recovery_id, EntityKind.ALLOCATION, "voided")
        reading = _Reading.of(file, allocation_id)
        ordered = reading.ordered(look)
        row = next((n for n, c in enumerate(ordered) if c.id == look.at_id), None)
        offset = look.offset
        if row is not None and look.follows and not offset <= row < offset + limit:
            offset = row - limit // 2
        offset = max(0, min(offset, len(ordered) - limit))
        seen = ordered[offset : offset + limit]
        objecting = {o.claim_id for o in file.objections}
        named = (*seen, *(c for c in ordered if c.id in objecting and c not in seen))
        names = names_of(session, database.vault, [replace(file, claims=named)])
    return RestitutionPage(
        now=now,
        recovery_id=recovery_id,
        ref=file.recovery.ref,
        version=file.recovery.version,
        regime=file.recovery.regime,
        state=file.recovery.state,
        currency=file.recovery.currency,
        reported=reading.money(sum(c.reported_minor for c in file.claims)),
        upheld=reading.money(sum(c.upheld_minor for c in file.claims if c.state in LOST)),
        paid=reading.money(sum(reading.paid.values())),
        open=reading.money(sum(reading.open_minor(c) for c in file.claims)),
        claims=tuple(reading.standing(c, names) for c in seen),
        offset=offset,
        total=len(ordered),
        at_row=row,
        rounds=tuple(_round_lines(file, names, why)),
        number=reading.number,
        allocation_id=reading.allocation_id,
        is_as_decided=reading.comparison is None or reading.comparison.is_as_decided,
        rules=tuple(_rules(reading.comparison)),
        objections=tuple(_objections(file, names)),
        steps=tuple(next_steps.steps(file, laws)),
        receipts=sum(p.state is PayoutState.SETTLED for p in file.payouts),
        ways=tuple(all_ways.ways(file, names, laws)),
        doable=tuple(all_ways.doable(file, names, laws)),
    )


def explanation(
    database: Database, recovery_id: str, claim_id: str, allocation_id: str = ""
) -> tuple[str, ...]:
    """The explanation of one victim's share in a distribution; it names no other claim.

    Empty where nothing is distributed, or the claim has no part in it.
    """
    with database.reading() as session:
        reading = _Reading.of(load_file(session, recovery_id), allocation_id)
    if reading.comparison is None or claim_id not in reading.by_rule:
        return ()
    division = reading.comparison.divisions[0]
    return tuple(page_of(division, claim_id, claim_number(claim_id)))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Sums by claim, made once for all of a recovery's claims."""

    file: CaseFile
    paid: Mapping[str, int]
    going: Mapping[str, int]
    booked: Mapping[str, int]
    number: int
    allocation_id: str
    comparison: Comparison | None
    by_rule: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, file: CaseFile, allocation_id: str) -> _Reading:
        allocation = _on_screen(file, allocation_id)
        comparison = compare(file, allocation) if allocation else None
        void = {a.id for a in file.allocations if a.state is AllocationState.VOID}
        paid = {c.id: counted_of(file, c.id) + refunded_minor(file, c.id) for c in file.claims}
        going: dict[str, int] = {}
        for payout in file.payouts:
            paid[payout.claim_id] = paid.get(payout.claim_id, 0) + payout.returned_minor
            is_dead = payout.state is PayoutState.PREPARED and payout.allocation_id in void
            if payout.state in GOING and not is_dead and not payout.unclaimed_id:
                going[payout.claim_id] = going.get(payout.claim_id, 0) + payout.amount_minor
        return cls(
            file, paid, going, booked(file), allocation.round_number if allocation else 0,
            allocation.id if allocation else "", comparison,
            comparison.shares() if comparison else {},
        )  # fmt: skip

    def money(self, minor: int) -> Money:
        """A sum in the currency of the losses."""
        return Money(minor, self.file.recovery.currency)

    def open_minor(self, claim: ClaimRow) -> int:
        """The part of the upheld loss that has not come back; zero if it is not upheld."""
        return max(0, claim.upheld_minor - self.paid.get(claim.id, 0)) * (claim.state in LOST)

    def ordered(self, look: QueueQuery) -> list[ClaimRow]:
        """The claims by the earliest payment, or as they are sorted on the screen."""
        claims = sorted(self.file.claims, key=lambda c: (c.paid_at, c.id))
        values: dict[str, Callable[[ClaimRow], int]] = {
            "reported": lambda c: c.reported_minor,
            "booked": lambda c: self.booked.get(c.id, -1),
            "net": lambda c: c.upheld_minor,
            "got": lambda c: self.paid.get(c.id, 0),
            "open": self.open_minor,
        }
        if look.order_by in values:
            claims.sort(key=values[look.order_by], reverse=look.is_down)
        elif look.is_down:
            claims.reverse()
        return claims

    def standing(self, claim: ClaimRow, names: Names) -> ClaimStanding:
        """One claim with its payments, objections and next step."""
        booked = self.booked.get(claim.id)
        return ClaimStanding(
            claim_id=claim.id,
            number=claim_number(claim.id),
            victim=names.victim(claim.id),
            account=names.account(claim.payout_account_id),
            state=claim.state,
            paid_at=claim.paid_at,
            statement_to=claim.statement_to,
            appeal_until=claim.appeal_until,
            reported=self.money(claim.reported_minor),
            booked=None if booked is None else self.money(booked),
            upheld=self.money(claim.upheld_minor),
            is_decided=claim.decided_minor is not None,
            paid=self.money(self.paid.get(claim.id, 0)),
            under_way=self.money(self.going.get(claim.id, 0)),
            open=self.money(self.open_minor(claim)),
            objections=sum(
                o.claim_id == claim.id and o.state is ObjectionState.OPEN
                for o in self.file.objections
            ),
            shares=tuple(self._shares(claim, names)),
            by_rule=tuple(self.money(minor) for minor in self.by_rule.get(claim.id, ())),
        )

    def _shares(self, claim: ClaimRow, names: Names) -> Iterator[ShareLine]:
        rounds = {a.id: a for a in self.file.allocations}
        for payout in (p for p in self.file.payouts if p.claim_id == claim.id):
            allocation = rounds[payout.allocation_id]
            if allocation.state is not AllocationState.VOID or payout.returned_minor:
                line = payout_line(payout, names)
                bank = self.file.asset(payout.asset_id).partner_id
                yield ShareLine(allocation.round_number, bank, line, payout.settled_at)


def _on_screen(file: CaseFile, allocation_id: str) -> AllocationRow | None:
    """The distribution asked for; otherwise the one under way, otherwise the last not voided."""
    live = [a for a in file.allocations if a.state is not AllocationState.VOID and is_round(a)]
    live.sort(key=lambda a: (a.id == allocation_id, a.state not in ENDED, number_of(a)))
    return live[-1] if live else None


def _round_lines(file: CaseFile, names: Names, why: Mapping[str, str]) -> Iterator[RoundLine]:
    """Every distribution, the latest first."""
    told = {one.allocation_id: one for one in rounds_of(file)}
    for allocation in sorted(file.allocations, key=number_of, reverse=True):
        payouts = file.payouts_of(allocation.id)
        found: Round | None = told.get(allocation.id)
        asset = file.asset(allocation.asset_id)
        kept = found.reserves.items() if found else ()
        yield RoundLine(
            number=allocation.round_number,
            allocation_id=allocation.id,
            bank=asset.partner_id,
            account=names.account(asset.account_id),
            state=allocation.state,
            method=allocation.method,
            pool=Money(allocation.pool_minor, allocation.currency),
            paid=found.paid if found else to_treasury_of(file, allocation),
            reserves=tuple((money, REASONS[reason]) for reason, money in kept),
            notice_from=allocation.notice_from,
            notice_to=allocation.notice_to,
            payouts=len(payouts),
            booked=sum(p.state is PayoutState.SETTLED for p in payouts),
            fast_track=allocation.fast_track,
            release=found.release if found else "",
            why_void=read_back(why.get(allocation.id, "")),
        )


def _rules(comparison: Comparison | None) -> Iterator[RuleLine]:
    if comparison is None:
        return
    first = comparison.divisions[0]
    for division in comparison.divisions:
        pairs = list(zip(first.parts.minor, division.parts.minor, strict=True))
        currency = division.currency
        yield RuleLine(
            name=division.rule.name,
            label=division.rule.label,
            given=Money(sum(division.parts.minor), currency),
            residue=Money(division.residue_minor, currency),
            moved=Money(moved_minor(first, division), currency),
            more=sum(b > a for a, b in pairs),
            less=sum(b < a for a, b in pairs),
        )


def _objections(file: CaseFile, names: Names) -> Sequence[ObjectionLine]:
    """Open ones first, the earliest end before; then decided ones, the latest first."""
    lines = [
        ObjectionLine(
            objection_id=o.id,
            kind=o.kind,
            claim_id=o.claim_id,
            number=claim_number(o.claim_id),
            victim=names.victim(o.claim_id) if o.claim_id else "",
            state=o.state,
            entered_by=o.entered_by,
            entered_at=o.entered_at,
            due_at=o.due_at,
            decided_by=o.decided_by,
            decided_at=o.decided_at,
            loss=None if o.loss_minor is None else Money(o.loss_minor, file.recovery.currency),
            text=names.reasons.get(o.reason, ""),
            decision=names.reasons.get(o.decision_reason, ""),
        )
        for o in file.objections
    ]
    waiting = [o for o in lines if o.state is ObjectionState.OPEN]
    decided = [o for o in lines if o.state is not ObjectionState.OPEN]
    waiting.sort(key=lambda o: (o.due_at is None, o.due_at or o.entered_at))
    decided.sort(key=lambda o: o.decided_at or o.entered_at, reverse=True)
    return [*waiting, *decided]
