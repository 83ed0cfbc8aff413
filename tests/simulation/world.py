"""The world of a history: accounts, money that moves, reports that come, time that passes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from models.facts import AccountRef, ReportFact
from models.money import Money
from tests.simulation.bank import Bank
from tests.simulation.books import Account, exchanged
from tests.simulation.chest import INSURERS, STATE, Chest
from tests.simulation.people import People
from tests.simulation.place import BANKS, START
from tests.simulation.plan import FOREIGN, MULES, SPARE, VICTIMS, Payment, Plan, Report

_RICH = 50_000_00


class World:
    """What happens outside of the unit: `truth` is what each payment really moved."""

    at: datetime
    plan: Plan
    people: People
    banks: dict[str, Bank]
    chest: Chest
    truth: dict[str, int]
    _world: list[Payment | Report]
    _refs: Counter[str]

    def now(self) -> datetime:
        """Simulated time, which is case time and transport time at once."""
        return self.at

    def say(self, text: str) -> None:
        """Tell one line of the story."""
        raise NotImplementedError

    def _open_banks(self) -> dict[str, Bank]:
        found: dict[str, Bank] = {}

        def find(bank: str, number: str) -> Account | None:
            return found[bank].accounts.get(number) if bank in found else None

        tempers = {t.bank: t for t in self.plan.tempers}
        for name, jurisdiction, currency, _ in BANKS:
            temper = tempers[name]
            found[name] = Bank(
                name, jurisdiction, currency, self.now, find,
                faults=[f for f in self.plan.faults if f.bank == name],
                answer_hours=temper.answer_hours, settle_hours=temper.settle_hours,
                hold_stamp=timedelta(milliseconds=temper.hold_stamp_ms),
                coins_more=temper.coins_more,
            )  # fmt: skip
        openings = dict(self.plan.openings)
        for bank, number in (*VICTIMS, *SPARE, *INSURERS, STATE, *MULES, FOREIGN):
            rich = bank == "east"
            opening = _RICH if rich else openings.get((bank, number), 0)
            account = Account(number, f"Holder {number}", found[bank].currency, opening)
            account.balance = opening
            found[bank].accounts[number] = account
        return found

    def _move(self, payment: Payment) -> None:
        """Money moves, as far as the payer's account lets it go."""
        bank, number = payment.payer
        payer = self.banks[bank].accounts[number]
        minor = min(payment.minor, self.banks[bank].available(number))
        self.truth[payment.ref] = minor
        if not minor:
            return
        if payment.to is None:
            payer.book(self.at, -minor, "CASH", ref=payment.ref)
        else:
            there = self.banks[payment.to[0]].accounts[payment.to[1]]
            arrived = exchanged(minor, payer.currency, there.currency)
            abroad = payer.currency != there.currency
            payer.book(
                self.at, -minor, "TRANSFER", (*payment.to, there.holder),
                (arrived, there.currency) if abroad else None, payment.ref,
            )  # fmt: skip
            there.book(
                self.at, arrived, "TRANSFER", (*payment.payer, payer.holder),
                (minor, payer.currency) if abroad else None, payment.ref,
            )  # fmt: skip
        self.say(f"{payment} ({minor / 100:.2f})")

    def _report(self, report: Report) -> None:
        payment = next(p for p in self.plan.payments if p.ref == report.ref)
        assert payment.to is not None
        self._refs[report.ref] += 1
        fact = ReportFact(
            row=1,
            external_ref=f"SYN/{report.ref}/{self._refs[report.ref]}",
            victim_name=f"Holder {payment.payer[1]}",
            victim_contact="invented@example.org",
            victim_account=AccountRef(*payment.payer, f"Holder {payment.payer[1]}"),
            payee_account=AccountRef(*payment.to, f"Holder {payment.to[1]}"),
            amount=Money(report.minor, "CNY"),
            paid_at=START + timedelta(hours=payment.hour),
            reported_at=self.at,
            end_to_end_id=report.ref if report.names_ref else "",
        )
        self.people.report(report, fact)

    def _pass_time(self, until: datetime) -> None:
        """What payers, victims and banks do until then, each at its time."""
        while self._world and self._at_of(self._world[0]) <= until:
            event = self._world.pop(0)
            self.at = max(self.at, self._at_of(event))
            for bank in self.banks.values():
                bank.advance()
            if isinstance(event, Payment):
                self._move(event)
            else:
                self._report(event)
        self.at = max(self.at, until)
        for bank in self.banks.values():
            bank.advance()

    @staticmethod
    def _at_of(event: Payment | Report) -> datetime:
        return START + timedelta(hours=event.hour)
