"""Amounts of statement files: the short way for plain ones says what exact arithmetic says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from models.money import exponent
from recovery_flows.intake.statements.shape import StatementRefusedError
from recovery_flows.intake.statements.values import MINOR_MAX, minor_of


@given(
    whole=st.integers(0, MINOR_MAX // 1000 - 1),
    fraction=st.from_regex(r"[0-9]{0,3}", fullmatch=True),
    zeros=st.integers(0, 3),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_a_plain_amount_is_its_decimal_in_minor_units(
    whole: int, fraction: str, zeros: int, currency: str
) -> None:
    text = f"{'0' * zeros}{whole}.{fraction}"
    exact = Decimal(text).scaleb(exponent(currency))
    minor, warning = minor_of(text, currency)
    assert abs(Decimal(minor) - exact) <= Decimal("0.5")
    assert (warning == "") == (minor == exact)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("12.3x", "EUR"), ("", "EUR"), ("1,00", "EUR"), ("²1.00", "EUR"), ("NaN", "EUR"),
     ("1" * 20 + ".00", "EUR"), ("1.00", "eur"), ("1.00", "")],
)  # fmt: skip
def test_what_is_no_amount_of_a_currency_is_refused(text: str, currency: str) -> None:
    with pytest.raises(StatementRefusedError, match="is no amount of money"):
        minor_of(text, currency)
