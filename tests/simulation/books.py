"""What a simulated bank has in its books: accounts with bookings, holds, payouts. No code of ours.

Sums are minor units of the account's currency, instants are aware. A resource remembers each of its
revisions as it stood, so that a rude feed can tell an old one again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

LIVE = ("HELD", "PARTIALLY_HELD")
WAITING = ("RECEIVED", "ACKNOWLEDGED", "QUEUED")
RATE = {("CNY", "GBP"): (1, 9), ("GBP", "CNY"): (9, 1)}
Json = dict[str, Any]


def exchanged(minor: int, of: str, to: str) -> int:
    """What so much of one currency is in another, rounded down."""
    if of == to:
        return minor
    up, down = RATE[of, to]
    return minor * up // down


def money(minor: int, currency: str) -> dict[str, str]:
    """Money on the wire."""
    if currency == "JPY":
        return {"currency": currency, "amount": str(minor)}
    sign, minor = "-" * (minor < 0), abs(minor)
    return {"currency": currency, "amount": f"{sign}{minor // 100}.{minor % 100:02}"}


def minor_of(told: Json) -> int:
    """Minor units of money on the wire (two decimals, yen have none)."""
    if told["currency"] == "JPY":
        return int(told["amount"])
    whole, _, rest = str(told["amount"]).partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)


def stamp(at: datetime | None) -> str | None:
    """An instant on the wire."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")


@dataclass(slots=True)
class Line:
    """One booking; `signed` is above zero for a credit."""

    seq: int
    at: datetime
    signed: int
    kind: str
    other: tuple[str, str, str] | None
    other_money: tuple[int, str] | None
    ref: str


@dataclass(slots=True)
class Account:
    """One account: its opening balance and all that was booked since."""

    number: str
    holder: str
    currency: str
    opening: int
    lines: list[Line] = field(default_factory=list)
    balance: int = 0

    def book(
        self,
        at: datetime,
        signed: int,
        kind: str,
        other: tuple[str, str, str] | None = None,
        other_money: tuple[int, str] | None = None,
        ref: str = "",
    ) -> None:
        """Add a booking."""
        line = Line(len(self.lines) + 1, at, signed, kind, other, other_money, ref)
        self.lines.append(line)
        self.balance += signed


@dataclass(slots=True)
class Resource:
    """A hold or a payout as the bank keeps it; `past` are its earlier revisions on the wire."""

    id: str
    order_ref: str
    status: str
    revision: int
    modified: datetime
    reason: str | None = None
    is_misquoted: bool = False
    is_untold: bool = False
    """Whether the feed keeps quiet about it as it is now: only who asks is told."""
    past: list[tuple[datetime, Json]] = field(default_factory=list)
    restated: tuple[datetime, Json] | None = None
    """What the feed says of it as well, under a revision that is not newer: its bank's mistake."""


@dataclass(slots=True, kw_only=True)
class Hold(Resource):
    """A hold: what was asked, what is held now (0 unless in force or converted)."""

    kind: str
    number: str
    holder: str
    currency: str
    requested: int
    held: int = 0
    acted: datetime | None = None
    expires: datetime | None = None
    supersedes: str | None = None
    told_currency: str = ""

    def json(self) -> Json:
        """The hold on the wire."""
        currency = self.told_currency or self.currency
        return {
            "type": "hold",
            "id": self.id,
            "revision": self.revision,
            "orderRef": self.order_ref,
            "kind": self.kind,
            "status": self.status,
            "account": {"number": self.number},
            "amountRequested": money(self.requested, currency),
            "amountHeld": money(self.held, currency),
            "actedAt": stamp(self.acted),
            "expiresAt": stamp(self.expires),
            "rejectionReason": self.reason,
            "lastModified": stamp(self.modified),
        }


@dataclass(slots=True, kw_only=True)
class Payout(Resource):
    """A payout: what was ordered, what went to the payee (`paid`) and left the hold (`debited`)."""

    hold_id: str
    ordered: int
    currency: str
    payee: tuple[str, str]
    paid: int = 0
    paid_currency: str = ""
    debited: int = 0
    debited_currency: str = ""
    booked: datetime | None = None

    def json(self) -> Json:
        """The payout on the wire; a settled one tells what was paid, not what was ordered."""
        settled = self.booked is not None
        amount = (self.paid, self.paid_currency) if settled else (self.ordered, self.currency)
        return {
            "type": "payout",
            "id": self.id,
            "revision": self.revision,
            "orderRef": self.order_ref,
            "status": self.status,
            "amount": money(*amount),
            "debited": money(self.debited, self.debited_currency) if settled else None,
            "bookedAt": stamp(self.booked),
            "bookingRef": f"B-{self.id}" if settled else "",
            "rejectionReason": self.reason,
            "lastModified": stamp(self.modified),
        }
