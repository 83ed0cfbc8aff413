"""An account as lots in order of age; lots exist only where stolen money is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from recovery_flows.rules.tracing.piece import Piece, Quantity, Rule


@dataclass(slots=True)
class _Lot:
    claim: str | None
    amount: int
    claim_minor: int
    hop: int | None
    whole: int
    whole_claim_minor: int

    def split(self, amount: int) -> Piece:
        """Take `amount` off; the claim follows by the floor of its running share of the whole."""
        self.amount -= amount
        taken = self.whole - self.amount
        left = self.whole_claim_minor - self.whole_claim_minor * taken // self.whole
        share, self.claim_minor = self.claim_minor - left, left
        return Piece(self.claim, amount, share, self.hop)


@dataclass(slots=True)
class LotPot:
    """Money of one account; `newest_first` is LIFO, otherwise FIFO.

    While nothing stolen is in it the account is one integer, `own`.
    """

    newest_first: bool
    own: int = 0
    stolen_lots: int = 0
    lots: deque[_Lot] = field(default_factory=deque)

    @property
    def holds_stolen(self) -> bool:
        """Whether any claim's money is in here."""
        return self.stolen_lots > 0

    def put(self, pieces: Sequence[Piece]) -> None:
        """Add pieces as the newest, in the order given."""
        for piece in pieces:
            if piece.claim is None:
                self._put_own(int(piece.amount))
            else:
                self._put_stolen(piece)

    def _put_own(self, amount: int) -> None:
        if not self.stolen_lots:
            self.own += amount
        elif self.lots[-1].claim is None:
            self.lots[-1].amount += amount
        elif amount:
            self.lots.append(_own_lot(amount))

    def _put_stolen(self, piece: Piece) -> None:
        if not self.stolen_lots and self.own:
            self.lots.append(_own_lot(self.own))
            self.own = 0
        amount, claim_minor = int(piece.amount), int(piece.claim_minor)
        self.lots.append(_Lot(piece.claim, amount, claim_minor, piece.hop, amount, claim_minor))
        self.stolen_lots += 1

    def take(self, amount: Quantity) -> list[Piece]:
        """Remove up to `amount` (whole units) by the rule; what came out, oldest first."""
        amount = int(amount)
        if not self.stolen_lots:
            taken = min(self.own, amount)
            self.own -= taken
            return [Piece(None, taken, 0, None)] if taken else []
        pieces = self._take_lots(amount)
        if not self.stolen_lots:
            self.own = sum(lot.amount for lot in self.lots)
            self.lots.clear()
        return pieces

    def _take_lots(self, amount: int) -> list[Piece]:
        pieces: list[Piece] = []
        while self.lots:
            lot = self.lots[-1 if self.newest_first else 0]
            if lot.amount > amount:
                if amount:
                    pieces.append(_part(lot, amount))
                break
            amount -= lot.amount
            pieces.append(Piece(lot.claim, lot.amount, lot.claim_minor, lot.hop))
            self.lots.pop() if self.newest_first else self.lots.popleft()
            self.stolen_lots -= lot.claim is not None
        # A block of pieces keeps its order of age when it moves, whatever the rule took first.
        return pieces[::-1] if self.newest_first else pieces

    def stolen(self) -> Iterator[Piece]:
        """The claims' money in here, oldest first."""
        for lot in self.lots:
            if lot.claim is not None:
                yield Piece(lot.claim, lot.amount, lot.claim_minor, lot.hop)


def _own_lot(amount: int) -> _Lot:
    return _Lot(None, amount, 0, None, amount, 0)


def _part(lot: _Lot, amount: int) -> Piece:
    if lot.claim is None:
        lot.amount -= amount
        return Piece(None, amount, 0, None)
    return lot.split(amount)


def floor_part(whole: Quantity, upto: Quantity, of: Quantity) -> int:
    """The running share `upto / of` of `whole`, rounded down."""
    return int(whole * upto // of)


OLDEST_FIRST = Rule(new_pot=lambda: LotPot(newest_first=False), part=floor_part)
NEWEST_FIRST = Rule(new_pot=lambda: LotPot(newest_first=True), part=floor_part)
