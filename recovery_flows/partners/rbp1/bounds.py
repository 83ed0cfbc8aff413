"""The values of the profile's JSON, each bounded where it is read: money, instants, references.

No message quotes what a partner sent.
"""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, PlainValidator, StringConstraints

from models.money import Money

WHOLE_MAX = 2**53
"""The largest whole number that every JSON reader keeps exactly."""
ITEMS_MAX, LINES_MAX = 10_000, 100_000
"""What a page may list: far more than is asked for, far less than its bytes could hold."""
PARTS_FREE, _PART_BYTES_MIN = 256, 16
"""Each part costs hundreds of bytes here; the smallest one of the profile is a sum of money."""
FIRST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)
YEARS_AHEAD = timedelta(days=3_653)
_SECONDS_AHEAD = YEARS_AHEAD.total_seconds()
_DAY_AND_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T")


def parts_of(raw: bytes) -> int:
    """Of how many objects and lists this JSON is made, at the most."""
    return raw.count(b"{") + raw.count(b"[")


def is_crowded(raw: bytes) -> bool:
    """Whether this JSON is made of more parts than it has content, PARTS_FREE apart."""
    return (parts_of(raw) - PARTS_FREE) * _PART_BYTES_MIN > len(raw)


class _RepeatedError(Exception):
    """An object names a field twice."""


def _once(pairs: list[tuple[str, object]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise _RepeatedError


def _nothing(text: str) -> None:
    del text


_FIELDS = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=_nothing, parse_float=_nothing, parse_constant=_nothing,
    strict=False,
)  # fmt: skip


def repeats_a_field(raw: bytes) -> bool:
    """Whether an object of this JSON has a field twice: which one counts, each reader says anew.

    False also for what is no JSON: whoever reads it says why.
    """
    try:
        _FIELDS.decode(raw.decode())
    except _RepeatedError:
        return True
    except (ValueError, RecursionError):
        return False
    return False


def _money(value: object) -> Money:
    # Not by `match`: asking whether a value is a mapping takes as long as reading the money.
    told = value if isinstance(value, dict) else {}
    currency, amount = told.get("currency"), told.get("amount")
    if not (isinstance(currency, str) and isinstance(amount, str)):
        raise ValueError("is not an object with a currency and an amount, both texts")
    try:
        money = Money.parse(amount, currency)
    except ValueError:
        raise ValueError("is not a plain decimal that its currency can carry") from None
    if abs(money.minor) > WHOLE_MAX:
        raise ValueError("is larger than any account")
    return money


def _not_negative(money: Money) -> Money:
    if money.minor < 0:
        raise ValueError("is below zero")
    return money


def _instant(value: object) -> datetime:
    # Not pydantic's own: even its strict one takes "1772357400" for a time.
    try:
        if isinstance(value, str) and _DAY_AND_TIME.match(value):
            at = datetime.fromisoformat(value)
            if at.tzinfo is not None:
                return _within_reason(at.astimezone(UTC))
    except OverflowError:
        raise ValueError(_OUT_OF_REASON) from None
    except ValueError as error:
        if str(error) == _OUT_OF_REASON:
            raise
    raise ValueError("is not an ISO 8601 instant with an offset")


_OUT_OF_REASON = "is not between the year 2000 and ten years from now"


def _within_reason(at: datetime) -> datetime:
    if at < FIRST_INSTANT or at.timestamp() > time.time() + _SECONDS_AHEAD:
        raise ValueError(_OUT_OF_REASON)
    return at


def _names_itself(ref: str) -> str:
    if ref in (".", ".."):
        raise ValueError("is a step in a path and no reference")
    return ref


Balance = Annotated[Money, PlainValidator(_money)]
Amount = Annotated[Money, PlainValidator(_money), AfterValidator(_not_negative)]
Instant = Annotated[datetime, PlainValidator(_instant)]
Whole = Annotated[int, Field(ge=0, le=WHOLE_MAX)]
Ref = Annotated[
    str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$"), AfterValidator(_names_itself)
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_]{1,40}$")]
