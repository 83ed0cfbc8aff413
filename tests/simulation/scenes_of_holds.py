"""Scenes of holds: money that no statement tells of yet, and money that comes free again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.simulation.faults import Fault
from tests.simulation.plan import SPARE, Payment, Tick
from tests.simulation.staging import Scene, Stage


def _no_statement_while_stops_run(stage: Stage) -> Scene:
    """A bank tells nothing for days; two recoveries join before it does, or there is one alone."""
    minor = stage.dice.choice((300_00, 800_00, 1_234_56))
    kind = stage.dice.choice(("forbidden", "forbidden", "garbage"))
    hours = (3, 1, 1, stage.dice.choice((18, 20, 23)), 4, 3, 3, 12, 12, 24, 49)
    two = stage.dice.random() < 0.75
    return Scene(
        ticks=tuple(Tick(h) for h in hours),
        payments=(stage.stolen(), stage.stolen(2, 1.1, minor)),
        reports=(stage.report(), stage.report(2, stage.dice.choice((2, 3.5)), minor))
        if two
        else (stage.report(),),
        faults=(Fault(stage.bank, "statement", 0, kind),),
        own_minor=stage.dice.choice((0, 700_00)),
    )


def _a_smaller_freeze_leaves_money(stage: Stage) -> Scene:
    """Who reports too much stops all of an account; of another victim's stop nothing is left.

    The freeze is for what a statement shows, and comes late: the rest is free then.
    """
    minor = stage.dice.choice((300_00, 500_00))
    late = stage.dice.choice((6, 8, 11))
    return Scene(
        ticks=(*(Tick(h) for h in (3, 1, 1, 1, 1)), Tick(stage.dice.choice((10, 12))), Tick(3)),
        payments=(stage.stolen(), stage.stolen(2, 1.1, minor)),
        reports=(stage.report(minor=stage.minor + minor), stage.report(2, 5.5, minor)),
        faults=(Fault(stage.bank, "hold", 2, "late", late),),
    )


def _more_comes_than_was_stopped(stage: Stage) -> Scene:
    """The account was empty when it was to be stopped; money of others comes to it days later."""
    more = stage.minor * stage.dice.choice((1, 2))
    ticks = (Tick(3), Tick(5), Tick(24), Tick(49), Tick(24 * 8))
    return Scene(
        ticks,
        (
            stage.stolen(),
            Payment(1.5, stage.account, None, stage.minor, "X1"),
            Payment(stage.dice.choice((20, 60)), SPARE[0], stage.account, more, "O1"),
        ),
        (stage.report(),),
    )


SCENES_OF_HOLDS: Sequence[Callable[[Stage], Scene]] = (
    _no_statement_while_stops_run,
    _a_smaller_freeze_leaves_money,
    _more_comes_than_was_stopped,
)
