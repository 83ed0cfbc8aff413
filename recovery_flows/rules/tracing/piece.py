"""A piece of money on its way, and what a rule has to offer the walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, Protocol

Quantity = int | Fraction


class Piece(NamedTuple):
    """Money of one claim (None: the holder's own) with the claim it carries and its last hop.

    `amount` is in the currency of the account it is in, `claim_minor` in the currency of the loss.
    """

    claim: str | None
    amount: Quantity
    claim_minor: Quantity
    hop: int | None


class Pot(Protocol):
    """One account's money under one rule."""

    @property
    def holds_stolen(self) -> bool:
        """Whether any stolen money is in it."""
        ...

    def put(self, pieces: Sequence[Piece]) -> None:
        """Add what a payment brought, in its order."""
        ...

    def take(self, amount: Quantity) -> list[Piece]:
        """Remove `amount` minor units; the pieces are given oldest first."""
        ...

    def stolen(self) -> Iterator[Piece]:
        """What of it is stolen."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule is how an account keeps its money and how a running share is rounded."""

    new_pot: Callable[[], Pot]
    part: Callable[[Quantity, Quantity, Quantity], Quantity]


def converted(pieces: Sequence[Piece], debit: int, credit: int, rule: Rule) -> list[Piece]:
    """The pieces in the credited currency: they sum to `credit`, claims are carried unchanged."""
    if debit == credit:
        return list(pieces)
    if not debit:
        return [*pieces, Piece(None, credit, 0, None)]
    result: list[Piece] = []
    upto: Quantity = 0
    arrived: Quantity = 0
    for piece in pieces:
        upto += piece.amount
        total = rule.part(credit, upto, debit)
        result.append(piece._replace(amount=total - arrived))
        arrived = total
    return result
