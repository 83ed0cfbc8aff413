"""Scenes of money that a recall brought and its bank takes back, and of refused reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.simulation.called_back import ANSWERS
from tests.simulation.plan import Payment, Report, Tick
from tests.simulation.staging import Scene, Stage

_FROZEN = (Tick(3), Tick(1), Tick(1))
_TURNS = 997
"""By how many turns an act of a recall is drawn from its number."""


def _told(stage: Stage, kind: str) -> tuple[str, float]:
    """An answer of that kind to a recall that went out."""
    turns = [n for n in range(_TURNS) if ANSWERS[n % len(ANSWERS)] == kind]
    return "recall_told", (stage.dice.choice(turns) + 0.5) / _TURNS


def _reversed(stage: Stage, *, is_true: bool) -> tuple[str, float]:
    turns = [n for n in range(_TURNS) if bool(n % 4) is is_true]
    return "recall_reversed", (stage.dice.choice(turns) + 0.5) / _TURNS


def _taken_back_after_it_came(stage: Stage) -> Scene:
    """A recall is answered, money comes and counts, and its bank takes it back.

    Some of the stolen money may be held besides; the recovery may be paid or closed meanwhile, and
    money may come once more.
    """
    dice = stage.dice
    kind = dice.choice(("whole", "whole", "half", "coin", "twice"))
    cash = stage.minor * dice.choice((1, 1, 3, 4)) // 4
    promised = (Tick(5, odd=(_told(stage, dice.choice(("ACCR", "PDCR"))),)),)
    back = Tick(dice.choice((1, 24, 24 * 40)), odd=(_reversed(stage, is_true=True),),
                supervisor=dice.choice(("yes", "yes", "no", "none")))  # fmt: skip
    ends = (
        (),
        (Tick(24, odd=(_told(stage, dice.choice(("whole", "half"))),)),),
        (Tick(24, odd=(_reversed(stage, is_true=dice.random() < 0.7),)),),
    )
    ticks = (
        *_FROZEN, Tick(1, odd=(("recall", dice.random()),)), Tick(1),
        *dice.choice(((), promised)),
        Tick(dice.choice((1, 30)), odd=(_told(stage, kind),)), Tick(dice.choice((1, 24))),
        back, Tick(1), *dice.choice(ends), Tick(24),
    )  # fmt: skip
    return Scene(
        ticks,
        (stage.stolen(), Payment(1.5, stage.account, None, cash, "X1")),
        (stage.report(),),
    )


def _a_report_is_refused(stage: Stage) -> Scene:
    """Nobody accepts a report; it is refused, or kept, and may be opened again later.

    Another victim of the same account may report before or after; an officer may be quicker and
    accept it before the second person has decided.
    """
    dice = stage.dice
    refuse = ("refuse_report", dice.random())
    asked = Tick(0.5, officer=dice.choice(("none", "none", "none", "all")), odd=(refuse,),
                 supervisor=dice.choice(("yes", "yes", "none", "no")))  # fmt: skip
    then = Tick(1, officer="none", supervisor=dice.choice(("yes", "no")))
    again = Tick(dice.choice((1, 24, 24 * 20)), officer=dice.choice(("all", "none")),
                 odd=(("reopen", dice.random()),))  # fmt: skip
    ends = ((), (again,), (again, replace(asked, hours=2), again))
    minor = dice.choice((300_00, 800_00))
    reports: tuple[Report, ...] = (replace(stage.report(), pasted=False),)
    if dice.random() < 0.5:
        reports += (stage.report(2, dice.choice((2.2, 5.5, 60)), minor),)
    return Scene(
        (replace(asked, hours=2.5), then, *dice.choice(ends), Tick(3), Tick(24)),
        (stage.stolen(), stage.stolen(2, 1.1, minor)), reports,
    )  # fmt: skip


SCENES_OF_RECALLS: Sequence[Callable[[Stage], Scene]] = (
    _taken_back_after_it_came,
    _a_report_is_refused,
)
