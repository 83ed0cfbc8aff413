"""An account as two parts, own and stolen: which of them leaves first is the rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from recovery_flows.tracing.methods.lots import LotPot, floor_part
from recovery_flows.tracing.methods.piece import Piece, Pot, Quantity, Rule
from recovery_flows.tracing.methods.pro_rata import SharePot, exact_part


class Among(StrEnum):
    """How several victims' money in one account is told apart: by age, or in equal shares."""

    FIFO = "fifo"
    PRO_RATA = "pro_rata"


@dataclass(slots=True)
class TwoPartPot:
    """Own money as one sum beside the victims' in a pot of its own."""

    own_first: bool
    victims: Pot
    own: Quantity = 0
    stolen_sum: Quantity = 0
    own_by: dict[str, Quantity] = field(default_factory=dict)
    """Own money by the payment that brought it, where that can be taken back."""

    @property
    def holds_stolen(self) -> bool:
        """Whether any claim's money is in here."""
        return self.victims.holds_stolen

    def put(self, pieces: Sequence[Piece]) -> None:
        """Add to both parts, in the order given."""
        # A claim can come with no money left of it: in another currency it was less than a unit.
        stolen = [piece for piece in pieces if piece.claim is not None]
        own = [piece for piece in pieces if piece.claim is None]
        self.own += sum(piece.amount for piece in own)
        for piece in own:
            if piece.by:
                self.own_by[piece.by] = self.own_by.get(piece.by, 0) + piece.amount
        self.stolen_sum += sum(piece.amount for piece in stolen)
        self.victims.put(stolen)

    def draw(self, amount: Quantity) -> list[Piece]:
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
        return pieces + (self.victims.draw(stolen) if stolen else [])

    def reverse(self, payment: str, amount: Quantity) -> list[Piece]:
        """Remove up to `amount` of what `payment` brought; own money is all alike in here."""
        brought = self.own_by.get(payment, 0)
        own = min(brought, self.own, amount)
        self.own_by[payment] = brought - own
        self.own -= own
        stolen = self.victims.reverse(payment, amount - own)
        self.stolen_sum -= sum(piece.amount for piece in stolen)
        return ([Piece(None, own, 0, None)] if own else []) + stolen

    @property
    def total(self) -> Quantity:
        """All that is in here."""
        return self.own + self.stolen_sum

    @property
    def own_total(self) -> Quantity:
        """The holder's own money in here."""
        return self.own

    def part_off(self, amount: Quantity, *, own_first: bool, last: bool) -> TwoPartPot:
        """Remove up to `amount` as a pot of its own, the whole of one part before the other."""
        own = min(self.own, amount if own_first else max(0, amount - self.stolen_sum))
        victims = self.victims.part_off(amount - own, own_first=False, last=last)
        self.own -= own
        self.stolen_sum -= victims.total
        return TwoPartPot(self.own_first, victims, own, victims.total)

    def join(self, other: Pot) -> None:
        """Take back what was parted off."""
        if not isinstance(other, TwoPartPot):
            raise TypeError(other)
        self.own += other.own
        self.stolen_sum += other.stolen_sum
        self.victims.join(other.victims)

    def stolen(self) -> Iterator[Piece]:
        """The claims' money in here."""
        return self.victims.stolen()


def two_part_rule(among: Among, *, own_first: bool) -> Rule:
    """A rule on two parts, with the victims' money ordered `among` them."""

    def new_pot(*, has_ages: bool = False) -> TwoPartPot:
        if among is Among.FIFO:
            return TwoPartPot(own_first, LotPot(newest_first=False, has_ages=has_ages))
        return TwoPartPot(own_first, SharePot())

    return Rule(new_pot, floor_part if among is Among.FIFO else exact_part)
