"""Returns in rounds: none passes an open objection, exceeds its pool or changes afterwards."""

from __future__ import annotations

from tests.simulation.eyes import Eyes, ViolationError

_DECIDED = "('approved', 'paid', 'paid_in_part', 'not_paid')"
_FORBIDDEN = "('notice_published', 'submitted', 'approved')"


class Rounds(Eyes):
    """What is decided by a division stays; objections come first; nobody gets more than his loss.

    An objection touches the division that it names, and each one that pays its claim.
    """

    def _rounds(self) -> None:
        self._objections_first()
        self._within_the_pool()
        self._within_the_loss()
        self._old_ones_stay()

    def _objections_first(self) -> None:
        rows = self._all(
            "SELECT e.seq, e.event, a.id FROM event e JOIN allocation a ON a.id = e.subject_id"
            f" WHERE e.noun = 'allocation' AND e.event IN {_FORBIDDEN} AND e.seq > ?1 UNION ALL"
            " SELECT min(e.seq), 'sent', p.allocation_id FROM event e JOIN call c ON"
            " c.id = e.subject_id JOIN payout p ON p.id = c.subject_id WHERE e.noun = 'call' AND"
            " e.event = 'sent' AND c.kind = 'payout' GROUP BY c.id HAVING min(e.seq) > ?1"
            " ORDER BY 1",
            self._objected,
        )
        for seq, event, allocation in rows:
            self._objected = int(str(seq))
            touching = self._all(
                "SELECT o.id FROM objection o JOIN event n ON n.subject_id = o.id AND"
                " n.event = 'entered' AND n.seq < ?1 WHERE (o.allocation_id = ?2 OR o.claim_id IN"
                " (SELECT claim_id FROM payout WHERE allocation_id = ?2)) AND NOT EXISTS (SELECT 1"
                " FROM event d WHERE d.subject_id = o.id AND d.event IN ('upheld', 'rejected')"
                " AND d.seq < ?1)",
                seq, allocation,
            )  # fmt: skip
            if touching:
                raise ViolationError("objected", f"{allocation} {event}, {touching[0][0]} was open")

    def _within_the_pool(self) -> None:
        """What a division orders is in its pool, whatever became of its payouts."""
        rows = self._all(
            "SELECT a.id, a.pool_minor, sum(p.amount_minor) FROM allocation a JOIN payout p"
            " ON p.allocation_id = a.id GROUP BY a.id HAVING sum(p.amount_minor) > a.pool_minor"
        )
        for allocation, pool, ordered in rows:
            raise ViolationError("pool", f"{allocation} gives {ordered} of {pool}")

    def _within_the_loss(self) -> None:
        """All rounds together order no more than what is upheld, what came back not counted."""
        rows = self._all(
            "SELECT c.id, c.upheld_minor, c.decided_minor, sum(p.amount_minor -"
            " p.clawed_minor) AS given FROM claim c"
            " JOIN payout p ON p.claim_id = c.id WHERE p.state = 'settled' AND"
            " p.unclaimed_id = '' AND p.settled_minor = p.amount_minor AND p.settled_currency ="
            " p.currency GROUP BY c.id"
            " HAVING given > c.upheld_minor OR given > coalesce(c.decided_minor, given)"
        )
        for claim, upheld, decided, given in rows:
            if not self._owned(str(claim)):
                raise ViolationError(
                    "above the loss", f"{claim} got {given}, upheld {upheld}, decided {decided}"
                )

    def _old_ones_stay(self) -> None:
        """A division that was decided keeps its pool, its rule and whom it gives what."""
        rows = self._all(
            "SELECT id, pool_minor, currency, method, formula, round_number FROM allocation"
            f" WHERE state IN {_DECIDED}"
        )
        for row in rows:
            given = self._all(
                "SELECT id, claim_id, hold_id, amount_minor FROM payout WHERE allocation_id = ?"
                " ORDER BY id",
                row[0],
            )
            now = (row, tuple(given))
            if self._decided.setdefault(str(row[0]), now) != now:
                raise ViolationError("round", f"{row[0]} was {self._decided[str(row[0])]}: {now}")
