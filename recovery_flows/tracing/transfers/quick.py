"""An ordinary transfer file as a table, column by column; whatever is odd is left to `files`.

The row-by-row reader defines what is right and says what is wrong; this one only is faster, and
gives up at the first thing it would have to think about.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from models.facts import LineKind
from models.money import exponent
from recovery_flows.intake.budget import BudgetSpentError, Limits
from recovery_flows.tracing.kernel.ordering import rows_payers_first
from recovery_flows.tracing.methods.types import Transfer
from recovery_flows.tracing.transfers.files import account_id
from recovery_flows.tracing.transfers.mapping import NAMES_JOINED_BY, ColumnMapping
from recovery_flows.tracing.transfers.rows import (
    EPOCH,
    STEPS_MOST,
    FileRefusedError,
    distinct,
    repeated_column,
)
from recovery_flows.tracing.transfers.table import KINDS, TransferTable

_TIMES = (
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S%.fZ", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M",
)  # fmt: skip


_WHOLE_MOST = 10**13
_SUM_MOST = 2**62
_CHUNK = 1 << 16
_LIMITS = Limits()
_POLARS, _PANIC = pl.exceptions.PolarsError, pl.exceptions.PanicException


class _OddError(Exception):
    """Something that the row-by-row reader must look at."""


def quick_table(
    paths: Iterable[Path], mapping: ColumnMapping, limits: Limits = _LIMITS
) -> TransferTable | None:
    """The files as one table; None where any of it is out of the ordinary."""
    try:
        return _ordered(pl.concat([_frame(path, mapping, limits) for path in paths]))
    except (_OddError, BudgetSpentError, OSError, UnicodeDecodeError, csv.Error, _POLARS, _PANIC):
        return None


def header(path: Path) -> list[str]:
    """Column names of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return distinct(next(csv.reader(stream), []))


def _frame(path: Path, mapping: ColumnMapping, limits: Limits) -> pl.DataFrame:
    """Text columns of one file under our names, blanks and missing cells ruled out."""
    limits.check_file(path)
    _check_text(path)
    names = header(path)
    wanted = {ours: of for ours, of in mapping.columns.items() if set(of) <= set(names)}
    if any(ours in wanted for ours in ("seq", "reverses", "credit_amount")) or mapping.leave_out:
        raise _OddError
    ours = [column for of in mapping.columns.values() for column in of]
    if not set(mapping.needed()) <= set(names) or repeated_column(names, ours):
        raise _OddError
    text = pl.read_csv(path, has_header=False, skip_rows=1, new_columns=names, infer_schema=False)
    if text.width != len(names):
        raise _OddError
    return text.select(
        _name(wanted), _instants(text[wanted["time"][0]]).alias("at"),
        _joined(wanted["from"], "from"), _joined(wanted["to"], "to"),
        *_amounts(text, mapping, wanted), _kinds(wanted),
    )  # fmt: skip


def _check_text(path: Path) -> None:
    """A zero, or a line as long as no row is, is for the row-by-row reader to refuse."""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if b"\0" in chunk or (len(chunk) == _CHUNK and b"\n" not in chunk):
                raise _OddError


def _name(wanted: dict[str, tuple[str, ...]]) -> pl.Expr:
    if "id" in wanted:
        return pl.col(wanted["id"][0]).alias("id")
    return (pl.int_range(pl.len()) + 1).cast(pl.String).alias("id")


def _joined(columns: tuple[str, ...], name: str) -> pl.Expr:
    if len(columns) == 1:
        return pl.col(columns[0]).alias(name)
    return pl.concat_str(columns, separator=NAMES_JOINED_BY).alias(name)


def _kinds(wanted: dict[str, tuple[str, ...]]) -> pl.Expr:
    transfer = KINDS.index(LineKind.TRANSFER)
    if "kind" not in wanted:
        return pl.lit(transfer, pl.Int8).alias("kind")
    places = {str(kind): number for number, kind in enumerate(KINDS)} | {"": transfer}
    kinds = pl.col(wanted["kind"][0]).fill_null("")
    return kinds.replace_strict(places, return_dtype=pl.Int8).alias("kind")


def _instants(text: pl.Series) -> pl.Series:
    """Microseconds since 1970; ISO 8601 in UTC, or whole numbers as steps."""
    if text.has_nulls():
        raise _OddError
    if text.head(1).str.contains(r"^[0-9]+$").all():
        if not text.str.contains(r"^[0-9]+$").all():
            raise _OddError
        steps = text.cast(pl.Int64)
        if (text.str.len_bytes() == len("20260102")).any():
            raise _OddError  # a date or a number: who reads row by row decides
        return steps if (steps < STEPS_MOST).all() else steps // 1000
    for form in _TIMES:
        if not text.head(1).str.to_datetime(form, strict=False).has_nulls():
            if not text.str.contains(_spelling(form)).all():
                raise _OddError  # a figure too few, which only this way would take
            # Hardly two are alike: to remember them takes as long as to read them.
            return text.str.to_datetime(form, time_unit="us", cache=False).cast(pl.Int64)
    raise _OddError


def _spelling(form: str) -> str:
    """A time format as the pattern of exactly its figures; the 60th second is none of a minute."""
    figures = {"%Y": "[0-9]{4}", "%M": "[0-5][0-9]", "%S": "[0-5][0-9]", "%.f": r"\.[0-9]{1,6}"}
    parts = re.split(r"(%\.f|%[A-Za-z])", form)
    return f"^{''.join(figures.get(p, '[0-9]{2}' if p[:1] == '%' else p) for p in parts)}$"


def _amounts(
    text: pl.DataFrame, mapping: ColumnMapping, wanted: dict[str, tuple[str, ...]]
) -> tuple[pl.Series, pl.Series]:
    """Minor units, and the currency; one currency a file, others are read row by row."""
    if "currency" in wanted:
        codes = text[wanted["currency"][0]].unique().to_list()
    else:
        codes = [mapping.currency_code]
    if len(codes) != 1 or not codes[0]:
        raise _OddError
    currency = mapping.currencies.get(codes[0], codes[0]).upper()
    return _minor(text[wanted["amount"][0]], _digits(currency), rounds=mapping.rounds), pl.repeat(
        currency, len(text), dtype=pl.Categorical, eager=True
    ).alias("currency")


def _digits(currency: str) -> int:
    try:
        return exponent(currency)
    except ValueError as error:
        raise _OddError from error


def _minor(cells: pl.Series, digits: int, *, rounds: bool) -> pl.Series:
    """Plain decimals without a sign as minor units."""
    if cells.has_nulls():
        raise _OddError
    if cells.str.contains(rf"^[0-9]+\.[0-9]{{{digits}}}$" if digits else "^[0-9]+$").all():
        plain = cells.str.replace(".", "", literal=True).cast(pl.Int64)
        if not (plain < _WHOLE_MOST * 10**digits).all():
            raise _OddError
        return plain.alias("minor")
    if not cells.str.contains(r"^[0-9]+(\.[0-9]*)?$").all():
        raise _OddError
    parts = cells.str.split_exact(".", 1).struct.unnest()
    fraction = parts["field_1"].fill_null("")
    whole: pl.Series = parts["field_0"].cast(pl.Int64)
    if whole.has_nulls() or not (whole < _WHOLE_MOST).all():
        raise _OddError  # before it is multiplied: beyond 64 bits it would be another amount
    minor: pl.Series = whole * 10**digits
    if digits:
        minor = minor + fraction.str.slice(0, digits).str.pad_end(digits, "0").cast(pl.Int64)
    if max(fraction.str.len_bytes().unique().to_list()) > digits:
        if not rounds:
            raise _OddError
        minor = minor + (fraction.str.slice(digits, 1) >= "5").cast(pl.Int64)
    return minor.alias("minor")


def _ordered(frame: pl.DataFrame) -> TransferTable:
    """Accounts numbered, rows by time, payers before their payees within an instant."""
    ids = frame["id"]
    if ids.has_nulls() or ids.hash().n_unique() != len(ids) or not len(ids):
        raise _OddError
    if _has_blanks(ids) or (frame["from"].is_null() & frame["to"].is_null()).any():
        raise _OddError
    currencies = frame["currency"].unique().to_list()
    if len(currencies) != 1:
        raise _OddError
    if not holds(frame["minor"].to_list()):
        raise _OddError
    payer, payee, accounts = _numbered(frame["from"], frame["to"], str(currencies[0]))
    at = frame["at"].to_numpy()
    order = np.argsort(at, kind="stable")  # quick where they are in order already
    at, payer, payee = at[order], payer[order], payee[order]
    batch = np.concatenate(([0], np.cumsum(np.diff(at) != 0))).astype(np.int32)
    inner = rows_payers_first(batch, payer, payee)
    order = order[inner]
    rows = pl.DataFrame(
        {
            "id": ids if _is_in_order(order) else ids.gather(order), "at": at, "batch": batch,
            "payer": payer[inner], "payee": payee[inner], "minor": frame["minor"].to_numpy()[order],
            "kind": frame["kind"].to_numpy()[order],
        }
    )  # fmt: skip
    return TransferTable(rows, accounts)


def _is_in_order(order: np.ndarray) -> bool:
    return bool((order == np.arange(len(order))).all())


def holds(minors: Sequence[int]) -> bool:
    """Whether all amounts together, and so every balance, are within 64 bits."""
    return sum(minors) <= _SUM_MOST


def _has_blanks(names: pl.Series) -> bool:
    return bool(((names.str.strip_chars() != names) | (names == "")).any())


def _numbered(
    payers: pl.Series, payees: pl.Series, currency: str
) -> tuple[np.ndarray, np.ndarray, pl.Series]:
    both = pl.concat([payers.alias("name"), payees.alias("name")])
    names, places = _distinct(both)
    if _has_blanks(names):
        raise _OddError
    joined = names + account_id("", currency)
    return places[: len(payers)], places[len(payers) :], joined.rename("account")


def _distinct(texts: pl.Series) -> tuple[pl.Series, np.ndarray]:
    """Each text once, in the order in which they come, and the place of each; -1 where none is.

    By their hashes, which costs a quarter of comparing texts; then all are compared once.
    """
    hashes = texts.hash().alias("hash")
    first = hashes.arg_unique().sort()
    first = first.filter(texts.gather(first).is_not_null())
    names, of_names = texts.gather(first), hashes.gather(first).to_frame()
    numbers = of_names.with_columns(place=np.arange(len(names), dtype=np.int32))
    places = hashes.to_frame().join(numbers, on="hash", how="left", maintain_order="left")["place"]
    if not texts.eq_missing(names.gather(places)).all():
        raise _OddError  # two texts of one hash
    return names, places.fill_null(-1).to_numpy()


def table_of(transfers: Iterable[Transfer]) -> TransferTable:
    """Payments that were read row by row, already in order, as a table."""
    given = list(transfers)
    if not holds([t.debit_minor for t in given]):
        raise FileRefusedError("the amounts add up to more than any account holds: trace the CSV")
    numbers: dict[str, int] = {}

    def number(account: str | None) -> int:
        return -1 if account is None else numbers.setdefault(account, len(numbers))

    at = np.array([(t.at - EPOCH) // timedelta(microseconds=1) for t in given], np.int64)
    rows = pl.DataFrame(
        {
            "id": [t.id for t in given], "at": at,
            "batch": np.concatenate(([0], np.cumsum(np.diff(at) != 0))).astype(np.int32),
            "payer": np.array([number(t.payer) for t in given], np.int32),
            "payee": np.array([number(t.payee) for t in given], np.int32),
            "minor": np.array([t.debit_minor for t in given], np.int64),
            "kind": np.array([KINDS.index(t.kind) for t in given], np.int8),
        }
    )  # fmt: skip
    return TransferTable(rows, pl.Series("account", list(numbers)))
