"""What the kernel works on and what it answers: arrays of integers, no strings anywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Problem:
    """Transfers in order, the payments that claims are about, and what accounts held before.

    An account is one (account, currency) as a dense number; -1 as payer is money from outside, -1
    as payee is out of sight. All amounts are minor units of the accounts' own currency; a payment
    that crosses currencies does not fit in here, nor does a reversal: the plain rules take those.
    """

    payer: Ints32
    payee: Ints32
    minor: Ints64
    batch: Ints32
    """Rows with the same number share one booking instant (only tainted-in-highest-out asks)."""
    source_row: Ints64
    """Rows that claims are about, ascending."""
    source_claim: Ints32
    opening: Ints64
    """Per account, signed: below zero is a debt to the bank."""
    owes: Bools
    """Per account: its balance is known, so a shortage is an overdraft, not money from nowhere."""
    owed_from: Ints64
    """Per account the row from which an opening below zero is owed: its statement begins there."""
    claims: int

    @property
    def accounts(self) -> int:
        """How many accounts there are."""
        return len(self.opening)


@dataclass(frozen=True, slots=True)
class Answer:
    """Where every claim's money is; parallel arrays per kind of part.

    Per claim: sources = held + gone + conflicts, exactly.
    """

    held_account: Ints32
    held_claim: Ints32
    held_minor: Ints64
    held_hop: Ints64
    """The hop that brought it; -1 under rules that have no paths."""
    gone_row: Ints64
    gone_account: Ints32
    gone_claim: Ints32
    gone_minor: Ints64
    gone_is_debt: Bools
    """True: it paid off an overdraft at the payee; False: it left sight by the row."""
    conflict_row: Ints64
    conflict_claim: Ints32
    conflict_holder: Ints32
    conflict_minor: Ints64
    hop_row: Ints64
    hop_parent: Ints64
    hop_claim: Ints32
    hop_minor: Ints64
    short_row: Ints64
    short_minor: Ints64
    balance: Ints64
    """Per account at the end, signed."""
