"""Own money first (LIBR) and stolen money first, the victims' by age, compiled.

An account is its own money as one sum beside a chain of the claims' lots.
"""

from __future__ import annotations

from recovery_flows.rules.tracing.kernel.compiling import compiled, inlined
from recovery_flows.rules.tracing.kernel.moves import (
    claim_pieces,
    close,
    drop,
    fall_short,
    has_room,
    lay,
    log_hops,
    next_source,
    open_up,
    pay_debt,
    push,
    vanish,
)
from recovery_flows.rules.tracing.kernel.state import (
    BALANCE,
    CLAIM,
    DEBT,
    HOP,
    NONE,
    OLDEST,
    OWN,
    PIECES,
    Rows,
    State,
)


@compiled
def run_by_part(rows: Rows, state: State, own_first: bool, row: int, stop: int) -> int:
    """Walk from `row` until `stop`, or to a row for which there is no room; that row."""
    plain = state.plain
    payers, payees, minors = rows.payer, rows.payee, rows.minor
    named = next_source(state, rows, row - 1, stop)
    while row < stop:
        payer, payee, minor = payers[row], payees[row], minors[row]
        if payer != payee and row != named and payer >= 0 and payee >= 0:
            left, held = plain[payer] - minor, plain[payee]
            if left >= 0 and held >= 0:
                plain[payer], plain[payee] = left, held + minor
                row += 1
                continue
        if not has_room(state, payer):
            return row
        if payer != payee or payer < 0:
            _move(rows, state, own_first, row)
        if row == named:
            named = next_source(state, rows, row, stop)
        row += 1
    return row


@inlined
def _move(rows: Rows, state: State, own_first: bool, row: int) -> None:
    payer, payee, minor = rows.payer[row], rows.payee[row], rows.minor[row]
    state.used[PIECES] = 0
    open_up(state, payer)
    open_up(state, payee)
    wanted = minor
    if payer >= 0:
        wanted = _take(state, payer, minor, own_first)
        if wanted > 0:
            fall_short(state, rows.owes[payer], payer, row, wanted)
    if wanted > 0:
        lay(state, OWN, wanted, NONE)
    claim_pieces(state, rows, row)
    log_hops(state, row)
    if payee < 0:
        vanish(state, row, payer)
    else:
        _arrive(state, row, payee, own_first)
        close(state, payee)
    close(state, payer)


@inlined
def _take(state: State, account: int, minor: int, own_first: bool) -> int:
    """The whole of one part before the other; own money is laid first. What is still wanted."""
    own = state.accounts[account, BALANCE]
    if not own_first:
        stolen = 0
        node = state.accounts[account, OLDEST]
        while node != NONE and stolen < minor:
            stolen += state.amounts[node]
            node = state.links[node, 0]
        own = min(own, max(minor - stolen, 0))
    own = min(own, minor)
    if own > 0:
        state.accounts[account, BALANCE] -= own
        lay(state, OWN, own, NONE)
    wanted = minor - own
    while wanted > 0 and state.accounts[account, OLDEST] != NONE:
        node = state.accounts[account, OLDEST]
        taken = min(state.amounts[node], wanted)
        lay(state, state.links[node, CLAIM], taken, state.links[node, HOP])
        wanted -= taken
        state.amounts[node] -= taken
        if state.amounts[node] == 0:
            drop(state, account, node)
    return wanted


@inlined
def _arrive(state: State, row: int, payee: int, own_first: bool) -> None:
    if state.accounts[payee, DEBT] > 0:
        _order_for_debt(state, own_first)
        pay_debt(state, row, payee)
    for n in range(state.used[PIECES]):
        claim, part = state.pieces[n, 0], state.pieces[n, 1]
        if claim == OWN:
            state.accounts[payee, BALANCE] += part
        elif part > 0:
            push(state, payee, claim, part, state.pieces[n, 2])


@inlined
def _order_for_debt(state: State, own_first: bool) -> None:
    # What pays a debt is taken by the rule too: the part that leaves first comes first.
    count, pieces = state.used[PIECES], state.pieces
    for done in range(count):
        for n in range(count - 1 - done):
            first_is_own, next_is_own = pieces[n, 0] == OWN, pieces[n + 1, 0] == OWN
            if first_is_own != next_is_own and next_is_own == own_first:
                for column in range(3):
                    kept = pieces[n, column]
                    pieces[n, column] = pieces[n + 1, column]
                    pieces[n + 1, column] = kept
