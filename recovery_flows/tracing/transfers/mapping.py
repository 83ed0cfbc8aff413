"""Which column of somebody's transfer file is what: the named ones, or a TOML file.

Such a file names the file's column for each of ours: time, from, to, amount, and currency (or
`currency_code = "USD"` for all rows); id (else the number of the row), kind, seq, reverses,
credit_amount and credit_currency where there are any. `from` and `to` can be several columns, as in
`from = ["From Bank", "Account"]`; the second column of one name is `Account.1`. A table
`[currencies]` turns what the file writes into ISO 4217, and `leave_out` lists what is not traced.
`rounds = true` rounds amounts that have more decimals than their currency instead of refusing them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recovery_flows.errors import MisuseError
from recovery_flows.intake.budget import Limits
from recovery_flows.tracing.transfers.rows import table

NAMES_JOINED_BY = "/"
_ONE = ("id", "time", "amount", "currency", "kind", "seq", "reverses")
_SIDES = ("from", "to")
_MAY_MISS = ("kind", "seq", "reverses")
_CURRENCIES = {"currency", "credit_currency"}
_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """For each of our columns those of the file; an empty tuple where it has none."""

    name: str
    columns: Mapping[str, tuple[str, ...]]
    currency_code: str = ""
    currencies: Mapping[str, str] = field(default_factory=dict)
    leave_out: tuple[str, ...] = ()
    """Currencies, as the file writes them, whose rows are not read."""
    rounds: bool = False
    """Amounts with more decimals than their currency are rounded half up, not refused."""

    def rows(self, path: Path, limits: Limits = _LIMITS) -> Iterator[tuple[int, dict[str, str]]]:
        """The rows of a file as (line, text by our columns)."""
        optional = [c for name, of in self.columns.items() if name in _MAY_MISS for c in of]
        needed = [column for column in self.needed() if column not in optional]
        for line, cells in table(path, needed, optional, limits):
            ours = {
                name: NAMES_JOINED_BY.join(cells[column] for column in of)
                for name, of in self.columns.items()
                if of[0] in cells
            }
            for name in _CURRENCIES & {"currency", *ours}:
                text = ours.get(name, "") or self.currency_code
                ours[name] = self.currencies.get(text, text)
            yield line, ours

    def unread(self, names: Iterable[str]) -> list[str]:
        """Of a file's columns those that are not ours."""
        ours = {column for of in self.columns.values() for column in of}
        return [name for name in names if name not in ours]

    def needed(self) -> list[str]:
        """All columns that must be in the file."""
        return [c for name, of in self.columns.items() if name not in _MAY_MISS for c in of]


_PLAIN = ("id", "time", "from", "to", "amount", "currency", "kind", "seq", "reverses")
PLAIN = ColumnMapping("plain", {name: (name,) for name in _PLAIN})

_AMLSIM = {
    "time": ("time",), "from": ("sourceNodeId",), "to": ("targetNodeId",), "amount": ("value",),
}  # fmt: skip
_SYNTHFIN = {
    "id": ("txn_id",), "time": ("timestamp",), "from": ("source_id",), "to": ("target_id",),
    "amount": ("amount",),
}  # fmt: skip
_HI_SMALL = {
    "time": ("Timestamp",), "from": ("From Bank", "Account"), "to": ("To Bank", "Account.1"),
    "amount": ("Amount Paid",), "currency": ("Payment Currency",),
    "credit_amount": ("Amount Received",), "credit_currency": ("Receiving Currency",),
}  # fmt: skip
_HI_SMALL_CURRENCIES = {
    "US Dollar": "USD", "Euro": "EUR", "Yuan": "CNY", "Shekel": "ILS", "Rupee": "INR",
    "Ruble": "RUB", "UK Pound": "GBP", "Yen": "JPY", "Canadian Dollar": "CAD",
    "Swiss Franc": "CHF", "Australian Dollar": "AUD", "Mexican Peso": "MXN",
    "Saudi Riyal": "SAR", "Brazil Real": "BRL",
}  # fmt: skip

MAPPINGS = {
    mapping.name: mapping
    for mapping in (
        PLAIN,
        ColumnMapping("amlsim", _AMLSIM, "USD"),
        ColumnMapping("synthfin", _SYNTHFIN, "USD", rounds=True),
        ColumnMapping("hi-small", _HI_SMALL, "", _HI_SMALL_CURRENCIES, ("Bitcoin",)),
    )
}


def mapping_named(name: str) -> ColumnMapping:
    """A mapping by its name or from a TOML file; MisuseError says what is wrong with it."""
    if name in MAPPINGS:
        return MAPPINGS[name]
    path = Path(name)
    if path.suffix != ".toml":
        known = ", ".join(MAPPINGS)
        raise MisuseError(f"mapping {name!r} is none of {known}, nor a .toml file")
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MisuseError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MisuseError(f"{path.name} is not a TOML file: {error}") from error
    return _of_document(path.name, document)


def _of_document(name: str, document: dict[str, Any]) -> ColumnMapping:
    allowed = {*_ONE, *_SIDES, "credit_amount", "credit_currency", "currency_code", "currencies"}
    allowed |= {"leave_out", "rounds"}
    for key in document:
        if key not in allowed:
            raise MisuseError(f"{name}: {key} is no column of ours: {', '.join(sorted(allowed))}")
    code, currencies = document.pop("currency_code", ""), document.pop("currencies", {})
    left_out, rounds = document.pop("leave_out", []), document.pop("rounds", False)
    if not isinstance(currencies, dict) or not _are_texts(currencies.values()):
        raise MisuseError(f"{name}: currencies must be a table of codes of ISO 4217")
    if not isinstance(left_out, list) or not _are_texts(left_out):
        raise MisuseError(f"{name}: leave_out must be a list of currencies")
    if not isinstance(rounds, bool) or not isinstance(code, str):
        raise MisuseError(f"{name}: rounds must be true or false, currency_code a text")
    leave_out = tuple(left_out)
    columns = {key: _columns(name, key, value) for key, value in document.items()}
    for key in ("time", "amount", *_SIDES):
        if key not in columns:
            raise MisuseError(f"{name}: {key} is missing: name the column that holds it")
    if not code and "currency" not in columns:
        raise MisuseError(f"{name}: give the column currency, or currency_code for the whole file")
    return ColumnMapping(name, columns, code, currencies, leave_out, rounds)


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _columns(name: str, key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    texts = isinstance(value, list) and value and all(isinstance(one, str) for one in value)
    if isinstance(value, list) and texts and (len(value) == 1 or key in _SIDES):
        return tuple(value)
    raise MisuseError(f"{name}: {key} must be the name of a column")
