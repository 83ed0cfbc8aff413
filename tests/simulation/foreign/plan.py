"""What a history of the foreign side has besides: bodies, and what people do of their accord."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.plan import Payment, Plan, Tick

FIRST = 90_000_000
"""Seeds from here on play the foreign side."""
SCENES = 95_000_000
"""Seeds from here on play it with little else: one story for all bodies, long waits, few whims."""
OTHERS = 95_500_000
"""Seeds from here on play third parties who claim what is held, and offices that are denied."""
DYING = 96_000_000
"""Seeds from here on are either, and engines die on the way of what goes to bodies."""
CLOCKS = 97_000_000
"""Seeds from here on are a scene or a free one; bodies date what they say by clocks of theirs."""
RUDER = 98_000_000
"""Seeds from here on are merged between any two steps, or traced again and again (`meetings`)."""
OF_ORDERS = ("unmarked", "marked", "there", "unsettled", "settled")
"""Before it is on record that an order leaves, before it leaves, before its answer is read, before
and after that is written down."""
OF_NEWS = ("unheard", "heard")
"""Before and after what a body tells of itself is written down."""
_SCENE_STORIES = ("silent", "more", "refuses", "contradicts", "late_yes", "plain", "swaps")
_CLAIMING = ("third_file", "third_file", "third_decide", "third_decide", "third_decide")
_SCENE_ACTS = ("abroad_draft", "abroad_draft", "abroad_draft", "abroad_again", "joint_start")
ASKING = (
    "abroad_draft", "abroad_draft", "abroad_draft", "abroad_draft", "abroad_draft",
    "abroad_draft", "abroad_draft", "abroad_draft", "abroad_draft", "abroad_withdraw",
    "abroad_again", "abroad_told", "abroad_remind", "abroad_answer", "abroad_money",
    "abroad_money", "incoming_add", "incoming_answer",
)  # fmt: skip
BESIDES = (
    "third_file", "third_file", "third_decide", "third_appeal", "third_withdraw", "third_pay",
    "victim_told", "victim_told", "joint_start", "joint_start", "joint_cancel", "joint_renew",
)  # fmt: skip
_LONG = (24, 49, 24 * 8, 24 * 31, 24 * 100)


@dataclass(frozen=True, slots=True)
class Foreign:
    """The part of a plan that bodies of other States have; `seed` gives each its answers.

    `story` is what all of them do with each request; empty where each takes its own.
    """

    seed: int
    story: str = ""
    lost: tuple[int, ...] = ()
    """Which of all orders to bodies and offices lose their answer."""
    dies: tuple[tuple[int, str], ...] = ()
    """Where an engine dies: at which of all occasions of a kind."""
    has_clocks: bool = False
    """Whether bodies date ahead of the unit's clock, or behind it."""
    is_ruder: bool = False
    """Whether bodies have the stories of `ruder` besides."""
    keeps_apart: bool = False
    """Whether officers merge only where the plan says so, until everybody is diligent."""

    def __str__(self) -> str:
        told = f"the foreign side plays; answers lost: {self.lost or 'none'}"
        deaths = ", ".join(f"{when} {n}" for n, when in self.dies)
        return f"{told}; engines die: {deaths}" if deaths else told


def foreign_of(plan: Plan) -> Plan:
    """The plan with the foreign side; that of a seed before the first has none."""
    if plan.seed < FIRST:
        return plan
    dice = random.Random(f"foreign {plan.seed}")  # noqa: S311 - a story, no secret
    if plan.seed >= CLOCKS:
        made = _scene(dice, plan) if dice.random() < 0.4 else free(dice, plan)
        assert made.foreign is not None
        return replace(made, foreign=replace(made.foreign, has_clocks=True))
    if plan.seed >= DYING:
        return _dying(dice, plan)
    if plan.seed >= OTHERS:
        return _others(dice, plan)
    return _scene(dice, plan) if plan.seed >= SCENES else free(dice, plan)


def _others(dice: random.Random, plan: Plan) -> Plan:
    """Claims are filed and decided while banks hold; offices are asked, and the second says no."""
    plain = replace(
        plan.ticks[0], hours=3, officer="all", supervisor="yes", engine="a", odd=(), crash=None,
        meet=None,
    )  # fmt: skip
    soon = [
        replace(plain, hours=1, officer=dice.choice(("one", "none")), odd=acts_of(dice, _CLAIMING))
        for _ in range(5)
    ]
    asks = acts_of(dice, ("joint_start", "joint_start"))
    asked = replace(plain, supervisor="none", odd=asks)
    denied = replace(plain, officer="none", supervisor="no")
    late = [replace(plain, hours=dice.choice(_LONG)) for _ in range(3)]
    return replace(
        plan, ticks=(plain, replace(plain, hours=1), *soon, asked, denied, *late),
        foreign=Foreign(plan.seed, "plain"),
    )  # fmt: skip


def acts_of(dice: random.Random, names: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    return tuple((name, dice.random()) for name in names)


def _dying(dice: random.Random, plan: Plan) -> Plan:
    """A scene or a free history in which engines die before bodies; answers are lost as well."""
    made = _scene(dice, plan) if dice.random() < 0.6 else free(dice, plan)
    assert made.foreign is not None
    kinds = (*OF_ORDERS, *OF_ORDERS, *OF_NEWS)
    dies = {(dice.choice((1, 1, 2, 3, 4, 5, 6)), dice.choice(kinds)) for _ in range(5)}
    lost = made.foreign.lost or tuple(sorted(dice.sample(range(1, 9), dice.choice((0, 0, 1)))))
    return replace(made, foreign=replace(made.foreign, lost=lost, dies=tuple(sorted(dies))))


def free(dice: random.Random, plan: Plan) -> Plan:
    lost = tuple(sorted(dice.sample(range(1, 20), dice.choice((0, 0, 1, 3)))))
    payments = tuple(_abroad(dice, payment, plan.seed) for payment in plan.payments)
    return replace(
        plan,
        payments=payments,
        ticks=tuple(_more(dice, plan.ticks)),
        foreign=Foreign(plan.seed, lost=lost),
    )


def _scene(dice: random.Random, plan: Plan) -> Plan:
    """All that is stolen goes abroad, is asked for there, and much time passes."""
    plain = replace(
        plan.ticks[0], hours=24, officer="all", supervisor="yes", engine="a", odd=(), crash=None,
        meet=None,
    )  # fmt: skip
    acting = [
        replace(plain, odd=tuple((dice.choice(_SCENE_ACTS), dice.random()) for _ in range(3)))
        for _ in range(3)
    ]
    denies = replace(plain, supervisor=dice.choice(("yes", "no")))
    late = [replace(plain, hours=dice.choice(_LONG)) for _ in range(6)]
    stolen = [
        replace(payment, to=("abroad", "F1"))
        if payment.to is not None and payment.to[0] in ("north", "south")
        else payment
        for payment in plan.payments
    ]
    return replace(
        plan, payments=tuple(stolen), ticks=(plain, plain, *acting, denies, *late),
        foreign=Foreign(plan.seed, dice.choice(_SCENE_STORIES)),
    )  # fmt: skip


def _abroad(dice: random.Random, payment: Payment, seed: int) -> Payment:
    """In two histories of three what is stolen goes abroad, at first or with the next payment."""
    if seed % 3 == 0 or payment.to is None or payment.to[0] == "abroad":
        return payment
    if dice.random() < 0.6 and payment.to[0] in ("north", "south"):
        return replace(payment, to=("abroad", "F1"))
    return payment


def _more(dice: random.Random, ticks: tuple[Tick, ...]) -> list[Tick]:
    plain = replace(
        ticks[0], officer="all", supervisor="yes", engine="a", odd=(), crash=None, meet=None
    )
    late = [replace(plain, hours=dice.choice(_LONG)) for _ in range(dice.choice((1, 2, 3, 4)))]
    found = []
    for plain_tick in (*ticks, *late):
        tick = plain_tick
        names = ASKING if dice.random() < 0.65 else BESIDES
        count = dice.choice((1, 1, 2, 3, 4))
        if dice.random() < 0.7:
            tick = replace(tick, officer="all", supervisor="yes")
        acts = tuple((dice.choice(names), dice.random()) for _ in range(count))
        found.append(replace(tick, odd=(*tick.odd, *acts)))
    return found
