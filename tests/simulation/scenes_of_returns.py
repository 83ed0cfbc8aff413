"""Scenes of returns: shares nobody takes, objections to shares, appeals, money given in parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.entities.claim import ObjectionKind
from tests.simulation.faults import Fault
from tests.simulation.plan import Payment, Tick
from tests.simulation.staging import Scene, Stage

_FROZEN = (Tick(3), Tick(1), Tick(1), Tick(1))


def _pick(stage: Stage, kind: ObjectionKind) -> float:
    """A number by which an objection of that kind is drawn."""
    kinds = tuple(ObjectionKind)
    turns = [n for n in range(97) if kinds[n % len(kinds)] is kind]
    return (stage.dice.choice(turns) + 0.5) / 97


def _a_share_that_nobody_takes(stage: Stage) -> Scene:
    """The payee's account is closed or sends it back; his share is announced, and its term runs."""
    kind = stage.dice.choice(("refuse ACCOUNT_CLOSURE", "returned"))
    at = stage.dice.choice((24, 24 * 31))
    ends = [Tick(24 * 31), Tick(24 * 100), Tick(24 * 100), Tick(24 * 200), Tick(24)]
    comes = stage.dice.choice((None, 0, 3))
    acts = [Tick(t.hours, odd=(("come_forward", 0.5),)) if n == comes else t
            for n, t in enumerate(ends)]  # fmt: skip
    refund = Tick(24, odd=(("refund", stage.dice.random()),))
    return Scene(
        ticks=(*_FROZEN, Tick(at), Tick(1, officer="none", odd=(("unclaimed", 0.5),)), Tick(24),
               *acts, refund, Tick(24)),
        payments=(stage.stolen(),),
        reports=(stage.report(),),
        faults=(Fault(stage.bank, "payout", 0, kind, 10),),
    )  # fmt: skip


def _two_kinds_of_objection(stage: Stage) -> Scene:
    """Mixed money is divided; a victim objects to the shares, or to what was decided of him."""
    share = ("object", _pick(stage, ObjectionKind.SHARE))
    claim = ("object", _pick(stage, ObjectionKind.CLAIM))
    appeal = ("object", _pick(stage, ObjectionKind.APPEAL))
    first = stage.dice.choice((share, claim))
    ticks = (
        *_FROZEN, Tick(1), Tick(1), Tick(24, officer="none", odd=(first,)), Tick(24),
        Tick(24, odd=(appeal,)), Tick(24 * 31), Tick(24, odd=(share,)), Tick(24 * 31),
    )  # fmt: skip
    return Scene(
        ticks=ticks,
        payments=(
            stage.stolen(),
            stage.stolen(2, 1.1),
            Payment(1.5, stage.account, None, stage.minor * 3 // 4, "X1"),
        ),
        reports=(stage.report(), stage.report(2, 2)),
    )


def _given_back_in_parts(stage: Stage) -> Scene:
    """What left in cash is promised back in parts; some come, one is late or never comes."""
    pick = stage.dice.random
    came = [Tick(24 * 19, odd=(("receive", pick()),)) for _ in range(stage.dice.choice((1, 2, 3)))]
    return Scene(
        ticks=(*_FROZEN, Tick(1, odd=(("invite", pick()),)), Tick(24, odd=(("promise", pick()),)),
               *came, Tick(24 * 31)),
        payments=(
            stage.stolen(), Payment(1.5, stage.account, None, stage.minor // 2, "X1"),
        ),
        reports=(stage.report(),),
    )  # fmt: skip


def _a_victim_after_the_end(stage: Stage) -> Scene:
    """All is paid and closed; another victim of the same account reports weeks later."""
    minor = stage.dice.choice((300_00, 800_00))
    hour = stage.dice.choice((24 * 40, 24 * 60)) + 0.5
    return Scene(
        ticks=(*_FROZEN, Tick(1), Tick(1), Tick(24 * 35), Tick(24 * 6), Tick(24 * 20), Tick(24),
               Tick(24)),
        payments=(stage.stolen(), stage.stolen(2, 1.1, minor)),
        reports=(stage.report(), stage.report(2, hour, minor)),
    )  # fmt: skip


SCENES_OF_RETURNS: Sequence[Callable[[Stage], Scene]] = (
    _a_share_that_nobody_takes,
    _two_kinds_of_objection,
    _given_back_in_parts,
    _a_victim_after_the_end,
)
