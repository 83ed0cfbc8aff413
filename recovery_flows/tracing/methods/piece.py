"""A piece of money on its way, and the interface that a rule offers to the walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, Protocol

Quantity = int | Fraction


class Piece(NamedTuple):
    """Money of one claim (None: the holder's own) with the claim it carries and its last hop.

    `amount` is in the currency of the account it is in, `claim_minor` in the currency of the loss.
    `age` is its place in the queue it left; `by` the payment that brought it, if that one is taken
    back later: both are empty wherever no reversal asks for them.
    """

    claim: str | None
    amount: Quantity
    claim_minor: Quantity
    hop: int | None
    age: int | None = None
    by: str = ""


class Pot(Protocol):
    """One account's money under one rule."""

    @property
    def holds_stolen(self) -> bool:
        """Whether any stolen money is in it."""
        ...

    def put(self, pieces: Sequence[Piece]) -> None:
        """Add what a payment brought, in its order."""
        ...

    def draw(self, amount: Quantity) -> list[Piece]:
        """Remove `amount` minor units; the pieces are given oldest first."""
        ...

    def reverse(self, payment: str, amount: Quantity) -> list[Piece]:
        """Remove up to `amount` of what `payment` brought and is still there, with its old age."""
        ...

    def part_off(self, amount: Quantity, *, own_first: bool, last: bool) -> Pot:
        """Remove up to `amount` as a pot of its own, with every age and hop as it was.

        The holder's own money or the claims' first; of either what the rule lets leave `last`.
        """
        ...

    def join(self, other: Pot) -> None:
        """Take back what was parted off, each piece at its place."""
        ...

    @property
    def total(self) -> Quantity:
        """All that is in it."""
        ...

    @property
    def own_total(self) -> Quantity:
        """The holder's own money in it."""
        ...

    def stolen(self) -> Iterator[Piece]:
        """What of it is stolen."""
        ...


class NewPot(Protocol):
    """Makes an empty pot; with `has_ages` it remembers ages and what brought each piece."""

    def __call__(self, *, has_ages: bool = False) -> Pot: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule is how an account keeps its money and how a running share is rounded."""

    new_pot: NewPot
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
