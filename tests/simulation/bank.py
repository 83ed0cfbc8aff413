"""A simulated bank: it takes orders, acts in its own time, and is as rude as its faults say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from tests.simulation.books import LIVE, Hold, Json, Payout, exchanged, minor_of
from tests.simulation.faults import Fault
from tests.simulation.holding import HoldingDesk

_PAID: dict[str, Callable[[int], int]] = {
    "short": lambda ordered: ordered // 2,
    "coin": lambda ordered: max(1, ordered - 1),
    "doubled": lambda ordered: 2 * ordered,
}


OWN = "own"


class Bank(HoldingDesk):
    """One bank; it also pays out of what it holds.

    An order that it kept it pays with its own money where the hold has none any more.
    """

    def make_polite(self) -> None:
        """From now on each order is carried out, each answer given, each figure put right."""
        self.polite = True
        for hold in self.holds.values():
            if hold.told_currency and hold.status in LIVE:
                hold.told_currency = ""
                self._save(hold, hold.status, self.now())
        for one in (*self.holds.values(), *self.payouts.values()):
            if one.status in ("RECEIVED", "ACKNOWLEDGED"):
                self._plan(self.now(), self._act_of(one))

    def _act_of(self, one: Hold | Payout, fault: Fault | None = None) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            if one.status not in ("RECEIVED", "ACKNOWLEDGED", "QUEUED"):
                return
            if isinstance(one, Hold):
                self._act(one, fault, at)
            else:
                self._pay(one, fault, at)

        return act

    def pay_out(self, body: Json) -> Payout:
        """Take in an order to pay out of a hold."""
        payout = Payout(
            id=f"{self.id}-P{len(self.payouts) + 1}", order_ref=body["orderRef"],
            status="RECEIVED", revision=1, modified=self.now(), hold_id=body["holdId"],
            ordered=minor_of(body["amount"]), currency=body["amount"]["currency"],
            payee=(body["payee"]["bank"], body["payee"]["number"]),
        )  # fmt: skip
        hold = self.holds.get(payout.hold_id)
        self._notice_repeat(self._what_paid(payout), hold.number if hold else "", payout.order_ref)
        self.payouts[payout.id] = payout
        self._take_up(payout, "payout", self.settle_hours)
        return payout

    def _what_paid(self, payout: Payout) -> tuple[object, ...]:
        return ("payout", payout.hold_id, payout.ordered, payout.currency, payout.payee)

    def _pay(self, payout: Payout, fault: Fault | None, at: datetime) -> None:
        kind = OWN if payout.order_ref in self.on_its_own else fault.kind if fault else ""
        payee, hold = self.find(*payout.payee), self.holds.get(payout.hold_id)
        if kind.startswith("refuse"):
            self._refuse_payout(payout, kind.partition(" ")[2] or "OTHER", at)
            if fault is not None and kind == "refuse SETTLES_LATER":
                later = at + timedelta(hours=fault.hours)
                self._plan(later, lambda t: self._settle_payout(payout, "", t), is_rude=True)
            return
        if payee is None:
            self._refuse_payout(payout, "ACCOUNT_CLOSURE", at)
        elif payee.currency != payout.currency:
            self._refuse_payout(payout, "OTHER", at)
        elif hold is None or (hold.status not in LIVE and kind != OWN):
            self._refuse_payout(payout, "NO_BALANCE", at)
        else:
            self._settle_payout(payout, kind, at)
            if fault is not None and kind == "returned" and payout.status == "SETTLED":
                later = at + timedelta(hours=fault.hours)
                self._plan(later, lambda t: self.give_back(payout, t), is_rude=True)

    def _settle_payout(self, payout: Payout, kind: str, at: datetime) -> None:
        hold = self.holds[payout.hold_id]
        if (hold.status not in LIVE and kind != OWN) or payout.status == "SETTLED":
            return
        paid = _PAID[kind](payout.ordered) if kind in _PAID else payout.ordered
        debit = self._cost(payout, hold, paid)
        if kind == "doubled" and debit > hold.held:
            paid = payout.ordered
            debit = self._cost(payout, hold, paid)
        # The last coin of a conversion is not refused.
        coin = int(payout.currency != hold.currency)
        if (debit - coin > hold.held and kind != OWN) or not debit:
            self._refuse_payout(payout, "NO_BALANCE" if debit else "OTHER", at)
            return
        debit = min(debit, hold.held)
        payout.paid, payout.paid_currency = paid, "JPY" if kind == "yen" else payout.currency
        payout.debited, payout.debited_currency = debit, hold.currency
        payout.booked, payout.reason = at, None
        self._save(payout, "SETTLED", at)
        hold.held -= debit
        if hold.status in LIVE:
            self._save(hold, hold.status if hold.held else "PAID_OUT", at)
            hold.is_untold = kind == "quiet"
        self._book(payout, hold, at, 1)

    def _cost(self, payout: Payout, hold: Hold, paid: int) -> int:
        """What leaves a hold, so that so much reaches the payee: whole coins, some of them dear."""
        debit = exchanged(paid, payout.currency, hold.currency)
        return debit + self.coins_more if debit and payout.currency != hold.currency else debit

    def _book(self, payout: Payout, hold: Hold, at: datetime, sign: int) -> None:
        payer, payee = self.accounts[hold.number], self.find(*payout.payee)
        assert payee is not None
        there = (*payout.payee, payee.holder)
        here = (self.id, payer.number, payer.holder)
        abroad = payer.currency != payee.currency
        other = (payout.paid, payee.currency) if abroad else None
        mine = (payout.debited, payer.currency) if abroad else None
        payer.book(at, -sign * payout.debited, "PAYOUT", there, other, payout.order_ref)
        payee.book(at, sign * payout.paid, "PAYOUT", here, mine, payout.order_ref)

    def _refuse_payout(self, payout: Payout, reason: str, at: datetime) -> None:
        payout.reason = reason
        self._save(payout, "REFUSED", at)
        hold = self.holds.get(payout.hold_id)
        self.note_refusal(self._what_paid(payout), hold.number if hold else "", payout.order_ref)

    def give_back(self, payout: Payout, at: datetime) -> None:
        """The payee's bank sends a settled payout back: the money is in the account again."""
        if payout.status != "SETTLED":
            return
        hold = self.holds[payout.hold_id]
        self._save(payout, "RETURNED", at)
        self._book(payout, hold, at, -1)
        if hold.status in (*LIVE, "PAID_OUT"):
            hold.held += payout.debited
            self._save(hold, "HELD" if hold.held >= hold.requested else "PARTIALLY_HELD", at)
