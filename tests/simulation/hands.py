"""An engine as it runs, without Prefect and without a network: its sweep, its death, its twin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import uuid4

import httpx

from models.entities.asset import Stage
from models.ids import OfficerId, PartnerId, RecoveryId
from models.queries.cases.work import PartnerLine
from models.store.unit import ENGINE
from recovery_flows.cases.stages import STAGES
from recovery_flows.engine import decisions, event_feed, nightly
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import CALLS
from recovery_flows.engine.outbox import dispatch
from recovery_flows.partners.rbp1.breaker import Breaker
from recovery_flows.partners.rbp1.client import PartnerBank
from recovery_flows.partners.rbp1.connection import Line
from recovery_flows.partners.rbp1.exchange import Exchange
from recovery_flows.partners.rbp1.limiter import Gate
from recovery_flows.partners.rbp1.orders import Authority
from tests.recall_messages import CHANNELS
from tests.simulation.door import Door
from tests.simulation.place import Place
from tests.simulation.session import Transactions
from tests.simulation.witness import Witness

PACE = Pace()
ROUNDS_MAX = 40
_BATCHES_MAX = 30


class CrashError(BaseException):
    """The process dies here: nothing that handles errors may catch it."""


class RestlessError(AssertionError):
    """A sweep that never ends."""


class _Unlined(Line):
    """A line whose connections lead to a simulated bank."""

    __slots__ = ()
    door: Door

    def open_http(self) -> httpx.AsyncClient:
        """The same client with another transport."""
        return httpx.AsyncClient(
            base_url=self.base_url,
            headers={"Authorization": f"Bearer {self.token}", "Accept-Encoding": "identity"},
            transport=_DOORS[self.partner],
            trust_env=False,
        )


_DOORS: dict[str, httpx.AsyncBaseTransport] = {}


class SimulatedEngine(Engine):
    """An engine whose lines lead to simulated banks and whose gates count simulated time."""

    def now(self) -> datetime:
        """Case time; no clock was set, so it follows the wall."""
        return self.wall_now()

    async def bank(self, partner_id: str) -> PartnerBank:
        """The line to a partner; none changes its address here, so an open one is kept."""
        found = self._banks.get(partner_id)
        return found[1] if found is not None else await super().bank(partner_id)

    def _open(self, line: PartnerLine) -> PartnerBank:
        partner = PartnerId(line.id)
        unlined = _Unlined(partner, line.base_url, line.token, case_now=self.now)
        gate = Gate(partner, patience_seconds=0, monotonic=lambda: self.wall_now().timestamp())
        breaker = Breaker(partner, self.wall_now, line.breaker_failures, line.breaker_until)
        standing = Authority(RecoveryId("none"), OfficerId(ENGINE.id), "feed")
        return PartnerBank(unlined, standing, Exchange(unlined, gate, breaker), uuid4)


def new_engine(place: Place, owner: str, wall_now: Callable[[], datetime]) -> SimulatedEngine:
    """A fresh engine object on the database as it is."""
    made = SimulatedEngine(place.database, place.laws, PACE, owner, wall_now)
    made.channels = CHANNELS
    return made


def lead_to(doors: Mapping[str, httpx.AsyncBaseTransport]) -> None:
    """Let the lines of engines lead to these doors."""
    _DOORS.clear()
    _DOORS.update(doors)


class Hands:
    """One engine at work; `eyes` tell cheaply whether a look of the engine would find anything."""

    def __init__(self, engine: SimulatedEngine, eyes: Witness) -> None:
        self.engine, self._eyes = engine, eyes

    async def sweep(self, rounds: int = ROUNDS_MAX) -> int:
        """What `flows.sweep` does, in its order, by the functions under its Prefect flows."""
        done = 0
        for _ in range(rounds):
            step = await self._round()
            if not step:
                return done
            done += step
        if rounds == ROUNDS_MAX:
            found = decisions.due_by_stage(self.engine).values()
            stuck = sorted({i for ids in found for i in ids})
            raise RestlessError(f"the sweep never ends: {', '.join(stuck)}")
        return done

    async def nights(self) -> None:
        """Compare the days that are over with the banks' own, as the sweep does."""
        for partner in nightly.due_nights(self.engine):
            await nightly.reconcile_night(self.engine, partner)

    async def _round(self) -> int:
        done = 0
        if self._sends(Stage.FREEZING):
            done += await self._run(Stage.FREEZING, self._due().get(Stage.FREEZING, []))
        if self._polls():
            for partner in event_feed.due_polls(self.engine):
                done += await event_feed.poll(self.engine, partner)
        found = self._due()
        for stage in STAGES:
            due = found.get(stage, [])
            if due or self._sends(stage):
                done += await self._run(stage, due)
        return done

    async def _run(self, stage: Stage, recovery_ids: list[str]) -> int:
        done = await self._send(stage)
        done += await self._decide(recovery_ids)
        again = self._due().get(stage, []) if done else []
        return done + (await self._decide(again) if again else 0)

    async def _decide(self, recovery_ids: list[str]) -> int:
        done = decisions.decide(self.engine, recovery_ids) if recovery_ids else 0
        for sending in CALLS:
            done += await self._send(sending)
        return done

    async def _send(self, stage: Stage) -> int:
        done = 0
        for _ in range(_BATCHES_MAX):
            if not self._sends(stage):
                break
            sent = await dispatch.send_due(self.engine, CALLS[stage])
            done += sent
            if not sent:
                break
        return done

    def _due(self) -> dict[Stage, list[str]]:
        found = self._is_there("SELECT 1 FROM recovery WHERE wake_at <= ? LIMIT 1", self._now())
        return decisions.due_by_stage(self.engine) if found else {}

    def _sends(self, stage: Stage) -> bool:
        marks = ",".join("?" * len(CALLS[stage]))
        query = (
            "SELECT 1 FROM call WHERE state IN ('planned', 'sent', 'unknown')"
            f" AND kind IN ({marks}) AND (retry_at IS NULL OR retry_at <= ?)"
            " AND (lease_until IS NULL OR lease_until < ?) LIMIT 1"
        )
        now = self._now()
        return self._is_there(query, *map(str, CALLS[stage]), now, now)

    def _polls(self) -> bool:
        query = (
            "SELECT 1 FROM partner WHERE feed_due_at <= ? UNION ALL SELECT 1 FROM partner p"
            " JOIN asset a ON a.partner_id = p.id JOIN hold h ON h.asset_id = a.id"
            " WHERE (p.feed_due_at IS NULL OR p.feed_interval_seconds = 0) AND h.state IN"
            " ('ordered', 'queued', 'stopped', 'frozen', 'release_pending', 'disposal_pending')"
            " UNION ALL SELECT 1 FROM partner p JOIN asset a ON a.partner_id = p.id"
            " JOIN payout o ON o.asset_id = a.id WHERE o.state = 'instructed'"
            " AND (p.feed_due_at IS NULL OR p.feed_interval_seconds = 0) UNION ALL"
            " SELECT 1 FROM partner p JOIN request q ON q.carrier_id = p.id WHERE q.sent_by <> ''"
            " AND (p.feed_due_at IS NULL OR p.feed_interval_seconds = 0) UNION ALL SELECT 1 FROM"
            " partner p JOIN task t ON t.partner_id = p.id WHERE p.feed_due_at IS NULL LIMIT 1"
        )
        return self._is_there(query, self._now())

    def _is_there(self, query: str, *given: str) -> bool:
        """Whether the committed rows answer a question, as the witness sees them."""
        return bool(self._eyes.all(query, *given))

    def _now(self) -> str:
        return self.engine.now().strftime("%Y-%m-%d %H:%M:%S.%f")


class Commits:
    """Counts commits and lets the process die at one: before it is durable, or right after."""

    def __init__(self, transactions: Transactions) -> None:
        self._left, self._when = 0, ""
        self.dead = False
        self._before_commit, self._after_commit = (
            transactions.before_commit, transactions.after_commit,
        )  # fmt: skip
        self._before_commit.append(self._before)
        self._after_commit.append(self._after)

    def close(self) -> None:
        """Stop listening."""
        self._before_commit.remove(self._before)
        self._after_commit.remove(self._after)

    def arm(self, number: int, when: str) -> None:
        """Die at the `number`-th commit from now, `before` or `after` it."""
        self._left, self._when = number, when

    def disarm(self) -> None:
        """Live on."""
        self._left, self.dead = 0, False

    def _before(self) -> None:
        if self.dead:
            raise CrashError
        if self._when == "before":
            self._count()

    def _after(self) -> None:
        if self._when == "after":
            self._count()

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.dead = True
            raise CrashError
