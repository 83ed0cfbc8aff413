"""Compiled steps that all rules with paths share: chains of lots, logs, claims, debts."""

from __future__ import annotations

from recovery_flows.tracing.kernel.compile_options import inlined
from recovery_flows.tracing.kernel.state import (
    AT_SOURCE,
    BALANCE,
    BEFORE,
    CLAIM,
    CLASHES,
    DEBT,
    FREED,
    GONE,
    HOP,
    HOPS,
    LOTS,
    NEWEST,
    NEXT,
    NODES,
    NONE,
    OLDEST,
    OWN,
    PIECES,
    SHORTS,
    STOLEN,
    Rows,
    State,
)

_SHORTS_LEFT = 2


@inlined
def has_room(state: State, account: int) -> bool:
    """Whether a payment by `account` fits into lots and logs, however many pieces it moves."""
    used = state.used
    need = 4 + (state.accounts[account, LOTS] if account >= 0 else 0)
    return (
        used[NODES] - used[FREED] + need <= len(state.amounts)
        and used[NODES] + need <= len(state.amounts)
        and used[HOPS] + need <= len(state.hops)
        and used[GONE] + 2 * need <= len(state.gone)
        and used[CLASHES] + need <= len(state.clashes)
        and used[SHORTS] + _SHORTS_LEFT <= len(state.shorts)
        and need <= len(state.pieces)
    )


@inlined
def push(state: State, account: int, claim: int, minor: int, hop: int) -> None:
    """Chain a new lot as the newest of an account."""
    used, accounts, links = state.used, state.accounts, state.links
    if used[FREED]:
        used[FREED] -= 1
        node = state.free[used[FREED]]
    else:
        node = used[NODES]
        used[NODES] += 1
    last = accounts[account, NEWEST]
    links[node, NEXT], links[node, BEFORE] = NONE, last
    links[node, CLAIM], links[node, HOP] = claim, hop
    state.amounts[node] = minor
    if last == NONE:
        accounts[account, OLDEST] = node
    else:
        links[last, NEXT] = node
    accounts[account, NEWEST] = node
    accounts[account, LOTS] += 1
    if claim != OWN:
        accounts[account, STOLEN] += 1


@inlined
def drop(state: State, account: int, node: int) -> None:
    """Take the oldest or newest lot off an account; its node is used again."""
    accounts, links = state.accounts, state.links
    after, before = links[node, NEXT], links[node, BEFORE]
    if before == NONE:
        accounts[account, OLDEST] = after
    else:
        links[before, NEXT] = after
    if after == NONE:
        accounts[account, NEWEST] = before
    else:
        links[after, BEFORE] = before
    accounts[account, LOTS] -= 1
    if links[node, CLAIM] != OWN:
        accounts[account, STOLEN] -= 1
    state.free[state.used[FREED]] = node
    state.used[FREED] += 1


@inlined
def lay(state: State, claim: int, minor: int, hop: int) -> None:
    """Add a piece to what the payment at hand moves."""
    number = state.used[PIECES]
    state.pieces[number, 0], state.pieces[number, 1] = claim, minor
    state.pieces[number, 2] = hop
    state.used[PIECES] = number + 1


@inlined
def fall_short(state: State, owes: bool, account: int, row: int, minor: int) -> None:
    """More left than was there: a debt where the balance is known, else money of unknown origin."""
    number = state.used[SHORTS]
    state.shorts[number, 0], state.shorts[number, 1] = row, minor
    state.used[SHORTS] = number + 1
    if owes:
        state.accounts[account, DEBT] += minor


@inlined
def claim_pieces(state: State, rows: Rows, row: int) -> None:
    """Each claim on this row takes what nobody else owns; the rest is a conflict."""
    used, pieces = state.used, state.pieces
    while used[AT_SOURCE] < len(rows.source_row) and rows.source_row[used[AT_SOURCE]] == row:
        claim = rows.source_claim[used[AT_SOURCE]]
        for n in range(used[PIECES]):
            if pieces[n, 0] == OWN:
                pieces[n, 0], pieces[n, 2] = claim, NONE
                continue
            number = used[CLASHES]
            state.clashes[number, 0], state.clashes[number, 1] = row, claim
            state.clashes[number, 2], state.clashes[number, 3] = pieces[n, 0], pieces[n, 1]
            used[CLASHES] = number + 1
        used[AT_SOURCE] += 1


@inlined
def next_source(state: State, rows: Rows, row: int, stop: int) -> int:
    """The next row that a claim is about, after `row`; `stop` if there is none."""
    used = state.used
    while used[AT_SOURCE] < len(rows.source_row) and rows.source_row[used[AT_SOURCE]] <= row:
        used[AT_SOURCE] += 1
    if used[AT_SOURCE] < len(rows.source_row):
        return rows.source_row[used[AT_SOURCE]]
    return stop


@inlined
def log_hops(state: State, row: int) -> None:
    """One hop for every piece of a claim; the piece remembers it."""
    used, pieces = state.used, state.pieces
    for n in range(used[PIECES]):
        if pieces[n, 0] == OWN:
            continue
        number = used[HOPS]
        state.hops[number, 0], state.hops[number, 1] = row, pieces[n, 2]
        state.hops[number, 2], state.hops[number, 3] = pieces[n, 0], pieces[n, 1]
        pieces[n, 2] = number
        used[HOPS] = number + 1


@inlined
def end(state: State, row: int, account: int, number: int, minor: int, is_debt: int) -> None:
    """`minor` of piece `number` goes out of sight, if it is a claim's."""
    if state.pieces[number, 0] == OWN or minor == 0:
        return
    at = state.used[GONE]
    state.gone[at, 0], state.gone[at, 1] = row, account
    state.gone[at, 2], state.gone[at, 3] = state.pieces[number, 0], minor
    state.gone[at, 4] = is_debt
    state.used[GONE] = at + 1


@inlined
def pay_debt(state: State, row: int, account: int, newest_first: bool = False) -> None:
    """What came in pays the account's debt to its bank first, by the rule's own order."""
    count, pieces = state.used[PIECES], state.pieces
    for step in range(count):
        n = count - 1 - step if newest_first else step
        paid = min(state.accounts[account, DEBT], pieces[n, 1])
        if paid > 0:
            state.accounts[account, DEBT] -= paid
            pieces[n, 1] -= paid
            end(state, row, account, n, paid, 1)


@inlined
def vanish(state: State, row: int, account: int) -> None:
    """All pieces go out of sight."""
    for n in range(state.used[PIECES]):
        end(state, row, account, n, state.pieces[n, 1], 0)


@inlined
def open_up(state: State, account: int) -> None:
    """A plain account gets its line in `accounts`."""
    if account >= 0 and state.plain[account] >= 0:
        state.accounts[account, BALANCE] = state.plain[account]
        state.plain[account] = NONE


@inlined
def close(state: State, account: int) -> None:
    """Without stolen money and debt an account is one integer again."""
    if account >= 0 and state.accounts[account, STOLEN] == 0 and state.accounts[account, DEBT] == 0:
        state.plain[account] = state.accounts[account, BALANCE]


@inlined
def draw_own(state: State, account: int, minor: int) -> int:
    """Own money out of an account without lots, as a piece; what is still wanted."""
    taken = min(state.accounts[account, BALANCE], minor)
    if taken > 0:
        state.accounts[account, BALANCE] -= taken
        lay(state, OWN, taken, NONE)
    return minor - taken
