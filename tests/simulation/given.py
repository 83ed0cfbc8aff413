"""Money by other ways: given back to the unit, paid to victims by others. No code of the rules."""

from __future__ import annotations

from tests.simulation.bank import Bank
from tests.simulation.books import Payout
from tests.simulation.eyes import Eyes, ViolationError

_COUNTED = "('pending_approval', 'denied', 'cancelled')"


class Given(Eyes):
    """What came in counts by two people; who has paid a victim stands in his place, no more."""

    def _given(self) -> None:
        self._received()
        self._paid_on()
        self._in_the_victims_place()

    def paid_of(self, payout: str) -> int:
        """What reached the payee of a payout by any bank, the unit's own too."""
        by_banks = sum(
            one.paid
            for bank in self.banks.values()
            for one in bank.payouts.values()
            if one.order_ref == payout and one.status == "SETTLED"
            and one.paid_currency == one.currency
            and self._is_to_be_known(bank, one)
        )  # fmt: skip
        return by_banks + self.chest.paid.get(payout, 0)

    def _is_to_be_known(self, bank: Bank, payout: Payout) -> bool:
        """What a bank pays by itself, or beyond its order, counts once its feed has told of it."""
        is_as_ordered = payout.paid <= payout.ordered and payout.order_ref not in bank.on_its_own
        return is_as_ordered or self._is_told(payout.order_ref, payout.revision)

    def _received(self) -> None:
        """Nothing counts without the yes of another person, nor more than came in, nor twice."""
        counted = self._all(
            "SELECT h.id, h.bank_ref, h.requested_minor, h.drafted_by, (SELECT decided_by FROM"
            " approval a WHERE a.subject_id = h.id AND a.action = 'receipt' AND a.state ="
            " 'approved') FROM hold h WHERE h.kind = 'custody' AND (h.state NOT IN"
            f" {_COUNTED} OR EXISTS (SELECT 1 FROM posting p WHERE p.hold_id = h.id))"
        )
        sums: dict[str, int] = {}
        for hold, booking, minor, entered, seen in counted:
            if seen is None or seen == entered:
                raise ViolationError("one pair of eyes", f"{hold} counts, seen by {seen}")
            sums[str(booking)] = sums.get(str(booking), 0) + int(str(minor))
        for booking, minor in sums.items():
            if minor > self.chest.credits.get(booking, 0):
                raise ViolationError(
                    "received", f"{minor} count of the {self.chest.credits.get(booking, 0)} that"
                    f" came in as {booking}",
                )  # fmt: skip

    def _keeps_what_came(self, hold: str, recovery: str, loss: int) -> None:
        """Nothing that came in is given back while victims are owed more than stays in hand.

        What a bank merely holds for them, here or abroad, is in nobody's hand yet.
        """
        rows = self._all(
            "SELECT id, held_minor FROM hold WHERE recovery_id = ? AND kind = 'custody' AND state"
            " IN ('stopped', 'frozen')", recovery,
        )  # fmt: skip
        ours = self._all("SELECT 1 FROM hold WHERE id = ? AND kind = 'custody'", hold)
        stays = sum(int(str(minor)) for name, minor in rows if name != hold)
        if ours and loss > stays:
            raise ViolationError(
                "given back", f"{hold} goes to its payer, {loss} is owed and {stays} stays in hand"
            )

    def _paid_on(self) -> None:
        """What our own bank has paid on is booked once its letter was typed in and seen."""
        rows = self._all(
            "SELECT p.id, p.claim_id, p.asset_id, p.settled_minor, p.state, EXISTS (SELECT 1 FROM"
            " call c WHERE c.subject_id = p.id AND c.state IN ('planned', 'sent')) FROM payout p"
            " JOIN hold h ON h.id = p.hold_id WHERE h.kind = 'custody'"
        )
        for payout, claim, asset, settled, state, is_open in rows:
            paid, booked = self.chest.paid.get(str(payout), 0), 0
            if state == "settled":
                booked = int(str(settled))
            if booked != paid and not is_open and not any(
                self._owned(str(one)) for one in (payout, claim, asset)
            ):  # fmt: skip
                raise ViolationError(
                    "books", f"{payout} ({state}) is booked as {booked}, {paid} were paid on"
                )

    def _in_the_victims_place(self) -> None:
        """With what an insurer has paid him a victim has no more than his loss; nor has the payer.

        A victim who had more already when that was confirmed is somebody's to look into.
        """
        steps_in = self._all(
            "SELECT k.claim_id, k.payer_account_id, sum(k.amount_minor), c.upheld_minor FROM"
            " compensation k JOIN claim c ON c.id = k.claim_id WHERE k.state = 'confirmed'"
            " GROUP BY 1, 2"
        )
        payers: dict[str, dict[str, int]] = {}
        upheld: dict[str, int] = {}
        for claim, payer, minor, most in steps_in:
            payers.setdefault(str(claim), {})[str(payer)] = int(str(minor))
            upheld[str(claim)] = int(str(most))
        for claim, paid_by in payers.items():
            got: dict[str, int] = {}
            query = (
                "SELECT id, payee_account_id FROM payout WHERE claim_id = ? AND unclaimed_id = ''"
            )
            for payout, payee in self._all(query, claim):
                whose = str(payee) if str(payee) in paid_by else ""
                back = self.chest.orders.not_with_victim(str(payout), self._now())
                got[whose] = got.get(whose, 0) + max(0, self.paid_of(str(payout)) - back)
            limits = {**paid_by, "": max(0, upheld[claim] - sum(paid_by.values()))}
            for whose, minor in got.items():
                if minor > limits[whose] and not self._owned(claim):
                    raise ViolationError(
                        "two pays", f"{whose or 'the victim'} of {claim} got {minor} of"
                        f" {limits[whose]}, {sum(paid_by.values())} were paid by others",
                    )  # fmt: skip
