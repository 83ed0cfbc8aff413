"""One history: a plan played from its first report until every recovery is at rest."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

from recovery_flows.errors import RecoveryFlowsError
from tests.simulation.chest import Chest
from tests.simulation.door import Door
from tests.simulation.ending import Ending
from tests.simulation.eyes import ViolationError
from tests.simulation.foreign.world import foreign_world
from tests.simulation.hands import (
    PACE,
    ROUNDS_MAX,
    Commits,
    CrashError,
    Hands,
    RestlessError,
    lead_to,
    new_engine,
)
from tests.simulation.oracle import Oracle
from tests.simulation.people import People
from tests.simulation.place import START, Place
from tests.simulation.plan import Plan, Report, Tick
from tests.simulation.told import Told
from tests.simulation.witness import Witness

Say = Callable[[str], None]
_REACHED = "'court_list', 'court_share', 'clawback'"
_A_LEASE = timedelta(seconds=PACE.lease_seconds + 1)


class History(Ending):
    """Plays one plan at a place."""

    def __init__(self, plan: Plan, place: Place, say: Say = lambda _: None) -> None:
        self.plan, self.place, self._say = plan, place, say
        self.at = START
        self.told = Told(plan.seed)
        self.truth: dict[str, int] = {}
        paid = {payment.ref for payment in plan.payments}
        reports = [report for report in plan.reports if report.ref in paid]
        self._world = sorted(
            [*plan.payments, *reports], key=lambda x: (x.hour, isinstance(x, Report))
        )
        self._refs = Counter[str]()
        self.banks = self._open_banks()
        self.chest = Chest()
        self.doors = {name: Door(bank, self._between) for name, bank in self.banks.items()}
        self.abroad = foreign_world(plan.foreign, self.now, self._between)
        self._tick: Tick | None = None
        self._requests = 0
        self._met = False
        self._generation = 0

    def say(self, text: str) -> None:
        self._say(f"{self.at:%m-%d %H:%M} {text}")

    # Playing

    async def play(self) -> Told:
        """Play it to its end; what must never be is in `violation`."""
        self.place.fresh()
        self.abroad.settle_in(self.place)
        self.commits = Commits(self.place.transactions)
        self.abroad.deaths.begin(self.commits, self.place.path)
        self.place.transactions.after_commit.append(self.abroad.deaths.after_commit)
        lead_to(self.doors | self.abroad.doors)
        with closing(Witness(self.place.path, self.place.transactions.remembered)) as eyes:
            self.people = People(self.place, self.now, eyes, self.say, self.chest, self.abroad)
            self.oracle = Oracle(eyes, self.banks, self.truth, self.now, self.chest, self.abroad)
            self._eyes = eyes
            self.engines = {name: self._engine(name) for name in ("a", "b")}
            try:
                await self._play()
            except ViolationError as violation:
                self.told.violation = violation
            finally:
                self.commits.close()
                self.place.transactions.after_commit.remove(self.abroad.deaths.after_commit)
                self.abroad.deaths.end()
                for hands in self.engines.values():
                    await hands.engine.close()
            self._count(eyes)
        return self.told

    def _count(self, eyes: sqlite3.Connection) -> None:
        told = self.told
        told.checks, told.acts, told.refused = (
            self.oracle.checks, self.people.acts, self.people.refused,
        )  # fmt: skip
        told.requests = sum(d.requests for d in self.doors.values())
        told.requests += sum(d.requests for d in self.abroad.doors.values())
        told.faults += self.abroad.told()
        told.days = (self.at - START) / timedelta(days=1)
        for bank in self.banks.values():
            told.faults += bank.told
        told.reached = Counter(
            f"{noun}:{event}" for noun, event in eyes.execute(
                f"SELECT noun, event FROM event WHERE noun IN ({_REACHED})"
            )
        )  # fmt: skip
        told.ends = Counter(row[0] for row in eyes.execute("SELECT state FROM recovery"))

    def _engine(self, name: str) -> Hands:
        self._generation += 1
        engine = new_engine(self.place, f"{name}{self._generation}", self.now)
        return Hands(engine, self._eyes)

    async def _play(self) -> None:
        for tick in self.plan.ticks:
            self.say(f"--- {tick}")
            await self._one(tick)
        await self._rest()
        self._prove()

    async def _one(self, tick: Tick) -> None:
        self.told.steps += 1
        self._tick, self._requests, self._met = tick, 0, False
        self._pass_time(self.at + timedelta(hours=tick.hours))
        await self._sweep(tick)
        for name, pick in tick.odd:
            self._guarded(lambda name=name, pick=pick: self.people.odd(name, pick, self.doors))
        done = self._people(tick.officer, tick.supervisor)
        if done and tick.engine != "none":
            await self._sweep(tick)
        self._tick = None

    def _people(self, officer: str, supervisor: str) -> int:
        done = self._guarded(lambda: self.people.officers(officer))
        done += self._guarded(lambda: self.people.supervisor(supervisor))
        return done

    def _guarded(self, act: Callable[[], int | None]) -> int:
        """A person's act: only the program's own errors may come out, and they are caught."""
        try:
            done = act() or 0
        except (ViolationError, RecoveryFlowsError):
            raise
        except Exception as error:
            raise ViolationError("desk", f"an act raised {_named(error)}") from error
        self.oracle.look()
        return done

    async def _sweep(self, tick: Tick) -> int:
        """One engine's sweep; where the tick says so it dies, and a fresh one takes over."""
        if tick.engine == "none":
            return 0
        name = "b" if tick.engine == "b" else "a"
        if tick.crash is not None and tick.crash[1] in ("before", "after"):
            self.commits.arm(*tick.crash)
        may_die = self._tick is not None
        try:
            with self.abroad.deaths.of_an_engine(may=may_die):
                done = await self._alive(name, 1 if tick.engine == "part" else ROUNDS_MAX)
            if may_die:
                await self._nights(name)
        except CrashError:
            done = 1
            await self._bury(name)
        finally:
            self.commits.disarm()
        self.oracle.look()
        return done

    async def _alive(self, name: str, rounds: int = ROUNDS_MAX) -> int:
        try:
            return await self.engines[name].sweep(rounds)
        except RestlessError as error:
            raise ViolationError("restless", str(error)) from error
        except ViolationError:
            raise
        except Exception as error:
            raise ViolationError("engine died", _named(error)) from error

    async def _bury(self, name: str) -> None:
        """The process is gone: nothing of it runs on, and nothing of it is written any more."""
        self.told.crashes += 1
        self.say(f"engine {name} dies")
        self.commits.dead = True
        others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self.commits.disarm()
        self.engines[name] = self._engine(name)

    async def _between(self, answered: bool) -> None:  # noqa: FBT001
        """At a bank's door: the process may die there, or somebody else may act meanwhile."""
        tick = self._tick
        if tick is None or self._met:
            return
        self._requests += not answered
        if tick.crash == (self._requests, "answered" if answered else "asked"):
            self._met = True
            self.commits.dead = True
            raise CrashError
        if tick.meet is not None and tick.meet[0] == self._requests and answered:
            self._met = True
            await self._meet(tick.meet[1])

    async def _meet(self, what: str) -> None:
        self.told.meetings += 1
        self.say(f"meanwhile: {what}")
        if what == "late_engine":  # the first one's lease has run out meanwhile
            self._pass_time(self.at + _A_LEASE)
        if what.endswith("engine"):
            await self._alive("b")
        elif what == "officer":
            self._guarded(lambda: self.people.officers("all"))
        elif what == "supervisor":
            self._guarded(lambda: self.people.supervisor("yes"))
        else:
            self._guarded(lambda: self.people.odd("import", 0.1, self.doors))


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:400]
