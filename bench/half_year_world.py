"""An invented half-year: so many victims, their mules, some of them quicker than the stop."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from recovery_flows.sandbox.worlds.world import (
    AccountKey,
    Bank,
    Report,
    World,
    WorldAccount,
    WorldTransfer as Transfer,
)

STARTS_AT = datetime(2026, 1, 5, tzinfo=UTC)
REPORTING_DAYS = 40
BANKS = tuple(
    Bank(f"sandbox-{name}", f"Sandbox {name.title()} Bank", "CN", "CNY", minutes, 30)
    for name, minutes in (("quick", 0), ("brisk", 10), ("slow", 120), ("idle", 600))
)


class HalfYear:
    """Collects the world; the same seed writes the same one."""

    def __init__(self, victims: int, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - invents stories, guards nothing
        self._accounts: list[WorldAccount] = []
        self._moves: list[tuple[datetime, AccountKey, AccountKey | None, int, str]] = []
        self._reports: list[tuple[datetime, Report]] = []
        for number in range(1, victims + 1):
            self._victim(number)

    def world(self) -> World:
        """The world as the sandbox installs it."""
        moves = sorted(self._moves, key=lambda move: move[0])
        transfers = tuple(
            Transfer(
                order, at, payer, payee, minor, "CNY", "TRANSFER" if payee else "CASH", end_to_end
            )
            for order, (at, payer, payee, minor, end_to_end) in enumerate(moves, start=1)
        )
        reports = tuple(report for _, report in sorted(self._reports, key=lambda r: r[0]))
        return World(BANKS, tuple(self._accounts), transfers, reports, (), STARTS_AT, ())

    def _open(self, holder: str, opening_minor: int = 0) -> AccountKey:
        bank = self._dice.choice(BANKS).id
        number = f"99990{len(self._accounts):011d}"
        self._accounts.append(WorldAccount(bank, number, holder, "CNY", opening_minor))
        return bank, number

    def _victim(self, number: int) -> None:
        minor = self._dice.randint(50_000, 9_000_000)
        paid_at = STARTS_AT + timedelta(minutes=self._dice.randint(0, REPORTING_DAYS * 1440))
        victim = self._open(f"Synthetic Victim {number:03d}", minor + 10_000)
        mule = self._open(f"Synthetic Mule {number:03d}")
        end_to_end = f"SYN-{number:05d}"
        self._moves.append((paid_at, victim, mule, minor, end_to_end))
        onward = paid_at + timedelta(minutes=self._dice.randint(30, 3_000))
        if self._dice.random() < 1 / 4:
            to = (
                self._open(f"Synthetic Mule {number:03d} b")
                if self._dice.random() < 1 / 2
                else None
            )
            part = minor if self._dice.random() < 1 / 2 else minor // 2
            self._moves.append((onward, mule, to, part, f"{end_to_end}-b"))
        reported_at = paid_at + timedelta(minutes=self._dice.randint(20, 600))
        report = self._report(number, victim, mule, minor, paid_at, reported_at)
        self._reports.append((reported_at, report))

    def _report(
        self,
        number: int,
        victim: AccountKey,
        mule: AccountKey,
        minor: int,
        paid_at: datetime,
        reported_at: datetime,
    ) -> Report:
        return Report(
            external_ref=f"SYN-H{number:04d}",
            victim_name=f"Synthetic Victim {number:03d}",
            victim_contact=f"victim{number:03d}@synthetic.example",
            victim_bank=victim[0],
            victim_account=victim[1],
            payee_bank=mule[0],
            payee_account=mule[1],
            payee_name=f"Synthetic Mule {number:03d}",
            amount=f"{minor // 100}.{minor % 100:02d}",
            currency="CNY",
            paid_at=paid_at.isoformat(),
            reported_at=reported_at.isoformat(),
            end_to_end_id=f"SYN-{number:05d}",
            method="bank app",
        )
