"""Own money first (LIBR) and stolen money first, the victims' by age, compiled.

An account is its own money as one sum beside a chain of the claims' lots.
"""

from __future__ import annotations

from recovery_flows.tracing.kernel.compile_options import compiled, inlined
from recovery_flows.tracing.kernel.moves import (
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
from recovery_flows.tracing.kernel.problem import Ints64
from recovery_flows.tracing.kernel.state import (
    BALANCE,
    CLAIM,
    DEBT,
    HOP,
    NONE,
    OLDEST,
    OWN,
    PIECES,
    SHORTS,
    Rows,
    State,
)


@compiled
def run_by_part(rows: Rows, state: State, own_first: bool, row: int, stop: int) -> int:
    """Walk from `row` until `stop`, or to a row for which there is no room; that row."""
    plain, accounts = state.plain, state.accounts
    payers, payees, minors, owes = rows.payer, rows.payee, rows.minor, rows.owes
    shorts, used = state.shorts, state.used
    named, short, shorts_room = next_source(state, rows, row - 1, stop), used[SHORTS], len(shorts)
    while row < stop:
        payer, payee, minor = payers[row], payees[row], minors[row]
        if payer >= 0 and payer != payee and row != named and short != shorts_room:
            is_plain = plain[payer] >= 0
            own = plain[payer] if is_plain else accounts[payer, BALANCE] if own_first else NONE
            takes = payee < 0 or plain[payee] >= 0 or accounts[payee, DEBT] == 0
            if takes and (own >= minor or (is_plain and not owes[payer])):
                # Own money only: nothing to trace.
                taken = min(own, minor)
                shorts[short, 0], shorts[short, 1] = row, minor - taken
                short += taken < minor
                _add_own(plain, accounts, payer, -taken)
                if payee >= 0:
                    _add_own(plain, accounts, payee, minor)
                row += 1
                continue
        used[SHORTS] = short
        if not has_room(state, payer):
            return row
        if payer != payee or payer < 0:
            _move(rows, state, own_first, row)
        if row == named:
            named = next_source(state, rows, row, stop)
        short = used[SHORTS]
        row += 1
    used[SHORTS] = short
    return row


@inlined
def _add_own(plain: Ints64, accounts: Ints64, account: int, minor: int) -> None:
    if plain[account] >= 0:
        plain[account] += minor
    else:
        accounts[account, BALANCE] += minor


@inlined
def _move(rows: Rows, state: State, own_first: bool, row: int) -> None:
    payer, payee, minor = rows.payer[row], rows.payee[row], rows.minor[row]
    state.used[PIECES] = 0
    open_up(state, payer)
    open_up(state, payee)
    wanted = minor
    if payer >= 0:
        wanted = _draw(state, payer, minor, own_first)
        if wanted > 0:
            fall_short(state, rows.owes[payer], payer, row, wanted)
    if wanted > 0:
        lay(state, OWN, wanted, NONE)
    claim_pieces(state, rows, row)
    log_hops(state, row)
    if payee < 0:
        vanish(state, row, payer)
    else:
        _arrive(rows, state, row, payee, own_first)
        close(state, payee)
    close(state, payer)


@inlined
def _draw(state: State, account: int, minor: int, own_first: bool) -> int:
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
def _arrive(rows: Rows, state: State, row: int, payee: int, own_first: bool) -> None:
    if state.accounts[payee, DEBT] > 0 and row >= rows.owed_from[payee]:
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
