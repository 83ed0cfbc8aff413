"""What banks and we have done in the end: each thing once, each answer kept."""

from __future__ import annotations

from typing import Any

from models.action_kinds import ActionKind
from models.entities.discrepancy import DiscrepancyKind, DiscrepancyState
from models.store.documents import place_of
from tests.faults.sending import partners

NUMBERS = {
    "bank-home": "9999000000000001",
    "bank-slow": "9999000000000002",
    "bank-abroad": "9999000000000003",
}


def was_kept(unit: Any, part: bytes) -> bool:
    """Whether an answer with these bytes in it is among the documents, as it came."""
    with unit.database.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT digest, body_sealed FROM document")
        open_bytes = unit.database.vault.open_bytes
        return any(part in open_bytes(sealed, place_of(digest)) for digest, sealed in rows)


def assert_one_effect_each(unit: Any) -> None:
    """What the banks' own books show was ordered by us, each thing once."""
    file = unit.file()
    ours = {row.id for row in (*file.holds, *file.payouts, *file.tasks)}
    there: list[str] = []
    paid: list[str] = []
    for bank in unit.sandbox.banks:
        there += [task["taskRef"] for task in partners.told(unit, bank)]
        if bank not in NUMBERS:
            continue
        book = unit.sandbox.book(bank, NUMBERS[bank])
        there += [r["orderRef"] for r in (*book["holds"], *book["payouts"])]
        paid += [b["endToEndId"] for b in book["bookings"] if b["kind"] == "PAYOUT"]
    assert len(there) == len(set(there))
    assert set(there) <= ours
    # Once where it leaves, once where it arrives.
    assert all(paid.count(ref) == 2 for ref in paid)


def assert_two_figures(unit: Any, before: int, last: int) -> None:
    """One revision was shown with two figures: a person looks, and nothing else is asked first."""
    found = unit.file().discrepancies
    kind = DiscrepancyKind.AMOUNT_DIFFERS
    told = [(d.expected_minor, d.stated_minor) for d in found if d.kind is kind]
    assert told == [(before, last)]
    # The first figure may have been less than our own orders explain: that is looked into too.
    assert {d.kind for d in found} <= {kind, DiscrepancyKind.HOLD_FELL}
    assert {d.state for d in found} == {DiscrepancyState.OPEN}
    assert unit.page().steps[0].action == ActionKind.RESOLVE_DISCREPANCY
