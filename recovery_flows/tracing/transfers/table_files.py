"""Transfers as a table, with sources and openings: the input of a trace on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from recovery_flows.errors import MisuseError
from recovery_flows.tracing.kernel.ordering import rows_payers_first
from recovery_flows.tracing.methods.compare import DayOrder
from recovery_flows.tracing.methods.types import Source, Transfer
from recovery_flows.tracing.transfers.files import (
    TransferFiles,
    covered_for_good,
    read_openings,
    read_sources,
)
from recovery_flows.tracing.transfers.rows import EPOCH, FileRefusedError, table
from recovery_flows.tracing.transfers.table import LazyTransfers, TransferTable

_DAY = 86_400_000_000


@dataclass(frozen=True)
class TableFiles:
    """The same as `TransferFiles`, with the transfers as a table."""

    table: TransferTable
    sources: tuple[Source, ...]
    known: dict[str, int]

    def __len__(self) -> int:
        return len(self.table)

    @property
    def as_of(self) -> datetime:
        """The instant of the last payment."""
        return self.table.at(-1)

    @cached_property
    def payers(self) -> frozenset[str]:
        """Every account that ever pays."""
        numbers = np.unique(self.table.column("payer"))
        return frozenset(self.table.accounts.gather(numbers[numbers >= 0]).to_list())

    @cached_property
    def source_rows(self) -> dict[str, int]:
        """The row of each payment that a claim is about."""
        return _rows_of(self.table, {source.transfer_id for source in self.sources})

    def transfers_of(self, names: set[str]) -> dict[str, Transfer]:
        """Some of the payments, by id."""
        return {name: self.table.transfer(row) for name, row in _rows_of(self.table, names).items()}

    def row_by_row(self) -> TransferFiles:
        """The same for the plain rules; takes a second or two per 100,000 payments."""
        transfers = tuple(LazyTransfers(self.table))
        return TransferFiles(transfers, self.sources, self.known, covered_for_good(transfers))

    def reordered(self, order: DayOrder) -> TableFiles:
        """The payments of each day in another order; see `compare.reordered`."""
        rows = self.table.rows.with_columns((pl.col("at") // _DAY * _DAY).alias("at"))
        day = rows["at"].rle_id().cast(pl.Int32)
        places = np.arange(len(rows))
        if order is not DayOrder.AS_GIVEN:
            payer, payee = rows["payer"].to_numpy(), rows["payee"].to_numpy()
            places = rows_payers_first(day.to_numpy(), payer, payee)
        if order is DayOrder.DEBITS_FIRST:
            places = places[np.lexsort((-np.arange(len(rows)), day.to_numpy()))]
        changed = rows.with_columns(day.alias("batch"))[places]
        return replace(self, table=TransferTable(changed, self.table.accounts))


def table_files(
    given: TransferTable, sources: Path, openings: Path | None, as_of: datetime | None = None
) -> TableFiles:
    """A table and the files of claims and openings, checked; nothing after `as_of` is kept."""
    if as_of is not None:
        upto = (as_of - EPOCH).total_seconds() * 1_000_000
        given = TransferTable(given.rows.filter(pl.col("at") <= int(upto)), given.accounts)
    if not len(given):
        raise FileRefusedError("there is no transfer up to that time: there is nothing to trace")
    names = {cells["transfer_id"] for _, cells in table(sources, ("transfer_id", "victim"))}
    claimed = [given.transfer(row) for row in _rows_of(given, names).values()]
    known = read_openings(openings, given.accounts.to_list()) if openings is not None else {}
    return TableFiles(given, tuple(read_sources(sources, claimed)), known)


def _rows_of(given: TransferTable, names: Sequence[str] | set[str]) -> dict[str, int]:
    wanted = pl.Series("id", sorted(names), dtype=pl.String)
    found = given.rows["id"].is_in(wanted.implode()).arg_true()
    return dict(zip(given.rows["id"].gather(found).to_list(), found.to_list(), strict=True))


def check_plain_money(files: TransferFiles) -> None:
    """A table has neither conversions nor reversals; MisuseError names the first."""
    for transfer in files.transfers:
        if transfer.reverses or transfer.debit_currency != transfer.credit_currency:
            what = "takes another back" if transfer.reverses else "crosses currencies"
            raise MisuseError(
                f"transfer {transfer.id} {what}, which arrays do not hold: trace the CSV itself"
            )
