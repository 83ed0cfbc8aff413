"""Orders are made once, as bytes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from models.entities.hold import HoldKind
from models.facts import AccountRef
from models.ids import HoldId, canonical
from models.money import Money
from recovery_flows.errors import UnfitArgumentError
from recovery_flows.partners.rbp1 import wire

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PAYEE = AccountRef("bank-b", "6333", "Synthetic Payee")


def cny(amount: str) -> dict[str, str]:
    return {"currency": "CNY", "amount": amount}


def test_an_order_to_freeze_is_the_same_bytes_whenever_it_is_built() -> None:
    def build(expires_at: datetime) -> bytes:
        return wire.hold_body(
            HoldId("hold-1"),
            HoldKind.FREEZE,
            AccountRef("bank-a", "6222", "合成人"),
            Money(10_000, "CNY"),
            "mandate",
            expires_at=expires_at,
            supersedes="H-0",
        )

    raw = build(AT)
    assert raw == build(AT.astimezone(timezone(timedelta(hours=8))))
    assert raw == canonical(json.loads(raw))
    assert json.loads(raw) == {
        "orderRef": "hold-1",
        "kind": "freeze",
        "account": {"number": "6222", "holderName": "合成人"},
        "amount": cny("100.00"),
        "expiresAt": "2026-03-01T09:30:00Z",
        "supersedes": "H-0",
        "mandate": "mandate",
        "requestRef": None,
    }


def test_a_payout_names_the_payee_the_hold_and_the_decision() -> None:
    raw = wire.payout_body("payout-1", "H-1", Money(1200, "JPY"), PAYEE, "dec-1", "return")
    assert json.loads(raw) == {
        "orderRef": "payout-1",
        "holdId": "H-1",
        "amount": {"currency": "JPY", "amount": "1200"},
        "payee": {"bank": "bank-b", "number": "6333", "name": "Synthetic Payee"},
        "decisionRef": "dec-1",
        "remittance": "return",
    }


def test_a_release_always_carries_its_sum() -> None:
    part = json.loads(wire.release_body(Money(1, "CNY"), "wrong account"))
    assert part == {"amount": cny("0.01"), "reason": "wrong account"}
    queued = json.loads(wire.release_body(Money(0, "CNY"), "r"))
    assert queued["amount"] == cny("0.00")
    assert wire.release_path("H/1") == "/v1/holds/H%2F1/release"


def test_an_order_that_cannot_be_is_not_built() -> None:
    account, money = AccountRef("bank-a", "6222"), Money(1, "CNY")
    with pytest.raises(UnfitArgumentError, match="kind is a voluntary hold"):
        wire.hold_body(HoldId("h"), HoldKind.VOLUNTARY, account, money, "m")
    with pytest.raises(UnfitArgumentError, match="amount is not above zero"):
        wire.hold_body(HoldId("h"), HoldKind.STOP, account, Money(0, "CNY"), "m")
    naive = AT.replace(tzinfo=None)
    with pytest.raises(UnfitArgumentError, match="expires_at has no time zone"):
        wire.hold_body(HoldId("h"), HoldKind.FREEZE, account, money, "m", expires_at=naive)
