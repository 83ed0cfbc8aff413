"""The paths that a camt reader says it looks at are those that it looks at."""

from __future__ import annotations

from recovery_flows.intake.statements.camt_entry import (
    READ_OF_ENTRY,
    READ_OF_PAYMENT,
    entries_of,
)

AMOUNTS = {"CdtDbtInd": "CRDT", "Amt": "1.00", "Amt@Ccy": "EUR"}


class Asked(dict[str, str]):
    """Fields that remember which ones were asked for."""

    def __init__(self, *given: dict[str, str]) -> None:
        super().__init__(*given)
        self.names: set[str] = set()

    def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
        self.names.add(name)
        return super().get(name, default)  # type: ignore[call-overload]

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return super().__getitem__(name)


def asked_for(direction: str) -> tuple[set[str], set[str]]:
    """What is looked at in an entry and in a payment, of one payment and of two."""
    entries: set[str] = set()
    payments: set[str] = set()
    for count in (1, 2):
        fields = Asked(AMOUNTS | {"CdtDbtInd": direction})
        details = [Asked(AMOUNTS if count == 2 else {}) for _ in range(count)]
        entries_of(fields, details, "EUR", 1)
        entries |= fields.names
        payments |= {name for detail in details for name in detail.names}
    return entries, payments


def test_what_is_said_to_be_unread_is_never_looked_at_and_all_else_is() -> None:
    found = [asked_for(direction) for direction in ("CRDT", "DBIT")]
    # Of an amount its currency is asked for first.
    entry = {name.removesuffix("@Ccy") for names, _ in found for name in names}
    payment = {name.removesuffix("@Ccy") for _, names in found for name in names}
    assert entry == READ_OF_ENTRY
    assert payment == READ_OF_PAYMENT
