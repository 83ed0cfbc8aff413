"""What the states of claims and recoveries say against what their histories tell."""

from __future__ import annotations

from tests.simulation.books import LIVE
from tests.simulation.eyes import ViolationError
from tests.simulation.orders import Orders


class States(Orders):
    """Paid is what banks have paid; what comes up again opens; nobody pays past an open look."""

    def _states(self) -> None:
        self._paid_claims()
        self._left_closed()
        self._returned_within_loss()
        self._paid_unlooked()
        self._lapsed_unheard()
        self._closed_holding()
        self._lapses_followed()
        self._orders()

    def _paid_claims(self) -> None:
        """Once the engine has nothing to do on a recovery, a paid claim has its money."""
        rows = self._all(
            "SELECT c.id, c.upheld_minor, (SELECT coalesce(sum(p.settled_minor -"
            " p.clawed_minor), 0) FROM payout p"
            " WHERE p.claim_id = c.id AND p.state = 'settled' AND p.unclaimed_id = ''"
            " AND p.settled_currency = c.currency)"
            " + (SELECT coalesce(sum(m.counted_minor), 0) FROM recall_credit m"
            " WHERE m.claim_id = c.id) + (SELECT coalesce(sum(u.refunded_minor), 0)"
            " FROM unclaimed_share u WHERE u.claim_id = c.id AND u.state = 'refunded') AS got"
            " FROM claim c JOIN recovery r ON r.id = c.recovery_id WHERE c.state = 'paid'"
            " AND got < c.upheld_minor AND (r.wake_at IS NULL OR r.wake_at > ?)",
            f"{self._now():%Y-%m-%d %H:%M:%S.%f}",
        )
        for claim, upheld, got in rows:
            raise ViolationError("not paid", f"{claim} is paid, and got {got} of {upheld}")

    def _returned_within_loss(self) -> None:
        """What a victim was paid twice counts as returned once, and for no other victim."""
        rows = self._all(
            "SELECT c.id, c.reported_minor, sum(p.claim_minor) AS returned FROM posting p"
            " JOIN claim c ON c.id = p.claim_id WHERE p.account IN ('returned_hold',"
            " 'returned_voluntary', 'returned_treasury', 'treasury') GROUP BY 1, 2"
            " HAVING returned > c.reported_minor"
        )
        for claim, reported, returned in rows:
            raise ViolationError("returned", f"{returned} count for {claim} of {reported}")

    def _left_closed(self) -> None:
        """A payout that came back, or a hold that is in force after all, opens its recovery."""
        rows = self._all(
            "SELECT e.subject_id, e.event, e.recovery_id FROM event e JOIN event c"
            " ON c.recovery_id = e.recovery_id AND c.noun = 'recovery' AND c.event LIKE 'closed%'"
            " AND c.seq < e.seq WHERE (e.noun = 'payout' AND e.old_state = 'settled' AND e.event IN"
            " ('returned', 'refused') OR e.noun = 'hold' AND e.event IN ('stopped_late',"
            " 'frozen_late')) AND NOT EXISTS (SELECT 1 FROM event r WHERE r.noun = 'recovery' AND"
            " r.recovery_id = e.recovery_id AND r.event = 'reopened' AND r.seq > c.seq)"
        )
        for subject, event, recovery in rows:
            raise ViolationError("left closed", f"{recovery} stays closed: {subject} {event}")

    def _paid_unlooked(self) -> None:
        """No payout leaves for the first time while somebody has to look at its money."""
        rows = self._all(
            "SELECT e.seq, p.id, p.asset_id, p.claim_id, e.recovery_id FROM event e JOIN call c"
            " ON c.id = e.subject_id JOIN payout p ON p.id = c.subject_id WHERE e.noun = 'call'"
            " AND e.event = 'sent' AND c.kind = 'payout' AND e.seq > ? AND NOT EXISTS (SELECT 1"
            " FROM event b WHERE b.subject_id = c.id AND b.event = 'sent' AND b.seq < e.seq)"
            " ORDER BY e.seq",
            self._looked,
        )
        for seq, payout, asset, claim, recovery in rows:
            self._looked = int(str(seq))
            self._basis(str(payout), int(str(seq)))
            found = self._all(
                "SELECT d.id, d.kind FROM discrepancy d JOIN event f ON f.subject_id = d.id"
                " AND f.event = 'found' AND f.seq < ?1 WHERE d.recovery_id = ?4 AND (d.asset_id ="
                " ?2 OR d.claim_id = ?3 OR d.asset_id = '' AND d.claim_id = '') AND NOT EXISTS"
                " (SELECT 1 FROM event r WHERE r.subject_id = d.id AND r.seq > f.seq AND r.seq < ?1"
                " AND r.event <> 'found')",
                seq, asset, claim, recovery,
            )  # fmt: skip
            if found:
                raise ViolationError("unlooked", f"{payout} left, {found[0]} was open")

    def _lapses_followed(self) -> None:
        """A hold that lapsed is followed by another one, or its owner has taken note of it.

        A stop is stopped again as long as no statement has said whose money it was.
        """
        denied = (
            " AND NOT EXISTS (SELECT 1 FROM approval p WHERE p.subject_id = h.id"
            " AND p.action = 'order_stop' AND p.state = 'denied')"
        )
        followed = "EXISTS (SELECT 1 FROM hold f WHERE f.supersedes_id = h.id)"
        unseen = self._all(
            "SELECT h.id FROM hold h JOIN recovery r ON r.id = h.recovery_id WHERE r.state LIKE"
            f" 'closed%' AND h.state = 'lapsed' AND h.lapse_seen_by = '' AND NOT {followed}{denied}"
        )
        if unseen:
            raise ViolationError("lapse", f"{unseen[0][0]} lapsed, and nobody was told")
        again = self._all(
            "SELECT h.id FROM hold h JOIN recovery r ON r.id = h.recovery_id JOIN asset a"
            " ON a.id = h.asset_id WHERE r.state = 'open' AND (r.wake_at IS NULL OR r.wake_at > ?)"
            " AND r.trace_wanted = 0 AND h.state = 'lapsed' AND h.kind = 'stop'"
            " AND h.repeat_number = 0 AND h.releasing_minor = 0 AND h.release_due_at IS NULL"
            " AND a.home AND a.statement_to IS NULL AND a.left_alone = '' AND NOT EXISTS"
            " (SELECT 1 FROM hold o WHERE o.asset_id = h.asset_id AND o.state IN"
            f" ('draft', 'pending_approval', 'ordered', 'queued')) AND NOT {followed}{denied}",
            f"{self._now():%Y-%m-%d %H:%M:%S.%f}",
        )
        if again:
            raise ViolationError("lapse", f"{again[0][0]} lapsed, and nothing is stopped again")

    def _closed_holding(self) -> None:
        """No recovery is closed while a bank states to hold something of it, in any currency."""
        rows = self._all(
            "SELECT h.id, h.held_minor, h.foreign_minor, h.foreign_currency FROM hold h"
            " JOIN recovery r ON r.id = h.recovery_id WHERE r.state LIKE 'closed%' AND h.state IN"
            " ('stopped', 'frozen', 'release_pending', 'disposal_pending')"
            " AND (h.held_minor > 0 OR h.foreign_minor > 0)"
        )
        for hold, held, foreign, currency in rows:
            raise ViolationError(
                "closed holding", f"{hold} keeps {held}, {foreign} {currency}: it is closed"
            )

    def _lapsed_unheard(self) -> None:
        """No clock of ours ends a hold before we have heard what its bank did by that end."""
        query = (
            "SELECT expires_at FROM hold WHERE id = ? AND state = 'lapsed' AND bank_revision < ?"
        )
        for bank in self.banks.values():
            for hold in bank.holds.values():
                if hold.status not in LIVE or hold.expires is None or hold.expires <= self._now():
                    continue
                for (end,) in self._all(query, hold.order_ref, hold.revision):
                    if f"{hold.modified:%Y-%m-%d %H:%M:%S.%f}" < str(end):
                        raise ViolationError(
                            "unheard", f"{hold.order_ref} lapsed on {end}, {bank.id} holds it"
                        )
