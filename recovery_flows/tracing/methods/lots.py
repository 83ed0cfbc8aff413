"""An account as lots in order of age; lots exist only where stolen money is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from recovery_flows.tracing.methods.piece import Piece, Pot, Quantity, Rule


@dataclass(slots=True, eq=False)
class _Lot:
    """A lot is itself: two that say the same, such as two parts of one payment, are two."""

    claim: str | None
    amount: int
    claim_minor: int
    hop: int | None
    whole: int
    whole_claim_minor: int
    age: int | None = None
    by: str = ""
    old_age: int | None = None

    def split(self, amount: int) -> Piece:
        """Take `amount` off; the claim follows by the floor of its running share of the whole."""
        self.amount -= amount
        if self.claim is None:
            return Piece(None, amount, 0, None, self.age)
        taken = self.whole - self.amount
        left = self.whole_claim_minor - self.whole_claim_minor * taken // self.whole
        share, self.claim_minor = self.claim_minor - left, left
        return Piece(self.claim, amount, share, self.hop, self.age)

    def apart(self, amount: int) -> _Lot:
        """Take `amount` off as a lot of the same age that the same payment brought."""
        piece = self.split(amount)
        claim_minor = int(piece.claim_minor)
        return replace(
            self, amount=amount, claim_minor=claim_minor, whole=amount,
            whole_claim_minor=claim_minor,
        )  # fmt: skip


@dataclass(slots=True)
class LotPot:
    """Money of one account; `newest_first` is LIFO, otherwise FIFO.

    While nothing stolen is in it the account is one integer, `own`; not so where the pot `has_ages`
    since something can be put back between two lots of the holder's own.
    """

    newest_first: bool
    has_ages: bool = False
    own: int = 0
    stolen_lots: int = 0
    youngest: int = 0
    lots: deque[_Lot] = field(default_factory=deque)

    @property
    def holds_stolen(self) -> bool:
        """Whether any claim's money is in here."""
        return self.stolen_lots > 0

    def put(self, pieces: Sequence[Piece]) -> None:
        """Add pieces as the newest, in the order given."""
        for piece in pieces:
            if self.has_ages:
                self._put_aged(piece)
            elif piece.claim is None:
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

    def _put_aged(self, piece: Piece) -> None:
        amount, claim_minor = int(piece.amount), int(piece.claim_minor)
        if not amount and piece.claim is None:
            return
        lot = _Lot(piece.claim, amount, claim_minor, piece.hop, amount, claim_minor)
        self.stolen_lots += piece.claim is not None
        if piece.age is not None and not piece.by:
            lot.age = piece.age
            older = (n for n, other in enumerate(self.lots) if (other.age or 0) >= piece.age)
            self.lots.insert(next(older, len(self.lots)), lot)
            return
        self.youngest += 1
        lot.age, lot.by, lot.old_age = self.youngest, piece.by, piece.age
        self.lots.append(lot)

    def draw(self, amount: Quantity) -> list[Piece]:
        """Remove up to `amount` (whole units) by the rule; what came out, oldest first."""
        amount = int(amount)
        if self.has_ages:
            return self._draw_lots(amount)
        if not self.stolen_lots:
            taken = min(self.own, amount)
            self.own -= taken
            return [Piece(None, taken, 0, None)] if taken else []
        pieces = self._draw_lots(amount)
        if not self.stolen_lots:
            self.own = sum(lot.amount for lot in self.lots)
            self.lots.clear()
        return pieces

    def _draw_lots(self, amount: int) -> list[Piece]:
        pieces: list[Piece] = []
        while self.lots:
            lot = self.lots[-1 if self.newest_first else 0]
            if lot.amount > amount:
                if amount:
                    pieces.append(lot.split(amount))
                break
            amount -= lot.amount
            pieces.append(Piece(lot.claim, lot.amount, lot.claim_minor, lot.hop, lot.age))
            self.lots.pop() if self.newest_first else self.lots.popleft()
            self.stolen_lots -= lot.claim is not None
        # A block of pieces keeps its order of age when it moves, whatever the rule took first.
        return pieces[::-1] if self.newest_first else pieces

    def reverse(self, payment: str, amount: Quantity) -> list[Piece]:
        """Remove what `payment` brought, up to `amount`, oldest first; each with its old age."""
        pieces: list[Piece] = []
        left = int(amount)
        for lot in [lot for lot in self.lots if lot.by == payment]:
            if lot.amount > left:
                if left:
                    pieces.append(lot.split(left)._replace(age=lot.old_age))
                break
            left -= lot.amount
            pieces.append(Piece(lot.claim, lot.amount, lot.claim_minor, lot.hop, lot.old_age))
            self.lots.remove(lot)
            self.stolen_lots -= lot.claim is not None
        return pieces

    @property
    def total(self) -> int:
        """All that is in here."""
        return self.own + sum(lot.amount for lot in self.lots)

    @property
    def own_total(self) -> int:
        """The holder's own money in here."""
        return self.own + sum(lot.amount for lot in self.lots if lot.claim is None)

    def part_off(self, amount: Quantity, *, own_first: bool, last: bool) -> LotPot:
        """Remove up to `amount` as a pot of its own; only from one that has ages."""
        parted = LotPot(self.newest_first, has_ages=True)
        leaving = list(self.lots)[:: -1 if self.newest_first is not last else 1]
        left = int(amount)
        for lot in sorted(leaving, key=lambda one: (one.claim is None) is not own_first):
            if left <= 0:
                break
            if lot.amount > left:
                parted._put_back(lot.apart(left))
                break
            left -= lot.amount
            self.lots.remove(lot)
            self.stolen_lots -= lot.claim is not None
            parted._put_back(lot)
        return parted

    def join(self, other: Pot) -> None:
        """Take back what was parted off, each lot at its old age."""
        if not isinstance(other, LotPot):
            raise TypeError(other)
        for lot in other.lots:
            self._put_back(lot)

    def _put_back(self, lot: _Lot) -> None:
        older = (n for n, other in enumerate(self.lots) if (other.age or 0) > (lot.age or 0))
        self.lots.insert(next(older, len(self.lots)), lot)
        self.stolen_lots += lot.claim is not None

    def stolen(self) -> Iterator[Piece]:
        """The claims' money in here, oldest first."""
        for lot in self.lots:
            if lot.claim is not None:
                yield Piece(lot.claim, lot.amount, lot.claim_minor, lot.hop)


def _own_lot(amount: int) -> _Lot:
    return _Lot(None, amount, 0, None, amount, 0)


def floor_part(whole: Quantity, upto: Quantity, of: Quantity) -> int:
    """The running share `upto / of` of `whole`, rounded down."""
    return int(whole * upto // of)


def _lots(*, newest_first: bool) -> Rule:
    def new_pot(*, has_ages: bool = False) -> LotPot:
        return LotPot(newest_first, has_ages)

    return Rule(new_pot, floor_part)


OLDEST_FIRST = _lots(newest_first=False)
NEWEST_FIRST = _lots(newest_first=True)
