"""What a court has ordered, and what was ordered back: the papers, and what payees really pay.

No code of the program is used here. Sums are minor units of CNY. What comes back arrives on the
unit's own account in its own time; until an officer has entered it nobody at the unit counts it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WRONG_PAYEE, TOO_MUCH = "wrong_payee", "too_much"
_DAYS = ((2,), (2, 12), (9,), (120,), ())
"""After how many days the parts come; those of the last payee never do."""


@dataclass(slots=True)
class Part:
    """Money that a payee gives back: its booking on the unit's account, its sum, when it comes."""

    booking: str
    minor: int
    at: datetime


@dataclass(slots=True)
class Demand:
    """An order to give money back: of which payout, how much, why, and what its payee pays.

    One that `is_true` not was asked for by mistake: the payout was right.
    """

    payout: str
    minor: int
    ground: str
    is_true: bool
    parts: list[Part] = field(default_factory=list)

    def came(self, at: datetime) -> int:
        """What has come back until an instant."""
        return sum(part.minor for part in self.parts if part.at <= at)


@dataclass(slots=True)
class Ordered:
    """The lists of courts by their reference, as they stand on paper, and the demands by id."""

    lists: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    """The rows of a list: a claim ("" for somebody whom the unit does not know) and a sum."""
    demands: dict[str, Demand] = field(default_factory=dict)

    def demand(self, name: str, demand: Demand, at: datetime) -> None:
        """A payee is told to give money back; what he does hangs on the order's id."""
        self.demands[name] = demand
        if not demand.is_true:
            return
        dice = zlib.crc32(name.encode())
        days = _DAYS[dice % len(_DAYS)]
        half, is_short = demand.minor // 2, dice // 7 % 4 == 0
        for number, day in enumerate(days):
            minor = demand.minor if len(days) == 1 else (half, demand.minor - half)[number]
            if number and is_short:
                break  # the other half never comes
            if dice // 31 % 8 == 0:
                minor = minor * 3 // 2  # he gives back more than he was asked for
            if minor:
                arrives = at + timedelta(days=day, hours=1 + dice % 5)
                demand.parts.append(Part(f"C-{name[-8:]}-{number}", minor, arrives))

    def not_with_victim(self, payout: str, at: datetime) -> int:
        """What of a payout its victim never had, or has given back until an instant."""
        ours = [d for d in self.demands.values() if d.payout == payout and d.is_true]
        return sum(d.minor if d.ground == WRONG_PAYEE else d.came(at) for d in ours)

    def next_due(self, at: datetime) -> datetime | None:
        """When the next part comes."""
        parts = [part.at for demand in self.demands.values() for part in demand.parts]
        return min((one for one in parts if one > at), default=None)
