"""Rolling pro rata: every payment takes the same share of all money in the account at the moment.

Exact fractions inside, rounded once at the end; meant for comparing rules on one case, since the
fractions grow with every payment. There are no paths: the hops are flows along one payment each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from recovery_flows.tracing.methods.piece import Piece, Pot, Quantity, Rule
from recovery_flows.tracing.methods.result import Part, Step, Walked

_NOTHING = (Fraction(0), Fraction(0))


@dataclass(slots=True)
class SharePot:
    """Money of one account as shares of each claim (None: the holder's own) by what brought them.

    A payment that is never taken back is "".
    """

    shares: dict[tuple[str | None, str], tuple[Fraction, Fraction]] = field(default_factory=dict)

    @property
    def holds_stolen(self) -> bool:
        """Whether any claim's money is in here."""
        return any(claim is not None for claim, _ in self.shares)

    def put(self, pieces: Sequence[Piece]) -> None:
        """Mix pieces into what is there."""
        for piece in pieces:
            amount, claim_minor = self.shares.get((piece.claim, piece.by), _NOTHING)
            self.shares[piece.claim, piece.by] = (
                amount + piece.amount, claim_minor + piece.claim_minor
            )  # fmt: skip

    def draw(self, amount: Quantity) -> list[Piece]:
        """Remove up to `amount`, the same share of everything."""
        return self._drawn(list(self.shares), amount)

    def reverse(self, payment: str, amount: Quantity) -> list[Piece]:
        """Remove up to `amount` of what `payment` brought, the same share of all of that."""
        return self._drawn([key for key in self.shares if key[1] == payment], amount)

    def _drawn(self, keys: Sequence[tuple[str | None, str]], amount: Quantity) -> list[Piece]:
        total = sum((self.shares[key][0] for key in keys), Fraction(0))
        rate = Fraction(amount) / total if amount < total else Fraction(1)
        taken: dict[str | None, tuple[Fraction, Fraction]] = {}
        for key in keys:
            share, claim_share = self.shares[key]
            before, claim_before = taken.get(key[0], _NOTHING)
            taken[key[0]] = (before + share * rate, claim_before + claim_share * rate)
            if rate == 1:
                del self.shares[key]
            else:
                self.shares[key] = (share * (1 - rate), claim_share * (1 - rate))
        return [Piece(claim, *parts, None) for claim, parts in taken.items()]

    @property
    def total(self) -> Quantity:
        """All that is in here."""
        return sum((amount for amount, _ in self.shares.values()), Fraction(0))

    @property
    def own_total(self) -> Quantity:
        """The holder's own money in here."""
        own = (share for (claim, _), (share, _) in self.shares.items() if claim is None)
        return sum(own, Fraction(0))

    def part_off(self, amount: Quantity, *, own_first: bool, last: bool) -> SharePot:
        """Remove up to `amount` as a pot of its own: of the first kind, then of the other."""
        del last  # shares have no order
        parted = SharePot()
        for is_own in (own_first, not own_first):
            keys = [key for key in self.shares if (key[0] is None) == is_own]
            total = sum((self.shares[key][0] for key in keys), Fraction(0))
            rate = min(Fraction(1), Fraction(amount) / total) if total else Fraction(0)
            amount -= total * rate
            for key in keys if rate else ():
                parted.shares[key] = self._split(key, rate)
        return parted

    def _split(self, key: tuple[str | None, str], rate: Fraction) -> tuple[Fraction, Fraction]:
        """Take this share of what lies under one key off it."""
        share, claim_share = self.shares.pop(key)
        if rate < 1:
            self.shares[key] = (share * (1 - rate), claim_share * (1 - rate))
        return share * rate, claim_share * rate

    def join(self, other: Pot) -> None:
        """Mix in again what was parted off."""
        if not isinstance(other, SharePot):
            raise TypeError(other)
        for key, (share, claim_share) in other.shares.items():
            amount, claim_minor = self.shares.get(key, _NOTHING)
            self.shares[key] = (amount + share, claim_minor + claim_share)

    def stolen(self) -> Iterator[Piece]:
        """The claims' money in here, by claim id."""
        sums: dict[str, tuple[Fraction, Fraction]] = {}
        for (claim, _), (amount, claim_minor) in self.shares.items():
            if claim is not None:
                before, claim_before = sums.get(claim, _NOTHING)
                sums[claim] = (before + amount, claim_before + claim_minor)
        for claim in sorted(sums):
            yield Piece(claim, *sums[claim], None)


def exact_part(whole: Quantity, upto: Quantity, of: Quantity) -> Fraction:
    """The running share `upto / of` of `whole`, exactly."""
    return Fraction(whole) * upto / of


def _new_pot(*, has_ages: bool = False) -> SharePot:
    del has_ages  # shares have none
    return SharePot()


SHARES = Rule(_new_pot, exact_part)


def rounded(walked: Walked) -> Walked:
    """Fractions as whole minor units: per claim the sum is exact, by largest remainder."""
    parts: list[Part] = list(walked.parts)
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    claims: defaultdict[str, list[int]] = defaultdict(list)
    for number, part in enumerate(parts):
        claim = part.contested_by or str(part.piece.claim)
        groups[claim, walked.currency.get(part.account, "")].append(number)
        claims[claim].append(number)
    for numbers in groups.values():
        whole = largest_remainder([parts[n].piece.amount for n in numbers])
        for number, minor in zip(numbers, whole, strict=True):
            piece = parts[number].piece._replace(amount=minor)
            parts[number] = parts[number]._replace(piece=piece)
    for numbers in claims.values():
        whole = largest_remainder([parts[n].piece.claim_minor for n in numbers])
        for number, minor in zip(numbers, whole, strict=True):
            piece = parts[number].piece._replace(claim_minor=minor)
            parts[number] = parts[number]._replace(piece=piece)
    return replace(walked, parts=parts, steps=[_nearest(step) for step in walked.steps])


def largest_remainder(values: Sequence[Quantity]) -> list[int]:
    """Whole numbers that sum to the nearest whole of the sum; ties go to the earlier position."""
    whole = [int(value // 1) for value in values]
    left = _half_up(sum(values, Fraction(0))) - sum(whole)
    order = sorted(range(len(whole)), key=lambda i: (whole[i] - values[i], i))
    for i in order[:left]:
        whole[i] += 1
    return whole


def _half_up(value: Quantity) -> int:
    return int((value + Fraction(1, 2)) // 1)


def _nearest(step: Step) -> Step:
    amount, claim_minor = _half_up(step.piece.amount), _half_up(step.piece.claim_minor)
    return step._replace(
        parent=None, piece=step.piece._replace(amount=amount, claim_minor=claim_minor)
    )
