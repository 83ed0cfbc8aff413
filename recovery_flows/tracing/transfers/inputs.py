"""Reads the files of a trace on files alone, by the fastest reader that fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recovery_flows.errors import MisuseError
from recovery_flows.intake.budget import Limits
from recovery_flows.tracing.methods.types import Transfer
from recovery_flows.tracing.transfers.files import (
    TransferFiles,
    in_order,
    read_files,
    read_transfers,
)
from recovery_flows.tracing.transfers.mapping import PLAIN, ColumnMapping
from recovery_flows.tracing.transfers.rows import refuse

if TYPE_CHECKING:
    from recovery_flows.tracing.transfers.table import TransferTable
    from recovery_flows.tracing.transfers.table_files import TableFiles

MANY_BYTES = 1_000_000
"""From here on columns pay for being loaded."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files, and how they are to be read."""

    transfers: Path
    sources: Path
    openings: Path | None = None
    as_of: datetime | None = None
    mapping: ColumnMapping = PLAIN
    by_columns: bool = True
    limits: Limits = field(default_factory=Limits)


def open_files(wanted: Wanted) -> TransferFiles | TableFiles:
    """A folder of `intake transfers`, or a CSV file: by columns if it is large and plain."""
    if wanted.transfers.is_dir() or _is_large(wanted):
        from recovery_flows.tracing.transfers.table import load
        from recovery_flows.tracing.transfers.table_files import table_files

        if wanted.transfers.is_dir():
            table: TransferTable | None = load(wanted.transfers)
        else:
            table = _quick([wanted.transfers], wanted.mapping, wanted.limits)
        if table is not None:
            return table_files(table, wanted.sources, wanted.openings, wanted.as_of)
    return read_files(
        wanted.transfers, wanted.sources, wanted.openings, wanted.as_of, wanted.mapping,
        wanted.limits,
    )  # fmt: skip


def _is_large(wanted: Wanted) -> bool:
    from recovery_flows.tracing.kernel.available import is_available

    given = wanted.transfers
    return (
        wanted.by_columns
        and given.is_file()
        and given.stat().st_size >= MANY_BYTES
        and is_available()
    )


def _quick(paths: Sequence[Path], mapping: ColumnMapping, limits: Limits) -> TransferTable | None:
    from recovery_flows.tracing.transfers.quick import quick_table

    return quick_table(paths, mapping, limits)


def keep(
    paths: Sequence[Path], mapping: ColumnMapping, folder: Path, limits: Limits
) -> dict[str, Any]:
    """Read transfer files into a folder once, for any number of traces; what is in it.

    Columns that are not ours are named in `not_read`; rows in currencies that the mapping leaves
    out are counted in `left_out`. Nothing is written before all files are read and checked.
    """
    from recovery_flows.tracing.transfers.quick import header, table_of
    from recovery_flows.tracing.transfers.table import save
    from recovery_flows.tracing.transfers.table_files import check_plain_money

    if folder.exists() and not folder.is_dir():
        raise MisuseError(f"{folder} is a file: name a folder")
    table, left_out = _quick(paths, mapping, limits), Counter[str]()
    if table is None:
        rows = _row_by_row(paths, mapping, limits, left_out)
        check_plain_money(TransferFiles(tuple(rows), (), {}, ()))
        table = table_of(rows)
    about = {
        "files": [path.name for path in paths],
        "mapping": mapping.name,
        "transfers": len(table),
        "accounts": len(table.accounts),
        "from": table.at(0).isoformat(),
        "to": table.at(-1).isoformat(),
        "not_read": sorted({c for path in paths for c in mapping.unread(header(path))}),
        "left_out": dict(sorted(left_out.items())),
    }
    save(table, folder, about)
    return about


def _row_by_row(
    paths: Sequence[Path], mapping: ColumnMapping, limits: Limits, left_out: Counter[str]
) -> list[Transfer]:
    found: list[tuple[int, Transfer]] = []
    lines: dict[str, str] = {}
    for path in paths:
        for line, transfer in read_transfers(path, mapping, limits, left_out):
            if transfer.id in lines:
                raise refuse(path, line, f"id {transfer.id} is that of {lines[transfer.id]}")
            lines[transfer.id] = f"{path.name}, line {line}"
            found.append((len(found), transfer))
    if not found:
        raise MisuseError("the files hold no transfers: there is nothing to keep")
    return in_order(found)
