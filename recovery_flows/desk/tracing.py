"""Tracing one recovery from the statements that are stored: read, trace, adopt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from models.facts import Direction, LineKind
from models.file import (
    GonePart,
    Position,
    RecoveryFile,
    TraceView,
)
from models.ids import derive_id
from models.queries.files import trace_json
from models.queries.money import StoredLine, covered, lines_of, places
from models.rows import ClaimRow
from models.states import LIVE_HOLDS, ClaimState, HoldState, PayoutState
from recovery_flows.rules import following
from recovery_flows.rules.freezing import Laws
from recovery_flows.rules.postings import CONFLICT
from recovery_flows.rules.progress import Progress
from recovery_flows.rules.tracing import fifo, lifo, pro_rata
from recovery_flows.rules.tracing.merge import AccountLine, Merged, merge_lines
from recovery_flows.rules.tracing.opening import openings_for
from recovery_flows.rules.tracing.types import Coverage, Source, Trace, Transfer

RULES: dict[str, Callable[..., Trace]] = {
    "fifo": fifo.trace,
    "lifo": lifo.trace,
    "pro_rata": pro_rata.trace,
}


def trace_file(session: Session, progress: Progress, now: datetime, laws: Laws) -> None:
    """Trace a recovery under its chosen rule from all stored bookings, and adopt the result."""
    file = progress.file
    accounts = {a.account_id for a in file.assets}
    victims = {c.victim_account_id for c in file.claims if c.statement_to is not None}
    lines = lines_of(session, accounts | victims)
    spans = covered(session, accounts)
    merged = merge_lines([_account_line(line) for line in lines if _is_needed(line, accounts)])
    sources = _sources(file, lines, merged, accounts)
    coverage = [Coverage(s.account_id, s.covers_from, s.covers_to) for s in spans]
    known = {s.account_id: s.opening_minor for s in reversed(spans)}
    openings = openings_for(merged.transfers, known, coverage)
    moved = list(_beside_holds(file, merged.transfers))
    trace = RULES[file.recovery.tracing_rule](moved, sources, openings, coverage, as_of=now)
    view, text = _view(file, trace, now)
    known_places = places(session, {p.account_id for p in view.positions})
    covered_to = {s.account_id: s.covers_to for s in spans}
    stale = frozenset(a for a in trace.frontier if covered_to.get(a, now) < now)
    following.adopt(progress, now, laws, view, text, known_places, _depths(trace), stale)


def _beside_holds(file: RecoveryFile, transfers: Iterable[Transfer]) -> Iterator[Transfer]:
    """Payments as they move traced money: what a bank holds does not leave by later debits.

    A hold covers the traced sum, and the bank refuses debits of it; what leaves after it took
    effect, payouts to victims included, is therefore other money in the eyes of the trace.
    """
    kept_from = {a.account_id: since for a in file.assets if (since := _held_since(file, a.id))}
    for transfer in transfers:
        since = kept_from.get(transfer.payer or "")
        if since is None or transfer.at <= since:
            yield transfer
        elif transfer.payee is not None:
            yield replace(transfer, payer=None)


_HELD = frozenset(
    {
        HoldState.STOPPED,
        HoldState.FROZEN,
        HoldState.SUPERSEDED,
        HoldState.RELEASE_PENDING,
        HoldState.DISPOSED,
    }
)


def _held_since(file: RecoveryFile, asset_id: str) -> datetime | None:
    """Since when an account's traced money is held, or was until it was paid back."""
    holds = file.holds_of(asset_id)
    in_force = any(h.state in LIVE_HOLDS or h.state is HoldState.DISPOSED for h in holds)
    paid = any(p.asset_id == asset_id and p.state is PayoutState.SETTLED for p in file.payouts)
    if not in_force and not paid:
        return None
    states = _HELD | {HoldState.RELEASED} if paid else _HELD
    acted = [h.acted_at for h in holds if h.acted_at is not None and h.state in states]
    return min(acted, default=None)


def _is_needed(line: StoredLine, accounts: set[str]) -> bool:
    """Of a victim's own account only the payments into the accounts of the file matter."""
    return line.account_id in accounts or line.counter_account_id in accounts


def _account_line(line: StoredLine) -> AccountLine:
    return AccountLine(
        account=line.account_id,
        counter_account=line.counter_account_id or None,
        seq=line.seq,
        booked_at=line.booked_at,
        direction=line.direction,
        amount_minor=line.amount_minor,
        currency=line.currency,
        counter_minor=line.counter_minor,
        counter_currency=line.counter_currency or None,
        kind=line.kind,
        end_to_end_id=line.end_to_end_id,
    )


def _sources(
    file: RecoveryFile, lines: list[StoredLine], merged: Merged, accounts: set[str]
) -> list[Source]:
    """Which transfer each verified claim is about: by its reference, else by what it says."""
    needed = [line for line in lines if _is_needed(line, accounts)]
    transfer_of = dict(zip((id(line) for line in needed), merged.transfer_ids, strict=True))
    by_id = {t.id: t for t in merged.transfers}
    taken: set[str] = set()
    sources = []
    for claim in file.claims:
        if claim.state not in (ClaimState.VERIFIED, ClaimState.PAID):
            continue
        matches = [
            transfer_of[id(line)]
            for line in needed
            if _is_payment_of(claim, line) and transfer_of[id(line)] not in taken
        ]
        if matches:
            name = min(matches, key=lambda m: _distance(claim, by_id[m]))
            taken.add(name)
            sources.append(Source(name, claim.id, claim.upheld_minor))
    return sources


def _is_payment_of(claim: ClaimRow, line: StoredLine) -> bool:
    if line.kind is not LineKind.TRANSFER:
        return False
    ends = (
        (line.counter_account_id, line.account_id)
        if line.direction is Direction.CREDIT
        else (line.account_id, line.counter_account_id)
    )
    if ends != (claim.victim_account_id, claim.payee_account_id):
        return False
    if claim.end_to_end_id and line.end_to_end_id:
        return claim.end_to_end_id == line.end_to_end_id
    amounts = {(line.amount_minor, line.currency), (line.counter_minor, line.counter_currency)}
    return (claim.reported_minor, claim.currency) in amounts


def _distance(claim: ClaimRow, transfer: Transfer) -> tuple[float, str]:
    return abs((transfer.at - claim.paid_at).total_seconds()), transfer.id


def _view(file: RecoveryFile, trace: Trace, now: datetime) -> tuple[TraceView, str]:
    sums: dict[tuple[str, str], list[int]] = {}
    for position in trace.positions:
        both = sums.setdefault((position.account, position.claim_id), [0, 0])
        both[0] += position.amount_minor
        both[1] += position.claim_minor
    positions = tuple(
        Position(account, claim, amount, minor)
        for (account, claim), (amount, minor) in sorted(sums.items())
    )
    gone: dict[tuple[str, str, str], list[int]] = {}
    parts: list[tuple[str, str, Any]] = [(str(g.kind), g.account, g) for g in trace.gone]
    parts += [(CONFLICT, "", c) for c in trace.conflicts]
    for kind, account, part in parts:
        both = gone.setdefault((kind, account, part.claim_id), [0, 0])
        both[0] += part.amount_minor
        both[1] += part.claim_minor
    ended = tuple(
        GonePart(kind, account, claim, amount, minor)
        for (kind, account, claim), (amount, minor) in sorted(gone.items())
    )
    text = trace_json(positions, ended)
    rule = file.recovery.tracing_rule
    name = derive_id("trace", file.recovery.id, now.isoformat(), rule, text)
    return TraceView(name, rule, now, positions, ended), text


def _depths(trace: Trace) -> dict[str, int]:
    """How many payments each account is from the victim's own, at the least."""
    depth_of_hop: dict[int, int] = {}
    depths: dict[str, int] = {}
    for hop in trace.hops:
        parent = -1 if hop.parent is None else depth_of_hop.get(hop.parent, 0)
        depth_of_hop[hop.id] = parent + 1
        if hop.payee is not None:
            depths[hop.payee] = min(depths.get(hop.payee, parent + 1), parent + 1)
    return depths
