"""Scenes of what banks refuse: to release money, and to convert more than an account holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.simulation.faults import Fault
from tests.simulation.plan import FOREIGN, Payment, Tick
from tests.simulation.staging import Scene, Stage


def _unrelated_funds_are_kept(stage: Stage) -> Scene:
    """Held money is found to be none of the case; its bank does not release it at first."""
    nth = stage.dice.choice((0, 1, 1, 2))
    ticks = (
        Tick(3), Tick(1), Tick(1), Tick(1, odd=(("unrelated", stage.dice.random()),)),
        Tick(8, officer=stage.dice.choice(("all", "one"))), Tick(8), Tick(24),
    )  # fmt: skip
    return Scene(
        ticks, (stage.stolen(),), (stage.report(),), (Fault(stage.bank, "release", nth, "refuse"),),
        own_minor=stage.dice.choice((0, 700_00)),
    )  # fmt: skip


def _a_denied_stop_is_kept(stage: Stage) -> Scene:
    """A stop that left at once is denied; its bank, which has carried it out, does not release it.

    Meanwhile a statement shows that victims' money is there.
    """
    nth = stage.dice.choice((0, 1, 1, 2))
    pasted = replace(stage.report(), pasted=True)
    ticks = (Tick(3, supervisor="no"), Tick(1), Tick(1), Tick(8), Tick(8), Tick(24))
    return Scene(
        ticks, (stage.stolen(),), (pasted,), (Fault(stage.bank, "release", nth, "refuse"),),
        answer_hours=stage.dice.choice((0, 0, 0.5)),
    )  # fmt: skip


def _a_dear_conversion(stage: Stage) -> Scene:
    """Money lies abroad; to convert it back costs some coins more than there are."""
    money = replace(stage.stolen(), to=FOREIGN)
    payments = [money]
    if stage.dice.random() < 0.3:
        payments.append(Payment(1.5, FOREIGN, None, stage.minor // 30, "X1"))
    ticks = (*(Tick(h) for h in (3, 1, 1, 1)), Tick(stage.dice.choice((1, 24))), Tick(24))
    return Scene(
        ticks, tuple(payments), (stage.report(),), coins_more=stage.dice.choice((1, 2, 2, 3))
    )


SCENES_OF_REFUSALS: Sequence[Callable[[Stage], Scene]] = (
    _unrelated_funds_are_kept,
    _a_denied_stop_is_kept,
    _a_dear_conversion,
)
