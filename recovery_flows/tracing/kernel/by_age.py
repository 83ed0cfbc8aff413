"""First in first out, and last in first out, compiled."""

from __future__ import annotations

from recovery_flows.tracing.kernel.compile_options import compiled, inlined
from recovery_flows.tracing.kernel.moves import (
    claim_pieces,
    close,
    draw_own,
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
    FREED,
    HOP,
    LOTS,
    NEWEST,
    NEXT,
    NONE,
    OLDEST,
    OWN,
    PIECES,
    SHORTS,
    STOLEN,
    Rows,
    State,
)


@compiled
def run_by_age(rows: Rows, state: State, newest_first: bool, row: int, stop: int) -> int:
    """Walk from `row` until `stop`, or to a row for which there is no room; that row."""
    plain, accounts, links, amounts = state.plain, state.accounts, state.links, state.amounts
    payers, payees, minors, owes = rows.payer, rows.payee, rows.minor, rows.owes
    shorts, used = state.shorts, state.used
    end = NEWEST if newest_first else OLDEST
    named, short, shorts_room = next_source(state, rows, row - 1, stop), used[SHORTS], len(shorts)
    while row < stop:
        payer, payee, minor = payers[row], payees[row], minors[row]
        if payer == payee or row == named or short == shorts_room:
            pass
        elif payer >= 0 and plain[payer] >= 0 and (payee < 0 or plain[payee] >= 0):
            left = plain[payer] - minor
            if left >= 0 or not owes[payer]:
                # Without a branch, since nobody can foretell which payment falls short.
                shorts[short, 0], shorts[short, 1] = row, -left
                short += left < 0
                plain[payer] = max(left, 0)
                if payee >= 0:
                    plain[payee] += minor
                row += 1
                continue
        else:
            leaving = _own_that_leaves(plain, accounts, links, amounts, end, payer, minor)
            arriving = _own_that_arrives(plain, accounts, links, payee)
            if leaving != NOT_SIMPLE and arriving != NOT_SIMPLE:
                _move_own(plain, amounts, leaving, payer, -minor)
                _move_own(plain, amounts, arriving, payee, minor)
                row += 1
                continue
        used[SHORTS] = short
        if not has_room(state, payer):
            return row
        if payer != payee or payer < 0:
            _move(rows, state, newest_first, row)
        if row == named:
            named = next_source(state, rows, row, stop)
        short = used[SHORTS]
        row += 1
    used[SHORTS] = short
    return row


NOT_SIMPLE = -2
"""The payment moves stolen money, falls short, pays a debt or needs a new lot."""


@inlined
def _move_own(plain: Ints64, amounts: Ints64, node: int, account: int, minor: int) -> None:
    if node >= 0:
        amounts[node] += minor
    elif account >= 0:
        plain[account] += minor


@inlined
def _own_that_leaves(
    plain: Ints64,
    accounts: Ints64,
    links: Ints64,
    amounts: Ints64,
    end: int,
    payer: int,
    minor: int,
) -> int:
    """The lot of own money that covers the payment, NONE where the account is plain and does."""
    if payer < 0:
        return NONE
    balance = plain[payer]
    if balance >= 0:
        return NONE if balance >= minor else NOT_SIMPLE
    node = accounts[payer, end]
    if node >= 0 and links[node, CLAIM] == OWN and amounts[node] > minor:
        return node
    return NOT_SIMPLE


@inlined
def _own_that_arrives(plain: Ints64, accounts: Ints64, links: Ints64, payee: int) -> int:
    """The lot of own money that grows, NONE where the account is plain or nobody sees it."""
    if payee < 0 or plain[payee] >= 0:
        return NONE
    node = accounts[payee, NEWEST]
    if node >= 0 and accounts[payee, DEBT] == 0 and links[node, CLAIM] == OWN:
        return node
    return NOT_SIMPLE


@inlined
def _move(rows: Rows, state: State, newest_first: bool, row: int) -> None:
    """Any payment but one from a plain account that covers it to a plain account."""
    payer, payee, minor = rows.payer[row], rows.payee[row], rows.minor[row]
    state.used[PIECES] = 0
    open_up(state, payer)
    open_up(state, payee)
    wanted = minor
    if payer >= 0:
        if state.accounts[payer, STOLEN] == 0:
            wanted = draw_own(state, payer, minor)
        else:
            wanted = _draw_lots(state, payer, minor, newest_first)
        if wanted > 0:
            fall_short(state, rows.owes[payer], payer, row, wanted)
    if wanted > 0:
        lay(state, OWN, wanted, NONE)
    claim_pieces(state, rows, row)
    log_hops(state, row)
    if payee < 0:
        vanish(state, row, payer)
    else:
        _arrive(rows, state, row, payee, newest_first)
        close(state, payee)
    close(state, payer)


@inlined
def _arrive(rows: Rows, state: State, row: int, payee: int, newest_first: bool) -> None:
    if state.accounts[payee, DEBT] > 0 and row >= rows.owed_from[payee]:
        pay_debt(state, row, payee, newest_first)
    for n in range(state.used[PIECES]):
        claim, part = state.pieces[n, 0], state.pieces[n, 1]
        if claim == OWN:
            _put_own(state, payee, part)
        elif part > 0:
            _put_stolen(state, payee, claim, part, state.pieces[n, 2])


@inlined
def _draw_lots(state: State, account: int, minor: int, newest_first: bool) -> int:
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


@inlined
def _turn(state: State) -> None:
    # A block keeps its order of age when it moves, whatever the rule took first.
    count, pieces = state.used[PIECES], state.pieces
    for n in range(count // 2):
        for column in range(3):
            kept = pieces[n, column]
            pieces[n, column] = pieces[count - 1 - n, column]
            pieces[count - 1 - n, column] = kept


@inlined
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


@inlined
def _put_own(state: State, account: int, minor: int) -> None:
    if state.accounts[account, STOLEN] == 0:
        state.accounts[account, BALANCE] += minor
        return
    last = state.accounts[account, NEWEST]
    if state.links[last, CLAIM] == OWN:
        state.amounts[last] += minor
    elif minor > 0:
        push(state, account, OWN, minor, NONE)


@inlined
def _put_stolen(state: State, account: int, claim: int, minor: int, hop: int) -> None:
    if state.accounts[account, STOLEN] == 0 and state.accounts[account, BALANCE] > 0:
        push(state, account, OWN, state.accounts[account, BALANCE], NONE)
        state.accounts[account, BALANCE] = 0
    push(state, account, claim, minor, hop)
