"""One victim's money on its way, payment by payment, each with the bookings that show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.payout import PayoutState
from models.language.phrase import phrase
from models.queries.books.money import StoredLine, places, tails
from models.queries.cases.case_files import load_file
from models.queries.cases.views import masked_account
from recovery_flows.tracing.case_trace import depths, trace_under
from recovery_flows.tracing.inputs import TraceInputs, gather
from recovery_flows.tracing.methods.catalogue import RULES, RuleName
from recovery_flows.tracing.methods.types import Hop, Trace, Transfer
from recovery_flows.tracing.views import HopView

_ALL = datetime.max.replace(tzinfo=UTC)


def hops_of(
    session: Session, recovery_id: str, rule: str, claim_id: str, now: datetime = _ALL
) -> tuple[HopView, ...]:
    """The way of one claim's money under one rule up to `now`; empty for an unknown rule or claim.

    Under a rule with lots the steps are a tree, depth first; else they are flows in order of time.
    """
    file = load_file(session, recovery_id)
    if rule not in RULES:
        return ()
    given = gather(session, file)
    trace = trace_under(RuleName(rule), given, now, file.recovery.tracing_among)
    mine = [h for h in trace.hops if h.claim_id == claim_id]
    accounts = {a for h in mine for a in (h.payer, h.payee) if a}
    bank = {a: p.partner_id for a, p in places(session, accounts).items()}
    resting = _resting(mine, trace, claim_id)
    shown = _Shown(file, given, trace, resting, tails(session, accounts), bank)
    return tuple(shown.view(hop, depth) for hop, depth in _in_order(mine, given, trace))


def _in_order(hops: list[Hop], given: TraceInputs, trace: Trace) -> Iterable[tuple[Hop, int]]:
    if any(h.parent is not None for h in trace.hops):
        return _tree(hops)
    depth = depths(trace)
    order = {t.id: (t.at, t.order) for t in given.transfers}
    flows = sorted(hops, key=lambda h: order[h.transfer_id])
    return [(h, 0 if h.payer not in depth else depth[h.payer] + 1) for h in flows]


def _tree(hops: list[Hop]) -> Iterator[tuple[Hop, int]]:
    after: defaultdict[int | None, list[Hop]] = defaultdict(list)
    for hop in hops:
        after[hop.parent].append(hop)
    stack = [(hop, 0) for hop in reversed(after[None])]
    while stack:
        hop, depth = stack.pop()
        yield hop, depth
        stack += [(later, depth + 1) for later in reversed(after[hop.id])]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a hop is told with."""

    file: CaseFile
    given: TraceInputs
    trace: Trace
    resting: frozenset[int]
    tails: dict[str, str]
    bank: dict[str, str]

    def view(self, hop: Hop, depth: int) -> HopView:
        transfer = next(t for t in self.given.transfers if t.id == hop.transfer_id)
        arrived = hop.payee is not None
        return HopView(
            depth=depth,
            transfer_id=hop.transfer_id,
            at=transfer.at,
            payer=self.account(hop.payer),
            payee=self.account(hop.payee) if arrived else self._gone(hop, transfer),
            amount_minor=hop.amount_minor,
            amount_currency=transfer.credit_currency if arrived else transfer.debit_currency,
            claim_minor=hop.claim_minor,
            lines=tuple(self.line(line) for line in self.given.lines_of.get(transfer.id, ())),
            ends=self._ends(hop, transfer),
            account_ids=(hop.payer or "", hop.payee or ""),
        )

    def account(self, account_id: str | None) -> str:
        """Bank and masked number; the bank alone is not known of a stranger's account."""
        if account_id is None:
            return "outside"
        bank = self.bank.get(account_id, "")
        return f"{bank} {masked_account(self.tails.get(account_id, ''))}".strip()

    def line(self, line: StoredLine) -> str:
        """One booking: bank, account, time, the bank's own number of it."""
        at = line.booked_at.astimezone(UTC)
        return phrase(
            "{account}, {at} UTC, no. {seq}",
            account=self.account(line.account_id), at=f"{at:%Y-%m-%d %H:%M}", seq=line.seq,
        )  # fmt: skip

    def _gone(self, hop: Hop, transfer: Transfer) -> str:
        kinds = [
            g.kind
            for g in self.trace.gone
            if g.transfer_id == hop.transfer_id and g.claim_id == hop.claim_id
        ]
        return str(kinds[0] if kinds else transfer.kind)

    def _ends(self, hop: Hop, transfer: Transfer) -> str:
        if hop.payee is None:
            return self._gone(hop, transfer)
        if hop.id not in self.resting:
            return ""
        if hop.payee in self.trace.frontier:
            return "frontier"
        asset = next((a for a in self.file.assets if a.account_id == hop.payee), None)
        if asset is not None and any(h.held_minor for h in self.file.live_holds(asset.id)):
            return "held"
        is_paid = asset is not None and any(
            p.asset_id == asset.id and p.state is PayoutState.SETTLED for p in self.file.payouts
        )
        return "returned" if is_paid else "in the account"


def _resting(hops: list[Hop], trace: Trace, claim_id: str) -> frozenset[int]:
    """The steps whose money still lies where they brought it; of flows the last into an account."""
    found: set[int] = set()
    last = {hop.payee: hop.id for hop in hops}
    for position in trace.positions:
        if position.claim_id == claim_id:
            found.add(last[position.account] if position.last_hop is None else position.last_hop)
    return frozenset(found)
