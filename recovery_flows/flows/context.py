"""What a running engine holds: the database, the laws, the lines to the partners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from models.engine import Database
from models.ids import OfficerId, PartnerId, RecoveryId
from models.queries.clock import case_now
from models.queries.work import PartnerLine, partners
from models.store.unit import ENGINE
from recovery_flows.bank.client import PartnerBank, open_partner_bank
from recovery_flows.bank.limiter import Gate
from recovery_flows.bank.line import Authority, Line
from recovery_flows.desk import wall_clock
from recovery_flows.rules.freezing import Laws


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long: seconds of case time for polls, of transport time for the rest."""

    poll_seconds: int = 30
    poll_ceiling_seconds: int = 900
    watch_seconds: int = 21_600
    lease_seconds: int = 120
    timeout_seconds: int = 10
    chunk_size: int = 500
    connections: int = 10
    retry_ceiling_seconds: int = 60


@dataclass(slots=True)
class Engine:
    """One engine's hands; made by the composition root, one per process."""

    database: Database
    laws: Laws
    pace: Pace
    owner: str
    wall: Callable[[], datetime] = wall_clock
    calls_sent: dict[str, int] = field(default_factory=dict)
    _banks: dict[str, tuple[PartnerLine, PartnerBank]] = field(default_factory=dict)

    def now(self) -> datetime:
        """Case time."""
        with self.database.reading() as session:
            return case_now(session, self.wall())

    async def bank(self, partner_id: str) -> PartnerBank:
        """The line to a partner; opened anew when its address or token changed."""
        with self.database.reading() as session:
            known = {p.id: p for p in partners(session, self.database.vault)}
        line = known[partner_id]
        open_line = self._banks.get(partner_id)
        if open_line is not None:
            before, bank = open_line
            if (before.base_url, before.token) == (line.base_url, line.token):
                return bank
            await bank.aclose()
        bank = open_partner_bank(
            Line(
                PartnerId(partner_id),
                line.base_url,
                line.token,
                connect_timeout_seconds=self.pace.timeout_seconds,
                read_timeout_seconds=self.pace.timeout_seconds,
            ),
            Authority(RecoveryId("none"), OfficerId(ENGINE.id), "feed"),
            Gate(PartnerId(partner_id), self.pace.connections),
            uuid4,
        )
        self._banks[partner_id] = (line, bank)
        return bank

    def count_call(self, kind: str) -> None:
        """Count an exchange for the figures at the end."""
        self.calls_sent[kind] = self.calls_sent.get(kind, 0) + 1

    async def close(self) -> None:
        """Close all lines."""
        for _, bank in self._banks.values():
            await bank.aclose()
        self._banks.clear()


class NoEngineError(RuntimeError):
    """A flow ran in a process that set no engine up."""


_current: list[Engine] = []


def use(engine: Engine | None) -> None:
    """Set the engine whose hands the flows of this process use (None: none any more)."""
    _current.clear()
    if engine is not None:
        _current.append(engine)


def current() -> Engine:
    """The engine of this process."""
    if not _current:
        raise NoEngineError("no engine is set up in this process")
    return _current[0]
