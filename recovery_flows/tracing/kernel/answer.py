"""The state after the last row as an answer."""

from __future__ import annotations

import numpy as np

from recovery_flows.tracing.kernel.collect import collect
from recovery_flows.tracing.kernel.problem import Answer, Ints32, Ints64
from recovery_flows.tracing.kernel.state import (
    BALANCE,
    CLASHES,
    DEBT,
    GONE,
    HOPS,
    SHORTS,
    STOLEN,
    State,
)


def answer_of(state: State) -> Answer:
    """What rests where and what went, account by account, lots from the oldest on."""
    held, balance = _held(state)
    hops = state.hops[: state.used[HOPS]]
    gone = state.gone[: state.used[GONE]]
    clashes = state.clashes[: state.used[CLASHES]]
    shorts = state.shorts[: state.used[SHORTS]]
    return Answer(
        held_account=_narrow(held[:, 0]),
        held_claim=_narrow(held[:, 1]),
        held_minor=held[:, 2].copy(),
        held_hop=held[:, 3].copy(),
        gone_row=gone[:, 0].copy(),
        gone_account=_narrow(gone[:, 1]),
        gone_claim=_narrow(gone[:, 2]),
        gone_minor=gone[:, 3].copy(),
        gone_is_debt=gone[:, 4].astype(np.bool_),
        conflict_row=clashes[:, 0].copy(),
        conflict_claim=_narrow(clashes[:, 1]),
        conflict_holder=_narrow(clashes[:, 2]),
        conflict_minor=clashes[:, 3].copy(),
        hop_row=hops[:, 0].copy(),
        hop_parent=hops[:, 1].copy(),
        hop_claim=_narrow(hops[:, 2]),
        hop_minor=hops[:, 3].copy(),
        short_row=shorts[:, 0].copy(),
        short_minor=shorts[:, 1].copy(),
        balance=balance,
    )


def _narrow(column: Ints64) -> Ints32:
    return column.astype(np.int32)


def _held(state: State) -> tuple[Ints64, Ints64]:
    """(lots of claims, 4): account, claim, minor, hop; and every account's balance."""
    balance = np.where(
        state.plain >= 0, state.plain, state.accounts[:, BALANCE] - state.accounts[:, DEBT]
    )
    open_accounts = np.flatnonzero((state.plain < 0) & (state.accounts[:, STOLEN] > 0))
    found = np.empty((int(state.accounts[open_accounts, STOLEN].sum()), 4), np.int64)
    collect(state, open_accounts, found, balance)
    return found, balance
