"""Claims by the hundred: each row its result against the banks' bookings, nothing half done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.facts import AccountRef, ReportFact
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.cases.claims import claim_page
from recovery_flows.cases.claim_actions import ImportResult, import_claims
from recovery_flows.errors import StepRefusedError
from recovery_flows.reports.ledger_check import ledger_check


def account(number: int) -> AccountRef:
    return AccountRef("bank-slow", f"9999{number:012}", f"Synthetic Victim {number}")


def told(unit: Any, number: int, minor: int = 10_000, **changes: Any) -> ReportFact:
    """An invented report of a payment from an account of its own to the mule."""
    first = unit.reports(1)[0]
    row = replace(
        first, row=number, external_ref=f"BULK-{number}", victim_name=f"Invented {number}",
        victim_account=account(number), amount=Money(minor, "CNY"),
        paid_at=unit.start + timedelta(minutes=number), end_to_end_id=f"B{number}",
        reported_at=unit.start + timedelta(hours=2),
    )  # fmt: skip
    return replace(row, **changes)


@pytest.fixture
def case(unit: Any, acts: Any) -> str:
    """One victim's recovery; the mule's statement shows 300 others' payments of 100.00 too."""
    (recovery_id,) = unit.report(unit.reports(1)[0])
    unit.accept(recovery_id)
    acts.decide(recovery_id)
    hold = unit.order(recovery_id)
    unit.approve(recovery_id)
    unit.bank_says(recovery_id, hold, 100_000)
    lines = [
        unit.line(n, 10_000, counter=account(n), at_hours=n / 60, ref=f"B{n}")
        for n in range(1, 301)
    ]
    lines.append(unit.line(301, 100_000, at_hours=6, ref="E1"))
    unit.trace(recovery_id, unit.statement(lines))
    return str(recovery_id)


def imported(unit: Any, case: str, rows: list[ReportFact], **more: Any) -> ImportResult:
    return import_claims(unit.case_officer(), case, rows, (), b"an invented file", **more)


def test_hundreds_of_rows_are_filed_and_verified_in_one_act(unit: Any, case: str) -> None:
    result = imported(unit, case, [told(unit, n) for n in range(1, 301)])
    assert result.counts() == {
        "accepted": 300, "unverified": 0, "over_booked": 0, "duplicate": 0, "unknown_payment": 0,
        "refused": 0,
    }  # fmt: skip
    assert (result.claimed, result.upheld) == (Money(3_000_000, "CNY"),) * 2
    states = [c.state for c in unit.file(case).claims]
    assert (len(states), set(states)) == (301, {"verified"})
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()
        page = claim_page(session, case, "", 200)
        rest = claim_page(session, case, page.after, 200)
        assert (len(page.lines), len(rest.lines), rest.after) == (200, 101, "")
        assert not {c.claim_id for c in page.lines} & {c.claim_id for c in rest.lines}
    assert verify(unit.database) == ()


def test_each_row_has_its_own_result(unit: Any, case: str) -> None:
    rows = [
        told(unit, 1),
        told(unit, 2, 12_000),
        told(unit, 3, external_ref="SYN-1"),
        told(unit, 1, row=4, external_ref="BULK-1-again"),
        told(unit, 500),
        told(unit, 6, payee_account=AccountRef("bank-home", "9999000000000099")),
        told(unit, 7, amount=Money(100, "USD")),
        told(unit, 8, victim_account=AccountRef("nobody", "9999000000000099")),
        told(unit, 501, row=9, paid_at=unit.start + timedelta(hours=49)),
    ]
    result = imported(unit, case, rows)
    assert [(r.row, str(r.result)) for r in result.rows] == [
        (1, "accepted"), (2, "over_booked"), (3, "duplicate"), (4, "duplicate"),
        (6, "refused"), (7, "refused"), (8, "refused"), (9, "unverified"), (500, "unknown_payment"),
    ]  # fmt: skip
    said = {r.row: r.why for r in result.rows}
    assert said[2] == "claimed CNY 120.00, the bank booked CNY 100.00"
    assert said[3] == "external_ref is in R-2026-0001 already"
    assert said[4] == "its booking is claimed by row 1"
    assert "file it with `recovery intake reports`" in said[6]
    assert said[7] == "currency is USD, the loss of R-2026-0001 is in CNY"
    assert said[8] == "victim_bank 'nobody' is not a registered partner"
    over = [d for d in unit.file(case).discrepancies if d.kind == "claim_above_booked"]
    assert [(d.expected_minor, d.stated_minor) for d in over] == [(12_000, 10_000)]
    assert sorted(c.upheld_minor for c in unit.file(case).claims) == [0, 10_000, 10_000, 100_000]


def test_a_claim_for_another_account_than_the_one_that_paid_is_refused(
    unit: Any, case: str
) -> None:
    before = len(unit.file(case).claims)
    result = imported(unit, case, [told(unit, 5, victim_account=account(6))])
    (row,) = result.rows
    assert str(row.result) == "refused"
    assert len(unit.file(case).claims) == before


def test_the_same_transfer_claimed_by_another_is_found_and_owned(unit: Any, case: str) -> None:
    imported(unit, case, [told(unit, 1)])
    twin = told(unit, 1, external_ref="OTHER-1", victim_name="Invented Agent")
    result = imported(unit, case, [twin])
    assert [str(r.result) for r in result.rows] == ["duplicate"]
    (found,) = [d for d in unit.file(case).discrepancies if d.kind == "claimed_twice"]
    assert (found.state, found.expected_minor) == ("open", 10_000)
    assert len(unit.file(case).claims) == 2
    imported(unit, case, [twin])
    assert len([d for d in unit.file(case).discrepancies if d.kind == "claimed_twice"]) == 1


UNBOOKED = 49
"""Hours after the beginning: no statement reaches so far."""


def unbooked(unit: Any, row: int, minutes: int, **changes: Any) -> ReportFact:
    """A row about a payment that no statement covers, each of one payer to the mule."""
    at = unit.start + timedelta(hours=UNBOOKED, minutes=minutes)
    more = {"row": row, "external_ref": f"ROW-{row}", "paid_at": at, "end_to_end_id": ""}
    return told(unit, 700, **(more | changes))


@pytest.mark.parametrize(
    ("minutes", "changes", "second"),
    [
        (1, {}, "duplicate"),
        (60, {}, "duplicate"),
        (61, {}, "unverified"),
        (1, {"amount": Money(9_999, "CNY")}, "unverified"),
        (1, {"victim_account": account(701)}, "unverified"),
        (1, {"end_to_end_id": "X2"}, "duplicate"),
        (300, {"external_ref": "ROW-1"}, "duplicate"),
    ],
)
def test_two_rows_of_one_file_about_one_payment_are_one_claim(
    unit: Any, case: str, minutes: int, changes: dict[str, Any], second: str
) -> None:
    rows = [unbooked(unit, 1, 0), unbooked(unit, 2, minutes, **changes)]
    result = imported(unit, case, rows)
    assert [str(r.result) for r in result.rows] == ["unverified", second]
    taken = 1 + (second == "unverified")
    assert len(unit.file(case).claims) == 1 + taken
    assert result.claimed.minor == sum(row.amount.minor for row in rows[:taken])
    owned = [d for d in unit.file(case).discrepancies if d.kind == "claimed_twice"]
    assert len(owned) == (second == "duplicate" and "external_ref" not in changes)


def test_rows_with_one_reference_are_one_payment_whatever_they_say_of_its_sum(
    unit: Any, case: str
) -> None:
    rows = [
        unbooked(unit, 1, 0, end_to_end_id="X1"),
        unbooked(unit, 2, 500, end_to_end_id="x1", amount=Money(5_000, "CNY")),
        unbooked(unit, 3, 1, end_to_end_id="X3"),
    ]
    result = imported(unit, case, rows)
    assert [str(r.result) for r in result.rows] == ["unverified", "duplicate", "unverified"]
    assert result.rows[1].why == "the payment is claimed by row 1"


def test_a_payment_that_another_recovery_has_is_not_claimed_here_too(unit: Any, case: str) -> None:
    (other,) = unit.report(told(unit, 1, external_ref="FILED-ALONE"))
    result = imported(unit, case, [told(unit, 1), told(unit, 2)])
    assert [str(r.result) for r in result.rows] == ["duplicate", "accepted"]
    ref = unit.file(other).recovery.ref
    assert result.rows[0].why.startswith(f"the payment is already reported as {ref}; if it is")


def test_a_dry_run_says_the_same_and_keeps_nothing(unit: Any, case: str) -> None:
    before = unit.file(case), unit.one("SELECT count(*) FROM event")
    rows = [told(unit, 1), told(unit, 2, 12_000), told(unit, 500)]
    dry = imported(unit, case, rows, dry_run=True)
    assert (unit.file(case), unit.one("SELECT count(*) FROM event")) == before
    assert imported(unit, case, rows).rows == dry.rows


def test_a_file_taken_twice_adds_nothing(unit: Any, case: str) -> None:
    rows = [told(unit, n) for n in range(1, 6)]
    imported(unit, case, rows)
    again = imported(unit, case, rows)
    assert {str(r.result) for r in again.rows} == {"duplicate"}
    assert len(unit.file(case).claims) == 6
    assert not [d for d in unit.file(case).discrepancies if d.kind == "claimed_twice"]


def test_a_recovery_that_nobody_accepted_takes_no_claims(unit: Any) -> None:
    (recovery_id,) = unit.report(unit.reports(1)[0])
    with pytest.raises(StepRefusedError, match="accept it before claims come"):
        imported(unit, recovery_id, [told(unit, 1)])
