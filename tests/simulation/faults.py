"""How a bank can be rude: on which occasion, at which turn, in what way."""

from __future__ import annotations

from dataclasses import dataclass

KINDS: dict[str, tuple[str, ...]] = {
    # An order: what happens to the exchange. "_after" was carried out all the same.
    "order": (
        "lost_after", "lost_before", "down", "html_before", "html_after", "408_after",
        "409_after", "413_after", "499_after", "500_before", "500_after", "busy", "many",
        "garbage_after", "yen_answer",
    ),
    "read": ("down", "html", "busy", "garbage", "lost"),
    "statement": ("forbidden", "partial", "garbage", "short"),
    "hold": (
        "part", "none", "refuse OTHER", "refuse NAME_MISMATCH", "refuse ALREADY_FROZEN",
        "refuse ACCOUNT_CLOSURE", "yen", "late", "never", "lets_go", "prolongs", "shortens",
        "falls", "grows", "queue",
    ),
    "payout": (
        "short", "refuse OTHER", "refuse ACCOUNT_CLOSURE", "refuse NO_BALANCE",
        "refuse SETTLES_LATER", "returned", "yen", "late", "never", "quiet",
    ),
    "release": ("refuse",),
    "extend": ("refuse",),
    "feed": ("twice", "backwards", "stranger", "restated", "renumbered"),
}  # fmt: skip


ODD_SUMS = ("coin", "doubled")
"""Payouts of a coin too little, or of twice the sum; drawn apart from the others."""


KEPT = "kept"
"""An order to pay that a bank says it cannot read now, and carries out later all the same, whatever
became of the decision meanwhile; drawn apart from the others."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The `nth` time (0: every time) that `occasion` comes at `bank`, it does `kind`."""

    bank: str
    occasion: str
    nth: int
    kind: str
    hours: float = 0

    def __str__(self) -> str:
        turn = "every time" if not self.nth else f"time {self.nth}"
        hours = f", {self.hours:g} h" if self.hours else ""
        return f"{self.bank}: {self.occasion} {turn}: {self.kind}{hours}"
