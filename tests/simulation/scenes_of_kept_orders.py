"""Scenes of orders that a bank says it has not read and carries out later all the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tests.simulation.faults import KEPT, Fault
from tests.simulation.plan import HOME, Plan, Tick, plan_of
from tests.simulation.staging import Scene, Stage

_FROZEN = (Tick(3), Tick(1), Tick(1), Tick(1))
_AFTER = (Tick(1), Tick(3), Tick(24), Tick(24), Tick(24 * 31), Tick(24))


def _kept(stage: Stage, times: tuple[int, ...] = (0, 0, 0, 1)) -> tuple[Fault, ...]:
    nth, hours = stage.dice.choice(times), stage.dice.choice((4, 30, 80, 24 * 12, 24 * 40))
    return (Fault(stage.bank, "kept order", nth, KEPT, hours),)


def _another_victim_meanwhile(stage: Stage) -> Scene:
    """The order is kept; another victim of the account reports, and the decision is void."""
    minor, hour = stage.dice.choice((400_00, 800_00)), stage.dice.choice((6.2, 6.5, 6.9))
    return Scene(
        ticks=(*_FROZEN, *_AFTER),
        payments=(stage.stolen(), stage.stolen(2, 1.1, minor)),
        reports=(stage.report(), stage.report(2, hour, minor)),
        faults=_kept(stage),
    )


def _paid_by_another_meanwhile(stage: Stage) -> Scene:
    """The order is kept; an insurer pays the victim, or he names another account of his."""
    act = (stage.dice.choice(("compensate", "payee", "object", "reject")), stage.dice.random())
    ticks = (*_FROZEN, Tick(0.2, officer="none", engine="none", odd=(act,)), *_AFTER)
    return Scene(ticks, (stage.stolen(),), (stage.report(),), _kept(stage))


def _two_shares_and_one_more(stage: Stage) -> Scene:
    """Two victims' orders are kept, or one of them; a third one reports before they are paid."""
    hour = stage.dice.choice((6.2, 6.9, 8.5, 31.5))
    return Scene(
        ticks=(*_FROZEN, *_AFTER),
        payments=(stage.stolen(), stage.stolen(2, 1.1), stage.stolen(3, 1.2)),
        reports=(stage.report(), stage.report(2, 2.1), stage.report(3, hour)),
        faults=_kept(stage),
    )


def plan_with_kept_orders(seed: int) -> Plan:
    """The history of a seed in which banks may carry out later what they said they had not read."""
    plan = plan_of(seed)
    return replace(plan, faults=(*plan.faults, *_kept_orders(seed)))


def _kept_orders(seed: int) -> Iterator[Fault]:
    """In each other history both banks carry out later what they said they had not read."""
    dice = random.Random(f"kept orders {seed}")  # noqa: S311 - a story, no secret
    if dice.random() < 0.5:
        nth, hours = dice.choice((0, 0, 1, 2)), dice.choice((10, 80, 24 * 10, 24 * 40))
        for bank in HOME:
            yield Fault(bank, "kept order", nth, KEPT, hours)


SCENES_OF_KEPT_ORDERS: Sequence[Callable[[Stage], Scene]] = (
    _another_victim_meanwhile,
    _paid_by_another_meanwhile,
    _two_shares_and_one_more,
)
