"""What invented victims report, and what the bank of an invented mule states."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from models.facts import (
    AccountRef,
    Direction,
    LineFact,
    LineKind,
    ReportFact,
    StatementFact,
)
from models.money import Money

START = datetime(2026, 3, 2, tzinfo=UTC)
HOME, SLOW, ABROAD = "bank-home", "bank-slow", "bank-abroad"
VICTIM = AccountRef(SLOW, "9999000000000002", "Synthetic Victim")
MULE = AccountRef(HOME, "9999000000000001", "Synthetic Mule")
SECOND = AccountRef(HOME, "9999000000000005", "Synthetic Second Mule")


def report(number: int = 1, minor: int = 100_000, **changes: object) -> ReportFact:
    """An invented report of one payment to the mule."""
    fields: dict[str, object] = {
        "row": number,
        "external_ref": f"SYN-{number}",
        "victim_name": f"Invented Victim {number}",
        "victim_contact": f"invented-{number}@example.org",
        "victim_account": VICTIM,
        "payee_account": MULE,
        "amount": Money(minor, "CNY"),
        "paid_at": START + timedelta(hours=number),
        "reported_at": START + timedelta(hours=number + 1),
        "end_to_end_id": f"E{number}",
    }
    return ReportFact(**(fields | changes))  # type: ignore[arg-type]


def line(
    seq: int, minor: int, *, counter: AccountRef | None = VICTIM, at_hours: float = 1, **more: str
) -> LineFact:
    """A booking at the mule: a credit above zero, a debit below."""
    return LineFact(
        booked_at=START + timedelta(hours=at_hours),
        seq=seq,
        direction=Direction.CREDIT if minor > 0 else Direction.DEBIT,
        amount=Money(abs(minor), "CNY"),
        kind=LineKind.TRANSFER if counter else LineKind.CASH,
        counter=counter,
        end_to_end_id=more.get("ref", ""),
    )


def statement(
    lines: Sequence[LineFact], *, account: AccountRef = MULE, to_hours: float = 48
) -> StatementFact:
    """A statement from the start on, opening at zero, that sums up."""
    sums = sum(x.amount.minor * (1 if x.direction is Direction.CREDIT else -1) for x in lines)
    return StatementFact(
        account=account,
        covers_from=START - timedelta(days=30),
        covers_to=START + timedelta(hours=to_hours),
        opening=Money(0, "CNY"),
        closing=Money(sums, "CNY"),
        lines=tuple(lines),
    )
