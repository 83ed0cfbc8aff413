"""Rolling pro rata on arrays: whole balances once, then the shares of sixteen claims at a time.

The first walk turns the rows into flows: which of them carry any claim's money, and what part of
it. Then each walk of `spread` carries sixteen claims along these flows only. Shares are floats in
a fixed order of operations and are apportioned to whole minor units once, at the end, per claim,
by largest remainder; every claim's sum is exact.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recovery_flows.tracing.kernel.apportioned import apportioned
from recovery_flows.tracing.kernel.cache_lines import AHEAD, fetch, zeros
from recovery_flows.tracing.kernel.compile_options import compiled, inlined
from recovery_flows.tracing.kernel.problem import Ints32, Ints64, Problem
from recovery_flows.tracing.kernel.state import Rows, rows_of

Floats = NDArray[np.float64]
Places = NDArray[Any]
"""Whole numbers of any width."""
AT_ONCE = 16


class Cells(NamedTuple):
    """Where one claim's money is, in whole minor units; nothing that is zero."""

    held: Ints64
    """(n, 2): account, minor."""
    gone: Ints64
    """(n, 3): account or -1, kind by number, minor; the last kind is a debt to the bank."""
    conflicts: Ints64
    """(n, 2): place of the source, minor that another claim has of this claim's money."""


class Flows(NamedTuple):
    """Where money can go: an account's number, or after all of them one way out of sight."""

    payer: Places
    target: Places
    """accounts + (account, or their number for none) x kinds + kind, for a way out of sight."""
    part: Floats
    """Of what the payer has of a claim."""
    source: Ints64
    """Sources in order of rows; two entries where a part of one paid a debt."""
    source_at: Ints64
    """The flow before which a source's own money comes in."""
    source_target: Places
    source_minor: Floats
    used: Ints64
    """How many flows, entries of sources and shortages are in use."""


FLOWS, ENTRIES, SHORT = 0, 1, 2


@compiled
def find_flows(  # noqa: C901 - a step of its own would hand over every array
    rows: Rows,
    through: Ints64,
    sink: Ints64,
    kinds: int,
    balance: Ints64,
    debt: Ints64,
    stolen: Floats,
    own: Floats,
    shorts: Ints64,
    flows: Flows,
) -> None:
    """Every row that carries claims' money, into `flows`; what nobody else owns, into `own`.

    `kinds` counts the ways out and, as the last, a debt to the bank.
    """
    at_source, sources = 0, len(rows.source_row)
    for row in range(len(rows.payer)):
        payer, payee, minor = rows.payer[row], rows.payee[row], rows.minor[row]
        if payer >= 0 and payer == payee:
            continue
        flow, part = 0.0, 0.0
        if payer >= 0:
            held = balance[payer]
            taken = min(held, minor)
            balance[payer] = held - taken
            if stolen[payer] > 0.0:
                part = 1.0 if taken == held else taken / held
                flow = stolen[payer] * part
                stolen[payer] -= flow
            if taken < minor:
                shorts[flows.used[SHORT], 0] = row
                shorts[flows.used[SHORT], 1] = minor - taken
                flows.used[SHORT] += 1
                if rows.owes[payer]:
                    debt[payer] += minor - taken
        target, repaid, paid = np.int64(payee), 0.0, 0
        if payee < 0:
            leaver = through[row] if through[row] >= 0 else len(balance)
            target = len(balance) + leaver * kinds + sink[row]
        else:
            if debt[payee] > 0 and row >= rows.owed_from[payee]:
                paid = min(debt[payee], minor)
                debt[payee] -= paid
                repaid = paid / minor if minor > 0 else 0.0
            balance[payee] += minor - paid
        lost = len(balance) + payee * kinds + kinds - 1
        if part > 0.0:
            _split_flow(flows, payer, target, lost, part, repaid)
        while at_source < sources and rows.source_row[at_source] == row:
            own[at_source] = max(minor - flow, 0.0)
            flow = minor * 1.0
            _split_source(flows, at_source, target, lost, own[at_source], repaid)
            at_source += 1
        if payee >= 0:
            stolen[payee] += flow * (1.0 - repaid)


@inlined
def _split_flow(
    flows: Flows, payer: int, target: int | np.int64, lost: int, part: float, repaid: float
) -> None:
    """A flow to `target`; before it the part of it that pays a debt, which is `lost`."""
    number = flows.used[FLOWS]
    if repaid > 0.0:
        flows.payer[number], flows.target[number] = payer, lost
        flows.part[number] = part * repaid
        number += 1
        part = min(part * (1.0 - repaid) / (1.0 - part * repaid), 1.0) if repaid < 1.0 else 0.0
    if part > 0.0:
        flows.payer[number], flows.target[number], flows.part[number] = payer, target, part
        number += 1
    flows.used[FLOWS] = number


@inlined
def _split_source(
    flows: Flows, source: int, target: int | np.int64, lost: int, minor: float, repaid: float
) -> None:
    """A source's own money to `target`; the part of it that pays a debt is `lost`."""
    for share, place in ((minor * repaid, lost), (minor * (1.0 - repaid), target)):
        if share > 0.0:
            entry = flows.used[ENTRIES]
            flows.source[entry], flows.source_at[entry] = source, flows.used[FLOWS]
            flows.source_target[entry], flows.source_minor[entry] = place, share
            flows.used[ENTRIES] += 1


@compiled
def spread(
    payer: Places, target: Places, part: Floats, begin: int, stop: int, shares: Floats
) -> None:
    """Carry the shares of sixteen claims along the flows from `begin` until `stop`."""
    for flow in range(begin, stop):
        later = min(flow + AHEAD, stop - 1)
        fetch(shares, payer[later])
        fetch(shares, target[later])
        source, place, rate = payer[flow], target[flow], part[flow]
        for k in range(AT_ONCE):
            moved = shares[source, k] * rate
            shares[source, k] -= moved
            shares[place, k] += moved


@compiled
def take_out(shares: Floats, columns: Floats) -> None:
    """The shares claim by claim, each in a row of `columns`; the table is empty then."""
    for row in range(len(shares)):
        for k in range(AT_ONCE):
            columns[k, row] = shares[row, k]
            shares[row, k] = 0.0


def share_out(
    problem: Problem, through: Ints64, sink: Ints64, kinds: int
) -> tuple[list[Cells], Ints64]:
    """Where each claim's money is by rolling pro rata, and the shortages as (row, minor).

    `through` is the account by which each row leaves sight, -1 from outside; `sink` numbers its way
    out, below `kinds`. One claim a payment.
    """
    kinds += 1
    flows, own, shorts = _flows(problem, through, sink, kinds)
    flows, outside = _packed(flows, problem.accounts)
    claim_of = problem.source_claim[flows.source]
    shares = zeros(problem.accounts + len(outside), AT_ONCE, np.float64)
    columns = np.empty((AT_ONCE, len(shares)))
    found: dict[int, Cells] = {}
    for claims in _together(claim_of, problem.claims):
        _carry(flows, claims, claim_of, shares)
        take_out(shares, columns)
        for claim, column in zip(claims.tolist(), columns, strict=False):
            found[claim] = _cells(problem, claim, column, own, outside, kinds)
    return [found[claim] for claim in range(problem.claims)], shorts


def _flows(
    problem: Problem, through: Ints64, sink: Ints64, kinds: int
) -> tuple[Flows, Floats, Ints64]:
    """The flows, what of each source nobody else owns, and the shortages."""
    rows, accounts, sources = rows_of(problem), problem.accounts, len(problem.source_row)
    balance, debt = _begin(problem)
    own, shorts = np.zeros(sources), np.empty((len(rows.payer), 2), np.int64)
    room = len(rows.payer) * (2 if rows.owes.any() else 1)
    flows = Flows(
        np.empty(room, np.int32), np.empty(room, np.int64), np.empty(room),
        np.empty(2 * sources, np.int64), np.empty(2 * sources, np.int64),
        np.empty(2 * sources, np.int64), np.empty(2 * sources), np.zeros(3, np.int64),
    )  # fmt: skip
    stolen = np.zeros(accounts)
    find_flows(rows, through, sink, kinds, balance, debt, stolen, own, shorts, flows)
    count, entries, short = flows.used.tolist()
    cut = [column[:count] for column in flows[:3]] + [column[:entries] for column in flows[3:7]]
    return Flows._make([*cut, flows.used]), own, shorts[:short].copy()


def _packed(flows: Flows, accounts: int) -> tuple[Flows, Ints64]:
    """The flows with the ways out numbered without gaps after the accounts, and what they were."""
    both = np.concatenate([flows.target, flows.source_target])
    away = np.flatnonzero(both >= accounts)
    outside, places = np.unique(both[away], return_inverse=True)
    both[away] = accounts + places
    target, source_target = np.split(both.astype(np.uint32), [len(flows.target)])
    return flows._replace(target=target, source_target=source_target), outside - accounts


def _together(claim_of: Ints32, claims: int) -> list[NDArray[np.int64]]:
    """Sixteen claims at a time, those that begin late together: their walk begins late too."""
    first = np.full(claims, len(claim_of))
    np.minimum.at(first, claim_of, np.arange(len(claim_of)))
    order = np.argsort(first, kind="stable")
    return [order[begin : begin + AT_ONCE] for begin in range(0, claims, AT_ONCE)]


def _carry(flows: Flows, claims: NDArray[np.int64], claim_of: Ints32, shares: Floats) -> None:
    """Walk along all flows, the sources of these claims coming in where they are."""
    payer, target, part = flows.payer.view(np.uint32), flows.target, flows.part
    lanes = {claim: lane for lane, claim in enumerate(claims.tolist())}
    begin = -1
    for entry in np.flatnonzero(np.isin(claim_of, claims)).tolist():
        stop = int(flows.source_at[entry])
        if begin >= 0:
            spread(payer, target, part, begin, stop, shares)
        shares[flows.source_target[entry], lanes[int(claim_of[entry])]] += flows.source_minor[entry]
        begin = stop
    if begin >= 0:
        spread(payer, target, part, begin, len(payer), shares)


def _begin(problem: Problem) -> tuple[Ints64, Ints64]:
    owed = np.where(problem.owes, np.maximum(-problem.opening, 0), 0)
    return np.maximum(problem.opening, 0).astype(np.int64), owed.astype(np.int64)


def _cells(
    problem: Problem, claim: int, share: Floats, own: Floats, outside: Ints64, kinds: int
) -> Cells:
    mine = np.flatnonzero(problem.source_claim == claim)
    claimed = problem.minor[problem.source_row[mine]]
    places = np.flatnonzero(share > 0)
    others = np.maximum(claimed - own[mine], 0.0)
    whole = apportioned(np.concatenate([share[places], others]), int(claimed.sum()))
    inside = int(np.searchsorted(places, problem.accounts))
    held, left, contested = np.split(whole, [inside, len(places)])
    accounts, held = _of_something(places[:inside], held)
    ways, left = _of_something(places[inside:], left)
    through, kind = np.divmod(outside[ways - problem.accounts], kinds)
    through[through == problem.accounts] = -1
    return Cells(
        np.stack([accounts, held], axis=1),
        np.stack([through, kind, left], axis=1),
        np.stack(_of_something(mine, contested), axis=1),
    )


def _of_something(
    places: NDArray[np.int64], minor: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Places and their whole minor units, without those of nothing."""
    kept = np.flatnonzero(minor)
    return places[kept], minor[kept]
