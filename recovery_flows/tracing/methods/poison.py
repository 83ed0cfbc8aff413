"""Poison: whatever leaves an account that stolen money ever reached is exposed to it.

An account's exposure to a victim is all it received from the first such payment on. Exposures
overlap and conserve nothing: they tell whom to look at, never whose money it is. In the currency of
the loss an account's money counts at the rate of the first payment that carried exposure into it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction

from models.facts import LineKind
from models.measures.held_over_time import Held
from recovery_flows.tracing.methods.opening import Covered
from recovery_flows.tracing.methods.types import (
    Coverage,
    Dissipated,
    DissipatedKind,
    Opening,
    Position,
    Source,
    Trace,
    Transfer,
)


def trace(
    transfers: Iterable[Transfer],
    sources: Iterable[Source],
    openings: Iterable[Opening],
    coverage: Iterable[Coverage],
    *,
    as_of: datetime,
    holds: Iterable[Held] = (),
) -> Trace:
    """What every account was exposed to by `as_of`, in its own currency and in that of the loss."""
    del openings, holds  # an account that was touched is exposed, whatever a bank holds of it
    ordered = sorted((t for t in transfers if t.at <= as_of), key=lambda t: (t.at, t.order, t.id))
    claims: defaultdict[str, set[str]] = defaultdict(set)
    lost: dict[str, Source] = {}
    for source in sources:
        claims[source.transfer_id].add(source.claim_id)
        lost.setdefault(source.transfer_id, source)
    spread = _Spread(Covered(coverage))
    for transfer in ordered:
        if transfer.payer is None or transfer.payer != transfer.payee:
            spread.book(transfer, claims.get(transfer.id, set()), lost.get(transfer.id))
    return spread.trace()


class _Spread:
    def __init__(self, covered: Covered) -> None:
        self.covered = covered
        self.flags: defaultdict[str, set[str]] = defaultdict(set)
        self.exposed: Counter[tuple[str, str]] = Counter()
        self.gone: list[Dissipated] = []
        self.unseen: set[str] = set()
        self.rates: dict[str, Fraction] = {}
        """Minor units of the loss for one of the account's own."""

    def book(self, transfer: Transfer, claims: set[str], lost: Source | None) -> None:
        carried = claims | self._of_payer(transfer)
        arrives = transfer.kind is LineKind.TRANSFER and transfer.payee is not None
        value = self._value(transfer, lost)
        if not arrives:
            self.gone += [self._ended(transfer, claim, value) for claim in sorted(carried)]
        payee = transfer.payee
        if payee is None:
            return
        if arrives:
            self.flags[payee] |= carried
            if carried and transfer.credit_minor:
                self.rates.setdefault(payee, value / transfer.credit_minor)
            if carried and not self.covered(payee, transfer.at):
                self.unseen.add(payee)
        for claim in self.flags.get(payee, ()):
            self.exposed[payee, claim] += transfer.credit_minor

    def _value(self, transfer: Transfer, lost: Source | None) -> Fraction:
        """A payment in minor units of the loss."""
        if lost is not None:
            claimed = lost.amount_minor or transfer.debit_minor
            return Fraction(lost.claim_minor * transfer.debit_minor, claimed)
        return transfer.debit_minor * self.rates.get(transfer.payer or "", Fraction(1))

    def _of_payer(self, transfer: Transfer) -> set[str]:
        if transfer.payer is None:
            return set()
        flags = self.flags.get(transfer.payer, set())
        if self.covered(transfer.payer, transfer.at):
            return flags
        if flags:
            self.unseen.add(transfer.payer)
        return set()

    def _ended(self, transfer: Transfer, claim: str, value: Fraction) -> Dissipated:
        ends = transfer.kind is not LineKind.TRANSFER
        kind = DissipatedKind(transfer.kind) if ends else DissipatedKind.UNKNOWN
        minor = transfer.debit_minor
        return Dissipated(kind, claim, transfer.payer or "", transfer.id, minor, _nearest(value))

    def trace(self) -> Trace:
        positions = tuple(
            Position(
                account, claim, minor, _nearest(minor * self.rates.get(account, Fraction(1))), None
            )
            for (account, claim), minor in sorted(self.exposed.items())
        )
        frontier = frozenset(self.unseen)
        return Trace(positions, tuple(self.gone), (), frontier, (), (), is_exposure=True)


def _nearest(value: Fraction) -> int:
    return int((value + Fraction(1, 2)) // 1)
