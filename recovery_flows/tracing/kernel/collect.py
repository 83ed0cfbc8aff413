"""Lots into rows, compiled."""

from __future__ import annotations

from recovery_flows.tracing.kernel.compile_options import compiled
from recovery_flows.tracing.kernel.problem import Ints64
from recovery_flows.tracing.kernel.state import CLAIM, HOP, NEXT, NONE, OLDEST, OWN, State


@compiled
def collect(state: State, accounts: Ints64, found: Ints64, balance: Ints64) -> int:
    """Lots of claims as (account, claim, minor, hop); every lot is added to its balance."""
    links, amounts, number = state.links, state.amounts, 0
    for account in accounts:
        node = state.accounts[account, OLDEST]
        while node != NONE:
            balance[account] += amounts[node]
            if links[node, CLAIM] != OWN:
                found[number, 0], found[number, 1] = account, links[node, CLAIM]
                found[number, 2], found[number, 3] = amounts[node], links[node, HOP]
                number += 1
            node = links[node, NEXT]
    return number
