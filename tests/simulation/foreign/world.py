"""All of the foreign side of one history: who is there, what came by post, what money came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from models.engine import Database
from models.entities.partner import PartnerKind
from models.store.partners import register
from models.store.unit import unit_of_work
from tests.simulation.foreign.bodies import STORIES, Body
from tests.simulation.foreign.deaths import Deaths
from tests.simulation.foreign.doors import ForeignDoor, Turns
from tests.simulation.foreign.offices import Office
from tests.simulation.foreign.plan import Foreign
from tests.simulation.foreign.ruder import STORIES as RUDER
from tests.simulation.foreign.said import Clock
from tests.simulation.place import START, TOKEN, Place

BY_HAND = "by-hand"
_BODIES = {
    "police-gb": PartnerKind.POLICE, "authority-gb": PartnerKind.CENTRAL_AUTHORITY,
    "fiu-gb": PartnerKind.FIU,
}  # fmt: skip
_OFFICES = {
    "telecom": PartnerKind.TELECOM, "platform": PartnerKind.PLATFORM,
    "regulator": PartnerKind.AUTHORITY,
}  # fmt: skip


@dataclass(slots=True)
class Came:
    """Money from abroad on the unit's account: by which booking, how much, of which request."""

    booking: str
    minor: int
    at: datetime
    request: str


@dataclass(slots=True)
class Seen:
    """Up to where the oracle has looked: events that left, of clocks, of claims; messages."""

    left: int = 0
    climbed: int = 0
    contradicted: int = 0
    third: int = 0
    messages: int = 0
    summed: int = 0
    bodies: set[tuple[str, str]] = field(default_factory=set)
    heard: dict[str, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    came: dict[str, int] = field(default_factory=dict)
    parts: dict[str, Fraction] = field(default_factory=dict)


@dataclass(slots=True)
class ForeignWorld:
    """Bodies and offices by their ids; nothing at all in a history without the foreign side."""

    bodies: dict[str, Body] = field(default_factory=dict)
    offices: dict[str, Office] = field(default_factory=dict)
    doors: dict[str, ForeignDoor] = field(default_factory=dict)
    money: list[Came] = field(default_factory=list)
    entered: set[tuple[str, int]] = field(default_factory=set)
    """Papers of the post that were typed in: request and number."""
    third: dict[str, int] = field(default_factory=dict)
    is_ruder: bool = False
    keeps_apart: bool = False
    """Whether officers merge recoveries of one account late, or never before the end."""
    database: Database | None = None
    deaths: Deaths = field(default_factory=Deaths)

    @property
    def plays(self) -> bool:
        """Whether this history has a foreign side."""
        return bool(self.bodies)

    def all(self) -> Iterator[Body | Office]:
        """Everybody there."""
        yield from self.bodies.values()
        yield from self.offices.values()

    def settle_in(self, place: Place) -> None:
        """Register the partners, as an installation that has them does."""
        if not self.plays:
            return
        self.database = place.database
        with unit_of_work(place.database) as unit:
            for name, kind in (_BODIES | _OFFICES).items():
                abroad = name in _BODIES
                register(
                    unit, START, name, name=f"Synthetic {name}", regime="GB" if abroad else "CN",
                    currency="GBP" if abroad else "CNY", home=not abroad, kind=kind,
                    base_url=f"https://{name}.body.example", token=TOKEN,
                )  # fmt: skip

    def advance(self) -> None:
        """Let offices do what was due."""
        for office in self.offices.values():
            office.advance()

    def make_polite(self) -> None:
        """From now on nobody of them is rude."""
        self.keeps_apart = False
        for one in self.all():
            one.make_polite()

    def next_due(self, at: datetime) -> datetime | None:
        """When one of them says or does something."""
        times = (one.next_due(at) for one in self.all())
        return min((t for t in times if t), default=None)

    def told(self) -> Counter[str]:
        """What they did, by kind."""
        return sum((one.told for one in self.all()), Counter(self.deaths.died))

    def body_of(self, carrier: str) -> Body:
        """The body that has a request: the one with its connection, or the one by post."""
        return self.bodies[carrier or BY_HAND]


def foreign_world(
    plan: Foreign | None, now: Callable[[], datetime], between: Callable[[bool], Awaitable[None]]
) -> ForeignWorld:
    """The foreign side of a plan."""
    if plan is None:
        return ForeignWorld()
    names = (*_BODIES, BY_HAND)
    bodies = {
        n: Body(
            n,
            str(_BODIES.get(n, "post")),
            now,
            plan.seed,
            story=plan.story,
            stories=(*STORIES, *RUDER, *RUDER) if plan.is_ruder else STORIES,
            clock=Clock.of(f"{plan.seed} {n}") if plan.has_clocks else Clock(),
        )
        for n in names
    }
    if plan.is_ruder:
        for name in _BODIES:
            bodies[name].others = [bodies[n] for n in _BODIES if n > name]
    offices = {n: Office(n, str(kind), now, plan.seed) for n, kind in _OFFICES.items()}
    turns, deaths = Turns(plan.lost), Deaths(plan.dies)
    doors = {n: ForeignDoor(bodies[n], "GB", turns, between, deaths) for n in _BODIES}
    doors |= {n: ForeignDoor(offices[n], "CN", turns, between) for n in _OFFICES}
    return ForeignWorld(
        bodies, offices, doors, deaths=deaths, keeps_apart=plan.keeps_apart, is_ruder=plan.is_ruder
    )
