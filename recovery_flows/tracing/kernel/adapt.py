"""Between the plain rules' values and the kernel's arrays: what fits in, and the way back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

import numpy as np

from models.facts import LineKind
from recovery_flows.tracing.kernel.frontier import Uncovered, accounts_to_ask
from recovery_flows.tracing.kernel.problem import Answer, Ints64, Problem
from recovery_flows.tracing.methods.opening import Covered, laid_openings
from recovery_flows.tracing.methods.types import (
    Conflict,
    Coverage,
    Dissipated,
    DissipatedKind,
    Hop,
    Opening,
    Position,
    Shortage,
    Source,
    Trace,
    Transfer,
)


@dataclass(slots=True)
class Numbered:
    """A problem and what its numbers stand for."""

    problem: Problem
    accounts: Sequence[str]
    claims: list[str]
    rows: Sequence[Transfer]
    """The payment behind each row; one that vanishes and yet is credited has two."""
    gaps: list[Shortage]
    uncovered: list[Uncovered]
    through: Ints64
    """Per row the account through which money leaves sight by it, known at the time or not."""
    ways_out: Ints64
    """Per row the place in WAYS_OUT of how money leaves sight by it."""
    unseen: frozenset[int] = frozenset()
    """Accounts without any statement, instead of all their rows in `uncovered`."""


WAYS_OUT = tuple(kind for kind in DissipatedKind if kind is not DissipatedKind.BANK_DEBT)


def way_out(kind: LineKind) -> int:
    """The place in WAYS_OUT of how money leaves sight by a payment of that kind."""
    gone = DissipatedKind.UNKNOWN if kind is LineKind.TRANSFER else DissipatedKind(kind)
    return WAYS_OUT.index(gone)


def fits(transfers: Iterable[Transfer], sources: Iterable[Source]) -> bool:
    """Whether the kernel can take it: nothing converted or taken back, claims whole."""
    amounts = {}
    for transfer in transfers:
        if transfer.debit_minor != transfer.credit_minor or transfer.reverses:
            return False
        if transfer.debit_currency != transfer.credit_currency:
            return False
        amounts[transfer.id] = transfer.debit_minor
    named = [source.transfer_id for source in sources]
    whole = all(
        s.amount_minor is None and amounts.get(s.transfer_id) == s.claim_minor for s in sources
    )
    return whole and len(set(named)) == len(named)


@dataclass(slots=True)
class _Rows:
    """The rows being numbered."""

    numbers: dict[str, int] = field(default_factory=dict)
    payer: list[int] = field(default_factory=list)
    payee: list[int] = field(default_factory=list)
    minor: list[int] = field(default_factory=list)
    batch: list[int] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    first: dict[str, int] = field(default_factory=dict)

    def number(self, account: str | None) -> int:
        return -1 if account is None else self.numbers.setdefault(account, len(self.numbers))

    def add(self, transfer: Transfer, payer: str | None, payee: str | None, batch: int) -> None:
        self.first.setdefault(transfer.id, len(self.payer))
        self.payer.append(self.number(payer))
        self.payee.append(self.number(payee))
        self.minor.append(transfer.debit_minor)
        self.batch.append(batch)
        self.transfers.append(transfer)


def numbered(
    transfers: Iterable[Transfer],
    sources: Iterable[Source],
    openings: Iterable[Opening],
    coverage: Iterable[Coverage],
    *,
    as_of: datetime,
) -> Numbered:
    """Values as arrays; only for what `fits`."""
    ordered = sorted((t for t in transfers if t.at <= as_of), key=lambda t: (t.at, t.order, t.id))
    covered = Covered(coverage)
    rows, uncovered = _rows(ordered, covered)
    opening, owes, owed_from, gaps = _laid(rows, ordered, openings, covered)
    live = [s for s in sources if s.transfer_id in rows.first]
    live.sort(key=lambda s: rows.first[s.transfer_id])
    claims = sorted({source.claim_id for source in live})
    place = {claim: number for number, claim in enumerate(claims)}
    problem = Problem(
        payer=np.array(rows.payer, np.int32),
        payee=np.array(rows.payee, np.int32),
        minor=np.array(rows.minor, np.int64),
        batch=np.array(rows.batch, np.int32),
        source_row=np.array([rows.first[s.transfer_id] for s in live], np.int64),
        source_claim=np.array([place[s.claim_id] for s in live], np.int32),
        opening=np.array(opening, np.int64),
        owes=np.array(owes, np.bool_),
        owed_from=np.array(owed_from, np.int64),
        claims=len(claims),
    )
    ways_out = np.array([way_out(t.kind) for t in rows.transfers], np.int64)
    through = np.array([rows.number(t.payer) for t in rows.transfers], np.int64)
    accounts = list(rows.numbers)
    return Numbered(problem, accounts, claims, rows.transfers, gaps, uncovered, through, ways_out)


def _rows(ordered: Sequence[Transfer], covered: Covered) -> tuple[_Rows, list[Uncovered]]:
    rows, uncovered, batch, before = _Rows(), [], -1, None
    for transfer in ordered:
        batch += transfer.at != before
        before = transfer.at
        payer, payee = transfer.payer, transfer.payee
        if payer is not None and payer == payee:
            continue
        row = len(rows.payer)
        if payer is not None and not covered(payer, transfer.at):
            # Without the payer's own statement nobody can say whose money this was.
            uncovered.append((row, rows.number(payer), -1))
            payer = None
        if payee is not None and not covered(payee, transfer.at):
            uncovered.append((row, rows.number(payee), 1))
        if transfer.kind is LineKind.TRANSFER:
            rows.add(transfer, payer, payee, batch)
            continue
        rows.add(transfer, payer, None, batch)
        if payee is not None:
            rows.add(transfer, None, payee, batch)
    return rows, uncovered


def _laid(
    rows: _Rows, ordered: Sequence[Transfer], openings: Iterable[Opening], covered: Covered
) -> tuple[list[int], list[bool], list[int], list[Shortage]]:
    laid = list(laid_openings(ordered, openings, covered))
    for one in laid:
        rows.number(one.account)
    opening, owes = [0] * len(rows.numbers), [False] * len(rows.numbers)
    owed_from = [0] * len(rows.numbers)
    for one in laid:
        opening[rows.numbers[one.account]] = one.own - (one.debt if one.may_owe else 0)
        owes[rows.numbers[one.account]] = one.may_owe
        begins = covered.begins(one.account)
        if one.debt and begins is not None:
            first = bisect_left(rows.transfers, begins, key=attrgetter("at"))
            owed_from[rows.numbers[one.account]] = first
    return (
        opening,
        owes,
        owed_from,
        [Shortage(one.account, "", one.missing) for one in laid if one.missing],
    )


def as_trace(numbers: Numbered, answer: Answer) -> Trace:
    """The kernel's answer in the plain rules' values; only for rules that have paths."""
    return Trace(
        positions=_positions(numbers, answer),
        gone=_gone(numbers, answer),
        hops=_hops(numbers, answer),
        frontier=_frontier(numbers, answer),
        shortages=(*numbers.gaps, *_shortages(numbers, answer)),
        conflicts=_conflicts(numbers, answer),
    )


def _positions(numbers: Numbered, answer: Answer) -> tuple[Position, ...]:
    held = zip(
        answer.held_account.tolist(), answer.held_claim.tolist(), answer.held_minor.tolist(),
        answer.held_hop.tolist(), strict=True,
    )  # fmt: skip
    named = (
        Position(numbers.accounts[account], numbers.claims[claim], minor, minor, _hop(hop))
        for account, claim, minor, hop in held
    )
    # Stable: an account's lots keep their order of age.
    return tuple(sorted(named, key=lambda position: position.account))


def _hop(number: int) -> int | None:
    return None if number < 0 else number


def _gone(numbers: Numbered, answer: Answer) -> tuple[Dissipated, ...]:
    parts = zip(
        answer.gone_row.tolist(), answer.gone_account.tolist(), answer.gone_claim.tolist(),
        answer.gone_minor.tolist(), answer.gone_is_debt.tolist(), strict=True,
    )  # fmt: skip
    return tuple(
        Dissipated(
            _kind(numbers.rows[row], is_debt=is_debt), numbers.claims[claim],
            numbers.accounts[account] if account >= 0 else numbers.rows[row].payer or "",
            numbers.rows[row].id, minor, minor,
        )
        for row, account, claim, minor, is_debt in parts
    )  # fmt: skip


def _kind(transfer: Transfer, *, is_debt: bool) -> DissipatedKind:
    if is_debt:
        return DissipatedKind.BANK_DEBT
    ends = transfer.kind is not LineKind.TRANSFER
    return DissipatedKind(transfer.kind) if ends else DissipatedKind.UNKNOWN


def _hops(numbers: Numbered, answer: Answer) -> tuple[Hop, ...]:
    steps = zip(
        answer.hop_row.tolist(), answer.hop_parent.tolist(), answer.hop_claim.tolist(),
        answer.hop_minor.tolist(), strict=True,
    )  # fmt: skip
    result = []
    for number, (row, parent, claim, minor) in enumerate(steps):
        transfer = numbers.rows[row]
        payee = transfer.payee if transfer.kind is LineKind.TRANSFER else None
        result.append(
            Hop(
                number, transfer.id, _hop(parent), numbers.claims[claim], transfer.payer, payee,
                minor, minor,
            )
        )  # fmt: skip
    return tuple(result)


def _frontier(numbers: Numbered, answer: Answer) -> frozenset[str]:
    asked = accounts_to_ask(numbers.problem, answer, numbers.uncovered)
    holding = set(answer.held_account.tolist())
    return frozenset(numbers.accounts[account] for account in asked | (numbers.unseen & holding))


def _shortages(numbers: Numbered, answer: Answer) -> tuple[Shortage, ...]:
    pairs = zip(answer.short_row.tolist(), answer.short_minor.tolist(), strict=True)
    return tuple(
        Shortage(numbers.rows[row].payer or "", numbers.rows[row].id, minor) for row, minor in pairs
    )


def _conflicts(numbers: Numbered, answer: Answer) -> tuple[Conflict, ...]:
    parts = zip(
        answer.conflict_row.tolist(), answer.conflict_claim.tolist(),
        answer.conflict_holder.tolist(), answer.conflict_minor.tolist(), strict=True,
    )  # fmt: skip
    return tuple(
        Conflict(numbers.rows[row].id, numbers.claims[claim], numbers.claims[holder], minor, minor)
        for row, claim, holder, minor in parts
    )
