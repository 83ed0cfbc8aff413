"""What a running engine holds: the database, the laws, the lines to the partners."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session

from models.engine import Database
from models.ids import OfficerId, PartnerId, RecoveryId
from models.language.phrase import stored_phrase
from models.queries.audit.integrity import broken_partner
from models.queries.cases.work import PartnerLine, partner
from models.queries.installation.clock import case_now
from models.store.unit import ENGINE
from models.trouble import Trouble
from recovery_flows.clock import wall_clock
from recovery_flows.cross_border.channels import Channel
from recovery_flows.engine.watchdog import AtHand
from recovery_flows.errors import PartnerUnavailableError, UnfitArgumentError
from recovery_flows.law.regime import Regimes
from recovery_flows.partners.rbp1.breaker import Breaker
from recovery_flows.partners.rbp1.client import PartnerBank, open_partner_bank
from recovery_flows.partners.rbp1.connection import Certificates, Line
from recovery_flows.partners.rbp1.limiter import Gate
from recovery_flows.partners.rbp1.orders import Authority
from recovery_flows.partners.rbp1.signing import Signer


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long: seconds of case time for polls, of transport time for the rest.

    After so many legal days (`reconcile_days`) the days of a bank are compared with ours.
    """

    poll_seconds: int = 30
    poll_ceiling_seconds: int = 900
    watch_seconds: int = 21_600
    lease_seconds: int = 120
    timeout_seconds: float = 10
    chunk_size: int = 500
    connections: int = 10
    retry_ceiling_seconds: int = 60
    jitter_percent: int = 0
    reconcile_days: int = 1
    stall_seconds: float = 60


@dataclass(frozen=True, slots=True)
class Night:
    """How a partner's days were compared last: up to which midnight; when to try again (wall)."""

    compared_to: datetime | None
    not_before: datetime


def _silence(line: str) -> None:
    del line


@dataclass(slots=True)
class Engine:
    """One engine's hands; made by the composition root, one per process."""

    database: Database
    laws: Regimes
    pace: Pace
    owner: str
    wall_now: Callable[[], datetime] = wall_clock
    signer: Signer | None = field(default=None, repr=False)
    report: Callable[[str], None] = field(default=_silence, repr=False)
    """Says a line to whoever watches the engine; it holds ids and codes only."""
    channels: Mapping[str, Channel] = field(default_factory=dict, repr=False)
    """Ways across a border by code; a request by one that is not here waits in quarantine."""
    calls_sent: dict[str, int] = field(default_factory=dict)
    nights: dict[str, Night] = field(default_factory=dict)
    at_hand: AtHand = field(default_factory=AtHand)
    _banks: dict[str, tuple[PartnerLine, PartnerBank]] = field(default_factory=dict)

    def now(self) -> datetime:
        """Case time."""
        with self.database.reading() as session:
            return case_now(session, self.wall_now())

    def now_in(self, session: Session) -> datetime:
        """Case time, as this transaction sees it."""
        return case_now(session, self.wall_now())

    async def bank(self, partner_id: str) -> PartnerBank:
        """The line to a partner; opened anew when its address or token changed.

        PartnerUnavailableError where its row is not as two people agreed: whoever changed it by
        hand would be sent what is for the bank, and believed.
        """
        with self.database.reading() as session:
            broken = broken_partner(session, self.database, partner_id)
            if broken:
                why = stored_phrase(
                    "its entry in the register was changed by hand: {what}", what=broken[0],
                )  # fmt: skip
                raise PartnerUnavailableError(PartnerId(partner_id), why, trouble=Trouble.REGISTER)
            line = partner(session, self.database.vault, partner_id)
        open_line = self._banks.get(partner_id)
        if open_line is not None:
            before, bank = open_line
            if _credentials(before) == _credentials(line):
                return bank
            await bank.aclose()
        try:
            bank = self._open(line)
        except UnfitArgumentError as error:
            # A certificate that is gone is this partner's trouble; the others are served.
            raise PartnerUnavailableError(PartnerId(partner_id), str(error)) from error
        self._banks[partner_id] = (line, bank)
        return bank

    def _open(self, line: PartnerLine) -> PartnerBank:
        partner_id = line.id
        return open_partner_bank(
            self._line(line),
            Authority(RecoveryId("none"), OfficerId(ENGINE.id), "feed"),
            Gate(PartnerId(partner_id), self.pace.connections),
            uuid4,
            Breaker(
                PartnerId(partner_id), self.wall_now, line.breaker_failures, line.breaker_until
            ),
        )

    def _line(self, line: PartnerLine) -> Line:
        return Line(
            PartnerId(line.id),
            line.base_url,
            line.token,
            line.client_id,
            self.signer,
            self.now,
            Certificates(*line.certificates),
            connect_timeout_seconds=self.pace.timeout_seconds,
            read_timeout_seconds=self.pace.timeout_seconds,
        )

    def breaker_of(self, partner_id: str) -> Breaker | None:
        """The breaker before a partner, if this engine has a line to it."""
        open_line = self._banks.get(partner_id)
        return None if open_line is None else open_line[1].breaker

    def jittered(self, seconds: int) -> int:
        """So many seconds, some percent more or less: engines do not all ask at once."""
        spread = seconds * self.pace.jitter_percent // 100
        return seconds - spread + secrets.randbelow(2 * spread + 1)

    def count_call(self, kind: str) -> None:
        """Count an exchange for the figures at the end."""
        self.calls_sent[kind] = self.calls_sent.get(kind, 0) + 1

    async def close(self) -> None:
        """Close all lines."""
        for _, bank in self._banks.values():
            await bank.aclose()
        self._banks.clear()


def _credentials(line: PartnerLine) -> tuple[object, ...]:
    return line.base_url, line.token, line.client_id, line.certificates


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
