"""An account as two parts, own and stolen: which of them leaves first is the rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recovery_flows.rules.tracing.among import Among
from recovery_flows.rules.tracing.lots import LotPot, floor_part
from recovery_flows.rules.tracing.piece import Piece, Pot, Quantity, Rule
from recovery_flows.rules.tracing.pro_rata import SharePot, exact_part


@dataclass(slots=True)
class TwoPartPot:
    """Own money as one sum beside the victims' in a pot of its own."""

    own_first: bool
    victims: Pot
    own: Quantity = 0
    stolen_sum: Quantity = 0

    @property
    def holds_stolen(self) -> bool:
        """Whether any claim's money is in here."""
        return self.victims.holds_stolen

    def put(self, pieces: Sequence[Piece]) -> None:
        """Add to both parts, in the order given."""
        # A claim can come with no money left of it: in another currency it was less than a unit.
        stolen = [piece for piece in pieces if piece.claim is not None]
        self.own += sum(piece.amount for piece in pieces if piece.claim is None)
        self.stolen_sum += sum(piece.amount for piece in stolen)
        self.victims.put(stolen)

    def take(self, amount: Quantity) -> list[Piece]:
        """Remove up to `amount`, the whole of one part before the other."""
        if self.own_first:
            own = min(self.own, amount)
            stolen = min(self.stolen_sum, amount - own)
        else:
            stolen = min(self.stolen_sum, amount)
            own = min(self.own, amount - stolen)
        self.own -= own
        self.stolen_sum -= stolen
        pieces = [Piece(None, own, 0, None)] if own else []
        return pieces + (self.victims.take(stolen) if stolen else [])

    def stolen(self) -> Iterator[Piece]:
        """The claims' money in here."""
        return self.victims.stolen()


def two_part_rule(among: Among, *, own_first: bool) -> Rule:
    """A rule on two parts, with the victims' money ordered `among` them."""
    if among is Among.FIFO:
        return Rule(
            new_pot=lambda: TwoPartPot(own_first, LotPot(newest_first=False)), part=floor_part
        )
    return Rule(new_pot=lambda: TwoPartPot(own_first, SharePot()), part=exact_part)
