"""Histories of the level `RUDER`: recoveries that meet with requests abroad, and sums that move.

In a third of them victims pay to one account abroad, each recovery asks for its own part, and they
are merged before, between and after each step. In a third what was sent abroad comes back and goes
again, so that the trace falls and rises under what is asked for; in a tenth step by step, to the
version of less and beyond. The others are free. In all of them bodies are ruder.
"""

from __future__ import annotations

import random
from dataclasses import replace

from tests.simulation.foreign.plan import Foreign, acts_of, free
from tests.simulation.plan import FOREIGN, MULES, VICTIMS, Payment, Plan, Report, Tick

_SUMS = (400_00, 800_00, 1_234_56, 3_000_00)
_MEETING = (
    "abroad_draft", "abroad_ask", "abroad_ask", "abroad_onward", "abroad_onward", "abroad_onward",
    "abroad_onward", "abroad_onward", "abroad_join", "abroad_early", "abroad_money",
    "abroad_told", "abroad_remind", "abroad_again", "abroad_withdraw",
)  # fmt: skip
_MOVING = (
    "abroad_onward", "abroad_onward", "abroad_onward", "abroad_look", "abroad_look", "rule",
    "abroad_ask", "abroad_early",
)  # fmt: skip
_HOURS = (1, 5, 12, 24, 49, 24 * 8, 24 * 20)
_LONG = (24 * 8, 24 * 31, 24 * 100)


def ruder_of(plan: Plan) -> Plan:
    """The history of a seed of this level; the dice of its foreign side are its own."""
    dice = random.Random(f"ruder {plan.seed}")  # noqa: S311 - a story, no secret
    which = dice.random()
    if which < 0.4:
        made = _meeting(dice, plan)
    elif which < 0.75:
        made = _moving(dice, plan)
    elif which < 0.85:
        made = _rising(dice, plan)
    else:
        made = free(dice, plan)
    assert made.foreign is not None
    has_clocks = dice.random() < 0.2
    return replace(made, foreign=replace(made.foreign, is_ruder=True, has_clocks=has_clocks))


def _meeting(dice: random.Random, plan: Plan) -> Plan:
    """Two or three recoveries of one account abroad, merged when the dice say so."""
    victims = VICTIMS[: dice.choice((2, 2, 3))]
    stolen = [
        Payment(1 + 0.1 * n, victim, FOREIGN, dice.choice(_SUMS), f"E{n}")
        for n, victim in enumerate(victims, 1)
    ]
    reports = [
        Report(2 if n == 0 else dice.choice((2.5, 2.5, 5, 20, 70, 24 * 9)), p.ref, p.minor,
               officer=n % 2)
        for n, p in enumerate(stolen)
    ]  # fmt: skip
    middle = [
        _tick(dice, dice.choice(_HOURS), _MEETING, dice.choice((1, 2, 3, 4)))
        for _ in range(dice.choice((6, 8, 10)))
    ]
    first = Tick(1, odd=acts_of(dice, ("abroad_ask",)))
    begun = [
        Tick(dice.choice((1, 12, 24)), officer="none",
             odd=acts_of(dice, ("abroad_ask", *("abroad_onward",) * dice.choice((1, 3)))))
        for _ in range(dice.choice((1, 2, 3)))
    ]  # fmt: skip
    late = [Tick(dice.choice(_LONG)) for _ in range(dice.choice((0, 1, 3)))]
    return replace(
        plan, payments=tuple(stolen), reports=tuple(sorted(reports, key=lambda r: r.hour)),
        faults=plan.faults if dice.random() < 0.2 else (),
        ticks=(Tick(3), first, *begun, *middle, *late),
        foreign=Foreign(plan.seed, keeps_apart=True),
    )  # fmt: skip


def _moving(dice: random.Random, plan: Plan) -> Plan:
    """Money goes abroad by a mule's account, comes back in part, and some of it goes again."""
    mule, minor = MULES[1], dice.choice(_SUMS)
    abroad, back = minor * dice.choice((3, 4)) // 4, minor * dice.choice((1, 2)) // 4
    hours = sorted(dice.sample(range(30, 24 * 12), 3))
    payments = [
        Payment(1, VICTIMS[0], MULES[0], minor, "E1"),
        Payment(1.2, MULES[0], mule, minor, "X1"),
        Payment(1.4, mule, FOREIGN, abroad, "X2"),
        Payment(hours[0], FOREIGN, dice.choice((mule, MULES[2])), back, "X3"),
        Payment(hours[1], mule, FOREIGN, back * dice.choice((1, 2)) // 2, "X4"),
    ]
    if dice.random() < 0.4:
        payments.append(Payment(hours[2], FOREIGN, None, abroad // 3, "X5"))
    middle = [
        replace(
            _tick(dice, dice.choice((12, 24, 24, 49)), _MOVING, dice.choice((2, 3, 4))),
            officer=dice.choice(("none", "none", "one")), engine=dice.choice(("a", "a", "none")),
        )
        for _ in range(dice.choice((7, 9, 12)))
    ]  # fmt: skip
    looks = Tick(1, officer="none", odd=acts_of(dice, ("abroad_look",)))
    first = Tick(1, officer="none", odd=acts_of(dice, ("abroad_ask", "abroad_onward")))
    meets = _at_the_fall(dice, hours[0], hours[1]) if dice.random() < 0.5 else ()
    return replace(
        plan, payments=tuple(sorted(payments, key=lambda p: p.hour)),
        reports=(Report(2, "E1", minor),), faults=(),
        ticks=(Tick(3), looks, first, *meets, *middle, Tick(dice.choice(_LONG))),
        foreign=Foreign(plan.seed, dice.choice(("silent", "late", "", "plain"))),
    )  # fmt: skip


def _rising(dice: random.Random, plan: Plan) -> Plan:
    """A request is out, the trace falls, its version of less leaves, and the trace rises again.

    In some of them money comes in before less is asked for.
    """
    mule, minor = MULES[1], dice.choice(_SUMS)
    back = minor // 4
    falls, rises = dice.choice((30, 50, 80)), dice.choice((120, 150))
    payments = (
        Payment(1, VICTIMS[0], MULES[0], minor, "E1"),
        Payment(1.2, MULES[0], mule, minor, "X1"),
        Payment(1.4, mule, FOREIGN, minor * 3 // 4, "X2"),
        Payment(falls, FOREIGN, mule, back, "X3"),
        Payment(rises, mule, FOREIGN, back, "X4"),
    )

    def tick(hours: float, *names: str, officer: str = "none") -> Tick:
        return Tick(hours, officer=officer, odd=acts_of(dice, names))

    money = ("receive",) if dice.random() < 0.4 else ()
    ticks = (
        Tick(3), tick(1, "abroad_look"), tick(1, "abroad_ask", "abroad_forward"),
        tick(1, "abroad_forward"), tick(falls - 5, "abroad_look", *money), tick(1, *money),
        tick(1, "abroad_less", "abroad_forward"), tick(1, "abroad_forward"), tick(1),
        tick(rises - falls, "abroad_look"), tick(1), tick(24, "abroad_ask"),
        tick(dice.choice(_LONG), officer="all"),
    )  # fmt: skip
    return replace(
        plan, payments=payments, reports=(Report(2, "E1", minor),), faults=(), ticks=ticks,
        foreign=Foreign(plan.seed, dice.choice(("silent", "late", "late", "more", ""))),
    )  # fmt: skip


def _at_the_fall(dice: random.Random, hour: float, again: float) -> tuple[Tick, ...]:
    """A request is dispatched, or out, when a statement shows what went back; then it rises."""
    out = () if dice.random() < 0.5 else (Tick(1, officer="none", odd=_onward(dice, 1)),)
    waits = _onward(dice, dice.choice((0, 1, 2)))
    looks = (*waits, *acts_of(dice, ("abroad_look", *("receive",) * dice.choice((0, 0, 1)))))
    shows = Tick(hour - 4 - len(out), officer="none", engine="none", odd=looks)
    then = Tick(1, officer="none", odd=_onward(dice, 3))
    rises = replace(then, hours=again - hour, odd=acts_of(dice, ("abroad_look",)))
    return (*out, shows, then, replace(then, odd=_onward(dice, 3)), rises, then)


def _onward(dice: random.Random, count: int) -> tuple[tuple[str, float], ...]:
    return acts_of(dice, ("abroad_onward",) * count)


def _tick(dice: random.Random, hours: float, names: tuple[str, ...], count: int) -> Tick:
    acts = acts_of(dice, tuple(dice.choice(names) for _ in range(count)))
    crash = None
    if dice.random() < 0.05:
        crash = (dice.randint(1, 12), dice.choice(("before", "after", "asked", "answered")))
    return Tick(
        hours, officer=dice.choice(("all", "all", "one", "none")),
        supervisor=dice.choices(("yes", "no", "none"), (8, 1, 1))[0], odd=acts,
        engine=dice.choice(("a", "a", "a", "a", "none", "b")), crash=crash,
    )  # fmt: skip
