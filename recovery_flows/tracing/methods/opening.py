"""What accounts held before the first payment known, and of what time their statements tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from recovery_flows.tracing.methods.types import Basis, Coverage, Opening, Transfer


class Covered:
    """Asks whether an account's statement is known at an instant."""

    def __init__(self, coverage: Iterable[Coverage]) -> None:
        self._spans: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for span in coverage:
            self._spans[span.account].append((span.covers_from, span.covers_to))

    def __call__(self, account: str, at: datetime) -> bool:
        return any(start <= at <= end for start, end in self._spans.get(account, ()))

    def begins(self, account: str) -> datetime | None:
        """Start of the earliest statement of the account; None without one."""
        return min((start for start, _ in self._spans.get(account, ())), default=None)

    def is_before(self, account: str, at: datetime) -> bool:
        """Whether an instant is before the account's earliest statement; False without one."""
        begins = self.begins(account)
        return begins is not None and at < begins


def openings_for(
    transfers: Iterable[Transfer], known: Mapping[str, int], coverage: Iterable[Coverage]
) -> tuple[Opening, ...]:
    """One opening per account with a statement: the statement's own where `known`, else inferred.

    Inferred is the least that never falls below zero on the payments given (minor units).
    """
    covered = Covered(coverage)
    least = _least_openings(sorted(transfers, key=lambda t: (t.at, t.order, t.id)), covered)
    stated = [Opening(account, minor, Basis.KNOWN) for account, minor in sorted(known.items())]
    inferred = [
        Opening(account, minor, Basis.INFERRED)
        for account, minor in sorted(least.items())
        if account not in known
    ]
    return (*stated, *inferred)


def _least_openings(transfers: Sequence[Transfer], covered: Covered) -> dict[str, int]:
    balance: defaultdict[str, int] = defaultdict(int)
    lowest: dict[str, int] = {}
    for transfer in transfers:
        payer, payee = transfer.payer, transfer.payee
        if payer == payee:
            continue
        if payer is not None and covered(payer, transfer.at):
            balance[payer] -= transfer.debit_minor
            lowest[payer] = min(lowest.get(payer, 0), balance[payer])
        if payee is not None:
            balance[payee] += transfer.credit_minor
    return {account: -low for account, low in lowest.items()}


class Laid(NamedTuple):
    """An account before the first payment: the holder's own money, or a debt to the bank.

    The debt is owed from the beginning of the statement that states it. `missing` came before that
    and is not in the statement's opening: it had left unseen.
    """

    account: str
    own: int
    debt: int
    missing: int
    may_owe: bool


def laid_openings(
    ordered: Sequence[Transfer], openings: Iterable[Opening], covered: Covered
) -> Iterator[Laid]:
    """The openings as they stood before the first payment.

    A statement's opening already has in it what came before the statement, so that is taken off.
    """
    early = _credits_before_statement(ordered, covered)
    for opening in openings:
        stated = opening.basis is Basis.KNOWN
        before = early.get(opening.account, 0) if stated else 0
        own = max(opening.minor, 0)
        debt = max(-opening.minor, 0)
        missing = max(before - own, 0)
        yield Laid(opening.account, max(own - before, 0), debt, missing, stated)


def _credits_before_statement(ordered: Sequence[Transfer], covered: Covered) -> dict[str, int]:
    early: defaultdict[str, int] = defaultdict(int)
    for transfer in ordered:
        if transfer.payee is None or transfer.payer == transfer.payee:
            continue
        if covered.is_before(transfer.payee, transfer.at):
            early[transfer.payee] += transfer.credit_minor
    return early
