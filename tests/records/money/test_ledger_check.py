"""Every account of the ledger says what its own source says, and a cent too much is found."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recovery_flows.reports.ledger_check import LedgerCheck, ledger_check
from recovery_flows.reports.ledger_sources import Check


def checked(unit: Any) -> LedgerCheck:
    with unit.database.reading() as session:
        return ledger_check(session)


@pytest.fixture(scope="session")
def paid_back(installed: Path, copied: Any, acting: Any, tmp_path_factory: Any) -> Path:
    """100.00 of 1,000.00 gone, 700.00 frozen and paid back, 200.00 located."""
    folder = tmp_path_factory.mktemp("paid back") / "unit"
    unit = copied(installed, folder)
    acts = acting(unit)
    recovery_id = acts.decided()
    unit.approve(recovery_id)
    (payout,) = unit.file(recovery_id).payouts
    acts.settle(recovery_id, payout.id)
    freeze = next(h for h in unit.file(recovery_id).holds if h.state == "frozen")
    unit.bank_says(recovery_id, freeze.id, 0, revision=9)
    unit.database.dispose()
    return folder


@pytest.fixture
def returned(paid_back: Path, copied: Any, tmp_path: Path) -> Iterator[Any]:
    unit = copied(paid_back, tmp_path / "unit")
    yield unit
    unit.database.dispose()


def test_each_term_is_what_its_source_says(returned: Any) -> None:
    result = checked(returned)
    assert result.differences == ()
    assert {line.check: line.ledger_minor for line in result.lines} == {
        Check.REPORTED: 100_000,
        Check.NOT_UPHELD: 0,
        Check.GONE: 10_000,
        Check.TRACED: 90_000,
        Check.HELD: 0,
        Check.RETURNED: 70_000,
        Check.DEBITED: 70_000,
        Check.IDENTITY: 100_000,
    }
    assert all(line.ledger_minor == line.source_minor and not line.off for line in result.lines)
    json.dumps(dataclasses.asdict(result))


def test_reports_that_nobody_took_up_are_not_located_in_full(unit: Any, second_report: Any) -> None:
    unit.report(second_report)
    lines = {line.check: line.source_minor for line in checked(unit).lines}
    assert lines[Check.REPORTED] == lines[Check.NOT_LOCATED] == lines[Check.IDENTITY] == 50_000


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        ("UPDATE claim SET reported_minor = reported_minor + 1", Check.REPORTED),
        ("UPDATE claim SET upheld_minor = upheld_minor - 1", Check.NOT_UPHELD),
        ("UPDATE hold SET held_minor = 1 WHERE kind = 'freeze'", Check.HELD),
        ("UPDATE payout SET settled_minor = settled_minor - 1", Check.RETURNED),
        ("UPDATE payout SET debited_minor = debited_minor + 1", Check.DEBITED),
        ("UPDATE trace SET result_json = replace(result_json, '90000', '89999')", Check.TRACED),
        ("UPDATE trace SET result_json = replace(result_json, '10000', '10001')", Check.GONE),
    ],
)
def test_a_planted_cent_in_a_source_is_found(returned: Any, plant: str, check: Check) -> None:
    returned.tamper(plant)
    found = {d.check: d for d in checked(returned).differences}
    assert abs(found[check].difference_minor) == 1
    assert found[check].ref == "R-2026-0001"
    assert "CNY 0.01" in found[check].sentence.replace("-", "")


@pytest.mark.parametrize(
    ("account", "check"),
    [
        ("reported", Check.REPORTED),
        ("gone", Check.GONE),
        ("located", Check.TRACED),
        ("held", Check.TRACED),
        ("returned_hold", Check.RETURNED),
        ("not_located", Check.NOT_LOCATED),
    ],
)
def test_a_planted_cent_in_the_ledger_is_found(returned: Any, account: str, check: Check) -> None:
    one = f"(SELECT min(rowid) FROM posting WHERE account = '{account}')"
    returned.tamper(f"UPDATE posting SET claim_minor = claim_minor + 1 WHERE rowid = {one}")
    found = {d.check: d for d in checked(returned).differences}
    assert abs(found[check].difference_minor) == 1
    assert found[Check.ENTRY].subject_id.endswith("claim CNY")


def test_two_faults_that_cancel_each_other_are_both_found(returned: Any) -> None:
    for sign, account in (("+", "gone"), ("-", "located")):
        one = f"(SELECT max(rowid) FROM posting WHERE account = '{account}')"
        returned.tamper(
            f"UPDATE posting SET claim_minor = claim_minor {sign} 1 WHERE rowid = {one}"
        )
    checks = {d.check for d in checked(returned).differences}
    assert {Check.GONE, Check.TRACED} <= checks
    assert Check.IDENTITY not in checks


def test_a_term_below_zero_is_found_even_where_the_sum_is_right(returned: Any) -> None:
    returned.tamper(
        "UPDATE posting SET account = 'third_party' WHERE account = 'gone'",
        "UPDATE posting SET claim_minor = -claim_minor WHERE account = 'third_party'",
    )
    checks = {d.check for d in checked(returned).differences}
    assert {Check.BELOW_ZERO, Check.TRACED, Check.GONE} <= checks


def test_what_a_bank_holds_is_in_the_books_before_any_trace(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.bank_says(recovery_id, unit.order(recovery_id), 70_000)
    assert checked(unit).differences == ()


def test_what_a_bank_holds_is_in_the_books_though_no_stolen_money_is_traced_there(
    unit: Any,
) -> None:
    recovery_id = unit.traced(70_000, left_minor=100_000)
    assert unit.file(recovery_id).holds[0].held_minor == 70_000
    assert checked(unit).differences == ()
