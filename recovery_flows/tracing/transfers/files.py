"""The three input files of a trace without a case: transfers, sources, known openings.

An id inside a trace joins account and currency; `ends_of` splits it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

from models.facts import LineKind
from models.money import Money
from recovery_flows.intake.budget import Limits
from recovery_flows.tracing.methods.ordering import payers_first
from recovery_flows.tracing.methods.types import Basis, Coverage, Opening, Source, Transfer
from recovery_flows.tracing.transfers.mapping import PLAIN, ColumnMapping
from recovery_flows.tracing.transfers.rows import (
    FileRefusedError,
    instant_of,
    kind_of,
    minor_of,
    refuse,
    table,
)

_SEQ = re.compile(r"-?[0-9]{1,18}")
_LIMITS = Limits()
_JOINT = "\x1f"


@dataclass(frozen=True, slots=True)
class TransferFiles:
    """The content of the files. `transfers` are in the order in which a trace processes them."""

    transfers: tuple[Transfer, ...]
    sources: tuple[Source, ...]
    known: dict[str, int]
    coverage: tuple[Coverage, ...]
    """Every account that ever pays, over all time: an account that never does is the frontier."""

    @property
    def as_of(self) -> datetime:
        """The instant of the last payment."""
        return self.transfers[-1].at

    @property
    def payers(self) -> frozenset[str]:
        """Every account that ever pays."""
        return frozenset(span.account for span in self.coverage)

    def __len__(self) -> int:
        return len(self.transfers)


def account_id(account: str, currency: str) -> str:
    """An account in one currency."""
    return f"{account}{_JOINT}{currency}"


def ends_of(account: str) -> tuple[str, str]:
    """Account and currency of an id that `account_id` made."""
    name, _, currency = account.rpartition(_JOINT)
    return name, currency


def read_files(
    transfers: Path,
    sources: Path,
    openings: Path | None,
    as_of: datetime | None = None,
    mapping: ColumnMapping = PLAIN,
    limits: Limits = _LIMITS,
) -> TransferFiles:
    """Read and check the files; nothing after `as_of` is kept."""
    given = in_order(read_transfers(transfers, mapping, limits))
    rows = [t for t in given if as_of is None or t.at <= as_of]
    if not rows:
        raise FileRefusedError(f"{transfers.name} holds no transfers: there is nothing to trace")
    return TransferFiles(
        transfers=tuple(rows),
        sources=tuple(read_sources(sources, rows)),
        known=read_openings(openings, _accounts(rows)) if openings is not None else {},
        coverage=covered_for_good(rows),
    )


def covered_for_good(transfers: Sequence[Transfer]) -> tuple[Coverage, ...]:
    """Unlimited coverage for every account that pays: the file has all of its payments."""
    begins, ends = transfers[0].at, transfers[-1].at
    payers = sorted({t.payer for t in transfers if t.payer is not None})
    return tuple(Coverage(payer, begins, ends) for payer in payers)


def read_transfers(
    path: Path,
    mapping: ColumnMapping = PLAIN,
    limits: Limits = _LIMITS,
    left_out: Counter[str] | None = None,
) -> list[tuple[int, Transfer]]:
    """All payments of a file, row by row, each with its line; currencies `left_out` are counted."""
    found: list[tuple[int, Transfer]] = []
    lines: dict[str, int] = {}
    for number, (line, cells) in enumerate(mapping.rows(path, limits), start=1):
        if cells["currency"] in mapping.leave_out:
            if left_out is not None:
                left_out[cells["currency"]] += 1
            continue
        name = cells.get("id", str(number))
        if not name:
            raise refuse(path, line, "id is empty: every transfer needs one")
        if name in lines:
            raise refuse(path, line, f"id {name} is that of line {lines[name]}: ids are unique")
        lines[name] = line
        found.append((line, _transfer(path, line, name, cells, rounds=mapping.rounds)))
    _check_reversals(path, found, lines)
    return found


def _transfer(
    path: Path, line: int, name: str, cells: Mapping[str, str], *, rounds: bool
) -> Transfer:
    seq = cells.get("seq", "")
    if seq and not _SEQ.fullmatch(seq):
        raise refuse(path, line, f"seq {seq[:40]!r} is no whole number")
    debit = credit = _money(path, line, cells, "", rounds=rounds)
    if "credit_amount" in cells:
        credit = _money(path, line, cells, "credit_", rounds=rounds)
    if not cells["from"] and not cells["to"]:
        raise refuse(path, line, "from and to are both empty")
    kind = kind_of(path, line, cells.get("kind", ""))
    ends = [(cells["from"], debit), (cells["to"], credit)]
    if debit.minor < 0:  # written as a debit below zero: money that came back
        ends, kind = ends[::-1], LineKind.TRANSFER
    (payer, debit), (payee, credit) = ends
    return Transfer(
        name, instant_of(path, line, cells["time"]), int(seq or 0),
        account_id(payer, debit.currency) if payer else None,
        account_id(payee, credit.currency) if payee else None,
        kind, abs(debit.minor), debit.currency, abs(credit.minor), credit.currency,
        cells.get("reverses", ""),
    )  # fmt: skip


def _money(path: Path, line: int, cells: Mapping[str, str], side: str, *, rounds: bool) -> Money:
    currency, text = cells[f"{side}currency"].upper(), cells[f"{side}amount"]
    return Money(minor_of(path, line, text, currency, signed=True, rounds=rounds), currency)


def _check_reversals(
    path: Path, found: Iterable[tuple[int, Transfer]], lines: dict[str, int]
) -> None:
    for line, transfer in found:
        if transfer.reverses and transfer.reverses not in lines:
            raise refuse(path, line, f"reverses {transfer.reverses}, which is not in the file")


def in_order(rows: Iterable[tuple[int, Transfer]]) -> list[Transfer]:
    """By time, then seq, then payers before their payees, then the order of the lines."""
    by_time = sorted(rows, key=lambda row: (row[1].at, row[1].order, row[0]))
    result: list[Transfer] = []
    for _, group in groupby(by_time, key=lambda row: (row[1].at, row[1].order)):
        batch = [transfer for _, transfer in group]
        result += [batch[n] for n in payers_first([(t.payer, t.payee) for t in batch])]
    return [replace(t, order=number) for number, t in enumerate(result)]


def read_sources(path: Path, transfers: Iterable[Transfer]) -> Iterable[Source]:
    """The victims of each payment; one that is not in the file or moves nothing is refused."""
    by_id = {t.id: t for t in transfers}
    seen: set[tuple[str, str]] = set()
    for line, cells in table(path, ("transfer_id", "victim")):
        name, victim = cells["transfer_id"], cells["victim"]
        transfer = by_id.get(name)
        if transfer is None:
            raise refuse(path, line, f"transfer_id {name} is not among the transfers traced")
        if not victim:
            raise refuse(path, line, "victim is empty")
        if (name, victim) in seen:
            raise refuse(path, line, f"transfer {name} of victim {victim} is there twice")
        if transfer.payer == transfer.payee or not transfer.debit_minor:
            raise refuse(path, line, f"transfer {name} moves nothing from one account to another")
        seen.add((name, victim))
        yield Source(name, account_id(victim, transfer.debit_currency), transfer.debit_minor)


def _accounts(transfers: Iterable[Transfer]) -> set[str]:
    return {end for t in transfers for end in (t.payer, t.payee) if end is not None}


def read_openings(path: Path, accounts: Iterable[str]) -> dict[str, int]:
    """Known openings by account id, in minor units; accounts without payments are left out."""
    currencies: dict[str, set[str]] = {}
    for account in accounts:
        name, currency = ends_of(account)
        currencies.setdefault(name, set()).add(currency)
    known: dict[str, int] = {}
    counted: Counter[str] = Counter()
    for line, cells in table(path, ("account", "amount"), ("currency",)):
        name, currency = cells["account"], cells.get("currency", "").upper()
        of_account = currencies.get(name, set())
        if not currency and len(of_account) > 1:
            raise refuse(
                path, line, f"account {name} has several currencies: add the column currency"
            )
        if not currency and not of_account:
            continue
        account = account_id(name, currency or next(iter(of_account)))
        counted[account] += 1
        if counted[account] > 1:
            raise refuse(path, line, f"account {name} is there twice")
        currency = ends_of(account)[1]
        known[account] = minor_of(path, line, cells["amount"], currency, signed=True)
    return known


def stated_openings(files: TransferFiles, basis: Basis) -> tuple[Opening, ...]:
    """The openings on a basis: zero, the smallest that fits, or those of the file."""
    from recovery_flows.tracing.methods.opening import openings_for

    if basis is Basis.KNOWN:
        return tuple(Opening(a, minor, basis) for a, minor in sorted(files.known.items()))
    if basis is Basis.INFERRED:
        return openings_for(files.transfers, {}, files.coverage)
    return ()


def closing_balances(files: TransferFiles, openings: Iterable[Opening]) -> dict[str, int]:
    """Every account's balance after the last payment, in minor units.

    Where the opening is known a shortage is an overdraft; elsewhere the money was there before.
    """
    owes = {o.account for o in openings if o.basis is Basis.KNOWN}
    balance: Counter[str] = Counter({o.account: o.minor for o in openings})
    for transfer in files.transfers:
        payer, payee = transfer.payer, transfer.payee
        if payer == payee:
            continue
        if payer is not None:
            left = balance[payer] - transfer.debit_minor
            balance[payer] = left if payer in owes else max(left, 0)
        if payee is not None:
            balance[payee] += transfer.credit_minor
    return dict(balance)
