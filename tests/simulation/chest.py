"""The unit's own account, kept at a bank that writes letters: what came in, and what it paid on.

Beside it what reached victims by others: insurers, recalls, the treasury.

No code of the program is used here. Sums are minor units of CNY. A letter is answered in its own
time; until then, and until its answer was typed and seen by two people, nobody at the unit knows.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.ordered import Ordered

TREASURY, OURS = "treasury", "U1"
STATE = ("east", "T1")
INSURERS = (("east", "I1"), ("east", "I2"))
_WAYS = ("settled", "settled", "settled", "short", "refused", "returned")
_HOURS = (0, 0, 3, 40)


@dataclass(slots=True)
class Letter:
    """An order that the bank has: what it is to pay, and what it will say, when."""

    subject: str
    kind: str
    minor: int
    answered: datetime
    says: str


@dataclass(slots=True)
class Chest:
    """`credits` by booking is what really came in; `paid` by payout is what really went out."""

    credits: dict[str, int] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)
    insured: dict[tuple[str, str], int] = field(default_factory=dict)
    """By claim and payer: what an insurer has really paid the victim."""
    recalled: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By booking: which recall really brought the victim how much."""
    reversed: set[str] = field(default_factory=set)
    """The bookings of these that the bank has really taken back."""
    refunded: dict[str, int] = field(default_factory=dict)
    """By share: what the treasury has really paid to a late payee."""
    orders: Ordered = field(default_factory=Ordered)
    polite: bool = False

    @property
    def now_recalled(self) -> dict[str, int]:
        """By booking: what recalls brought and no bank has taken back."""
        return {b: minor for b, (_, minor) in self.recalled.items() if b not in self.reversed}

    def take(self, call: str, subject: str, kind: str, minor: int, at: datetime) -> None:
        """A letter has arrived; how rude its answer is hangs on its number."""
        dice = zlib.crc32(call.encode())
        says = "settled" if self.polite or kind != "payout" else _WAYS[dice % len(_WAYS)]
        late = 0 if self.polite else _HOURS[dice // 7 % len(_HOURS)]
        self.letters[call] = Letter(subject, kind, minor, at + timedelta(hours=late), says)

    def answer(self, call: str, at: datetime) -> dict[str, str] | None:
        """What the bank writes of an order, once it has acted on it; None before."""
        letter = self.letters[call]
        if letter.answered > at:
            return None
        if letter.kind == "release":
            if letter.minor:
                return {"state": "held", "amount": _spelled(letter.minor)}
            return {"state": "released"}
        if letter.says in ("refused", "returned"):
            return {"state": letter.says, "reason": "OTHER"}
        paid = letter.minor // 2 if letter.says == "short" else letter.minor
        if not paid:
            return {"state": "refused", "reason": "OTHER"}
        self.paid[letter.subject] = paid
        return {
            "state": "settled", "booking_ref": f"B-{call[-6:]}", "amount": _spelled(paid),
            "booked_at": letter.answered.isoformat(),
        }  # fmt: skip

    def next_due(self, at: datetime) -> datetime | None:
        """When the next answer comes, or money that was ordered back."""
        answers = [x.answered for x in self.letters.values() if x.answered > at]
        back = self.orders.next_due(at)
        return min([*answers, back] if back else answers, default=None)


def _spelled(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"
