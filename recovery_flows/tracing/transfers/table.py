"""Transfers as columns with accounts numbered and rows in order: read once, traced many times."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, overload

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.facts import LineKind
from recovery_flows.errors import MisuseError, unwritable
from recovery_flows.tracing.methods.types import Transfer
from recovery_flows.tracing.transfers.files import ends_of
from recovery_flows.tracing.transfers.rows import EPOCH

KINDS = tuple(LineKind)
VERSION = 2
"""2: the decimals of BIF, DJF, GNF, KMF and RWF are none; a folder of version 1 has two."""
_SCHEMA = pl.Schema(
    {
        "id": pl.String, "at": pl.Int64, "batch": pl.Int32, "payer": pl.Int32, "payee": pl.Int32,
        "minor": pl.Int64, "kind": pl.Int8,
    }
)  # fmt: skip
_ROWS, _ACCOUNTS, _ABOUT = "rows.arrow", "accounts.arrow", "about.json"


@dataclass(frozen=True, slots=True)
class TransferTable:
    """Payments in the order in which a trace walks them.

    `rows` has id, at (microseconds since 1970), batch (rows of one instant), payer and payee (the
    account's place in `accounts`, -1 outside or out of sight), minor, and kind (its place in
    KINDS). An account of `accounts` is one (account, currency), as `files.account_id` makes it.
    """

    rows: pl.DataFrame
    accounts: pl.Series

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> NDArray[Any]:
        """One column as an array; no copy."""
        return self.rows[name].to_numpy()

    def transfer(self, row: int) -> Transfer:
        """One row as a payment."""
        one = self.rows.row(row, named=True)
        payer, payee = self._account(one["payer"]), self._account(one["payee"])
        currency = ends_of(payer or payee or "")[1]
        at = EPOCH + timedelta(microseconds=one["at"])
        return Transfer(
            one["id"], at, row, payer, payee, KINDS[one["kind"]], one["minor"], currency,
            one["minor"], currency,
        )  # fmt: skip

    def _account(self, number: int) -> str | None:
        return None if number < 0 else str(self.accounts[number])

    def at(self, row: int) -> datetime:
        """The instant of a row; -1 is the last."""
        return EPOCH + timedelta(microseconds=self.rows["at"][row])


class LazyTransfers(Sequence[Transfer]):
    """The rows of a table as payments, each made when it is asked for."""

    def __init__(self, table: TransferTable, order: NDArray[np.int64] | None = None) -> None:
        self._table, self._order = table, order
        self._made: dict[int, Transfer] = {}

    def __len__(self) -> int:
        return len(self._table)

    def __iter__(self) -> Iterator[Transfer]:
        return (self[row] for row in range(len(self)))

    @overload
    def __getitem__(self, row: int) -> Transfer: ...
    @overload
    def __getitem__(self, row: slice) -> list[Transfer]: ...
    def __getitem__(self, row: int | slice) -> Transfer | list[Transfer]:
        if isinstance(row, slice):
            return [self[n] for n in range(*row.indices(len(self)))]
        if row not in self._made:
            place = int(self._order[row]) if self._order is not None else row
            self._made[row] = self._table.transfer(place)
        return self._made[row]


def save(table: TransferTable, folder: Path, about: dict[str, Any]) -> None:
    """Keep a table in a folder; the note about it is written last, so half a folder is none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _ABOUT).unlink(missing_ok=True)
        table.rows.write_ipc(folder / _ROWS, compression="uncompressed")
        table.accounts.to_frame("account").write_ipc(folder / _ACCOUNTS, compression="uncompressed")
        note = folder / f"{_ABOUT}.new"
        note.write_text(json.dumps({"version": VERSION, **about}, indent=1), encoding="utf-8")
        note.replace(folder / _ABOUT)
    except OSError as error:
        raise unwritable(folder, error) from error


def load(folder: Path) -> TransferTable:
    """The table kept in a folder, mapped into memory; MisuseError where there is none."""
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MisuseError(
            f"{folder} holds no transfers: make it by `recovery intake transfers FILE --to FOLDER`"
        ) from error
    if not isinstance(about, dict) or about.get("version") != VERSION:
        raise MisuseError(f"{folder} is of another version: read its files in again")
    try:
        rows = pl.read_ipc(folder / _ROWS)
        accounts = pl.read_ipc(folder / _ACCOUNTS)["account"]
        if rows.schema != _SCHEMA or accounts.dtype != pl.String:
            raise MisuseError(f"{folder} is damaged: read its files in again")
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise MisuseError(f"{folder} is damaged: read its files in again") from error
    return TransferTable(rows, accounts)
