"""An account that is told in several currencies: each is an account of its own while it is traced.

A payment that only one side's bank shows says nothing of the other side's currency. Its money
rests at the account, and the claim with it; how much that is there, nobody has said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from recovery_flows.tracing.methods.types import Coverage, Dissipated, Position, Trace, Transfer

_Part = TypeVar("_Part", Position, Dissipated)


@dataclass(frozen=True, slots=True)
class Purses:
    """The accounts that are told in several currencies: a purse for each but their own."""

    names: Mapping[tuple[str, str], str]
    """The name of the purse by account and currency."""

    def apart(self, transfers: Iterable[Transfer]) -> tuple[Transfer, ...]:
        """The payments with each end named by its purse."""
        if not self.names:
            return tuple(transfers)
        return tuple(
            replace(
                transfer,
                payer=self._name(transfer.payer, transfer.debit_currency),
                payee=self._name(transfer.payee, transfer.credit_currency),
            )
            for transfer in transfers
        )

    def coverage(self, of: Iterable[Coverage]) -> tuple[Coverage, ...]:
        """What a statement covers of an account, it covers of each of its purses."""
        purses = defaultdict(list)
        for (account, _), name in self.names.items():
            purses[account].append(name)
        known = tuple(of)
        more = (replace(one, account=name) for one in known for name in purses[one.account])
        return (*known, *more)

    def together(self, trace: Trace) -> Trace:
        """A trace with each purse as its account again.

        What rests in or left a purse has no amount in the account's currency: it is 0 there, and
        the claim's own part stands beside it.
        """
        if not self.names:
            return trace
        account_of = {name: account for (account, _), name in self.names.items()}

        def at_account(part: _Part) -> _Part:
            if part.account not in account_of:
                return part
            return replace(part, account=account_of[part.account], amount_minor=0)

        return replace(
            trace,
            positions=tuple(at_account(p) for p in trace.positions),
            gone=tuple(at_account(g) for g in trace.gone),
            hops=tuple(
                replace(
                    hop,
                    payer=account_of.get(hop.payer or "", hop.payer),
                    payee=account_of.get(hop.payee or "", hop.payee),
                )
                for hop in trace.hops
            ),
            frontier=frozenset(account_of.get(a, a) for a in trace.frontier),
            shortages=tuple(s for s in trace.shortages if s.account not in account_of),
        )

    def _name(self, account: str | None, currency: str) -> str | None:
        return account and self.names.get((account, currency), account)


def purses(transfers: Iterable[Transfer], kept_in: Mapping[str, str]) -> Purses:
    """The purses of the accounts that payments tell in more than one currency.

    `kept_in` is an account's own currency where it is known; else it is the first that is told.
    """
    told: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for account, currency in _ends(transfers):
        told[account].setdefault(currency)
    names: dict[tuple[str, str], str] = {}
    for account, currencies in told.items():
        own = kept_in.get(account, "")
        own = own if own in currencies else next(iter(currencies))
        names |= {(account, other): f"{account}/{other}" for other in currencies if other != own}
    return Purses(names)


def _ends(transfers: Iterable[Transfer]) -> Iterator[tuple[str, str]]:
    for transfer in transfers:
        if transfer.payer:
            yield transfer.payer, transfer.debit_currency
        if transfer.payee:
            yield transfer.payee, transfer.credit_currency
