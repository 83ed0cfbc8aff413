"""What a body of another State has of a request, what it says of it, and how it dates that.

No code of the program is used here.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.books import Json

_DAY = timedelta(days=1)
_APART = (
    timedelta(0), timedelta(0), timedelta(minutes=4), timedelta(minutes=-4), timedelta(minutes=12),
    timedelta(minutes=-12), timedelta(hours=5), timedelta(hours=-5), 3 * _DAY, -3 * _DAY, 40 * _DAY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: when it is given, what it says, and the paper that says it."""

    at: datetime
    says: str
    ground: str = ""
    minor: int = 0
    until: datetime | None = None
    review: datetime | None = None
    paper: bytes = b""


@dataclass(frozen=True, slots=True)
class Early:
    """Money that a body says to have paid before it says that anything was done."""

    booking: str
    at: datetime
    minor: int
    currency: str


@dataclass(slots=True)
class Asked:
    """A request as a body has it, and what it says of it, the first one first.

    `swapped` is the instant from which another paper lies behind its first answer.
    """

    ref: str
    channel: str
    wanted: str
    minor: int
    currency: str
    came: datetime
    body: Json
    story: str = ""
    answers: list[Said] = field(default_factory=list)
    receipts: list[tuple[str, datetime]] = field(default_factory=list)
    swapped: datetime | None = None
    messages: list[tuple[Json, datetime]] = field(default_factory=list)
    early: list[Early] = field(default_factory=list)

    def by(self, at: datetime) -> list[Said]:
        """What it has said by an instant."""
        return [said for said in self.answers if said.at <= at]


@dataclass(frozen=True, slots=True)
class Clock:
    """A body's clock against ours: all of it is apart, and now and then somebody types a date."""

    apart: timedelta = timedelta(0)
    seed: str = ""

    @classmethod
    def of(cls, seed: str) -> Clock:
        """A clock minutes to days ahead, or behind; some are right."""
        return cls(random.Random(f"clock {seed}").choice(_APART), seed)  # noqa: S311 - a story

    def stamp(self, at: datetime, name: str) -> datetime:
        """How an instant is dated in what is called `name`, always the same."""
        if not self.seed:
            return at
        dice = random.Random(f"date {self.seed} {name}")  # noqa: S311 - a story, no secret
        typed = dice.choice(_APART) if dice.random() < 0.3 else timedelta(0)
        return at + self.apart + typed


RIGHT = Clock()
"""The clock of a body that dates all as we do."""
