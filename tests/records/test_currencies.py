"""Decimals of currencies are those of ISO 4217; sums stored with others are refused."""

from __future__ import annotations

import csv
import re
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from models.currencies import DECIMALS, FUNDS, HISTORIC
from models.engine import make_engine
from models.migrate import UpgradeRefusedError, upgrade
from models.money import Money, exponent
from recovery_flows.intake.currencies import CURRENCIES
from recovery_flows.sandbox import arithmetic as units
from tests.records.older import taken_back

LIST_ONE = Path(__file__).parents[1] / "data/currencies/iso4217-list-one-2026-01-01.csv"
CLAIM = "UPDATE claim SET currency = '{}', reported_minor = 100000"


def published() -> dict[str, str]:
    with LIST_ONE.open(encoding="utf-8") as file:
        return {row["code"]: row["minor_units"] for row in csv.DictReader(file)}


def test_every_published_currency_has_its_published_decimals_and_no_other_has_any() -> None:
    ours = {code: str(digits) for code, digits in DECIMALS.items() if code in published()}
    assert ours == {code: units for code, units in published().items() if units != "N.A."}
    assert set(DECIMALS) - set(published()) - HISTORIC == {"ANG", "BGN", "CUC", "HRK", "SLL", "ZWL"}


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_a_sum_is_shown_as_its_decimal_with_thousands_apart(minor: int, code: str) -> None:
    money = Money(minor, code)
    assert str(money) == f"{code} {Decimal(money.text()):,}"


@pytest.mark.parametrize("code", ["BIF", "DJF", "GNF", "KMF", "RWF", "UYI", "JPY"])
def test_a_thousand_of_a_currency_without_decimals_is_a_thousand_units(code: str) -> None:
    assert Money.parse("1000", code).minor == 1000
    assert str(Money(1000, code)) == f"{code} 1,000"
    with pytest.raises(ValueError, match="more than 0 decimals"):
        Money.parse("1000.50", code)


@pytest.mark.parametrize("code", ["CLF", "UYW"])
def test_units_of_account_have_four_decimals_and_nobody_is_paid_in_them(code: str) -> None:
    assert Money.parse("1.2345", code).minor == 12_345
    assert code in FUNDS
    assert code not in CURRENCIES


def test_whatever_intake_accepts_is_in_the_table_and_the_sandbox_counts_it_alike() -> None:
    assert set(DECIMALS) >= CURRENCIES
    assert {c: units.decimals(c) for c in DECIMALS} == DECIMALS


def test_a_code_that_is_no_currency_has_no_decimals_to_guess() -> None:
    for code in ("XXX", "XAU", "ZZZ"):
        with pytest.raises(ValueError, match="not in the list of ISO 4217"):
            Money(1, code)


@pytest.fixture
def old(unit: Any, tmp_path: Path) -> Path:
    """A database of the version before, with one recovery in it."""
    unit.traced()
    return taken_back(unit, tmp_path / "old.sqlite3", "0001")


def revision(path: Path) -> str:
    with closing(sqlite3.connect(path)) as raw:
        return str(raw.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def schema(path: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()


def test_an_old_database_with_sums_of_wrong_decimals_is_refused_and_left_as_it_was(
    old: Path,
) -> None:
    with closing(sqlite3.connect(old)) as raw:
        raw.execute(CLAIM.format("RWF"))
        raw.commit()
    before = schema(old)
    engine = make_engine(f"sqlite:///{old}")
    with pytest.raises(UpgradeRefusedError, match="1 of claim in RWF are stored with two decimals"):
        upgrade(engine)
    engine.dispose()
    assert (revision(old), schema(old)) == ("0001", before)


def test_an_old_database_without_such_sums_is_brought_up_to_date(old: Path) -> None:
    engine = make_engine(f"sqlite:///{old}")
    upgrade(engine)
    engine.dispose()
    assert revision(old) >= "0010"


@given(st.text("0123456789.-+ e٣_", max_size=20), st.sampled_from(["CNY", "JPY", "KWD", "CLF"]))
def test_money_is_read_as_its_grammar_says_or_refused(text: str, code: str) -> None:
    plain = re.fullmatch(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,4}))?", text)
    digits = exponent(code)
    if plain is None or (plain[3] or "")[digits:].strip("0"):
        with pytest.raises(ValueError, match="amount"):
            Money.parse(text, code)
    else:
        minor = int(plain[2] + (plain[3] or "")[:digits].ljust(digits, "0"))
        assert Money.parse(text, code).minor == (-minor if plain[1] else minor)
