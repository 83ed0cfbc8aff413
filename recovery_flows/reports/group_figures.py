"""What a group took from its victims, what was secured, and what each hop cost the group.

A group is some recoveries, each counted once. Every sum is a balance of their ledgers or a part of
their adopted traces, in the currency of the losses; nothing is found by subtraction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from models.case_file import Balance, CaseFile
from models.entities.ledger import RETURNED, LedgerAccount
from models.facts import LineKind
from models.money import Money
from recovery_flows.ledger.account_targets import DISPOSED

_KEPT = (LedgerAccount.GONE, LedgerAccount.LOCATED, LedgerAccount.NOT_LOCATED)


@dataclass(frozen=True, slots=True)
class HopCost:
    """One hop of the group's accounts: hop 1 received the victims' payments.

    `reached` is the money that came as far as this hop, `fees` the banks' charges there, `left`
    what was dissipated there (cash, card, exchange), `stayed` what is still there.
    """

    hop: int
    accounts: int
    reached: Money
    fees: Money
    left: Money
    stayed: Money

    @property
    def cost(self) -> Fraction | None:
        """The fees as a part of what reached this hop; None where nothing did."""
        return Fraction(self.fees.minor, self.reached.minor) if self.reached.minor else None


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """The sums of a group in one currency; `taken` is exactly the sum of all the others.

    `kept` is the most that the group can still have: dissipated, traced or untraced. `treasury` and
    `others` left holds for the treasury, by a court's order, or to bona fide third parties.
    """

    currency: str
    recoveries: tuple[str, ...]
    claims: int
    taken: Money
    held: Money
    returned: Money
    treasury: Money
    others: Money
    kept: Money
    hops: tuple[HopCost, ...]

    @property
    def secured(self) -> Money:
        """What the group has lost: held now, returned, or paid to others out of holds."""
        parts = (self.held, self.returned, self.treasury, self.others)
        return Money(sum(part.minor for part in parts), self.currency)


def group_figures(files: Sequence[CaseFile]) -> tuple[GroupFigures, ...]:
    """The figures of a group by currency of the loss; a recovery given twice counts once."""
    own = {file.recovery.id: file for file in files}
    currencies = sorted({file.recovery.currency for file in own.values()})
    return tuple(
        _figures(code, [f for f in own.values() if f.recovery.currency == code])
        for code in currencies
    )


def _figures(currency: str, files: Sequence[CaseFile]) -> GroupFigures:
    balances = [balance for file in files for balance in file.balances]

    def money(rows: Iterable[Balance]) -> Money:
        return Money(sum(row.claim_minor for row in rows), currency)

    def of(*accounts: LedgerAccount) -> list[Balance]:
        return [balance for balance in balances if balance.account in accounts]

    upheld = money(of(LedgerAccount.REPORTED, LedgerAccount.NOT_UPHELD))
    return GroupFigures(
        currency=currency,
        recoveries=tuple(sorted(file.recovery.ref for file in files)),
        claims=sum(len(file.claims) for file in files),
        taken=Money(-upheld.minor, currency),
        held=money(of(LedgerAccount.HELD)),
        returned=money(of(*RETURNED)),
        treasury=money(of(LedgerAccount.TREASURY)),
        others=money(
            b
            for b in of(LedgerAccount.THIRD_PARTY, LedgerAccount.GONE)
            if b.account is LedgerAccount.THIRD_PARTY or b.detail == DISPOSED
        ),
        kept=money(b for b in of(*_KEPT) if b.detail != DISPOSED),
        hops=tuple(_hops(currency, files)),
    )


def _hops(currency: str, files: Sequence[CaseFile]) -> Iterator[HopCost]:
    """The sums of each hop, from the adopted traces; money traced further on has passed it."""
    stayed: dict[int, int] = {}
    fees: dict[int, int] = {}
    left: dict[int, int] = {}
    accounts: dict[int, set[str]] = {}
    for file in files:
        hop = {a.account_id: a.depth for a in file.assets if not a.is_custody}
        for account_id, at in hop.items():
            accounts.setdefault(at, set()).add(account_id)
        for part in file.trace.positions if file.trace else ():
            _add(stayed, hop.get(part.account_id), part.claim_minor)
        for gone in file.trace.gone if file.trace else ():
            by = fees if gone.kind == LineKind.FEE else left
            by = stayed if gone.kind == LineKind.PAYOUT else by
            _add(by, hop.get(gone.account_id), gone.claim_minor)
    first = min(accounts, default=0)
    for at in sorted(accounts):
        reached = sum(
            minor for sums in (stayed, fees, left) for n, minor in sums.items() if n >= at
        )
        yield HopCost(
            at - first + 1, len(accounts[at]), Money(reached, currency),
            Money(fees.get(at, 0), currency), Money(left.get(at, 0), currency),
            Money(stayed.get(at, 0), currency),
        )  # fmt: skip


def _add(sums: dict[int, int], hop: int | None, minor: int) -> None:
    if hop is not None:
        sums[hop] = sums.get(hop, 0) + minor
