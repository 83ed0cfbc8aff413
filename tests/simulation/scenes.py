"""Stories in which one guard alone stands between the world and a wrong outcome, with their dice.

Free dice play each of them too seldom to be found. Seeds from 80000000 on play them, each with
other sums, hours, banks and ends; three in ten of these seeds are free histories as before. Seeds
from 85000000 on play the scenes of holds, from 86000000 on those of returns, from 86100000 on those
of recalls and refused reports besides, from 87000000 on those of what banks refuse, from 88000000
on those of orders that a bank says it has not read and carries out all the same: they came later,
and a seed keeps the story that it told. Those of the foreign side, from 90000000 on, have scenes of
their own: until these were told apart seven in ten of them played a return at home.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.simulation.faults import Fault
from tests.simulation.foreign.meetings import ruder_of
from tests.simulation.foreign.plan import FIRST as FIRST_ABROAD, RUDER
from tests.simulation.plan import (
    FOREIGN,
    MULES,
    SPARE,
    VICTIMS,
    Payment,
    Plan,
    Temper,
    Tick,
    plan_at_home,
    plan_of,
)
from tests.simulation.scenes_of_holds import SCENES_OF_HOLDS
from tests.simulation.scenes_of_kept_orders import SCENES_OF_KEPT_ORDERS, plan_with_kept_orders
from tests.simulation.scenes_of_recalls import SCENES_OF_RECALLS
from tests.simulation.scenes_of_refusals import SCENES_OF_REFUSALS
from tests.simulation.scenes_of_returns import SCENES_OF_RETURNS
from tests.simulation.staging import Scene, Stage

FIRST = 80_000_000
OF_HOLDS, OF_RETURNS = 85_000_000, 86_000_000
OF_RECALLS, OF_REFUSALS = 86_100_000, 87_000_000
OF_KEPT_ORDERS = 88_000_000
_FREE = 0.3
_BANKS = ("north", "south", "east", "abroad")
_SUMS = (400_00, 800_00, 1_234_56, 3_000_00)
_AWAY = Tick(1, officer="none", supervisor="none")


def history_of(seed: int) -> Plan:
    """The history of a seed."""
    if seed >= RUDER:
        return ruder_of(plan_at_home(seed))
    dice = random.Random(f"scene {seed}")  # noqa: S311 - a story, no secret
    if seed < FIRST or seed >= FIRST_ABROAD or dice.random() < _FREE:
        return (plan_with_kept_orders if _has_kept_orders(seed) else plan_of)(seed)
    scene = dice.choice(next(scenes for first, scenes in _NEWEST_FIRST if seed >= first))
    stage = Stage(dice, dice.choice(MULES[:2]), dice.choice(_SUMS), 10 * dice.randrange(100))
    return _plan(seed, stage, scene(stage))


def _has_kept_orders(seed: int) -> bool:
    return OF_KEPT_ORDERS <= seed < FIRST_ABROAD


def _plan(seed: int, stage: Stage, scene: Scene) -> Plan:
    def temper(bank: str) -> Temper:
        is_here = bank == stage.bank
        hours = (scene.answer_hours, scene.settle_hours) if is_here else (0, 0)
        stamp = stage.dice.choice((0, 0, 0, -10, 10))
        return Temper(bank, *hours, stamp, scene.coins_more if bank == FOREIGN[0] else 0)

    later = [Tick(stage.dice.choice((0.5, 3, 24, 49))) for _ in range(stage.dice.choice((0, 1, 2)))]
    return Plan(
        seed=seed,
        tempers=tuple(map(temper, _BANKS)),
        openings=((stage.account, scene.own_minor),),
        payments=tuple(sorted(scene.payments, key=lambda p: p.hour)),
        reports=tuple(sorted(scene.reports, key=lambda r: r.hour)),
        faults=scene.faults,
        ticks=(*scene.ticks, *later),
    )


def _odd(*acts: tuple[str, float]) -> Tick:
    """An hour in which only this happens, and no engine runs."""
    return replace(_AWAY, engine="none", odd=acts)


def _objected_before_it_leaves(stage: Stage) -> Scene:
    """A return is approved while no engine runs; a victim objects before one does."""
    picks = [("object", stage.dice.random() / 4 + n / 97) for n in range(3)]
    ticks = (Tick(3), Tick(1), Tick(1), Tick(1, engine="none"), _odd(*picks), _AWAY)
    return Scene(ticks, (stage.stolen(),), (stage.report(),))


def _money_back_before_a_write_off(stage: Stage) -> Scene:
    """A write-off of what is ordered back waits for its second person; the money comes."""
    money = stage.stolen()
    if stage.dice.random() < 0.5:
        money = replace(money, to=FOREIGN)
    ticks = (
        Tick(14), Tick(30), Tick(0.1), Tick(72, odd=(("clawback", stage.dice.random()),)),
        Tick(72, odd=(("clawback", stage.dice.random()),)), Tick(744, supervisor="none"), Tick(744),
    )  # fmt: skip
    return Scene(ticks, (money,), (stage.report(),))


def _second_victim_while_a_bank_pays(stage: Stage) -> Scene:
    """A bank takes its time to pay one victim; another one reports meanwhile."""
    minor = stage.dice.choice(_SUMS)
    hour = stage.dice.choice((6.2, 6.5, 6.9))
    return Scene(
        ticks=(Tick(3), Tick(1), Tick(1), Tick(1), Tick(1), Tick(1), Tick(3)),
        payments=(stage.stolen(), stage.stolen(2, 1.1, minor)),
        reports=(stage.report(), stage.report(2, hour, minor)),
        settle_hours=stage.dice.choice((8, 20, 40)),
    )


def _paid_by_another_while_in_doubt(stage: Stage) -> Scene:
    """The answer to an order to pay is lost; before it is asked for an insurer pays the victim."""
    kind = stage.dice.choice(("lost_after", "html_after", "500_after", "lost_before"))
    ticks = (
        Tick(3), Tick(1), Tick(1), Tick(1),
        replace(_odd((stage.dice.choice(("compensate", "payee")), stage.dice.random())),
                supervisor="yes", hours=0.1),
        Tick(0.1),
    )  # fmt: skip
    faults = (Fault(stage.bank, "order", 3, kind),)
    return Scene(ticks, (stage.stolen(),), (stage.report(),), faults)


def _joined_while_a_bank_is_asked(stage: Stage) -> Scene:
    """Two recoveries join between a question to a bank and its answer."""
    minor = stage.dice.choice(_SUMS)
    ticks = (Tick(1), Tick(3), Tick(14, officer="one", meet=(stage.dice.choice((1, 2)), "officer")))
    return Scene(
        ticks,
        (stage.stolen(), stage.stolen(2, 2, minor)),
        (stage.report(hour=1.5), stage.report(2, 2.5, minor)),
        answer_hours=1,
    )


def _lease_lost(stage: Stage) -> Scene:
    """An engine waits for a bank until its lease is over, and another one takes the call."""
    meets = [(stage.dice.choice((1, 1, 2)), "late_engine") for _ in range(4)]
    ticks = tuple(Tick(3 if n == 0 else 1, meet=meet) for n, meet in enumerate(meets))
    return Scene(ticks, (stage.stolen(),), (stage.report(),))


def _told_otherwise_before_the_yes(stage: Stage) -> Scene:
    """A return waits for its second person; its bank says something else of the hold."""
    ticks = (
        Tick(3), Tick(1), Tick(1), Tick(1, supervisor="none"),
        replace(_AWAY, odd=(("restate", stage.dice.random()),)), Tick(8, officer="none"), Tick(8),
    )  # fmt: skip
    return Scene(ticks, (stage.stolen(),), (stage.report(),))


def _other_victim_after_the_title(stage: Stage) -> Scene:
    """The title is checked for one victim; another one reports before the return is decided."""
    minor = stage.dice.choice(_SUMS)
    return Scene(
        ticks=(Tick(3), Tick(1), Tick(1), Tick(1, supervisor="none"), Tick(1, officer="none"),
               Tick(8)),
        payments=(stage.stolen(), stage.stolen(2, 1.1, minor)),
        reports=(stage.report(), stage.report(2, 5.5, minor)),
    )  # fmt: skip


def _nobody_of_the_list(stage: Stage) -> Scene:
    """A court gives some of the money to somebody whom nobody knows; the others are owed more."""
    how = [stage.dice.choice(("all", "one")) for _ in range(3)]
    ticks = (
        Tick(3), Tick(1), Tick(1, odd=(("court_list_nobody", stage.dice.random()),)),
        *(Tick(1, officer=officer) for officer in how), Tick(24),
    )  # fmt: skip
    return Scene(ticks, (stage.stolen(),), (stage.report(),))


def _own_money_comes_and_goes(stage: Stage) -> Scene:
    """Other people's money comes to a stopped account and leaves it; a statement tells of both."""
    other = stage.minor * stage.dice.choice((1, 2))
    when = stage.dice.choice((4.1, 4.3))
    at = (*MULES, FOREIGN, VICTIMS[0]).index(stage.account)
    thousandths = int((at + 0.35) / 6 * 1000) | 1  # uneven: a file that tells of hours, not of days
    ticks = (
        Tick(3), Tick(1), Tick(1, officer="none"),
        Tick(1, odd=(("import", thousandths / 1000 + 0.0005),)), Tick(1), Tick(1),
    )  # fmt: skip
    payments = (
        stage.stolen(), Payment(when, SPARE[0], stage.account, other, "O1"),
        Payment(4.5, stage.account, stage.other, other, "X1"),
    )  # fmt: skip
    return Scene(ticks, payments, (stage.report(),))


def _claim_rejected_after_another_is_paid(stage: Stage) -> Scene:
    """Mixed money is divided; one victim is paid, the other one's claim is then rejected."""

    def rejects(officer: str) -> Tick:
        acts = tuple(("reject", stage.dice.random()) for _ in range(2))
        return Tick(0.5, officer=officer, odd=acts)

    ticks = (
        Tick(3), Tick(1), Tick(1, officer="none"), *(Tick(1) for _ in range(4)), Tick(24 * 31),
        rejects("none"), rejects("none"), rejects("all"), Tick(1),
    )  # fmt: skip
    return Scene(
        ticks,
        (
            stage.stolen(),
            stage.stolen(2, 1.1),
            Payment(1.5, stage.account, None, stage.minor * 7 // 8, "X1"),
        ),
        (stage.report(), stage.report(2, 5.5)),
        (Fault(stage.bank, "payout", stage.dice.choice((1, 2)), "refuse ACCOUNT_CLOSURE"),),
    )


def _surplus_beside_a_freeze_in_doubt(stage: Stage) -> Scene:
    """A bank holds more of its own accord while the freeze of all that is owed is not answered."""
    kind = stage.dice.choice(("part", "late", "refuse OTHER", "none"))
    ticks = (
        Tick(3), Tick(5, odd=(("voluntary", stage.dice.random()),)), Tick(0.5), Tick(0.5), Tick(8),
    )  # fmt: skip
    return Scene(
        ticks, (stage.stolen(),), (stage.report(),),
        (Fault(stage.bank, "hold", 2, kind, 10),), own_minor=700_00, answer_hours=4,
    )  # fmt: skip


SCENES: Sequence[Callable[[Stage], Scene]] = (
    _objected_before_it_leaves,
    _money_back_before_a_write_off,
    _second_victim_while_a_bank_pays,
    _paid_by_another_while_in_doubt,
    _joined_while_a_bank_is_asked,
    _lease_lost,
    _told_otherwise_before_the_yes,
    _other_victim_after_the_title,
    _nobody_of_the_list,
    _own_money_comes_and_goes,
    _claim_rejected_after_another_is_paid,
    _surplus_beside_a_freeze_in_doubt,
)
_NEWEST_FIRST: Sequence[tuple[int, Sequence[Callable[[Stage], Scene]]]] = (
    (OF_KEPT_ORDERS, SCENES_OF_KEPT_ORDERS),
    (OF_REFUSALS, SCENES_OF_REFUSALS),
    (OF_RECALLS, (*SCENES_OF_RETURNS, *SCENES_OF_RECALLS)),
    (OF_RETURNS, SCENES_OF_RETURNS),
    (OF_HOLDS, SCENES_OF_HOLDS),
    (FIRST, SCENES),
)
