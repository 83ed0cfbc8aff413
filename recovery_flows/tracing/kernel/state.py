"""The kernel's working memory: accounts, chained lots and logs as flat arrays.

Compiled code never allocates. Where a row could need more room than is left, it returns that row;
`grown` makes room and the walk goes on from there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recovery_flows.tracing.kernel.cache_lines import zeros
from recovery_flows.tracing.kernel.problem import Bools, Ints32, Ints64, Problem

OWN = -1
NONE = -1

# Columns of `accounts`, `links` and `used`.
BALANCE, DEBT, OLDEST, NEWEST, STOLEN, LOTS = 0, 1, 2, 3, 4, 5
NEXT, BEFORE, CLAIM, HOP = 0, 1, 2, 3
NODES, FREED, AT_SOURCE, HOPS, GONE, CLASHES, SHORTS, PIECES = 0, 1, 2, 3, 4, 5, 6, 7


class Rows(NamedTuple):
    """The problem as compiled code takes it."""

    payer: Ints32
    payee: Ints32
    minor: Ints64
    source_row: Ints64
    source_claim: Ints32
    owes: Bools
    owed_from: Ints64


class State(NamedTuple):
    """Working memory between two rows; hop numbers are positions in `hops`."""

    plain: Ints64
    """Per account its balance while nothing stolen is in it and nothing owed; else -1."""
    accounts: Ints64
    """(n, 8), of accounts that are not plain: own money beside the lots, debt, oldest and newest
    lot, how many lots of claims, how many lots; padded to a line of the cache."""
    links: Ints64
    """(lots, 4): next, before, claim or OWN, the hop that brought it."""
    amounts: Ints64
    free: Ints64
    hops: Ints64
    """(hops, 4): row, parent, claim, minor."""
    gone: Ints64
    """(parts, 5): row, account, claim, minor, 1 where it paid a debt."""
    clashes: Ints64
    """(conflicts, 4): row, claim, holder, minor."""
    shorts: Ints64
    """(shortages, 2): row, minor."""
    pieces: Ints64
    """(pieces, 3): claim or OWN, minor, hop: what the payment at hand moves."""
    used: Ints64
    """How many of each are in use."""


def rows_of(problem: Problem) -> Rows:
    """The problem's arrays, each in its type and in one piece."""
    return Rows(
        np.ascontiguousarray(problem.payer, np.int32),
        np.ascontiguousarray(problem.payee, np.int32),
        np.ascontiguousarray(problem.minor, np.int64),
        np.ascontiguousarray(problem.source_row, np.int64),
        np.ascontiguousarray(problem.source_claim, np.int32),
        np.ascontiguousarray(problem.owes, np.bool_),
        np.ascontiguousarray(problem.owed_from, np.int64),
    )


def new_state(problem: Problem, room: int = 4096) -> State:
    """Accounts as they open; `room` is how many lots and log rows there is place for at first."""
    accounts = zeros(problem.accounts, 8, np.int64)
    accounts[:, BALANCE] = np.maximum(problem.opening, 0)
    accounts[:, DEBT] = np.where(problem.owes, np.maximum(-problem.opening, 0), 0)
    accounts[:, OLDEST] = accounts[:, NEWEST] = NONE
    return State(
        plain=np.where(accounts[:, DEBT] > 0, NONE, accounts[:, BALANCE]),
        accounts=accounts,
        links=np.empty((room, 4), np.int64),
        amounts=np.empty(room, np.int64),
        free=np.empty(room, np.int64),
        hops=np.empty((room, 4), np.int64),
        gone=np.empty((room, 5), np.int64),
        clashes=np.empty((room, 4), np.int64),
        shorts=np.empty((room, 2), np.int64),
        pieces=np.empty((room + 4, 3), np.int64),
        used=np.zeros(8, np.int64),
    )


def grown(state: State) -> State:
    """The same with room for whatever one payment could move, and then some."""
    used = state.used
    most = 4 * (int(used[NODES]) + 8)
    lots = _more(state.amounts, int(used[NODES]), most)
    return state._replace(
        links=_more(state.links, int(used[NODES]), most),
        amounts=lots,
        free=_more(state.free, int(used[FREED]), len(lots)),
        hops=_more(state.hops, int(used[HOPS]), most),
        gone=_more(state.gone, int(used[GONE]), 2 * most),
        clashes=_more(state.clashes, int(used[CLASHES]), most),
        shorts=_more(state.shorts, int(used[SHORTS]), most),
        pieces=np.empty((len(lots) + 4, 3), np.int64),
    )


def _more(table: Ints64, used: int, need: int) -> Ints64:
    rows = len(table)
    while rows < used + need:
        rows *= 2
    if rows == len(table):
        return table
    larger = np.empty((rows, *table.shape[1:]), table.dtype)
    larger[:used] = table[:used]
    return larger
