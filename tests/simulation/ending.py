"""The end of a history: banks are polite, people diligent, and everything comes to rest."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from models.queries.audit.verify import verify
from models.queries.cases.work import next_instant, next_retry
from recovery_flows.cases.clocks.keeping import kept_wrong
from recovery_flows.reports.ledger_check import ledger_check
from tests.simulation.eyes import A_NIGHT, ViolationError
from tests.simulation.foreign.world import ForeignWorld
from tests.simulation.hands import Hands
from tests.simulation.oracle import Oracle
from tests.simulation.place import START, Place
from tests.simulation.plan import Tick
from tests.simulation.told import Told
from tests.simulation.world import World

_ROUNDS_MAX = 150
_HORIZON = timedelta(days=3 * 365)
_NUDGE = timedelta(seconds=130)  # past a lease and the longest pause of a retry
_POLITE = Tick(0)


class Ending(World):
    """What is left to do once the plan is played."""

    place: Place
    told: Told
    oracle: Oracle
    abroad: ForeignWorld
    engines: dict[str, Hands]
    _eyes: sqlite3.Connection

    async def _sweep(self, tick: Tick) -> int:
        raise NotImplementedError

    def _people(self, officer: str, supervisor: str) -> int:
        raise NotImplementedError

    async def _rest(self) -> None:
        """Banks are polite and people diligent from now on: everything comes to rest."""
        self.say("--- from now on banks are polite and people diligent")
        for bank in self.banks.values():
            bank.make_polite()
        self.chest.polite = True
        self.abroad.make_polite()
        quiet = timedelta(0)
        for _ in range(_ROUNDS_MAX):
            self.told.steps += 1
            done = await self._sweep(_POLITE)
            done += self._people("all", "yes")
            if done:
                quiet = timedelta(0)
                self.at += _NUDGE
                continue
            await self._nights("a")
            following = self._following(quiet)
            if self._is_at_rest():
                following = self._news_to_come()
                if following is None:
                    return
            if following is None or following > START + _HORIZON:
                break
            quiet = max(timedelta(hours=1), quiet * 2)
            self._pass_time(following)
        self._complain()

    async def _nights(self, name: str) -> None:
        """What an engine does after midnight; a bank that nothing waits for is heard then."""
        try:
            await self.engines[name].nights()
        except ViolationError:
            raise
        except Exception as error:
            raise ViolationError("engine died", f"{type(error).__name__}: {error}"[:400]) from error
        self.oracle.night = self.at
        self.oracle.look()

    def _news_to_come(self) -> datetime | None:
        """Until when a bank may go back on its word, and is heard of it the night after."""
        found = [at for bank in self.banks.values() if (at := bank.next_news())]
        heard = [bank.last_news + A_NIGHT for bank in self.banks.values() if bank.last_news]
        found += [at for at in heard if at > self.at]
        return min(found, default=None)

    def _is_at_rest(self) -> bool:
        if self._world:
            return False
        open_ones = (
            "SELECT 1 FROM recovery WHERE state IN ('reported', 'open') UNION ALL"
            " SELECT 1 FROM discrepancy WHERE state = 'open' UNION ALL"
            " SELECT 1 FROM objection WHERE state = 'open' UNION ALL"
            " SELECT 1 FROM call WHERE state IN ('planned', 'sent', 'unknown') LIMIT 1"
        )
        return self.oracle.eyes.execute(open_ones).fetchone() is None

    def _following(self, quiet: timedelta) -> datetime | None:
        """The next instant at which anything can happen; quiet polls are not looked at singly.

        What a bank does by itself is known to us an hour later.
        """
        wakes = self._eyes.execute(
            "SELECT min(at) FROM (SELECT wake_at AS at FROM recovery UNION ALL SELECT retry_at"
            " FROM discrepancy WHERE state = 'open') WHERE at > ?",
            [f"{self.at:%Y-%m-%d %H:%M:%S.%f}"],
        ).fetchone()[0]
        found = [datetime.fromisoformat(wakes).replace(tzinfo=UTC)] if wakes else []
        if not quiet:
            found.append(self.at + timedelta(hours=1))
        found += [at for bank in self.banks.values() if (at := bank.next_due())]
        if answered := self.chest.next_due(self.at):
            found.append(answered)
        if foreign := self.abroad.next_due(self.at):
            found.append(foreign)
        if self._world:
            found.append(self._at_of(self._world[0]))
        with self.place.database.reading() as session:
            retry = next_retry(session)
            poll = next_instant(session, self.at)
        found += [retry] if retry and retry > self.at else []
        if not found:
            return poll and max(poll, self.at + quiet)
        return max(min(found), self.at + timedelta(minutes=10))

    def _complain(self) -> None:
        for sentence in self.oracle.dead_ends():
            raise ViolationError("dead end", sentence)
        query = (
            "SELECT ref, state, step_role, step_action, step_wording FROM recovery"
            " WHERE state IN ('reported', 'open')"
        )
        rows, said = self._eyes.execute(query).fetchall(), self.people.last_refusal
        raise ViolationError("never at rest", f"{rows} at {self.at:%Y-%m-%d}; refused: {said}")

    def _prove(self) -> None:
        """At the end the whole history replays, and the ledger agrees with its sources."""
        self.oracle.stale_approvals()
        self.oracle.decreed_at_rest()
        self.oracle.held_at_rest()
        self.oracle.bodies_at_rest()
        self.oracle.told_at_rest()
        self.oracle.offices_at_rest()
        found = verify(self.place.database)
        if found:
            raise ViolationError("audit", found[0].sentence)
        with self.place.database.reading() as session:
            found = ledger_check(session)
            kept = [*found.miscounted, *kept_wrong(session, self.place.laws)]
        for sentence in [*(one.sentence for one in found.differences), *kept]:
            raise ViolationError("ledger check", sentence)
