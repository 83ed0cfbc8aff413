"""Parses one cell to one value; a CellRefusedError names the field, never the content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from models.facts import AccountRef
from models.language.phrase import phrase
from models.money import Money, exponent
from models.safe_text import misleads, steers, undirected
from recovery_flows.intake.currencies import CURRENCIES
from recovery_flows.intake.refusals import CellRefusedError

_AMOUNT = re.compile(r"[0-9]{1,15}(?:\.(?P<fraction>[0-9]+))?")
_FIRST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)
_MINOR_MAX = 2**53
_ACCOUNT = re.compile(r"[A-Za-z0-9]{4,34}")

Cells = Mapping[str, object]


def read_text(
    cells: Cells, field: str, most: int, *, optional: bool = False, is_name: bool = False
) -> str:
    """A text of at most `most` characters without control characters, trimmed.

    In a name or a free text marks of direction are kept: Arabic and Hebrew names have them.
    """
    value = cells.get(field)
    if value is not None and not isinstance(value, str):
        raise CellRefusedError(field, phrase("is not one text"))
    text = (value or "").strip()
    if not undirected(text).strip() and not optional:
        raise CellRefusedError(field, phrase("is empty"))
    if misleads(text) or (steers(text) and not is_name):
        raise CellRefusedError(field, phrase("holds control characters"))
    if len(text) > most:
        raise CellRefusedError(field, phrase("is longer than {most} characters", most=most))
    return text


def read_money(cells: Cells) -> Money:
    """`amount` and `currency`: a plain decimal above zero, with the decimals of the currency."""
    currency = read_text(cells, "currency", 3)
    if currency not in CURRENCIES:
        raise CellRefusedError("currency", phrase("is not a code of ISO 4217 such as CNY"))
    text = read_text(cells, "amount", 40)
    if text.startswith("-"):
        raise CellRefusedError("amount", phrase("is negative"))
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise CellRefusedError("amount", phrase("is not a plain decimal such as 1234.50"))
    digits = exponent(currency)
    # Also with zeros at the end: 1.000 may be a thousand.
    if len(match["fraction"] or "") > digits:
        raise CellRefusedError(
            "amount",
            phrase(
                "has more than {digits} decimals, too many for {currency}",
                digits=digits,
                currency=currency,
            ),
        )
    money = Money.parse(text, currency)
    if money.minor == 0:
        raise CellRefusedError("amount", phrase("is zero"))
    if money.minor > _MINOR_MAX:
        raise CellRefusedError("amount", phrase("is larger than any payment"))
    return money


def read_account(cells: Cells, side: str, holder_field: str) -> AccountRef:
    """`<side>_bank` and `<side>_account`: 4 to 34 letters and digits; spaces are dropped."""
    field = f"{side}_account"
    bank = read_text(cells, f"{side}_bank", 64)
    number = "".join(read_text(cells, field, 80).split(" "))
    if not _ACCOUNT.fullmatch(number):
        raise CellRefusedError(field, phrase("is not 4 to 34 letters and digits"))
    return AccountRef(
        bank, number, read_text(cells, holder_field, 200, optional=True, is_name=True)
    )


def read_instant(cells: Cells, field: str, now: datetime) -> datetime:
    """An instant of ISO 8601 with its time zone, not after `now`; in UTC."""
    try:
        instant = datetime.fromisoformat(read_text(cells, field, 40))
        if instant.utcoffset() is None:
            raise CellRefusedError(field, phrase("has no time zone, such as Z or +08:00"))
        instant = instant.astimezone(UTC)
    except CellRefusedError:
        raise
    except (ValueError, OverflowError):
        raise CellRefusedError(
            field, phrase("is not a date and time such as 2026-01-31T09:30:00Z")
        ) from None
    if instant < _FIRST_INSTANT:
        raise CellRefusedError(field, phrase("lies before the year 2000"))
    if instant > now:
        raise CellRefusedError(field, phrase("lies in the future"))
    return instant
