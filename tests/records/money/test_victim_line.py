"""What one victim is told: five plain lines at every stage, and nothing of anybody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from recovery_flows.cases.views.victim_line import VictimLine, victim_line

ZONE = "Asia/Shanghai"


def told(unit: Any, recovery_id: str, number: int = 0) -> VictimLine:
    file = unit.file(recovery_id)
    claims = sorted(file.claims, key=lambda claim: claim.paid_at)
    return victim_line(file, claims[number], unit.now, ZONE)


def test_the_five_lines_follow_a_claim_from_report_to_order(unit: Any) -> None:
    (first,) = unit.report(*unit.reports(1))
    assert told(unit, first).lines[0] == (
        "Your report: R-2026-0001 of 02 Mar 2026: your loss of CNY 1,000.00 is being verified."
    )
    assert told(unit, first).lines[3].endswith("an officer takes your report on.")
    unit.accept(first)
    assert told(unit, first).lines[3].endswith("banks are told to hold the money.")


def test_a_paid_claim_is_told_what_came_and_what_is_on_its_way(unit: Any, acts: Any) -> None:
    recovery_id = acts.decided()
    assert "a second person decides" in told(unit, recovery_id).lines[3]
    unit.approve(recovery_id)
    asked = told(unit, recovery_id)
    assert asked.lines[2] == (
        "Paid back to you: CNY 0.00 of CNY 1,000.00; CNY 700.00 more is decided or prepared."
    )
    assert asked.lines[3].endswith("the bank was told to pay you.")
    (payout,) = unit.file(recovery_id).payouts
    acts.settle(recovery_id, payout.id)
    paid = told(unit, recovery_id)
    assert (paid.paid_minor, paid.under_way_minor, paid.upheld_minor) == (70_000, 0, 100_000)
    assert paid.lines[2] == "Paid back to you: CNY 700.00 of CNY 1,000.00."


def test_the_end_of_the_objections_is_told_as_a_day_of_the_law(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(3, 200_000, until="notice")
    end = unit.file(recovery_id).allocations[-1].notice_to
    day = f"{end + timedelta(hours=8):%d %b %Y}"
    assert f"until {day} you may object" in told(unit, recovery_id).lines[3]


def test_no_line_holds_a_name_an_account_a_bank_or_another_claim(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(3, 200_000, until="notice")
    file = unit.file(recovery_id)
    claims = sorted(file.claims, key=lambda claim: claim.paid_at)
    others = [word for claim in claims[1:] for word in (claim.id, claim.victim_account_id)]
    text = "\n".join(told(unit, recovery_id).lines)
    assert len(text.splitlines()) == 5
    secret = [
        "9999",
        "Synthetic",
        "Invented",
        "bank-",
        *others,
        *(a.account_id for a in file.assets),
    ]
    assert [word for word in secret if word in text] == []
