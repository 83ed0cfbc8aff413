"""First in first out, and last in first out, compiled."""

from __future__ import annotations

import numba as nb

from recovery_flows.rules.tracing.kernel.moves import (
    claim_pieces,
    close,
    drop,
    fall_short,
    has_room,
    lay,
    log_hops,
    open_up,
    pay_debt,
    push,
    take_own,
    vanish,
)
from recovery_flows.rules.tracing.kernel.state import (
    AT_SOURCE,
    BALANCE,
    CLAIM,
    DEBT,
    FREED,
    HOP,
    LOTS,
    NEWEST,
    NEXT,
    NONE,
    OLDEST,
    OWN,
    PIECES,
    STOLEN,
    Rows,
    State,
)


@nb.njit(cache=True, nogil=True)
def run_by_age(rows: Rows, state: State, newest_first: bool, row: int, stop: int) -> int:
    """Walk from `row` until `stop`, or to a row for which there is no room; that row."""
    plain, used, sources = state.plain, state.used, rows.source_row
    named = sources[used[AT_SOURCE]] if used[AT_SOURCE] < len(sources) else stop
    while row < stop:
        payer, payee, minor = rows.payer[row], rows.payee[row], rows.minor[row]
        if payer != payee and row != named and payer >= 0 and payee >= 0:
            before, after = plain[payer] - minor, plain[payee]
            if before >= 0 and after >= 0:
                plain[payer], plain[payee] = before, after + minor
                row += 1
                continue
        if not has_room(state, payer):
            return row
        if payer != payee or payer < 0:
            _move(rows, state, newest_first, row)
        if row == named:
            named = sources[used[AT_SOURCE]] if used[AT_SOURCE] < len(sources) else stop
        row += 1
    return row


@nb.njit(cache=True, nogil=True)
def _move(rows: Rows, state: State, newest_first: bool, row: int) -> None:
    """Any payment but one from a plain account that covers it to a plain account."""
    payer, payee, minor = rows.payer[row], rows.payee[row], rows.minor[row]
    state.used[PIECES] = 0
    open_up(state, payer)
    open_up(state, payee)
    wanted = minor
    if payer >= 0:
        if state.accounts[payer, STOLEN] == 0:
            wanted = take_own(state, payer, minor)
        else:
            wanted = _take_lots(state, payer, minor, newest_first)
        if wanted > 0:
            fall_short(state, rows.owes[payer], payer, row, wanted)
    if wanted > 0:
        lay(state, OWN, wanted, NONE)
    claim_pieces(state, rows, row)
    log_hops(state, row)
    if payee < 0:
        vanish(state, row, payer)
    else:
        _arrive(state, row, payee, newest_first)
        close(state, payee)
    close(state, payer)


@nb.njit(cache=True, nogil=True)
def _arrive(state: State, row: int, payee: int, newest_first: bool) -> None:
    if state.accounts[payee, DEBT] > 0:
        pay_debt(state, row, payee, newest_first)
    for n in range(state.used[PIECES]):
        claim, part = state.pieces[n, 0], state.pieces[n, 1]
        if claim == OWN:
            _put_own(state, payee, part)
        elif part > 0:
            _put_stolen(state, payee, claim, part, state.pieces[n, 2])


@nb.njit(cache=True, nogil=True)
def _take_lots(state: State, account: int, minor: int, newest_first: bool) -> int:
    """Lots off one end, as pieces from the oldest to the newest; what is still wanted."""
    accounts, links, amounts = state.accounts, state.links, state.amounts
    end = NEWEST if newest_first else OLDEST
    while minor > 0 and accounts[account, end] != NONE:
        node = accounts[account, end]
        taken = min(amounts[node], minor)
        lay(state, links[node, CLAIM], taken, links[node, HOP])
        minor -= taken
        amounts[node] -= taken
        if amounts[node] == 0:
            drop(state, account, node)
    if newest_first:
        _turn(state)
    if accounts[account, STOLEN] == 0:
        _collapse(state, account)
    return minor


@nb.njit(cache=True, nogil=True)
def _turn(state: State) -> None:
    # A block keeps its order of age when it moves, whatever the rule took first.
    count, pieces = state.used[PIECES], state.pieces
    for n in range(count // 2):
        for column in range(3):
            kept = pieces[n, column]
            pieces[n, column] = pieces[count - 1 - n, column]
            pieces[count - 1 - n, column] = kept


@nb.njit(cache=True, nogil=True)
def _collapse(state: State, account: int) -> None:
    """Without stolen money an account is one integer again."""
    own, node = 0, state.accounts[account, OLDEST]
    while node != NONE:
        own += state.amounts[node]
        state.free[state.used[FREED]] = node
        state.used[FREED] += 1
        node = state.links[node, NEXT]
    state.accounts[account, OLDEST] = NONE
    state.accounts[account, NEWEST] = NONE
    state.accounts[account, LOTS] = 0
    state.accounts[account, BALANCE] = own


@nb.njit(cache=True, nogil=True)
def _put_own(state: State, account: int, minor: int) -> None:
    if state.accounts[account, STOLEN] == 0:
        state.accounts[account, BALANCE] += minor
        return
    last = state.accounts[account, NEWEST]
    if state.links[last, CLAIM] == OWN:
        state.amounts[last] += minor
    elif minor > 0:
        push(state, account, OWN, minor, NONE)


@nb.njit(cache=True, nogil=True)
def _put_stolen(state: State, account: int, claim: int, minor: int, hop: int) -> None:
    if state.accounts[account, STOLEN] == 0 and state.accounts[account, BALANCE] > 0:
        push(state, account, OWN, state.accounts[account, BALANCE], NONE)
        state.accounts[account, BALANCE] = 0
    push(state, account, claim, minor, hop)
