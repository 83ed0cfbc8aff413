"""JSON of invented shapes: real keys with wrong values, twice, nested, or under another name."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from bench.fuzz.dice import Dice, encoded

Pairs = list[tuple[str, Any]]
_BARE = ("1e999999999", "NaN", "-0", "1.5", "9" * 40, "true", "null", "-Infinity", "2", "0.1")


class Bare(str):
    """A text that is written without quotes."""

    __slots__ = ()


def spelled(dice: Dice, value: Any) -> str:  # noqa: ANN401 - any JSON
    """A value as JSON; a list of pairs is an object, whose names may be there twice."""
    if isinstance(value, Bare):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=dice.chance(2))
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        return "{" + ",".join(f"{spelled(dice, n)}:{spelled(dice, v)}" for n, v in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(spelled(dice, v) for v in value) + "]"
    return json.dumps(value)


def odd(dice: Dice, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON
    """A value of any kind, nested a little."""
    kind = dice.randrange(10)
    if kind < 4:
        return dice.value()
    if kind < 6 or depth > 4:
        return Bare(dice.of(_BARE))
    if kind < 8:
        return [odd(dice, depth + 1) for _ in range(dice.few(4))]
    return [(dice.word(), odd(dice, depth + 1)) for _ in range(1 + dice.few(3))]


def shaken(dice: Dice, pairs: Pairs, one_in: int = 8) -> Pairs:
    """An object with some of its fields wrong, missing, twice or renamed."""
    found: Pairs = []
    for name, value in pairs:
        fate = int(dice.random() * one_in) if dice.is_odd() else 9
        if fate == 0:
            found.append((name, odd(dice)))
        elif fate == 1:
            found += [(name, value), (name, odd(dice))]
        elif fate == 2:
            found.append((dice.of((name.upper(), f" {name}", dice.word())), value))
        elif fate != 3:
            found.append((name, value))
    if dice.is_odd() and dice.chance(2):
        found.append((dice.word(), odd(dice)))
    return found


def bank_json(dice: Dice) -> bytes:
    """Transactions as banks give them to other programs."""
    account = shaken(dice, [("iban", dice.word()), ("currency", dice.currency()), ("name", "A")])
    booked: Any = [_row(dice) for _ in range(dice.few(5))]
    pending: Any = [_row(dice) for _ in range(dice.few(2))]
    balances = [
        shaken(dice, [("balanceAmount", _money(dice)), ("referenceDate", dice.day()),
                      ("balanceType", dice.of(("openingBooked", "closingBooked", "x")))])
        for _ in range(dice.few(3))
    ]  # fmt: skip
    inner = shaken(dice, [("booked", booked), ("pending", pending)])
    body = shaken(
        dice, [("account", account), ("transactions", inner), ("balances", balances)]
    )  # fmt: skip
    while dice.is_odd():
        body = [(dice.word(), body), (dice.word(), odd(dice))]
    return encoded(dice, spelled(dice, body))


def _row(dice: Dice) -> Any:  # noqa: ANN401 - any JSON
    side = dice.of(("debtor", "creditor"))
    return shaken(dice, [
        ("transactionAmount", _money(dice)), ("bookingDate", dice.day()), ("valueDate", dice.day()),
        ("transactionId", dice.word()), ("endToEndId", dice.word()),
        (f"{side}Name", dice.word()), (f"{side}Account", [("iban", dice.word())]),
        ("remittanceInformationUnstructured", dice.word()),
    ])  # fmt: skip


def _money(dice: Dice) -> Any:  # noqa: ANN401 - any JSON
    amount = Bare(dice.of(_BARE)) if dice.is_odd() else dice.amount()
    return shaken(dice, [("currency", dice.currency()), ("amount", amount)], 12)


def _sum(dice: Dice) -> Any:  # noqa: ANN401 - any JSON
    amount = f"{dice.randrange(10**6)}.{dice.randrange(100):02}"
    return shaken(dice, [("currency", "CNY"), ("amount", amount)], 12)


def _at(dice: Dice) -> str:
    return dice.day() if dice.is_odd() else f"2026-03-02T10:{dice.randrange(60):02}:00Z"


def _hold(dice: Dice) -> Pairs:
    return [
        ("type", "hold"), ("id", "H-1"), ("revision", dice.randrange(9)), ("orderRef", "hold-1"),
        ("status", dice.of(("HELD", "REFUSED", "RECEIVED"))), ("amountRequested", _sum(dice)),
        ("amountHeld", _sum(dice)), ("actedAt", _at(dice)), ("expiresAt", None),
        ("rejectionReason", dice.of((None, "OTHER"))), ("lastModified", _at(dice)),
    ]  # fmt: skip


def _payout(dice: Dice) -> Pairs:
    return [
        ("type", "payout"), ("id", "P-1"), ("revision", 1), ("orderRef", "pay-1"),
        ("status", dice.of(("SETTLED", "RETURNED"))), ("amount", _sum(dice)), ("debited", None),
        ("bookedAt", _at(dice)), ("bookingRef", dice.word()), ("rejectionReason", None),
        ("lastModified", _at(dice)),
    ]  # fmt: skip


def _task(dice: Dice) -> Pairs:
    body = dice.word().encode("utf-8", "replace")
    answer: Pairs = [
        ("number", 1), ("at", _at(dice)), ("status", "DONE"),
        ("document", base64.b64encode(body).decode()),
        ("sha256", hashlib.sha256(body).hexdigest()), ("mediaType", "text/plain"),
    ]  # fmt: skip
    return [
        ("type", "task"), ("id", "T-1"), ("revision", 1), ("taskRef", "task-1"), ("status", "DONE"),
        ("preservedUntil", None), ("refusalReason", None), ("answers", [shaken(dice, answer)]),
        ("lastModified", _at(dice)),
    ]  # fmt: skip


def _page(dice: Dice) -> Pairs:
    lines, total = [], 0
    for number in range(dice.few(4)):
        amount = dice.randrange(10**6)
        total += amount
        lines.append(shaken(dice, [
            ("seq", number), ("bookedAt", _at(dice)), ("creditDebit", "CRDT"),
            ("amount", _cny(amount)), ("kind", "TRANSFER"), ("counterparty", None),
            ("counterAmount", None), ("endToEndId", dice.word()),
        ]))  # fmt: skip
    return [
        ("responseDetails", [("status", "complete")]),
        ("account", [("number", "99990001"), ("currency", "CNY")]), ("fromDate", _at(dice)),
        ("toDate", _at(dice)), ("opening", _cny(5)), ("closing", _cny(total + 5)),
        ("transactions", lines), ("links", [[("rel", "next"), ("href", dice.word())]]),
    ]  # fmt: skip


def _cny(minor: int) -> Pairs:
    return [("currency", "CNY"), ("amount", f"{minor // 100}.{minor % 100:02}")]


def _capabilities(dice: Dice) -> Pairs:
    limits = [("holds", [("perMinute", 60), ("burst", 10)])]
    return [
        ("profile", "RBP/1"), ("bankId", "bank-a"), ("name", dice.word()), ("jurisdiction", "CN"),
        ("currency", "CNY"), ("minPollSeconds", 30), ("limits", limits),
    ]  # fmt: skip


def _account(dice: Dice) -> Pairs:
    balance = [("booked", _sum(dice)), ("held", _sum(dice)), ("asOf", _at(dice))]
    return [("account", [("number", "99990001"), ("currency", "CNY")]), ("balance", balance)]


def _call(dice: Dice) -> Pairs:
    return [
        ("idempotencyKey", "key-1"), ("status", "DONE"), ("responseStatus", 200),
        ("response", odd(dice)),
    ]  # fmt: skip


def _daily(dice: Dice) -> Pairs:
    row: Pairs = [
        ("date", dice.day() if dice.is_odd() else "2026-03-02"), ("currency", "CNY"),
        ("amountHeld", _sum(dice)), ("holds", 1),
        ("paidOut", _sum(dice)), ("payouts", 1),
    ]  # fmt: skip
    return [
        ("responseDetails", [("status", "complete")]), ("timeZone", "Asia/Shanghai"),
        ("fromDate", "2026-03-02"), ("toDate", "2026-03-02"), ("days", [shaken(dice, row)]),
    ]  # fmt: skip


def _problem(dice: Dice) -> Pairs:
    return [("type", f"urn:x/{dice.word()}"), ("title", dice.word()), ("status", 422)]


ANSWERS = {
    "hold": _hold, "payout": _payout, "task": _task, "statement": _page,
    "capabilities": _capabilities, "balance": _account, "call": _call, "daily": _daily,
    "problem": _problem,
}  # fmt: skip
"""The answers of the profile by what they are about, each with all of its fields."""


def answer(dice: Dice, kind: str) -> bytes:
    """One answer of a partner, some of it not as the profile has it."""
    return encoded(dice, spelled(dice, shaken(dice, ANSWERS[kind](dice))))


def feed(dice: Dice) -> bytes:
    """A page of the change feed with items of all kinds."""
    items = [
        odd(dice) if dice.is_odd() else shaken(dice, dice.of((_hold, _payout, _task))(dice))
        for _ in range(dice.few(5))
    ]
    body: Pairs = [("items", items), ("hasMoreElements", Bare("false")), ("links", [])]
    return encoded(dice, spelled(dice, shaken(dice, body)))
