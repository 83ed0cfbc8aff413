"""What one history is made of, drawn from its seed: a plain list of things that can be left out.

Everything that happens is in the plan, so that a failing history is shrunk by taking things out of
it and playing it again.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.simulation.faults import KINDS, ODD_SUMS, Fault
from tests.simulation.foreign.plan import Foreign, foreign_of

HOME = ("north", "south")
MULES = tuple((bank, f"M{n}") for n, bank in enumerate(("north", "south", "north", "south"), 1))
FOREIGN = ("abroad", "F1")
VICTIMS = tuple(("east", f"V{n}") for n in range(1, 4))
SPARE = tuple(("east", f"W{n}") for n in range(1, 4))
_SUMS = (123_48, 400_00, 800_00, 1_000_00, 3_000_00, 9_999_99)
_SOON = (0.1, 0.5, 1, 3, 8, 14)
_LONG = (24, 30, 49, 72, 24 * 8, 24 * 31)
ODD = (
    "amend", "withdraw", "part", "complain", "unrelated", "voluntary", "payee", "rule", "again",
    "note", "import", "import_part", "split_or_join", "object", "object", "resubmit",
)  # fmt: skip
OTHER_WAYS = (
    "invite", "promise", "receive", "receive", "compensate", "compensate", "reject", "object",
)  # fmt: skip
CALLED_BACK = (
    "recall", "recall", "recall_told", "recall_told", "recall_told", "recall_reversed",
    "unclaimed", "unclaimed", "come_forward", "refund",
)  # fmt: skip
BY_ORDER = ("court_list", "court_list", "court_list", "court_identify", "court_end", "clawback")
BACK = (
    "clawback", "clawback", "clawback", "clawback", "clawback_remind", "clawback_write_off",
    "court_list",
)  # fmt: skip
_MEET = ("engine", "late_engine", "officer", "supervisor", "import")
_WEIGHTS = {
    "order": 4, "hold": 4, "payout": 5, "feed": 2, "read": 1, "statement": 1, "release": 1,
    "extend": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that moves at an hour, if it is there; `to` None: cash."""

    hour: float
    payer: tuple[str, str]
    to: tuple[str, str] | None
    minor: int
    ref: str = ""

    def __str__(self) -> str:
        to = "cash" if self.to is None else ":".join(self.to)
        return f"{':'.join(self.payer)} pays {to} {self.minor / 100:.2f} {self.ref}".rstrip()


@dataclass(frozen=True, slots=True)
class Report:
    """A victim's report of a payment (by its reference), at an hour, in a way, of a sum."""

    hour: float
    ref: str
    minor: int
    names_ref: bool = True
    pasted: bool = False
    officer: int = 0

    def __str__(self) -> str:
        how = "pasted" if self.pasted else "filed"
        told = "" if self.names_ref else " without reference"
        return f"{how} by officer {self.officer}: payment {self.ref}, {self.minor / 100:.2f}{told}"


@dataclass(frozen=True, slots=True)
class Tick:
    """So many hours later: what people do, which engine works, where it dies or is met."""

    hours: float
    officer: str = "all"
    supervisor: str = "yes"
    odd: tuple[tuple[str, float], ...] = ()
    engine: str = "a"
    crash: tuple[int, str] | None = None
    meet: tuple[int, str] | None = None

    def __str__(self) -> str:
        parts = [f"+{self.hours:g} h"]
        if self.officer != "all":
            parts.append(f"officers: {self.officer}")
        if self.supervisor != "yes":
            parts.append(f"supervisor: {self.supervisor}")
        parts += [f"{name} ({pick:.2f})" for name, pick in self.odd]
        if self.engine != "a":
            parts.append(f"engine: {self.engine}")
        if self.crash:
            parts.append(f"crash {self.crash[1]} commit {self.crash[0]}")
        if self.meet:
            parts.append(f"at request {self.meet[0]}: {self.meet[1]}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Temper:
    """How a bank is: hours until it acts and pays, how its holds' stamps lie (ms).

    A conversion costs `coins_more` of the account than it does at the rate the money came by.
    """

    bank: str
    answer_hours: float
    settle_hours: float
    hold_stamp_ms: int
    coins_more: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """One history."""

    seed: int
    tempers: tuple[Temper, ...]
    openings: tuple[tuple[tuple[str, str], int], ...]
    payments: tuple[Payment, ...]
    reports: tuple[Report, ...]
    faults: tuple[Fault, ...]
    ticks: tuple[Tick, ...]
    foreign: Foreign | None = None


def plan_of(seed: int) -> Plan:
    """The history of a seed."""
    return foreign_of(plan_at_home(seed))


def plan_at_home(seed: int) -> Plan:
    """The same where nobody asks anything of other States."""
    plan = plan_without_orders(seed)
    return replace(plan, ticks=_by_order(seed, plan.ticks))


def plan_without_orders(seed: int) -> Plan:
    """The same where no court sends a list, and nobody is ordered to give money back."""
    plan = plan_without_recalls(seed)
    faults = (*plan.faults, *_odd_sums(seed, plan.faults))
    return replace(plan, ticks=_called_back(seed, plan.ticks), faults=faults)


def plan_without_recalls(seed: int) -> Plan:
    """The same where no payment is called back, nothing is announced, and no sum is odd."""
    plain = plain_plan_of(seed)
    return replace(plain, ticks=_by_other_ways(seed, plain.ticks))


def plain_plan_of(seed: int) -> Plan:
    """The same where money comes back through banks alone."""
    dice = random.Random(seed)  # noqa: S311 - a story, no secret
    payments, stolen = _payments(dice)
    return Plan(
        seed=seed,
        tempers=tuple(_temper(dice, bank) for bank in ("north", "south", "east", "abroad")),
        openings=tuple((m, dice.choice((0, 0, 50_00, 700_00))) for m in MULES),
        payments=tuple(sorted(payments, key=lambda p: p.hour)),
        reports=tuple(sorted(_reports(dice, stolen), key=lambda r: r.hour)),
        faults=tuple(_faults(dice, payments)),
        ticks=tuple(_tick(dice) for _ in range(dice.randint(3, 9))),
    )


def _by_other_ways(seed: int, ticks: tuple[Tick, ...]) -> tuple[Tick, ...]:
    """In each other history money comes by other ways too, with dice of their own."""
    dice = random.Random(f"other ways {seed}")  # noqa: S311 - a story, no secret
    if dice.random() < 0.5:
        return ticks
    more = [((dice.choice(OTHER_WAYS), dice.random()),) if dice.random() < 0.4 else ()
            for _ in ticks]  # fmt: skip
    return tuple(
        replace(tick, odd=(*tick.odd, *odd)) for tick, odd in zip(ticks, more, strict=True)
    )


def _called_back(seed: int, ticks: tuple[Tick, ...]) -> tuple[Tick, ...]:
    """In one history of three payments are called back, and what finds nobody is announced."""
    dice = random.Random(f"called back {seed}")  # noqa: S311 - a story, no secret
    if dice.random() > 0.33:
        return ticks
    more = [
        tuple((dice.choice(CALLED_BACK), dice.random()) for _ in range(dice.choice((0, 1, 2))))
        for _ in ticks
    ]
    return tuple(
        replace(tick, odd=(*tick.odd, *odd)) for tick, odd in zip(ticks, more, strict=True)
    )


def _by_order(seed: int, ticks: tuple[Tick, ...]) -> tuple[Tick, ...]:
    """In one history of five courts and orders to give money back come, some after its end."""
    dice = random.Random(f"by order {seed}")  # noqa: S311 - a story, no secret
    if dice.random() > 0.2:
        return ticks
    late = [Tick(dice.choice((24, 49, 24 * 8, 24 * 31))) for _ in range(dice.choice((1, 1, 2, 3)))]
    more = []
    for number, tick in enumerate((*ticks, *late)):
        names = BY_ORDER if number < len(ticks) else BACK
        count = dice.choice((0, 0, 1, 1)) if number < len(ticks) else dice.choice((1, 2))
        acts = tuple((dice.choice(names), dice.random()) for _ in range(count))
        more.append(replace(tick, odd=(*tick.odd, *acts)))
    return tuple(more)


def _odd_sums(seed: int, faults: tuple[Fault, ...]) -> Iterator[Fault]:
    """In one history of six a bank pays a coin less than it was told to, or pays twice."""
    dice = random.Random(f"odd sums {seed}")  # noqa: S311 - a story, no secret
    if dice.random() < 1 / 6:
        bank = dice.choice([f.bank for f in faults] or list(HOME))
        yield Fault(bank, "payout", dice.choice((1, 1, 2)), dice.choice(ODD_SUMS))


def _temper(dice: random.Random, bank: str) -> Temper:
    answer = dice.choice((0, 0, 1, 4))
    return Temper(bank, answer, dice.choice((0, 0, 2, 20)), dice.choice((0, 0, 0, -10, 10)))


def _payments(dice: random.Random) -> tuple[list[Payment], list[Payment]]:
    """What victims pay, and how mules pass it on, before and after anybody knows."""
    stolen = []
    for n, victim in enumerate(VICTIMS[: dice.choice((1, 1, 2, 2, 3))], 1):
        to = FOREIGN if dice.random() < 0.1 else dice.choice(MULES[:2])
        hour = dice.choice((1, 2, 30)) if n > 1 else 1
        stolen.append(Payment(hour, victim, to, dice.choice(_SUMS), f"E{n}"))
    onwards = []
    for n in range(dice.choice((0, 0, 1, 2, 3))):
        to = dice.choice((*MULES, FOREIGN, None))
        payer = dice.choice(MULES[:3])
        if to != payer:
            hour = dice.choice((1.5, 2.5, 5, 20, 40, 200))
            onwards.append(Payment(hour, payer, to, dice.choice(_SUMS) // dice.choice((1, 2)),
                                   f"X{n}"))  # fmt: skip
    if dice.random() < 0.3:  # other people's money comes to a mule as well
        hour = dice.choice((0.5, 3, 60))
        onwards.append(Payment(hour, SPARE[0], dice.choice(MULES[:2]), dice.choice(_SUMS), "O1"))
    return [*stolen, *onwards], stolen


def _reports(dice: random.Random, stolen: list[Payment]) -> list[Report]:
    reports = []
    for n, payment in enumerate(stolen):
        hour = payment.hour + dice.choice((0.5, 1, 4, 60 if n else 2, 24 * 20 if n else 3))
        told = payment.minor
        if dice.random() < 0.2:
            told = told * dice.choice((2, 3, 1)) // dice.choice((1, 2))
        report = Report(
            hour, payment.ref, max(told, 100), dice.random() < 0.8, dice.random() < 0.3,
            dice.choice((0, 0, 0, 1)),
        )  # fmt: skip
        reports.append(report)
    if dice.random() < 0.1:
        first = reports[0]
        reports.append(Report(first.hour + dice.choice((1, 30)), first.ref, first.minor))
    return reports


def _faults(dice: random.Random, payments: Sequence[Payment]) -> list[Fault]:
    """Rudeness where it is met: at the banks that the money comes to."""
    banks = sorted({p.to[0] for p in payments if p.to is not None and p.to[0] != "east"})
    faults = []
    for _ in range(dice.choice((0, 1, 2, 3, 4, 6))):
        (occasion,) = dice.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
        nth = dice.choice((1, 1, 1, 2, 2, 3, 0))
        hours = dice.choice((1, 10, 30, 80))
        faults.append(Fault(dice.choice(banks), occasion, nth, dice.choice(KINDS[occasion]), hours))
    return faults


def _tick(dice: random.Random) -> Tick:
    hours = dice.choice(_SOON if dice.random() < 0.6 else _LONG)
    officer = dice.choices(("all", "one", "none"), (6, 2, 1))[0]
    supervisor = dice.choices(("yes", "no", "none"), (7, 1, 2))[0]
    odd = ()
    if dice.random() < 0.35:
        odd = ((dice.choice(ODD), dice.random()),)
    engine = dice.choices(("a", "b", "none", "part"), (8, 1, 1, 1))[0]
    crash = None
    if dice.random() < 0.12:
        crash = (dice.randint(1, 12), dice.choice(("before", "after", "asked", "answered")))
    meet = None
    if dice.random() < 0.2:
        meet = (
            dice.randint(1, 4),
            dice.choice(("engine", "late_engine", "officer", "supervisor", "import")),
        )
    return Tick(hours, officer, supervisor, odd, engine, crash, meet)
