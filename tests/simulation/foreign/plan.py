"""What a history of the foreign side has besides: bodies, and what people do of their accord."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.plan import Payment, Plan, Tick

FIRST = 90_000_000
"""Seeds from here on play the foreign side."""
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
    """The part of a plan that bodies of other States have; `seed` gives each its answers."""

    seed: int
    lost: tuple[int, ...] = ()
    """Which of all orders to bodies and offices lose their answer."""

    def __str__(self) -> str:
        return f"the foreign side plays; answers lost: {self.lost or 'none'}"


def foreign_of(plan: Plan) -> Plan:
    """The plan with the foreign side; that of a seed before the first has none."""
    if plan.seed < FIRST:
        return plan
    dice = random.Random(f"foreign {plan.seed}")  # noqa: S311 - a story, no secret
    lost = tuple(sorted(dice.sample(range(1, 20), dice.choice((0, 0, 1, 3)))))
    payments = tuple(_abroad(dice, payment, plan.seed) for payment in plan.payments)
    return replace(
        plan,
        payments=payments,
        ticks=tuple(_more(dice, plan.ticks)),
        foreign=Foreign(plan.seed, lost),
    )


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
