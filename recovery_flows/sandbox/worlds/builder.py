"""Builds invented worlds: opens accounts, writes payments and victims' reports."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from recovery_flows.sandbox.arithmetic import text_of
from recovery_flows.sandbox.worlds.world import (
    AccountKey,
    Bank,
    Report,
    WorldAccount,
    WorldObjection,
    WorldRecall,
    WorldTransfer,
)

_NUMBER_PREFIX = "99990"
_METHODS = ("bank app", "online banking", "counter")


class Script:
    """Collects a world; hours are counted from the start, amounts are minor units.

    The dice are seeded: the same seed writes the same world.
    """

    def __init__(self, banks: Sequence[Bank], starts_at: datetime, seed: int) -> None:
        self.banks = {bank.id: bank for bank in banks}
        self.starts_at = starts_at
        self.accounts: list[WorldAccount] = []
        self._dice = random.Random(seed)  # noqa: S311 - invents stories, guards nothing
        self._moves: list[tuple[datetime, AccountKey, AccountKey | None, int, str, str, str]] = []
        self._reports: list[tuple[datetime, Report]] = []
        # Dice of their own: who objects changes nothing else of the world.
        self._objecting = random.Random(f"{seed}/objections")  # noqa: S311 - as above
        self.objections: list[WorldObjection] = []
        self._recalling = random.Random(f"{seed}/recalls")  # noqa: S311 - as above
        self.recalls: list[WorldRecall] = []
        self.gives_back = self.goes_abroad = ""
        self.sold_for = self.court_gives = ""

    def open(self, bank: str, holder: str, opening_minor: int = 0) -> AccountKey:
        """A new account with an invented number of 16 to 19 digits."""
        digits = self._dice.randint(11, 14)
        number = _NUMBER_PREFIX + "".join(self._dice.choices("0123456789", k=digits))
        currency = self.banks[bank].currency
        self.accounts.append(WorldAccount(bank, number, holder, currency, opening_minor))
        return bank, number

    def about(self, minor: int) -> int:
        """An amount within a tenth of `minor`, uneven as real ones are."""
        return minor + self._dice.randint(-minor // 10, minor // 10)

    def minutes(self, least: int, most: int) -> float:
        """A random span, in hours, given in minutes."""
        return self._dice.randint(least, most) / 60

    def pay(
        self,
        hour: float,
        payer: AccountKey,
        payee: AccountKey | None,
        amount_minor: int,
        *,
        kind: str = "TRANSFER",
        currency: str = "CNY",
    ) -> str:
        """Schedule one payment; returns its end-to-end id."""
        end_to_end_id = f"SYN-{len(self._moves) + 1:05d}"
        at = self.starts_at + timedelta(minutes=round(hour * 60))
        self._moves.append((at, payer, payee, amount_minor, currency, kind, end_to_end_id))
        return end_to_end_id

    def defraud(
        self, hour: float, payee: AccountKey, amount_minor: int, *, home: str, lag_hours: float
    ) -> int:
        """A victim at bank `home` pays `payee`, and reports it `lag_hours` later; the amount."""
        place = len(self._reports) + 1
        stolen_minor = self.about(amount_minor)
        spare_minor = self.about(300_000)
        victim = self.open(home, f"Synthetic Victim {place:02d}", stolen_minor + spare_minor)
        end_to_end_id = self.pay(hour, victim, payee, stolen_minor)
        paid_at = self.starts_at + timedelta(minutes=round(hour * 60))
        reported_at = paid_at + timedelta(minutes=round(lag_hours * 60))
        holder = next(a.holder for a in self.accounts if (a.bank, a.number) == payee)
        report = Report(
            external_ref=f"SYN-R{place:03d}",
            victim_name=f"Synthetic Victim {place:02d}",
            victim_contact=f"victim{place:02d}@synthetic.example",
            victim_bank=victim[0],
            victim_account=victim[1],
            payee_bank=payee[0],
            payee_account=payee[1],
            payee_name=holder,
            amount=text_of(stolen_minor, "CNY"),
            currency="CNY",
            paid_at=paid_at.isoformat(),
            reported_at=reported_at.isoformat(),
            # Not every victim finds the reference; the bank's book has it all the same.
            end_to_end_id="" if place % 4 == 0 else end_to_end_id,
            method=_METHODS[place % len(_METHODS)],
        )
        self._reports.append((reported_at, report))
        return stolen_minor

    def object(
        self,
        payee: AccountKey,
        kind: str,
        says: str,
        decision: str,
        *,
        upheld_percent: int | None = None,
    ) -> None:
        """One of the victims who paid `payee` objects, a few days into the notice."""
        refs = [
            r.external_ref for _, r in self._reports if (r.payee_bank, r.payee_account) == payee
        ]
        ref, days = self._objecting.choice(refs), self._objecting.randint(2, 5)
        self.objections.append(WorldObjection(ref, kind, days, says, decision, upheld_percent))

    def recall(self, payee: AccountKey, behaviour: str, percent: int) -> None:
        """The payment of the first victim of `payee` is called back."""
        ref = self.first_report(payee)
        digits = "".join(self._recalling.choices("0123456789abcdef", k=30))
        uetr = f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-8{digits[15:18]}-{digits[18:]}"
        self.recalls.append(
            WorldRecall(ref, behaviour, percent, uetr, f"MSG-{ref}"[:35], f"INS-{ref}"[:35])
        )

    def first_report(self, payee: AccountKey) -> str:
        """The reference of the first report of a payment to `payee`."""
        return next(
            r.external_ref for _, r in self._reports if (r.payee_bank, r.payee_account) == payee
        )

    def transfers(self) -> tuple[WorldTransfer, ...]:
        """All payments by time; at one instant, as they were written."""
        moves = sorted(self._moves, key=lambda move: move[0])
        return tuple(WorldTransfer(order, *move) for order, move in enumerate(moves, start=1))

    def reports(self) -> tuple[Report, ...]:
        """All reports, in the order in which they were made."""
        return tuple(report for _, report in sorted(self._reports, key=lambda pair: pair[0]))
