"""Money that comes late: by recalls, and from the treasury. Own SQL, no code of the rules."""

from __future__ import annotations

from tests.simulation.eyes import ViolationError
from tests.simulation.given import Given

_SEEN = (
    "(SELECT decided_by FROM approval a WHERE a.subject_id = {} AND a.action = '{}'"
    " AND a.state = 'approved' ORDER BY a.decided_at DESC LIMIT 1)"
)


class Late(Given):
    """What a recall brought counts once and by two people; a share waits its term, then moves."""

    def _late(self) -> None:
        self._returns()
        self._reversals()
        self._waited_for()
        self._in_the_treasury()
        self._refunds()
        self._more_than_ordered()

    def _returns(self) -> None:
        """Nothing counts that did not come, nor twice, nor without another person's yes."""
        rows = self._all(
            "SELECT m.id, m.booking, m.recall_id, m.counted_minor, m.entered_by,"
            f" {_SEEN.format('m.id', 'recall_credit')} FROM recall_credit m"
            " WHERE m.state = 'confirmed'"
        )
        sums: dict[str, int] = {}
        for credit, booking, recall, counted, entered, seen in rows:
            if seen is None or seen == entered:
                raise ViolationError("one pair of eyes", f"{credit} counts, seen by {seen}")
            of, came = self.chest.recalled.get(str(booking), ("", 0))
            sums[str(booking)] = sums.get(str(booking), 0) + int(str(counted))
            if of != recall or sums[str(booking)] > came:
                raise ViolationError(
                    "recalled", f"{sums[str(booking)]} count of {came} of {booking} by {recall}"
                )

    def _reversals(self) -> None:
        """What a bank took back counts no more once two people have seen it, and only then."""
        rows = self._all(
            "SELECT m.id, m.booking, m.counted_minor, m.reversal_entered_by,"
            f" {_SEEN.format('m.id', 'recall_reversal')} FROM recall_credit m"
            " WHERE m.state = 'reversed'"
        )
        for credit, booking, counted, entered, seen in rows:
            is_true = str(booking) in self.chest.reversed
            if counted or not is_true or seen is None or seen == entered:
                raise ViolationError("reversed", f"{credit} ({is_true}), {counted}, seen by {seen}")

    def _waited_for(self) -> None:
        """No share goes to the treasury before its term has ended, nor once its payee came."""
        rows = self._all(
            "SELECT u.id, u.state, u.due_at, min(e.at) AS left FROM unclaimed_share u JOIN payout p"
            " ON p.unclaimed_id = u.id JOIN call c ON c.subject_id = p.id JOIN event e ON"
            " e.subject_id = c.id AND e.event = 'sent' GROUP BY u.id"
            " HAVING left < u.due_at OR u.state = 'claimed'"
        )
        for share, state, due, left in rows:
            raise ViolationError("treasury", f"{share} ({state}), kept until {due}, left {left}")

    def _in_the_treasury(self) -> None:
        """What counts as the treasury's was really paid there, or somebody looks."""
        rows = self._all(
            "SELECT u.id, u.claim_id, u.amount_minor FROM unclaimed_share u"
            " WHERE u.state IN ('treasury', 'refund_entered', 'refunded')"
        )
        for share, claim, amount in rows:
            orders = self._all("SELECT id, asset_id FROM payout WHERE unclaimed_id = ?", share)
            there = sum(self.paid_of(str(payout)) for payout, _ in orders)
            owned = (claim, *(one for order in orders for one in order))
            is_owned = any(self._owned(str(one)) for one in owned)
            if there < int(str(amount)) and not is_owned and not self._is_behind(orders):
                raise ViolationError("treasury", f"{share} of {amount}: {there} are there")

    def _is_behind(self, orders: list[tuple[object, ...]]) -> bool:
        """Whether a bank's news about one of these orders is still to be heard."""
        ours = {str(order[0]) for order in orders}
        return any(
            p.order_ref in ours and not self._is_told(p.order_ref, p.revision)
            and self._will_be_told(bank.id)
            for bank in self.banks.values()
            for p in bank.payouts.values()
        )  # fmt: skip

    def _refunds(self) -> None:
        rows = self._all(
            "SELECT u.id, u.refunded_minor, u.amount_minor, u.refund_entered_by,"
            f" {_SEEN.format('u.id', 'refund')} FROM unclaimed_share u WHERE u.state = 'refunded'"
        )
        for share, refunded, amount, entered, seen in rows:
            minor = int(str(refunded))
            if seen is None or seen == entered:
                raise ViolationError("one pair of eyes", f"{share} is refunded, seen by {seen}")
            if minor > min(int(str(amount)), self.chest.refunded.get(str(share), 0)):
                raise ViolationError("refunded", f"{share} of {amount}: {minor} refunded")

    def _more_than_ordered(self) -> None:
        """Of a payout above its order somebody has to look, once its bank's statement is known."""
        for bank in self.banks.values():
            for payout in bank.payouts.values():
                if payout.status != "SETTLED" or payout.paid <= payout.ordered:
                    continue
                owned = "SELECT 1 FROM discrepancy WHERE subject_id = ? AND kind = 'amount_differs'"
                is_told = self._is_told(payout.order_ref, payout.revision)
                if is_told and not self._all(owned, payout.order_ref):
                    raise ViolationError("unowned", f"{payout.order_ref} paid {payout.paid}")
