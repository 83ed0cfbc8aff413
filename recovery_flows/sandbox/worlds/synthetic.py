"""The demo's world: invented banks and people, and ten patterns of what happens to the money."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from recovery_flows.sandbox.arithmetic import Rate, Rates
from recovery_flows.sandbox.worlds.builder import Script
from recovery_flows.sandbox.worlds.world import AccountKey, Bank, World, WorldSubject

STARTS_AT = datetime(2026, 3, 2, tzinfo=UTC)
RATES = (Rate("GBP", "CNY", 920, 100),)
EAST, WEST, NORTH, ABROAD = "sandbox-east", "sandbox-west", "sandbox-north", "sandbox-abroad"
TELECOM, PLATFORM, AUTHORITY = "sandbox-telecom", "sandbox-platform", "sandbox-authority"
BANKS = (
    Bank(EAST, "Sandbox Bank East", "CN", "CNY", answer_minutes=5, settle_minutes=30),
    Bank(WEST, "Sandbox Bank West", "CN", "CNY", answer_minutes=15, settle_minutes=60),
    Bank(NORTH, "Sandbox Bank North", "CN", "CNY", answer_minutes=30, settle_minutes=120),
    Bank(ABROAD, "Sandbox Bank Abroad", "GB", "GBP", answer_minutes=180, settle_minutes=240),
    Bank(TELECOM, "Sandbox Telecom", "CN", "CNY", 20, 0, "telecom"),
    Bank(PLATFORM, "Sandbox Platform", "CN", "CNY", 110, 0, "platform"),
    Bank(AUTHORITY, "Sandbox Banking Authority", "CN", "CNY", 50, 0, "authority"),
    Bank("sandbox-police-abroad", "Sandbox Police Abroad", "GB", "GBP", 240, 0, "police"),
    Bank(
        "sandbox-central-abroad",
        "Sandbox Central Abroad",
        "GB",
        "GBP",
        1_440,
        0,
        "central_authority",
    ),
    Bank("sandbox-fiu-abroad", "Sandbox FIU Abroad", "GB", "GBP", 480, 0, "fiu"),
)
# What the swindlers of two stories used: no number begins so anywhere, no such domain can be.
LURES = (("+999000110001", "lure-one.example"), ("+999000110002", "lure-two.example"))
SUBJECTS = tuple(
    subject
    for place, (number, domain) in enumerate(LURES, start=1)
    for subject in (
        WorldSubject(TELECOM, "number", number, f"Synthetic Caller {place:02d}"),
        WorldSubject(PLATFORM, "domain", domain, f"Synthetic Host {place:02d}"),
    )
)


def synthetic_world(seed: int = 7, starts_at: datetime = STARTS_AT) -> World:
    """24 reports in ten stories over three days; the same seed gives the same world."""
    script = Script(BANKS, starts_at, seed)
    life = _Life(script)
    for tell in (
        _reported_within_the_hour,
        _passed_on_once,
        _mixed_of_four,
        _mixed_of_three,
        _spent_abroad,
        _home_then_abroad,
        _taken_in_cash,
        _fanned_out,
        _debit_after_the_stop,
        _long_chain,
    ):
        tell(script, life)
    return World(
        banks=BANKS,
        accounts=tuple(script.accounts),
        transfers=script.transfers(),
        reports=script.reports(),
        rates=RATES,
        starts_at=starts_at,
        notes=("Every bank, person, account and payment here is invented.",),
        subjects=SUBJECTS,
        objections=tuple(script.objections),
        recalls=tuple(script.recalls),
        gives_back=script.gives_back,
        goes_abroad=script.goes_abroad,
        sold_for=script.sold_for,
        court_gives=script.court_gives,
    )


class _Life:
    """Opens mules' accounts; every third one has money of its own, a wage and ordinary payments."""

    def __init__(self, script: Script) -> None:
        self._script, self._count = script, 0
        self._employer = script.open(EAST, "Synthetic Employer", 100_000_000)
        self.shop = script.open(WEST, "Synthetic Shop", 5_000_000)

    def mule(self, bank: str, *, own_money: bool | None = None) -> AccountKey:
        """A mule's account; `own_money` decides where the story needs it."""
        self._count += 1
        holder = f"Synthetic Holder {self._count:02d}"
        if not (self._count % 3 == 1 if own_money is None else own_money):
            return self._script.open(bank, holder)
        own_minor = self._script.about(400_000 if bank != ABROAD else 60_000)
        account = self._script.open(bank, holder, own_minor)
        self._live(account, own_minor)
        return account

    def _live(self, account: AccountKey, own_minor: int) -> None:
        pen, currency = self._script, self._script.banks[account[0]].currency
        pen.pay(2 + pen.minutes(0, 90), self._employer, account, pen.about(600_000))
        spent = ((5, "CARD"), (19, "TRANSFER"), (31, "FEE"), (43, "CASH"), (56, "CARD"))
        for hour, kind in spent:
            share_minor = 1_500 if kind == "FEE" else own_minor // 6
            payee = self.shop if kind == "TRANSFER" else None
            at = hour + pen.minutes(0, 120)
            pen.pay(at, account, payee, share_minor, kind=kind, currency=currency)


def _reported_within_the_hour(pen: Script, life: _Life) -> None:
    """(a) All the money is still at the first mule: it can be stopped in full."""
    first, second, third = life.mule(EAST), life.mule(WEST), life.mule(NORTH, own_money=True)
    pen.defraud(9.0, first, 1_280_000, home=WEST, lag_hours=pen.minutes(20, 50))
    pen.defraud(10.2, second, 460_000, home=EAST, lag_hours=pen.minutes(20, 50))
    pen.defraud(26.5, third, 8_800_000, home=EAST, lag_hours=pen.minutes(20, 50))
    pen.court_gives, pen.sold_for = pen.first_report(second), pen.first_report(third)


def _passed_on_once(pen: Script, life: _Life) -> None:
    """(b) The first mule passes 70 % on after 1 to 4 hours, to another bank, where it stays."""
    for hour, here, there in ((8.5, EAST, NORTH), (11.0, WEST, EAST), (33.0, NORTH, WEST)):
        first, second = life.mule(here), life.mule(there)
        stolen = pen.defraud(hour, first, 2_400_000, home=there, lag_hours=5 + pen.minutes(0, 240))
        pen.pay(hour + pen.minutes(60, 240), first, second, stolen * 70 // 100)


def _mixed_of_four(pen: Script, life: _Life) -> None:
    """(c) One account takes four victims' money and passes on part: the rest is mixed."""
    collector, next_mule = life.mule(WEST, own_money=True), life.mule(NORTH)
    paid = [
        pen.defraud(hour, collector, amount, home=home, lag_hours=lag)
        for hour, amount, home, lag in (
            (9.5, 900_000, EAST, 14.0),
            (10.3, 2_100_000, NORTH, 26.0),
            (11.1, 1_500_000, EAST, 9.5),
            (12.4, 3_300_000, WEST, 11.0),
        )
    ]
    pen.pay(11.6, collector, next_mule, sum(paid[:3]) * 45 // 100)
    pen.pay(14.2, collector, None, 500_000, kind="CASH")
    pen.object(
        collector, "share", "the victim holds that whoever paid first is to be repaid first",
        "the money is mixed: it is distributed pro rata, and the rows are right",
    )  # fmt: skip


def _mixed_of_three(pen: Script, life: _Life) -> None:
    """(c) Three victims, one after another; most has gone on, the rest is mixed."""
    collector, next_mule = life.mule(EAST), life.mule(WEST)
    paid = [
        pen.defraud(hour, collector, 1_000_000, home=home, lag_hours=lag)
        for hour, home, lag in ((29.0, NORTH, 7.0), (29.4, WEST, 16.0), (31.2, EAST, 6.0))
    ]
    pen.pay(30.0, collector, next_mule, (paid[0] + paid[1]) * 60 // 100)
    pen.pay(32.1, collector, life.shop, 350_000)


def _spent_abroad(pen: Script, life: _Life) -> None:
    """(d) Straight to an account abroad, which spends part before the foreign bank acts."""
    account = life.mule(ABROAD)
    stolen = pen.defraud(13.0, account, 5_500_000, home=EAST, lag_hours=6.5)
    stolen += pen.defraud(15.5, account, 3_700_000, home=NORTH, lag_hours=4.0)
    pounds = Rates(RATES).floor(stolen, "CNY", "GBP")
    pen.pay(16.4, account, None, pounds * 12 // 100, kind="CARD", currency="GBP")
    pen.pay(18.9, account, None, pounds * 20 // 100, kind="CASH", currency="GBP")
    pen.pay(20.6, account, None, pounds * 8 // 100, kind="CARD", currency="GBP")
    pen.object(
        account, "claim", "half of what one victim reports was the price of goods that arrived",
        "the invoice shows it: half of the loss is upheld", upheld_percent=50,
    )  # fmt: skip


def _home_then_abroad(pen: Script, life: _Life) -> None:
    """(d) Through a mule at home to an account abroad, part of it taken in cash there."""
    first, account = life.mule(NORTH), life.mule(ABROAD)
    stolen = pen.defraud(28.0, first, 4_200_000, home=WEST, lag_hours=9.0)
    passed = stolen * 70 // 100
    pen.pay(30.5, first, account, passed)
    pounds = Rates(RATES).floor(passed, "CNY", "GBP")
    pen.pay(35.0, account, None, pounds * 30 // 100, kind="CASH", currency="GBP")


def _taken_in_cash(pen: Script, life: _Life) -> None:
    """(e) Withdrawn in cash before the report: gone, abroad and at home.

    Abroad the police stop a part of the cash, which the bank gives back on a recall, less its
    costs; at home the holder gives back all of it.
    """
    for hour, bank, lag in ((10.0, ABROAD, 20.0), (34.5, EAST, 28.0)):
        account = life.mule(bank, own_money=False)
        stolen = pen.defraud(hour, account, 700_000, home=WEST, lag_hours=lag)
        currency = pen.banks[bank].currency
        there = stolen if currency == "CNY" else Rates(RATES).floor(stolen, "CNY", currency)
        for at, part in ((0.6, there // 2), (1.9, there - there // 2)):
            pen.pay(hour + at, account, None, part, kind="CASH", currency=currency)
        if bank == ABROAD:
            pen.recall(account, "part_after_costs", percent=40)
            pen.goes_abroad = pen.first_report(account)
        else:
            pen.gives_back = pen.first_report(account)


def _fanned_out(pen: Script, life: _Life) -> None:
    """(f) The first mule is empty; three mules at three banks have it."""
    first = life.mule(WEST, own_money=False)
    stolen = pen.defraud(12.0, first, 6_000_000, home=NORTH, lag_hours=11.0)
    stolen += pen.defraud(12.7, first, 1_900_000, home=EAST, lag_hours=15.0)
    parts = (stolen * 40 // 100, stolen * 35 // 100)
    for place, bank in enumerate((EAST, NORTH, WEST)):
        part = parts[place] if place < len(parts) else stolen - sum(parts)
        pen.pay(13.5 + place * 0.2, first, life.mule(bank), part)


def _debit_after_the_stop(pen: Script, life: _Life) -> None:
    """(g) The mule tries to pay it on when the stop is there already: the bank has to refuse."""
    for hour, bank, there in ((9.8, EAST, WEST), (27.5, WEST, NORTH)):
        account, next_mule = life.mule(bank, own_money=False), life.mule(there)
        stolen = pen.defraud(hour, account, 1_700_000, home=NORTH, lag_hours=1.0)
        pen.pay(hour + 9.0, account, next_mule, stolen * 80 // 100)


def _long_chain(pen: Script, life: _Life) -> None:
    """Four hops: 70 % at the first after hours, then 40 % within minutes, a shop at the end."""
    chain = [life.mule(bank) for bank in (NORTH, EAST, WEST, NORTH)]
    amount = pen.defraud(14.0, chain[0], 9_600_000, home=WEST, lag_hours=8.0)
    amount += pen.defraud(14.4, chain[0], 1_150_000, home=EAST, lag_hours=21.0)
    hour = 14.0 + pen.minutes(60, 240)
    for place, (payer, payee) in enumerate(pairwise(chain)):
        amount = amount * (70 if place == 0 else 40) // 100
        pen.pay(hour, payer, payee, amount)
        hour += pen.minutes(3, 20)
    pen.pay(hour, chain[-1], life.shop, amount // 2)
